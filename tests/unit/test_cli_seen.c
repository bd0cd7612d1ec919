#include "cli/seen.h"
#include "tests/unit/unit.h"

#define MANY	100000u

START_TEST(what_was_said_is_remembered_however_much_follows)
{
	struct seen s = { .n = 0 };
	uint64_t *said;

	for (uint64_t i = 1; i <= MANY; i++) {
		unit_ok(seen_at(&s, seen_hash(&i, sizeof(i)), &said,
		    &unit_err));
		ck_assert_uint_eq(*said, 0);
		*said = i;
	}
	ck_assert_uint_eq(s.n, MANY);
	for (uint64_t i = 1; i <= MANY; i++) {
		unit_ok(seen_at(&s, seen_hash(&i, sizeof(i)), &said,
		    &unit_err));
		ck_assert_uint_eq(*said, i);
	}
	ck_assert_uint_eq(s.n, MANY);
	seen_done(&s);
	ck_assert_uint_eq(s.n, 0);
}
END_TEST

/* Those behind the end of the table go on at its beginning. */
START_TEST(what_falls_together_is_told_apart)
{
	struct seen s = { .n = 0 };
	uint64_t *said;

	for (uint64_t i = 0; i < 100; i++) {
		unit_ok(seen_at(&s, (i << 32) | UINT32_MAX, &said, &unit_err));
		ck_assert_uint_eq(*said, 0);
		*said = i + 1;
	}
	for (uint64_t i = 0; i < 100; i++) {
		unit_ok(seen_at(&s, (i << 32) | UINT32_MAX, &said, &unit_err));
		ck_assert_uint_eq(*said, i + 1);
	}
	seen_done(&s);
}
END_TEST

START_TEST(a_million_takes_some_tens_of_mebibytes)
{
	struct seen s = { .n = 0 };
	uint64_t *said;

	for (uint64_t i = 1; i <= 1000000; i++)
		unit_ok(seen_at(&s, i, &said, &unit_err));
	ck_assert_uint_le(s.room * sizeof(*s.slot), (uint64_t)32 << 20);
	seen_done(&s);
}
END_TEST

/* Rather refused than more than the house has. */
START_TEST(there_is_an_end_to_it)
{
	struct seen s = { .n = SEEN_MOST, .room = 0 };
	uint64_t *said;

	unit_fails(seen_at(&s, 1, &said, &unit_err), ETOOBIG);
	ck_assert_uint_eq(s.n, SEEN_MOST);
}
END_TEST

UNIT_MAIN("cli/seen",
	UNIT(what_was_said_is_remembered_however_much_follows)
	UNIT(what_falls_together_is_told_apart)
	UNIT(a_million_takes_some_tens_of_mebibytes)
	UNIT(there_is_an_end_to_it))
