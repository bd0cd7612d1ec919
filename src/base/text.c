#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

struct text_cut
text_cut(const char *text, size_t most)
{
	struct text_cut t = { "" };
	size_t n = strlen(text);

	if (most > sizeof(t.at) - 1)
		most = sizeof(t.at) - 1;
	if (n > most)
		for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;
		    n--)
			;
	memcpy(t.at, text, n);
	return t;
}

/* U+2000..U+20FF are E2 80 80..E2 83 BF. */
static bool
is_general(unsigned char second, unsigned char third)
{
	if (second == 0x80)
		return third == 0x8e || third == 0x8f ||
		    (third >= 0xa8 && third <= 0xae);
	return second == 0x81 && third >= 0xa6 && third <= 0xa9;
}

size_t
text_control(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	if (*p == '\0')
		return 0;
	if (*p < ' ' || *p == 0x7f)
		return 1;
	if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
		return 2;
	if (*p == 0xd8 && p[1] == 0x9c)
		return 2;
	return *p == 0xe2 && p[1] != '\0' && is_general(p[1], p[2]) ? 3 : 0;
}

struct text_cut
text_shown(const char *text, size_t most)
{
	struct text_cut cut = text_cut(text, most), t = { "" };
	size_t n = 0, control;

	for (const char *p = cut.at; *p != '\0'; p += control != 0 ? control : 1)
		t.at[n++] = (control = text_control(p)) != 0 ? '?' : *p;
	return t;
}

/* Of one, two or three octets (RFC 3629, 3). */
static unsigned
code_point(const char *text, size_t octets)
{
	const unsigned char *p = (const unsigned char *)text;

	return octets == 1 ? p[0] : octets == 2 ?
	    (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu) :
	    (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
}

void
text_put(const char *text, FILE *to)
{
	size_t control;

	for (const char *p = text; *p != '\0'; p += control != 0 ? control : 1)
		if ((control = text_control(p)) != 0)
			fprintf(to, "\\u%04x", code_point(p, control));
		else
			putc(*p, to);
}

/* Octets of the UTF-8 character at @p (RFC 3629), 0 where none begins. */
static size_t
character(const unsigned char *p)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 :
	    p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

void
text_plain(char *text)
{
	size_t n, control;

	for (char *p = text; *p != '\0'; p += n) {
		n = character((const unsigned char *)p);
		control = *p == '\n' || *p == '\t' ? 0 : text_control(p);
		if (n == 0 || control != 0)
			memset(p, '?', n = control != 0 ? control : 1);
	}
}
