#include "config.h"

#include "base/hex.h"
#include "ca/der.h"
#include "tests/unit/unit.h"

static void
expect(const struct blob *b, const char *hex)
{
	char have[256];

	ck_assert_uint_lt(b->len, sizeof(have) / 2);
	hex_encode(b->data, b->len, have);
	ck_assert_str_eq(have, hex);
}

START_TEST(values_nest_and_lengths_are_the_shortest)
{
	struct blob b = { 0 }, big = { 0 };
	struct der w;
	unsigned char x[300] = { 0 };
	struct span in, content;
	size_t n;

	der_init(&w, &b, &unit_err);
	unit_ok(der_open(&w, DER_SEQUENCE));
	unit_ok(der_open(&w, DER_SET));
	unit_ok(der_int(&w, DER_INTEGER, 5));
	unit_ok(der_close(&w));
	unit_ok(der_null(&w));
	unit_ok(der_close(&w));
	expect(&b, "3007310302010505" "00");
	for (n = 0; n <= sizeof(x); n++) {
		blob_clear(&big);
		der_init(&w, &big, &unit_err);
		unit_ok(der_open(&w, DER_SEQUENCE));
		unit_ok(der_raw(&w, span_of(x, n)));
		unit_ok(der_close(&w));
		ck_assert_uint_eq(big.len, n + (n < 128 ? 2 : n < 256 ? 3 :
		    4));
		in = span_blob(&big);
		unit_ok(der_take(&in, DER_SEQUENCE, "it", &content,
		    &unit_err));
		unit_ok(der_end(&in, "it", &unit_err));
		ck_assert_uint_eq(content.n, n);
	}
	blob_done(&b);
	blob_done(&big);
}
END_TEST

static const struct { const char *why; int64_t v; const char *hex; } INTS[] = {
	{ "zero has one octet", 0, "020100" },
	{ "the first bit is the sign's", 127, "02017f" },
	{ "so 128 has two", 128, "02020080" },
	{ "256", 256, "02020100" },
	{ "minus one", -1, "0201ff" },
	{ "minus 128", -128, "020180" },
	{ "minus 129", -129, "0202ff7f" },
	{ "the largest", INT64_MAX, "02087fffffffffffffff" },
	{ "the smallest", INT64_MIN, "02088000000000000000" },
};

START_TEST(integers_are_the_shortest_and_come_back)
{
	struct blob b = { 0 };
	struct span in, c;
	struct der w;
	int64_t v;

	der_init(&w, &b, &unit_err);
	unit_ok(der_int(&w, DER_INTEGER, INTS[_i].v));
	expect(&b, INTS[_i].hex);
	in = span_blob(&b);
	unit_ok(der_take(&in, DER_INTEGER, "it", &c, &unit_err));
	unit_ok(der_int_read(c, "it", &v, &unit_err));
	ck_assert_int_eq(v, INTS[_i].v);
	blob_done(&b);
}
END_TEST

static const struct { const char *why; uint32_t bits; const char *hex; }
BITS[] = {
	{ "none", 0, "030100" },
	{ "digitalSignature", 1, "03020780" },
	{ "keyCertSign and cRLSign", 0x60, "03020106" },
	{ "decipherOnly is in the second octet", 0x100, "0303070080" },
	{ "the last", UINT32_C(1) << 31, "03050000000001" },
};

START_TEST(named_bits_have_no_trailing_zeros)
{
	struct blob b = { 0 };
	struct span in, c;
	struct der w;
	uint32_t v;

	der_init(&w, &b, &unit_err);
	unit_ok(der_named_bits(&w, DER_BIT_STRING, BITS[_i].bits));
	expect(&b, BITS[_i].hex);
	in = span_blob(&b);
	unit_ok(der_take(&in, DER_BIT_STRING, "it", &c, &unit_err));
	unit_ok(der_named_bits_read(c, "it", &v, &unit_err));
	ck_assert_uint_eq(v, BITS[_i].bits);
	blob_done(&b);
}
END_TEST

