/*
 * The pipeline with no memory left at any moment, before a real keeper and token:
 * nobody is answered without an event, all is done once, and who asks again gets it.
 */
#include "config.h"

#include "tests/fault/libraries.h"
#include "tests/fault/steps.h"

/* ---- a use without approvals */

static int
run_sign(unsigned n, struct err *err)
{
	return asked("key.sign", "ci", DEV, "sign", n, OK, err);
}

static void
after_sign(unsigned n)
{
	ck_assert_uint_eq(house_made("key.signed"), 1);
	ck_assert_uint_eq(house_made("request.denied"), 0);
}

/* ---- a refusal */

static int
run_denied(unsigned n, struct err *err)
{
	return asked("key.sign", "officer-1", DEV, "denied", n, EDENIED, err);
}

static void
after_denied(unsigned n)
{
	ck_assert_uint_ge(house_made("request.denied"), 1);
	ck_assert_uint_eq(house_made("key.signed"), 0);
}

/* ---- preparing, and what waits */

static void
before_prepare(unsigned n)
{
	before_sign(n);
	json_object_set_new(body, "prepare", json_true());
}

static int
run_prepare(unsigned n, struct err *err)
{
	return asked("key.sign", "ci", KEY, "prepare", n, OK, err);
}

static void
nothing_made(unsigned n)
{
	ck_assert_uint_eq(house_events(), began);
}

static void
before_wait(unsigned n)
{
	step_clear();
	body = image("image", n, "1");
}

static int
run_wait(unsigned n, struct err *err)
{
	return asked("key.sign", "ci", KEY, "wait", n, EQUORUM, err);
}

static void
after_wait(unsigned n)
{
	ck_assert_uint_eq(house_made("request.opened"), 1);
	/* A proof that could not be verified was refused, and is recorded. */
	ck_assert_uint_eq(house_events(), began + 1 +
	    house_made("request.denied"));
	ck_assert_uint_le(house_made("request.denied"), 1);
}

/* A person's request, prepared, signed and handed in. */
static void
before_handed_in(unsigned n)
{
	step_clear();
	body = house_prepared("key.destroy", "release-lead", DEV,
	    json_object());
}

static int
run_handed_in(unsigned n, struct err *err)
{
	int rc;

	if ((rc = asked("key.destroy", "release-lead", DEV, "", n, EQUORUM,
	    err)) != -(int)ECONFLICT)
		return rc;
	/* Without a key of its own, asking again is told that it was taken. */
	return house_made("request.opened") == 1 ? 0 : rc;
}

/* ---- approvals */

static void
before_approve(unsigned n)
{
	open_image("approved", n, "2");
	vote = house_vote(document, 0, VOTE_APPROVE);
}

static int
run_approve(unsigned n, struct err *err)
{
	return hand_in(true, "waiting", err);
}

static void
after_approve(unsigned n)
{
	ck_assert_uint_eq(house_made("request.approved"), 1);
	ck_assert_uint_eq(house_events(), began + 1);
}

static void
before_reject(unsigned n)
{
	open_image("rejected", n, "2");
	vote = house_vote(document, 0, VOTE_REJECT);
}

static int
run_reject(unsigned n, struct err *err)
{
	int rc = hand_in(false, "rejected", err);

	/* What was rejected takes no further vote. */
	return rc == -(int)ECONFLICT && house_made("request.rejected") == 1 ?
	    0 : rc;
}

static void
after_reject(unsigned n)
{
	ck_assert_uint_eq(house_made("request.rejected"), 1);
}

static void
before_due(unsigned n)
{
	open_image("due", n, "3");
	house_approve(document, 0);
	vote = house_vote(document, 1, VOTE_APPROVE);
}

static void
after_due(unsigned n)
{
	ck_assert_uint_eq(house_made("request.approved"), 1);
	ck_assert_uint_eq(house_made("key.signed"), 1);
}

static void
before_cancel(unsigned n)
{
	open_image("cancelled", n, "2");
	nothing_asked(n);
}

static int
run_cancel(unsigned n, struct err *err)
{
	struct caller ci = house_person("ci");
	json_t *view = NULL;
	int rc = flow_cancel(flow, &ci, last, body, &view, err);

	fault_holds((rc == 0) == (view != NULL));
	json_decref(view);
	return rc == -(int)ECONFLICT && house_made("request.cancelled") == 1 ?
	    0 : rc;
}

static void
after_cancel(unsigned n)
{
	ck_assert_uint_eq(house_made("request.cancelled"), 1);
}

static const struct step STEPS[] = {
	{ "preparing", before_prepare, run_prepare, nothing_made, 0 },
	{ "what waits", before_wait, run_wait, after_wait, 80 },
	{ "what a person hands in", before_handed_in, run_handed_in,
	    after_wait, 30 },
	{ "a refusal", before_sign, run_denied, after_denied, 60 },
	{ "an approval", before_approve, run_approve, after_approve, 60 },
	{ "a rejection", before_reject, run_reject, after_reject, 30 },
	{ "a withdrawal", before_cancel, run_cancel, after_cancel, 30 },
	{ "a use", before_sign, run_sign, after_sign, 100 },
	{ "an approved use", before_due, run_due, after_due, 60 },
};

START_TEST(it_is_done_once_or_not_at_all)
{
	step_once(&STEPS[_i]);
}
END_TEST

START_TEST(it_is_done_once_whatever_fails)
{
	step_whatever(&STEPS[_i]);
}
END_TEST

/* Threads of the pipeline's own may be the ones without memory. */
START_TEST(it_is_done_once_whoever_has_no_memory)
{
	static const struct step step = { "a use, whoever fails", before_sign,
		run_sign, after_sign, 80 };

	house_begin();
	ck_assert_uint_gt(house_each(&step, FAULT_MEMORY), 10);
	house_end();
}
END_TEST

UNIT_MAIN("fault/flow",
	tcase_set_timeout(tc, 600);
	UNIT_ROWS(it_is_done_once_or_not_at_all, STEPS)
	UNIT_ROWS(it_is_done_once_whatever_fails, STEPS)
	UNIT(it_is_done_once_whoever_has_no_memory))
