#include "config.h"

#include "ca/number.h"
#include "ca/reason.h"
#include "tests/unit/unit.h"

#define TWENTY	"7f000000000000000000000000000000000000ff"
#define HIGH	"80000000000000000000000000000000000000ff"

START_TEST(a_small_one_has_no_zeros_in_front)
{
	static const struct {
		uint64_t v;
		const char *hex;
	} T[] = {
		{ 0, "00" }, { 1, "01" }, { 127, "7f" }, { 128, "80" },
		{ 256, "0100" }, { UINT64_MAX, "ffffffffffffffff" },
	};
	char hex[NUMBER_HEX];
	struct number a, b;
	size_t i;

	for (i = 0; i < NELEM(T); i++) {
		a = number_of(T[i].v);
		number_hex(&a, hex);
		ck_assert_str_eq(hex, T[i].hex);
		unit_ok(number_parse(hex, &b, &unit_err));
		ck_assert_mem_eq(&a, &b, sizeof(a));
		ck_assert_int_eq(number_positive(&a), T[i].v > 0);
	}
}
END_TEST

START_TEST(they_are_in_the_order_of_their_values)
{
	static const char *const T[] = { "00", "01", "80", "ff", "0100",
		"ffff", "010000", TWENTY };
	struct number a, b;
	size_t i, k;
	int order;

	for (i = 0; i < NELEM(T); i++)
		for (k = 0; k < NELEM(T); k++) {
			unit_ok(number_parse(T[i], &a, &unit_err));
			unit_ok(number_parse(T[k], &b, &unit_err));
			order = number_order(&a, &b);
			ck_assert_int_eq((order > 0) - (order < 0),
			    (i > k) - (i < k));
		}
}
END_TEST

static const struct {
	const char *why, *hex;
	enum err_code code;
} NO_TEXT[] = {
	{ "no octets", "", EINPUT },
	{ "half an octet", "123", EINPUT },
	{ "not hexadecimal", "0g", EINPUT },
	{ "another case", "AB", EINPUT },
	{ "a zero in front", "0001", EINPUT },
	{ "twenty octets and a bit: DER needs 21", HIGH, ERANGE_ },
	{ "21 octets", TWENTY "00", EINPUT },
};

START_TEST(it_refuses_other_text)
{
	struct number a;

	unit_fails(number_parse(NO_TEXT[_i].hex, &a, &unit_err),
	    NO_TEXT[_i].code);
}
END_TEST

static const struct {
	const char *why, *der;
	size_t n;
	enum err_code code;	/* OK: it is one */
} INTEGERS[] = {
	{ "zero: a first CRL's", "\x02\x01\x00", 3, OK },
	{ "one octet", "\x02\x01\x7f", 3, OK },
	{ "the zero that keeps it positive", "\x02\x02\x00\x80", 4, OK },
	{ "20 octets of content", "\x02\x14\x7f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\x01", 22, OK },
	{ "21 octets of content", "\x02\x15\x00\x80\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\x01", 23, ERANGE_ },
	{ "below zero", "\x02\x01\x80", 3, ERANGE_ },
	{ "a zero too many", "\x02\x02\x00\x7f", 4, EINPUT },
	{ "no content", "\x02\x00", 2, EINPUT },
	{ "another type", "\x0a\x01\x01", 3, EINPUT },
	{ "cut off", "\x02\x02\x01", 3, EINPUT },
};

START_TEST(it_reads_what_der_has)
{
	struct span in = span_of(INTEGERS[_i].der, INTEGERS[_i].n);
	struct blob again = { 0 };
	struct number a = { 0 };
	struct der w;

	if (INTEGERS[_i].code != OK) {
		unit_fails(number_take(&in, "it", &a, &unit_err),
		    INTEGERS[_i].code);
		ck_assert_uint_eq(in.n, INTEGERS[_i].n);
		ck_assert_uint_eq(a.n, 0);
		return;
	}
	unit_ok(number_take(&in, "it", &a, &unit_err));
	ck_assert_uint_eq(in.n, 0);
	der_init(&w, &again, &unit_err);
	unit_ok(der_uint(&w, number_span(&a)));
	ck_assert_uint_eq(again.len, INTEGERS[_i].n);
	ck_assert_mem_eq(again.data, INTEGERS[_i].der, again.len);
	blob_done(&again);
}
END_TEST

#define MOST_DECIMAL "730750818665451459101842416358141509827966271487"

static const struct {
	const char *hex, *decimal;
} DECIMALS[] = {
	{ "00", "0" }, { "09", "9" }, { "0a", "10" }, { "ff", "255" },
	{ "0100", "256" }, { "ffffffffffffffff", "18446744073709551615" },
	{ "010000000000000000", "18446744073709551616" },
	{ "7fffffffffffffffffffffffffffffffffffffff", MOST_DECIMAL },
};

