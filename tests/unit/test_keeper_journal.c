#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include "base/io.h"
#include "base/json.h"
#include "keeper/journal.h"
#include "keeper/snapshot.h"
#include "tests/unit/scratch.h"

static int wake = -1;

static struct journal *
open_journal(void)
{
	struct journal *j;

	if (wake < 0)
		wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	unit_ok(journal_open(scratch_path("journal"), wake, &j, &unit_err));
	return j;
}

static void
put(struct journal *j, uint64_t jump, const char *word)
{
	struct draft d = { .time = clock_now() };
	struct sha256 charter = sha256_of("law", 3);
	struct blob line = { 0 };
	struct journal_at at;

	unit_ok(draft_hash(&d, DRAFT_CHARTER, &charter, &unit_err));
	unit_ok(draft_word(&d, DRAFT_OP, jump != 0 ? "restore" :
	    "generate-failed", &unit_err));
	unit_ok(draft_raw(&d, DRAFT_RESULT, "{}", 2, &unit_err));
	unit_ok(draft_word(&d, DRAFT_REQUEST, word, &unit_err));
	unit_ok(journal_append(j, &d, jump, &line, &at, &unit_err));
	draft_done(&d);
	blob_done(&line);
}

static void
settle(struct journal *j)
{
	struct pollfd p = { .fd = wake, .events = POLLIN };
	uint64_t n, count;

	while (journal_durable(j, &n, &unit_err) &&
	    n < journal_head(j)->head.n) {
		ck_assert_int_ge(poll(&p, 1, 10000), 1);
		ck_assert_int_eq((int)read(wake, &count, sizeof(count)),
		    (int)sizeof(count));
	}
}

struct seen {
	struct entry_head head;
	time_us		 last;
	struct journal_at at;
	unsigned	 n;
};

static int
see(void *ctx, const void *p, size_t n, const struct journal_at *before,
    const struct journal_at *after, struct err *err)
{
	struct seen *s = ctx;
	AUTO(entry) *e = NULL;

	(void)before;
	TRY(entry_read(p, n, &e, err));
	TRY(entry_check_next(e, &s->head, &s->last, err));
	s->at = *after;
	s->at.head = s->head;
	s->at.time = e->time;
	s->n++;
	return 0;
}

/* Open, read, and go on. */
static struct journal *
reopen(struct seen *s)
{
	struct journal *j = open_journal();

	*s = (struct seen){ 0 };
	unit_ok(journal_replay(j, NULL, see, s, &unit_err));
	journal_set_head(j, &s->at);
	unit_ok(journal_start(j, &unit_err));
	return j;
}

START_TEST(what_was_appended_is_read_again_as_one_chain)
{
	struct seen s;
	struct journal *j = reopen(&s);

	ck_assert_uint_eq(s.n, 0);
	for (int i = 0; i < 100; i++)
		put(j, 0, "req");
	settle(j);
	journal_free(j);
	j = reopen(&s);
	ck_assert_uint_eq(s.n, 100);
	put(j, 0, "req");
	settle(j);
	journal_free(j);
	j = reopen(&s);
	ck_assert_uint_eq(s.head.n, 101);
	journal_free(j);
}
END_TEST

/* Its event would fit into no ledger: nobody could ever go on behind it. */
START_TEST(an_entry_that_no_event_can_hold_is_not_made)
{
	struct seen s;
	struct journal *j = reopen(&s);
	struct draft d = { .time = 1 };
	struct blob line = { 0 }, long_one = { 0 };
	struct journal_at at;

	unit_ok(blob_put(&long_one, "[\"", 2, &unit_err));
	while (long_one.len < ENTRY_MADE)
		unit_ok(blob_puts(&long_one, "0123456789abcdef", &unit_err));
	unit_ok(blob_put(&long_one, "\"]", 2, &unit_err));
	unit_ok(draft_word(&d, DRAFT_OP, "sign", &unit_err));
	unit_ok(draft_raw(&d, DRAFT_RESULT, long_one.data, long_one.len,
	    &unit_err));
	unit_fails(journal_append(j, &d, 0, &line, &at, &unit_err), ETOOBIG);
	draft_done(&d);
	blob_done(&line);
	blob_done(&long_one);
	put(j, 0, "req");
	settle(j);
	journal_free(j);
	j = reopen(&s);
	ck_assert_uint_eq(s.n, 1);
	journal_free(j);
}
END_TEST

