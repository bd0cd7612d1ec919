#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "wire/frame.h"

/* A frame by hand: length, id, flags, octets. */
#define FRAME(len, id, flags, text) \
	"\0\0\0" len "\0\0\0" id flags text

static const struct {
	const char	*why;
	const char	*octets;
	size_t		 n;
	enum err_code	 code;	/* OK: more is awaited */
} ODD[] = {
#define O(s)	s, sizeof(s) - 1
	{ "nothing at all is awaited", O(""), OK },
	{ "a head cut short is awaited", O("\0\0\0\x08\0\0\0"), OK },
	{ "a payload cut short is awaited", O(FRAME("\x08", "\1", "\0", "ab")),
	    OK },
	{ "a message whose last frame is to come is awaited",
	    O(FRAME("\x06", "\1", "\1", "a")), OK },
	{ "length 0", O(FRAME("\x00", "\1", "\0", "")), EINPUT },
	{ "length 5 leaves no octet for the message",
	    O(FRAME("\x05", "\1", "\0", "")), EINPUT },
	{ "length 65537 is above the bound",
	    O("\0\1\0\1\0\0\0\1\0"), EINPUT },
	{ "length 2^32-1", O("\xff\xff\xff\xff\0\0\0\1\0"), EINPUT },
	{ "a flag that has no meaning", O(FRAME("\x06", "\1", "\2", "a")),
	    EINPUT },
	{ "all flags", O(FRAME("\x06", "\1", "\xff", "a")), EINPUT },
	{ "a text protocol's first line", O("GET / HTTP/1.1\r\n"), EINPUT },
};

START_TEST(odd_octets_are_awaited_or_refused)
{
	AUTO(frame_reader) *r = NULL;
	struct frame_message m;

	unit_ok(frame_reader_new(100, 100, &r, &unit_err));
	if (ODD[_i].code == OK)
		unit_ok(frame_reader_feed(r, ODD[_i].octets, ODD[_i].n,
		    &unit_err));
	else
		unit_fails(frame_reader_feed(r, ODD[_i].octets, ODD[_i].n,
		    &unit_err), ODD[_i].code);
	ck_assert_msg(!frame_reader_take(r, &m), "%s", ODD[_i].why);
}
END_TEST

/* What a writer makes of some messages, as octets. */
static void
written(const size_t *lens, size_t n, struct blob *ret)
{
	AUTO(frame_writer) *w = NULL;
	int s[2];
	size_t i, k;
	ssize_t got;
	char chunk[65536];

	unit_ok(frame_writer_new(&w, &unit_err));
	for (i = 0; i < n; i++) {
		char *text = malloc(lens[i]);

		for (k = 0; k < lens[i]; k++)
			text[k] = (char)(i + k * 7);
		unit_ok(frame_writer_add(w, (uint32_t)(i + 1), text, lens[i],
		    &unit_err));
		free(text);
	}
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    s), 0);
	do {
		unit_ok(frame_writer_flush(w, s[0], &unit_err));
		while ((got = recv(s[1], chunk, sizeof(chunk), 0)) > 0)
			unit_ok(blob_put(ret, chunk, (size_t)got, &unit_err));
	} while (frame_writer_waiting(w) > 0);
	close(s[0]);
	close(s[1]);
}

static const size_t LENS[] = { 1, 2, 65531, 65532, 65530, 200000, 7 };

static void
expect_all(struct frame_reader *r)
{
	struct frame_message m;
	size_t i, k;

	for (i = 0; i < NELEM(LENS); i++) {
		ck_assert(frame_reader_take(r, &m));
		ck_assert_uint_eq(m.id, i + 1);
		ck_assert_uint_eq(m.octets->len, LENS[i]);
		for (k = 0; k < LENS[i]; k++)
			if ((char)m.octets->data[k] != (char)(i + k * 7))
				ck_abort_msg("octet %zu of message %zu", k, i);
		blob_free(m.octets);
	}
	ck_assert(!frame_reader_take(r, &m));
	ck_assert(frame_reader_idle(r));
}

static const struct {
	const char	*why;
	size_t		 step;
} STEPS[] = {
	{ "octet by octet", 1 }, { "by threes", 3 },
	{ "a head at a time", 9 }, { "a frame and a bit", 65541 },
	{ "all at once", 1 << 20 },
};

