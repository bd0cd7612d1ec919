#include "config.h"

#include <sys/stat.h>

#include "base/io.h"
#include "base/secret.h"
#include "tests/unit/scratch.h"

static const struct {
	const char	*why;
	mode_t		 mode;
	const char	*text;
	const char	*secret;	/* NULL: refused */
} FILES[] = {
	{ "its final newline is not part of it", 0600, "hunter2\n",
	    "hunter2" },
	{ "only one newline is final", 0600, "hunter2\n\n", "hunter2\n" },
	{ "there may be none", 0400, "hunter2", "hunter2" },
	{ "spaces belong to it", 0600, " x \n", " x " },
	{ "an empty file is an empty secret", 0600, "", "" },
	{ "the group can read it", 0640, "x", NULL },
	{ "others can read it", 0604, "x", NULL },
	{ "the group can write it", 0620, "x", NULL },
};

START_TEST(it_holds_a_copy)
{
	AUTO(secret) *s = NULL;
	char text[] = "hunter2";

	unit_ok(secret_new(text, 7, &s, &unit_err));
	memset(text, 0, sizeof(text));
	ck_assert_uint_eq(secret_len(s), 7);
	ck_assert_mem_eq(secret_data(s), "hunter2", 7);
	secret_free(NULL);
}
END_TEST

START_TEST(it_is_equal_to_its_like_alone)
{
	static const char *const OTHERS[] = { "hunter3", "hunter22",
	    "hunter", "" };
	AUTO(secret) *a = NULL, *b = NULL;
	size_t i;

	unit_ok(secret_new("hunter2", 7, &a, &unit_err));
	unit_ok(secret_new("hunter2", 7, &b, &unit_err));
	ck_assert(secret_equal(a, b));
	for (i = 0; i < NELEM(OTHERS); i++) {
		secret_free(b);
		b = NULL;
		unit_ok(secret_new(OTHERS[i], strlen(OTHERS[i]), &b,
		    &unit_err));
		ck_assert(!secret_equal(a, b));
	}
}
END_TEST

START_TEST(random_ones_differ)
{
	AUTO(secret) *a = NULL, *b = NULL;

	unit_ok(secret_random(32, &a, &unit_err));
	unit_ok(secret_random(32, &b, &unit_err));
	ck_assert_uint_eq(secret_len(a), 32);
	ck_assert(!secret_equal(a, b));
}
END_TEST

START_TEST(it_may_be_larger_than_a_page_but_not_boundless)
{
	AUTO(secret) *s = NULL;

	unit_ok(secret_random(100000, &s, &unit_err));
	ck_assert_uint_eq(secret_len(s), 100000);
	secret_free(s);
	s = NULL;
	unit_fails(secret_random((size_t)1 << 30, &s, &unit_err), ETOOBIG);
}
END_TEST

START_TEST(a_file_must_be_its_owners_alone)
{
	AUTO(secret) *s = NULL;
	const char *path = scratch_path("pin");

	unit_ok(io_write_file(path, FILES[_i].mode, FILES[_i].text,
	    strlen(FILES[_i].text), &unit_err));
	if (FILES[_i].secret == NULL) {
		unit_fails(secret_read_file(path, &s, &unit_err), EDENIED);
		ck_assert_msg(s == NULL, "%s", FILES[_i].why);
		return;
	}
	unit_ok(secret_read_file(path, &s, &unit_err));
	ck_assert_uint_eq(secret_len(s), strlen(FILES[_i].secret));
	ck_assert_mem_eq(secret_data(s), FILES[_i].secret, secret_len(s));
}
END_TEST

START_TEST(a_credential_of_the_unit_may_show_its_access_list)
{
	AUTO(secret) *s = NULL;

	unit_ok(io_write_file(scratch_path("pin"), 0440, "x", 1, &unit_err));
	unit_fails(secret_read_file(scratch_path("pin"), &s, &unit_err),
	    EDENIED);
	setenv("CREDENTIALS_DIRECTORY", scratch, 1);
	unit_ok(secret_read_file(scratch_path("pin"), &s, &unit_err));
	secret_free(s);
	s = NULL;
	unit_ok(io_write_file(scratch_path("pin"), 0444, "x", 1, &unit_err));
	unit_fails(secret_read_file(scratch_path("pin"), &s, &unit_err),
	    EDENIED);
}
END_TEST

START_TEST(what_is_no_such_file_is_refused)
{
	AUTO(secret) *s = NULL;
	static char big[65537];

	unit_fails(secret_read_file(scratch_path("none"), &s, &unit_err),
	    EIO_);
	unit_fails(secret_read_file(scratch, &s, &unit_err), EIO_);
	unit_ok(io_write_file(scratch_path("big"), 0600, big, sizeof(big),
	    &unit_err));
	unit_fails(secret_read_file(scratch_path("big"), &s, &unit_err), EIO_);
}
END_TEST

UNIT_MAIN("base/secret",
	UNIT_SCRATCH
	UNIT(it_holds_a_copy)
	UNIT(it_is_equal_to_its_like_alone)
	UNIT(random_ones_differ)
	UNIT(it_may_be_larger_than_a_page_but_not_boundless)
	UNIT_ROWS(a_file_must_be_its_owners_alone, FILES)
	UNIT(a_credential_of_the_unit_may_show_its_access_list)
	UNIT(what_is_no_such_file_is_refused))
