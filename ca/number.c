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

int
number_parse_typed(const char *hex, struct number *ret, struct err *err)
{
	char text[2 * NUMBER_HEX];
	const char *plain = text;

	hex_plain(hex, text, sizeof(text));
	while (strncmp(plain, "00", 2) == 0 && plain[2] != '\0')
		plain += 2;
	return number_parse(plain, ret, err);
}

uint64_t
number_value(const struct number *a)
{
	uint64_t v = 0;

	for (size_t i = 0; i < a->n; i++)
		v = v << 8 | a->o[i];
	return v;
}

/* All octets, zeros in front; and back. */
static void
octets_of(const struct number *a, unsigned char ret[NUMBER_OCTETS])
{
	memset(ret, 0, NUMBER_OCTETS);
	memcpy(ret + NUMBER_OCTETS - a->n, a->o, a->n);
}

static int
number_from(const unsigned char o[NUMBER_OCTETS], struct number *ret,
    struct err *err)
{
	size_t i = 0;

	while (i < NUMBER_OCTETS - 1 && o[i] == 0)
		i++;
	return number_make(span_of(o + i, NUMBER_OCTETS - i), ret, err);
}

/* The remainder is left. */
static unsigned
divide(unsigned char o[NUMBER_OCTETS], unsigned by)
{
	unsigned left = 0;

	for (size_t i = 0; i < NUMBER_OCTETS; i++) {
		left = left << 8 | o[i];
		o[i] = (unsigned char)(left / by);
		left %= by;
	}
	return left;
}

/* What runs over is left. */
static uint64_t
multiply_add(unsigned char o[NUMBER_OCTETS], unsigned by, uint64_t carry)
{
	for (size_t i = NUMBER_OCTETS; i-- > 0;) {
		uint64_t low = (uint64_t)o[i] * by + (carry & 0xff);

		o[i] = (unsigned char)low;
		carry = (carry >> 8) + (low >> 8);
	}
	return carry;
}

void
number_decimal(const struct number *a, char ret[NUMBER_DECIMAL])
{
	unsigned char o[NUMBER_OCTETS];
	size_t at = NUMBER_DECIMAL - 1, first;

	octets_of(a, o);
	memset(ret, 0, NUMBER_DECIMAL);
	do {
		ret[--at] = (char)('0' + divide(o, 10));
		for (first = 0; first < NUMBER_OCTETS && o[first] == 0;)
			first++;
	} while (first < NUMBER_OCTETS);
	memmove(ret, ret + at, NUMBER_DECIMAL - at);
}

int
number_parse_decimal(const char *text, struct number *ret, struct err *err)
{
	unsigned char o[NUMBER_OCTETS] = { 0 };
	size_t n = strspn(text, "0123456789");

	if (n == 0 || text[n] != '\0' || (text[0] == '0' && n > 1))
		return err_set(err, EINPUT, "a number in decimal has digits "
		    "alone, and no 0 in front");
	for (size_t i = 0; i < n; i++)
		if (multiply_add(o, 10, (uint64_t)(text[i] - '0')) != 0)
			return err_set(err, ERANGE_, "a number of more than "
			    "%d octets", NUMBER_OCTETS);
	return number_from(o, ret, err);
}

int
number_add(const struct number *a, uint64_t v, struct number *ret,
    struct err *err)
{
	unsigned char o[NUMBER_OCTETS];

	octets_of(a, o);
	if (multiply_add(o, 1, v) != 0)
		return err_set(err, ERANGE_, "a number of more than %d octets",
		    NUMBER_OCTETS);
	return number_from(o, ret, err);
}

bool
number_above(const struct number *a, const struct number *from, uint64_t *ret)
{
	unsigned char x[NUMBER_OCTETS], y[NUMBER_OCTETS];
	uint64_t v = 0;
	int borrow = 0;

	octets_of(a, x);
	octets_of(from, y);
	for (size_t i = NUMBER_OCTETS; i-- > 0;) {
		int left = x[i] - y[i] - borrow;

		borrow = left < 0;
		x[i] = (unsigned char)left;
	}
	for (size_t i = 0; i < NUMBER_OCTETS; i++) {
		if (i < NUMBER_OCTETS - sizeof(v) && x[i] != 0)
			return false;
		v = v << 8 | x[i];
	}
	if (borrow)
		return false;
	*ret = v;
	return true;
}
