/*
 * publish_watch - what is served of each list, and whether it is older than it
 * should be: for graphs and for people.
 *
 * Of what is on the shelf and not of what the store says: the shelf is what
 * devices see, also while the store is away.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/publish.h"
#include "flow/publisher.h"
#include "state/state.h"

#define BIRTH	TIME_S(300)	/* after which a new CA has lists */
#define UNTOLD	TIME_S(60)	/* after which a list that can be signed was */

int
watch_add(struct publisher *p, const struct cert_ca *ca, struct err *err)
{
	const char *publisher = p->flow->o.publisher;
	unsigned kinds = list_deltas(ca) ? 2 : 1, n = list_lists(ca) * kinds;
	struct watched *w;

	if (publisher == NULL || publisher[0] == '\0')
		return 0;
	w = calloc(1, sizeof(*w) + n * sizeof(w->list[0]));
	if (w == NULL)
		return err_set(err, ENOMEMORY, "the watch over lists");
	memcpy(w->ca, ca->name, sizeof(w->ca));
	w->created = ca->created;
	w->ends = ca->not_after;
	w->root = list_of_root(ca);
	w->kinds = kinds;
	w->n = n;
	pthread_mutex_lock(&p->lock);
	w->next = p->watched;
	p->watched = w;
	pthread_mutex_unlock(&p->lock);
	return 0;
}

/* Under the lock. */
static struct watched *
find(const struct publisher *p, const char *ca)
{
	struct watched *w = p->watched;

	while (w != NULL && strcmp(w->ca, ca) != 0)
		w = w->next;
	return w;
}

/* Which of a partition's tells what changes: the delta, where there are. */
static struct list_shown *
next_of(struct watched *w, unsigned partition)
{
	return &w->list[partition * w->kinds + w->kinds - 1];
}

void
watch_renewed(struct publisher *p, const struct cert_ca *ca)
{
	struct watched *w;

	pthread_mutex_lock(&p->lock);
	if ((w = find(p, ca->name)) != NULL)
		w->ends = ca->not_after;
	pthread_mutex_unlock(&p->lock);
}

void
watch_note(struct publisher *p, const char *ca, const struct list_id *id,
    const struct crl_info *info, size_t octets)
{
	struct watched *w;
	unsigned at;

	pthread_mutex_lock(&p->lock);
	w = find(p, ca);
	at = w != NULL ? id->partition * w->kinds + id->delta : 0;
	if (w != NULL && at < w->n) {
		w->list[at] = (struct list_shown){ info->number, info->this_update, info->next_update, octets,
		    info->entries, { 0 } };
		next_of(w, id->partition)->untold = (struct cert_untold){ 0 };
	}
	pthread_mutex_unlock(&p->lock);
}

uint64_t
watch_untold(struct publisher *p, const char *ca,
    const struct cert_untold *of, bool rests, const char *why)
{
	struct watched *w;
	uint64_t more = 0;

	pthread_mutex_lock(&p->lock);
	w = find(p, ca);
	for (unsigned i = 0; w != NULL && i < w->n / w->kinds; i++) {
		struct cert_untold *u = &next_of(w, i)->untold,
		    now = of != NULL ? of[i] : (struct cert_untold){ 0 };

		more += now.n > u->n ? now.n - u->n : 0;
		*u = now;
	}
	if (w != NULL) {
		w->rests = rests;
		(void)snprintf(w->why, sizeof(w->why), "%s", why);
	}
	pthread_mutex_unlock(&p->lock);
	return more;
}

void
watch_free(struct publisher *p)
{
	struct watched *w;

	while ((w = p->watched) != NULL) {
		p->watched = w->next;
		free(w);
	}
}

/* ---- how they stand ---- */

/* Nobody knows yet what was revoked. */
static bool
is_untold(const struct watched *w, const struct list_shown *s, time_us now)
{
	return s->untold.n > 0 && (w->rests || now > s->untold.first + UNTOLD);
}