START_TEST(messages_survive_however_they_are_cut)
{
	AUTO(frame_reader) *r = NULL;
	AUTO(blob) *all = blob_new();
	size_t at, n;

	written(LENS, NELEM(LENS), all);
	unit_ok(frame_reader_new(FRAME_MESSAGE, FRAME_UNFINISHED, &r,
	    &unit_err));
	for (at = 0; at < all->len; at += n) {
		n = all->len - at < STEPS[_i].step ? all->len - at :
		    STEPS[_i].step;
		unit_ok(frame_reader_feed(r, all->data + at, n, &unit_err));
	}
	expect_all(r);
}
END_TEST

START_TEST(frames_of_several_messages_may_interleave)
{
	static const char OCTETS[] =
	    FRAME("\x06", "\1", "\1", "a") FRAME("\x06", "\2", "\1", "x")
	    FRAME("\x06", "\1", "\1", "b") FRAME("\x07", "\3", "\0", "!!")
	    FRAME("\x06", "\2", "\0", "y") FRAME("\x06", "\1", "\0", "c");
	static const char *const WANT[] = { "!!", "xy", "abc" };
	AUTO(frame_reader) *r = NULL;
	struct frame_message m;
	size_t i;

	unit_ok(frame_reader_new(100, 100, &r, &unit_err));
	unit_ok(frame_reader_feed(r, OCTETS, sizeof(OCTETS) - 1, &unit_err));
	for (i = 0; i < NELEM(WANT); i++) {
		ck_assert(frame_reader_take(r, &m));
		ck_assert_uint_eq(m.id, 3 - i);
		ck_assert_str_eq(blob_str(m.octets), WANT[i]);
		blob_free(m.octets);
	}
	ck_assert(frame_reader_idle(r));
}
END_TEST

START_TEST(the_bounds_hold_before_the_octets_come)
{
	static const char FIRST[] = FRAME("\x0e", "\1", "\1", "123456789");
	AUTO(frame_reader) *one = NULL, *all = NULL, *many = NULL;
	unsigned char more[9] = { 0, 0, 0, 7, 0, 0, 0, 1, 0 };
	int i;

	/* 9 octets of 10 have come; two more are announced. */
	unit_ok(frame_reader_new(10, 100, &one, &unit_err));
	unit_ok(frame_reader_feed(one, FIRST, sizeof(FIRST) - 1, &unit_err));
	unit_fails(frame_reader_feed(one, more, sizeof(more), &unit_err),
	    ETOOBIG);
	/* The same of another message, where all together may have 10. */
	unit_ok(frame_reader_new(100, 10, &all, &unit_err));
	unit_ok(frame_reader_feed(all, FIRST, sizeof(FIRST) - 1, &unit_err));
	more[7] = 2;
	unit_fails(frame_reader_feed(all, more, sizeof(more), &unit_err),
	    ETOOBIG);
	unit_ok(frame_reader_new(100, 1000, &many, &unit_err));
	for (i = 0; i < FRAME_PARTS; i++) {
		unsigned char part[10] = { 0, 0, 0, 6, 0, 0, 0, 0, 1, 'x' };

		part[7] = (unsigned char)i;
		unit_ok(frame_reader_feed(many, part, sizeof(part),
		    &unit_err));
	}
	more[7] = FRAME_PARTS;
	unit_fails(frame_reader_feed(many, more, sizeof(more), &unit_err),
	    ETOOBIG);
}
END_TEST

static const struct {
	const char	*why;
	const char	*octets;
	size_t		 n;
	enum err_code	 code;	/* OK: a message comes */
} ATTACHED[] = {
	{ "an attachment in two frames",
	    O(FRAME("\x06", "\1", "\1", "a") FRAME("\x07", "\1", "\3", "bc")
	    FRAME("\x06", "\1", "\2", "d")), OK },
	{ "nothing but an attachment", O(FRAME("\x06", "\1", "\2", "a")),
	    EINPUT },
	{ "an attachment that begins before the message has",
	    O(FRAME("\x06", "\1", "\3", "a")), EINPUT },
	{ "more of the message behind the attachment",
	    O(FRAME("\x06", "\1", "\1", "a") FRAME("\x06", "\1", "\3", "b")
	    FRAME("\x06", "\1", "\0", "c")), EINPUT },
	{ "a flag that has no meaning", O(FRAME("\x06", "\1", "\4", "a")),
	    EINPUT },
	{ "an attachment above the bound",
	    O(FRAME("\x06", "\1", "\1", "a") FRAME("\x0a", "\1", "\3", "12345")
	    FRAME("\x07", "\1", "\2", "67")), ETOOBIG },
};

