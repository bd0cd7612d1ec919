/*
 * badkeys - public keys whose private halves are known, by their hashes.
 *
 * A line for each: 64 hexadecimal digits, SHA-256 of the SubjectPublicKeyInfo;
 * or 20, as the lists of Debian's openssl-blacklist have them for RSA: the
 * last 80 bits of SHA-1 over "Modulus=", the modulus in upper-case hexadecimal
 * and a line feed.  Empty lines and those that begin with # say nothing.
 *
 * Floor 2, pure.  Sees base.
 */
#ifndef CA_BADKEYS_H
#define CA_BADKEYS_H

#include <stdbool.h>
#include "ca/der.h"

#define BADKEYS_OCTETS	((size_t)64 << 20)	/* longest list that is read */

struct badkeys;			/* opaque; constant once read */

/** badkeys_read - Errors: EINPUT with the line; ETOOBIG. */
NODISCARD int badkeys_read(struct span text, struct badkeys **ret,
    struct err *err);
void badkeys_free(struct badkeys *b);
DEFINE_FREEP(badkeys)
/** badkeys_count - how many keys it names. */
size_t badkeys_count(const struct badkeys *b);
/** badkeys_has - Errors: EINPUT: no key; EINTERNAL: a hash failed. */
NODISCARD int badkeys_has(const struct badkeys *b, struct span spki,
    bool *ret, struct err *err);

#endif
