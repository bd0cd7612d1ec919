#include "config.h"

#include "ca/key.h"

/*
 * Keys of CVE-2017-15361 have primes k*M + (65537^a mod M), M a product of the
 * first primes, so their modulus is a power of 65537 modulo each of these.
 * Another modulus is one for all of them by a chance of about 2^-27.
 */
static const unsigned char PRIMES[] = { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31,
	37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
	109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167 };

static unsigned
remainder_of(struct span n, unsigned p)
{
	unsigned r = 0;
	size_t i;

	for (i = 0; i < n.n; i++)
		r = (r << 8 | n.p[i]) % p;
	return r;
}

/* Is @r a power of 65537 modulo @p? */
static bool
is_power(unsigned r, unsigned p)
{
	unsigned v = 1;

	do {
		if (v == r)
			return true;
		v = v * (65537 % p) % p;
	} while (v != 1);
	return false;
}

bool
key_is_roca(struct span modulus)
{
	size_t i;

	for (i = 0; i < NELEM(PRIMES); i++)
		if (!is_power(remainder_of(modulus, PRIMES[i]), PRIMES[i]))
			return false;
	return true;
}
