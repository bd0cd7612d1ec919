#include "config.h"

#include <openssl/objects.h>
#include "ca/oid.h"
#include "tests/unit/unit.h"

START_TEST(every_row_is_the_oid_that_its_text_says)
{
	unsigned char octets[OID_OCTETS];
	char text[OID_TEXT];
	ASN1_OBJECT *o;
	size_t n;
	int i;

	for (i = 0; i < OID__N; i++) {
		unit_ok(oid_text(oid_der((enum oid)i), text, &unit_err));
		unit_ok(oid_parse(text, octets, &n, &unit_err));
		ck_assert(oid_is(span_of(octets, n), (enum oid)i));
		ck_assert_int_eq(oid_find(span_of(octets, n)), i);
		ck_assert_int_eq(oid_named(oid_kind((enum oid)i),
		    oid_name((enum oid)i)), i);
		o = OBJ_txt2obj(text, 1);
		ck_assert_uint_eq(OBJ_length(o), n);
		ck_assert_mem_eq(OBJ_get0_data(o), octets, n);
		ASN1_OBJECT_free(o);
	}
}
END_TEST

START_TEST(attributes_have_the_names_that_x520_gives_them)
{
	char text[OID_TEXT];
	int i, known = 0;

	for (i = 0; i < OID__N; i++) {
		if (oid_kind((enum oid)i) != OID_ATTRIBUTE)
			continue;
		unit_ok(oid_text(oid_der((enum oid)i), text, &unit_err));
		if (OBJ_txt2nid(text) == NID_undef)
			continue;
		known++;
		ck_assert_str_eq(OBJ_nid2ln(OBJ_txt2nid(text)),
		    oid_name((enum oid)i));
	}
	ck_assert_int_ge(known, 17);
	ck_assert_int_eq(oid_named(OID_ATTRIBUTE, "server-auth"), OID__N);
}
END_TEST

static const struct { const char *why, *text; } REFUSED[] = {
	{ "nothing", "" }, { "one number", "1" }, { "a dot too many", "1.2." },
	{ "two dots", "1..2" }, { "a leading zero", "1.02.3" },
	{ "no third root", "3.1" }, { "40 below root 1", "1.40" },
	{ "letters", "1.2.x" }, { "a sign", "1.-2" }, { "a space", "1. 2" },
	{ "a number of 19 digits", "1.2.1000000000000000000" },
	{ "over 64 octets", "1.2.999999999999999.999999999999999."
	    "999999999999999.999999999999999.999999999999999.999999999999999."
	    "999999999999999.999999999999999.999999999999999" },
};

START_TEST(other_texts_are_refused)
{
	unsigned char octets[OID_OCTETS];
	size_t n;

	unit_fails(oid_parse(REFUSED[_i].text, octets, &n, &unit_err), EINPUT);
}
END_TEST

START_TEST(other_octets_are_refused)
{
	char text[OID_TEXT];

	unit_fails(oid_text(span_of("", 0), text, &unit_err), EINPUT);
	unit_fails(oid_text(span_of("\x2a\x80\x01", 3), text, &unit_err),
	    EINPUT);
	unit_fails(oid_text(span_of("\x2a\x81", 2), text, &unit_err), EINPUT);
	unit_ok(oid_text(span_of("\x88\x37", 2), text, &unit_err));
	ck_assert_str_eq(text, "2.999");
}
END_TEST

UNIT_MAIN("ca/oid",
	UNIT(every_row_is_the_oid_that_its_text_says)
	UNIT(attributes_have_the_names_that_x520_gives_them)
	UNIT_ROWS(other_texts_are_refused, REFUSED)
	UNIT(other_octets_are_refused))
