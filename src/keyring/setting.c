#include "config.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "keyring/signature.h"

#define SALT		32	/* octets: the one that rsa-pss-sha256 has */

/* Verifying needs no secret: whose settings are they, if not ours? */
static EVP_PKEY_CTX *
passed_on(const struct signature *s)
{
	return s->verify != NULL || !s->verifying ? s->verify :
	    EVP_MD_CTX_get_pkey_ctx(s->digest);
}

/* The key's scheme decides all: what the caller sets must say the same. */
const struct scheme *
signature_scheme(const struct signature *s)
{
	return s->key != NULL && s->key->binding != NULL ?
	    s->key->binding->scheme : NULL;
}

int
signature_refuse(const char *what)
{
	ERR_raise_data(ERR_LIB_USER, REASON, "claviger: %s", what);
	return 0;
}

bool
signature_is_digest(const char *name, const char *want)
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
	    !signature_is_digest(name, m->digest))
		return signature_refuse("the key's scheme has another digest");
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
		return signature_refuse("the key's scheme has another padding");
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
		return signature_refuse("the key's scheme has a salt of 32 octets");
	return 1;
}

int
signature_set(void *ctx, const OSSL_PARAM params[])
{
	struct signature *s = ctx;
	const struct scheme *m = signature_scheme(s);

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

int
signature_get(void *ctx, OSSL_PARAM params[])
{
	struct signature *s = ctx;
	const struct scheme *m = signature_scheme(s);
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

const OSSL_PARAM *
signature_gettable(void *ctx, void *provctx)
{
	return GETTABLE;
}

const OSSL_PARAM *
signature_settable(void *ctx, void *provctx)
{
	return GETTABLE + 1;	/* all but the AlgorithmIdentifier */
}
