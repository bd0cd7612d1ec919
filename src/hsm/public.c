#include "config.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "hsm/object.h"

static const struct {
	const char	*group;		/* OpenSSL's name; NULL: Ed25519 */
	const char	*params;
	size_t		 n;
} CURVES[] = {
	{ "P-256", EC_P256_PARAMS },
	{ "P-384", EC_P384_PARAMS },
	{ NULL, ED25519_PARAMS },
	{ NULL, ED25519_NAME },
};

/* A point comes wrapped in an OCTET STRING (2.3.3 of PKCS #11 2.40) or, from some tokens, bare. */
static void
unwrap_point(const struct blob *in, const unsigned char **p, size_t *n)
{
	const unsigned char *d = in->data;

	*p = d;
	*n = in->len;
	if (in->len > 2 && d[0] == 0x04 && d[1] < 0x80 &&
	    in->len == (size_t)d[1] + 2) {
		*p = d + 2;
		*n = in->len - 2;
	}
}

static int
put_spki(EVP_PKEY *key, struct blob *ret, struct err *err)
{
	unsigned char *der = NULL;
	int n, rc;

	if (key == NULL)
		return err_set(err, ETOKEN, "the token shows no valid public key");
	n = i2d_PUBKEY(key, &der);
	EVP_PKEY_free(key);
	if (n <= 0)
		return err_set(err, ENOMEMORY, "a public key");
	rc = blob_put(ret, der, (size_t)n, err);
	OPENSSL_free(der);
	return rc;
}

static EVP_PKEY *
from_params(const char *type, OSSL_PARAM_BLD *b)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY *key = NULL;

	if (c == NULL || params == NULL || EVP_PKEY_fromdata_init(c) != 1 ||
	    EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(c);
	return key;
}

static EVP_PKEY *
ec_key(const char *group, const unsigned char *point, size_t n)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	if (b != NULL && OSSL_PARAM_BLD_push_utf8_string(b,
	    OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point,
	    n) == 1)
		key = from_params("EC", b);
	OSSL_PARAM_BLD_free(b);
	return key;
}

static int
ec_spki(struct session *s, CK_OBJECT_HANDLE o, struct blob *ret,
    struct err *err)
{
	AUTO(blob) *params = blob_new(), *point = blob_new();
	const unsigned char *p;
	size_t i, n;

	if (params == NULL || point == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	TRY(object_get(s, o, CKA_EC_PARAMS, params, err));
	TRY(object_get(s, o, CKA_EC_POINT, point, err));
	unwrap_point(point, &p, &n);
	for (i = 0; i < NELEM(CURVES); i++)
		if (params->len == CURVES[i].n &&
		    memcmp(params->data, CURVES[i].params, CURVES[i].n) == 0)
			return put_spki(CURVES[i].group != NULL ?
			    ec_key(CURVES[i].group, p, n) :
			    EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519",
			    NULL, p, n), ret, err);
	return err_set(err, ERANGE_, "a curve that is not ours");
}

static EVP_PKEY *
rsa_key(const struct blob *n_octets, const struct blob *e_octets)
{
	BIGNUM *n = BN_bin2bn(n_octets->data, (int)n_octets->len, NULL);
	BIGNUM *e = BN_bin2bn(e_octets->data, (int)e_octets->len, NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	if (n != NULL && e != NULL && b != NULL &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		key = from_params("RSA", b);
	OSSL_PARAM_BLD_free(b);
	BN_free(n);
	BN_free(e);
	return key;
}

static int
rsa_spki(struct session *s, CK_OBJECT_HANDLE o, struct blob *ret,
    struct err *err)
{
	AUTO(blob) *n = blob_new(), *e = blob_new();

	if (n == NULL || e == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	TRY(object_get(s, o, CKA_MODULUS, n, err));
	TRY(object_get(s, o, CKA_PUBLIC_EXPONENT, e, err));
	return put_spki(rsa_key(n, e), ret, err);
}

int
object_spki(struct session *s, CK_OBJECT_HANDLE o, struct blob *ret,
    struct err *err)
{
	CK_ULONG type;

	TRY(object_ulong(s, o, CKA_KEY_TYPE, &type, err));
	switch (type) {
	case CKK_EC:
	case CKK_EC_EDWARDS:
		return ec_spki(s, o, ret, err);
	case CKK_RSA:
		return rsa_spki(s, o, ret, err);
	default:
		return err_set(err, ERANGE_, "key type 0x%lx is not ours",
		    (unsigned long)type);
	}
}

struct public_job {
	const struct sha256	*id;
	struct blob		*ret;
};

static int
public_job(struct session *s, void *ctx, struct err *err)
{
	struct public_job *j = ctx;
	CK_OBJECT_HANDLE *all = NULL;
	size_t n = 0;
	int rc;

	TRY(object_find_id(s, CKO_PUBLIC_KEY, j->id, &all, &n, err));
	s->absent = n == 0;
	rc = n == 1 ? object_spki(s, all[0], j->ret, err) :
	    n == 0 ? err_set(err, ENOKEY, "the token does not hold this key") :
	    err_set(err, ECONFLICT, "%zu public keys have one id", n);
	free(all);
	return rc;
}

int
hsm_public(struct hsm *h, const struct sha256 *id, struct blob *ret_spki,
    struct err *err)
{
	struct public_job j = { id, ret_spki };

	return pool_run(&h->pool, public_job, &j, err);
}
