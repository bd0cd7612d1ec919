#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/json_scan.h"

struct scan {
	const char	*p;
	const char	*end;
	const char	*line;		/* where this line begins */
	int		 lines;
	int		 depth;
	size_t		 octets;	/* of all strings, as they will be parsed */
	struct err	*err;
};

__attribute__((format(printf, 3, 4)))
static int
refuse(const struct scan *s, const char *at, const char *fmt, ...)
{
	char why[96];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return err_set(s->err, EINPUT, "%d:%d: %s", s->lines,
	    (int)(at - s->line) + 1, why);
}

bool
json_scan_name(const char *name)
{
	for (; *name != '\0'; name++)
		if ((unsigned char)*name < ' ' || (unsigned char)*name > '~')
			return false;
	return true;
}

bool
json_scan_integer(const char *p, size_t n, int64_t *ret)
{
	bool negative = n > 0 && p[0] == '-';
	int64_t v = 0;
	size_t i = negative;

	if (i == n || n - i > 16 || (p[i] == '0' && n > 1))
		return false;
	for (; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	if (v > JSON_INT_MAX)
		return false;
	*ret = negative ? -v : v;
	return true;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code unit of "\uXXXX" at @p, or -1. */
static int
unit(const char *p, const char *end)
{
	int i, d, v = 0;

	if (end - p < 6)
		return -1;
	for (i = 2; i < 6; i++) {
		if ((d = hex_value(p[i])) < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/* Octets of UTF-8 for a code unit; a pair of surrogates has four, counted at its first. */
static size_t
utf8_octets(int u)
{
	if (u >= 0xdc00 && u < 0xe000)
		return 0;
	if (u >= 0xd800 && u < 0xdc00)
		return 4;
	return u < 0x80 ? 1 : u < 0x800 ? 2 : 3;
}

/* At a backslash: does it stand for what no canonical string may hold?
 * @ret_raw: octets of the escape. */
static int
scan_escape(struct scan *s, bool *name, int *ret_raw)
{
	int u;

	*ret_raw = 1;
	if (s->end - s->p < 2)
		return 0;
	*ret_raw = 2;
	if (s->p[1] != 'u') {
		s->octets++;
		if (strchr("bfnrt", s->p[1]) != NULL)
			*name = false;
		return 0;
	}
	u = unit(s->p, s->end);
	if (u >= 0) {
		s->octets += utf8_octets(u);
		*ret_raw = 6;
	}
	if (u >= 0 && u < ' ' && strchr("\b\t\n\f\r", u | (u == 0)) == NULL)
		return refuse(s, s->p, "control character U+%04X", (unsigned)u);
	if (u < ' ' || u > '~')
		*name = false;
	return 0;
}

/* At the opening quote; leaves p after the closing one. */
static int
scan_string(struct scan *s)
{
	const char *at = s->p++, *after;
	bool name = true;
	int raw;

	while (s->p < s->end && *s->p != '"') {
		if (*s->p == '\n')
			return refuse(s, s->p, "a line break in a string");
		if ((unsigned char)*s->p < ' ' || (unsigned char)*s->p > '~')
			name = false;
		if (*s->p == '\\') {
			TRY(scan_escape(s, &name, &raw));
			s->p += raw;
		} else {
			s->octets++;
			s->p++;
		}
	}
	s->p += s->p < s->end;
	for (after = s->p; after < s->end && *after != '\0' &&
	    strchr(" \t\r\n", *after) != NULL; after++)
		;
	if (!name && after < s->end && *after == ':')
		return refuse(s, at, "a name that is not printable ASCII");
	return 0;
}

static int
scan_number(struct scan *s)
{
	const char *at = s->p;
	int64_t v;
	size_t n;

	while (s->p < s->end && *s->p != '\0' &&
	    strchr("-+.0123456789eE", *s->p) != NULL)
		s->p++;
	n = (size_t)(s->p - at);
	if (json_scan_integer(at, n, &v))
		return 0;
	if (memchr(at, '.', n) != NULL || memchr(at, 'e', n) != NULL ||
	    memchr(at, 'E', n) != NULL)
		return refuse(s, at, "a number that is no integer");
	return refuse(s, at, "not an integer within 2^53-1");
}

/* One token, or one octet between tokens. */
static int
scan_next(struct scan *s)
{
	char c = *s->p;

	if (c == '"')
		return scan_string(s);
	if (c == '-' || (c >= '0' && c <= '9'))
		return scan_number(s);
	if ((c == '{' || c == '[') && ++s->depth > JSON_DEPTH)
		return refuse(s, s->p, "nested deeper than %d", JSON_DEPTH);
	if (c == '}' || c == ']')
		s->depth--;
	s->p++;
	if (c == '\n') {
		s->lines++;
		s->line = s->p;
	}
	return 0;
}

int
json_scan(const char *p, size_t n, size_t *ret_octets, struct err *err)
{
	struct scan s = { p, p + n, p, 1, 0, 0, err };

	while (s.p < s.end)
		TRY(scan_next(&s));
	*ret_octets = s.octets;
	return 0;
}
