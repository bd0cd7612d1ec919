#include "config.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static const struct {
	const char	*name;
	int		 http;
	int		 exit;
	const char	*text;
} ROWS[] = {
	[OK] = { "ok", 200, 0, "done" },
#define E(name, code, http, status, text) [name] = { code, http, status, text },
	ERRORS(E)
#undef E
};
_Static_assert(NELEM(ROWS) == ERR__N, "one row per error");

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

/*
 * Errors quote what came from outside, perhaps cut within a character: they
 * are shown on terminals and sent as JSON, so what is no text is '?'.
 */
static void
make_plain(char *what)
{
	unsigned char *p = (unsigned char *)what;
	size_t n;

	for (; *p != '\0'; p += n > 0 ? n : 1) {
		n = character(p);
		if (n == 0 || (*p < ' ' && *p != '\n' && *p != '\t') ||
		    *p == 0x7f)
			*p = '?';
		else if (n == 2 && p[0] == 0xc2 && p[1] < 0xa0)
			p[0] = p[1] = '?';
	}
}

int
err_set_at(struct err *e, enum err_code c, const char *where,
    const char *fmt, ...)
{
	va_list ap;

	assert(c > OK && c < ERR__N);
	if (e != NULL) {
		e->code = c;
		e->where = where;
		va_start(ap, fmt);
		(void)vsnprintf(e->what, sizeof(e->what), fmt, ap);
		va_end(ap);
		make_plain(e->what);
	}
	return -(int)c;
}

/* A code that came from outside may be anything: treat it as a bug inside. */
static enum err_code
row(enum err_code c)
{
	return (unsigned)c < (unsigned)ERR__N ? c : EINTERNAL;
}

const char *
err_code_name(enum err_code c)
{
	return ROWS[row(c)].name;
}

enum err_code
err_from_name(const char *name)
{
	unsigned c;

	for (c = OK + 1; name != NULL && c < ERR__N; c++)
		if (strcmp(ROWS[c].name, name) == 0)
			return (enum err_code)c;
	return EINTERNAL;
}

int
err_http(enum err_code c)
{
	return ROWS[row(c)].http;
}

int
err_exit(enum err_code c)
{
	return ROWS[row(c)].exit;
}

const char *
err_text(enum err_code c)
{
	return ROWS[row(c)].text;
}
