#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/blob.h"
#include "base/io.h"
#include "base/log.h"
#include "tests/unit/scratch.h"

static struct blob said;
static int before = -1;

static void
listen_(void)
{
	int fd;

	scratch_make();
	fd = open(scratch_path("log"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	before = dup(STDERR_FILENO);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
}

static void
hush(void)
{
	dup2(before, STDERR_FILENO);
	close(before);
	blob_done(&said);
	scratch_clean();
}

static const char *
heard(void)
{
	blob_clear(&said);
	unit_ok(io_read_file(scratch_path("log"), 65536, &said, &unit_err));
	return blob_str(&said);
}

START_TEST(a_happening_is_one_line)
{
	unsetenv("JOURNAL_STREAM");
	log_open("clavigerd", LOG_INFO);
	log_line(LOG_NOTE, "started workers=%d", 4);
	ck_assert_str_eq(heard(), "clavigerd: notice started workers=4\n");
}
END_TEST

START_TEST(nobody_can_forge_a_line)
{
	log_open("clavigerd", LOG_INFO);
	log_line(LOG_WARN, "name=%s", "x\nclavigerd: notice all is well\x1b");
	ck_assert_str_eq(heard(),
	    "clavigerd: warning name=x clavigerd: notice all is well \n");
}
END_TEST

START_TEST(what_is_below_the_level_is_not_said)
{
	log_open("clavigerd", LOG_WARN);
	log_line(LOG_NOTE, "quiet");
	log_line(LOG_ERROR, "loud");
	ck_assert_str_eq(heard(), "clavigerd: error loud\n");
}
END_TEST

START_TEST(the_journal_is_told_the_level)
{
	struct stat st;
	char text[64];

	ck_assert_int_eq(fstat(STDERR_FILENO, &st), 0);
	snprintf(text, sizeof(text), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", text, 1);
	log_open("clavigerd", LOG_INFO);
	log_line(LOG_WARN, "x");
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_open("clavigerd", LOG_INFO);
	log_line(LOG_WARN, "y");
	ck_assert_str_eq(heard(), "<4>warning x\nclavigerd: warning y\n");
}
END_TEST

START_TEST(an_error_is_said_with_sentence_detail_and_place)
{
	struct err e;

	log_open("clavigerd", LOG_INFO);
	memset(&e, 0, sizeof(e));
	(void)err_set_at(&e, ENOKEY, "a.c:1", "gw2");
	log_err(LOG_ERROR, "signing", &e);
	ck_assert_str_eq(heard(), "clavigerd: error signing: "
	    "there is no such key (gw2) at a.c:1\n");
}
END_TEST

START_TEST(a_long_line_is_cut_and_still_ends)
{
	log_open("clavigerd", LOG_INFO);
	log_line(LOG_INFO, "%05000d", 7);
	heard();
	ck_assert_uint_eq(said.len, 2048);
	ck_assert_int_eq(said.data[2047], '\n');
}
END_TEST

UNIT_MAIN("base/log",
	tcase_add_checked_fixture(tc, listen_, hush);
	UNIT(a_happening_is_one_line)
	UNIT(nobody_can_forge_a_line)
	UNIT(what_is_below_the_level_is_not_said)
	UNIT(the_journal_is_told_the_level)
	UNIT(an_error_is_said_with_sentence_detail_and_place)
	UNIT(a_long_line_is_cut_and_still_ends))
