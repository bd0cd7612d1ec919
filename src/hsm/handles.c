#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hsm/pool.h"

#define ROOMS	64

/* Ids are hashes already: their first octets spread well. */
static struct handle *
place(struct handles *h, const struct sha256 *id)
{
	uint64_t at;

	memcpy(&at, id->o, sizeof(at));
	while (h->row[at & (h->rooms - 1)].used &&
	    !sha256_equal(&h->row[at & (h->rooms - 1)].id, id))
		at++;
	return &h->row[at & (h->rooms - 1)];
}

/* A table that cannot grow only learns no more: it is a cache. */
bool
handles_grow(struct handles *h)
{
	struct handles bigger = { 0 };
	size_t i;

	bigger.rooms = h->rooms == 0 ? ROOMS : h->rooms * 2;
	bigger.row = calloc(bigger.rooms, sizeof(bigger.row[0]));
	if (bigger.row == NULL)
		return false;
	for (i = 0; i < h->rooms; i++)
		if (h->row[i].used &&
		    h->row[i].object != CK_INVALID_HANDLE) {
			*place(&bigger, &h->row[i].id) = h->row[i];
			bigger.n++;
		}
	free(h->row);
	*h = bigger;
	return true;
}

CK_OBJECT_HANDLE
handle_known(struct session *s, const struct sha256 *id,
    unsigned *ret_schemes)
{
	struct handles *h = &s->pool->handles;
	CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
	struct handle *at;

	(void)pthread_mutex_lock(&s->pool->lock);
	if (h->rooms > 0 && (at = place(h, id))->used) {
		object = at->object;
		*ret_schemes = at->schemes;
	}
	(void)pthread_mutex_unlock(&s->pool->lock);
	return object;
}

void
handle_learn(struct session *s, const struct sha256 *id,
    CK_OBJECT_HANDLE object, unsigned schemes)
{
	struct handles *h = &s->pool->handles;
	struct handle *at;

	(void)pthread_mutex_lock(&s->pool->lock);
	if ((h->n + 1) * 4 <= h->rooms * 3 || handles_grow(h)) {
		at = place(h, id);
		h->n += at->used ? 0 : 1;
		at->used = true;
		at->id = *id;
		at->object = object;
		at->schemes = schemes;
	}
	(void)pthread_mutex_unlock(&s->pool->lock);
}

void
handle_forget(struct session *s, const struct sha256 *id)
{
	struct handles *h = &s->pool->handles;

	(void)pthread_mutex_lock(&s->pool->lock);
	if (h->rooms > 0)
		place(h, id)->object = CK_INVALID_HANDLE;
	(void)pthread_mutex_unlock(&s->pool->lock);
}

void
handles_clear(struct handles *h)
{
	if (h->row != NULL)
		memset(h->row, 0, h->rooms * sizeof(h->row[0]));
	h->n = 0;
}

void
handles_done(struct handles *h)
{
	free(h->row);
	memset(h, 0, sizeof(*h));
}
