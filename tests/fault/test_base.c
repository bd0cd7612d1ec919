#include "config.h"

#include "base/b64.h"
#include "base/csrs.h"
#include "base/csv.h"
#include "base/id.h"
#include "base/io.h"
#include "base/json.h"
#include "base/note.h"
#include "base/secret.h"
#include "base/yaml.h"
#include "tests/fault/fault.h"
#include "tests/unit/scratch.h"

static int
grow_blob(void *ctx, struct err *err)
{
	AUTO(blob) *b = blob_new();
	size_t i;

	if (b == NULL)
		return err_set(err, ENOMEMORY, "a blob");
	for (i = 0; i < 100; i++) {
		size_t len = b->len;
		int rc = blob_printf(b, err, "%05zu", i);

		/* What failed has changed nothing. */
		fault_holds(b->len == (rc == 0 ? len + 5 : len));
		fault_holds(strlen(blob_str(b)) == b->len);
		TRY(rc);
	}
	return 0;
}

START_TEST(a_blob_keeps_what_it_has)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, grow_blob, NULL), 4);
}
END_TEST

static int
build_json(void *ctx, struct err *err)
{
	AUTO_JSON *j = NULL;
	json_t *inner = NULL;
	int rc;

	TRY(json_build(&inner, err, "[s, I, b]", "text", (json_int_t)7, 1));
	rc = json_build(&j, err, "{s:s, s:o, s:{s:n}}", "a", "x", "b",
	    inner, "c", "d");
	fault_holds((rc == 0) == (j != NULL));
	TRY(rc);
	TRY(json_set_str(j, "s", "text", err));
	TRY(json_set_int(j, "i", 7, err));
	TRY(json_set_time(j, "t", 0, err));
	return json_set_b64(j, "o", "octets", 6, err);
}

START_TEST(json_is_built_whole_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, build_json, NULL), 20);
}
END_TEST

static int
read_json(void *ctx, struct err *err)
{
	static const char text[] = "{\"a\":[1,2,{\"b\":\"text\"}],\"c\":"
	    "\"\\u20ac\",\"d\":true,\"e\":null}";
	AUTO_JSON *j = NULL;
	struct sha256 h = { { 0 } };
	struct blob b = { 0 };
	int rc;

	TRY(json_read(text, sizeof(text) - 1, &j, err));
	TRY(json_hash(j, &h, err));
	rc = json_canonical(j, &b, err);
	fault_holds(rc == 0 || b.len == 0);
	blob_done(&b);
	return rc;
}

START_TEST(json_is_read_whole_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, read_json, NULL), 20);
}
END_TEST

static int
write_wide(void *ctx, struct err *err)
{
	struct sha256 h;

	return json_hash(ctx, &h, err);
}

START_TEST(an_object_of_many_names_is_hashed_or_not)
{
	AUTO_JSON *j = json_object();
	char name[16];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		unit_ok(json_set_int(j, name, i, &unit_err));
	}
	ck_assert_uint_ge(fault_each(FAULT_ALL, write_wide, j), 5);
}
END_TEST

static int
read_yaml(void *ctx, struct err *err)
{
	static const char text[] = "class: ca\nrules:\n  - name: x\n"
	    "    by: [a, \"b\", 3, true]\n  - {}\n";
	AUTO(yaml_marks) *marks = NULL;
	AUTO_JSON *j = NULL;
	int rc;

	rc = yaml_read("c.yaml", text, sizeof(text) - 1, &j, &marks, err);
	fault_holds((rc == 0) == (j != NULL));
	fault_holds((rc == 0) == (marks != NULL));
	return rc;
}

START_TEST(yaml_is_read_whole_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, read_yaml, NULL), 30);
}
END_TEST

/* Rows of both kinds; a row is whole, or its stream has failed. */
static int
read_rows(void *ctx, struct err *err)
{
	static const char text[] = "{\"csr\":\"AAAA\"}\n[]\n";
	FILE *f = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "r");
	struct csrs c = { .from = f };
	struct csrs_row row = { .n = 0 };
	AUTO_JSON *j = NULL, *file = NULL;
	bool more;
	int rc;

	if (f == NULL)
		return err_set(err, ENOMEMORY, "rows");
	rc = csrs_next(&c, &row, &more, err);
	if (rc == 0)
		rc = csrs_json(&row, &j, err);
	if (rc == 0)
		rc = csrs_file_json(&row.octets, "a.csr", &file, err);
	csrs_row_done(&row);
	fclose(f);
	return rc;
}

START_TEST(a_row_is_read_whole_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, read_rows, NULL), 8);
}
END_TEST

