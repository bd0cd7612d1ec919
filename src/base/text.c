#include "config.h"

#include <stdbool.h>
#include <stdint.h>
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

size_t
text_character(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
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
		n = text_character(p);
		control = *p == '\n' || *p == '\t' ? 0 : text_control(p);
		if (n == 0 || control != 0)
			memset(p, '?', n = control != 0 ? control : 1);
	}
}

/* ---- for a terminal ---- */

static uint32_t
code_point(const unsigned char *p, size_t n)
{
	static const unsigned char HEAD[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = p[0] & HEAD[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

static const struct { uint32_t first, last; } UNSEEN[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f },		/* C0, DEL, C1 */
	{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
	{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180e, 0x180e },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0x3164, 0x3164 }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe00ff }, { 0xe01f0, 0xe0fff },
};

static const struct { uint32_t first, last; } BLANK[] = {
	{ 0x20, 0x20 }, { 0xa0, 0xa0 }, { 0x1680, 0x1680 },
	{ 0x2000, 0x200a }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
	{ 0x3000, 0x3000 },
};

static bool
is_unseen(uint32_t c)
{
	for (size_t i = 0; i < sizeof(UNSEEN) / sizeof(UNSEEN[0]); i++)
		if (c >= UNSEEN[i].first && c <= UNSEEN[i].last)
			return true;
	return false;
}

static bool
is_blank(uint32_t c)
{
	for (size_t i = 0; i < sizeof(BLANK) / sizeof(BLANK[0]); i++)
		if (c >= BLANK[i].first && c <= BLANK[i].last)
			return true;
	return is_unseen(c);
}

bool
text_is_blank(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n;

	for (; *p != '\0'; p += n)
		if ((n = text_character((const char *)p)) == 0 ||
		    !is_blank(code_point(p, n)))
			return false;
	return true;
}

void
text_spell(const char *text, FILE *to)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t c;
	size_t n;

	for (; *p != '\0'; p += n > 0 ? n : 1) {
		n = text_character((const char *)p);
		c = n > 0 ? code_point(p, n) : 0;
		if (n == 0)
			fputc('?', to);
		else if (c == '\n' || c == '\r' || c == '\t')
			fputc(' ', to);
		else if (is_unseen(c))
			fprintf(to, "U+%04X", (unsigned)c);
		else
			fwrite(p, 1, n, to);
	}
}
