/*
 * hex - octets as text.  The decoder takes the one canonical spelling only:
 * lower case.
 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stddef.h>
#include "base/err.h"

/** hex_encode - 2*n digits and a NUL into @ret. */
void hex_encode(const void *p, size_t n, char *ret);
/** hex_decode - exactly @n octets from 2*n digits. Errors: EINPUT. */
NODISCARD int hex_decode(const char *text, size_t n, void *ret, struct err *err);

#endif
