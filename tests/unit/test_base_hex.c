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

static const struct {
	const char	*why, *text, *plain;
} PASTED[] = {
	{ "ours", "7f7a", "7f7a" },
	{ "upper case, openssl x509 -serial", "7F7A", "7f7a" },
	{ "colons, openssl x509 -fingerprint", "7F:7A:00", "7f7a00" },
	{ "0x, openssl x509 -text", "0x3e8", "03e8" },
	{ "0X", "0X0A", "0a" },
	{ "half an octet", "A", "0a" },
	{ "zeros stay", "00:0a", "000a" },
	{ "no digits are left to whoever reads them", "xyz-", "xyz-" },
	{ "nothing", "", "" },
	{ "no more than there is room for", "0123456789abcdef01",
	    "0123456789abcde" },
};

START_TEST(what_other_tools_print_gets_one_spelling)
{
	char plain[16];

	hex_plain(PASTED[_i].text, plain, sizeof(plain));
	ck_assert_msg(strcmp(plain, PASTED[_i].plain) == 0, "%s: %s",
	    PASTED[_i].why, plain);
}
END_TEST

UNIT_MAIN("base/hex",
	UNIT_ROWS(what_other_tools_print_gets_one_spelling, PASTED)
	UNIT(it_spells_in_lower_case)
	UNIT(it_reads_every_octet_back)
	UNIT_ROWS(it_refuses_other_spellings_and_writes_nothing, REFUSED))
