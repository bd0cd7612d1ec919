/*
 * b64 - base64 of RFC 4648, section 4: with padding, without white space.
 * b64url_* - section 5, without padding.
 */
#ifndef BASE_B64_H
#define BASE_B64_H

#include <stdbool.h>
#include <stddef.h>
#include "base/blob.h"
#include "base/err.h"

/** b64_is_digit - of the alphabet, "=" not among it. */
bool b64_is_digit(unsigned char c);
/** b64_encode - a new string (free()), or NULL when memory has run out. */
char *b64_encode(const void *p, size_t n);
char *b64url_encode(const void *p, size_t n);
/** b64_lines - append base64 in lines of @columns (> 0), each ended; on
 * failure @ret is as it was. Errors: ENOMEMORY, ETOOBIG. */
NODISCARD int b64_lines(const void *p, size_t n, size_t columns,
    struct blob *ret, struct err *err);
/** b64_decode - append the octets to @ret. Errors: EINPUT (any other spelling), ENOMEMORY. */
NODISCARD int b64_decode(const char *text, struct blob *ret, struct err *err);
NODISCARD int b64url_decode(const char *text, struct blob *ret, struct err *err);

#endif
