/*
 * modulus - RSA keys that are known here, by their moduli.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef CERT_MODULUS_H
#define CERT_MODULUS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/sha256.h"
#include "ca/der.h"

struct tx;

/** cert_modulus_add - a key was generated or certified, or came into the
 * inventory from elsewhere; of RSA, its modulus is kept, once. A projection. */
NODISCARD int cert_modulus_add(struct tx *tx, struct span spki, uint64_t seq,
    struct err *err);
/** cert_modulus_known - is this key's among them?  @ret_looked: it was looked at,
 * since it is certified here. */
NODISCARD int cert_modulus_known(struct tx *tx, const struct sha256 *spki,
    bool *ret, bool *ret_looked, struct err *err);
/* Where a reading of them ended; zero before the first. */
struct moduli {
	uint64_t	 seq;
	struct sha256	 spki;
};
typedef int cert_modulus_fn(void *ctx, const struct sha256 *spki,
    struct span modulus, struct err *err);
/** cert_moduli_next - those behind @at, in the ledger's order; @at follows. @ret_n: how many, at most @most. */
NODISCARD int cert_moduli_next(struct tx *tx, struct moduli *at,
    unsigned most, cert_modulus_fn *fn, void *ctx, unsigned *ret_n,
    struct err *err);

#endif
