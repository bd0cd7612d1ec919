#include "config.h"

#include "policy/version.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why, *a, *b;
	int		 order;
} ORDER[] = {
	{ "the same text", "1.2.3", "1.2.3", 0 },
	{ "parts are numbers, not text", "2.1.9", "2.1.10", -1 },
	{ "the first part weighs most", "10.0", "9.99", 1 },
	{ "missing parts are zero", "3", "3.0", 0 },
	{ "missing parts are zero, many of them", "3.0.0.0", "3", 0 },
	{ "a further part makes it higher", "3.0.1", "3", 1 },
	{ "leading zeros are nothing", "01.002", "1.2", 0 },
	{ "one part", "7", "8", -1 },
	{ "eighteen digits are read whole", "999999999999999999",
	    "999999999999999998", 1 },
	{ "sixteen parts are read", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2",
	    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1", 1 },
};

START_TEST(versions_compare_as_numbers)
{
	int order = 9;

	unit_ok(version_compare(ORDER[_i].a, ORDER[_i].b, &order, &unit_err));
	ck_assert_msg(order == ORDER[_i].order, "%s", ORDER[_i].why);
	unit_ok(version_compare(ORDER[_i].b, ORDER[_i].a, &order, &unit_err));
	ck_assert_msg(order == -ORDER[_i].order, "%s, turned round",
	    ORDER[_i].why);
}
END_TEST

static const struct {
	const char	*why, *text;
} REFUSED[] = {
	{ "nothing", "" },
	{ "a letter", "1.2b" },
	{ "a prefix", "v1.2" },
	{ "a release candidate", "1.2-rc1" },
	{ "a dot at the end", "1.2." },
	{ "a dot at the beginning", ".1" },
	{ "two dots", "1..2" },
	{ "a sign", "-1.2" },
	{ "a plus", "+1" },
	{ "a space", "1 .2" },
	{ "a space behind", "1.2 " },
	{ "a comma", "1,2" },
	{ "hexadecimal", "0x10" },
	{ "nineteen digits", "1000000000000000000" },
	{ "seventeen parts", "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1" },
	{ "digits of another script", "\xd9\xa1.\xd9\xa2" },
};

START_TEST(anything_else_is_no_version)
{
	int order = 9;

	unit_fails(version_check(REFUSED[_i].text, &unit_err), EINPUT);
	unit_fails(version_compare(REFUSED[_i].text, "1", &order, &unit_err),
	    EINPUT);
	unit_fails(version_compare("1", REFUSED[_i].text, &order, &unit_err),
	    EINPUT);
	ck_assert_msg(order == 9, "%s: the output was touched",
	    REFUSED[_i].why);
}
END_TEST

UNIT_MAIN("policy/version",
	UNIT_ROWS(versions_compare_as_numbers, ORDER)
	UNIT_ROWS(anything_else_is_no_version, REFUSED))
