#include "config.h"

#include <stdlib.h>
#include <openssl/bn.h>
#include <openssl/err.h>

#include "ca/primes.h"

struct primes {
	BIGNUM		**known;	/* owned; a ring, once it is full */
	size_t		 n, room, oldest;
};

static int
no_memory(struct err *err)
{
	ERR_clear_error();
	return err_set(err, ENOMEMORY, "known moduli");
}

int
primes_new(struct primes **ret, struct err *err)
{
	struct primes *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return no_memory(err);
	*ret = p;
	return 0;
}

void
primes_free(struct primes *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		BN_free(p->known[i]);
	free(p->known);
	free(p);
}

static bool
grow(struct primes *p)
{
	size_t room = p->room == 0 ? 64 : 2 * p->room;
	BIGNUM **more = realloc(p->known, room * sizeof(BIGNUM *));

	if (more == NULL)
		return false;
	p->known = more;
	p->room = room;
	return true;
}

int
primes_add(struct primes *p, struct span modulus, struct err *err)
{
	BIGNUM *m;

	if (p->n == p->room && p->n < PRIMES_MOST && !grow(p))
		return no_memory(err);
	if ((m = BN_bin2bn(modulus.p, (int)modulus.n, NULL)) == NULL)
		return no_memory(err);
	if (p->n < PRIMES_MOST) {
		p->known[p->n++] = m;
		return 0;
	}
	BN_free(p->known[p->oldest]);
	p->known[p->oldest] = m;
	p->oldest = (p->oldest + 1) % PRIMES_MOST;
	return 0;
}

/* Of one check. */
struct product {
	BN_CTX		*ctx;
	BN_MONT_CTX	*mont;
	BIGNUM		*n, *product, *rest;
};

static void
product_done(struct product *x)
{
	BN_MONT_CTX_free(x->mont);
	BN_CTX_free(x->ctx);
	BN_free(x->n);
	BN_free(x->product);
	BN_free(x->rest);
}

static bool
product_begin(struct product *x, struct span modulus)
{
	*x = (struct product){ .ctx = BN_CTX_new(), .mont = BN_MONT_CTX_new(),
	    .n = BN_bin2bn(modulus.p, (int)modulus.n, NULL),
	    .product = BN_new(), .rest = BN_new() };
	return x->ctx != NULL && x->mont != NULL && x->n != NULL &&
	    x->product != NULL && x->rest != NULL &&
	    BN_one(x->product) == 1 &&
	    BN_MONT_CTX_set(x->mont, x->n, x->ctx) == 1;
}

/* Each multiplication divides by a power of two, which an odd number has not. */
static bool
multiply(struct product *x, const BIGNUM *m)
{
	if (BN_ucmp(m, x->n) >= 0) {
		if (BN_nnmod(x->rest, m, x->n, x->ctx) != 1)
			return false;
		m = x->rest;
	}
	return BN_mod_mul_montgomery(x->product, x->product, m, x->mont,
	    x->ctx) == 1;
}

int
primes_shared(const struct primes *p, struct span modulus, bool among,
    bool *ret, struct err *err)
{
	struct product x;
	bool fine = product_begin(&x, modulus);

	for (size_t i = 0; fine && i < p->n; i++) {
		if (among && BN_ucmp(p->known[i], x.n) == 0)
			among = false;
		else
			fine = multiply(&x, p->known[i]);
	}
	fine = fine && BN_gcd(x.rest, x.product, x.n, x.ctx) == 1;
	if (fine)
		*ret = !BN_is_one(x.rest);
	product_done(&x);
	return fine ? 0 : no_memory(err);
}
