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

static char *
encode(const unsigned char *p, size_t n, const char *digits, bool pad)
{
	char *text, *t;
	uint32_t v;
	size_t i, left;

	if (n > SIZE_MAX / 2 || (text = malloc((n + 2) / 3 * 4 + 1)) == NULL)
		return NULL;
	t = text;
	for (i = 0; i < n; i += 3) {
		left = n - i;
		v = (uint32_t)p[i] << 16;
		v |= left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
		v |= left > 2 ? p[i + 2] : 0;
		*t++ = digits[v >> 18];
		*t++ = digits[v >> 12 & 63];
		if (left > 1)
			*t++ = digits[v >> 6 & 63];
		else if (pad)
			*t++ = '=';
		if (left > 2)
			*t++ = digits[v & 63];
		else if (pad)
			*t++ = '=';
	}
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

static int
value(char c, const char *digits)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == digits[62])
		return 62;
	return c == digits[63] ? 63 : -1;
}

bool
b64_is_digit(unsigned char c)
{
	return value((char)c, STD) >= 0;
}

/* @n digits without their padding. RFC 4648, 3.5: unused bits must be zero. */
static int
decode(const char *text, size_t n, const char *digits, struct blob *ret,
    struct err *err)
{
	unsigned char chunk[3 * 256], *o = chunk;
	uint32_t bits = 0;
	size_t i, from = ret->len;
	unsigned have = 0;
	int v, rc = 0;

	if (n % 4 == 1)
		return err_set(err, EINPUT, "base64 is cut short");
	for (i = 0; i < n && rc == 0; i++) {
		if ((v = value(text[i], digits)) < 0) {
			rc = err_set(err, EINPUT, "not base64 at %zu", i + 1);
			break;
		}
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*o++ = (unsigned char)(bits >> have);
			bits &= (1U << have) - 1;
		}
		if (o == chunk + sizeof(chunk)) {
			rc = blob_put(ret, chunk, sizeof(chunk), err);
			o = chunk;
		}
	}
	if (rc == 0 && bits != 0)
		rc = err_set(err, EINPUT, "base64 with stray bits at its end");
	if (rc == 0)
		rc = blob_put(ret, chunk, (size_t)(o - chunk), err);
	if (rc != 0)
		blob_cut(ret, from);
	explicit_bzero(chunk, sizeof(chunk));
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
	return decode(text, n - pad, STD, ret, err);
}

int
b64url_decode(const char *text, struct blob *ret, struct err *err)
{
	return decode(text, strlen(text), URL, ret, err);
}
