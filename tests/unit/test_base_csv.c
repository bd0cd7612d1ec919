/* What is read of CSV: RFC 4180, and what spreadsheets make of it. */
#include "config.h"

#include "base/csv.h"
#include "tests/unit/unit.h"

/* Of the last row. */
struct last {
	uint64_t line;
	size_t octets;
	enum err_code code;
};

static void
see(struct blob *seen, const struct csv_row *row)
{
	for (size_t i = 0; row->wrong.code == OK && i < row->n; i++)
		unit_ok(blob_printf(seen, &unit_err, "%s|", csv_field(row,
		    i)));
	unit_ok(blob_puts(seen, row->wrong.code != OK ? "!/" : "/",
	    &unit_err));
}

/* Fields with | behind each, rows with / behind; ! where one is wrong. */
static const char *
read_text(const char *text, size_t n, struct last *ret)
{
	static struct blob seen;
	struct csv_row r = { .n = 0 }, *row = &r;
	FILE *f = fmemopen((void *)(uintptr_t)text, n, "r");
	struct csv c = { .from = f };
	bool more;

	ck_assert_ptr_nonnull(f);
	blob_clear(&seen);
	*ret = (struct last){ .code = OK };
	for (;;) {
		unit_ok(csv_next(&c, row, &more, &unit_err));
		if (!more)
			break;
		*ret = (struct last){ row->line, row->text.len,
		    row->wrong.code };
		see(&seen, row);
	}
	ck_assert_ptr_null(csv_field(row, row->n));
	csv_row_done(row);
	fclose(f);
	return blob_str(&seen);
}

static const struct {
	const char *why, *text, *seen;
	uint64_t line;		/* of the last */
} ROWS_[] = {
	{ "rows", "a,b\r\nc,d\r\n", "a|b|/c|d|/", 2 },
	{ "lines that end with LF", "a,b\nc,d\n", "a|b|/c|d|/", 2 },
	{ "the last of which does not end", "a\nb", "a|/b|/", 2 },
	{ "one that ends with CR", "a\r", "a|/", 1 },
	{ "empty fields", ",a,\n,\n", "|a||/||/", 2 },
	{ "empty lines", "\n\r\na\n\n", "a|/", 3 },
	{ "an empty field in quotes", "\"\"\n", "|/", 1 },
	{ "spaces", " a , b \n", " a | b |/", 1 },
	{ "quotes", "\"a,b\",\"c\"\n", "a,b|c|/", 1 },
	{ "a quote", "\"a \"\"b\"\"\"\n", "a \"b\"|/", 1 },
	{ "a line's end in quotes", "\"a\r\nb\",c\nd\n", "a\r\nb|c|/d|/", 3 },
	{ "the mark of UTF-8", "\xef\xbb\xbf" "a,b\n", "a|b|/", 1 },
	{ "the mark before a quote", "\xef\xbb\xbf\"a\"\n", "a|/", 1 },
	{ "what only begins so", "\xef\xbb" "a\n", "\xef\xbb" "a|/", 1 },
	{ "nothing but that", "\xef\xbb", "\xef\xbb|/", 1 },
	{ "nothing but the mark", "\xef\xbb\xbf", "", 0 },
	{ "a quote that is not closed", "a\n\"b\nc\n", "a|/!/", 2 },
	{ "a quote in a plain field", "a\"b,c\nd\n", "!/d|/", 2 },
	{ "something behind a quote", "\"a\"b,c\nd\n", "!/d|/", 2 },
	{ "CR within a line", "a\rb\nc\n", "!/c|/", 2 },
	{ "CR behind a quote", "\"a\"\r\"b\nc\n", "!/c|/", 2 },
};

START_TEST(rows_are_read_and_bad_ones_told)
{
	struct last last;
	const char *seen = read_text(ROWS_[_i].text, strlen(ROWS_[_i].text),
	    &last);

	ck_assert_msg(strcmp(seen, ROWS_[_i].seen) == 0, "%s: %s",
	    ROWS_[_i].why, seen);
	ck_assert_uint_eq(last.line, ROWS_[_i].line);
}
END_TEST

START_TEST(a_nul_is_nobodys_text)
{
	struct last last;

	ck_assert_str_eq(read_text("a\0b,c\nd\n", 8, &last), "!/d|/");
}
END_TEST

START_TEST(a_row_has_so_many_fields)
{
	char text[CSV_FIELDS + 8];
	struct last last;

	memset(text, ',', sizeof(text));
	memcpy(text + CSV_FIELDS - 1, "\nx\n", 4);
	ck_assert_uint_eq(strspn(read_text(text, CSV_FIELDS + 2, &last), "|"),
	    CSV_FIELDS);
	memset(text, ',', sizeof(text));
	memcpy(text + CSV_FIELDS, "\nx\n", 4);
	ck_assert_str_eq(read_text(text, CSV_FIELDS + 3, &last), "!/x|/");
}
END_TEST

/* Its octets, each field's NUL among them.  A longer one may have a line's end
 * in quotes: the next row begins behind it. */
START_TEST(a_row_has_a_longest)
{
	char *text = malloc(CSV_ROW + 16);
	struct last last;

	memset(text, 'a', CSV_ROW + 16);
	text[CSV_ROW - 1] = '\n';
	(void)read_text(text, CSV_ROW, &last);
	ck_assert_int_eq(last.code, OK);
	ck_assert_uint_eq(last.octets, CSV_ROW);
	memcpy(text + CSV_ROW - 1, "a\nx\n", 4);
	ck_assert_str_eq(read_text(text, CSV_ROW + 3, &last), "!/x|/");
	text[0] = '"';
	memcpy(text + CSV_ROW, "a\nb\"\nx\n", 7);
	ck_assert_str_eq(read_text(text, CSV_ROW + 7, &last), "!/x|/");
	free(text);
}
END_TEST

UNIT_MAIN("base/csv",
	UNIT_ROWS(rows_are_read_and_bad_ones_told, ROWS_)
	UNIT(a_nul_is_nobodys_text)
	UNIT(a_row_has_so_many_fields)
	UNIT(a_row_has_a_longest))
