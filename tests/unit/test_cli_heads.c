/* Where a keeper's folder stands, whatever a kill left at its journal's end. */
#include "config.h"

#include "base/io.h"
#include "cli/heads.h"
#include "tests/unit/scratch.h"
#include "wire/entry.h"

#define FIRST	"journal/0000000000000001.jsonl"
#define SECOND	"journal/0000000000000003.jsonl"
#define THIRD	"journal/0000000000000004.jsonl"

static struct blob line[3];	/* of entries 1 to 3, with their ends */
static const char ZEROS[4096];

static void
begin(void)
{
	struct sha256 charter = sha256_of("charter", 7);
	struct entry_head head = { 0 };

	for (size_t i = 0; i < NELEM(line); i++) {
		AUTO(entry) *e = NULL;

		unit_ok(entry_make(&head, TIME_S(1), ENTRY_STATE, &charter,
		    json_pack("{s:{s:s}, s:{}}", "operation", "state",
		    "active", "result"), &e, &unit_err));
		unit_ok(entry_line(e, &line[i], &unit_err));
		unit_ok(blob_puts(&line[i], "\n", &unit_err));
		unit_ok(entry_check_next(e, &head, NULL, &unit_err));
	}
	unit_ok(io_mkdir_p(scratch_path("journal"), 0700, &unit_err));
}

static void
end(void)
{
	for (size_t i = 0; i < NELEM(line); i++)
		blob_done(&line[i]);
}

static void
add(const char *name, const void *p, size_t n)
{
	FILE *f = fopen(scratch_path(name), "a");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(p, 1, n, f), n);
	fclose(f);
}

static void
entry(const char *name, unsigned n)
{
	add(name, line[n - 1].data, line[n - 1].len);
}

/* ---- what is behind entry 2, in the segment that entry 3 would begin ---- */

static void
nothing(void)
{
}

static void
room(void)
{
	add(FIRST, ZEROS, sizeof(ZEROS));
}

static void
empty(void)
{
	add(SECOND, "", 0);
}

static void
zeros(void)
{
	add(SECOND, ZEROS, sizeof(ZEROS));
}

static void
half(void)
{
	add(SECOND, line[2].data, line[2].len / 2);
}

static void
behind_zeros(void)
{
	add(SECOND, ZEROS, 100);
	add(SECOND, line[2].data + 100, line[2].len - 100);
}

static void
two_empty(void)
{
	empty();
	add(THIRD, ZEROS, sizeof(ZEROS));
}

static void
not_a_segment(void)
{
	add(FIRST ".160.cut", "cut\n", 4);
	add("journal/9.jsonl", "9\n", 2);
}

static void
third(void)
{
	entry(SECOND, 3);
}

static void
torn(void)
{
	third();
	add(SECOND, "{\"op\":", 6);
	add(SECOND, ZEROS, 100);
	add(SECOND, "\"}\n", 3);
}

static void
torn_and_more(void)
{
	third();
	add(SECOND, "\0\n", 2);
	entry(SECOND, 2);
}

static void
third_then_empty(void)
{
	third();
	zeros();
	add(THIRD, "", 0);
}

static const struct {
	const char	*why;
	void		(*left)(void);
	int64_t		 n;
} ROWS[] = {
	{ "as it was stopped", nothing, 2 },
	{ "zeros are room", room, 2 },
	{ "killed before a segment's first octet", empty, 2 },
	{ "killed before its first line", zeros, 2 },
	{ "killed within its first line", half, 2 },
	{ "a block of the first line never reached the disk", behind_zeros, 2 },
	{ "as often as it may be", two_empty, 2 },
	{ "the keeper would not read it", not_a_segment, 2 },
	{ "the newest segment's last", third, 3 },
	{ "a block of a later line never reached the disk", torn, 3 },
	{ "what follows such a line does not count", torn_and_more, 3 },
	{ "the one before is read whole", third_then_empty, 3 },
};

START_TEST(the_last_entry_is_the_one_that_the_keeper_takes)
{
	struct heads h;
	struct sha256 want;

	begin();
	entry(FIRST, 1);
	entry(FIRST, 2);
	ROWS[_i].left();
	ck_assert_msg(heads_read(scratch, &h, &unit_err) == 0, "%s: %s",
	    ROWS[_i].why, unit_err.what);
	ck_assert_msg(h.there && h.n == ROWS[_i].n, "%s", ROWS[_i].why);
	want = sha256_of(line[h.n - 1].data, line[h.n - 1].len - 1);
	ck_assert_mem_eq(&h.hash, &want, sizeof(want));
	end();
}
END_TEST

START_TEST(without_any_line_there_is_no_last)
{
	struct heads h;

	unit_ok(heads_read(scratch, &h, &unit_err));
	ck_assert(!h.there);
	begin();
	unit_ok(heads_read(scratch, &h, &unit_err));
	ck_assert(!h.there);
	empty();
	unit_fails(heads_read(scratch, &h, &unit_err), EINPUT);
	zeros();
	unit_fails(heads_read(scratch, &h, &unit_err), EINPUT);
	end();
}
END_TEST

START_TEST(an_empty_line_is_no_room)
{
	struct heads h;

	begin();
	entry(FIRST, 1);
	add(SECOND, "\n", 1);
	unit_fails(heads_read(scratch, &h, &unit_err), EINPUT);
	end();
}
END_TEST

/* That is no kill's: the one before was whole when the newest was begun. */
START_TEST(only_the_newest_segment_may_end_within_a_line)
{
	struct heads h;

	begin();
	entry(FIRST, 1);
	add(FIRST, line[1].data, line[1].len / 2);
	empty();
	unit_fails(heads_read(scratch, &h, &unit_err), EINPUT);
	end();
}
END_TEST

UNIT_MAIN("cli_heads", UNIT_SCRATCH
	UNIT_ROWS(the_last_entry_is_the_one_that_the_keeper_takes, ROWS)
	UNIT(without_any_line_there_is_no_last)
	UNIT(an_empty_line_is_no_room)
	UNIT(only_the_newest_segment_may_end_within_a_line))
