/* A batch on disk: whoever dies when, no row is lost and none has two results. */
#include "config.h"

#include <unistd.h>
#include "base/csrs.h"
#include "base/io.h"
#include "base/json.h"
#include "cli/progress.h"
#include "cli/spool.h"
#include "cli/submit.h"
#include "tests/unit/scratch.h"

static struct spool *
opened(void)
{
	struct spool *s;

	unit_ok(spool_open(scratch_path("spool"), "devices", "device", &s,
	    &unit_err));
	return s;
}

static void
file_put(const char *name, const char *text)
{
	unit_ok(io_write_file(scratch_path(name), 0600, text, strlen(text),
	    &unit_err));
}

static void
file_is(const char *name, const char *text)
{
	struct blob b = { 0 };

	unit_ok(io_read_file(scratch_path(name), 1 << 20, &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), text);
	blob_done(&b);
}

static int
stream(struct spool *s, const char *text)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int rc = spool_stream(s, f, &unit_err);

	fclose(f);
	return rc;
}

#define THREE	"{\"csr\":\"A\"}\n{\"csr\":\"B\"}\n{\"csr\":\"C\"}\n"
static const char TWO[] = "{\"csr\":\"A\"}\n{\"csr\":\"B\"}\n";

START_TEST(a_spool_is_one_batch_for_ever)
{
	struct spool *s = opened(), *other;
	char key[33];

	memcpy(key, s->key, sizeof(key));
	unit_fails(spool_open(scratch_path("spool"), "devices", "device",
	    &other, &unit_err), EBUSY_);
	spool_free(s);
	s = opened();
	ck_assert_str_eq(s->key, key);
	spool_free(s);
	unit_fails(spool_open(scratch_path("spool"), "devices", "other",
	    &other, &unit_err), ECONFLICT);
	unit_fails(spool_open(scratch_path("spool"), "root", "device", &other,
	    &unit_err), ECONFLICT);
	file_put("spool/batch.json", "{}\n");
	unit_fails(spool_open(scratch_path("spool"), "devices", "device",
	    &other, &unit_err), EINPUT);
}
END_TEST

START_TEST(a_stream_is_taken_once_and_whole)
{
	struct spool *s = opened();

	unit_fails(stream(s, "{\"csr\":\"A\"}\nno\n"), EINPUT);
	unit_fails(stream(s, "-----BEGIN PRIVATE KEY-----"), EINPUT);
	unit_ok(stream(s, TWO));
	/* No other rows come in their place, and none is lost that came since. */
	unit_fails(stream(s, "{\"csr\":\"C\"}\n"), ECONFLICT);
	unit_ok(stream(s, "{\"csr\":\"A\"}\n"));
	file_is("spool/rows.ndjson", TWO);
	unit_fails(stream(s, THREE "no\n"), EINPUT);
	file_is("spool/rows.ndjson", TWO);
	unit_ok(stream(s, THREE));
	unit_ok(stream(s, "\n"));
	file_is("spool/rows.ndjson", THREE);
	spool_free(s);
}
END_TEST

START_TEST(a_folder_gives_what_is_new_and_no_key)
{
	struct spool *s = opened();
	struct spool_left left;

	unit_ok(io_mkdir_p(scratch_path("d"), 0700, &unit_err));
	file_put("d/b.csr", "B");
	file_put("d/a.der", "A");
	file_put("d/note.txt", "no");
	file_put("d/.c.csr", "no");
	file_put("d/key.pem", "-----BEGIN PRIVATE KEY-----\n");
	file_put("d/both.pem", "-----BEGIN CERTIFICATE REQUEST-----\n"
	    "-----BEGIN EC PRIVATE KEY-----\n");
	file_put("d/large.der", "");
	ck_assert_int_eq(truncate(scratch_path("d/large.der"), CSRS_ROW + 1), 0);
	unit_ok(spool_folder(s, scratch_path("d"), &left, &unit_err));
	ck_assert_uint_eq(left.none, 2);
	ck_assert_uint_eq(left.large, 1);
	ck_assert_str_eq(left.first, "large.der");
	file_is("spool/rows.ndjson", "{\"name\":\"a.der\",\"csr\":\"QQ==\"}\n"
	    "{\"name\":\"b.csr\",\"csr\":\"Qg==\"}\n");
	/* A row that was being written when all ended comes once more. */
	file_put("spool/rows.ndjson", "{\"name\":\"a.der\",\"csr\":\"QQ==\"}\n"
	    "{\"name\":\"b.csr\",\"cs");
	unit_ok(spool_folder(s, scratch_path("d"), &left, &unit_err));
	file_is("spool/rows.ndjson", "{\"name\":\"a.der\",\"csr\":\"QQ==\"}\n"
	    "{\"name\":\"b.csr\",\"csr\":\"Qg==\"}\n");
	file_put("d/a.der", "new");
	unit_ok(spool_folder(s, scratch_path("d"), &left, &unit_err));
	unit_ok(spool_begin(s, &unit_err));
	ck_assert_uint_eq(s->rows, 3);
	spool_free(s);
}
END_TEST

