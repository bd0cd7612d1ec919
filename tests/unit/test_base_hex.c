#include "config.h"

#include "base/hex.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why;
	const char	*text;
	size_t		 n;
} REFUSED[] = {
	{ "upper case is another spelling of the same octet", "0A", 1 },
	{ "half an octet", "0", 1 },
	{ "more than was asked for", "0000", 1 },
	{ "less than was asked for", "00", 2 },
	{ "a letter after f", "0g", 1 },
	{ "the character before 0", "0/", 1 },
	{ "the character after 9", "0:", 1 },
	{ "white space", " 0", 1 },
	{ "a sign", "-1", 1 },
};

START_TEST(it_spells_in_lower_case)
{
	static const unsigned char o[] = { 0x00, 0x9f, 0xab, 0xff };
	char text[2 * sizeof(o) + 1];

	hex_encode(o, sizeof(o), text);
	ck_assert_str_eq(text, "009fabff");
	hex_encode(o, 0, text);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(it_reads_every_octet_back)
{
	unsigned char o, back;
	char text[3];
	int i;

	for (i = 0; i < 256; i++) {
		o = (unsigned char)i;
		hex_encode(&o, 1, text);
		unit_ok(hex_decode(text, 1, &back, &unit_err));
		ck_assert_uint_eq(back, o);
	}
}
END_TEST

START_TEST(it_refuses_other_spellings_and_writes_nothing)
{
	unsigned char o[2] = { 0x55, 0x55 };

	unit_fails(hex_decode(REFUSED[_i].text, REFUSED[_i].n, o, &unit_err),
	    EINPUT);
	ck_assert_msg(o[0] == 0x55 && o[1] == 0x55, "%s", REFUSED[_i].why);
}
END_TEST

UNIT_MAIN("base/hex",
	UNIT(it_spells_in_lower_case)
	UNIT(it_reads_every_octet_back)
	UNIT_ROWS(it_refuses_other_spellings_and_writes_nothing, REFUSED))
