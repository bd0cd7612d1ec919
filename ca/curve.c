#include "config.h"

#include <pthread.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

#include "ca/curve.h"

static EVP_PKEY *
without_point(const char *name)
{
	OSSL_PARAM params[2] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		    (char *)(uintptr_t)name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) > 0)
		(void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEY_PARAMETERS,
		    params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/*
 * What others copy: given a curve's name, OpenSSL computes anew what it needs of it,
 * and that takes four times as long as all else of making a key.
 */
static const EVP_PKEY *
curve_of(size_t octets)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static EVP_PKEY *p256, *p384;
	bool small = octets == EC_P256_POINT;
	EVP_PKEY **at = small ? &p256 : &p384, *found;

	pthread_mutex_lock(&lock);
	if (*at == NULL)
		*at = without_point(small ? "P-256" : "P-384");
	found = *at;
	pthread_mutex_unlock(&lock);
	return found;
}

/* Setting a point checks that it is on its curve. */
EVP_PKEY *
curve_key(struct span point)
{
	const EVP_PKEY *curve = curve_of(point.n);
	EVP_PKEY *key = EVP_PKEY_new();

	if (curve != NULL && key != NULL &&
	    EVP_PKEY_copy_parameters(key, curve) == 1 &&
	    EVP_PKEY_set1_encoded_public_key(key, point.p, point.n) == 1)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}
