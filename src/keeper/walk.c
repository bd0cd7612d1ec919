#include "config.h"

#include <string.h>
#include "keeper/walk.h"

bool
walk_expect(struct walk *w, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(w->end - w->p) < n || memcmp(w->p, text, n) != 0)
		return false;
	w->p += n;
	return true;
}

bool
walk_number(struct walk *w, uint64_t *ret)
{
	const char *from = w->p;
	uint64_t v = 0;

	while (w->p < w->end && *w->p >= '0' && *w->p <= '9') {
		if (w->p - from >= 16)
			return false;
		v = v * 10 + (uint64_t)(*w->p++ - '0');
	}
	*ret = v;
	return w->p > from && (*from != '0' || w->p - from == 1);
}

/* Behind the quote that ends a string; @w stands behind the one that begins it. */
static bool
string(struct walk *w)
{
	const char *quote, *escape;

	while ((quote = memchr(w->p, '"', (size_t)(w->end - w->p))) != NULL) {
		escape = memchr(w->p, '\\', (size_t)(quote - w->p));
		w->p = escape == NULL ? quote + 1 : escape + 2;
		if (escape == NULL)
			return true;
	}
	return false;
}

/* From the bracket that opens an object or array to behind the one that closes it. */
static bool
nested(struct walk *w)
{
	unsigned depth = 0;

	do {
		if (w->p >= w->end)
			return false;
		switch (*w->p++) {
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		case '"':
			if (!string(w))
				return false;
			break;
		}
	} while (depth > 0);
	return true;
}

bool
walk_object(struct walk *w, const char **ret, size_t *ret_n)
{
	const char *from = w->p;

	if (from >= w->end || *from != '{' || !nested(w) || w->p[-1] != '}')
		return false;
	*ret = from;
	*ret_n = (size_t)(w->p - from);
	return true;
}

/* Behind a value of any kind. */
static bool
skip(struct walk *w)
{
	if (walk_expect(w, "\""))
		return string(w);
	if (w->p < w->end && (*w->p == '{' || *w->p == '['))
		return nested(w);
	while (w->p < w->end && *w->p != ',' && *w->p != '}')
		w->p++;
	return true;
}

bool
walk_member(struct walk *w, const char *name)
{
	if (!walk_expect(w, "{"))
		return false;
	while (!walk_expect(w, name))
		if (!walk_expect(w, "\"") || !string(w) ||
		    !walk_expect(w, ":") || !skip(w) || !walk_expect(w, ","))
			return false;
	return true;
}
