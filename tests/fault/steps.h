/*
 * steps - what the pipeline's steps share while one thing after another fails: each
 * is asked for before a real keeper and token, and comes to be once, or not at all.
 */
#ifndef TESTS_FAULT_STEPS_H
#define TESTS_FAULT_STEPS_H

#include "tests/fault/house.h"

static UNUSED void
before_sign(unsigned n)
{
	step_clear();
	body = image("bench", n, "1");
}

static UNUSED void
nothing_asked(unsigned n)
{
	step_clear();
	body = json_object();
}

static UNUSED int
hand_in(bool approve, const char *state, struct err *err)
{
	int rc = house_hand_in(last, approve, vote, &answer, err);

	fault_holds(rc == 0 || answer.body == NULL);
	/* What failed after the vote was counted is tried again: it is due. */
	if (rc == 0 && strcmp(json_str(answer.body, "state", ""), state) != 0)
		rc = err_set(err, ENOMEMORY, "the request is %s",
		    json_str(answer.body, "state", ""));
	answer_done(&answer);
	return rc;
}

static UNUSED int
run_due(unsigned n, struct err *err)
{
	return hand_in(true, "done", err);
}

static void
step_once(const struct step *s)
{
	house_begin();
	ck_assert_uint_gt(house_each(s, FAULT_MEMORY | FAULT_HERE), 10);
	house_end();
}

/* Which of them a step meets is its own affair: most meet few. */
static void
step_whatever(const struct step *s)
{
	static const unsigned KINDS[] = { FAULT_SQLITE, FAULT_OPENSSL,
	    FAULT_IO | FAULT_RANDOM };
	struct step step = *s;
	unsigned n = 0;

	house_begin();
	step.most = 25;
	for (size_t i = 0; i < NELEM(KINDS); i++)
		n += house_each(&step, KINDS[i] | FAULT_HERE);
	ck_assert_uint_gt(n, 0);
	house_end();
}

#endif
