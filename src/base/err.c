#include "config.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

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
		/* It quotes what came from outside, perhaps cut within a character. */
		text_plain(e->what);
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
