/*
 * rows_read - see rows_read.h.
 *
 * Floor 7.
 */
#include "config.h"

#include <assert.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/rows_read.h"

#define BLANKS	" \t"

/* ---- which column is what ---- */

/* "member=column", as far as the next comma; false: of another member. */
static bool
map_has(const char *one, const char *member, const char **ret, size_t *ret_n)
{
	size_t n = strlen(member);

	if (strncmp(one, member, n) != 0 || one[n] != '=')
		return false;
	*ret = one + n + 1;
	*ret_n = strcspn(*ret, ",");
	return true;
}

/* What --map calls it; its own name where it says nothing. */
static bool
map_find(const struct cli *cli, const char *member, const char **ret,
    size_t *ret_n)
{
	const char *text;

	for (size_t i = 0; i < in_many(cli->in, "map"); i++)
		for (text = in_nth(cli->in, "map", i); *text != '\0';
		    text += *text == ',') {
			if (map_has(text, member, ret, ret_n))
				return true;
			text += strcspn(text, ",");
		}
	*ret = member;
	*ret_n = strlen(member);
	return false;
}

static bool
is_field(const struct rows_what *what, const char *text, size_t n)
{
	for (size_t i = 0; i < what->fields_n; i++)
		if (strlen(what->fields[i]) == n &&
		    strncmp(what->fields[i], text, n) == 0)
			return true;
	return false;
}

/* A member that is misspelled would be left out of every row. */
static int
map_check(const struct cli *cli, const struct rows_what *what,
    struct err *err)
{
	const char *text, *equals;

	for (size_t i = 0; i < in_many(cli->in, "map"); i++)
		for (text = in_nth(cli->in, "map", i); *text != '\0';
		    text += *text == ',') {
			equals = strchr(text, '=');
			if (equals == NULL || !is_field(what, text,
			    (size_t)(equals - text)))
				return err_set(err, EUSAGE, "--map: expected "
				    "MEMBER=COLUMN, not \"%.40s\"", text);
			text += strcspn(text, ",");
		}
	return 0;
}

/* Spaces around a title are nobody's. */
static bool
title_is(const char *title, const char *name, size_t n)
{
	title += strspn(title, BLANKS);
	return strncmp(title, name, n) == 0 &&
	    title[n + strspn(title + n, BLANKS)] == '\0';
}

static int
column_of(const struct rows_from *f, const char *name, size_t n,
    size_t *ret, struct err *err)
{
	const char *title;

	*ret = CSV_FIELDS;
	for (size_t i = 0; (title = csv_field(&f->row, i)) != NULL; i++) {
		if (!title_is(title, name, n))
			continue;
		if (*ret != CSV_FIELDS)
			return err_set(err, EINPUT, "%s: two columns are "
			    "called \"%.*s\": nobody could tell which counts",
			    f->name, (int)(n < 64 ? n : 64), name);
		*ret = i;
	}
	return 0;
}

static bool
is_used(const struct rows_from *f, const struct rows_what *what, size_t i)
{
	for (size_t k = 0; k < what->fields_n; k++)
		if (f->column[k] == i)
			return true;
	return false;
}

/* One that is misspelled would be left out of every row, and nobody see it. */
static void
unused_tell(const struct cli *cli, const struct rows_what *what,
    const struct rows_from *f)
{
	const char *title;

	for (size_t i = 0; (title = csv_field(&f->row, i)) != NULL; i++)
		if (!is_used(f, what, i))
			cli_note(cli, "%s: the column \"%s\" is passed over",
			    f->name, text_shown(title, 64).at);
}

static int
columns_find(const struct cli *cli, const struct rows_what *what,
    struct rows_from *f, struct err *err)
{
	const char *name;
	bool mapped;
	size_t n;

	for (size_t i = 0; i < what->fields_n; i++) {
		mapped = map_find(cli, what->fields[i], &name, &n);
		TRY(column_of(f, name, n, &f->column[i], err));
		if (f->column[i] == CSV_FIELDS && (mapped || i == 0))
			return err_set(err, EINPUT, "%s: no column is called "
			    "\"%.*s\"; the first of them is \"%s\". Commas "
			    "separate them", f->name, (int)(n < 64 ? n : 64),
			    name, text_shown(csv_field(&f->row, 0), 64).at);
	}
	return 0;
}

/* The first line has the titles. */
static int
titles_read(const struct cli *cli, const struct rows_what *what,
    struct rows_from *f, struct err *err)
{
	bool more;

	assert(what->fields_n <= NELEM(f->column));
	TRY(csv_next(&f->csv, &f->row, &more, err));
	if (!more || f->row.wrong.code != OK)
		return err_set(err, EINPUT, "%s: its first line has no titles "
		    "of columns%s%.80s", f->name, more ? ": " : "",
		    more ? f->row.wrong.what : "");
	f->titles = f->row.n;
	TRY(columns_find(cli, what, f, err));
	unused_tell(cli, what, f);
	return 0;
}

