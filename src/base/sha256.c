#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/hex.h"
#include "base/sha256.h"

/*
 * One fetched algorithm for the process and one context for each thread:
 * fetching and allocating cost more than hashing a Merkle node does.
 */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_exit;
static EVP_MD *md;
static __thread EVP_MD_CTX *mine;

/* A house that cannot hash can record nothing: there is no error to return. */
static void
must(bool ok)
{
	if (ok)
		return;
	fputs("SHA-256 is not available\n", stderr);
	abort();
}

static void
free_ctx(void *ctx)
{
	mine = NULL;
	EVP_MD_CTX_free(ctx);
}

static void
setup(void)
{
	md = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(md != NULL && pthread_key_create(&at_exit, free_ctx) == 0);
}

static EVP_MD_CTX *
context(void)
{
	if (mine == NULL) {
		must(pthread_once(&once, setup) == 0);
		mine = EVP_MD_CTX_new();
		must(mine != NULL && pthread_setspecific(at_exit, mine) == 0);
	}
	return mine;
}

struct sha256
sha256_of2(const void *a, size_t an, const void *b, size_t bn)
{
	EVP_MD_CTX *ctx = context();
	struct sha256 h;

	must(EVP_DigestInit_ex2(ctx, md, NULL) == 1);
	must(EVP_DigestUpdate(ctx, a, an) == 1);
	must(bn == 0 || EVP_DigestUpdate(ctx, b, bn) == 1);
	must(EVP_DigestFinal_ex(ctx, h.o, NULL) == 1);
	return h;
}

struct sha256
sha256_of(const void *p, size_t n)
{
	return sha256_of2(p, n, NULL, 0);
}

bool
sha256_equal(const struct sha256 *a, const struct sha256 *b)
{
	return memcmp(a->o, b->o, sizeof(a->o)) == 0;
}

bool
sha256_is_zero(const struct sha256 *a)
{
	static const struct sha256 zero;

	return sha256_equal(a, &zero);
}

void
sha256_hex(const struct sha256 *h, char ret[SHA256_HEX])
{
	hex_encode(h->o, sizeof(h->o), ret);
}

int
sha256_parse(const char *hex, struct sha256 *ret, struct err *err)
{
	return hex_decode(hex, SHA256_OCTETS, ret->o, err);
}
