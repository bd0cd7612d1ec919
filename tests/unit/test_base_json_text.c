#include "config.h"

#include "base/json_text.h"
#include "tests/unit/unit.h"

#define OCTETS	19	/* two steps of eight, and some */

static bool
stands_for_itself(int c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Whatever stands around it. */
START_TEST(a_run_ends_at_the_first_octet_that_is_not_plain)
{
	static const char around[] = { 'a', ' ', '~', '!', '[', '\x7f', '\x1f',
		'\x80', '\xff' };
	char s[OCTETS];

	for (size_t k = 0; k < NELEM(around); k++)
		for (size_t at = 0; at < OCTETS; at++)
			for (int c = 0; c < 256; c++) {
				memset(s, 'a', at);
				memset(s + at, around[k], OCTETS - at);
				s[at] = (char)c;
				if (!stands_for_itself(c))
					ck_assert_uint_eq(json_text_run(s,
					    OCTETS), at);
				else
					ck_assert_uint_gt(json_text_run(s,
					    OCTETS), at);
				ck_assert_uint_eq(json_text_run(s, at), at);
			}
}
END_TEST

static const struct { const char *why, *text, *want; } PUT[] = {
	{ "nothing", "", "\"\"" },
	{ "plain", "a-z", "\"a-z\"" },
	{ "longer than a step", "0123456789abcdef!", "\"0123456789abcdef!\"" },
	{ "each short escape", "\"\\\b\t\n\f\r",
	  "\"\\\"\\\\\\b\\t\\n\\f\\r\"" },
	{ "an escape between steps", "01234567\n01234567", "\"01234567\\n01234567\"" },
	{ "what is not ASCII, as it stands", "a\xc3\xa4\x7f.", "\"a\xc3\xa4\x7f.\"" },
	{ "a control character", "01234567\x01", NULL },
};

START_TEST(a_string_is_spelled_in_one_way)
{
	struct blob b = { 0 };
	int rc = json_text_put(PUT[_i].text, strlen(PUT[_i].text), &b,
	    &unit_err);

	if (PUT[_i].want == NULL) {
		ck_assert_int_eq(rc, -EINPUT);
		ck_assert_ptr_nonnull(strstr(unit_err.what, "U+0001"));
	} else {
		unit_ok(rc);
		ck_assert_str_eq(blob_str(&b), PUT[_i].want);
	}
	blob_done(&b);
}
END_TEST

UNIT_MAIN("base/json_text",
	UNIT(a_run_ends_at_the_first_octet_that_is_not_plain)
	UNIT_ROWS(a_string_is_spelled_in_one_way, PUT))
