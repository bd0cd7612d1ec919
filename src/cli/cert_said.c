/*
 * cert_said - see cert_said.h.
 *
 * Floor 7.
 */
#include <string.h>

#include "base/json.h"
#include "cli/cert_said.h"

/* One slot of a certificate: its owner, 0 where none was named, and the product
 * lines that were said first. */
#define OWNER(said)	((uint32_t)((said) >> 32))
#define PRODUCTS(said)	((uint32_t)(said))

static uint32_t
owner_hash(const char *owner)
{
	return owner == NULL ? 0 :
	    (uint32_t)seen_hash(owner, strlen(owner)) | 1;
}

static int
products_hash(const json_t *products, uint64_t *ret, struct err *err)
{
	AUTO(blob) *octets = blob_new();

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(json_canonical(products, octets, err));
	*ret = seen_hash(octets->data, octets->len);
	return 0;
}

/* Other product lines than the first are said too: a slot for each set. */
static int
more_said(struct seen *s, uint64_t print, uint64_t products,
    enum cert_said *ret, struct err *err)
{
	uint64_t both[] = { print, products }, *said;

	TRY(seen_at(s, seen_hash(both, sizeof(both)), &said, err));
	*ret = *said != 0 ? CERT_SAID_AGAIN : CERT_SAID_NEW;
	*said = 1;
	return 0;
}

int
cert_said(struct seen *s, struct span der, const struct cert_whose *whose,
    enum cert_said *ret, struct err *err)
{
	uint64_t print = seen_hash(der.p, der.n), products, *said;
	uint32_t owner = owner_hash(whose->owner), before;
	bool first;

	TRY(products_hash(whose->products, &products, err));
	TRY(seen_at(s, print, &said, err));
	first = *said == 0;
	before = OWNER(*said);
	*ret = CERT_SAID_OTHERWISE;
	if (owner != 0 && before != 0 && owner != before)
		return 0;
	*ret = CERT_SAID_NEW;
	if (first)
		*said = (uint32_t)products | 1;
	if (before == 0)
		*said |= (uint64_t)owner << 32;
	if (first || before != OWNER(*said))
		return 0;
	if (PRODUCTS(*said) != ((uint32_t)products | 1))
		return more_said(s, print, products, ret, err);
	*ret = CERT_SAID_AGAIN;
	return 0;
}
