#include "config.h"

#include "base/text.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why, *text;
	size_t		 most;
	const char	*cut;
} CUTS[] = {
	{ "what fits stays", "abc", 3, "abc" },
	{ "what does not is cut", "abcd", 3, "abc" },
	{ "before a character that does not fit", "ab\xc3\xa9", 3, "ab" },
	{ "behind one that does", "ab\xc3\xa9z", 4, "ab\xc3\xa9" },
	{ "of three octets", "\xe2\x82\xac\xe2\x82\xac", 5, "\xe2\x82\xac" },
	{ "of four", "\xf0\x9f\x94\x91", 3, "" },
	{ "nothing", "", 3, "" },
	{ "to nothing", "abc", 0, "" },
};

START_TEST(text_is_cut_between_characters)
{
	struct text_cut t = text_cut(CUTS[_i].text, CUTS[_i].most);

	ck_assert_msg(strcmp(t.at, CUTS[_i].cut) == 0, "%s: %s", CUTS[_i].why,
	    t.at);
}
END_TEST

START_TEST(more_than_there_is_room_for_is_cut)
{
	char text[2 * TEXT_CUT];
	struct text_cut t;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	t = text_cut(text, sizeof(text));
	ck_assert_uint_eq(strlen(t.at), TEXT_CUT - 1);
}
END_TEST

static const struct {
	const char	*why, *text, *shown;
} SHOWN[] = {
	{ "what is plain stays", "a b\xc3\xa9~", "a b\xc3\xa9~" },
	{ "what moves the cursor", "a\x1b[2Kb\n\x7f", "a?[2Kb??" },
	{ "the first of C1", "\xc2\x80", "?" },
	{ "the last", "\xc2\x9f", "?" },
	{ "behind it", "\xc2\xa0", "\xc2\xa0" },
	{ "before a line's separator", "\xe2\x80\xa7", "\xe2\x80\xa7" },
	{ "a line's separator", "\xe2\x80\xa8", "?" },
	{ "the last that turns a line round", "\xe2\x80\xae" "x", "?x" },
	{ "behind it", "\xe2\x80\xaf", "\xe2\x80\xaf" },
	{ "before the isolates", "\xe2\x81\xa5", "\xe2\x81\xa5" },
	{ "the first of them", "\xe2\x81\xa6", "?" },
	{ "the last", "\xe2\x81\xa9", "?" },
	{ "behind them", "\xe2\x81\xaa", "\xe2\x81\xaa" },
	{ "marks of direction", "\xe2\x80\x8ex\xe2\x80\x8fy\xd8\x9c", "?x?y?" },
	{ "but no joiner", "\xe2\x80\x8d", "\xe2\x80\x8d" },
	{ "what ends early", "\xe2\x80", "\xe2\x80" },
};

START_TEST(what_people_could_not_see_is_shown)
{
	struct text_cut t = text_shown(SHOWN[_i].text, TEXT_CUT);

	ck_assert_msg(strcmp(t.at, SHOWN[_i].shown) == 0, "%s: %s",
	    SHOWN[_i].why, t.at);
}
END_TEST

static const struct {
	const char	*why, *text, *put;
} PUT[] = {
	{ "what is plain stays", "a \\ b\xc3\xa9\xf0\x9f\x94\x91", "a \\ b\xc3\xa9\xf0\x9f\x94\x91" },
	{ "a line stays one line", "a\nb\r\t", "a\\u000ab\\u000d\\u0009" },
	{ "of two octets", "\xc2\x9b" "1m\xd8\x9c", "\\u009b1m\\u061c" },
	{ "and of three", "\xe2\x80\xae" "x\xe2\x80\xa8", "\\u202ex\\u2028" },
	{ "nothing", "", "" },
};

START_TEST(what_is_put_out_moves_nothing)
{
	char got[200] = "";
	FILE *f = fmemopen(got, sizeof(got), "w");

	ck_assert_ptr_nonnull(f);
	text_put(PUT[_i].text, f);
	fclose(f);
	ck_assert_msg(strcmp(got, PUT[_i].put) == 0, "%s: %s", PUT[_i].why,
	    got);
}
END_TEST

START_TEST(text_of_any_length_is_put_out_whole)
{
	char text[4 * TEXT_CUT], got[4 * TEXT_CUT] = "";
	FILE *f = fmemopen(got, sizeof(got), "w");

	ck_assert_ptr_nonnull(f);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text_put(text, f);
	fclose(f);
	ck_assert_str_eq(got, text);
}
END_TEST

UNIT_MAIN("base/text",
	UNIT_ROWS(what_is_put_out_moves_nothing, PUT)
	UNIT(text_of_any_length_is_put_out_whole)
	UNIT_ROWS(what_people_could_not_see_is_shown, SHOWN)
	UNIT_ROWS(text_is_cut_between_characters, CUTS)
	UNIT(more_than_there_is_room_for_is_cut))
