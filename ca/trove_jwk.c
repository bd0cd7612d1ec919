/*
 * trove_jwk - private keys in JSON (RFC 7517); see trove.h.
 *
 * The text is not parsed into a tree, since nobody would wipe that: of each object
 * that has a "kty" its members are looked up where they stand.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <string.h>

#include "ca/trove_inside.h"

#define KTY		"\"kty\""
#define OBJECT_MOST	((size_t)1 << 16)	/* octets of an object: an RSA key of 8192 bits has 7,000 */
#define MEMBER_MOST	2048	/* octets of a member's text: RSA's n of 8192 bits has 1366 */

/* ---- text ---- */

/* The object around it: in a key none is within another. */
static struct span
object_around(struct span file, const unsigned char *at)
{
	size_t left = (size_t)(file.p + file.n - at);
	const unsigned char *open = at, *close = memchr(at, '}', left <
	    OBJECT_MOST ? left : OBJECT_MOST);

	while (open > file.p && (size_t)(at - open) < OBJECT_MOST &&
	    *open != '{' && *open != '}')
		open--;
	return close == NULL || *open != '{' ? span_of(NULL, 0) :
	    span_of(open, (size_t)(close - open));
}

static const unsigned char *
blank_skip(const unsigned char *p, const unsigned char *end)
{
	while (p < end && strchr(" \t\r\n", *p) != NULL && *p != '\0')
		p++;
	return p;
}

/* A member's text, which no key's has escapes in; @return is there one? */
static bool
member(struct span object, const char *name, struct span *ret)
{
	const unsigned char *end = object.p + object.n, *p = object.p, *quote;
	char quoted[16];
	size_t n = (size_t)snprintf(quoted, sizeof(quoted), "\"%s\"", name);

	while ((p = memmem(p, (size_t)(end - p), quoted, n)) != NULL) {
		p = blank_skip(p + n, end);
		if (p == end || *p != ':')
			continue;
		p = blank_skip(p + 1, end);
		if (p == end || *p != '"' || (quote = memchr(p + 1, '"',
		    (size_t)(end - p - 1))) == NULL)
			continue;
		*ret = span_of(p + 1, (size_t)(quote - p - 1));
		return ret->n > 0 && ret->n < MEMBER_MOST;
	}
	return false;
}

/* Of what is public alone, base64url without padding (RFC 7515, 2); @return its octets:
 * 0, if it is none.  Without memory of its own, whose lack would make it none. */
static size_t
octets_of(struct span object, const char *name, unsigned char *ret,
    size_t room)
{
	unsigned char text[MEMBER_MOST + 4], octets[MEMBER_MOST];
	struct span s;
	size_t pad;
	int n;

	if (!member(object, name, &s) || s.n >= MEMBER_MOST)
		return 0;
	for (size_t i = 0; i < s.n; i++)
		text[i] = s.p[i] == '-' ? '+' : s.p[i] == '_' ? '/' : s.p[i];
	pad = (4 - s.n % 4) % 4;
	memset(text + s.n, '=', pad);
	n = EVP_DecodeBlock(octets, text, (int)(s.n + pad));
	if (pad == 3 || n < (int)pad || (size_t)n - pad > room)
		return 0;
	memcpy(ret, octets, (size_t)n - pad);
	return (size_t)n - pad;
}

static bool
is(struct span object, const char *name, const char *value)
{
	struct span s;

	return member(object, name, &s) && s.n == strlen(value) &&
	    memcmp(s.p, value, s.n) == 0;
}

/* ---- its public half: RFC 7518, 6.2 and 6.3; RFC 8037, 2 ---- */

static EVP_PKEY *
key_from(const char *type, OSSL_PARAM_BLD *b)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *
ec_key(struct span object, OSSL_PARAM_BLD *b)
{
	static const char *const CURVES[] = { "P-256", "P-384", "P-521" };
	unsigned char point[1 + 2 * 66] = { 4 };
	const char *curve = NULL;
	size_t x = octets_of(object, "x", point + 1, 66);
	size_t y = x == 0 ? 0 : octets_of(object, "y", point + 1 + x, 66);

	for (size_t i = 0; i < NELEM(CURVES); i++)
		if (is(object, "crv", CURVES[i]))
			curve = CURVES[i];
	if (curve == NULL || x == 0 || x != y ||
	    OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME,
	    curve, 0) != 1 || OSSL_PARAM_BLD_push_octet_string(b,
	    OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * x) != 1)
		return NULL;
	return key_from("EC", b);
}

static EVP_PKEY *
rsa_key(struct span object, OSSL_PARAM_BLD *b)
{
	unsigned char n[1024 + 1], e[16];
	size_t n_n = octets_of(object, "n", n, sizeof(n)),
	    e_n = octets_of(object, "e", e, sizeof(e));
	BIGNUM *modulus = BN_bin2bn(n, (int)n_n, NULL),
	    *exponent = BN_bin2bn(e, (int)e_n, NULL);
	EVP_PKEY *key = NULL;

	if (n_n > 0 && e_n > 0 && modulus != NULL && exponent != NULL &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
		key = key_from("RSA", b);
	BN_free(modulus);
	BN_free(exponent);
	return key;
}

static EVP_PKEY *
okp_key(struct span object)
{
	unsigned char x[57];
	size_t n = octets_of(object, "x", x, sizeof(x));
	int type = is(object, "crv", "Ed25519") ? EVP_PKEY_ED25519 :
	    is(object, "crv", "X25519") ? EVP_PKEY_X25519 :
	    is(object, "crv", "Ed448") ? EVP_PKEY_ED448 : EVP_PKEY_NONE;

	return n == 0 || type == EVP_PKEY_NONE ? NULL :
	    EVP_PKEY_new_raw_public_key(type, NULL, x, n);
}

static EVP_PKEY *
public_of(struct span object)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = b == NULL ? NULL : is(object, "kty", "EC") ?
	    ec_key(object, b) : is(object, "kty", "RSA") ? rsa_key(object, b) :
	    is(object, "kty", "OKP") ? okp_key(object) : NULL;

	OSSL_PARAM_BLD_free(b);
	return key;
}

bool
trove_jwk(struct span file, size_t *behind, struct trove_item *ret)
{
	struct span object, d;
	const unsigned char *at;

	while ((at = memmem(file.p + *behind, file.n - *behind, KTY,
	    strlen(KTY))) != NULL) {
		object = object_around(file, at);
		*behind = (size_t)(at - file.p) + strlen(KTY);
		if (object.n == 0 || !member(object, "d", &d))
			continue;
		/* Where its public half is none of ours, it is one all the same. */
		*ret = (struct trove_item){ .kind = TROVE_PRIVATE };
		(void)trove_pkey(public_of(object), ret);
		ret->form = "jwk";
		return true;
	}
	return false;
}
