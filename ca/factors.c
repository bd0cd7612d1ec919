#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <openssl/bn.h>
#include <openssl/err.h>

#include "ca/key.h"
#include "ca/primes.h"

#define SIEVE		((size_t)1 << KEY_FACTOR_BITS)
/* Below any modulus that is taken, so that no product is divided first. */
#define PRODUCT_BITS	2000
/* As the CA/Browser Forum's Baseline Requirements, 6.1.1.3, have it. */
#define FERMAT_ROUNDS	100

static pthread_once_t once = PTHREAD_ONCE_INIT;
/* Constant once made: about 1,500 products of all primes below SIEVE; NULL where
 * there was no memory for them. */
static struct primes *small;

static int
no_memory(struct err *err)
{
	ERR_clear_error();
	return err_set(err, ENOMEMORY, "an RSA key's factors");
}

/* ---- small factors ---- */

static void
sieve(unsigned char *composite)
{
	for (size_t p = 2; p * p < SIEVE; p++)
		for (size_t i = p * p; !composite[p] && i < SIEVE; i += p)
			composite[i] = 1;
}

static bool
product_add(struct primes *to, const BIGNUM *product)
{
	unsigned char octets[PRODUCT_BITS / 8 + 8];
	struct err none;
	int n = BN_bn2bin(product, octets);

	return primes_add(to, span_of(octets, (size_t)n), &none) == 0;
}

/* The odd ones: an even modulus is found otherwise. */
static bool
products_make(const unsigned char *composite, struct primes *to)
{
	BIGNUM *product = BN_new();
	bool fine = product != NULL && BN_one(product) == 1;

	for (size_t p = 3; fine && p < SIEVE; p++) {
		if (composite[p])
			continue;
		fine = BN_mul_word(product, p) == 1;
		if (fine && BN_num_bits(product) > PRODUCT_BITS)
			fine = product_add(to, product) && BN_one(product) == 1;
	}
	fine = fine && product_add(to, product);
	BN_free(product);
	return fine;
}

static void
small_make(void)
{
	unsigned char *composite = calloc(SIEVE, 1);
	AUTO(primes) *made = NULL;
	struct err none;

	if (composite == NULL || primes_new(&made, &none) != 0) {
		free(composite);
		return;
	}
	sieve(composite);
	if (products_make(composite, made))
		small = TAKE(made);
	free(composite);
	ERR_clear_error();
}

int
key_small_factor(struct span modulus, bool *ret, struct err *err)
{
	if (pthread_once(&once, small_make) != 0 || small == NULL)
		return no_memory(err);
	return primes_shared(small, modulus, false, ret, err);
}

/* ---- close primes ---- */

/* Of one modulus; all owned. */
struct fermat {
	BN_CTX		*ctx;
	BIGNUM		*n, *a, *rest, *root, *t;
};

static bool
fermat_begin(struct fermat *f, struct span modulus)
{
	*f = (struct fermat){ .ctx = BN_CTX_new(),
	    .n = BN_bin2bn(modulus.p, (int)modulus.n, NULL), .a = BN_new(),
	    .rest = BN_new(), .root = BN_new(), .t = BN_new() };
	return f->ctx != NULL && f->n != NULL && f->a != NULL &&
	    f->rest != NULL && f->root != NULL && f->t != NULL;
}

static void
fermat_done(struct fermat *f)
{
	BN_CTX_free(f->ctx);
	BN_free(f->n);
	BN_free(f->a);
	BN_free(f->rest);
	BN_free(f->root);
	BN_free(f->t);
}

/* The root, rounded down, by Newton's steps from above: each has twice as many
 * right bits as the one before, and the first that is not smaller ends them. */
static bool
root_of(struct fermat *f, const BIGNUM *of, BIGNUM *ret)
{
	if (BN_is_zero(of)) {
		BN_zero(ret);
		return true;
	}
	if (BN_one(f->t) != 1 ||
	    BN_lshift(f->t, f->t, (BN_num_bits(of) + 1) / 2) != 1)
		return false;
	do {
		if (BN_copy(ret, f->t) == NULL ||
		    BN_div(f->t, NULL, of, ret, f->ctx) != 1 ||
		    BN_add(f->t, f->t, ret) != 1 ||
		    BN_rshift1(f->t, f->t) != 1)
			return false;
	} while (BN_cmp(f->t, ret) < 0);
	return true;
}

/* What most numbers are that are no squares, without a root. */
static bool
may_be_square(const BIGNUM *v)
{
	static const BN_ULONG ODD[] = { 3, 5, 7, 11, 13, 17, 19, 23 };

	for (size_t i = 0; i < NELEM(ODD); i++) {
		BN_ULONG r = BN_mod_word(v, ODD[i]), x = 0;

		while (x < ODD[i] && x * x % ODD[i] != r)
			x++;
		if (x == ODD[i])
			return false;
	}
	return true;
}

static bool
is_square(struct fermat *f, const BIGNUM *v, bool *ret)
{
	*ret = false;
	if (!may_be_square(v))
		return true;
	if (!root_of(f, v, f->root) ||
	    BN_sqr(f->root, f->root, f->ctx) != 1)
		return false;
	*ret = BN_cmp(f->root, v) == 0;
	return true;
}

/* a is the root of n, rounded up; rest is a^2 - n. */
static bool
first_step(struct fermat *f)
{
	if (!root_of(f, f->n, f->a) || BN_sqr(f->rest, f->a, f->ctx) != 1)
		return false;
	if (BN_cmp(f->rest, f->n) < 0 && (BN_add_word(f->a, 1) != 1 ||
	    BN_sqr(f->rest, f->a, f->ctx) != 1))
		return false;
	return BN_sub(f->rest, f->rest, f->n) == 1;
}

/* (a + 1)^2 is a^2 + 2a + 1. */
static bool
next_step(struct fermat *f)
{
	return BN_add(f->rest, f->rest, f->a) == 1 &&
	    BN_add(f->rest, f->rest, f->a) == 1 &&
	    BN_add_word(f->rest, 1) == 1 && BN_add_word(f->a, 1) == 1;
}

int
key_close_primes(struct span modulus, bool *ret, struct err *err)
{
	struct fermat f;
	bool found = false, fine = fermat_begin(&f, modulus) && first_step(&f);

	for (int i = 0; fine && !found && i < FERMAT_ROUNDS; i++)
		fine = is_square(&f, f.rest, &found) && next_step(&f);
	fermat_done(&f);
	if (!fine)
		return no_memory(err);
	*ret = found;
	return 0;
}
