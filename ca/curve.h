/*
 * curve - public keys on the house's elliptic curves, made of their points.
 *
 * Floor 2 (ca).  Sees base.  Pure, as whoever calls sees it: what it keeps of a
 * curve is the same for all.
 */
#ifndef CA_CURVE_H
#define CA_CURVE_H

#include <openssl/evp.h>
#include "ca/der.h"

#define EC_P256_POINT	65
#define EC_P384_POINT	97

/**
 * curve_key - the key of an uncompressed point on P-256 or P-384, which its
 * length tells; the caller frees it.
 * NULL: the point is not on the curve, or memory failed.
 */
EVP_PKEY *curve_key(struct span point);

#endif
