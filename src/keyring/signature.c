#include "config.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "keyring/provider.h"

#define FN(id, f)	{ (id), (void (*)(void))(f) }
#define SALT		32	/* octets: the one that rsa-pss-sha256 has */
#define REASON		1	/* of ERR_LIB_USER; the words say which */

struct signature {
	struct pkey	*key;
	EVP_MD_CTX	*digest;	/* of what came so far */
	EVP_PKEY_CTX	*verify;	/* the default provider's */
	bool		 verifying;	/* digest is the default provider's too */
	bool		 collects;	/* the whole message, instead of its digest */
	struct blob	 whole;
};

/* Verifying needs no secret: whose settings are they, if not ours? */
static EVP_PKEY_CTX *
passed_on(const struct signature *s)
{
	return s->verify != NULL || !s->verifying ? s->verify :
	    EVP_MD_CTX_get_pkey_ctx(s->digest);
}

/* The key's scheme decides all: what the caller sets must say the same. */
static const struct scheme *
scheme_of(const struct signature *s)
{
	return s->key != NULL && s->key->binding != NULL ?
	    s->key->binding->scheme : NULL;
}

static int
refuse(const char *what)
{
	ERR_raise_data(ERR_LIB_USER, REASON, "claviger: %s", what);
	return 0;
}

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

/* Digests have several names; "SHA2-256" is "SHA256". */
static bool
is_digest(const char *name, const char *want)
{
	return strcasecmp(name, want) == 0 ||
	    (strncasecmp(name, "SHA2-", 5) == 0 &&
	    strncasecmp(want, "SHA", 3) == 0 &&
	    strcasecmp(name + 5, want + 3) == 0);
}

static int
check_digest(const OSSL_PARAM *p, const struct scheme *m)
{
	const char *name;

	if (p == NULL)
		return 1;
	if (m->digest == NULL ||
	    OSSL_PARAM_get_utf8_string_ptr(p, &name) != 1 ||
	    !is_digest(name, m->digest))
		return refuse("the key's scheme has another digest");
	return 1;
}

/* A number, or one of its names. */
static int
number(const OSSL_PARAM *p, const OSSL_ITEM *names, int *ret)
{
	const char *text;
	char *end;
	long v;

	if (p->data_type != OSSL_PARAM_UTF8_STRING)
		return OSSL_PARAM_get_int(p, ret);
	if (OSSL_PARAM_get_utf8_string_ptr(p, &text) != 1)
		return 0;
	for (; names->ptr != NULL; names++)
		if (strcasecmp(names->ptr, text) == 0) {
			*ret = (int)names->id;
			return 1;
		}
	v = strtol(text, &end, 10);
	if (end == text || *end != '\0' || v < INT_MIN || v > INT_MAX)
		return 0;
	*ret = (int)v;
	return 1;
}

static int
check_pad(const OSSL_PARAM *p, const struct scheme *m)
{
	static char pkcs1[] = OSSL_PKEY_RSA_PAD_MODE_PKCSV15;
	static char pss[] = OSSL_PKEY_RSA_PAD_MODE_PSS;
	const OSSL_ITEM names[] = {
		{ RSA_PKCS1_PADDING, pkcs1 }, { RSA_PKCS1_PSS_PADDING, pss },
		{ 0, NULL }
	};
	int pad;

	if (p == NULL)
		return 1;
	if (m->pad == 0 || number(p, names, &pad) != 1 || pad != m->pad)
		return refuse("the key's scheme has another padding");
	return 1;
}

static int
check_salt(const OSSL_PARAM *p, const struct scheme *m)
{
	static char digest[] = OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST;
	const OSSL_ITEM names[] = {
		{ (unsigned)SALT, digest }, { 0, NULL }
	};
	int salt;

	if (p == NULL)
		return 1;
	if (m->pad != RSA_PKCS1_PSS_PADDING || number(p, names, &salt) != 1 ||
	    (salt != SALT && salt != RSA_PSS_SALTLEN_DIGEST))
		return refuse("the key's scheme has a salt of 32 octets");
	return 1;
}

