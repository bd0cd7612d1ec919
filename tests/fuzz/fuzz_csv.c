/*
 * csv: whatever comes, rows keep their bounds and lines ascend; and what was
 * read well and is written again is read the same.
 */
#include "config.h"

#include <string.h>

#include "base/csv.h"
#include "tests/fuzz/fuzz.h"

static bool
is_formula(const char *text)
{
	return text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL;
}

/* @back: the same row, read of what was written. */
static void
same_check(const struct csv_row *row, const struct csv_row *back)
{
	FUZZ_HOLDS(back->wrong.code == OK && back->n == row->n);
	for (size_t i = 0; i < row->n; i++) {
		const char *text = csv_field(row, i), *again = csv_field(back,
		    i);

		FUZZ_HOLDS(strcmp(text, again + is_formula(text)) == 0);
	}
}

/* Fields that quotes or an apostrophe make longer may be too long then. */
static void
again_check(const struct csv_row *row)
{
	struct blob b = { 0 };
	struct csv_row back = { .n = 0 };
	struct csv c = { .begun = true };
	bool more;

	for (size_t i = 0; i < row->n; i++)
		if (csv_put(&b, csv_field(row, i), i + 1 == row->n, NULL) != 0)
			abort();
	c.from = fmemopen(b.data, b.len, "r");
	FUZZ_HOLDS(c.from != NULL);
	if (csv_next(&c, &back, &more, NULL) == 0 && more &&
	    back.wrong.code != ETOOBIG)
		same_check(row, &back);
	csv_row_done(&back);
	fclose(c.from);
	blob_done(&b);
}

static void
row_check(const struct csv_row *row, uint64_t before)
{
	FUZZ_HOLDS(row->line > before);
	FUZZ_HOLDS(row->text.len <= CSV_ROW && row->n <= CSV_FIELDS);
	FUZZ_HOLDS(csv_field(row, row->n) == NULL);
	if (row->wrong.code != OK)
		return;
	for (size_t i = 0; i < row->n; i++)
		FUZZ_HOLDS(csv_field(row, i) + strlen(csv_field(row, i)) <
		    blob_str(&row->text) + row->text.len);
	if (row->text.len < 4096)
		again_check(row);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv c = { .lines = 0 };
	struct csv_row row = { .n = 0 };
	uint64_t before = 0;
	bool more = true;

	if (size == 0)
		return 0;
	c.from = fmemopen((void *)(uintptr_t)data, size, "r");
	FUZZ_HOLDS(c.from != NULL);
	while (csv_next(&c, &row, &more, NULL) == 0 && more) {
		row_check(&row, before);
		before = row.line;
	}
	csv_row_done(&row);
	fclose(c.from);
	return 0;
}
