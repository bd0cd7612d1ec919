#include "config.h"

#include "base/b64.h"
#include "tests/unit/unit.h"

/* RFC 4648, 10, and what tells the two alphabets apart. */
static const struct {
	const char	*why;
	const char	*octets;
	const char	*text;
	const char	*url;
} SPELLED[] = {
	{ "nothing", "", "", "" },
	{ "one octet: two of padding", "f", "Zg==", "Zg" },
	{ "two octets: one of padding", "fo", "Zm8=", "Zm8" },
	{ "three octets: none", "foo", "Zm9v", "Zm9v" },
	{ "and again", "foob", "Zm9vYg==", "Zm9vYg" },
	{ "and again", "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "and again", "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	{ "digits 62 and 63", "\xfb\xff", "+/8=", "-_8" },
};

static const struct {
	const char	*why;
	const char	*text;
} REFUSED[] = {
	{ "no padding", "Zg" },
	{ "half the padding", "Zg=" },
	{ "padding alone", "====" },
	{ "too much padding", "Z===" },
	{ "padding in the middle", "Zg==Zg==" },
	{ "bits behind the last octet (RFC 4648, 3.5)", "Zh==" },
	{ "the same with one of padding", "Zm9=" },
	{ "white space", "Zm9v\n" },
	{ "white space within", "Zm 9v===" },
	{ "the other alphabet", "-_8=" },
	{ "one digit", "Z" },
	{ "no ASCII", "Zm\xc3\xa9=" },
};

START_TEST(it_spells_as_rfc4648_does)
{
	char *text = b64_encode(SPELLED[_i].octets,
	    strlen(SPELLED[_i].octets));
	char *url = b64url_encode(SPELLED[_i].octets,
	    strlen(SPELLED[_i].octets));

	ck_assert_str_eq(text, SPELLED[_i].text);
	ck_assert_str_eq(url, SPELLED[_i].url);
	free(text);
	free(url);
}
END_TEST

START_TEST(it_appends_what_it_reads)
{
	struct blob b = { 0 };

	unit_ok(blob_puts(&b, ">", &unit_err));
	unit_ok(b64_decode(SPELLED[_i].text, &b, &unit_err));
	ck_assert_str_eq(blob_str(&b) + 1, SPELLED[_i].octets);
	blob_clear(&b);
	unit_ok(b64url_decode(SPELLED[_i].url, &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), SPELLED[_i].octets);
	blob_done(&b);
}
END_TEST

START_TEST(it_refuses_any_other_spelling_and_appends_nothing)
{
	struct blob b = { 0 };

	unit_ok(blob_puts(&b, "kept", &unit_err));
	unit_fails(b64_decode(REFUSED[_i].text, &b, &unit_err), EINPUT);
	ck_assert_msg(b.len == 4, "%s", REFUSED[_i].why);
	ck_assert_str_eq(blob_str(&b), "kept");
	blob_done(&b);
}
END_TEST

START_TEST(long_octets_come_back)
{
	static unsigned char o[5000];
	struct blob b = { 0 };
	char *text;
	size_t n, i;

	for (i = 0; i < sizeof(o); i++)
		o[i] = (unsigned char)(i * 7 + (i >> 8));
	for (n = 760; n < sizeof(o); n += n < 780 ? 1 : 611) {
		text = b64_encode(o, n);
		unit_ok(b64_decode(text, &b, &unit_err));
		ck_assert_uint_eq(b.len, n);
		ck_assert_mem_eq(b.data, o, n);
		free(text);
		blob_clear(&b);
	}
	blob_done(&b);
}
END_TEST

START_TEST(a_refusal_far_in_still_appends_nothing)
{
	struct blob b = { 0 };
	char text[4001];

	memset(text, 'A', 4000);
	text[4000] = '\0';
	text[3990] = '!';
	unit_fails(b64_decode(text, &b, &unit_err), EINPUT);
	ck_assert_uint_eq(b.len, 0);
	ck_assert_str_eq(blob_str(&b), "");
	blob_done(&b);
}
END_TEST

START_TEST(lines_end_where_they_must)
{
	static const struct {
		size_t n, columns;
		const char *text;
	} T[] = {
		{ 0, 4, "" }, { 3, 4, "AAAA\n" }, { 3, 64, "AAAA\n" },
		{ 4, 4, "AAAA\nAA==\n" }, { 6, 4, "AAAA\nAAAA\n" },
		{ 6, 3, "AAA\nAAA\nAA\n" },
	};
	struct blob b = { 0 };
	size_t i;

	for (i = 0; i < NELEM(T); i++) {
		unit_ok(b64_lines("\0\0\0\0\0", T[i].n, T[i].columns, &b,
		    &unit_err));
		ck_assert_str_eq(blob_str(&b), T[i].text);
		blob_clear(&b);
	}
	blob_done(&b);
}
END_TEST

UNIT_MAIN("base/b64",
	UNIT_ROWS(it_spells_as_rfc4648_does, SPELLED)
	UNIT_ROWS(it_appends_what_it_reads, SPELLED)
	UNIT_ROWS(it_refuses_any_other_spelling_and_appends_nothing, REFUSED)
	UNIT(lines_end_where_they_must)
	UNIT(long_octets_come_back)
	UNIT(a_refusal_far_in_still_appends_nothing))
