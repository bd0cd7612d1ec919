#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "keeper/counts.h"

static void
tally_release(void *record)
{
	struct tally *t = record;

	map_done(&t->uses, free);
	free(t);
}

static void
limit_release(void *record)
{
	struct limit *l = record;

	free(l->at);
	free(l);
}

void
counts_done(struct counts *c)
{
	map_done(&c->tallies, tally_release);
	map_done(&c->limits, limit_release);
	map_done(&c->versions, free);
	c->uses = 0;
}

struct tally *
tally_find(const struct counts *c, const char *request)
{
	struct sha256 name = sha256_of(request, strlen(request));

	return map_get(&c->tallies, &name);
}

int
tally_get(struct counts *c, const char *request,
    const struct sha256 *request_hash, time_us forget, struct tally **ret,
    struct err *err)
{
	struct tally *t = tally_find(c, request);

	if (t == NULL) {
		t = calloc(1, sizeof(*t));
		if (t == NULL)
			return err_set(err, ENOMEMORY, "for a request");
		t->name = sha256_of(request, strlen(request));
		(void)snprintf(t->id, sizeof(t->id), "%s", request);
		t->request = *request_hash;
		t->forget = forget;
		if (map_put(&c->tallies, t, err) != 0) {
			free(t);
			return -ENOMEMORY;
		}
	}
	*ret = t;
	return 0;
}

struct use *
tally_use(const struct tally *t, const struct sha256 *what)
{
	return map_get(&t->uses, what);
}

int
tally_add(struct counts *c, struct tally *t, const struct sha256 *what,
    void *ticket, struct use **ret, struct err *err)
{
	struct use *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return err_set(err, ENOMEMORY, "for a use");
	u->what = *what;
	u->ticket = ticket;
	if (map_put(&t->uses, u, err) != 0) {
		free(u);
		return -ENOMEMORY;
	}
	c->uses++;
	t->reserved++;
	*ret = u;
	return 0;
}

void
tally_made(struct tally *t, struct use *u, const struct use_at *at)
{
	u->at = *at;
	u->ticket = NULL;
	t->reserved--;
	t->used++;
}

void
tally_undo(struct counts *c, struct tally *t, struct use *u)
{
	map_remove(&t->uses, &u->what);
	free(u);
	t->reserved--;
	c->uses--;
}

struct sha256
use_name(const struct sha256 *key, const void *digest, size_t n)
{
	return sha256_of2(key->o, SHA256_OCTETS, digest, n);
}

struct sha256
limit_name(const char *rule, const struct sha256 *key, const char *principal)
{
	/* With the NUL between, no two pairs read the same. */
	struct sha256 who = sha256_of2(rule, strlen(rule) + 1, principal,
	    strlen(principal));

	return sha256_of2(who.o, SHA256_OCTETS, key->o, SHA256_OCTETS);
}

/* What has slid out of the period is forgotten. */
static void
limit_slide(struct limit *l, time_us now)
{
	while (l->n > 0 && l->at[l->first] <= now - l->per) {
		l->first++;
		l->n--;
	}
}

/* Moved to the front only when as many have gone as are left: once per use. */
static int
limit_room(struct limit *l, struct err *err)
{
	size_t room = l->room == 0 ? 8 : l->room * 2;
	time_us *at;

	if (l->first + l->n < l->room)
		return 0;
	if (l->first > l->n) {
		memcpy(l->at, l->at + l->first, l->n * sizeof(*l->at));
		l->first = 0;
		return 0;
	}
	at = realloc(l->at, room * sizeof(*at));
	if (at == NULL)
		return err_set(err, ENOMEMORY, "for a limit");
	l->at = at;
	l->room = room;
	return 0;
}

int64_t
limit_count(struct counts *c, const struct sha256 *name, time_us per,
    time_us now)
{
	struct limit *l = map_get(&c->limits, name);

	if (l == NULL)
		return 0;
	l->per = per;
	limit_slide(l, now);
	return (int64_t)l->n;
}

