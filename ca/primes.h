/*
 * primes - does an RSA modulus share a prime with another that is known?
 *
 * Two moduli that do are both factored by whoever has them.  (Heninger et al.,
 * Mining your Ps and Qs, USENIX Security 2012.)  All that are known are
 * multiplied, modulo the new one: a common divisor with the product is one with
 * some of them.  That is one Montgomery multiplication for each, about 1 us, and
 * 300 octets; a tree of products would be slower for one at a time.
 *
 * Floor 2, pure.  Sees base; OpenSSL multiplies.
 */
#ifndef CA_PRIMES_H
#define CA_PRIMES_H

#include <stdbool.h>
#include "ca/der.h"

#define PRIMES_MOST	131072u	/* moduli known at once; the oldest go */

struct primes;			/* opaque */

NODISCARD int primes_new(struct primes **ret, struct err *err);
void primes_free(struct primes *p);
DEFINE_FREEP(primes)
/** primes_add - know one more. Errors: ENOMEMORY: nothing has changed. */
NODISCARD int primes_add(struct primes *p, struct span modulus,
    struct err *err);
/** primes_shared - has it a common divisor with one that is known, or is it
 * one of those?  @modulus is odd.  @among: the key itself is, once: with that
 * one it is not compared. */
NODISCARD int primes_shared(const struct primes *p, struct span modulus,
    bool among, bool *ret, struct err *err);

#endif
