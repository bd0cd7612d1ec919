#include "config.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "keyring/signature.h"

#define FN(id, f)	{ (id), (void (*)(void))(f) }

static void *
signature_new(void *provctx, const char *properties)
{
	return calloc(1, sizeof(struct signature));
}

static void
signature_free(void *ctx)
{
	struct signature *s = ctx;

	if (s == NULL)
		return;
	pkey_unref(s->key);
	EVP_MD_CTX_free(s->digest);
	EVP_PKEY_CTX_free(s->verify);
	blob_done(&s->whole);
	free(s);
}

static void *
signature_dup(void *ctx)
{
	const struct signature *s = ctx;
	struct signature *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->verifying = s->verifying;
	d->collects = s->collects;
	if (s->key != NULL)
		d->key = pkey_ref(s->key);
	if (s->whole.len > 0 &&
	    blob_put(&d->whole, s->whole.data, s->whole.len, NULL) != 0) {
		signature_free(d);
		return NULL;
	}
	if (s->digest != NULL && ((d->digest = EVP_MD_CTX_new()) == NULL ||
	    EVP_MD_CTX_copy_ex(d->digest, s->digest) != 1)) {
		signature_free(d);
		return NULL;
	}
	if (s->verify != NULL &&
	    (d->verify = EVP_PKEY_CTX_dup(s->verify)) == NULL) {
		signature_free(d);
		return NULL;
	}
	return d;
}

static void
set_key(struct signature *s, struct pkey *k)
{
	if (k == NULL)
		return;
	(void)pkey_ref(k);
	pkey_unref(s->key);
	s->key = k;
}

/* Forget what the context was used for before. */
static void
begin(struct signature *s, struct pkey *k, bool verifying)
{
	set_key(s, k);
	EVP_MD_CTX_free(s->digest);
	s->digest = NULL;
	EVP_PKEY_CTX_free(s->verify);
	s->verify = NULL;
	s->verifying = verifying;
	s->collects = false;
	blob_clear(&s->whole);
}

static int
sign_init(void *ctx, void *key, const OSSL_PARAM params[])
{
	struct signature *s = ctx;

	begin(s, key, false);
	if (signature_scheme(s) == NULL)
		return signature_refuse("no permit is bound to this key");
	return signature_set(s, params);
}

/* Octets that a signature may need; exact for all but ECDSA. */
static size_t
most_octets(const struct signature *s)
{
	int n = EVP_PKEY_get_size(s->key->public);

	return n > 0 ? (size_t)n : 0;
}

static int
sign_octets(struct signature *s, unsigned char *sig, size_t *n, size_t room,
    const void *p, size_t p_n)
{
	struct blob out = { 0 };
	struct err e = { 0 };
	int ok = 0;

	if (binding_sign(s->key->binding, p, p_n, &out, &e) != 0) {
		ERR_raise_data(ERR_LIB_USER, REASON, "claviger: %s: %s",
		    err_code_name(e.code), e.what);
	} else if (out.len > room) {
		(void)signature_refuse("the signature is longer than its room");
	} else {
		memcpy(sig, out.data, out.len);
		*n = out.len;
		ok = 1;
	}
	blob_done(&out);
	return ok;
}

static int
sign(void *ctx, unsigned char *sig, size_t *n, size_t room,
    const unsigned char *p, size_t p_n)
{
	struct signature *s = ctx;
	const struct scheme *m = signature_scheme(s);
	size_t want;

	if (m == NULL || m->digest == NULL || binding_is_whole(s->key->binding))
		return signature_refuse("this key signs no digest");
	want = strcmp(m->digest, "SHA384") == 0 ? 48 : 32;
	if (sig == NULL) {
		*n = most_octets(s);
		return 1;
	}
	if (p_n != want)
		return signature_refuse("the digest does not have the scheme's length");
	return sign_octets(s, sig, n, room, p, p_n);
}

static int
digest_sign_init(void *ctx, const char *name, void *key,
    const OSSL_PARAM params[])
{
	struct signature *s = ctx;
	const struct scheme *m;
	EVP_MD *md;
	int ok;

	if (!sign_init(ctx, key, params))
		return 0;
	m = signature_scheme(s);
	if (name != NULL && *name != '\0' &&
	    (m->digest == NULL || !signature_is_digest(name, m->digest)))
		return signature_refuse("the key's scheme has another digest");
	s->collects = binding_is_whole(s->key->binding);
	if (m->digest == NULL || s->collects)
		return 1;
	if ((s->digest = EVP_MD_CTX_new()) == NULL)
		return 0;
	md = EVP_MD_fetch(s->key->provider->lib, m->digest, PROVIDER_DEFAULT);
	ok = md != NULL && EVP_DigestInit_ex2(s->digest, md, NULL) == 1;
	EVP_MD_free(md);
	return ok;
}

