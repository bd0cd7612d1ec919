/*
 * path - paths and queries, each part escaped.
 *
 * Floor 2.  Pure.
 */
#include <stdarg.h>
#include <string.h>

#include "client/inside.h"

static bool
plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || strchr("-._~", c) != NULL;
}

static int
escaped(struct blob *b, const char *s, struct err *err)
{
	for (; *s != '\0'; s++)
		if (plain((unsigned char)*s))
			TRY(blob_put(b, s, 1, err));
		else
			TRY(blob_printf(b, err, "%%%02X", (unsigned char)*s));
	return 0;
}

static int
build(struct blob *b, const char *fmt, va_list ap, struct err *err)
{
	for (; *fmt != '\0'; fmt++) {
		if (fmt[0] == '%' && fmt[1] == 's') {
			TRY(escaped(b, va_arg(ap, const char *), err));
			fmt++;
		} else {
			TRY(blob_put(b, fmt, 1, err));
		}
	}
	return 0;
}

int
client_path(char **ret, struct err *err, const char *fmt, ...)
{
	struct blob b = { 0 };
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = build(&b, fmt, ap, err);
	va_end(ap);
	if (rc == 0) {
		*ret = strdup(blob_str(&b));
		if (*ret == NULL)
			rc = err_set(err, ENOMEMORY, "path");
	}
	blob_done(&b);
	return rc;
}