static int
read_csv(void *ctx, struct err *err)
{
	static const char text[] = "a,\"b \"\"c\"\"\"\nd\n";
	FILE *f = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "r");
	struct csv c = { .from = f };
	struct csv_row row = { .n = 0 };
	bool more = false;
	int rc;

	if (f == NULL)
		return err_set(err, ENOMEMORY, "rows");
	rc = csv_next(&c, &row, &more, err);
	fault_holds(rc != 0 || (more && row.n == 2 &&
	    strcmp(csv_field(&row, 1), "b \"c\"") == 0));
	csv_row_done(&row);
	fclose(f);
	return rc;
}

START_TEST(a_row_of_csv_is_read_whole_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, read_csv, NULL), 1);
}
END_TEST

static int
text_and_back(void *ctx, struct err *err)
{
	char *text = b64_encode("octets", 6);
	struct blob b = { 0 };
	int rc;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "text");
	rc = b64_decode(text, &b, err);
	fault_holds(b.len == (rc == 0 ? 6 : 0));
	free(text);
	blob_done(&b);
	return rc;
}

START_TEST(base64_is_decoded_whole_or_not)
{
	ck_assert_uint_eq(fault_each(FAULT_ALL, text_and_back, NULL), 2);
}
END_TEST

static int
replace_file(void *ctx, struct err *err)
{
	struct blob b = { 0 };
	int rc;

	rc = io_write_file(scratch_path("f"), 0600, "new", 3, err);
	/* Old or new, never part of it; and nothing is left beside it. */
	(void)fault_disarm();
	unit_ok(io_read_file(scratch_path("f"), 10, &b, &unit_err));
	ck_assert(strcmp(blob_str(&b), "old") == 0 ||
	    strcmp(blob_str(&b), "new") == 0);
	blob_done(&b);
	unit_ok(io_write_file(scratch_path("f"), 0600, "old", 3, &unit_err));
	ck_assert_int_eq(unlink(scratch_path("f")), 0);
	ck_assert_int_eq(rmdir(scratch), 0);
	ck_assert_int_eq(mkdir(scratch, 0700), 0);
	unit_ok(io_write_file(scratch_path("f"), 0600, "old", 3, &unit_err));
	return rc;
}

START_TEST(a_file_is_replaced_whole_or_not)
{
	unit_ok(io_write_file(scratch_path("f"), 0600, "old", 3, &unit_err));
	ck_assert_uint_ge(fault_each(FAULT_ALL, replace_file, NULL), 7);
}
END_TEST

static int
make_folders(void *ctx, struct err *err)
{
	TRY(io_mkdir_p(scratch_path("a/b"), 0700, err));
	return io_sync_tree(scratch, err);
}

START_TEST(folders_are_durable_or_an_error_says_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, make_folders, NULL), 4);
}
END_TEST

static int
make_secret(void *ctx, struct err *err)
{
	AUTO(secret) *a = NULL, *b = NULL;
	char id[ID_TEXT] = "kept";
	int rc;

	TRY(secret_random(32, &a, err));
	rc = secret_read_file(ctx, &b, err);
	fault_holds((rc == 0) == (b != NULL));
	TRY(rc);
	rc = id_new("req", 0, id, err);
	fault_holds(rc == 0 || strcmp(id, "kept") == 0);
	return rc;
}

START_TEST(there_is_no_secret_without_memory_or_randomness)
{
	const char *path = scratch_path("pin");

	unit_ok(io_write_file(path, 0600, "1234\n", 5, &unit_err));
	ck_assert_uint_ge(fault_each(FAULT_ALL, make_secret, (void *)(uintptr_t)
	    path), 8);
}
END_TEST

static int
make_note(void *ctx, struct err *err)
{
	struct checkpoint c = { "claviger/x", 7, { { 0 } }, 3 };
	struct blob b = { 0 };
	int rc;

	rc = note_finish(&c, "spki", 4, "signature", 9, &b, err);
	fault_holds(rc == 0 || b.len == 0);
	if (rc == 0)
		rc = note_parse(blob_str(&b), &c, err);
	blob_done(&b);
	return rc;
}

START_TEST(a_checkpoint_is_made_whole_or_not)
{
	ck_assert_uint_ge(fault_each(FAULT_ALL, make_note, NULL), 8);
}
END_TEST

UNIT_MAIN("base with faults",
	UNIT_SCRATCH
	UNIT(a_blob_keeps_what_it_has)
	UNIT(json_is_built_whole_or_not)
	UNIT(json_is_read_whole_or_not)
	UNIT(an_object_of_many_names_is_hashed_or_not)
	UNIT(yaml_is_read_whole_or_not)
	UNIT(a_row_is_read_whole_or_not)
	UNIT(a_row_of_csv_is_read_whole_or_not)
	UNIT(base64_is_decoded_whole_or_not)
	UNIT(a_file_is_replaced_whole_or_not)
	UNIT(folders_are_durable_or_an_error_says_not)
	UNIT(there_is_no_secret_without_memory_or_randomness)
	UNIT(a_checkpoint_is_made_whole_or_not))
