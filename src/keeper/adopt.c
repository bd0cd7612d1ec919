#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include "base/hex.h"
#include "base/json.h"
#include "ca/key.h"
#include "ca/seal.h"
#include "keeper/adopt.h"

struct adoption {
	char		 name[65], algorithm[17], object[140];
	unsigned char	 id[64];
	struct hsm_foreign foreign;
	struct blob	 challenge;	/* owned: what it signs, before hashing */
	unsigned char	 digest[EVP_MAX_MD_SIZE];
	struct sha256	*ours;		/* owned: keys that the house has */
	size_t		 n;
};

void
adoption_free(struct adoption *a)
{
	if (a == NULL)
		return;
	blob_done(&a->challenge);
	free(a->ours);
	free(a);
}

/* The register's, and the two that are in no register. */
static int
ours_of(struct keeper *k, struct adoption *a, struct err *err)
{
	const struct genesis *g = k->house.genesis;
	const struct key *one;
	size_t at = 0, n = 2;

	while (map_each(&k->house.keys.by_hash, &at) != NULL)
		n++;
	a->ours = calloc(n, sizeof(*a->ours));
	if (a->ours == NULL)
		return err_set(err, ENOMEMORY, "for a key");
	a->ours[a->n++] = sha256_of(g->keeper_key, g->keeper_key_n);
	a->ours[a->n++] = sha256_of(g->ledger_key, g->ledger_key_n);
	for (at = 0; (one = map_each(&k->house.keys.by_hash, &at)) != NULL;)
		a->ours[a->n++] = one->hash;
	return 0;
}

static int
object_of(struct adoption *a, const json_t *p, struct err *err)
{
	struct hsm_foreign *f = &a->foreign;

	(void)snprintf(a->name, sizeof(a->name), "%s", json_str(p, "name", ""));
	(void)snprintf(a->algorithm, sizeof(a->algorithm), "%s",
	    json_str(p, "algorithm", ""));
	(void)snprintf(a->object, sizeof(a->object), "%s",
	    json_str(p, "object", ""));
	if (strncmp(a->object, "label:", 6) == 0) {
		f->label = a->object + 6;
		return 0;
	}
	f->id = a->id;
	f->id_octets = (strlen(a->object) - 3) / 2;
	if (f->id_octets > sizeof(a->id))
		return err_set(err, ERANGE_, "a CKA_ID of %zu octets",
		    f->id_octets);
	return hex_decode(a->object + 3, f->id_octets, a->id, err);
}

/* A text that is no image's digest, certificate, list or answer. */
static int
challenge_of(struct keeper *k, const char *request, struct adoption *a,
    struct err *err)
{
	size_t n = hsm_scheme_digest_octets(a->foreign.scheme);
	unsigned got;

	TRY(blob_printf(&a->challenge, err, "claviger/adopt/v1\n%s\n%s\n",
	    house_id(&k->house), request));
	a->foreign.challenge = a->challenge.data;
	a->foreign.challenge_octets = a->challenge.len;
	if (n == 0)
		return 0;
	if (EVP_Digest(a->challenge.data, a->challenge.len, a->digest, &got,
	    n == 48 ? EVP_sha384() : EVP_sha256(), NULL) != 1)
		return err_set(err, EINTERNAL, "hashing failed");
	a->foreign.challenge = a->digest;
	a->foreign.challenge_octets = n;
	return 0;
}

static int
one_key(const struct adoption *a, EVP_PKEY *public,
    const struct blob *signature, struct err *err)
{
	int rc = seal_verify(span_blob(&a->challenge), seal_algorithm(
	    hsm_scheme_name(a->foreign.scheme)), span_blob(signature), public,
	    err);

	if (rc == -EVERIFY)
		return err_set(err, EVERIFY, "its halves are of two keys");
	return rc;
}

static int
fit(void *ctx, const struct blob *spki, const struct blob *signature,
    struct err *err)
{
	const struct adoption *a = ctx;
	struct sha256 hash = sha256_of(spki->data, spki->len);
	const char *algorithm;
	EVP_PKEY *public;
	int rc;

	for (size_t i = 0; i < a->n; i++)
		if (sha256_equal(&a->ours[i], &hash))
			return err_set(err, EEXISTS, "the house has this key "
			    "already");
	TRY(key_check(span_blob(spki), &algorithm, &public, err));
	if (strcmp(algorithm, a->algorithm) != 0)
		rc = err_set(err, EDENIED, "the key is %s, not %s", algorithm,
		    a->algorithm);
	else
		rc = one_key(a, public, signature, err);
	EVP_PKEY_free(public);
	return rc;
}

int
adoption_new(struct keeper *k, const char *request, const json_t *parameters,
    struct adoption **ret, struct err *err)
{
	AUTO(adoption) *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return err_set(err, ENOMEMORY, "for a key");
	TRY(hsm_scheme_from_name(json_str(parameters, "scheme", ""),
	    &a->foreign.scheme, err));
	TRY(object_of(a, parameters, err));
	TRY(challenge_of(k, request, a, err));
	TRY(ours_of(k, a, err));
	a->foreign.fit = fit;
	a->foreign.ctx = a;
	*ret = TAKE(a);
	return 0;
}

int
adoption_run(const struct adoption *a, struct hsm *h, const struct sha256 *id,
    struct hsm_made *ret, struct err *err)
{
	return hsm_adopt(h, &a->foreign, id, a->name, ret, err);
}
