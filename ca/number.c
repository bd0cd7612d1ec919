#include "config.h"

#include <string.h>

#include "base/hex.h"
#include "ca/number.h"

struct number
number_of(uint64_t v)
{
	struct number a = { 0 };
	unsigned char o[9] = { 0 };
	size_t i, from = 1;

	for (i = 0; i < 8; i++)
		o[1 + i] = (unsigned char)(v >> (56 - 8 * i));
	while (from < 8 && o[from] == 0)
		from++;
	if ((o[from] & 0x80) != 0)
		from--;
	a.n = (unsigned char)(sizeof(o) - from);
	memcpy(a.o, o + from, a.n);
	return a;
}

int
number_read(const void *p, size_t n, struct number *ret, struct err *err)
{
	const unsigned char *o = p;

	if (n == 0 || n > NUMBER_OCTETS)
		return err_set(err, EINPUT, "a number of %zu octets, not of 1 "
		    "to %d (RFC 5280, 4.1.2.2 and 5.2.3)", n, NUMBER_OCTETS);
	if ((o[0] & 0x80) != 0)
		return err_set(err, EINPUT, "a number below 0");
	if (n > 1 && o[0] == 0 && (o[1] & 0x80) == 0)
		return err_set(err, EINPUT, "a number with a 0 in front "
		    "(X.690, 8.3.2)");
	memset(ret, 0, sizeof(*ret));
	ret->n = (unsigned char)n;
	memcpy(ret->o, o, n);
	return 0;
}

/* The shortest form of what is not negative: more octets are a greater one. */
int
number_order(const struct number *a, const struct number *b)
{
	return a->n != b->n ? (int)a->n - (int)b->n :
	    memcmp(a->o, b->o, a->n);
}

bool
number_positive(const struct number *a)
{
	return a->n > 1 || (a->n == 1 && a->o[0] != 0);
}

void
number_hex(const struct number *a, char ret[NUMBER_HEX])
{
	hex_encode(a->o, a->n, ret);
}
