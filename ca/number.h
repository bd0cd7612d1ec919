/*
 * number - serial numbers and CRL numbers: an INTEGER of at most 20 octets.
 *
 * Floor 2, pure.  Sees base.  RFC 5280, 4.1.2.2 and 5.2.3.
 */
#ifndef CA_NUMBER_H
#define CA_NUMBER_H

#include "ca/der.h"

#define NUMBER_OCTETS	DER_UINT_OCTETS
#define NUMBER_HEX	(2 * NUMBER_OCTETS + 1)	/* with the NUL */
#define NUMBER_DECIMAL	50		/* 49 digits, with the NUL */

/* Not below 0: its octets, most significant first, without a zero in front. */
struct number {
	unsigned char	 n;		/* 1..20; 0: there is none */
	unsigned char	 o[NUMBER_OCTETS];
};

/** number_of - a small one. */
struct number number_of(uint64_t v);
/**
 * number_make - from its octets.
 * Errors: EINPUT: none, or a zero in front; ERANGE_: DER would need more than
 * 20 octets for it.
 */
NODISCARD int number_make(struct span magnitude, struct number *ret,
    struct err *err);
/** number_take - the next value of @in, an INTEGER. Errors: the same, and
 * EINPUT for what is no INTEGER of DER, ERANGE_ for one below 0. */
NODISCARD int number_take(struct span *in, const char *what,
    struct number *ret, struct err *err);
/** number_read - the content of an INTEGER, under whatever tag. */
NODISCARD int number_read(struct span content, const char *what,
    struct number *ret, struct err *err);
/** number_span - its octets, borrowed from it. */
struct span number_span(const struct number *a);
/** number_order - less than, equal to or greater than 0, as memcmp says it. */
int number_order(const struct number *a, const struct number *b);
/** number_positive - is there one, and is it not 0? */
bool number_positive(const struct number *a);
/** number_hex - its octets in lower-case hexadecimal. */
void number_hex(const struct number *a, char ret[NUMBER_HEX]);
/** number_value - of one of at most 8 octets. */
uint64_t number_value(const struct number *a);
/** number_parse - from number_hex. Errors: EINPUT, ERANGE_. */
NODISCARD int number_parse(const char *hex, struct number *ret,
    struct err *err);
/** number_parse_typed - from hexadecimal in any spelling, zeros in front too.
 * Errors: EINPUT, ERANGE_. */
NODISCARD int number_parse_typed(const char *hex, struct number *ret,
    struct err *err);
/** number_decimal - as people write it. */
void number_decimal(const struct number *a, char ret[NUMBER_DECIMAL]);
/** number_parse_decimal - from number_decimal. Errors: EINPUT, ERANGE_. */
NODISCARD int number_parse_decimal(const char *text, struct number *ret,
    struct err *err);
/** number_add - @a and @v; where there is no @a, @v. Errors: ERANGE_: DER would
 * need more than 20 octets for it. */
NODISCARD int number_add(const struct number *a, uint64_t v,
    struct number *ret, struct err *err);
/** number_above - how far @a is above @from (none: 0). False: it is below, or
 * further than 64 bits say. */
bool number_above(const struct number *a, const struct number *from,
    uint64_t *ret);

#endif
