#include "config.h"

#include <string.h>
#include "base/json.h"
#include "base/json_scan.h"
#include "base/json_text.h"
#include "base/text.h"
#include "keeper/walk.h"

struct name {
	const char	*p;
	size_t		 n;
};

static bool
at(struct walk *w, char c)
{
	if (w->p == w->end || *w->p != c)
		return false;
	w->p++;
	return true;
}

bool
walk_expect(struct walk *w, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(w->end - w->p) < n || memcmp(w->p, text, n) != 0)
		return false;
	w->p += n;
	return true;
}

static bool
integer(struct walk *w, int64_t *ret)
{
	const char *from = w->p;

	(void)at(w, '-');
	while (w->p < w->end && *w->p >= '0' && *w->p <= '9')
		w->p++;
	return json_scan_integer(from, (size_t)(w->p - from), ret);
}

bool
walk_number(struct walk *w, uint64_t *ret)
{
	int64_t v;

	if (!integer(w, &v) || v < 0)
		return false;
	*ret = (uint64_t)v;
	return true;
}

/* What ends a run: one of the seven short escapes, DEL, or a character of UTF-8. */
static bool
odd(struct walk *w)
{
	size_t left = (size_t)(w->end - w->p), n;
	char c[5] = "";

	memcpy(c, w->p, left < 4 ? left : 4);
	if (c[0] == '\\')
		n = c[1] != '\0' && strchr("\"\\bfnrt", c[1]) != NULL ? 2 : 0;
	else
		n = (unsigned char)c[0] < ' ' ? 0 : text_character(c);
	w->p += n;
	return n > 0;
}

static bool
string(struct walk *w)
{
	if (!at(w, '"'))
		return false;
	do {
		w->p += json_text_run(w->p, (size_t)(w->end - w->p));
		if (at(w, '"'))
			return true;
	} while (odd(w));
	return false;
}

/* Only one that stands for itself, so that names sort as their spelling does. */
static bool
name(struct walk *w, struct name *ret)
{
	if (!at(w, '"'))
		return false;
	ret->p = w->p;
	ret->n = json_text_run(w->p, (size_t)(w->end - w->p));
	w->p += ret->n;
	return at(w, '"');
}

static bool
follows(const struct name *a, const struct name *before)
{
	size_t less = a->n < before->n ? a->n : before->n;
	int order = memcmp(a->p, before->p, less);

	return order > 0 || (order == 0 && a->n > before->n);
}

static bool value(struct walk *w);

static bool
members(struct walk *w)
{
	struct name last = { "", 0 }, one;

	if (at(w, '}'))
		return true;
	do {
		if (!name(w, &one) || !follows(&one, &last) || !at(w, ':') ||
		    !value(w))
			return false;
		last = one;
	} while (at(w, ','));
	return at(w, '}');
}

static bool
elements(struct walk *w)
{
	if (at(w, ']'))
		return true;
	do {
		if (!value(w))
			return false;
	} while (at(w, ','));
	return at(w, ']');
}

/* From behind the bracket that opens it. */
static bool
nested(struct walk *w, bool (*rest)(struct walk *))
{
	bool good = ++w->depth <= JSON_DEPTH && rest(w);

	w->depth--;
	return good;
}

static bool
value(struct walk *w)
{
	int64_t v;

	if (w->p == w->end)
		return false;
	switch (*w->p) {
	case '{':
		w->p++;
		return nested(w, members);
	case '[':
		w->p++;
		return nested(w, elements);
	case '"':
		return string(w);
	case 't':
		return walk_expect(w, "true");
	case 'f':
		return walk_expect(w, "false");
	case 'n':
		return walk_expect(w, "null");
	default:
		return integer(w, &v);
	}
}

bool
walk_object(struct walk *w, const char **ret, size_t *ret_n)
{
	const char *from = w->p;

	if (from == w->end || *from != '{' || !value(w))
		return false;
	*ret = from;
	*ret_n = (size_t)(w->p - from);
	return true;
}

bool
walk_member(struct walk *w, const char *member)
{
	struct name other;

	if (!at(w, '{'))
		return false;
	while (!walk_expect(w, member))
		if (!name(w, &other) || !at(w, ':') || !value(w) ||
		    !at(w, ','))
			return false;
	return true;
}