START_TEST(those_that_come_together_share_an_fsync)
{
	struct seen s;
	struct journal *j = reopen(&s);
	uint64_t syncs, entries;

	for (int i = 0; i < 1000; i++)
		put(j, 0, "req");
	settle(j);
	journal_stats(j, &syncs, &entries);
	ck_assert_uint_eq(entries, 1000);
	ck_assert_uint_lt(syncs, 900);
	journal_free(j);
}
END_TEST

START_TEST(a_segment_ends_and_the_next_goes_on)
{
	struct seen s;
	struct journal *j = reopen(&s);
	char name[600];
	struct stat st;

	for (int i = 0; i < JOURNAL_SEGMENT + 10; i++)
		put(j, 0, "req");
	settle(j);
	journal_free(j);
	snprintf(name, sizeof(name), "%s/%016d.jsonl", scratch_path("journal"),
	    JOURNAL_SEGMENT + 1);
	ck_assert_int_eq(stat(name, &st), 0);
	j = reopen(&s);
	ck_assert_uint_eq(s.n, JOURNAL_SEGMENT + 10);
	journal_free(j);
}
END_TEST

START_TEST(a_cut_line_is_taken_away)
{
	struct seen s;
	struct journal *j = reopen(&s);
	char name[600];
	int fd;

	for (int i = 0; i < 10; i++)
		put(j, 0, "req");
	settle(j);
	journal_free(j);
	snprintf(name, sizeof(name), "%s/%016d.jsonl", scratch_path("journal"), 1);
	fd = open(name, O_WRONLY | O_APPEND);
	ck_assert_int_eq((int)write(fd, "{\"charter\":", 11), 11);
	close(fd);
	j = reopen(&s);
	ck_assert_uint_eq(s.n, 10);
	put(j, 0, "req");
	settle(j);
	journal_free(j);
	j = reopen(&s);
	ck_assert_uint_eq(s.n, 11);
	journal_free(j);
}
END_TEST

static off_t
octets_of(const char *segment)
{
	struct stat st;

	ck_assert_int_eq(stat(segment, &st), 0);
	return st.st_size;
}

START_TEST(zeros_that_lie_ahead_of_the_lines_are_room)
{
	struct seen s;
	struct journal *j = reopen(&s), *killed;
	char name[600];

	for (int i = 0; i < 10; i++)
		put(j, 0, "req");
	settle(j);
	snprintf(name, sizeof(name), "%s/%016d.jsonl", scratch_path("journal"), 1);
	ck_assert_int_ge(octets_of(name), JOURNAL_ROOM_OCTETS);
	/* As one that was killed leaves it. */
	killed = open_journal();
	s = (struct seen){ 0 };
	unit_ok(journal_replay(killed, NULL, see, &s, &unit_err));
	ck_assert_uint_eq(s.n, 10);
	journal_free(killed);
	journal_free(j);
	/* As one that ended does. */
	ck_assert_int_eq(octets_of(name), (off_t)s.at.offset);
}
END_TEST

/* Whoever looks at what is mapped there, and is taken back, is ended by it. */
START_TEST(an_earlier_segment_is_read_while_the_next_begins)
{
	struct seen s;
	struct journal *j = reopen(&s);
	struct blob line = { 0 };
	char name[600];

	put(j, 0, "req");
	settle(j);
	for (int round = 0; round < 20; round++) {
		struct journal_at before = *journal_head(j);

		put(j, before.head.n + 100, "req");
		for (int i = 0; i < 20; i++) {
			blob_clear(&line);
			unit_ok(journal_at_line(j, before.segment, 0, &line,
			    &unit_err));
		}
		settle(j);
		snprintf(name, sizeof(name), "%s/%016d.jsonl",
		    scratch_path("journal"), (int)journal_head(j)->segment);
		ck_assert_int_ge(octets_of(name), JOURNAL_ROOM_OCTETS);
	}
	blob_done(&line);
	journal_free(j);
	j = reopen(&s);
	ck_assert_uint_eq(s.n, 21);
	journal_free(j);
}
END_TEST

