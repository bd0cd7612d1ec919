/*
 * table - lists and single things from JSON, laid out for people.
 *
 * Floor 7.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/explain.h"
#include "cli/table.h"

#define COLUMNS	12
#define CELL	200	/* octets */
#define CUT	"..."

const json_t *
table_member(const json_t *o, const char *path)
{
	char name[64];

	while (o != NULL && *path != '\0') {
		size_t n = strcspn(path, ".");

		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		o = json_object_get(o, name);
		path += n;
		path += *path == '.';
	}
	return o;
}

/* Any value as one line, as it can be read; NULL where memory has run out. */
static char *
cell(const json_t *v)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (f == NULL)
		return NULL;
	if (v != NULL)
		explain_value(v, f);
	fclose(f);
	return text;
}

/* What stands in a column that others follow has a bound. */
static char *
cell_bound(const json_t *v)
{
	char *text = cell(v);
	size_t n;

	if (text == NULL || strlen(text) <= CELL)
		return text;
	n = strlen(text_cut(text, CELL - strlen(CUT)).at);
	memcpy(text + n, CUT, sizeof(CUT));
	return text;
}

static void
widths(const json_t *items, const struct table_row *rows, size_t n,
    size_t width[COLUMNS])
{
	size_t i;
	json_t *one;

	for (size_t c = 0; c < n; c++)
		width[c] = strlen(rows[c].title);
	json_array_foreach((json_t *)(uintptr_t)items, i, one)
		for (size_t c = 0; c + 1 < n; c++) {
			char *text = cell_bound(table_member(one,
			    rows[c].path));

			if (text != NULL && strlen(text) > width[c])
				width[c] = strlen(text);
			free(text);
		}
}

static void
line_print(const json_t *one, const struct table_row *rows, size_t n,
    const size_t width[COLUMNS])
{
	for (size_t c = 0; c < n; c++) {
		const json_t *v = table_member(one, rows[c].path);
		char *text = c + 1 < n ? cell_bound(v) : cell(v);

		printf("%-*s%s", c + 1 < n ? (int)width[c] : 0, text != NULL ?
		    text : "?", c + 1 < n ? "  " : "\n");
		free(text);
	}
}

void
table_list(const json_t *items, const struct table_row *rows, size_t n)
{
	size_t width[COLUMNS], i;
	json_t *one;

	if (n > COLUMNS)
		n = COLUMNS;
	if (json_array_size(items) == 0) {
		puts("There are none.");
		return;
	}
	widths(items, rows, n, width);
	for (size_t c = 0; c < n; c++)
		printf("%-*s%s", c + 1 < n ? (int)width[c] : 0, rows[c].title,
		    c + 1 < n ? "  " : "\n");
	json_array_foreach((json_t *)(uintptr_t)items, i, one)
		line_print(one, rows, n, width);
}

void
table_one(const json_t *o, const struct table_row *rows, size_t n)
{
	int width = 0;

	for (size_t i = 0; i < n; i++)
		if ((int)strlen(rows[i].title) > width)
			width = (int)strlen(rows[i].title);
	for (size_t i = 0; i < n; i++) {
		const json_t *v = table_member(o, rows[i].path);
		char *text;

		if (v == NULL || json_is_null(v))
			continue;
		text = cell(v);
		if (text == NULL || text[0] != '\0')
			printf("%-*s  %s\n", width, rows[i].title, text !=
			    NULL ? text : "?");
		free(text);
	}
}
