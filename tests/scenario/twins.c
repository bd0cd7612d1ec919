/*
 * twins - three RSA keys, PEM, into files: the first two share a prime, the
 * third is like them and shares none.
 *
 *	twins FILE FILE FILE
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#define PRIME_BITS 1024

static void
need(int ok)
{
	if (ok <= 0) {
		fprintf(stderr, "twins: OpenSSL failed\n");
		exit(1);
	}
}

/* Prime to e - 1, with both highest bits set, so that a product has 2048. */
static BIGNUM *
prime(BIGNUM *e, BN_CTX *ctx)
{
	BIGNUM *p = BN_new(), *g = BN_new(), *less = BN_new();

	do {
		need(BN_generate_prime_ex(p, PRIME_BITS, 0, NULL, NULL, NULL));
		need(BN_sub(less, p, BN_value_one()));
		need(BN_gcd(g, less, e, ctx));
	} while (!BN_is_one(g));
	BN_free(g);
	BN_free(less);
	return p;
}

static EVP_PKEY *
key(const BIGNUM *p, const BIGNUM *q, const BIGNUM *e, BN_CTX *ctx)
{
	BIGNUM *n = BN_new(), *d = BN_new(), *a = BN_dup(p), *b = BN_dup(q),
	    *inverse = BN_new();
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params;
	EVP_PKEY *k = NULL;

	need(BN_mul(n, p, q, ctx));
	need(BN_sub_word(a, 1) && BN_sub_word(b, 1) && BN_mul(d, a, b, ctx));
	need(BN_mod_inverse(d, e, d, ctx) != NULL);
	need(BN_mod(a, d, a, ctx) && BN_mod(b, d, b, ctx));
	need(BN_mod_inverse(inverse, q, p, ctx) != NULL);
	need(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR1, p) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR2, q) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT1, a) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT2, b) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	    inverse));
	need(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, d));
	params = OSSL_PARAM_BLD_to_param(build);
	need(EVP_PKEY_fromdata_init(make));
	need(EVP_PKEY_fromdata(make, &k, EVP_PKEY_KEYPAIR, params));
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(make);
	BN_free(n);
	BN_free(d);
	BN_free(a);
	BN_free(b);
	BN_free(inverse);
	return k;
}

static void
write_key(const char *file, EVP_PKEY *k)
{
	FILE *f = fopen(file, "w");

	need(f != NULL && PEM_write_PrivateKey(f, k, NULL, NULL, 0, NULL,
	    NULL) && fclose(f) == 0);
	EVP_PKEY_free(k);
}

int
main(int argc, char **argv)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *e = BN_new(), *p[5];

	if (argc != 4)
		return 64;
	need(BN_set_word(e, 65537));
	for (int i = 0; i < 5; i++)
		p[i] = prime(e, ctx);
	write_key(argv[1], key(p[0], p[1], e, ctx));
	write_key(argv[2], key(p[0], p[2], e, ctx));
	write_key(argv[3], key(p[3], p[4], e, ctx));
	for (int i = 0; i < 5; i++)
		BN_free(p[i]);
	BN_free(e);
	BN_CTX_free(ctx);
	return 0;
}
