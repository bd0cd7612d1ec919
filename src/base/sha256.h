/*
 * sha256 - the house's hash, as value and as hexadecimal text.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

#define SHA256_OCTETS	32
#define SHA256_HEX	65	/* with the NUL */

struct sha256 {
	unsigned char	 o[SHA256_OCTETS];
};

/** sha256_of - hash one buffer. FIPS 180-4. Never fails (asserts on OpenSSL). */
struct sha256 sha256_of(const void *p, size_t n);
/** sha256_of2 - hash of @a then @b, as if they were one buffer. */
struct sha256 sha256_of2(const void *a, size_t an, const void *b, size_t bn);
bool sha256_equal(const struct sha256 *a, const struct sha256 *b);
bool sha256_is_zero(const struct sha256 *a);
/** sha256_hex - 64 lower-case digits and a NUL. */
void sha256_hex(const struct sha256 *h, char ret[SHA256_HEX]);
/** sha256_parse - from exactly 64 lower-case digits. Errors: EINPUT. */
NODISCARD int sha256_parse(const char *hex, struct sha256 *ret, struct err *err);

#endif