static int
limit_get(struct counts *c, const struct sha256 *name, time_us per,
    struct limit **ret, struct err *err)
{
	struct limit *l = map_get(&c->limits, name);

	if (l == NULL) {
		l = calloc(1, sizeof(*l));
		if (l == NULL)
			return err_set(err, ENOMEMORY, "for a limit");
		l->name = *name;
		if (map_put(&c->limits, l, err) != 0) {
			free(l);
			return -ENOMEMORY;
		}
	}
	l->per = per;
	*ret = l;
	return 0;
}

int
limit_add(struct counts *c, const struct sha256 *name, time_us per,
    time_us now, struct err *err)
{
	struct limit *l;

	TRY(limit_get(c, name, per, &l, err));
	limit_slide(l, now);
	TRY(limit_room(l, err));
	l->at[l->first + l->n++] = now;
	return 0;
}

void
limit_undo(struct counts *c, const struct sha256 *name)
{
	struct limit *l = map_get(&c->limits, name);

	if (l != NULL && l->n > 0)
		l->n--;
}

static struct sha256
version_name(const char *product, const char *track)
{
	/* With the NUL between, no two pairs read the same. */
	return sha256_of2(product, strlen(product) + 1, track, strlen(track));
}

const char *
version_highest(const struct counts *c, const char *product, const char *track)
{
	struct sha256 name = version_name(product, track);
	const struct highest *h = map_get(&c->versions, &name);

	return h == NULL ? "" : h->version;
}

static int
version_new(struct counts *c, const char *product, const char *track,
    struct highest **ret, struct err *err)
{
	struct highest *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return err_set(err, ENOMEMORY, "for a version");
	h->name = version_name(product, track);
	(void)snprintf(h->product, sizeof(h->product), "%s", product);
	(void)snprintf(h->track, sizeof(h->track), "%s", track);
	if (map_put(&c->versions, h, err) != 0) {
		free(h);
		return -ENOMEMORY;
	}
	*ret = h;
	return 0;
}

int
version_raise(struct counts *c, const char *product, const char *track,
    const char *version, char *ret_before, struct err *err)
{
	struct sha256 name = version_name(product, track);
	struct highest *h = map_get(&c->versions, &name);
	int order = 1;

	TRY(version_check(version, err));
	if (h == NULL)
		TRY(version_new(c, product, track, &h, err));
	if (h->version[0] != '\0')
		TRY(version_compare(version, h->version, &order, err));
	if (ret_before != NULL)
		(void)snprintf(ret_before, VERSION_TEXT, "%s", h->version);
	if (order > 0)
		(void)snprintf(h->version, sizeof(h->version), "%s", version);
	return 0;
}

void
version_undo(struct counts *c, const char *product, const char *track,
    const char *before)
{
	struct sha256 name = version_name(product, track);
	struct highest *h = map_get(&c->versions, &name);

	if (h != NULL)
		(void)snprintf(h->version, sizeof(h->version), "%s", before);
}

/* Removing moves others, so one is removed and the walk begins again behind. */
static bool
forget_one(struct counts *c, time_us now, size_t *at)
{
	struct tally *t;

	while ((t = map_each(&c->tallies, at)) != NULL) {
		if (t->reserved != 0 || t->forget >= now)
			continue;
		c->uses -= t->uses.n;
		map_remove(&c->tallies, &t->name);
		tally_release(t);
		return true;
	}
	return false;
}

static bool
forget_limit(struct counts *c, time_us now, size_t *at)
{
	struct limit *l;

	while ((l = map_each(&c->limits, at)) != NULL) {
		if (l->n > 0 && l->at[l->first + l->n - 1] > now - l->per)
			continue;
		map_remove(&c->limits, &l->name);
		limit_release(l);
		return true;
	}
	return false;
}

void
counts_forget(struct counts *c, time_us now)
{
	size_t at = 0;

	while (forget_one(c, now, &at))
		at--;
	at = 0;
	while (forget_limit(c, now, &at))
		at--;
}
