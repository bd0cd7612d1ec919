/*
 * The founding of a house with no memory left at any moment.
 */
#include "config.h"

#include "tests/fault/house.h"

#define FOUNDINGS	12

/* Founding: the keeper is founded once, and the house with it. */
START_TEST(a_house_is_founded_or_can_still_be)
{
	unsigned calls, nth = 1;

	fault_begin();
	for (unsigned i = 0; i < FOUNDINGS; i++) {
		struct err why = { .code = OK };
		int rc;

		house_open();
		fault_arm(FAULT_MEMORY | FAULT_HERE, i == 0 ? ~0u : nth);
		rc = house_found_it(&why);
		calls = fault_calls();
		(void)fault_disarm();
		ck_assert_msg(rc == 0 || (i > 0 && why.code == ENOMEMORY),
		    "call %u: %s (%s)", nth, err_code_name(why.code),
		    why.what);
		for (unsigned j = 0; rc != 0 && j < 100; j++) {
			rc = house_found_it(&why);
			if (rc == -(int)EFOUNDED)
				rc = 0;
			if (rc != 0)
				usleep(20000);
		}
		ck_assert_msg(rc == 0, "after call %u: %s (%s)", nth,
		    err_code_name(why.code), why.what);
		house_founded();
		ck_assert_uint_eq(house_made("house.founded"), 1);
		house_key(KEY, "production");
		house_close();
		if (i == 0)
			nth = calls / FOUNDINGS + 1;
		else
			nth += nth > calls ? 1 : calls / FOUNDINGS + 1;
	}
}
END_TEST

UNIT_MAIN("fault/flow_found",
	tcase_set_timeout(tc, 600);
	UNIT(a_house_is_founded_or_can_still_be))
