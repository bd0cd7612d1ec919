#include "config.h"

#include <stdlib.h>
#include "base/json.h"
#include "keeper/permits.h"

struct permits {
	struct map	 by_hash;
	struct held	*ring[PERMITS_HELD];
	size_t		 next;
};

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
	TRY(permit_read(document, &h->permit, err));
	h->hash = h->permit->hash;
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

int
permits_add(struct permits *p, const struct sha256 *hash,
    const json_t *document, struct held **ret, struct err *err)
{
	AUTO(held) *h = NULL;

	TRY(held_new(document, &h, err));
	if (!sha256_equal(&h->hash, hash))
		return err_set(err, EPROOF, "the permit's document is another's");
	if (p->ring[p->next] != NULL) {
		map_remove(&p->by_hash, &p->ring[p->next]->hash);
		held_free(p->ring[p->next]);
		p->ring[p->next] = NULL;
	}
	TRY(map_put(&p->by_hash, h, err));
	h->slot = p->next;
	p->ring[p->next] = h;
	p->next = (p->next + 1) % PERMITS_HELD;
	*ret = TAKE(h);
	return 0;
}
