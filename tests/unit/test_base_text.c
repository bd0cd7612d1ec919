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
	const char	*why, *text, *spelt;
} SPELT[] = {
	{ "what is plain stays", "a b\xc3\xa9~", "a b\xc3\xa9~" },
	{ "of four octets too", "\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91" },
	{ "one line stays one", "a\nb\tc\r", "a b c " },
	{ "what moves the cursor", "a\x1b[2K\x7f", "aU+001B[2KU+007F" },
	{ "C1", "\xc2\x80\xc2\x9f\xc2\xa0", "U+0080U+009F\xc2\xa0" },
	{ "what turns the order round", "x\xe2\x80\xae" "y", "xU+202Ey" },
	{ "an isolate", "\xe2\x81\xa6", "U+2066" },
	{ "a mark of one direction", "\xe2\x80\x8f\xd8\x9c", "U+200FU+061C" },
	{ "a space of no width", "a\xe2\x80\x8b" "b", "aU+200Bb" },
	{ "before it", "\xe2\x80\x8a", "\xe2\x80\x8a" },
	{ "a byte order mark", "\xef\xbb\xbf", "U+FEFF" },
	{ "a tag", "\xf3\xa0\x81\x81", "U+E0041" },
	{ "a variation of what is seen", "\xef\xb8\x8f", "\xef\xb8\x8f" },
	{ "what is not UTF-8", "\xff" "a\xc0\xaf", "?a??" },
	{ "what ends early", "a\xe2\x80", "a??" },
};

START_TEST(what_nobody_sees_is_spelt)
{
	char *got = NULL;
	size_t n;
	FILE *f = open_memstream(&got, &n);

	text_spell(SPELT[_i].text, f);
	fclose(f);
	ck_assert_msg(strcmp(got, SPELT[_i].spelt) == 0, "%s: %s",
	    SPELT[_i].why, got);
	free(got);
}
END_TEST

static const struct { const char *why, *text; bool blank; } BLANKS[] = {
	{ "nothing", "", true },
	{ "blanks", "  \t\n", true },
	{ "of other widths", "\xc2\xa0\xe2\x80\x83\xe3\x80\x80", true },
	{ "of no width", "\xe2\x80\x8b\xef\xbb\xbf", true },
	{ "a letter", "  a ", false },
	{ "an umlaut", "\xc3\xa4", false },
	{ "what is no UTF-8", " \xff", false },
};

START_TEST(blank_is_what_nobody_sees)
{
	ck_assert_msg(text_is_blank(BLANKS[_i].text) == BLANKS[_i].blank, "%s",
	    BLANKS[_i].why);
}
END_TEST

UNIT_MAIN("base/text",
	UNIT_ROWS(what_nobody_sees_is_spelt, SPELT)
	UNIT_ROWS(what_people_could_not_see_is_shown, SHOWN)
	UNIT_ROWS(blank_is_what_nobody_sees, BLANKS)
	UNIT_ROWS(text_is_cut_between_characters, CUTS)
	UNIT(more_than_there_is_room_for_is_cut))
