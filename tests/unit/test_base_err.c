#include "config.h"

#include "tests/unit/unit.h"

START_TEST(every_row_has_all_its_columns)
{
	unsigned c, d;

	for (c = OK + 1; c < ERR__N; c++) {
		ck_assert_str_ne(err_code_name((enum err_code)c), "");
		ck_assert_str_ne(err_text((enum err_code)c), "");
		ck_assert_int_ge(err_http((enum err_code)c), 202);
		ck_assert_int_le(err_http((enum err_code)c), 599);
		/* sysexits(3), so that a shell can tell them apart. */
		ck_assert_int_ge(err_exit((enum err_code)c), 64);
		ck_assert_int_le(err_exit((enum err_code)c), 78);
		for (d = OK + 1; d < c; d++)
			ck_assert_str_ne(err_code_name((enum err_code)c),
			    err_code_name((enum err_code)d));
	}
}
END_TEST

START_TEST(a_code_names_its_row)
{
	unsigned c;

	for (c = OK + 1; c < ERR__N; c++)
		ck_assert_int_eq(err_from_name(
		    err_code_name((enum err_code)c)), c);
}
END_TEST

START_TEST(what_is_not_in_the_table_is_internal)
{
	ck_assert_int_eq(err_from_name("no-such-code"), EINTERNAL);
	ck_assert_int_eq(err_from_name(NULL), EINTERNAL);
	ck_assert_int_eq(err_http((enum err_code)9999), 500);
	ck_assert_str_eq(err_code_name((enum err_code)9999), "internal");
}
END_TEST

START_TEST(setting_one_gives_the_value_to_return)
{
	struct err e;

	memset(&e, 0, sizeof(e));
	ck_assert_int_eq(err_set(&e, ENOKEY, "key %d", 7), -(int)ENOKEY);
	ck_assert_int_eq(e.code, ENOKEY);
	ck_assert_str_eq(e.what, "key 7");
	ck_assert_ptr_nonnull(strstr(e.where, "test_base_err.c:"));
	ck_assert_int_eq(err_set(NULL, ENOKEY, "nobody listens"),
	    -(int)ENOKEY);
}
END_TEST

static const struct {
	const char	*why, *text, *plain;
} QUOTED[] = {
	{ "text", "Grüße, \xe2\x82\xac 5, \xf0\x9f\x94\x91", "Grüße, \xe2\x82\xac 5, \xf0\x9f\x94\x91" },
	{ "lines", "a\n\tb", "a\n\tb" },
	{ "a terminal's escape", "\033[31mred", "?[31mred" },
	{ "one of eight bits", "\xc2\x9b" "2J", "??2J" },
	{ "delete", "a\x7f", "a?" },
	{ "a character that is cut", "x\xe2\x82", "x??" },
	{ "one that only goes on", "\x82x", "?x" },
	{ "one that is spelled too long", "\xc0\xaf", "??" },
	{ "a longer one", "\xe0\x80\xaf", "???" },
	{ "half a surrogate", "\xed\xa0\x80", "???" },
	{ "beyond Unicode", "\xf4\x90\x80\x80", "????" },
	{ "letters that run backwards", "a\xe2\x80\xae" "b", "a???b" },
	{ "another alphabet", "\xff", "?" },
};

START_TEST(what_is_quoted_is_text)
{
	struct err e;

	(void)err_set(&e, EINPUT, "%s", QUOTED[_i].text);
	ck_assert_msg(strcmp(e.what, QUOTED[_i].plain) == 0, "%s: %s",
	    QUOTED[_i].why, e.what);
}
END_TEST

START_TEST(a_long_detail_is_cut)
{
	char text[1000];
	struct err e;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)err_set(&e, EINPUT, "%s", text);
	ck_assert_uint_eq(strlen(e.what), sizeof(e.what) - 1);
}
END_TEST

UNIT_MAIN("base/err",
	UNIT(every_row_has_all_its_columns)
	UNIT(a_code_names_its_row)
	UNIT(what_is_not_in_the_table_is_internal)
	UNIT(setting_one_gives_the_value_to_return)
	UNIT_ROWS(what_is_quoted_is_text, QUOTED)
	UNIT(a_long_detail_is_cut))
