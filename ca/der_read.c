#include "config.h"

#include <string.h>

#include "ca/der.h"

bool
span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The length at @p, of which @n octets are there. Octets it took; 0: bad. */
static size_t
length_read(const unsigned char *p, size_t n, size_t *ret)
{
	size_t octets, i, v = 0;

	if (n == 0)
		return 0;
	if (p[0] < 0x80) {
		*ret = p[0];
		return 1;
	}
	octets = p[0] & 0x7f;
	/* X.690, 10.1: definite, and as short as can be. */
	if (octets == 0 || octets > 4 || octets + 1 > n || p[1] == 0)
		return 0;
	for (i = 1; i <= octets; i++)
		v = v << 8 | p[i];
	if (v < 0x80)
		return 0;
	*ret = v;
	return octets + 1;
}

int
der_next(struct span *in, const char *what, unsigned *ret_tag,
    struct span *ret_content, struct err *err)
{
	size_t head, n = 0;

	if (in->n == 0)
		return err_set(err, EINPUT, "%s is missing", what);
	if ((in->p[0] & 0x1f) == 0x1f)
		return err_set(err, EINPUT, "%s has a tag above 30", what);
	head = length_read(in->p + 1, in->n - 1, &n);
	if (head == 0)
		return err_set(err, EINPUT, "%s has a length that is not DER "
		    "(X.690, 10.1)", what);
	head++;
	if (n > in->n - head)
		return err_set(err, EINPUT, "%s is cut off: %zu octets of %zu",
		    what, in->n - head, n);
	*ret_tag = in->p[0];
	*ret_content = span_of(in->p + head, n);
	*in = span_of(in->p + head + n, in->n - head - n);
	return 0;
}

#define CONSTRUCTED	0x20u	/* X.690, 8.1.2.5 */

static int
within(struct span values, unsigned depth, const char *what, struct err *err)
{
	struct span content;
	unsigned tag;

	if (depth == DER_DEPTH && values.n > 0)
		return err_set(err, EINPUT, "%s: more than %d values within "
		    "each other", what, DER_DEPTH);
	while (values.n > 0) {
		TRY(der_next(&values, what, &tag, &content, err));
		if ((tag & CONSTRUCTED) != 0)
			TRY(within(content, depth + 1, what, err));
	}
	return 0;
}

int
der_depth(struct span values, const char *what, struct err *err)
{
	return within(values, 0, what, err);
}

int
der_take(struct span *in, unsigned tag, const char *what,
    struct span *ret_content, struct err *err)
{
	struct span rest = *in, content;
	unsigned have;

	TRY(der_next(&rest, what, &have, &content, err));
	if (have != tag)
		return err_set(err, EINPUT, "%s: a value with tag 0x%02x, "
		    "expected 0x%02x", what, have, tag);
	*in = rest;
	*ret_content = content;
	return 0;
}

int
der_take_whole(struct span *in, unsigned tag, const char *what,
    struct span *ret_value, struct err *err)
{
	struct span rest = *in, content;

	TRY(der_take(&rest, tag, what, &content, err));
	*ret_value = span_of(in->p, in->n - rest.n);
	*in = rest;
	return 0;
}

bool
der_is(const struct span *in, unsigned tag)
{
	return in->n > 0 && in->p[0] == tag;
}

int
der_end(const struct span *in, const char *what, struct err *err)
{
	if (in->n > 0)
		return err_set(err, EINPUT, "%s: %zu octets too many", what,
		    in->n);
	return 0;
}

int
der_bool_read(struct span content, const char *what, bool *ret,
    struct err *err)
{
	/* X.690, 11.1: true is all ones. */
	if (content.n != 1 || (content.p[0] != 0 && content.p[0] != 0xff))
		return err_set(err, EINPUT, "%s is no BOOLEAN of DER", what);
	*ret = content.p[0] != 0;
	return 0;
}

/* X.690, 8.3.2: the first nine bits are not all alike. */
static int
integer_check(struct span c, const char *what, struct err *err)
{
	if (c.n == 0 || (c.n > 1 && ((c.p[0] == 0x00 && c.p[1] < 0x80) ||
	    (c.p[0] == 0xff && c.p[1] >= 0x80))))
		return err_set(err, EINPUT, "%s is no INTEGER of DER", what);
	return 0;
}

int
der_int_read(struct span content, const char *what, int64_t *ret,
    struct err *err)
{
	uint64_t v;
	size_t i;

