/* shelf - pages by path, answers by key; see shelf.h. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "shelf/answers.h"

#define PATHS		1024u	/* buckets */

struct place {
	char		*path;		/* owned */
	struct page	*page;		/* owned */
	struct place	*next;
};

/* An authority whose certificates are asked for. */
struct issued {
	char		*name;		/* owned */
	uint64_t	 epoch;
};

struct shelf {
	pthread_mutex_t	 lock;		/* over all below */
	struct place	*place[PATHS];
	struct issued	*issuer;	/* by number */
	uint32_t	 issuer_n;
	struct answers	 answers;
};

int
shelf_new(unsigned most, struct shelf **ret, struct err *err)
{
	struct shelf *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return err_set(err, ENOMEMORY, "the shelf");
	pthread_mutex_init(&s->lock, NULL);
	if (answers_init(&s->answers, most, err) != 0) {
		shelf_free(s);
		return -(int)ENOMEMORY;
	}
	*ret = s;
	return 0;
}

static void
place_free(struct place *p)
{
	free(p->path);
	page_free(p->page);
	free(p);
}

void
shelf_free(struct shelf *s)
{
	struct place *p;

	if (s == NULL)
		return;
	for (size_t i = 0; i < PATHS; i++)
		while ((p = s->place[i]) != NULL) {
			s->place[i] = p->next;
			place_free(p);
		}
	for (uint32_t i = 0; i < s->issuer_n; i++)
		free(s->issuer[i].name);
	free(s->issuer);
	answers_done(&s->answers);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* ---- pages ---- */

static struct place **
place_of(struct shelf *s, const char *path)
{
	uint32_t h = 2166136261u;	/* FNV-1a */
	struct place **at;

	for (const char *c = path; *c != '\0'; c++)
		h = (h ^ (unsigned char)*c) * 16777619u;
	at = &s->place[h % PATHS];
	while (*at != NULL && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	return at;
}

static struct place *
place_new(const char *path)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p != NULL && (p->path = strdup(path)) == NULL) {
		free(p);
		p = NULL;
	}
	return p;
}

int
shelf_put(struct shelf *s, const char *path, struct page *p, struct err *err)
{
	struct page *old = NULL;
	struct place **at;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	at = place_of(s, path);
	if (*at == NULL && (*at = place_new(path)) == NULL) {
		rc = err_set(err, ENOMEMORY, "the shelf");
	} else {
		old = (*at)->page;
		(*at)->page = page_ref(p);
	}
	pthread_mutex_unlock(&s->lock);
	page_free(old);
	return rc;
}

struct page *
shelf_get(struct shelf *s, const char *path)
{
	struct place *at;
	struct page *p;

	pthread_mutex_lock(&s->lock);
	at = *place_of(s, path);
	p = at != NULL ? page_ref(at->page) : NULL;
	pthread_mutex_unlock(&s->lock);
	return p;
}

/* ---- issuers ---- */

