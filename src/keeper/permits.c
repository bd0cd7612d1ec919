#include "config.h"

#include <stdlib.h>
#include "base/json.h"
#include "keeper/permits.h"

struct permits {
	struct map	 by_hash;
	struct held	*ring[PERMITS_HELD];	/* owned */
	size_t		 oldest, n;
	size_t		 octets;	/* of all of them together */
};

/* What one keeps in memory: its text, and the same taken apart. */
static size_t
weight(const struct held *h)
{
	return sizeof(*h) + h->text.len * 4;
}

void
held_free(struct held *h)
{
	if (h == NULL)
		return;
	permit_free(h->permit);
	blob_done(&h->text);
	free(h);
}

int
held_new(const json_t *document, struct held **ret, struct err *err)
{
	AUTO(held) *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return err_set(err, ENOMEMORY, "for a permit");
	TRY(json_canonical(document, &h->text, err));
	if (h->text.len > PERMIT_OCTETS)
		return err_set(err, ETOOBIG, "a permit of %zu octets", h->text.len);
	h->hash = sha256_of(h->text.data, h->text.len);
	TRY(permit_read_named(document, &h->hash, &h->permit, err));
	TRY(json_hash(h->permit->request->json, &h->request, err));
	*ret = TAKE(h);
	return 0;
}

int
permits_new(struct permits **ret, struct err *err)
{
	struct permits *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return err_set(err, ENOMEMORY, "for permits");
	*ret = p;
	return 0;
}

void
permits_free(struct permits *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < PERMITS_HELD; i++)
		held_free(p->ring[i]);
	map_done(&p->by_hash, NULL);
	free(p);
}

struct held *
permits_find(const struct permits *p, const struct sha256 *hash)
{
	return map_get(&p->by_hash, hash);
}

static void
drop_oldest(struct permits *p)
{
	struct held *h = p->ring[p->oldest];

	map_remove(&p->by_hash, &h->hash);
	p->octets -= weight(h);
	p->ring[p->oldest] = NULL;
	p->oldest = (p->oldest + 1) % PERMITS_HELD;
	p->n--;
	held_free(h);
}

int
permits_keep(struct permits *p, struct held *h, struct err *err)
{
	AUTO(held) *mine = h;

	if (permits_find(p, &h->hash) != NULL)
		return 0;
	TRY(map_put(&p->by_hash, h, err));
	p->octets += weight(h);
	while (p->n == PERMITS_HELD || (p->n > 0 && p->octets > PERMITS_OCTETS))
		drop_oldest(p);
	p->ring[(p->oldest + p->n++) % PERMITS_HELD] = TAKE(mine);
	return 0;
}