START_TEST(in_decimal_it_is_the_same_number)
{
	char hex[NUMBER_HEX], text[NUMBER_DECIMAL];
	struct number a, b;

	unit_ok(number_parse(DECIMALS[_i].hex, &a, &unit_err));
	unit_ok(number_parse_decimal(DECIMALS[_i].decimal, &b, &unit_err));
	number_hex(&b, hex);
	ck_assert_str_eq(hex, DECIMALS[_i].hex);
	number_decimal(&a, text);
	ck_assert_str_eq(text, DECIMALS[_i].decimal);
}
END_TEST

static const struct {
	const char *why, *text;
	enum err_code code;
} NO_DECIMAL[] = {
	{ "nothing", "", EINPUT },
	{ "a sign", "-1", EINPUT },
	{ "hexadecimal", "1a", EINPUT },
	{ "a space", " 1", EINPUT },
	{ "a zero in front", "01", EINPUT },
	{ "one that DER needs 21 octets for",
	    "730750818665451459101842416358141509827966271488", ERANGE_ },
	{ "more than 20 octets",
	    "1461501637330902918203684832716283019655932542976", ERANGE_ },
	{ "a hundred digits", "1000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000000000000",
	    ERANGE_ },
};

START_TEST(it_refuses_other_decimals)
{
	struct number a;

	unit_fails(number_parse_decimal(NO_DECIMAL[_i].text, &a, &unit_err),
	    NO_DECIMAL[_i].code);
}
END_TEST

static const struct {
	const char *why, *from;
	uint64_t by;
	const char *to;		/* NULL: there is none */
} SUMS[] = {
	{ "nothing more", "05", 0, "05" },
	{ "one more", "ff", 1, "0100" },
	{ "carried on", "ffffffffffffffffff", 1, "01000000000000000000" },
	{ "all that 64 bits are", "01", UINT64_MAX, "010000000000000000" },
	{ "far up", "01" "0000000000000000000000000000000000", 255,
	    "01" "00000000000000000000000000000000ff" },
	{ "the last", "7ffffffffffffffffffffffffffffffffffffffe", 1,
	    "7fffffffffffffffffffffffffffffffffffffff" },
	{ "one too many", "7fffffffffffffffffffffffffffffffffffffff", 1,
	    NULL },
};

START_TEST(what_is_added_is_how_far_it_is_above)
{
	struct number from, to;
	char hex[NUMBER_HEX];
	uint64_t by = 7;

	unit_ok(number_parse(SUMS[_i].from, &from, &unit_err));
	if (SUMS[_i].to == NULL) {
		unit_fails(number_add(&from, SUMS[_i].by, &to, &unit_err),
		    ERANGE_);
		return;
	}
	unit_ok(number_add(&from, SUMS[_i].by, &to, &unit_err));
	number_hex(&to, hex);
	ck_assert_str_eq(hex, SUMS[_i].to);
	ck_assert(number_above(&to, &from, &by));
	ck_assert_uint_eq(by, SUMS[_i].by);
	by = 7;
	if (SUMS[_i].by > 0)
		ck_assert(!number_above(&from, &to, &by));
	if (SUMS[_i].by > 0)
		ck_assert_uint_eq(by, 7);
}
END_TEST

START_TEST(too_far_above_is_not_said)
{
	struct number none = { 0 }, far;
	uint64_t by;

	unit_ok(number_parse("010000000000000000", &far, &unit_err));
	ck_assert(!number_above(&far, &none, &by));
	unit_ok(number_add(&none, 5, &far, &unit_err));
	ck_assert(number_above(&far, &none, &by));
	ck_assert_uint_eq(by, 5);
}
END_TEST

START_TEST(a_number_that_is_none_is_not_positive)
{
	struct number none = { 0 };

	ck_assert(!number_positive(&none));
}
END_TEST

START_TEST(every_reason_has_one_word_and_one_number)
{
	enum reason r;
	unsigned i, n = 0;

	for (i = 0; i < 300; i++) {
		if (!reason_from_number(i, &r))
			continue;
		n++;
		ck_assert_uint_eq(r, i);
		ck_assert(reason_from_name(reason_name(r), &r));
		ck_assert_uint_eq(r, i);
	}
	ck_assert_uint_eq(n, 10);
	ck_assert_ptr_null(reason_name((enum reason)7));
	ck_assert_ptr_null(reason_name(REASON__N));
	ck_assert(!reason_from_number(7, &r));
	ck_assert(!reason_from_name("", &r));
	ck_assert(!reason_from_name("hold", &r));
}
END_TEST

UNIT_MAIN("ca/number",
	UNIT(a_small_one_has_no_zeros_in_front)
	UNIT(they_are_in_the_order_of_their_values)
	UNIT_ROWS(it_refuses_other_text, NO_TEXT)
	UNIT_ROWS(it_reads_what_der_has, INTEGERS)
	UNIT_ROWS(in_decimal_it_is_the_same_number, DECIMALS)
	UNIT_ROWS(it_refuses_other_decimals, NO_DECIMAL)
	UNIT_ROWS(what_is_added_is_how_far_it_is_above, SUMS)
	UNIT(too_far_above_is_not_said)
	UNIT(a_number_that_is_none_is_not_positive)
	UNIT(every_reason_has_one_word_and_one_number))