static int
set_params(void *ctx, const OSSL_PARAM params[])
{
	struct signature *s = ctx;
	const struct scheme *m = scheme_of(s);

	if (params == NULL)
		return 1;
	if (passed_on(s) != NULL)
		return EVP_PKEY_CTX_set_params(passed_on(s), params);
	if (m == NULL)
		return 0;
	return check_digest(OSSL_PARAM_locate_const(params,
	    OSSL_SIGNATURE_PARAM_DIGEST), m) &&
	    check_pad(OSSL_PARAM_locate_const(params,
	    OSSL_SIGNATURE_PARAM_PAD_MODE), m) &&
	    check_salt(OSSL_PARAM_locate_const(params,
	    OSSL_SIGNATURE_PARAM_PSS_SALTLEN), m) &&
	    check_digest(OSSL_PARAM_locate_const(params,
	    OSSL_SIGNATURE_PARAM_MGF1_DIGEST), m);
}

static int
put_text_or_int(OSSL_PARAM *p, const char *text, int v)
{
	return p->data_type == OSSL_PARAM_UTF8_STRING ?
	    OSSL_PARAM_set_utf8_string(p, text) : OSSL_PARAM_set_int(p, v);
}

static int
get_rsa_params(const struct scheme *m, OSSL_PARAM params[])
{
	bool pss = m->pad == RSA_PKCS1_PSS_PADDING;
	OSSL_PARAM *p;

	p = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_PAD_MODE);
	if (p != NULL && !put_text_or_int(p, pss ? OSSL_PKEY_RSA_PAD_MODE_PSS :
	    OSSL_PKEY_RSA_PAD_MODE_PKCSV15, m->pad))
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_MGF1_DIGEST);
	if (p != NULL && !OSSL_PARAM_set_utf8_string(p, m->digest))
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_PSS_SALTLEN);
	return p == NULL || put_text_or_int(p, "32", SALT);
}

static int
get_params(void *ctx, OSSL_PARAM params[])
{
	struct signature *s = ctx;
	const struct scheme *m = scheme_of(s);
	OSSL_PARAM *p;

	if (params == NULL)
		return 1;
	if (passed_on(s) != NULL)
		return EVP_PKEY_CTX_get_params(passed_on(s), params);
	if (m == NULL)
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_ALGORITHM_ID);
	if (p != NULL && !OSSL_PARAM_set_octet_string(p, m->id, m->id_octets))
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_DIGEST);
	if (p != NULL && !OSSL_PARAM_set_utf8_string(p,
	    m->digest != NULL ? m->digest : ""))
		return 0;
	return m->pad == 0 || get_rsa_params(m, params);
}

static const OSSL_PARAM GETTABLE[] = {
	OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, NULL, 0),
	OSSL_PARAM_END
};

static const OSSL_PARAM *
gettable(void *ctx, void *provctx)
{
	return GETTABLE;
}

static const OSSL_PARAM *
settable(void *ctx, void *provctx)
{
	return GETTABLE + 1;	/* all but the AlgorithmIdentifier */
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
	if (scheme_of(s) == NULL)
		return refuse("no permit is bound to this key");
	return set_params(s, params);
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
		(void)refuse("the signature is longer than its room");
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
	const struct scheme *m = scheme_of(s);
	size_t want;

	if (m == NULL || m->digest == NULL || binding_is_whole(s->key->binding))
		return refuse("this key signs no digest");
	want = strcmp(m->digest, "SHA384") == 0 ? 48 : 32;
	if (sig == NULL) {
		*n = most_octets(s);
		return 1;
	}
	if (p_n != want)
		return refuse("the digest does not have the scheme's length");
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
	m = scheme_of(s);
	if (name != NULL && *name != '\0' &&
	    (m->digest == NULL || !is_digest(name, m->digest)))
		return refuse("the key's scheme has another digest");
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
		    refuse("more than this key signs at once");
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
	FN(OSSL_FUNC_SIGNATURE_GET_CTX_PARAMS, get_params), \
	FN(OSSL_FUNC_SIGNATURE_GETTABLE_CTX_PARAMS, gettable), \
	FN(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, set_params), \
	FN(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, settable)

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