START_TEST(an_attachment_comes_behind_its_message)
{
	AUTO(frame_reader) *r = NULL;
	struct frame_store store = { .most = 6 };
	struct frame_message m;

	unit_ok(frame_reader_new(100, 100, &r, &unit_err));
	frame_reader_attach(r, &store);
	if (ATTACHED[_i].code != OK) {
		unit_fails(frame_reader_feed(r, ATTACHED[_i].octets,
		    ATTACHED[_i].n, &unit_err), ATTACHED[_i].code);
		ck_assert_msg(!frame_reader_take(r, &m), "%s",
		    ATTACHED[_i].why);
		frame_reader_free(TAKE(r));
		ck_assert_uint_eq(store.held, 0);
		return;
	}
	unit_ok(frame_reader_feed(r, ATTACHED[_i].octets, ATTACHED[_i].n,
	    &unit_err));
	ck_assert(frame_reader_take(r, &m));
	ck_assert_str_eq(blob_str(m.octets), "a");
	ck_assert_str_eq(blob_str(&m.attached->octets), "bcd");
	ck_assert(!m.crowded);
	ck_assert_uint_eq(store.held, 3);
	blob_free(m.octets);
	frame_attachment_free(m.attached);
	ck_assert_uint_eq(store.held, 0);
}
END_TEST

/* One of 4 octets is held: a second of 3 finds no room in 6, a third of 2 does. */
START_TEST(attachments_share_one_room)
{
	static const char FIRST[] = FRAME("\x06", "\1", "\1", "a")
	    FRAME("\x09", "\1", "\2", "1234");
	static const char SECOND[] = FRAME("\x06", "\2", "\1", "b")
	    FRAME("\x07", "\2", "\3", "12") FRAME("\x06", "\2", "\2", "3");
	static const char THIRD[] = FRAME("\x06", "\3", "\1", "c")
	    FRAME("\x07", "\3", "\2", "12");
	AUTO(frame_reader) *one = NULL, *two = NULL;
	struct frame_store store = { .most = 6 };
	struct frame_message m, held;

	unit_ok(frame_reader_new(100, 100, &one, &unit_err));
	unit_ok(frame_reader_new(100, 100, &two, &unit_err));
	frame_reader_attach(one, &store);
	frame_reader_attach(two, &store);
	unit_ok(frame_reader_feed(one, FIRST, sizeof(FIRST) - 1, &unit_err));
	ck_assert(frame_reader_take(one, &held));
	unit_ok(frame_reader_feed(two, SECOND, sizeof(SECOND) - 1, &unit_err));
	ck_assert(frame_reader_take(two, &m));
	ck_assert(m.crowded && m.attached == NULL);
	blob_free(m.octets);
	ck_assert_uint_eq(store.held, 4);
	unit_ok(frame_reader_feed(two, THIRD, sizeof(THIRD) - 1, &unit_err));
	ck_assert(frame_reader_take(two, &m));
	ck_assert(!m.crowded);
	ck_assert_uint_eq(m.attached->octets.len, 2);
	blob_free(m.octets);
	frame_attachment_free(m.attached);
	blob_free(held.octets);
	frame_attachment_free(held.attached);
	ck_assert_uint_eq(store.held, 0);
}
END_TEST

START_TEST(the_attachment_that_has_been_coming_longest_is_told)
{
	static const char FIRST[] = FRAME("\x06", "\1", "\1", "a")
	    FRAME("\x06", "\2", "\1", "b"), ONE[] = FRAME("\x06", "\2", "\3",
	    "x"), TWO[] = FRAME("\x06", "\1", "\3", "x"), END[] =
	    FRAME("\x06", "\2", "\2", "x");
	AUTO(frame_reader) *r = NULL;
	struct frame_store store = { .most = 6 };
	struct frame_message m;
	uint64_t first;

	unit_ok(frame_reader_new(100, 100, &r, &unit_err));
	frame_reader_attach(r, &store);
	unit_ok(frame_reader_feed(r, FIRST, sizeof(FIRST) - 1, &unit_err));
	ck_assert_uint_eq(frame_reader_attaching(r), 0);
	unit_ok(frame_reader_feed(r, ONE, sizeof(ONE) - 1, &unit_err));
	first = frame_reader_attaching(r);
	ck_assert_uint_ne(first, 0);
	unit_ok(frame_reader_feed(r, TWO, sizeof(TWO) - 1, &unit_err));
	ck_assert_uint_eq(frame_reader_attaching(r), first);
	unit_ok(frame_reader_feed(r, END, sizeof(END) - 1, &unit_err));
	ck_assert_uint_gt(frame_reader_attaching(r), first);
	ck_assert(frame_reader_take(r, &m));
	blob_free(m.octets);
	frame_attachment_free(m.attached);
}
END_TEST

