/* answers - a hash table in the order of age; see answers.h. */
#include <stdlib.h>
#include <string.h>
#include "shelf/answers.h"

#define BUCKETS_LEAST	64u

int
answers_init(struct answers *a, unsigned most, struct err *err)
{
	size_t size = BUCKETS_LEAST;

	while (size < most)
		size *= 2;
	*a = (struct answers){ .size = size, .most = most };
	a->bucket = calloc(size, sizeof(struct answer_slot *));
	if (a->bucket == NULL)
		return err_set(err, ENOMEMORY, "the shelf of answers");
	return 0;
}

/*
 * Of whatever is in the key: its octets come from serial numbers that a
 * stranger may choose, but only those that we issued get in.
 */
static size_t
bucket_of(const struct answers *a, const unsigned char key[OCSP_KEY])
{
	uint64_t h = UINT64_C(14695981039346656037);	/* FNV-1a */

	for (size_t i = 0; i < OCSP_KEY; i++)
		h = (h ^ key[i]) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32) & (a->size - 1);
}

struct answer_slot *
answers_find(const struct answers *a, const unsigned char key[OCSP_KEY])
{
	struct answer_slot *s = a->bucket[bucket_of(a, key)];

	while (s != NULL && memcmp(s->key, key, OCSP_KEY) != 0)
		s = s->chain;
	return s;
}

static void
age_out(struct answers *a, struct answer_slot *s)
{
	if (s->older != NULL)
		s->older->newer = s->newer;
	else
		a->oldest = s->newer;
	if (s->newer != NULL)
		s->newer->older = s->older;
	else
		a->newest = s->older;
}

static void
age_in(struct answers *a, struct answer_slot *s)
{
	s->older = a->newest;
	s->newer = NULL;
	if (a->newest != NULL)
		a->newest->newer = s;
	else
		a->oldest = s;
	a->newest = s;
}

static void
age_in_first(struct answers *a, struct answer_slot *s)
{
	s->older = NULL;
	s->newer = a->oldest;
	if (a->oldest != NULL)
		a->oldest->older = s;
	else
		a->newest = s;
	a->oldest = s;
}

static void
slot_drop(struct answers *a, struct answer_slot *s)
{
	struct answer_slot **at = &a->bucket[bucket_of(a, s->key)];

	while (*at != s)
		at = &(*at)->chain;
	*at = s->chain;
	age_out(a, s);
	a->n--;
	page_free(s->page);
	free(s);
}

static struct answer_slot *
slot_new(struct answers *a, const unsigned char key[OCSP_KEY])
{
	struct answer_slot *s = calloc(1, sizeof(*s)), **at;

	if (s == NULL)
		return NULL;
	if (a->n == a->most)
		slot_drop(a, a->oldest);
	memcpy(s->key, key, OCSP_KEY);
	at = &a->bucket[bucket_of(a, key)];
	s->chain = *at;
	*at = s;
	age_in(a, s);
	a->n++;
	return s;
}

/* What was remembered and is found again ends when it did. */
static bool
is_found(const struct answer_slot *s, const struct page *p)
{
	return s->page == NULL && !s->stale && s->made == p->made;
}

static void
slot_fill(struct answer_slot *s, uint32_t issuer, struct page *p)
{
	page_free(s->page);
	s->page = page_ref(p);
	s->made = p->made;
	s->until = p->until;
	s->issuer = issuer;
	s->again = 0;
	s->failed = 0;
	s->stale = false;
}

struct answer_slot *
answers_put(struct answers *a, uint32_t issuer,
    const unsigned char key[OCSP_KEY], struct page *p)
{
	struct answer_slot *s = answers_find(a, key);

	if (s == NULL) {
		if ((s = slot_new(a, key)) == NULL)
			return NULL;
		/* Made for whoever asked; anew, perhaps for nobody. */
		s->asked = p->made;
	} else if (!is_found(s, p)) {
		age_out(a, s);
		age_in(a, s);
	}
	slot_fill(s, issuer, p);
	return s;
}

void
answers_drop(struct answers *a, const unsigned char key[OCSP_KEY])
{
	struct answer_slot *s = answers_find(a, key);

	if (s != NULL)
		slot_drop(a, s);
}

static void
slot_stale(struct answers *a, struct answer_slot *s)
{
	page_free(s->page);
	s->page = NULL;
	s->stale = true;
	s->again = 0;
	s->failed = 0;
	age_out(a, s);
	age_in_first(a, s);
}

void
answers_stale(struct answers *a, const unsigned char key[OCSP_KEY])
{
	struct answer_slot *s = answers_find(a, key);

	if (s != NULL)
		slot_stale(a, s);
}

void
answers_stale_issuer(struct answers *a, uint32_t issuer)
{
	struct answer_slot *s, *next;

	for (s = a->oldest; s != NULL; s = next) {
		next = s->newer;
		if (s->issuer == issuer)
			slot_stale(a, s);
	}
}

void
answers_remember(struct answers *a, const struct remembered *r)
{
	struct answer_slot *s;

	if (answers_find(a, r->key) != NULL || (s = slot_new(a, r->key)) ==
	    NULL)
		return;
	s->issuer = r->issuer;
	s->made = r->made;
	s->until = r->until;
	s->asked = r->asked;
	if (r->stale)
		slot_stale(a, s);
}

void
answers_done(struct answers *a)
{
	while (a->oldest != NULL)
		slot_drop(a, a->oldest);
	free(a->bucket);
	a->bucket = NULL;
}