/* ---- rows ---- */

/* Names, with spaces or semicolons between them. */
static int
list_read(const char *text, json_t **ret, struct err *err)
{
	AUTO_JSON *list = json_array();
	json_t *one;
	size_t n;

	for (text += strspn(text, " ;"); *text != '\0';
	    text += n + strspn(text + n, " ;")) {
		n = strcspn(text, " ;");
		TRY(json_build(&one, err, "s%", text, n));
		if (json_array_append_new(list, one) != 0)
			return err_set(err, ENOMEMORY, "a row");
	}
	if (list == NULL)
		return err_set(err, ENOMEMORY, "a row");
	*ret = TAKE(list);
	return 0;
}

/* What is empty was not said. */
static int
row_json(const struct rows_from *f, const struct rows_what *what,
    json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	json_t *list;

	TRY(json_build(&o, err, "{}"));
	for (size_t i = 0; i < what->fields_n; i++) {
		const char *name = what->fields[i],
		    *text = csv_field(&f->row, f->column[i]);

		if (text == NULL || *text == '\0')
			continue;
		if (what->list == NULL || strcmp(name, what->list) != 0) {
			TRY(json_set_str(o, name, text, err));
			continue;
		}
		TRY(list_read(text, &list, err));
		TRY(json_set_new(o, name, list, err));
	}
	*ret = TAKE(o);
	return 0;
}

/* With one more or less nobody could tell what stands where. */
static int
fields_check(const struct rows_from *f, struct err *err)
{
	return f->row.n == f->titles ? 0 : err_set(err, EINPUT, "it has %zu "
	    "fields, its titles are %zu", f->row.n, f->titles);
}

static int
csv_row_next(struct rows_from *f, const struct rows_what *what,
    uint64_t *ret_line, json_t **ret, struct err *ret_why, bool *ret_more,
    struct err *err)
{
	TRY(csv_next(&f->csv, &f->row, ret_more, err));
	*ret_line = f->row.line;
	if (!*ret_more)
		return 0;
	if (f->row.wrong.code != OK) {
		*ret_why = f->row.wrong;
		return 0;
	}
	if (fields_check(f, ret_why) == 0)
		(void)!row_json(f, what, ret, ret_why);
	return 0;
}

static int
line_next(struct rows_from *f, uint64_t *ret_line, json_t **ret,
    struct err *ret_why, bool *ret_more, struct err *err)
{
	TRY(csrs_next(&f->lines, &f->line, ret_more, err));
	*ret_line = f->line.line;
	if (*ret_more)
		(void)!csrs_json(&f->line, ret, ret_why);
	return 0;
}

int
rows_from_next(struct rows_from *f, const struct rows_what *what,
    uint64_t *ret_line, json_t **ret, struct err *ret_why, bool *ret_more,
    struct err *err)
{
	*ret = NULL;
	*ret_why = (struct err){ .code = OK };
	TRY(f->is_csv ? csv_row_next(f, what, ret_line, ret, ret_why,
	    ret_more, err) : line_next(f, ret_line, ret, ret_why, ret_more,
	    err));
	return ret_why->code != ENOMEMORY ? 0 :
	    err_set(err, ENOMEMORY, "a row");
}

/* ---- the file ---- */

bool
rows_is_csv(const struct cli *cli, const char *name)
{
	const char *format = in_str(cli->in, "format");
	size_t n = strlen(name);

	if (strcmp(format, "auto") != 0)
		return strcmp(format, "csv") == 0;
	return n > 4 && strcasecmp(name + n - 4, ".csv") == 0;
}

int
rows_from_open(const struct cli *cli, const struct rows_what *what,
    const char *name, struct rows_from *ret, struct err *err)
{
	ret->name = name;
	ret->is_csv = rows_is_csv(cli, name);
	TRY(map_check(cli, what, err));
	ret->file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	if (ret->file == NULL)
		return err_set(err, ENOENT_, "%s cannot be read", ret->name);
	ret->lines = (struct csrs){ .from = ret->file, .kind = CSRS_NDJSON };
	ret->csv = (struct csv){ .from = ret->file };
	return ret->is_csv ? titles_read(cli, what, ret, err) : 0;
}

/* The rows of a pipe come once. */
int
rows_twice_check(const struct rows_from *from, struct err *err)
{
	struct stat st;

	if (from->file != stdin && fstat(fileno(from->file), &st) == 0 &&
	    S_ISREG(st.st_mode))
		return 0;
	return err_set(err, EUSAGE, "--all-or-nothing reads its file twice: "
	    "standard input and pipes cannot be");
}

void
rows_from_close(struct rows_from *f)
{
	if (f->file != NULL && f->file != stdin)
		fclose(f->file);
	csrs_row_done(&f->line);
	csv_row_done(&f->row);
}
