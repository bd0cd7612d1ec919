#include "config.h"

#include <string.h>
#include <openssl/evp.h>
#include "keeper/mirror.h"
#include "keeper/use_ca.h"

struct sha256
ca_use_name(const struct sha256 *key, struct span content)
{
	struct sha256 hash = sha256_of(content.p, content.n);

	return use_name(key, hash.o, sizeof(hash.o));
}

int
ca_key(struct keeper *k, struct using *u, enum action action,
    struct key **ret, struct err *err)
{
	struct key *key;

	TRY(use_action(u, action, err));
	TRY(use_key(k, u, &key, err));
	if (strcmp(u->principal, u->request->requester) != 0)
		return err_set(err, EDENIED, "%s did not ask for this: %s did",
		    u->principal, u->request->requester);
	if (key->kind != KIND_CA)
		return err_set(err, EDENIED, "%s is a key of kind %s: it makes "
		    "no certificates, lists or answers", key->name,
		    class_kind_name(key->kind));
	if (key->doomed)
		return err_set(err, ESTATE, "%s is being destroyed", key->name);
	if (key->state != KEY_ACTIVE)
		return err_set(err, ESTATE, "%s is %s", key->name,
		    key_state_name(key->state));
	*ret = key;
	return 0;
}

bool
ca_is_near(time_us moment, time_us now, time_us before)
{
	return moment <= now + CA_NEAR && moment >= now - CA_NEAR - before;
}

int
ca_digest(const struct key *key, struct span content, unsigned char *ret,
    size_t *ret_n, const char **ret_name, struct err *err)
{
	bool is_384 = hsm_scheme_digest_octets(key->scheme) == 48;
	unsigned n = 0;

	if (EVP_Digest(content.p, content.n, ret, &n,
	    is_384 ? EVP_sha384() : EVP_sha256(), NULL) != 1)
		return err_set(err, EINTERNAL, "hashing failed");
	*ret_n = n;
	*ret_name = is_384 ? "sha-384" : "sha-256";
	return 0;
}

int
ca_input(const struct key *key, struct span content, struct ticket *t,
    struct err *err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *name;
	size_t n;

	t->token_id = key->token_id;
	t->scheme = key->scheme;
	if (key->scheme == HSM_SCHEME_EDDSA)
		return blob_put(&t->input, content.p, content.n, err);
	TRY(ca_digest(key, content, digest, &n, &name, err));
	return blob_put(&t->input, digest, n, err);
}

int
ca_ready(struct keeper *k, time_us now, struct err *err)
{
	if (k->applied.head.n - k->mirror.head.n > MIRROR_LAG)
		return err_set(err, EBUSY_, "the token's mirror is far behind");
	return shadow_check(&k->house.shadow, k->reserved, now, err);
}

int
ca_unused(struct keeper *k, const struct using *u, struct err *err)
{
	const struct tally *t = tally_find(&k->house.counts, u->request->id);

	if (t != NULL && t->used + t->reserved > 0)
		return err_set(err, EUSED, "%s permitted one use",
		    u->request->id);
	return 0;
}
