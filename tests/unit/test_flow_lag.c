/* Whether nobody brings any more what the ledger lacks of the journal. */
#include "config.h"

#include "flow/recover.h"
#include "tests/unit/unit.h"

#define AT(s)	(TIME_S(1000) + TIME_S(s))

/* Looks, one after another. */
static const struct look {
	const char	*why;
	struct {
		uint64_t	 whole, journal;
		time_us		 now;
	}		 at[4];		/* now 0: no more */
	bool		 old;		/* the last of them */
	uint64_t	 upto;		/* where old */
} LOOKS[] = {
	{ "all is there", { { 7, 7, AT(0) }, { 7, 7, AT(60) } }, false, 0 },
	{ "one is on its way", { { 7, 8, AT(0) } }, false, 0 },
	{ "and still is", { { 7, 8, AT(0) }, { 7, 9, AT(4) } }, false, 0 },
	{ "nobody brings it", { { 7, 8, AT(0) }, { 7, 8, AT(5) } }, true, 8 },
	{ "what came meanwhile has its own time",
	    { { 7, 8, AT(0) }, { 7, 30, AT(2) }, { 7, 40, AT(6) } }, true, 8 },
	{ "a busy house never stands still",
	    { { 7, 8, AT(0) }, { 20, 22, AT(4) }, { 40, 41, AT(8) } }, false, 0 },
	{ "another is missed after it came",
	    { { 7, 8, AT(0) }, { 20, 22, AT(4) }, { 20, 41, AT(9) } }, true, 22 },
	{ "it came", { { 7, 8, AT(0) }, { 8, 8, AT(4) }, { 8, 9, AT(60) } },
	    false, 0 },
};

START_TEST(what_had_its_time_is_old)
{
	const struct look *l = &LOOKS[_i];
	struct lag lag = { 0 };
	bool old = false;

	for (size_t i = 0; i < NELEM(l->at) && l->at[i].now != 0; i++)
		old = lag_is_old(&lag, l->at[i].whole, l->at[i].journal,
		    l->at[i].now);
	ck_assert_msg(old == l->old, "%s", l->why);
	if (old)
		ck_assert_uint_eq(lag.upto, l->upto);
}
END_TEST

UNIT_MAIN("flow/recover",
	UNIT_ROWS(what_had_its_time_is_old, LOOKS))
