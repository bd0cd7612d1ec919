#include "config.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "keyring/provider.h"

#define FN(id, f)	{ (id), (void (*)(void))(f) }

static void *
new_of(void *provctx, const char *type)
{
	struct pkey *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	atomic_init(&k->refs, 1);
	k->provider = provctx;
	k->type = type;
	return k;
}

static void *
ec_new(void *provctx)
{
	return new_of(provctx, "EC");
}

static void *
rsa_new(void *provctx)
{
	return new_of(provctx, "RSA");
}

static void *
ed25519_new(void *provctx)
{
	return new_of(provctx, "ED25519");
}

struct pkey *
pkey_ref(struct pkey *k)
{
	(void)atomic_fetch_add(&k->refs, 1);
	return k;
}

void
pkey_unref(struct pkey *k)
{
	if (k == NULL || atomic_fetch_sub(&k->refs, 1) != 1)
		return;
	EVP_PKEY_free(k->public);
	binding_unref(k->binding);
	free(k);
}

static void
pkey_free(void *k)
{
	pkey_unref(k);
}

static void *
pkey_dup(const void *from, int selection)
{
	const struct pkey *k = from;
	struct pkey *d = new_of(k->provider, k->type);

	if (d == NULL)
		return NULL;
	if (k->public != NULL && EVP_PKEY_up_ref(k->public) == 1)
		d->public = k->public;
	if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 &&
	    k->binding != NULL)
		d->binding = binding_ref(k->binding);
	return d;
}

static int
pkey_has(const void *key, int selection)
{
	const struct pkey *k = key;

	if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 &&
	    k->binding == NULL)
		return 0;
	return (selection & (OSSL_KEYMGMT_SELECT_PUBLIC_KEY |
	    OSSL_KEYMGMT_SELECT_ALL_PARAMETERS)) == 0 || k->public != NULL;
}

static int
pkey_match(const void *a, const void *b, int selection)
{
	const struct pkey *x = a, *y = b;

	if (x->public == NULL || y->public == NULL)
		return 0;
	if ((selection & OSSL_KEYMGMT_SELECT_KEYPAIR) == 0)
		return EVP_PKEY_parameters_eq(x->public, y->public) == 1;
	return EVP_PKEY_eq(x->public, y->public) == 1;
}

/* Nobody brings us a private key. */
static bool
brings_secret(const OSSL_PARAM params[])
{
	return OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_PRIV_KEY) !=
	    NULL || OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_RSA_D) !=
	    NULL;
}

static EVP_PKEY *
import_public(const struct pkey *k, const OSSL_PARAM params[])
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(k->provider->lib,
	    k->type, PROVIDER_DEFAULT);
	OSSL_PARAM *copy = OSSL_PARAM_dup(params);
	EVP_PKEY *key = NULL;

	if (c == NULL || copy == NULL || EVP_PKEY_fromdata_init(c) != 1 ||
	    EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, copy) != 1)
		key = NULL;
	OSSL_PARAM_free(copy);
	EVP_PKEY_CTX_free(c);
	return key;
}

/* @return 0: a handle that is not of the right form, or of no binding alive. */
static int
import_binding(struct pkey *k, const OSSL_PARAM params[])
{
	const OSSL_PARAM *p = OSSL_PARAM_locate_const(params,
	    PROVIDER_BINDING);
	const void *octets;
	uint64_t handle;
	size_t n;

	if (p == NULL)
		return 1;
	if (OSSL_PARAM_get_octet_string_ptr(p, &octets, &n) != 1 ||
	    n != sizeof(handle))
		return 0;
	memcpy(&handle, octets, n);
	k->binding = binding_find(k->provider, handle);
	return k->binding != NULL;
}

static int
pkey_import(void *key, int selection, const OSSL_PARAM params[])
{
	struct pkey *k = key;

	if (k->public != NULL || brings_secret(params) ||
	    (k->public = import_public(k, params)) == NULL)
		return 0;
	return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 0 ||
	    import_binding(k, params);
}

