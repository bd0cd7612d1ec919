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

/* One more than its value for each digit; 0: it is none. */
static const unsigned char DIGIT[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

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
		if (digit(text[i]) == 0)
			return err_set(err, EINPUT,
			    "expected a digit of 0-9a-f at %zu", i + 1);
	for (i = 0; i < n; i++)
		o[i] = (unsigned char)((digit(text[2 * i]) - 1) << 4 |
		    (digit(text[2 * i + 1]) - 1));
	return 0;
}