/* The next row, which must be this; the result that it had. */
static void
next_is(struct spool *s, const char *row, const char *old)
{
	struct blob r = { 0 }, o = { 0 };
	bool more;

	unit_ok(spool_next(s, &r, &o, &more, &unit_err));
	ck_assert_int_eq(more, row != NULL);
	if (row != NULL) {
		ck_assert_str_eq(blob_str(&r), row);
		ck_assert_str_eq(blob_str(&o), old);
	}
	blob_done(&r);
	blob_done(&o);
}

static void
put(struct spool *s, const char *line)
{
	struct blob b = { 0 };

	unit_ok(blob_puts(&b, line, &unit_err));
	unit_ok(spool_put(s, &b, 1, &unit_err));
	blob_done(&b);
}

START_TEST(a_pass_goes_on_where_it_was)
{
	struct spool *s = opened();

	unit_ok(stream(s, TWO));
	unit_ok(spool_begin(s, &unit_err));
	next_is(s, "{\"csr\":\"A\"}\n", "");
	put(s, "{\"a\":1}\n");
	spool_free(s);
	/* Cut in the middle of the second result. */
	file_put("spool/results.part", "{\"a\":1}\n{\"b\":");
	s = opened();
	unit_ok(spool_begin(s, &unit_err));
	ck_assert_uint_eq(s->passed, 1);
	next_is(s, "{\"csr\":\"B\"}\n", "");
	next_is(s, NULL, NULL);
	put(s, "{\"b\":1}\n");
	unit_ok(spool_end(s, &unit_err));
	spool_free(s);
	file_is("spool/results.ndjson", "{\"a\":1}\n{\"b\":1}\n");
	/* The next pass sees what each row had. */
	s = opened();
	unit_ok(spool_begin(s, &unit_err));
	ck_assert_uint_eq(s->passed, 0);
	next_is(s, "{\"csr\":\"A\"}\n", "{\"a\":1}\n");
	put(s, "{\"a\":2}\n");
	spool_free(s);
	s = opened();
	unit_ok(spool_begin(s, &unit_err));
	next_is(s, "{\"csr\":\"B\"}\n", "{\"b\":1}\n");
	spool_free(s);
	file_is("spool/results.ndjson", "{\"a\":1}\n{\"b\":1}\n");
}
END_TEST

static const struct {
	const char	*name;		/* NULL: none */
	const char	*file;
} NAMES[] = {
	{ NULL, "row-7.crt" },
	{ "4711.csr", "4711.crt" },
	{ "4711", "4711.crt" },
	{ "a/b.pem", "a_b.crt" },
	{ "../../etc/passwd", "_._.._etc_passwd.crt" },
	{ ".csr", "_csr.crt" },
	{ "a b\nc", "a_b_c.crt" },
};

START_TEST(no_name_leads_out_of_the_folder)
{
	AUTO_JSON *r = NULL;
	char file[256];

	unit_ok(json_build(&r, &unit_err, "{s:i, s:s*}", "row", 7, "name",
	    NAMES[_i].name));
	submit_name(r, file, sizeof(file));
	ck_assert_str_eq(file, NAMES[_i].file);
	submit_name(r, file, 12);
	ck_assert_ptr_null(strchr(file, '/'));
}
END_TEST

START_TEST(a_bar_fits_its_terminal)
{
	char line[200];

	bar_line(5, 10, 3, 30, line, sizeof(line));
	ck_assert_str_eq(line, "[#######       ] 5 of 10, 3/s");
	bar_line(0, 0, 0, 24, line, sizeof(line));
	ck_assert_str_eq(line, "[#########] 0 of 0, 0/s");
	bar_line(10, 10, 3, 10, line, sizeof(line));
	ck_assert_str_eq(line, "10 of 10, 3/s");
	bar_line(100000, 100000, 999, 1000, line, sizeof(line));
	ck_assert_uint_le(strlen(line), 100);
}
END_TEST

UNIT_MAIN("cli/spool", UNIT_SCRATCH
	UNIT(a_spool_is_one_batch_for_ever)
	UNIT(a_stream_is_taken_once_and_whole)
	UNIT(a_folder_gives_what_is_new_and_no_key)
	UNIT(a_pass_goes_on_where_it_was)
	UNIT_ROWS(no_name_leads_out_of_the_folder, NAMES)
	UNIT(a_bar_fits_its_terminal))
