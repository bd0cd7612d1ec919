#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"

static const char STD[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* One octet or two; where the text goes on. */
static char *
encode_rest(const unsigned char *p, size_t n, const char *digits, bool pad,
    char *t)
{
	uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0);

	*t++ = digits[v >> 18];
	*t++ = digits[v >> 12 & 63];
	if (n > 1)
		*t++ = digits[v >> 6 & 63];
	else if (pad)
		*t++ = '=';
	if (pad)
		*t++ = '=';
	return t;
}

static char *
encode(const unsigned char *p, size_t n, const char *digits, bool pad)
{
	char *text, *t;
	uint32_t v;

	if (n > SIZE_MAX / 2 || (text = malloc((n + 2) / 3 * 4 + 1)) == NULL)
		return NULL;
	for (t = text; n >= 3; n -= 3, p += 3, t += 4) {
		v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
		t[0] = digits[v >> 18];
		t[1] = digits[v >> 12 & 63];
		t[2] = digits[v >> 6 & 63];
		t[3] = digits[v & 63];
	}
	t = n > 0 ? encode_rest(p, n, digits, pad, t) : t;
	*t = '\0';
	return text;
}

char *
b64_encode(const void *p, size_t n)
{
	return encode(p, n, STD, true);
}

char *
b64url_encode(const void *p, size_t n)
{
	return encode(p, n, URL, false);
}

static int
put_lines(const char *text, size_t columns, struct blob *ret, struct err *err)
{
	size_t left = strlen(text), n;

	for (; left > 0; left -= n, text += n) {
		n = left < columns ? left : columns;
		TRY(blob_put(ret, text, n, err));
		TRY(blob_put(ret, "\n", 1, err));
	}
	return 0;
}

int
b64_lines(const void *p, size_t n, size_t columns, struct blob *ret,
    struct err *err)
{
	size_t from = ret->len;
	char *text = b64_encode(p, n);
	int rc;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "base64");
	rc = put_lines(text, columns, ret, err);
	if (rc != 0)
		blob_cut(ret, from);
	free(text);
	return rc;
}

/* What a digit stands for and one more; 0: it is none. */
#define COMMON \
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, \
	14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, \
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, \
	40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, \
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62
static const unsigned char STD_OF[256] = { COMMON, ['+'] = 63, ['/'] = 64 };
static const unsigned char URL_OF[256] = { COMMON, ['-'] = 63, ['_'] = 64 };

bool
b64_is_digit(unsigned char c)
{
	return STD_OF[c] != 0;
}

/* Of up to four digits; false: one of them is none. */
static inline bool
bits_of(const char *text, size_t n, const unsigned char *of, uint32_t *ret)
{
	uint32_t bits = 0, v;

	for (size_t i = 0; i < n; i++) {
		if ((v = of[(unsigned char)text[i]]) == 0)
			return false;
		bits = bits << 6 | (v - 1);
	}
	*ret = bits;
	return true;
}

static int
refuse(const char *text, const unsigned char *of, struct err *err)
{
	size_t i = 0;

	while (of[(unsigned char)text[i]] != 0)
		i++;
	return err_set(err, EINPUT, "not base64 at %zu", i + 1);
}

/* The two or three digits behind the last four. RFC 4648, 3.5: unused bits must
 * be zero. */
static int
rest(const char *text, size_t n, const unsigned char *of, unsigned char *o,
    const char *all, struct err *err)
{
	unsigned unused = n == 2 ? 4 : 2;
	uint32_t bits;

	if (!bits_of(text, n, of, &bits))
		return refuse(all, of, err);
	if ((bits & ((1U << unused) - 1)) != 0)
		return err_set(err, EINPUT, "base64 with stray bits at its end");
	bits >>= unused;
	if (n == 3)
		*o++ = (unsigned char)(bits >> 8);
	*o = (unsigned char)bits;
	return 0;
}

static int
fill(const char *text, size_t n, const unsigned char *of, unsigned char *o,
    struct err *err)
{
	const char *all = text;
	uint32_t bits;

	for (; n >= 4; n -= 4, text += 4) {
		if (!bits_of(text, 4, of, &bits))
			return refuse(all, of, err);
		*o++ = (unsigned char)(bits >> 16);
		*o++ = (unsigned char)(bits >> 8);
		*o++ = (unsigned char)bits;
	}
	return n == 0 ? 0 : rest(text, n, of, o, all, err);
}

/* @n digits without their padding, straight to where they go. */
static int
decode(const char *text, size_t n, const unsigned char *of, struct blob *ret,
    struct err *err)
{
	size_t from = ret->len;
	unsigned char *o;
	int rc;

	if (n % 4 == 1)
		return err_set(err, EINPUT, "base64 is cut short");
	TRY(blob_extend(ret, n / 4 * 3 + (n % 4 > 0 ? n % 4 - 1 : 0), &o,
	    err));
	rc = fill(text, n, of, o, err);
	if (rc != 0)
		blob_cut(ret, from);
	return rc;
}

int
b64_decode(const char *text, struct blob *ret, struct err *err)
{
	size_t n = strlen(text), pad = 0;

	if (n % 4 != 0)
		return err_set(err, EINPUT, "base64 without its padding");
	while (pad < 2 && pad < n && text[n - 1 - pad] == '=')
		pad++;
	return decode(text, n - pad, STD_OF, ret, err);
}

int
b64url_decode(const char *text, struct blob *ret, struct err *err)
{
	return decode(text, strlen(text), URL_OF, ret, err);
}
