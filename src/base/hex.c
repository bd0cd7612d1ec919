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

#define IS_DIGIT	0x10u

/* A digit's value, marked as one. */
#define D(v)	(IS_DIGIT | (v))
static const unsigned char DIGIT[256] = {
	['0'] = D(0), ['1'] = D(1), ['2'] = D(2), ['3'] = D(3), ['4'] = D(4),
	['5'] = D(5), ['6'] = D(6), ['7'] = D(7), ['8'] = D(8), ['9'] = D(9),
	['a'] = D(10), ['b'] = D(11), ['c'] = D(12), ['d'] = D(13),
	['e'] = D(14), ['f'] = D(15),
};
#undef D

void
hex_plain(const char *text, char *ret, size_t room)
{
	size_t n = 0, digits = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	for (const char *s = text; *s != '\0'; s++)
		digits += *s != ':';
	if (digits % 2 != 0 && n + 1 < room)
		ret[n++] = '0';
	for (; *text != '\0' && n + 1 < room; text++)
		if (*text >= 'A' && *text <= 'F')
			ret[n++] = (char)(*text - 'A' + 'a');
		else if (*text != ':')
			ret[n++] = *text;
	ret[n] = '\0';
}

static unsigned
digit(char c)
{
	return DIGIT[(unsigned char)c];
}

static int
refuse(const char *text, struct err *err)
{
	size_t i = 0;

	while (digit(text[i]) != 0)
		i++;
	return err_set(err, EINPUT, "expected a digit of 0-9a-f at %zu", i + 1);
}

int
hex_decode(const char *text, size_t n, void *ret, struct err *err)
{
	unsigned char *o = ret;
	unsigned all = IS_DIGIT;
	size_t i;

	if (strlen(text) != 2 * n)
		return err_set(err, EINPUT, "expected %zu hexadecimal digits",
		    2 * n);
	/* Look at all before writing any: outputs stay untouched on failure. */
	for (i = 0; i < n; i++)
		all &= digit(text[2 * i]) & digit(text[2 * i + 1]);
	if (all == 0)
		return refuse(text, err);
	for (i = 0; i < n; i++)
		o[i] = (unsigned char)(digit(text[2 * i]) << 4 |
		    (digit(text[2 * i + 1]) & 15));
	return 0;
}
