/*
 * number - serial numbers and CRL numbers: an INTEGER of at most 20 octets.
 *
 * Floor 2, pure.  RFC 5280, 4.1.2.2 and 5.2.3.
 */
#ifndef CA_NUMBER_H
#define CA_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

#define NUMBER_OCTETS	20
#define NUMBER_HEX	41	/* with the NUL */

/* The content octets as DER has them: the shortest form of a number >= 0. */
struct number {
	unsigned char	 n;		/* 1..20; 0: no number */
	unsigned char	 o[NUMBER_OCTETS];
};

/** number_of - a small one. */
struct number number_of(uint64_t v);
/**
 * number_read - from content octets.
 * Errors: EINPUT - empty, negative, not in its shortest form, over 20 octets.
 */
NODISCARD int number_read(const void *p, size_t n, struct number *ret,
    struct err *err);
/** number_order - less than, equal to or greater than 0, as memcmp says it. */
int number_order(const struct number *a, const struct number *b);
/** number_positive - is there one, and is it not 0? */
bool number_positive(const struct number *a);
/** number_hex - its octets in lower-case hexadecimal. */
void number_hex(const struct number *a, char ret[NUMBER_HEX]);

#endif
