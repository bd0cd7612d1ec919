/* What ends a request that is due, and what leaves it for another time. */
#include "config.h"

#include "flow/due.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why;
	enum err_code	 code;
	bool		 whole, half;	/* ended with nothing done; with a part done */
} ENDS[] = {
	{ "what it was based on has changed", EPRECOND, true, true },
	{ "it is too late", EEXPIRED, true, true },
	{ "policy denies it by now", EDENIED, true, true },
	{ "a selection that is too large", ERANGE_, false, true },
	{ "what is not there", ENOENT_, false, true },
	{ "what is not well-formed", EINPUT, false, true },
	{ "the store is away", ESTORE, false, false },
	{ "the keeper is away", EKEEPER, false, false },
	{ "no memory", ENOMEMORY, false, false },
	{ "others are at it", EBUSY_, false, false },
	{ "the limit of a period", ELIMIT, false, false },
	{ "a permit that the keeper will see", EPERMIT, false, false },
};

START_TEST(what_does_not_pass_ends_what_is_half_done)
{
	ck_assert_msg(due_is_final(0, ENDS[_i].code) == ENDS[_i].whole &&
	    due_is_final(1, ENDS[_i].code) == ENDS[_i].half, "%s",
	    ENDS[_i].why);
}
END_TEST

UNIT_MAIN("flow/due",
	UNIT_ROWS(what_does_not_pass_ends_what_is_half_done, ENDS))
