#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/lint.h"

#define FINDINGS_MAX	1000

static const struct {
	const char	*code;
	bool		 error;
	const char	*words;
} ROWS[] = {
#define F(sym, code, error, words) { code, error, words },
	FINDINGS(F)
#undef F
};
_Static_assert(NELEM(ROWS) == FIND__N, "a row for each finding");

const char *
find_code(enum find w)
{
	return ROWS[w].code;
}

bool
find_is_error(enum find w)
{
	return ROWS[w].error;
}

const char *
find_words(enum find w)
{
	return ROWS[w].words;
}

void
findings_init(struct findings *f)
{
	memset(f, 0, sizeof(*f));
}

void
findings_done(struct findings *f)
{
	if (f == NULL)
		return;
	free(f->at);
	memset(f, 0, sizeof(*f));
}

static int
make_room(struct findings *f, struct err *err)
{
	struct finding *more;
	size_t room;

	if (f->n < f->room)
		return 0;
	room = f->room == 0 ? 16 : 2 * f->room;
	more = reallocarray(f->at, room, sizeof(*more));
	if (more == NULL)
		return err_set(err, ENOMEMORY, "noting a finding");
	f->at = more;
	f->room = room;
	return 0;
}

int
findings_add(struct findings *f, enum find what, const char *where,
    struct err *err, const char *fmt, ...)
{
	struct finding *n;
	va_list ap;

	/* Nobody reads more; but the first error is always among them. */
	if (f->n >= FINDINGS_MAX) {
		if (!find_is_error(what) || f->errors++ > 0)
			return 0;
		f->errors--;
		f->n--;
	}
	TRY(make_room(f, err));
	n = &f->at[f->n];
	n->what = what;
	(void)snprintf(n->where, sizeof(n->where), "%s", where);
	va_start(ap, fmt);
	(void)vsnprintf(n->text, sizeof(n->text), fmt, ap);
	va_end(ap);
	f->n++;
	f->errors += find_is_error(what) ? 1 : 0;
	return 0;
}

/* Names of files need not be UTF-8, and what is cut may end in a character. */
static json_t *
finding_json(struct finding one)
{
	text_plain(one.where);
	text_plain(one.text);
	return json_pack("{s:s, s:s, s:s, s:s}",
	    "level", find_is_error(one.what) ? "error" : "warning",
	    "code", find_code(one.what), "where", one.where,
	    "text", one.text);
}

json_t *
findings_json(const struct findings *f)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; a != NULL && i < f->n; i++) {
		if (json_array_append_new(a, finding_json(f->at[i])) == 0)
			continue;
		json_decref(a);
		a = NULL;
	}
	return a;
}
