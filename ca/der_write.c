#include "config.h"

#include <assert.h>
#include <string.h>

#include "ca/der.h"

#define HEAD_MAX	6	/* identifier, 0x84, four octets of length */

void
der_init(struct der *w, struct blob *out, struct err *err)
{
	w->out = out;
	w->err = err;
	w->depth = 0;
}

/* The shortest spelling of a length (X.690, 10.1). Octets used. */
static size_t
length_write(size_t n, unsigned char ret[HEAD_MAX - 1])
{
	size_t octets = n < 0x80 ? 0 : n < 0x100 ? 1 : n < 0x10000 ? 2 :
	    n < 0x1000000 ? 3 : 4, i;

	if (octets == 0) {
		ret[0] = (unsigned char)n;
		return 1;
	}
	ret[0] = (unsigned char)(0x80 | octets);
	for (i = 0; i < octets; i++)
		ret[1 + i] = (unsigned char)(n >> (8 * (octets - 1 - i)));
	return octets + 1;
}

int
der_open(struct der *w, unsigned tag)
{
	const unsigned char head[2] = { (unsigned char)tag, 0 };

	assert(w->depth < DER_DEPTH);
	TRY(blob_put(w->out, head, sizeof(head), w->err));
	w->open[w->depth++] = w->out->len;
	return 0;
}

int
der_close(struct der *w)
{
	unsigned char length[HEAD_MAX - 1];
	static const unsigned char pad[HEAD_MAX];
	size_t from, n, octets;

	assert(w->depth > 0);
	from = w->open[w->depth - 1];
	n = w->out->len - from;
	octets = length_write(n, length);
	if (octets > 1) {
		TRY(blob_put(w->out, pad, octets - 1, w->err));
		memmove(w->out->data + from + octets - 1, w->out->data + from,
		    n);
	}
	memcpy(w->out->data + from - 1, length, octets);
	w->depth--;
	return 0;
}

int
der_enclose(struct der *w, unsigned tag, size_t from)
{
	static const unsigned char pad[HEAD_MAX];
	unsigned char head[HEAD_MAX];
	size_t n = w->out->len - from, octets;

	head[0] = (unsigned char)tag;
	octets = 1 + length_write(n, head + 1);
	TRY(blob_put(w->out, pad, octets, w->err));
	memmove(w->out->data + from + octets, w->out->data + from, n);
	memcpy(w->out->data + from, head, octets);
	return 0;
}

int
der_put(struct der *w, unsigned tag, const void *p, size_t n)
{
	unsigned char head[HEAD_MAX];
	size_t octets;

	head[0] = (unsigned char)tag;
	octets = length_write(n, head + 1);
	TRY(blob_put(w->out, head, octets + 1, w->err));
	return n == 0 ? 0 : blob_put(w->out, p, n, w->err);
}

int
der_span(struct der *w, unsigned tag, struct span content)
{
	return der_put(w, tag, content.p, content.n);
}

int
der_text(struct der *w, unsigned tag, const char *s)
{
	return der_put(w, tag, s, strlen(s));
}

int
der_raw(struct der *w, struct span values)
{
	return values.n == 0 ? 0 : blob_put(w->out, values.p, values.n, w->err);
}

int
der_null(struct der *w)
{
	return der_put(w, DER_NULL, NULL, 0);
}

int
der_bool(struct der *w, bool v)
{
	const unsigned char octet = v ? 0xff : 0x00;

	return der_put(w, DER_BOOLEAN, &octet, 1);
}

int
der_int(struct der *w, unsigned tag, int64_t v)
{
	unsigned char o[8];
	size_t i = 0, k;

	for (k = 0; k < 8; k++)
		o[k] = (unsigned char)((uint64_t)v >> (56 - 8 * k));
	/* The first nine bits are not all alike (X.690, 8.3.2). */
	while (i < 7 && ((o[i] == 0x00 && o[i + 1] < 0x80) ||
	    (o[i] == 0xff && o[i + 1] >= 0x80)))
		i++;
	return der_put(w, tag, o + i, 8 - i);
}

int
der_uint(struct der *w, struct span magnitude)
{
	static const unsigned char zero;
	unsigned char head[HEAD_MAX + 1];
	size_t octets, lead;

	while (magnitude.n > 1 && magnitude.p[0] == 0)
		magnitude = span_of(magnitude.p + 1, magnitude.n - 1);
	if (magnitude.n == 0)
		magnitude = span_of(&zero, 1);
	lead = magnitude.p[0] >= 0x80 ? 1 : 0;
	head[0] = DER_INTEGER;
	octets = 1 + length_write(magnitude.n + lead, head + 1);
	head[octets] = 0;
	TRY(blob_put(w->out, head, octets + lead, w->err));
	return blob_put(w->out, magnitude.p, magnitude.n, w->err);
}

int
der_bits(struct der *w, struct span octets)
{
	unsigned char head[HEAD_MAX + 1];
	size_t n;

	head[0] = DER_BIT_STRING;
	n = 1 + length_write(octets.n + 1, head + 1);
	head[n++] = 0;
	TRY(blob_put(w->out, head, n, w->err));
	return der_raw(w, octets);
}

int
der_named_bits(struct der *w, unsigned tag, uint32_t bits)
{
	unsigned char o[5] = { 0 };
	unsigned i, highest = 0;

	for (i = 0; i < 32; i++)
		if ((bits & (UINT32_C(1) << i)) != 0) {
			o[1 + i / 8] |= (unsigned char)(0x80u >> (i % 8));
			highest = i;
		}
	if (bits == 0)
		return der_put(w, tag, o, 1);
	o[0] = (unsigned char)(7 - highest % 8);
	return der_put(w, tag, o, 2 + highest / 8);
}

/* "20261121081530Z" out of RFC 3339's "2026-11-21T08:15:30.123456Z". */
static int
time_digits(struct der *w, time_us t, char ret[16])
{
	static const unsigned char at[] = { 0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14,
		15, 17, 18 };
	char text[TIME_TEXT];
	size_t i;

	if (t < TIME_S(INT64_C(-631152000)) ||
	    t >= TIME_S(INT64_C(253402300800)))
		return err_set(w->err, ERANGE_,
		    "a time is not within the years 1950 to 9999");
	clock_text(t, text);
	for (i = 0; i < sizeof(at); i++)
		ret[i] = text[at[i]];
	ret[14] = 'Z';
	ret[15] = '\0';
	return 0;
}

int
der_time(struct der *w, time_us t)
{
	char digits[16];

	TRY(time_digits(w, t, digits));
	if (strncmp(digits, "2050", 4) < 0)
		return der_put(w, DER_UTC_TIME, digits + 2, 13);
	return der_put(w, DER_GENERAL_TIME, digits, 15);
}

int
der_general_time(struct der *w, unsigned tag, time_us t)
{
	char digits[16];

	TRY(time_digits(w, t, digits));
	return der_put(w, tag, digits, 15);
}
