#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include "wire/remembered.h"

#define H1 "1111111111111111111111111111111111111111111111111111111111111111"
#define H63 "111111111111111111111111111111111111111111111111111111111111111"
#define REST "\"format\":\"claviger/remembered/v1\",\"hash\":\"" H1 "\",\"n\":"

static const struct {
	const char	*why;
	const char	*text;
	enum err_code	 code;
} ROWS[] = {
	{ "as it is written", "{\"charter\":\"" H1 "\"," REST "1}", OK },
	{ "entries count from 1", "{\"charter\":\"" H1 "\"," REST "0}", ERANGE_ },
	{ "nor end they before 2^53", "{\"charter\":\"" H1 "\"," REST "9007199254740991}", OK },
	{ "a name that nobody knows", "{\"also\":1,\"charter\":\"" H1 "\"," REST "1}", ESCHEMA },
	{ "a hash of another length", "{\"charter\":\"11\"," REST "1}", ERANGE_ },
	{ "a hash that is none", "{\"charter\":\"x" H63 "\"," REST "1}", ESCHEMA },
	{ "no charter", "{" REST "1}", ESCHEMA },
	{ "another format", "{\"charter\":\"" H1 "\",\"format\":\"x\"}", ESCHEMA },
	{ "a second spelling", "{ \"charter\":\"" H1 "\"," REST "1}", EINPUT },
	{ "nothing in it", "", EINPUT },
};

START_TEST(one_spelling_is_read)
{
	struct remembered r = { .there = false };
	int rc;

	unit_ok(io_write_file(scratch_path("remembered.json"), 0600,
	    ROWS[_i].text, strlen(ROWS[_i].text), &unit_err));
	rc = remembered_read(scratch, &r, &unit_err);
	ck_assert_msg(rc == -(int)ROWS[_i].code, "%s: %d", ROWS[_i].why, rc);
	ck_assert_int_eq(r.there, rc == 0);
}
END_TEST

START_TEST(what_is_written_is_read_until_it_is_removed)
{
	struct remembered out = { .there = true, .head = { .n = 20011,
	    .hash = sha256_of("h", 1) }, .charter = sha256_of("c", 1) }, in;
	struct stat st;

	unit_ok(remembered_read(scratch, &in, &unit_err));
	ck_assert(!in.there);
	unit_ok(remembered_write(scratch, &out, &unit_err));
	ck_assert_int_eq(stat(scratch_path("remembered.json"), &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	unit_ok(remembered_read(scratch, &in, &unit_err));
	ck_assert(in.there && in.head.n == 20011 &&
	    sha256_equal(&in.head.hash, &out.head.hash) &&
	    sha256_equal(&in.charter, &out.charter));
	unit_ok(remembered_remove(scratch, &unit_err));
	unit_ok(remembered_remove(scratch, &unit_err));
	unit_ok(remembered_read(scratch, &in, &unit_err));
	ck_assert(!in.there);
	unit_fails(remembered_write(scratch_path("none"), &out, &unit_err),
	    EIO_);
}
END_TEST

UNIT_MAIN("wire/remembered",
	UNIT_SCRATCH
	UNIT_ROWS(one_spelling_is_read, ROWS)
	UNIT(what_is_written_is_read_until_it_is_removed))