static const struct { const char *why, *time, *text; unsigned tag; } TIMES[] = {
	{ "UTCTime begins in 1950", "1950-01-01T00:00:00Z", "500101000000Z", DER_UTC_TIME },
	{ "the last of UTCTime", "2049-12-31T23:59:59Z", "491231235959Z", DER_UTC_TIME },
	{ "from 2050 GeneralizedTime", "2050-01-01T00:00:00Z", "20500101000000Z", DER_GENERAL_TIME },
	{ "no well-defined end", "9999-12-31T23:59:59Z", "99991231235959Z", DER_GENERAL_TIME },
	{ "a fraction is cut", "2026-12-01T00:00:00.9Z", "261201000000Z", DER_UTC_TIME },
};

START_TEST(times_change_their_form_in_2050)
{
	struct blob b = { 0 };
	struct span in;
	struct der w;
	time_us t, back;
	unsigned tag;

	unit_ok(clock_parse(TIMES[_i].time, &t, &unit_err));
	der_init(&w, &b, &unit_err);
	unit_ok(der_time(&w, t));
	ck_assert_uint_eq(b.data[0], TIMES[_i].tag);
	ck_assert_str_eq(blob_str(&b) + 2, TIMES[_i].text);
	in = span_blob(&b);
	unit_ok(der_take_time(&in, "it", &tag, &back, &unit_err));
	ck_assert_int_eq(back, t - t % TIME_S(1));
	ck_assert_uint_eq(tag, TIMES[_i].tag);
	blob_clear(&b);
	unit_ok(der_general_time(&w, DER_CONTEXT(2), t));
	ck_assert_uint_eq(b.data[0], 0x82);
	ck_assert_uint_eq(b.data[1], 15);
	blob_done(&b);
}
END_TEST

START_TEST(a_time_outside_has_no_form)
{
	struct blob b = { 0 };
	struct der w;

	der_init(&w, &b, &unit_err);
	unit_fails(der_time(&w, TIME_S(INT64_C(-631152001))), ERANGE_);
	unit_fails(der_time(&w, TIME_S(INT64_C(253402300800))), ERANGE_);
	blob_done(&b);
}
END_TEST

enum how { AS_VALUE, AS_BOOL, AS_INT, AS_UINT, AS_BITS, AS_NAMED, AS_TIME };
static const struct { const char *why; enum how how; const char *hex;
    enum err_code code; } REFUSED[] = {
	{ "nothing at all", AS_VALUE, "", EINPUT },
	{ "no length", AS_VALUE, "30", EINPUT },
	{ "a tag above 30", AS_VALUE, "1f8100", EINPUT },
	{ "an indefinite length", AS_VALUE, "30800000", EINPUT },
	{ "a long form for less than 128", AS_VALUE, "308101ff", EINPUT },
	{ "a length with a leading zero", AS_VALUE, "3082008000", EINPUT },
	{ "a length of five octets", AS_VALUE, "30850100000000", EINPUT },
	{ "cut off", AS_VALUE, "300300", EINPUT },
	{ "TRUE is ff", AS_BOOL, "010101", EINPUT },
	{ "a BOOLEAN has one octet", AS_BOOL, "01020000", EINPUT },
	{ "an INTEGER of nothing", AS_INT, "0200", EINPUT },
	{ "a leading zero", AS_INT, "0202007f", EINPUT },
	{ "leading ones", AS_INT, "0202ff80", EINPUT },
	{ "over 64 bits", AS_INT, "0209010000000000000000", ERANGE_ },
	{ "zero is not positive", AS_UINT, "020100", ERANGE_ },
	{ "negative", AS_UINT, "0201ff", ERANGE_ },
	{ "21 octets", AS_UINT, "0215010000000000000000000000000000000000000000", ERANGE_ },
	{ "20 octets and a sign", AS_UINT, "021500ff0000000000000000000000000000000000000000", ERANGE_ },
	{ "half an octet", AS_BITS, "03020180", EINPUT },
	{ "no octet that says how many", AS_BITS, "0300", EINPUT },
	{ "trailing zeros", AS_NAMED, "03020080", EINPUT },
	{ "unused bits that are set", AS_NAMED, "030207ff", EINPUT },
	{ "eight unused bits", AS_NAMED, "03020880", EINPUT },
	{ "over 32 bits", AS_NAMED, "0306000000000001", EINPUT },
	{ "no seconds", AS_TIME, "170b323631323031303030305a", EINPUT },
	{ "a fraction", AS_TIME, "181132303236313230313030303030302e355a", EINPUT },
	{ "a zone", AS_TIME, "180f3230323631323031303030303030" "2b", EINPUT },
	{ "no such day", AS_TIME, "170d3236303233303030303030305a", EINPUT },
	{ "letters", AS_TIME, "170d3236303278783030303030305a", EINPUT },
	{ "no time at all", AS_TIME, "0500", EINPUT },
};

