/*
 * The last approval while a sweep performs the same request: who approved is
 * told when that is over, and not before.
 */
#include "config.h"

#include <stdatomic.h>
#include "flow/hands.h"
#include "tests/fault/house.h"

static atomic_uint told;

static void
tell(void *ctx, const char *request)
{
	if (strcmp(request, last) == 0)
		atomic_fetch_add(&told, 1);
}

/* The last approval, as a connection hands it in that may be answered later. */
static void
approved_aside(void)
{
	vote = house_vote(document, 1, VOTE_APPROVE);
	unit_ok(flow_approve(flow, last, true, true, vote, &answer,
	    &unit_err));
	ck_assert(answer.waiting);
	ck_assert_str_eq(json_str(answer.body, "state", ""), "due");
	answer_done(&answer);
}

static void
told_within(unsigned tenths)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };

	while (atomic_load(&told) == 0 && tenths-- > 0)
		nanosleep(&tenth, NULL);
}

START_TEST(who_approved_waits_for_a_sweep_that_was_first)
{
	changed = tell;
	house_begin();
	open_image("behind", 1, "1");
	house_approve(document, 0);
	unit_ok(hands_on(flow, last, &unit_err));
	approved_aside();
	/* Of the vote itself. */
	atomic_store(&told, 0);
	told_within(5);
	ck_assert_uint_eq(atomic_load(&told), 0);
	hands_off(flow, last);
	told_within(200);
	ck_assert_uint_ge(atomic_load(&told), 1);
	unit_ok(flow_approved(flow, last, &answer, &unit_err));
	ck_assert_str_eq(json_str(answer.body, "state", ""), "done");
	answer_done(&answer);
	house_end();
}
END_TEST

UNIT_MAIN("fault/flow_behind",
	tcase_set_timeout(tc, 120);
	UNIT(who_approved_waits_for_a_sweep_that_was_first))