static int
pkey_export(void *key, int selection, OSSL_CALLBACK *cb, void *arg)
{
	const struct pkey *k = key;

	if (k->public == NULL ||
	    (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0)
		return 0;
	return EVP_PKEY_export(k->public, selection, cb, arg);
}

static int
pkey_get_params(void *key, OSSL_PARAM params[])
{
	const struct pkey *k = key;
	OSSL_PARAM *p;

	if (k->public == NULL || EVP_PKEY_get_params(k->public, params) != 1)
		return 0;
	/* CMS_sign without a digest asks for this: it must be the scheme's. */
	p = OSSL_PARAM_locate(params, OSSL_PKEY_PARAM_DEFAULT_DIGEST);
	if (p == NULL || k->binding == NULL ||
	    k->binding->scheme->digest == NULL)
		return 1;
	return OSSL_PARAM_set_utf8_string(p, k->binding->scheme->digest);
}

static const OSSL_PARAM EC_DATA[] = {
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
	OSSL_PARAM_octet_string(PROVIDER_BINDING, NULL, 0),
	OSSL_PARAM_END
};
static const OSSL_PARAM RSA_DATA[] = {
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
	OSSL_PARAM_octet_string(PROVIDER_BINDING, NULL, 0),
	OSSL_PARAM_END
};
static const OSSL_PARAM ED25519_DATA[] = {
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
	OSSL_PARAM_octet_string(PROVIDER_BINDING, NULL, 0),
	OSSL_PARAM_END
};
static const OSSL_PARAM GETTABLE[] = {
	OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
	OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
	OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_MANDATORY_DIGEST, NULL, 0),
	OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
	OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
	OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
	OSSL_PARAM_END
};

static const OSSL_PARAM *
ec_types(int selection)
{
	return EC_DATA;
}

static const OSSL_PARAM *
rsa_types(int selection)
{
	return RSA_DATA;
}

static const OSSL_PARAM *
ed25519_types(int selection)
{
	return ED25519_DATA;
}

static const OSSL_PARAM *
gettable(void *provctx)
{
	return GETTABLE;
}

/* The signature algorithm of an EC key has another name than the key. */
static const char *
ec_operation(int operation)
{
	return operation == OSSL_OP_SIGNATURE ? "ECDSA" : NULL;
}

static const char *
rsa_operation(int operation)
{
	return operation == OSSL_OP_SIGNATURE ? "RSA" : NULL;
}

static const char *
ed25519_operation(int operation)
{
	return operation == OSSL_OP_SIGNATURE ? "ED25519" : NULL;
}

#define KEYMGMT(t) { \
	FN(OSSL_FUNC_KEYMGMT_NEW, t##_new), \
	FN(OSSL_FUNC_KEYMGMT_FREE, pkey_free), \
	FN(OSSL_FUNC_KEYMGMT_DUP, pkey_dup), \
	FN(OSSL_FUNC_KEYMGMT_HAS, pkey_has), \
	FN(OSSL_FUNC_KEYMGMT_MATCH, pkey_match), \
	FN(OSSL_FUNC_KEYMGMT_IMPORT, pkey_import), \
	FN(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, t##_types), \
	FN(OSSL_FUNC_KEYMGMT_EXPORT, pkey_export), \
	FN(OSSL_FUNC_KEYMGMT_EXPORT_TYPES, t##_types), \
	FN(OSSL_FUNC_KEYMGMT_GET_PARAMS, pkey_get_params), \
	FN(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, gettable), \
	FN(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, t##_operation), \
	{ 0, NULL } \
}
static const OSSL_DISPATCH EC[] = KEYMGMT(ec);
static const OSSL_DISPATCH RSA_[] = KEYMGMT(rsa);
static const OSSL_DISPATCH ED25519[] = KEYMGMT(ed25519);

const OSSL_ALGORITHM keymgmt_algorithms[] = {
	{ "EC:id-ecPublicKey:1.2.840.10045.2.1", PROVIDER_OURS, EC, NULL },
	{ "RSA:rsaEncryption:1.2.840.113549.1.1.1", PROVIDER_OURS, RSA_,
	    NULL },
	{ "ED25519:1.3.101.112", PROVIDER_OURS, ED25519, NULL },
	{ NULL, NULL, NULL, NULL }
};