	TRY(integer_check(content, what, err));
	if (content.n > 8)
		return err_set(err, ERANGE_, "%s has %zu octets, more than 8",
		    what, content.n);
	v = content.p[0] >= 0x80 ? ~UINT64_C(0) : 0;
	for (i = 0; i < content.n; i++)
		v = v << 8 | content.p[i];
	*ret = (int64_t)v;
	return 0;
}

int
der_uint_read(struct span content, const char *what,
    struct span *ret_magnitude, struct err *err)
{
	TRY(integer_check(content, what, err));
	if (content.n > DER_UINT_OCTETS)
		return err_set(err, ERANGE_, "%s has %zu octets, more than %d",
		    what, content.n, DER_UINT_OCTETS);
	if (content.p[0] >= 0x80 || (content.n == 1 && content.p[0] == 0))
		return err_set(err, ERANGE_, "%s is not positive", what);
	*ret_magnitude = content.p[0] == 0 ?
	    span_of(content.p + 1, content.n - 1) : content;
	return 0;
}

int
der_bits_read(struct span content, const char *what, struct span *ret,
    struct err *err)
{
	if (content.n == 0 || content.p[0] != 0)
		return err_set(err, EINPUT,
		    "%s is no BIT STRING of whole octets", what);
	*ret = span_of(content.p + 1, content.n - 1);
	return 0;
}

int
der_named_bits_read(struct span content, const char *what, uint32_t *ret,
    struct err *err)
{
	size_t i, bits;
	uint32_t v = 0;

	if (content.n == 0 || content.n > 5 || content.p[0] > 7 ||
	    (content.n == 1 && content.p[0] != 0))
		return err_set(err, EINPUT, "%s is no BIT STRING of DER", what);
	bits = (content.n - 1) * 8 - content.p[0];
	for (i = 0; i < (content.n - 1) * 8; i++)
		if ((content.p[1 + i / 8] & (0x80u >> (i % 8))) != 0) {
			if (i >= bits)
				return err_set(err, EINPUT,
				    "%s: unused bits are set", what);
			v |= UINT32_C(1) << i;
		}
	/* X.690, 11.2.2: the last bit of a named list is one. */
	if (bits > 0 && (v & (UINT32_C(1) << (bits - 1))) == 0)
		return err_set(err, EINPUT, "%s ends in zeros", what);
	*ret = v;
	return 0;
}

/* "20261121081530Z" as RFC 3339, which knows what days there are. */
static int
digits_read(const char d[15], const char *what, time_us *ret, struct err *err)
{
	static const unsigned char at[] = { 0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14,
		15, 17, 18, 19 };
	char text[] = "YYYY-MM-DDThh:mm:ssZ";
	size_t i;

	for (i = 0; i < sizeof(at); i++)
		text[at[i]] = d[i];
	if (memchr(d, '.', 15) != NULL || clock_parse(text, ret, NULL) != 0)
		return err_set(err, EINPUT, "%s is no time in UTC with "
		    "seconds (RFC 5280, 4.1.2.5)", what);
	return 0;
}

int
der_general_time_read(struct span content, const char *what, time_us *ret,
    struct err *err)
{
	if (content.n != 15)
		return err_set(err, EINPUT, "%s is no GeneralizedTime "
		    "YYYYMMDDHHMMSSZ (RFC 5280, 4.1.2.5.2)", what);
	return digits_read((const char *)content.p, what, ret, err);
}

static int
utc_time_read(struct span content, const char *what, time_us *ret,
    struct err *err)
{
	char d[15];

	if (content.n != 13)
		return err_set(err, EINPUT, "%s is no UTCTime YYMMDDHHMMSSZ "
		    "(RFC 5280, 4.1.2.5.1)", what);
	memcpy(d, content.p[0] >= '5' ? "19" : "20", 2);
	memcpy(d + 2, content.p, 13);
	return digits_read(d, what, ret, err);
}

int
der_take_time(struct span *in, const char *what, unsigned *ret_tag,
    time_us *ret, struct err *err)
{
	struct span rest = *in, content;
	unsigned tag;

	TRY(der_next(&rest, what, &tag, &content, err));
	if (tag == DER_UTC_TIME)
		TRY(utc_time_read(content, what, ret, err));
	else if (tag == DER_GENERAL_TIME)
		TRY(der_general_time_read(content, what, ret, err));
	else
		return err_set(err, EINPUT, "%s: a value with tag 0x%02x, "
		    "expected a time", what, tag);
	if (ret_tag != NULL)
		*ret_tag = tag;
	*in = rest;
	return 0;
}
