#include "config.h"

#include "base/csrs.h"
#include "base/json.h"
#include "tests/unit/unit.h"

/* ---- a tar, made here ---- */

static void
tar_head(struct blob *b, const char *name, char type, size_t size)
{
	char head[512] = "";
	unsigned sum = 0;

	snprintf(head, 100, "%s", name);
	snprintf(head + 124, 12, "%011o", (unsigned)size);
	memset(head + 148, ' ', 8);
	head[156] = type;
	memcpy(head + 257, "ustar\0" "00", 8);
	for (size_t i = 0; i < sizeof(head); i++)
		sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);
	unit_ok(blob_put(b, head, sizeof(head), &unit_err));
}

static void
tar_put(struct blob *b, const char *name, char type, const char *content,
    size_t size)
{
	static const char zero[512];

	tar_head(b, name, type, size);
	unit_ok(blob_put(b, content, size, &unit_err));
	unit_ok(blob_put(b, zero, (512 - size % 512) % 512, &unit_err));
}

static void
tar_end(struct blob *b)
{
	static const char zero[1024];

	unit_ok(blob_put(b, zero, sizeof(zero), &unit_err));
}

/* ---- reading it all ---- */

struct seen {
	unsigned	 rows, wrong;
	char		 names[400];
	enum err_code	 last;		/* that was wrong with a row */
	int		 rc;
};

static struct seen
read_all(enum csrs_kind kind, const void *p, size_t n)
{
	FILE *f = n > 0 ? fmemopen((void *)(uintptr_t)p, n, "r") :
	    fopen("/dev/null", "r");
	struct csrs c = { .from = f, .kind = kind };
	struct csrs_row row = { .n = 0 };
	struct seen s = { .rows = 0 };
	bool more = true;

	while ((s.rc = csrs_next(&c, &row, &more, &unit_err)) == 0 && more) {
		AUTO_JSON *j = NULL;

		s.rows++;
		ck_assert_uint_eq(row.n, s.rows);
		ck_assert_uint_le(row.octets.len, CSRS_ROW);
		if (csrs_json(&row, &j, &unit_err) != 0) {
			s.wrong++;
			s.last = unit_err.code;
			continue;
		}
		strcat(strcat(s.names, json_str(j, "name", "?")), " ");
	}
	csrs_row_done(&row);
	fclose(f);
	return s;
}

static const struct {
	const char	*why;
	const char	*text;
	unsigned	 rows, wrong;
	enum err_code	 last;
} LINES[] = {
	{ "nothing is no row", "", 0, 0, OK },
	{ "empty lines are none", "\n \t\r\n\n", 0, 0, OK },
	{ "an object is one", "{\"csr\":\"a\"}\n", 1, 0, OK },
	{ "also without an end, or with the other one",
	    "{\"csr\":\"a\"}\r\n{\"csr\":\"b\"}", 2, 0, OK },
	{ "what is no JSON leaves the next alone", "{\n{\"csr\":\"a\"}\n", 2,
	    1, EINPUT },
	{ "the mark of UTF-8", "\xef\xbb\xbf{\"csr\":\"a\"}\n{\"csr\":\"b\"}", 2, 0,
	    OK },
	{ "nothing but the mark", "\xef\xbb\xbf", 0, 0, OK },
	{ "what only begins so is no JSON", "\xef\xbb{}\n", 1, 1, EINPUT },
	{ "nor has the mark a place behind the first line",
	    "{\"csr\":\"a\"}\n\xef\xbb\xbf{}\n", 2, 1, EINPUT },
	{ "an array is no row", "[]\n", 1, 1, ESCHEMA },
};

START_TEST(lines_are_rows)
{
	struct seen s = read_all(CSRS_NDJSON, LINES[_i].text,
	    strlen(LINES[_i].text));

	ck_assert_int_eq(s.rc, 0);
	ck_assert_uint_eq(s.rows, LINES[_i].rows);
	ck_assert_uint_eq(s.wrong, LINES[_i].wrong);
	ck_assert_int_eq(s.last, LINES[_i].last);
}
END_TEST

/* A line of so many octets, and one behind it. */
static struct seen
long_line(size_t n)
{
	struct blob b = { 0 };
	struct seen s;

	unit_ok(blob_puts(&b, "{\"csr\":\"", &unit_err));
	while (b.len < n - 2)
		unit_ok(blob_puts(&b, "A", &unit_err));
	unit_ok(blob_puts(&b, "\"}\n{\"name\":\"next\"}\n", &unit_err));
	s = read_all(CSRS_NDJSON, b.data, b.len);
	blob_done(&b);
	return s;
}

START_TEST(a_row_has_a_longest)
{
	struct seen s = long_line(CSRS_ROW);

	ck_assert_uint_eq(s.wrong, 0);
	for (size_t more = 1; more < 10000; more += 4998) {
		s = long_line(CSRS_ROW + more);
		ck_assert_uint_eq(s.rows, 2);
		ck_assert_uint_eq(s.wrong, 1);
		ck_assert_int_eq(s.last, ETOOBIG);
		ck_assert_str_eq(s.names, "next ");
	}
}
END_TEST

