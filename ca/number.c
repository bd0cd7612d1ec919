#include "config.h"

#include <string.h>

#include "base/hex.h"
#include "ca/number.h"

struct number
number_of(uint64_t v)
{
	struct number a = { .n = 8 };
	size_t i;

	for (i = 0; i < 8; i++)
		a.o[i] = (unsigned char)(v >> (56 - 8 * i));
	for (i = 0; i < 7 && a.o[i] == 0; i++)
		a.n--;
	memmove(a.o, a.o + i, a.n);
	memset(a.o + a.n, 0, sizeof(a.o) - a.n);
	return a;
}

int
number_make(struct span m, struct number *ret, struct err *err)
{
	if (m.n == 0 || (m.n > 1 && m.p[0] == 0))
		return err_set(err, EINPUT, "a number of no octets, or with "
		    "zeros in front");
	if (m.n > NUMBER_OCTETS || (m.n == NUMBER_OCTETS && m.p[0] >= 0x80))
		return err_set(err, ERANGE_, "a number that DER needs more "
		    "than %d octets for (RFC 5280, 4.1.2.2, 5.2.3)",
		    NUMBER_OCTETS);
	memset(ret, 0, sizeof(*ret));
	ret->n = (unsigned char)m.n;
	memcpy(ret->o, m.p, m.n);
	return 0;
}

int
number_read(struct span content, const char *what, struct number *ret,
    struct err *err)
{
	struct span m = content;

	/* der_uint_read refuses 0, which the first CRL's number may be. */
	if (content.n != 1 || content.p[0] != 0)
		TRY(der_uint_read(content, what, &m, err));
	return number_make(m, ret, err);
}

int
number_take(struct span *in, const char *what, struct number *ret,
    struct err *err)
{
	struct span rest = *in, content;

	TRY(der_take(&rest, DER_INTEGER, what, &content, err));
	TRY(number_read(content, what, ret, err));
	*in = rest;
	return 0;
}

struct span
number_span(const struct number *a)
{
	return span_of(a->o, a->n);
}

/* Without zeros in front, more octets are a greater number. */
int
number_order(const struct number *a, const struct number *b)
{
	return a->n != b->n ? (int)a->n - (int)b->n :
	    memcmp(a->o, b->o, a->n);
}

bool
number_positive(const struct number *a)
{
	return a->n > 0 && a->o[0] != 0;
}

void
number_hex(const struct number *a, char ret[NUMBER_HEX])
{
	hex_encode(a->o, a->n, ret);
}

int
number_parse(const char *hex, struct number *ret, struct err *err)
{
	unsigned char o[NUMBER_OCTETS];
	size_t n = strlen(hex);

	if (n % 2 != 0 || n > 2 * sizeof(o))
		return err_set(err, EINPUT, "a number in hexadecimal has an "
		    "even number of digits, at most %zu", 2 * sizeof(o));
	TRY(hex_decode(hex, n / 2, o, err));
	return number_make(span_of(o, n / 2), ret, err);
}

uint64_t
number_value(const struct number *a)
{
	uint64_t v = 0;

	for (size_t i = 0; i < a->n; i++)
		v = v << 8 | a->o[i];
	return v;
}
