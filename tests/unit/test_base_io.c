#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/io.h"
#include "tests/unit/scratch.h"

static void
wrote(const char *name, mode_t mode, const char *text)
{
	unit_ok(io_write_file(scratch_path(name), mode, text, strlen(text),
	    &unit_err));
}

START_TEST(what_is_written_is_read)
{
	struct blob b = { 0 };

	wrote("f", 0600, "first");
	wrote("f", 0600, "second");
	unit_ok(blob_puts(&b, ">", &unit_err));
	unit_ok(io_read_file(scratch_path("f"), 6, &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), ">second");
	blob_done(&b);
}
END_TEST

START_TEST(a_file_has_the_mode_that_was_asked_for)
{
	struct stat st;
	mode_t old = umask(077);

	wrote("f", 0644, "x");
	umask(old);
	ck_assert_int_eq(stat(scratch_path("f"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	wrote("f", 0600, "x");
	ck_assert_int_eq(stat(scratch_path("f"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(a_missing_file_is_not_found)
{
	struct blob b = { 0 };

	unit_fails(io_read_file(scratch_path("none"), 10, &b, &unit_err),
	    ENOENT_);
	unit_fails(io_read_file(scratch, 10, &b, &unit_err), EIO_);
	unit_fails(io_check_file(scratch_path("none"), 10, &unit_err),
	    ENOENT_);
	unit_fails(io_check_file(scratch, 1 << 20, &unit_err), EIO_);
	ck_assert_uint_eq(b.len, 0);
}
END_TEST

START_TEST(a_file_over_its_bound_is_refused_whole)
{
	struct blob b = { 0 };

	wrote("f", 0600, "123456");
	unit_fails(io_read_file(scratch_path("f"), 5, &b, &unit_err), ETOOBIG);
	unit_fails(io_check_file(scratch_path("f"), 5, &unit_err), ETOOBIG);
	unit_ok(io_check_file(scratch_path("f"), 6, &unit_err));
	ck_assert_uint_eq(b.len, 0);
	blob_done(&b);
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_old_file_and_nothing_beside_it)
{
	unit_fails(io_write_file(scratch_path("none/f"), 0600, "x", 1,
	    &unit_err), EIO_);
	/* A folder cannot be replaced by a file. */
	unit_ok(io_mkdir_p(scratch_path("d/e"), 0700, &unit_err));
	unit_fails(io_write_file(scratch_path("d"), 0600, "x", 1, &unit_err),
	    EIO_);
	ck_assert_int_eq(access(scratch_path("d/e"), F_OK), 0);
	ck_assert_int_eq(rmdir(scratch_path("d/e")), 0);
	ck_assert_int_eq(rmdir(scratch_path("d")), 0);
	ck_assert_int_eq(rmdir(scratch), 0);
	ck_assert_int_eq(mkdir(scratch, 0700), 0);
}
END_TEST

START_TEST(folders_are_made_with_those_above_and_may_be_there)
{
	struct stat st;

	unit_ok(io_mkdir_p(scratch_path("a/b//c/"), 0700, &unit_err));
	unit_ok(io_mkdir_p(scratch_path("a/b/c"), 0700, &unit_err));
	ck_assert_int_eq(stat(scratch_path("a/b/c"), &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
	wrote("a/file", 0600, "x");
	unit_fails(io_mkdir_p(scratch_path("a/file"), 0700, &unit_err), EIO_);
	unit_fails(io_mkdir_p(scratch_path("a/file/b"), 0700, &unit_err),
	    EIO_);
	unit_fails(io_mkdir_p("", 0700, &unit_err), EIO_);
}
END_TEST

START_TEST(a_tree_is_synced_past_links_that_lead_nowhere)
{
	unit_ok(io_mkdir_p(scratch_path("a/b"), 0700, &unit_err));
	wrote("a/b/f", 0600, "x");
	ck_assert_int_eq(symlink("/nowhere", scratch_path("a/link")), 0);
	unit_ok(io_sync_tree(scratch, &unit_err));
	unit_ok(io_sync_dir(scratch, &unit_err));
	unit_fails(io_sync_tree(scratch_path("none"), &unit_err), EIO_);
	unit_fails(io_sync_dir(scratch_path("a/b/f"), &unit_err), EIO_);
}
END_TEST

START_TEST(a_descriptor_that_takes_nothing_is_an_error)
{
	int fd = open("/dev/null", O_RDONLY);

	ck_assert_int_ge(fd, 0);
	unit_fails(io_write_all(fd, "x", 1, &unit_err), EIO_);
	unit_ok(io_write_all(fd, "", 0, &unit_err));
	close(fd);
}
END_TEST

START_TEST(a_file_without_a_name_is_in_no_folder)
{
	struct stat st;
	int fd = -1;

	unit_ok(io_unnamed(scratch, &fd, &unit_err));
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_nlink, 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	unit_ok(io_write_all(fd, "x", 1, &unit_err));
	close(fd);
	ck_assert_int_eq(rmdir(scratch), 0);
	unit_fails(io_unnamed(scratch, &fd, &unit_err), EIO_);
	ck_assert_int_eq(mkdir(scratch, 0700), 0);
}
END_TEST

UNIT_MAIN("base/io",
	UNIT_SCRATCH
	UNIT(what_is_written_is_read)
	UNIT(a_file_has_the_mode_that_was_asked_for)
	UNIT(a_missing_file_is_not_found)
	UNIT(a_file_over_its_bound_is_refused_whole)
	UNIT(a_write_that_fails_leaves_the_old_file_and_nothing_beside_it)
	UNIT(folders_are_made_with_those_above_and_may_be_there)
	UNIT(a_tree_is_synced_past_links_that_lead_nowhere)
	UNIT(a_descriptor_that_takes_nothing_is_an_error)
	UNIT(a_file_without_a_name_is_in_no_folder))