/* The next is due at half of a list's life: an eighth later it is missed. */
static bool
is_late(const struct watched *w, const struct list_shown *s, time_us now)
{
	if (is_untold(w, s, now))
		return true;
	if (s->next_update == 0)
		return now > w->created + BIRTH;
	return now > s->this_update + (s->next_update - s->this_update) / 8 * 5;
}

struct standing {
	unsigned	 late;
	struct number	 number;	/* the highest */
	time_us		 next_update;	/* the earliest; 0: a list is missing */
	const char	*ca;		/* whose that is */
	uint64_t	 untold;
	const struct watched *waits;	/* the first with such; NULL: none */
};

static void
stand(const struct watched *w, time_us now, struct standing *ret)
{
	for (unsigned i = 0; i < w->n; i++) {
		const struct list_shown *s = &w->list[i];

		ret->late += is_late(w, s, now);
		if (is_untold(w, s, now)) {
			ret->untold += s->untold.n;
			ret->waits = ret->waits != NULL ? ret->waits : w;
		}
		if (number_order(&s->number, &ret->number) > 0)
			ret->number = s->number;
		if (ret->ca == NULL || s->next_update < ret->next_update) {
			ret->next_update = s->next_update;
			ret->ca = w->ca;
		}
	}
}

static int
metric(const struct publisher *p, time_us now, unsigned which,
    struct blob *ret, struct err *err)
{
	static const char *const names[] = { "next_update_seconds", "number",
		"late", "untold" };

	TRY(blob_printf(ret, err, "# TYPE claviger_crl_%s gauge\n",
	    names[which]));
	for (const struct watched *w = p->watched; w != NULL; w = w->next) {
		struct standing s = { 0 };
		char value[NUMBER_DECIMAL];
		struct number n;

		/* Nobody renews the lists of a CA that has ended. */
		if (w->ends <= now)
			continue;
		stand(w, now, &s);
		n = which == 1 ? s.number : number_of(which == 0 ?
		    (uint64_t)(s.next_update / TIME_S(1)) : which == 2 ?
		    s.late : s.untold);
		number_decimal(&n, value);
		TRY(blob_printf(ret, err, "claviger_crl_%s{ca=\"%s\"} %s\n",
		    names[which], w->ca, value));
	}
	return 0;
}

int
watch_metrics(struct publisher *p, struct blob *ret, struct err *err)
{
	time_us now = clock_now();
	int rc = 0;

	pthread_mutex_lock(&p->lock);
	for (unsigned i = 0; i < 4 && rc == 0; i++)
		rc = metric(p, now, i, ret, err);
	pthread_mutex_unlock(&p->lock);
	return rc;
}

/* What is revoked and untold comes first. */
static void
standing_say(const struct standing *s, const char *when, char *ret, size_t n)
{
	if (s->waits != NULL)
		(void)snprintf(ret, n, "certificates revoked, held or released "
		    "that no list tells so yet: %llu; the first, of %s: %s",
		    (unsigned long long)s->untold, s->waits->ca, s->waits->why);
	else
		(void)snprintf(ret, n, "revocation lists older than they "
		    "should be: %u; the first, of %s, %s %s", s->late,
		    s->ca != NULL ? s->ca : "", s->next_update != 0 ? "ends" :
		    "is missing", s->next_update != 0 ? when : "");
}

static int
standing_json(const struct standing *s, unsigned n, json_t **ret,
    struct err *err)
{
	AUTO_JSON *o = NULL;
	char text[CERT_NAME + 360], when[TIME_TEXT];

	clock_text(s->next_update, when);
	TRY(json_build(&o, err, "{s:I, s:I, s:I}", "lists", (json_int_t)n,
	    "late", (json_int_t)s->late, "untold", (json_int_t)s->untold));
	if (s->next_update != 0)
		TRY(json_set_str(o, "next_update", when, err));
	standing_say(s, when, text, sizeof(text));
	if (s->late > 0)
		TRY(json_set_str(o, "warning", text, err));
	*ret = TAKE(o);
	return 0;
}

