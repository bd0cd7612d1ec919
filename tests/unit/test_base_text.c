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

UNIT_MAIN("base/text",
	UNIT_ROWS(text_is_cut_between_characters, CUTS)
	UNIT(more_than_there_is_room_for_is_cut))