static int
read_as(struct span in, enum how how)
{
	struct span c, out;
	unsigned tag;
	int64_t v;
	uint32_t u;
	time_us t;
	bool b;

	if (how == AS_TIME)
		return der_take_time(&in, "it", NULL, &t, &unit_err);
	TRY(der_next(&in, "it", &tag, &c, &unit_err));
	switch (how) {
	case AS_BOOL:
		return der_bool_read(c, "it", &b, &unit_err);
	case AS_INT:
		return der_int_read(c, "it", &v, &unit_err);
	case AS_UINT:
		return der_uint_read(c, "it", &out, &unit_err);
	case AS_BITS:
		return der_bits_read(c, "it", &out, &unit_err);
	case AS_NAMED:
		return der_named_bits_read(c, "it", &u, &unit_err);
	case AS_VALUE:
	case AS_TIME:
		break;
	}
	return 0;
}

START_TEST(other_spellings_are_refused)
{
	unsigned char o[64];
	size_t n = strlen(REFUSED[_i].hex) / 2;

	unit_ok(hex_decode(REFUSED[_i].hex, n, o, &unit_err));
	unit_fails(read_as(span_of(o, n), REFUSED[_i].how), REFUSED[_i].code);
}
END_TEST

START_TEST(a_cursor_stays_where_it_is_on_failure)
{
	struct span in = span_of("\x02\x01\x05", 3), c = { 0 };

	unit_fails(der_take(&in, DER_NULL, "it", &c, &unit_err), EINPUT);
	ck_assert_uint_eq(in.n, 3);
	ck_assert_ptr_null(c.p);
	unit_fails(der_end(&in, "it", &unit_err), EINPUT);
	unit_ok(der_take_whole(&in, DER_INTEGER, "it", &c, &unit_err));
	ck_assert_uint_eq(c.n, 3);
	ck_assert(!der_is(&in, DER_INTEGER));
}
END_TEST

START_TEST(a_magnitude_gets_its_sign)
{
	struct blob b = { 0 };
	struct der w;

	der_init(&w, &b, &unit_err);
	unit_ok(der_uint(&w, span_of("\x00\x00\x80", 3)));
	unit_ok(der_uint(&w, span_of("\x7f", 1)));
	unit_ok(der_uint(&w, span_of("\x00", 1)));
	unit_ok(der_uint(&w, span_of(NULL, 0)));
	expect(&b, "0202008002017f020100020100");
	blob_done(&b);
}
END_TEST

UNIT_MAIN("ca/der",
	UNIT(values_nest_and_lengths_are_the_shortest)
	UNIT_ROWS(integers_are_the_shortest_and_come_back, INTS)
	UNIT_ROWS(named_bits_have_no_trailing_zeros, BITS)
	UNIT_ROWS(times_change_their_form_in_2050, TIMES)
	UNIT(a_time_outside_has_no_form)
	UNIT_ROWS(other_spellings_are_refused, REFUSED)
	UNIT(a_cursor_stays_where_it_is_on_failure)
	UNIT(a_magnitude_gets_its_sign))
