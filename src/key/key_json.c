/* key_json - what people and programs are shown of a key. */
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "key/key.h"

/* RFC 7468: base64 in lines of 64 between the two marks. */
static int
pem_of(const unsigned char *der, size_t n, struct blob *ret, struct err *err)
{
	char	*b64 = b64_encode(der, n);
	size_t	 at = 0, all;
	int	 rc = 0;

	if (b64 == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	all = strlen(b64);
	rc = blob_puts(ret, "-----BEGIN PUBLIC KEY-----\n", err);
	for (; rc == 0 && at < all; at += 64) {
		rc = blob_put(ret, b64 + at, all - at < 64 ? all - at : 64, err);
		if (rc == 0)
			rc = blob_puts(ret, "\n", err);
	}
	free(b64);
	if (rc == 0)
		rc = blob_puts(ret, "-----END PUBLIC KEY-----\n", err);
	return rc;
}

static int
add_public(json_t *j, const struct key *k, struct err *err)
{
	AUTO(blob)	*pem = blob_new();

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	TRY(pem_of(k->spki, k->spki_octets, pem, err));
	TRY(json_set_str(j, "public_key", blob_str(pem), err));
	return json_set_b64(j, "spki", k->spki, k->spki_octets, err);
}

int
key_json(const struct key *k, json_t **ret, struct err *err)
{
	AUTO_JSON	*j = NULL;
	char		 created[TIME_TEXT], since[TIME_TEXT], bad[TIME_TEXT];

	clock_text(k->created, created);
	clock_text(k->state_since, since);
	clock_text(k->compromised_since, bad);
	TRY(json_build(&j, err, "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s,"
	    " s:s, s:b, s:s, s:s*, s:O, s:s, s:s, s:s*, s:s, s:s}",
	    "hash", k->hash, "name", k->name, "class", k->class,
	    "kind", k->kind, "environment", k->environment,
	    "algorithm", k->algorithm, "scheme", k->scheme,
	    "owner", k->owner, "recovery", k->recovery,
	    "exportable", k->exportable, "exclusive", (int)k->exclusive,
	    "uri", k->uri, "kcv", k->kcv, "products", k->products,
	    "state", key_state_name(k->state), "state_since", since,
	    "compromised_since", k->compromised_since != 0 ? bad : NULL,
	    "request", k->request, "created", created));
	if (k->spki != NULL)
		TRY(add_public(j, k, err));
	*ret = TAKE(j);
	return 0;
}