START_TEST(room_that_stayed_behind_an_earlier_segment_is_none_of_its_lines)
{
	struct seen s;
	struct journal *j = reopen(&s);
	char name[600];

	off_t lines;

	put(j, 0, "req");
	lines = (off_t)journal_head(j)->offset;
	put(j, 1000, "req");
	settle(j);
	journal_free(j);
	snprintf(name, sizeof(name), "%s/%016d.jsonl", scratch_path("journal"), 1);
	ck_assert_int_ge(octets_of(name), lines + JOURNAL_ROOM_OCTETS);
	j = reopen(&s);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_uint_eq(s.head.n, 1000);
	journal_free(j);
	/* But none within them. */
	ck_assert_int_eq(truncate(name, lines - 1), 0);
	ck_assert_int_eq(truncate(name, lines + 5000), 0);
	j = open_journal();
	s = (struct seen){ 0 };
	unit_fails(journal_replay(j, NULL, see, &s, &unit_err), EVERIFY);
	journal_free(j);
}
END_TEST

/* A sector that was lost in the middle: what is behind it was durable once. */
START_TEST(whole_lines_behind_one_that_is_cut_are_kept_aside)
{
	struct seen s;
	struct journal *j = reopen(&s);
	struct blob all = { 0 }, aside = { 0 };
	char name[600], cut[700];
	size_t third;

	put(j, 0, "req");
	put(j, 0, "req");
	third = journal_head(j)->offset;
	put(j, 0, "req");
	put(j, 0, "req");
	settle(j);
	journal_free(j);
	snprintf(name, sizeof(name), "%s/%016d.jsonl", scratch_path("journal"), 1);
	unit_ok(io_read_file(name, 1 << 20, &all, &unit_err));
	all.data[third + 10] = '\0';
	unit_ok(io_write_file(name, 0600, all.data, all.len, &unit_err));
	j = reopen(&s);
	ck_assert_uint_eq(s.n, 2);
	journal_free(j);
	snprintf(cut, sizeof(cut), "%s.%zu.cut", name, third);
	unit_ok(io_read_file(cut, 1 << 20, &aside, &unit_err));
	ck_assert_uint_eq(aside.len, all.len - third);
	ck_assert_mem_eq(aside.data, all.data + third, aside.len);
	blob_done(&all);
	blob_done(&aside);
}
END_TEST

START_TEST(a_changed_octet_breaks_the_chain)
{
	struct seen s = { 0 };
	struct journal *j = reopen(&s);
	struct blob all = { 0 };
	char name[600];
	char *p;

	for (int i = 0; i < 10; i++)
		put(j, 0, "req_a");
	settle(j);
	journal_free(j);
	snprintf(name, sizeof(name), "%s/%016d.jsonl", scratch_path("journal"), 1);
	unit_ok(io_read_file(name, 1 << 20, &all, &unit_err));
	p = strstr((char *)all.data, "req_a");
	p[4] = 'b';
	unit_ok(io_write_file(name, 0600, all.data, all.len, &unit_err));
	blob_done(&all);
	j = open_journal();
	s = (struct seen){ 0 };
	unit_fails(journal_replay(j, NULL, see, &s, &unit_err), EVERIFY);
	journal_free(j);
}
END_TEST

START_TEST(a_stretch_is_read_by_number_across_segments_and_holes)
{
	struct seen s;
	struct journal *j = reopen(&s);
	struct blob b = { 0 };
	json_t *all;

	for (int i = 0; i < 5; i++)
		put(j, 0, "req");
	put(j, 1000, "req");
	put(j, 0, "req");
	settle(j);
	unit_ok(journal_tail(j, 4, 100, 1 << 20, &b, &unit_err));
	unit_ok(json_read(b.data, b.len, &all, &unit_err));
	ck_assert_uint_eq(json_array_size(all), 4);
	ck_assert_int_eq(json_int(json_array_get(all, 1), "n", 0), 5);
	ck_assert_int_eq(json_int(json_array_get(all, 2), "n", 0), 1000);
	ck_assert_int_eq(json_int(json_array_get(all, 3), "n", 0), 1001);
	json_decref(all);
	blob_clear(&b);
	unit_ok(journal_tail(j, 1002, 100, 1 << 20, &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), "[]");
	blob_done(&b);
	journal_free(j);
	j = reopen(&s);
	ck_assert_uint_eq(s.head.n, 1001);
	journal_free(j);
}
END_TEST

