/*
 * hex - octets as text.  The decoder takes the one canonical spelling only:
 * lower case.  Where people type it, hex_plain comes before.
 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stddef.h>
#include "base/err.h"

/** hex_encode - 2*n digits and a NUL into @ret. */
void hex_encode(const void *p, size_t n, char *ret);
/** hex_decode - exactly @n octets from 2*n digits. Errors: EINPUT. */
NODISCARD int hex_decode(const char *text, size_t n, void *ret, struct err *err);
/**
 * hex_plain - what other tools print (upper case, colons, 0x in front, half an
 * octet) in the one spelling; what is no hexadecimal stays so, for the decoder.
 *
 * @ret  of @room octets with the NUL; what does not fit is cut off.
 */
void hex_plain(const char *text, char *ret, size_t room);

#endif
