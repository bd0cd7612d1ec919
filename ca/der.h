/*
 * der - DER (ITU-T X.690, 10) by hand: a writer with nested lengths, and a
 * reader that takes the one distinguished spelling only.
 *
 * Floor 2, pure.  Sees base.
 * Neither makes objects: the writer appends to a blob, and what the reader
 * gives are spans of the octets that it was given.
 */
#ifndef CA_DER_H
#define CA_DER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"

#define DER_DEPTH	16	/* values that may be open at once, and within each other */
#define DER_UINT_OCTETS	20	/* RFC 5280, 4.1.2.2: the most that der_uint_read takes */

/* Identifier octets; only tag numbers below 31 exist here. */
enum {
	DER_BOOLEAN = 0x01, DER_INTEGER = 0x02, DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04, DER_NULL = 0x05, DER_OID = 0x06,
	DER_ENUMERATED = 0x0a, DER_UTF8 = 0x0c, DER_PRINTABLE = 0x13,
	DER_IA5 = 0x16, DER_UTC_TIME = 0x17, DER_GENERAL_TIME = 0x18,
	DER_SEQUENCE = 0x30, DER_SET = 0x31,
};
#define DER_CONTEXT(n)	(0x80u | (n))	/* [n] IMPLICIT of a primitive type */
#define DER_CONTEXT_C(n) (0xa0u | (n))	/* [n] EXPLICIT, or of SEQUENCE, SET */

/* Octets that somebody else owns. */
struct span {
	const unsigned char	*p;
	size_t			 n;
};
/** span_of, span_blob - as a span. */
static inline UNUSED struct span
span_of(const void *p, size_t n)
{
	return (struct span){ p, n };
}
static inline UNUSED struct span
span_blob(const struct blob *b)
{
	return (struct span){ b->data, b->len };
}
bool span_equal(struct span a, struct span b);

/* A writer, on the caller's stack; what it has says why it failed. */
struct der {
	struct blob	*out;		/* borrowed, appended to */
	struct err	*err;		/* borrowed */
	size_t		 open[DER_DEPTH]; /* where each open value's content begins */
	unsigned	 depth;
};

/** der_init - write behind what @out has already. */
void der_init(struct der *w, struct blob *out, struct err *err);
/**
 * der_open, der_close - a value whose content is what is written between.
 * The length is put in when it is known, so the content moves once if it has
 * 128 octets or more.  Errors: ENOMEMORY, ETOOBIG.
 */
NODISCARD int der_open(struct der *w, unsigned tag);
NODISCARD int der_close(struct der *w);
/** der_enclose - what was written from this octet of the blob on becomes a value's
 * content; it moves once. Errors: as der_open. */
NODISCARD int der_enclose(struct der *w, unsigned tag, size_t from);
/** der_put - a value with this content. */
NODISCARD int der_put(struct der *w, unsigned tag, const void *p, size_t n);
NODISCARD int der_span(struct der *w, unsigned tag, struct span content);
NODISCARD int der_text(struct der *w, unsigned tag, const char *s);
/** der_raw - values that are DER already, as they are. */
NODISCARD int der_raw(struct der *w, struct span values);
NODISCARD int der_null(struct der *w);
/** der_bool - TRUE, or FALSE where it is not a default (which DER leaves out). */
NODISCARD int der_bool(struct der *w, bool v);
NODISCARD int der_int(struct der *w, unsigned tag, int64_t v);
/** der_uint - a positive INTEGER from its octets, most significant first:
 * no more octets than it needs. */
NODISCARD int der_uint(struct der *w, struct span magnitude);
/** der_bits - BIT STRING of whole octets. */
NODISCARD int der_bits(struct der *w, struct span octets);
/** der_named_bits - bit 0 is 1u << 0; no trailing zeros (X.690, 11.2.2). */
NODISCARD int der_named_bits(struct der *w, unsigned tag, uint32_t bits);
/** der_time - UTCTime to 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5).
 * Whole seconds: a fraction is cut.  Errors: ERANGE_ before 1950, after 9999. */
NODISCARD int der_time(struct der *w, time_us t);
/** der_general_time - GeneralizedTime whatever the year (RFC 6960, 4.2.1),
 * under another tag where it is implicit. */
NODISCARD int der_general_time(struct der *w, unsigned tag, time_us t);

/*
 * Reading: a span is also a cursor; der_take moves it behind the value.
 * @what names the value in the message: "the serial number".
 */
/** der_next - the next value, whatever it is. Errors: EINPUT: cut off, a tag
 * over 30, a length that is indefinite or not the shortest. */
NODISCARD int der_next(struct span *in, const char *what, unsigned *ret_tag,
    struct span *ret_content, struct err *err);
/** der_take - the next value's content, which must have this tag. */
NODISCARD int der_take(struct span *in, unsigned tag, const char *what,
    struct span *ret_content, struct err *err);
/** der_take_whole - the same, with identifier and length: a slice of @in. */
NODISCARD int der_take_whole(struct span *in, unsigned tag, const char *what,
    struct span *ret_value, struct err *err);
/** der_is - is the next value's tag this one?  False at the end. */
bool der_is(const struct span *in, unsigned tag);
/** der_depth - are these values well-formed, and not more than DER_DEPTH within
 * each other?  What OCTET STRINGs have in them is not looked at. Errors: EINPUT. */
NODISCARD int der_depth(struct span values, const char *what, struct err *err);
/** der_end - nothing is left. Errors: EINPUT. */
NODISCARD int der_end(const struct span *in, const char *what, struct err *err);

/* Contents.  Errors: EINPUT for what is not DER, ERANGE_ for what is too big. */
NODISCARD int der_bool_read(struct span content, const char *what, bool *ret,
    struct err *err);
NODISCARD int der_int_read(struct span content, const char *what, int64_t *ret,
    struct err *err);
/** der_uint_read - a positive INTEGER's octets without a leading zero; at
 * most DER_UINT_OCTETS of content (RFC 5280, 4.1.2.2).  Zero is refused. */
NODISCARD int der_uint_read(struct span content, const char *what,
    struct span *ret_magnitude, struct err *err);
/** der_bits_read - a BIT STRING of whole octets. */
NODISCARD int der_bits_read(struct span content, const char *what,
    struct span *ret, struct err *err);
/** der_named_bits_read - at most 32 bits, without trailing zeros. */
NODISCARD int der_named_bits_read(struct span content, const char *what,
    uint32_t *ret, struct err *err);
/** der_take_time - UTCTime (1950 to 2049) or GeneralizedTime: with seconds,
 * "Z", no fraction (RFC 5280, 4.1.2.5.1, 4.1.2.5.2). @ret_tag may be NULL. */
NODISCARD int der_take_time(struct span *in, const char *what,
    unsigned *ret_tag, time_us *ret, struct err *err);
/** der_general_time_read - the content of a GeneralizedTime. */
NODISCARD int der_general_time_read(struct span content, const char *what,
    time_us *ret, struct err *err);

#endif
