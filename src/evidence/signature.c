/*
 * signature - over the digest, by the key, with its scheme.
 *
 * Floor 3.  Pure.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/hex.h"
#include "evidence/inside.h"

static const struct scheme { const char *name, *digest; int pad; } SCHEMES[] = {
	{ "ecdsa-sha256", "sha-256", 0 },
	{ "ecdsa-sha384", "sha-384", 0 },
	{ "rsa-pss-sha256", "sha-256", RSA_PKCS1_PSS_PADDING },
	{ "rsa-pkcs1-sha256", "sha-256", RSA_PKCS1_PADDING },
	{ "ed25519", "sha-256", 0 },
};

static const struct scheme *
scheme_find(const char *name)
{
	for (size_t i = 0; i < NELEM(SCHEMES); i++)
		if (strcmp(SCHEMES[i].name, name) == 0)
			return &SCHEMES[i];
	return NULL;
}

static bool
prepare(EVP_PKEY_CTX *ctx, const struct scheme *s)
{
	const EVP_MD *md = strcmp(s->digest, "sha-384") == 0 ? EVP_sha384() :
	    EVP_sha256();

	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1)
		return false;
	if (s->pad != 0 && EVP_PKEY_CTX_set_rsa_padding(ctx, s->pad) != 1)
		return false;
	if (EVP_PKEY_CTX_set_signature_md(ctx, md) != 1)
		return false;
	return s->pad != RSA_PKCS1_PSS_PADDING ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32) == 1;
}

static bool
holds(EVP_PKEY *key, const struct scheme *s, const struct blob *sig,
    const unsigned char *digest, size_t n)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool ok = prepare(ctx, s) && EVP_PKEY_verify(ctx, sig->data, sig->len,
	    digest, n) == 1;

	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

static bool
holds_content(EVP_PKEY *key, const unsigned char *sig, size_t sig_n,
    const void *p, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, sig, sig_n, p, n) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

static int
key_of(const struct blob *spki, EVP_PKEY **ret, struct err *err)
{
	const unsigned char *p = spki->data;

	*ret = d2i_PUBKEY(NULL, &p, (long)spki->len);
	ERR_clear_error();
	if (*ret == NULL || p != spki->data + spki->len) {
		EVP_PKEY_free(*ret);
		*ret = NULL;
		return err_set(err, EVERIFY, "the key's SPKI is no public key");
	}
	return 0;
}

static int
digest_of(const struct verify *v, const struct scheme *s,
    unsigned char ret[64], size_t *ret_n, struct err *err)
{
	const json_t *d = json_object_get(v->entry->operation, "digest");

	if (strcmp(json_str(d, "algorithm", ""), s->digest) != 0)
		return err_set(err, EVERIFY, "the key's scheme %s takes %s",
		    s->name, s->digest);
	*ret_n = strcmp(s->digest, "sha-384") == 0 ? 48 : 32;
	return hex_decode(json_str(d, "value", ""), *ret_n, ret, err);
}

static int
check(const struct verify *v, const struct scheme *s, const struct blob *sig,
    struct evidence_found *f, struct err *err)
{
	unsigned char digest[64];
	EVP_PKEY *key;
	bool ok = true;
	size_t n;

	TRY(digest_of(v, s, digest, &n, err));
	TRY(key_of(v->spki, &key, err));
	/* Ed25519 signs the content: evidence_content_check, with the file. */
	if (strcmp(s->name, "ed25519") == 0)
		f->needs_content = true;
	else
		ok = holds(key, s, sig, digest, n);
	EVP_PKEY_free(key);
	if (!ok)
		return err_set(err, EVERIFY, "the signature does not verify "
		    "with the key");
	return 0;
}

int
signature_verify(struct verify *v, struct evidence_found *f, struct err *err)
{
	const char *name = json_str(v->making->request->parameters, "scheme",
	    "");
	const struct scheme *s = scheme_find(name);
	struct blob sig = { 0 };
	int rc;

	if (s == NULL)
		return err_set(err, EVERIFY, "the key's scheme \"%.30s\" signs "
		    "nothing", name);
	rc = entry_signature(v->entry, &sig, err);
	if (rc == 0 && sig.len > sizeof(f->signature))
		rc = err_set(err, EVERIFY, "a signature of %zu octets",
		    sig.len);
	if (rc == 0)
		rc = check(v, s, &sig, f, err);
	if (rc == 0) {
		memcpy(f->signature, sig.data, sig.len);
		f->signature_octets = sig.len;
	}
	blob_done(&sig);
	return rc;
}

int
evidence_content_check(const struct evidence_found *f, const void *p,
    size_t n, struct err *err)
{
	struct blob spki = { 0 };
	EVP_PKEY *key;
	bool ok;
	int rc;

	rc = blob_put(&spki, f->spki, f->spki_octets, err);
	if (rc == 0)
		rc = key_of(&spki, &key, err);
	blob_done(&spki);
	TRY(rc);
	ok = holds_content(key, f->signature, f->signature_octets, p, n);
	EVP_PKEY_free(key);
	return ok ? 0 : err_set(err, EVERIFY, "the signature does not verify "
	    "over this content");
}