/* Why no list of it is signed at all; 0: nothing is in the way. */
static int
allowed(const struct publisher *p, const struct watched *w,
    const struct charter *law, struct err *why)
{
	for (unsigned i = 0; i < w->kinds; i++)
		TRY(list_allowed(&p->flow->o, law, w->ca, w->root, i != 0,
		    why));
	return 0;
}

int
watch_status(struct publisher *p, const struct charter *law, json_t **ret,
    struct err *err)
{
	struct standing s = { 0 };
	struct err why = { .what = "" };
	AUTO_JSON *o = NULL;
	time_us now = clock_now();
	unsigned n = 0;
	int rc;

	pthread_mutex_lock(&p->lock);
	for (const struct watched *w = p->watched; w != NULL; w = w->next)
		if (w->ends > now) {
			stand(w, now, &s);
			n += w->n;
			if (why.code == OK)
				(void)allowed(p, w, law, &why);
		}
	rc = standing_json(&s, n, &o, err);
	pthread_mutex_unlock(&p->lock);
	TRY(rc);
	if (why.code != OK)
		TRY(json_set_str(o, "warning", why.what, err));
	*ret = TAKE(o);
	return 0;
}

int
watch_late(struct publisher *p, json_t **ret, struct err *err)
{
	AUTO_JSON *list = json_array();
	time_us now = clock_now();
	int rc = 0;

	pthread_mutex_lock(&p->lock);
	for (const struct watched *w = p->watched; w != NULL && rc == 0;
	    w = w->next) {
		struct standing s = { 0 };
		json_t *one;

		if (w->ends <= now)
			continue;
		stand(w, now, &s);
		if (s.late == 0 || (rc = standing_json(&s, w->n, &one, err)) != 0)
			continue;
		if (json_set_str(one, "ca", w->ca, err) != 0 ||
		    json_array_append_new(list, one) != 0)
			rc = err_set(err, ENOMEMORY, "lists");
	}
	pthread_mutex_unlock(&p->lock);
	if (rc == 0)
		*ret = TAKE(list);
	return rc;
}

/* ---- of one CA ---- */

/* Beyond what an integer holds, as text: others count how they like. */
static int
number_json(const struct number *n, json_t *o, struct err *err)
{
	char text[NUMBER_DECIMAL];

	if (n->n < sizeof(int64_t))
		return json_set_int(o, "number", (int64_t)number_value(n), err);
	number_decimal(n, text);
	return json_set_str(o, "number", text, err);
}

static int
shown_json(const struct watched *w, unsigned i, time_us now, json_t **ret,
    struct err *err)
{
	const struct list_shown *s = &w->list[i];
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:I, s:s, s:b, s:I, s:s*}", "partition",
	    (json_int_t)(i / w->kinds), "kind", i % w->kinds != 0 ? "delta" :
	    "full", "late", w->ends > now && is_late(w, s, now), "untold",
	    (json_int_t)s->untold.n, "waits", s->untold.n > 0 ? w->why :
	    NULL));
	if (s->next_update != 0) {
		TRY(number_json(&s->number, o, err));
		TRY(json_set_time(o, "this_update", s->this_update, err));
		TRY(json_set_time(o, "next_update", s->next_update, err));
		TRY(json_set_int(o, "octets", (int64_t)s->octets, err));
		TRY(json_set_int(o, "entries", (int64_t)s->entries, err));
	}
	*ret = TAKE(o);
	return 0;
}

static int
lists_json(const struct watched *w, time_us now, json_t *list,
    struct err *err)
{
	for (unsigned i = 0; w != NULL && i < w->n; i++) {
		json_t *one;

		TRY(shown_json(w, i, now, &one, err));
		if (json_array_append_new(list, one) != 0)
			return err_set(err, ENOMEMORY, "the lists of a CA");
	}
	return 0;
}

int
watch_lists(struct publisher *p, const char *ca, json_t **ret,
    struct err *err)
{
	AUTO_JSON *list = json_array();
	int rc;

	pthread_mutex_lock(&p->lock);
	rc = lists_json(find(p, ca), clock_now(), list, err);
	pthread_mutex_unlock(&p->lock);
	if (rc == 0)
		*ret = TAKE(list);
	return rc;
}
