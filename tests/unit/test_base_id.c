#include "config.h"

#include <stdio.h>

#include "base/id.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why;
	const char	*id;
	bool		 good;
} IDS[] = {
	{ "a good one", "req_01m7xvyy4462zbt2wj5gb22r42", true },
	{ "the largest", "req_7zzzzzzzzzzzzzzzzzzzzzzzzz", true },
	{ "more than 128 bits", "req_80000000000000000000000000", false },
	{ "another prefix", "key_01m7xvyy4462zbt2wj5gb22r42", false },
	{ "no prefix", "01m7xvyy4462zbt2wj5gb22r42", false },
	{ "a longer prefix", "reqs_01m7xvyy4462zbt2wj5gb22r42", false },
	{ "a digit short", "req_01m7xvyy4462zbt2wj5gb22r4", false },
	{ "a digit more", "req_01m7xvyy4462zbt2wj5gb22r420", false },
	{ "capitals", "req_01M7XVYY4462ZBT2WJ5GB22R42", false },
	{ "a letter that looks like a digit",
	    "req_01m7xvyy4462zbt2wj5gb22r4l", false },
	{ "a path", "req_../../../../etc/passwd0000", false },
	{ "nothing", "", false },
};

static const struct {
	const char	*why;
	const char	*name;
	bool		 good;
} NAMES[] = {
	{ "letters and dashes", "release-officers", true },
	{ "one digit", "7", true },
	{ "points and underscores", "gw2.boot_v1", true },
	{ "64 characters", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaa", true },
	{ "65 characters", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaa", false },
	{ "nothing", "", false },
	{ "a hidden file", ".ssh", false },
	{ "an option", "-rf", false },
	{ "an underscore first", "_x", false },
	{ "capitals", "Release", false },
	{ "a path", "a/b", false },
	{ "a space", "a b", false },
	{ "not ASCII", "caf\xc3\xa9", false },
	{ "a line break at its end", "a\n", false },
};

START_TEST(only_well_formed_ids_pass)
{
	ck_assert_msg(id_check(IDS[_i].id, "req") == IDS[_i].good, "%s",
	    IDS[_i].why);
}
END_TEST

START_TEST(the_same_octets_at_the_same_time_give_the_same_id)
{
	const unsigned char rest[ID_REST] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	char a[ID_TEXT], b[ID_TEXT], later[ID_TEXT];

	id_of("crt", TIME_S(1800000000), rest, a);
	id_of("crt", TIME_S(1800000000), rest, b);
	id_of("crt", TIME_S(1800000001), rest, later);
	ck_assert_str_eq(a, b);
	ck_assert_str_lt(a, later);
	ck_assert(id_check(a, "crt"));
}
END_TEST

START_TEST(only_well_formed_names_pass)
{
	ck_assert_msg(name_check(NAMES[_i].name) == NAMES[_i].good, "%s",
	    NAMES[_i].why);
}
END_TEST

START_TEST(a_new_one_is_well_formed)
{
	char id[ID_TEXT];

	unit_ok(id_new("house", clock_now(), id, &unit_err));
	ck_assert_msg(id_check(id, "house"), "%s", id);
	ck_assert(!id_check(id, "req"));
}
END_TEST

START_TEST(ids_sort_by_their_time)
{
	char a[ID_TEXT] = "", b[ID_TEXT];
	time_us t;

	for (t = 0; t < TIME_S(4000000000); t += TIME_S(40000000) + 1000) {
		unit_ok(id_new("req", t, b, &unit_err));
		ck_assert_msg(strcmp(a, b) < 0, "%s, then %s", a, b);
		memcpy(a, b, sizeof(a));
	}
}
END_TEST

START_TEST(the_time_is_where_ulid_has_it)
{
	char id[ID_TEXT];

	/* The published example: 1469918176385 is 01ARYZ6S41. */
	unit_ok(id_new("x", 1469918176385000, id, &unit_err));
	ck_assert_int_eq(strncmp(id, "x_01aryz6s41", 12), 0);
}
END_TEST

START_TEST(no_two_are_alike)
{
	char a[ID_TEXT], b[ID_TEXT];
	int i;

	for (i = 0; i < 1000; i++) {
		unit_ok(id_new("req", 0, a, &unit_err));
		unit_ok(id_new("req", 0, b, &unit_err));
		ck_assert_str_ne(a, b);
	}
}
END_TEST

UNIT_MAIN("base/id",
	UNIT_ROWS(only_well_formed_ids_pass, IDS)
	UNIT(the_same_octets_at_the_same_time_give_the_same_id)
	UNIT_ROWS(only_well_formed_names_pass, NAMES)
	UNIT(a_new_one_is_well_formed)
	UNIT(ids_sort_by_their_time)
	UNIT(the_time_is_where_ulid_has_it)
	UNIT(no_two_are_alike))
