#include "config.h"

#include "tests/unit/ca.h"

static void
name_of(const char *json, struct blob *ret)
{
	AUTO_JSON *j = ca_json(json);

	unit_ok(name_der(j, ret, &unit_err));
}

START_TEST(a_name_comes_back_as_it_was)
{
	static const char *const NAMES[] = { "[]", "[['commonName','x']]",
		("[['countryName','DE'],['organizationName','Bäcker'],"
		"['serialNumber','77'],['emailAddress','a@b.example']]"),
		"[['domainComponent','example'],['domainComponent','com']]",
		"[['matterVendorId','FFF1'],['matterProductId','8000']]" };
	AUTO_JSON *want = NULL, *have = NULL;
	struct blob b = { 0 };
	size_t i;

	for (i = 0; i < NELEM(NAMES); i++) {
		blob_clear(&b);
		want = ca_json(NAMES[i]);
		name_of(NAMES[i], &b);
		unit_ok(name_json(span_blob(&b), &have, &unit_err));
		unit_ok(name_form_check(span_blob(&b), &unit_err));
		ck_assert(json_equal(want, have));
		json_decref(TAKE(want));
		json_decref(TAKE(have));
	}
	blob_done(&b);
}
END_TEST

/* OpenSSL reads the same out of it. */
START_TEST(openssl_reads_the_same_name)
{
	const unsigned char *p;
	struct blob b = { 0 };
	char text[256];
	X509_NAME *n;

	name_of("[['countryName','DE'],['commonName','x']]", &b);
	p = b.data;
	n = d2i_X509_NAME(NULL, &p, (long)b.len);
	ck_assert_ptr_nonnull(n);
	X509_NAME_oneline(n, text, sizeof(text));
	ck_assert_str_eq(text, "/C=DE/CN=x");
	X509_NAME_free(n);
	blob_done(&b);
}
END_TEST

#define X64	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
static const struct { const char *why, *json; enum err_code code; } BAD[] = {
	{ "no array", "{}", ESCHEMA },
	{ "no pair", "[['commonName']]", ESCHEMA },
	{ "no text", "[['commonName',1]]", ESCHEMA },
	{ "an attribute that there is not", "[['commonname','x']]", ESCHEMA },
	{ "17 attributes", "[['title','x'],['title','x'],['title','x'],['title','x'],['title','x'],['title','x'],['title','x'],['title','x'],"
	    "['title','x'],['title','x'],['title','x'],['title','x'],['title','x'],['title','x'],['title','x'],['title','x'],['title','x']]", ESCHEMA },
	{ "empty", "[['commonName','']]", ERANGE_ },
	{ "65 characters", "[['commonName','x" X64 "']]", ERANGE_ },
	{ "a country of three", "[['countryName','DEU']]", ERANGE_ },
	{ "a serial with a star", "[['serialNumber','7*']]", EINPUT },
	{ "an address with an umlaut", "[['emailAddress','ä@b']]", EINPUT },
	{ "a line's end", "[['commonName','a\\n']]", EINPUT },
	{ "a NUL", "[['commonName','a\\u0000b']]", EINPUT },
	{ "a vendor in lower case", "[['matterVendorId','fff1']]", EINPUT },
	{ "a vendor of five digits", "[['matterVendorId','FFF11']]", ERANGE_ },
};

static const struct { const char *why, *value; bool shown; } SHOWN[] = {
	{ "a name", "Plant 7", true }, { "nothing", "", true },
	{ "a blank", " ", false },
	{ "blanks of other widths", "\u00a0\u3000\u200b", false },
	{ "what turns the order round", "a\u202e" "b", false },
	{ "an isolate", "a\u2066" "b", false },
	{ "C1", "a\xc2\x85" "b", false },
};

/* A name that is there already may be so: an issuer's is not asked. */
START_TEST(what_is_not_seen_as_it_is_is_told)
{
	ck_assert_msg((name_value_shown("commonName", SHOWN[_i].value,
	    &unit_err) == 0) == SHOWN[_i].shown, "%s", SHOWN[_i].why);
}
END_TEST

START_TEST(what_is_no_name_is_not_written)
{
	struct blob b = { 0 };
	json_error_t e;
	char *copy = strdup(BAD[_i].json), *p;
	AUTO_JSON *j = NULL;

	for (p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	j = json_loads(copy, JSON_ALLOW_NUL, &e);
	ck_assert_msg(j != NULL, "%s", e.text);
	unit_fails(name_der(j, &b, &unit_err), BAD[_i].code);
	ck_assert_uint_eq(b.len, 0);
	free(copy);
	blob_done(&b);
}
END_TEST

START_TEST(sixty_four_characters_are_not_too_many)
{
	struct blob b = { 0 };

	name_of("[['commonName','" X64 "']]", &b);
	ck_assert_uint_gt(b.len, 64);
	blob_done(&b);
}
END_TEST

static const struct { const char *why, *hex; } ODD[] = {
	{ "an attribute twice in a relative name", "301a31183008060355040" "30c01410" "80603550403" "0c0142" },
	{ "a BMPString", "300d310b300906035504031e020041" },
	{ "no UTF-8", "300c310a300806035504030c01ff" },
	{ "a control character", "300c310a300806035504030c0107" },
	{ "no SET", "300a3008060355" "04030c0141" },
	{ "something behind", "30000500" },
};

START_TEST(what_is_no_name_is_not_read)
{
	unsigned char o[64];
	size_t n = strlen(ODD[_i].hex) / 2;
	json_t *j = NULL;

	unit_ok(hex_decode(ODD[_i].hex, n, o, &unit_err));
	unit_fails(name_json(span_of(o, n), &j, &unit_err), EINPUT);
	ck_assert_ptr_null(j);
}
END_TEST

START_TEST(an_unknown_attribute_is_called_by_its_oid)
{
	AUTO_JSON *j = NULL;
	struct span s = span_of("\x30\x0d\x31\x0b\x30\x09\x06\x04\x2a\x03\x04"
	    "\x05\x0c\x01\x41", 15);

	unit_ok(name_json(s, &j, &unit_err));
	ck_assert_str_eq(json_string_value(json_array_get(json_array_get(j, 0),
	    0)), "1.2.3.4.5");
	unit_fails(name_form_check(s, &unit_err), EINPUT);
	ck_assert_ptr_null(name_get(j, OID_COMMON_NAME));
}
END_TEST

UNIT_MAIN("ca/name",
	UNIT(a_name_comes_back_as_it_was)
	UNIT(openssl_reads_the_same_name)
	UNIT_ROWS(what_is_not_seen_as_it_is_is_told, SHOWN)
	UNIT_ROWS(what_is_no_name_is_not_written, BAD)
	UNIT(sixty_four_characters_are_not_too_many)
	UNIT_ROWS(what_is_no_name_is_not_read, ODD)
	UNIT(an_unknown_attribute_is_called_by_its_oid))
