/*
 * table - lists and single things from JSON, laid out for people.
 *
 * Floor 7.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/explain.h"
#include "cli/table.h"

#define COLUMNS	12
#define CELL	200

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

/* Any value as one line: what a terminal would obey is left out. */
static void
cell(const json_t *v, char ret[CELL])
{
	FILE *f = fmemopen(ret, CELL - 1, "w");

	memset(ret, 0, CELL);
	if (f == NULL)
		return;
	if (v != NULL)
		explain_value(v, f);
	fclose(f);
	for (char *p = ret; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
}

static void
widths(const json_t *items, const struct table_row *rows, size_t n,
    size_t width[COLUMNS])
{
	size_t i;
	json_t *one;
	char text[CELL];

	for (size_t c = 0; c < n; c++)
		width[c] = strlen(rows[c].title);
	json_array_foreach((json_t *)(uintptr_t)items, i, one)
		for (size_t c = 0; c < n; c++) {
			cell(table_member(one, rows[c].path), text);
			if (strlen(text) > width[c])
				width[c] = strlen(text);
		}
}

void
table_list(const json_t *items, const struct table_row *rows, size_t n)
{
	size_t width[COLUMNS], i;
	json_t *one;
	char text[CELL];

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
		for (size_t c = 0; c < n; c++) {
			cell(table_member(one, rows[c].path), text);
			printf("%-*s%s", c + 1 < n ? (int)width[c] : 0, text,
			    c + 1 < n ? "  " : "\n");
		}
}

void
table_one(const json_t *o, const struct table_row *rows, size_t n)
{
	int width = 0;
	char text[CELL];

	for (size_t i = 0; i < n; i++)
		if ((int)strlen(rows[i].title) > width)
			width = (int)strlen(rows[i].title);
	for (size_t i = 0; i < n; i++) {
		const json_t *v = table_member(o, rows[i].path);

		if (v == NULL || json_is_null(v))
			continue;
		cell(v, text);
		if (text[0] != '\0')
			printf("%-*s  %s\n", width, rows[i].title, text);
	}
}