START_TEST(plain_files_of_a_tar_are_rows)
{
	static const char pax[] = "30 path=a/quite/long/name.csr\n";
	static const char named[] = "a/name/that/gnu/has.csr";
	struct blob b = { 0 };
	struct seen s;

	tar_put(&b, "folder/", '5', "", 0);
	tar_put(&b, "one.csr", '0', "0abc", 4);
	tar_put(&b, "x", 'g', "16 comment=text\n", 16);
	tar_put(&b, "x", 'x', pax, sizeof(pax) - 1);
	tar_put(&b, "cut", '0', "0abc", 4);
	tar_put(&b, "x", 'L', named, sizeof(named));
	tar_put(&b, "cut", '\0', "-----BEGIN x", 12);
	tar_put(&b, "link", '2', "", 0);
	tar_put(&b, "a b\n", '0', "", 0);
	tar_end(&b);
	s = read_all(CSRS_TAR, b.data, b.len);
	ck_assert_int_eq(s.rc, 0);
	ck_assert_uint_eq(s.rows, 5);
	ck_assert_uint_eq(s.wrong, 1);
	ck_assert_int_eq(s.last, EINPUT);
	ck_assert_str_eq(s.names, "one.csr a/quite/long/name.csr "
	    "a/name/that/gnu/has.csr a_b_ ");
	/* Cut anywhere before its end it is damaged, and says so. */
	for (size_t n = 1; n < b.len - 1024; n += 101) {
		s = read_all(CSRS_TAR, b.data, n);
		ck_assert_int_eq(s.rc, -EINPUT);
	}
	blob_done(&b);
}
END_TEST

START_TEST(a_file_has_a_longest)
{
	struct blob b = { 0 };
	char *much = calloc(1, CSRS_ROW + 1);
	struct seen s;

	tar_put(&b, "fits", '0', much, CSRS_ROW);
	tar_put(&b, "not", '0', much, CSRS_ROW + 1);
	tar_put(&b, "next", '0', "0", 1);
	tar_end(&b);
	s = read_all(CSRS_TAR, b.data, b.len);
	ck_assert_int_eq(s.rc, 0);
	ck_assert_uint_eq(s.rows, 3);
	ck_assert_uint_eq(s.wrong, 1);
	ck_assert_int_eq(s.last, ETOOBIG);
	ck_assert_str_eq(s.names, "fits next ");
	free(much);
	blob_done(&b);
}
END_TEST

/* What would make another reader see other files. */
static const struct {
	const char	*why;
	size_t		 at;		/* of the first header */
	const char	*octets;
	size_t		 n;
	char		 type;
	const char	*content;
} HOSTILE[] = {
	{ "no magic", 257, "rats", 4, '0', "" },
	{ "a sum that does not fit", 0, "b", 1, '0', "" },
	{ "a size in another base", 124, "\x80\0\0\0\0\0\0\0\0\0\0\1", 12,
	    '0', "" },
	{ "a size with a sign", 124, "-0000000001", 11, '0', "" },
	{ "an extended size", 0, "", 0, 'x', "10 size=9\n" },
	{ "one for all files", 0, "", 0, 'g', "10 size=9\n" },
	{ "a sparse file", 0, "", 0, 'x', "22 GNU.sparse.major=1\n" },
	{ "a link with octets", 0, "", 0, '2', "octets" },
	{ "a folder with octets", 0, "", 0, '5', "octets" },
	{ "a record longer than it is", 0, "", 0, 'x', "99 path=a\n" },
	{ "a record without a length", 0, "", 0, 'x', "path=a\n" },
	{ "a record without its end", 0, "", 0, 'x', "10 path=ab" },
	{ "a record of a length that overflows", 0, "", 0, 'x',
	    "99999999999999999999 path=a\n" },
	{ "an extension without an end", 124, "77777777777", 11, 'x', "" },
};

START_TEST(a_hostile_tar_is_refused_whole)
{
	struct blob b = { 0 };
	unsigned sum = 0;
	struct seen s;

	tar_put(&b, "a", HOSTILE[_i].type, HOSTILE[_i].content,
	    strlen(HOSTILE[_i].content));
	memcpy(b.data + HOSTILE[_i].at, HOSTILE[_i].octets, HOSTILE[_i].n);
	if (HOSTILE[_i].at > 0) {
		memset(b.data + 148, ' ', 8);
		for (size_t i = 0; i < 512; i++)
			sum += b.data[i];
		snprintf((char *)b.data + 148, 8, "%06o", sum);
	}
	tar_put(&b, "b", '0', "0", 1);
	tar_end(&b);
	s = read_all(CSRS_TAR, b.data, b.len);
	ck_assert_int_eq(s.rc, -EINPUT);
	ck_assert_uint_eq(s.rows, 0);
	blob_done(&b);
}
END_TEST

/* Where others would read on, or stop. */
START_TEST(a_tar_has_one_end)
{
	static const char zero[512 * 3];
	struct blob b = { 0 };

	tar_put(&b, "a", '0', "0", 1);
	unit_ok(blob_put(&b, zero, 512, &unit_err));
	ck_assert_int_eq(read_all(CSRS_TAR, b.data, b.len).rc, -EINPUT);
	tar_put(&b, "b", '0', "0", 1);
	tar_end(&b);
	ck_assert_int_eq(read_all(CSRS_TAR, b.data, b.len).rc, -EINPUT);
	blob_clear(&b);
	tar_put(&b, "a", '0', "0", 1);
	tar_end(&b);
	unit_ok(blob_put(&b, zero, sizeof(zero), &unit_err));
	ck_assert_int_eq(read_all(CSRS_TAR, b.data, b.len).rc, 0);
	unit_ok(blob_put(&b, "x", 1, &unit_err));
	ck_assert_int_eq(read_all(CSRS_TAR, b.data, b.len).rc, -EINPUT);
	blob_done(&b);
}
END_TEST

UNIT_MAIN("base/csrs",
	UNIT(a_tar_has_one_end)
	UNIT_ROWS(lines_are_rows, LINES)
	UNIT(a_row_has_a_longest)
	UNIT(plain_files_of_a_tar_are_rows)
	UNIT(a_file_has_a_longest)
	UNIT_ROWS(a_hostile_tar_is_refused_whole, HOSTILE))
