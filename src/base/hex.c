#include "config.h"

#include <string.h>

#include "base/hex.h"

void
hex_encode(const void *p, size_t n, char *ret)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *o = p;
	size_t i;

	for (i = 0; i < n; i++) {
		ret[2 * i] = digits[o[i] >> 4];
		ret[2 * i + 1] = digits[o[i] & 15];
	}
	ret[2 * n] = '\0';
}

static int
value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
hex_decode(const char *text, size_t n, void *ret, struct err *err)
{
	unsigned char *o = ret;
	size_t i;

	if (strlen(text) != 2 * n)
		return err_set(err, EINPUT, "expected %zu hexadecimal digits",
		    2 * n);
	/* Look at all before writing any: outputs stay untouched on failure. */
	for (i = 0; i < 2 * n; i++)
		if (value(text[i]) < 0)
			return err_set(err, EINPUT,
			    "expected a digit of 0-9a-f at %zu", i + 1);
	for (i = 0; i < n; i++)
		o[i] = (unsigned char)(value(text[2 * i]) << 4 |
		    value(text[2 * i + 1]));
	return 0;
}