/* Under the lock. */
static bool
issuer_find(const struct shelf *s, const char *name, uint32_t *ret)
{
	for (uint32_t i = 0; i < s->issuer_n; i++)
		if (strcmp(s->issuer[i].name, name) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

/* Under the lock. */
static int
issuer_add(struct shelf *s, const char *name, uint32_t *ret, struct err *err)
{
	struct issued *more = realloc(s->issuer, (s->issuer_n + 1) *
	    sizeof(*more));
	char *copy = strdup(name);

	if (more != NULL)
		s->issuer = more;
	if (more == NULL || copy == NULL) {
		free(copy);
		return err_set(err, ENOMEMORY, "an issuer");
	}
	*ret = s->issuer_n++;
	more[*ret] = (struct issued){ .name = copy };
	return 0;
}

int
shelf_issuer(struct shelf *s, const char *name, uint32_t *ret,
    struct err *err)
{
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	if (!issuer_find(s, name, ret))
		rc = issuer_add(s, name, ret, err);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

bool
shelf_issuer_known(struct shelf *s, const char *name, uint32_t *ret)
{
	bool known;

	pthread_mutex_lock(&s->lock);
	known = issuer_find(s, name, ret);
	pthread_mutex_unlock(&s->lock);
	return known;
}

uint64_t
shelf_epoch(struct shelf *s, uint32_t issuer)
{
	uint64_t epoch;

	pthread_mutex_lock(&s->lock);
	epoch = s->issuer[issuer].epoch;
	pthread_mutex_unlock(&s->lock);
	return epoch;
}

/* ---- answers ---- */

bool
shelf_answer_put(struct shelf *s, uint32_t issuer,
    const unsigned char key[OCSP_KEY], uint64_t epoch, struct page *p,
    time_us *ret_asked)
{
	struct answer_slot *slot = NULL;

	pthread_mutex_lock(&s->lock);
	if (s->issuer[issuer].epoch == epoch &&
	    (slot = answers_put(&s->answers, issuer, key, p)) != NULL)
		*ret_asked = slot->asked;
	pthread_mutex_unlock(&s->lock);
	return slot != NULL;
}

void
shelf_remember(struct shelf *s, const struct remembered *r)
{
	pthread_mutex_lock(&s->lock);
	answers_remember(&s->answers, r);
	pthread_mutex_unlock(&s->lock);
}

static bool
is_due(const struct answer_slot *slot, time_us now)
{
	return now - slot->made > (slot->until - slot->made) / 2;
}

/* Once in a while, as who was told may have failed without a word. */
static bool
may_tell(struct answer_slot *slot, time_us now)
{
	if (now < slot->again)
		return false;
	slot->again = now + SHELF_AGAIN;
	return true;
}

/* A second, two, four, up to the minute. */
static time_us
pause_after(struct answer_slot *slot)
{
	time_us pause = SHELF_SOON << slot->failed;

	if (pause >= SHELF_AGAIN)
		return SHELF_AGAIN;
	slot->failed++;
	return pause;
}

void
shelf_failed(struct shelf *s, const unsigned char key[OCSP_KEY], time_us now)
{
	struct answer_slot *slot;

	pthread_mutex_lock(&s->lock);
	if ((slot = answers_find(&s->answers, key)) != NULL)
		slot->again = now + pause_after(slot);
	pthread_mutex_unlock(&s->lock);
}

struct page *
shelf_answer(struct shelf *s, const unsigned char key[OCSP_KEY], time_us now,
    bool *ret_due)
{
	struct answer_slot *slot;
	struct page *p = NULL;

	*ret_due = false;
	pthread_mutex_lock(&s->lock);
	slot = answers_find(&s->answers, key);
	if (slot != NULL && slot->until <= now) {
		answers_drop(&s->answers, key);
	} else if (slot != NULL) {
		slot->asked = now;
		p = slot->page != NULL ? page_ref(slot->page) : NULL;
		*ret_due = p != NULL && is_due(slot, now) &&
		    may_tell(slot, now);
	}
	pthread_mutex_unlock(&s->lock);
	return p;
}

static bool
is_ending(const struct answer_slot *slot, time_us now)
{
	return slot->stale || now - slot->made > (slot->until - slot->made) /
	    4 * 3;
}

static bool
is_idle(const struct answer_slot *slot, time_us now)
{
	return slot->until <= now || now - slot->asked >
	    SHELF_LIVES * (slot->until - slot->made);
}

size_t
shelf_ending(struct shelf *s, time_us now, struct ending *ret, size_t room)
{
	struct answer_slot *slot, *next;
	size_t n = 0;

	pthread_mutex_lock(&s->lock);
	for (slot = s->answers.oldest; slot != NULL && n < room &&
	    is_ending(slot, now); slot = next) {
		next = slot->newer;
		if (is_idle(slot, now)) {
			answers_drop(&s->answers, slot->key);
		} else if (may_tell(slot, now)) {
			memcpy(ret[n].key, slot->key, OCSP_KEY);
			ret[n++].issuer = slot->issuer;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return n;
}

void
shelf_forget(struct shelf *s, const char *issuer, const struct number *serial)
{
	static const enum ocsp_form forms[] = { OCSP_SHA1, OCSP_SHA1_BARE,
	    OCSP_SHA256, OCSP_SHA256_BARE };
	unsigned char key[OCSP_KEY];
	uint32_t i;

	pthread_mutex_lock(&s->lock);
	if (issuer_find(s, issuer, &i)) {
		s->issuer[i].epoch++;
		if (serial == NULL)
			answers_stale_issuer(&s->answers, i);
		for (size_t f = 0; serial != NULL && f < NELEM(forms); f++) {
			ocsp_certid_key(forms[f], i, serial, key);
			answers_stale(&s->answers, key);
		}
	}
	pthread_mutex_unlock(&s->lock);
}

unsigned
shelf_answers(struct shelf *s)
{
	unsigned n;

	pthread_mutex_lock(&s->lock);
	n = s->answers.n;
	pthread_mutex_unlock(&s->lock);
	return n;
}
