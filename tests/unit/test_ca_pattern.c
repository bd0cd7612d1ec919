#include "config.h"

#include "ca/pattern.h"
#include "tests/unit/unit.h"

static const struct { const char *why, *pattern, *value; bool matches; }
ROWS[] = {
	{ "the whole value", "abc", "abc", true },
	{ "not a part", "abc", "xabc", false },
	{ "nor the beginning", "abc", "abcx", false },
	{ "alternatives are anchored too", "a|b", "ab", false },
	{ "either of them", "a|b", "b", true },
	{ "a repetition", "[0-9]{2,3}", "1234", false },
	{ "within it", "[0-9]{2,3}", "123", true },
	{ "exactly", "x{2}", "xx", true },
	{ "at least", "x{2,}", "xxxx", true },
	{ "a group", "([a-z]+[.])+x", "a.b.x", true },
	{ "a dot that is meant", "a\\.b", "axb", false },
	{ "a bracket in brackets", "[]a]", "]", true },
};

START_TEST(a_pattern_is_of_the_whole_value)
{
	AUTO(pattern) *p = NULL;

	unit_ok(pattern_new(ROWS[_i].pattern, &p, &unit_err));
	ck_assert_int_eq(pattern_matches(p, ROWS[_i].value),
	    ROWS[_i].matches);
}
END_TEST

static const struct { const char *why, *pattern; } BAD[] = {
	{ "nothing", "" },
	{ "an anchor", "^a" }, { "another", "a$" },
	{ "a group that closes what we open", "a)|(b" },
	{ "a group without an end", "(a" },
	{ "brackets without an end", "[a" },
	{ "a back reference", "(a)\\1" },
	{ "a class that POSIX has not", "\\d" },
	{ "a backslash at the end", "a\\" },
	{ "a repetition of a group", "(a{2}){2}" },
	{ "of a repetition", "a{2}{2}" },
	{ "of a star", "a*{2}" },
	{ "of nothing", "{2}" },
	{ "over 255", "a{256}" },
	{ "upside down", "a{3,2}" },
	{ "with a space", "a{ 2}" },
	{ "without an end", "a{2" },
	{ "over 2048 in all", "a{255}b{255}c{255}d{255}e{255}f{255}g{255}h{255}i{255}" },
	{ "octets outside ASCII", "\xc3\xa4" },
	{ "a star of nothing in a group", "[[:nothing:]]" },
};

START_TEST(what_could_cost_without_bound_is_refused)
{
	struct pattern *p = NULL;

	unit_fails(pattern_new(BAD[_i].pattern, &p, &unit_err), EINPUT);
}
END_TEST

START_TEST(a_pattern_has_at_most_256_octets)
{
	AUTO(pattern) *p = NULL;
	char text[PATTERN_OCTETS + 2];

	memset(text, 'a', sizeof(text));
	text[PATTERN_OCTETS + 1] = '\0';
	unit_fails(pattern_new(text, &p, &unit_err), EINPUT);
	text[PATTERN_OCTETS] = '\0';
	unit_ok(pattern_new(text, &p, &unit_err));
}
END_TEST

UNIT_MAIN("ca/pattern",
	UNIT_ROWS(a_pattern_is_of_the_whole_value, ROWS)
	UNIT_ROWS(what_could_cost_without_bound_is_refused, BAD)
	UNIT(a_pattern_has_at_most_256_octets))