START_TEST(an_attachment_survives_its_way)
{
	AUTO(frame_writer) *w = NULL;
	AUTO(frame_reader) *r = NULL;
	AUTO(blob) *list = blob_new();
	struct frame_store store = { .most = FRAME_ATTACHMENT };
	struct frame_message m;
	size_t n, i;
	bool end = false;
	int s[2];

	for (i = 0; i < 200000; i++)
		unit_ok(blob_put(list, &(char){ (char)(i * 7) }, 1, &unit_err));
	unit_ok(frame_writer_new(&w, &unit_err));
	unit_ok(frame_reader_new(100, 100, &r, &unit_err));
	frame_reader_attach(r, &store);
	unit_fails(frame_writer_add_with(w, 1, "{}", 2, "", 0, &unit_err),
	    ERANGE_);
	unit_fails(frame_writer_add_with(w, 1, "{}", 2, list->data,
	    FRAME_ATTACHMENT + 1, &unit_err), ETOOBIG);
	unit_ok(frame_writer_add_with(w, 1, "{}", 2, list->data, list->len,
	    &unit_err));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    s), 0);
	do {
		unit_ok(frame_writer_flush(w, s[0], &unit_err));
		unit_ok(frame_reader_pull(r, s[1], &n, &end, &unit_err));
	} while (!frame_reader_take(r, &m));
	ck_assert_uint_eq(m.attached->octets.len, list->len);
	ck_assert_mem_eq(m.attached->octets.data, list->data, list->len);
	blob_free(m.octets);
	frame_attachment_free(m.attached);
	close(s[0]);
	close(s[1]);
}
END_TEST

START_TEST(a_writer_refuses_what_a_reader_would)
{
	AUTO(frame_writer) *w = NULL;
	char *big = malloc(FRAME_MESSAGE + 1);

	unit_ok(frame_writer_new(&w, &unit_err));
	unit_fails(frame_writer_add(w, 1, "", 0, &unit_err), ERANGE_);
	memset(big, 0, FRAME_MESSAGE + 1);
	unit_fails(frame_writer_add(w, 1, big, FRAME_MESSAGE + 1, &unit_err),
	    ETOOBIG);
	ck_assert_uint_eq(frame_writer_waiting(w), 0);
	free(big);
}
END_TEST

START_TEST(pull_tells_nothing_yet_from_the_end)
{
	AUTO(frame_reader) *r = NULL;
	int s[2];
	size_t n = 99;
	bool end = true;

	unit_ok(frame_reader_new(100, 100, &r, &unit_err));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    s), 0);
	unit_ok(frame_reader_pull(r, s[1], &n, &end, &unit_err));
	ck_assert(n == 0 && !end);
	ck_assert_int_eq(send(s[0], "\0\0\0\6\0\0\0\1\0a", 10, 0), 10);
	unit_ok(frame_reader_pull(r, s[1], &n, &end, &unit_err));
	ck_assert(n == 10 && !end);
	ck_assert_int_eq(send(s[0], "\0\0", 2, 0), 2);
	unit_ok(frame_reader_pull(r, s[1], &n, &end, &unit_err));
	close(s[0]);
	unit_fails(frame_reader_pull(r, s[1], &n, &end, &unit_err), EIO_);
	close(s[1]);
}
END_TEST

START_TEST(a_writer_survives_a_peer_that_has_gone)
{
	AUTO(frame_writer) *w = NULL;
	int s[2];

	unit_ok(frame_writer_new(&w, &unit_err));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	close(s[1]);
	unit_ok(frame_writer_add(w, 1, "x", 1, &unit_err));
	unit_fails(frame_writer_flush(w, s[0], &unit_err), EIO_);
	close(s[0]);
}
END_TEST

UNIT_MAIN("wire/frame",
	UNIT_ROWS(odd_octets_are_awaited_or_refused, ODD)
	UNIT_ROWS(messages_survive_however_they_are_cut, STEPS)
	UNIT(frames_of_several_messages_may_interleave)
	UNIT(the_bounds_hold_before_the_octets_come)
	UNIT_ROWS(an_attachment_comes_behind_its_message, ATTACHED)
	UNIT(attachments_share_one_room)
	UNIT(the_attachment_that_has_been_coming_longest_is_told)
	UNIT(an_attachment_survives_its_way)
	UNIT(a_writer_refuses_what_a_reader_would)
	UNIT(pull_tells_nothing_yet_from_the_end)
	UNIT(a_writer_survives_a_peer_that_has_gone))