START_TEST(one_entry_is_found_by_its_place)
{
	struct seen s;
	struct journal *j = reopen(&s);
	struct journal_at before;
	struct blob line = { 0 };
	AUTO(entry) *e = NULL;

	put(j, 0, "req_a");
	before = *journal_head(j);
	put(j, 0, "req_b");
	settle(j);
	unit_ok(journal_at_line(j, before.segment, before.offset, &line, &unit_err));
	unit_ok(entry_read(line.data, line.len, &e, &unit_err));
	ck_assert_uint_eq(e->n, 2);
	ck_assert_str_eq(e->request, "req_b");
	blob_done(&line);
	journal_free(j);
}
END_TEST

START_TEST(a_disk_that_takes_no_more_loses_nothing_that_was_promised)
{
	struct seen s;
	struct journal *j = reopen(&s);
	uint64_t durable;
	char name[600];

	put(j, 0, "req");
	settle(j);
	/* The segment's folder is gone: the next segment cannot be made. */
	snprintf(name, sizeof(name), "%s.away", scratch_path("journal"));
	ck_assert_int_eq(rename(scratch_path("journal"), name), 0);
	put(j, 1000, "req");
	settle(j);
	ck_assert(!journal_durable(j, &durable, &unit_err));
	ck_assert_uint_eq(durable, 1);
	ck_assert_int_eq(rename(name, scratch_path("journal")), 0);
	unit_ok(journal_recover(j, &unit_err));
	put(j, 0, "req");
	settle(j);
	ck_assert(journal_durable(j, &durable, &unit_err));
	ck_assert_uint_eq(durable, 2);
	journal_free(j);
	j = reopen(&s);
	ck_assert_uint_eq(s.n, 2);
	journal_free(j);
}
END_TEST

/* Its counts are not what this keeper would have counted. */
START_TEST(an_earlier_keepers_snapshot_is_none)
{
	static const char text[] = "{\"format\":\"claviger/snapshot/v1\"}";
	struct keeper k = { .folder = scratch };
	struct sha256 hash = sha256_of(text, strlen(text));
	char hex[SHA256_HEX], name[100];
	struct journal_at at = { .segment = 7 };

	sha256_hex(&hash, hex);
	snprintf(name, sizeof(name), "snapshot-%s.json", hex);
	unit_ok(io_write_file(scratch_path(name), 0600, text, strlen(text),
	    &unit_err));
	unit_fails(snapshot_load(&k, &hash, &at, &unit_err), ENOENT_);
	ck_assert_uint_eq(at.segment, 7);
	ck_assert_uint_eq(k.snapshot_n, 0);
}
END_TEST

UNIT_MAIN("keeper/journal",
	UNIT_SCRATCH
	UNIT(an_earlier_keepers_snapshot_is_none)
	UNIT(what_was_appended_is_read_again_as_one_chain)
	UNIT(an_entry_that_no_event_can_hold_is_not_made)
	UNIT(those_that_come_together_share_an_fsync)
	UNIT(a_segment_ends_and_the_next_goes_on)
	UNIT(a_cut_line_is_taken_away)
	UNIT(zeros_that_lie_ahead_of_the_lines_are_room)
	UNIT(an_earlier_segment_is_read_while_the_next_begins)
	UNIT(room_that_stayed_behind_an_earlier_segment_is_none_of_its_lines)
	UNIT(whole_lines_behind_one_that_is_cut_are_kept_aside)
	UNIT(a_changed_octet_breaks_the_chain)
	UNIT(a_stretch_is_read_by_number_across_segments_and_holes)
	UNIT(one_entry_is_found_by_its_place)
	UNIT(a_disk_that_takes_no_more_loses_nothing_that_was_promised))