static int
digest_sign_update(void *ctx, const unsigned char *p, size_t n)
{
	struct signature *s = ctx;

	if (s->collects)
		return whole_put(s->key->binding, &s->whole, p, n, NULL) == 0 ||
		    signature_refuse("more than this key signs at once");
	return s->digest != NULL && EVP_DigestUpdate(s->digest, p, n) == 1;
}

static int
digest_sign_final(void *ctx, unsigned char *sig, size_t *n, size_t room)
{
	struct signature *s = ctx;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_n;

	if (sig == NULL) {
		*n = most_octets(s);
		return 1;
	}
	if (s->collects)
		return sign_octets(s, sig, n, room, s->whole.data,
		    s->whole.len);
	return s->digest != NULL &&
	    EVP_DigestFinal_ex(s->digest, digest, &digest_n) == 1 &&
	    sign(ctx, sig, n, room, digest, digest_n);
}

/* Ed25519 signs the message at once. RFC 8032, 5.1.6. */
static int
message_sign(void *ctx, unsigned char *sig, size_t *n, size_t room,
    const unsigned char *p, size_t p_n)
{
	struct signature *s = ctx;

	if (sig == NULL) {
		*n = most_octets(s);
		return 1;
	}
	return sign_octets(s, sig, n, room, p, p_n);
}

static int
verify_init(void *ctx, void *key, const OSSL_PARAM params[])
{
	struct signature *s = ctx;

	begin(s, key, true);
	s->verify = s->key == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(
	    s->key->provider->lib, s->key->public, PROVIDER_DEFAULT);
	return s->verify != NULL &&
	    EVP_PKEY_verify_init_ex(s->verify, params) == 1;
}

static int
verify(void *ctx, const unsigned char *sig, size_t n, const unsigned char *p,
    size_t p_n)
{
	struct signature *s = ctx;

	return s->verify != NULL &&
	    EVP_PKEY_verify(s->verify, sig, n, p, p_n) == 1;
}

static int
digest_verify_init(void *ctx, const char *name, void *key,
    const OSSL_PARAM params[])
{
	struct signature *s = ctx;

	begin(s, key, true);
	if (s->key == NULL || (s->digest = EVP_MD_CTX_new()) == NULL)
		return 0;
	if (name != NULL && *name == '\0')
		name = NULL;
	return EVP_DigestVerifyInit_ex(s->digest, NULL, name,
	    s->key->provider->lib, PROVIDER_DEFAULT, s->key->public,
	    params) == 1;
}

static int
digest_verify_update(void *ctx, const unsigned char *p, size_t n)
{
	struct signature *s = ctx;

	return EVP_DigestVerifyUpdate(s->digest, p, n) == 1;
}

static int
digest_verify_final(void *ctx, const unsigned char *sig, size_t n)
{
	struct signature *s = ctx;

	return EVP_DigestVerifyFinal(s->digest, sig, n) == 1;
}

static int
message_verify(void *ctx, const unsigned char *sig, size_t n,
    const unsigned char *p, size_t p_n)
{
	struct signature *s = ctx;

	return EVP_DigestVerify(s->digest, sig, n, p, p_n) == 1;
}

#define COMMON \
	FN(OSSL_FUNC_SIGNATURE_NEWCTX, signature_new), \
	FN(OSSL_FUNC_SIGNATURE_FREECTX, signature_free), \
	FN(OSSL_FUNC_SIGNATURE_DUPCTX, signature_dup), \
	FN(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, digest_sign_init), \
	FN(OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_INIT, digest_verify_init), \
	FN(OSSL_FUNC_SIGNATURE_GET_CTX_PARAMS, signature_get), \
	FN(OSSL_FUNC_SIGNATURE_GETTABLE_CTX_PARAMS, signature_gettable), \
	FN(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, signature_set), \
	FN(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, signature_settable)

static const OSSL_DISPATCH OF_DIGEST[] = {
	COMMON,
	FN(OSSL_FUNC_SIGNATURE_SIGN_INIT, sign_init),
	FN(OSSL_FUNC_SIGNATURE_SIGN, sign),
	FN(OSSL_FUNC_SIGNATURE_VERIFY_INIT, verify_init),
	FN(OSSL_FUNC_SIGNATURE_VERIFY, verify),
	FN(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE, digest_sign_update),
	FN(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL, digest_sign_final),
	FN(OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_UPDATE, digest_verify_update),
	FN(OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_FINAL, digest_verify_final),
	{ 0, NULL }
};
static const OSSL_DISPATCH OF_MESSAGE[] = {
	COMMON,
	FN(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, message_sign),
	FN(OSSL_FUNC_SIGNATURE_DIGEST_VERIFY, message_verify),
	{ 0, NULL }
};

const OSSL_ALGORITHM signature_algorithms[] = {
	{ "ECDSA", PROVIDER_OURS, OF_DIGEST, NULL },
	{ "RSA:rsaEncryption:1.2.840.113549.1.1.1", PROVIDER_OURS, OF_DIGEST,
	    NULL },
	{ "ED25519:1.3.101.112", PROVIDER_OURS, OF_MESSAGE, NULL },
	{ NULL, NULL, NULL, NULL }
};
