/*
 * What is attached to messages of all connections shares one room: how much,
 * and how long.
 */
#include "config.h"

#include <sys/socket.h>
#include "tests/keeper/hostile.h"
#include "wire/frame.h"

/* One frame by hand. */
static void
raw_frame(uint32_t id, unsigned flags, const void *p, size_t n)
{
	unsigned char head[FRAME_LENGTH + FRAME_REST] = {
		(unsigned char)((n + FRAME_REST) >> 24),
		(unsigned char)((n + FRAME_REST) >> 16),
		(unsigned char)((n + FRAME_REST) >> 8),
		(unsigned char)(n + FRAME_REST), 0, 0, 0, (unsigned char)id,
		(unsigned char)flags };
	struct blob b = { 0 };
	ssize_t put;

	unit_ok(blob_put(&b, head, sizeof(head), &unit_err));
	unit_ok(blob_put(&b, p, n, &unit_err));
	for (size_t at = 0; at < b.len; at += (size_t)put) {
		put = send(rig.fd, b.data + at, b.len - at, MSG_NOSIGNAL);
		if (put < 0)
			break;		/* the keeper has hung up: seen by who reads */
	}
	blob_done(&b);
}

static void
raw_attached(uint32_t id, size_t frames, bool last)
{
	static const unsigned char octets[FRAME_PAYLOAD];

	raw_frame(id, FRAME_MORE, "{\"do\":\"hello\"}", 14);
	for (size_t i = 1; i <= frames; i++)
		raw_frame(id, FRAME_ATTACHED | (last && i == frames ? 0 :
		    FRAME_MORE), octets, sizeof(octets));
}

static void
raw_answer(uint32_t want, const char *code)
{
	json_t *answer;
	uint32_t id = 0;

	answer = rig_next(&id);
	ck_assert_ptr_nonnull(answer);
	ck_assert_uint_eq(id, want);
	ck_assert_str_eq(json_str(answer, "code", ""), code);
	json_decref(answer);
}

/* 640 frames are 42 MB and 128 more are 50.3: the last of them finds no room. */
START_TEST(all_that_is_attached_has_one_bound)
{
	rig_setup();
	raw_attached(1, 640, false);
	raw_attached(2, 129, true);
	raw_answer(2, "busy");
	raw_attached(3, 128, true);
	raw_answer(3, "malformed");
	raw_frame(1, FRAME_ATTACHED, "x", 1);
	raw_answer(1, "malformed");
	raw_attached(4, 769, true);
	ck_assert_ptr_null(rig_next(NULL));
}
END_TEST

/* Its room is there for others then; one that takes its time is waited for. */
START_TEST(whoever_attaches_too_slowly_is_hung_up_on)
{
	time_us began;

	rig_setup();
	raw_attached(1, 640, false);
	usleep(2000000);
	raw_frame(1, FRAME_ATTACHED, "x", 1);
	raw_answer(1, "malformed");
	began = clock_mono();
	raw_attached(2, 640, false);
	for (int i = 0; i < 4; i++) {
		usleep(2000000);
		raw_frame(2, FRAME_ATTACHED | FRAME_MORE, "x", 1);
	}
	ck_assert_ptr_null(rig_next(NULL));
	ck_assert_int_ge(clock_mono() - began, TIME_S(9));
	ck_assert_int_le(clock_mono() - began, TIME_S(40));
	rig_disconnect();
	ck_assert(rig_connect());
	raw_attached(3, 768, true);
	raw_answer(3, "malformed");
}
END_TEST

UNIT_MAIN("keeper/attached",
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, rig_teardown);
	UNIT(all_that_is_attached_has_one_bound)
	UNIT(whoever_attaches_too_slowly_is_hung_up_on))
