#include "config.h"

#include "policy/version.h"
#include "tests/unit/ballot.h"

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

START_TEST(what_compares_as_equal_is_spelt_alike)
{
	char a[VERSION_TEXT], b[VERSION_TEXT];

	version_normal(ORDER[_i].a, a);
	version_normal(ORDER[_i].b, b);
	ck_assert_msg((strcmp(a, b) == 0) == (ORDER[_i].order == 0),
	    "%s: %s, %s", ORDER[_i].why, a, b);
}
END_TEST

static const struct {
	const char	*why, *text, *normal;
} NORMAL[] = {
	{ "as it is written mostly", "2.1.10", "2.1.10" },
	{ "zero is a version", "0.0", "0" },
	{ "only zeros at the end go", "0.00.10.0", "0.0.10" },
	{ "only zeros in front of a number go", "0010.01", "10.1" },
	{ "nothing stays nothing", "", "" },
	{ "what is no version has no other spelling", "v1.0", "v1.0" },
};

START_TEST(a_version_has_one_normal_spelling)
{
	char text[VERSION_TEXT];

	version_normal(NORMAL[_i].text, text);
	ck_assert_msg(strcmp(text, NORMAL[_i].normal) == 0, "%s: %s",
	    NORMAL[_i].why, text);
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

static const struct {
	const char	*why, *when, *environment;
	bool		 kept;
} KEPT[] = {
	{ "a rule for this environment", "{\"key.environment\":\"production\"}", "production", true },
	{ "a rule for another", "{\"key.environment\":\"production\"}", "development", false },
	{ "a rule for several", "{\"key.environment\":[\"production\",\"staging\"]}", "staging", true },
	{ "a rule for all but this one", "{\"key.environment\":{\"not\":\"development\"}}", "development", false },
	{ "a rule for all but another", "{\"key.environment\":{\"not\":\"development\"}}", "production", true },
	{ "a rule for any", NULL, "development", true },
	{ "a rule that looks at something else", "{\"key.algorithm\":\"ec-p256\"}", "development", true },
};

START_TEST(versions_are_kept_for_the_keys_that_some_rule_has_in_mind)
{
	AUTO(charter) *shipped = charter_shipped("quickstart"), *c = NULL;
	json_t *doc = json_deep_copy(charter_json(shipped));
	json_t *rule = json_array_get(json_object_get(json_object_get(
	    json_object_get(doc, "classes"), "firmware-signing"), "rules"), 0);
	const struct rule *r;
	size_t n;

	ck_assert_str_eq(json_str(rule, "name", ""), "production-image");
	json_object_del(rule, "when");
	if (KEPT[_i].when != NULL)
		json_object_set_new(rule, "when", json_text(KEPT[_i].when));
	unit_ok(charter_from_json(doc, &c, &unit_err));
	r = charter_rules(c, "firmware-signing", &n);
	ck_assert_msg(rules_keep_versions(r, n, KEPT[_i].environment) ==
	    KEPT[_i].kept, "%s", KEPT[_i].why);
	ck_assert(!rules_keep_versions(NULL, 0, "production"));
	json_decref(doc);
}
END_TEST

UNIT_MAIN("policy/version",
	UNIT_ROWS(versions_are_kept_for_the_keys_that_some_rule_has_in_mind, KEPT)
	UNIT_ROWS(versions_compare_as_numbers, ORDER)
	UNIT_ROWS(what_compares_as_equal_is_spelt_alike, ORDER)
	UNIT_ROWS(a_version_has_one_normal_spelling, NORMAL)
	UNIT_ROWS(anything_else_is_no_version, REFUSED))
