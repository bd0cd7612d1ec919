/*
 * unit - what every unit test begins from.
 *
 * A test file is tables and START_TESTs, named as sentences, and ends in
 *
 *	UNIT_MAIN("base/hex",
 *		UNIT(it_spells_in_lower_case)
 *		UNIT_ROWS(it_refuses_other_spellings, REFUSED))
 *
 * A test of rows runs once for each, with its index in _i; a row has a "why".
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"

/* Where unit_ok and unit_fails let the function under test say what it has. */
static UNUSED struct err unit_err;

/* The call succeeds; else the test says why it did not. */
#define unit_ok(call) do { \
	int unit_rc_ = (call); \
	ck_assert_msg(unit_rc_ == 0, "%s: %s (%s)", #call, \
	    err_text((enum err_code)-unit_rc_), unit_err.what); \
} while (0)

/* The call fails with this row of the error table, and says so in words. */
#define unit_fails(call, c) do { \
	int unit_rc_; \
	memset(&unit_err, 0, sizeof(unit_err)); \
	unit_rc_ = (call); \
	ck_assert_msg(unit_rc_ == -(int)(c), "%s: %s, expected %s (%s)", \
	    #call, err_code_name((enum err_code)-unit_rc_), \
	    err_code_name(c), unit_err.what); \
	ck_assert_int_eq(unit_err.code, (c)); \
	ck_assert_str_ne(unit_err.what, ""); \
	ck_assert_ptr_nonnull(unit_err.where); \
} while (0)

#define UNIT(test)		tcase_add_test(tc, test);
#define UNIT_ROWS(test, rows)	\
	tcase_add_loop_test(tc, test, 0, (int)NELEM(rows));

#define UNIT_MAIN(name, ...) \
UNIT_RUN(unit_run, name, __VA_ARGS__) \
int \
main(void) \
{ \
	return unit_run(); \
}

/* Pure floors keep nothing from one test to the next, and need no process for
 * each; CK_FORK=yes gives them one. */
static inline bool
unit_is_pure(const char *name)
{
	return getenv("CK_FORK") == NULL && (strncmp(name, "base/", 5) == 0 ||
	    strncmp(name, "ca/", 3) == 0 || strncmp(name, "policy/", 7) == 0);
}

/* The same as a function, for a main that has more to do. */
#define UNIT_RUN(function, name, ...) \
static int \
function(void) \
{ \
	Suite *s = suite_create(name); \
	TCase *tc = tcase_create(name); \
	SRunner *runner; \
	int failed; \
\
	tcase_set_timeout(tc, 1000); \
	__VA_ARGS__ \
	suite_add_tcase(s, tc); \
	runner = srunner_create(s); \
	if (unit_is_pure(name)) \
		srunner_set_fork_status(runner, CK_NOFORK); \
	srunner_run_all(runner, CK_ENV); \
	failed = srunner_ntests_failed(runner); \
	srunner_free(runner); \
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE; \
}

#endif
