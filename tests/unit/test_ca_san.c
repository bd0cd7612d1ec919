#include "config.h"

#include "ca/san.h"
#include "tests/unit/ca.h"

START_TEST(names_come_back_as_they_were)
{
	AUTO_JSON *want = ca_json("['dns:host.example','dns:*.a.example',"
	    "'ip:192.0.2.1','ip:2001:db8::1','uri:urn:device:77',"
	    "'uri:https://user@h.example:443/p?q','email:a.b@host.example',"
	    "'hardware-module:1.3.6.1.4.1.99:3737']"), *have = NULL;
	const unsigned char *p;
	struct blob b = { 0 };
	GENERAL_NAMES *g;

	unit_ok(san_der(want, &b, &unit_err));
	unit_ok(san_json(span_blob(&b), &have, &unit_err));
	ck_assert(json_equal(want, have));
	p = b.data;
	g = d2i_GENERAL_NAMES(NULL, &p, (long)b.len);
	ck_assert_int_eq(sk_GENERAL_NAME_num(g), 8);
	GENERAL_NAMES_free(g);
	blob_done(&b);
}
END_TEST

static const struct { const char *why, *json; enum err_code code; } BAD[] = {
	{ "none", "[]", ERANGE_ },
	{ "no text", "[1]", ESCHEMA },
	{ "twice", "['dns:a','dns:a']", EINPUT },
	{ "no type", "['host']", EINPUT },
	{ "another type", "['dirname:x']", EINPUT },
	{ "a prefix of a type", "['dn:x']", EINPUT },
	{ "upper case", "['dns:Host']", EINPUT },
	{ "an underscore", "['dns:a_b']", EINPUT },
	{ "a hyphen in front", "['dns:-a']", EINPUT },
	{ "a dot behind", "['dns:a.']", EINPUT },
	{ "a star inside", "['dns:a.*.b']", EINPUT },
	{ "a star alone", "['dns:*']", EINPUT },
	{ "an empty label", "['dns:a..b']", EINPUT },
	{ "a label of 64", "['dns:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']", EINPUT },
	{ "an address with a zero in front", "['ip:192.0.2.01']", EINPUT },
	{ "an address in another spelling", "['ip:2001:DB8::1']", EINPUT },
	{ "a range", "['ip:10.0.0.0/8']", EINPUT },
	{ "a host that is an address", "['dns:10.0.0.1']", EINPUT },
	{ "a host that ends in a number", "['dns:host.1']", EINPUT },
	{ "below a star, too", "['dns:*.0.0.1']", EINPUT },
	{ "a mailbox at an address", "['email:a@10.0.0.1']", EINPUT },
	{ "a URI with an empty authority", "['uri:https:///x']", EINPUT },
	{ "with nothing behind it", "['uri:http://']", EINPUT },
	{ "with a port alone", "['uri:http://:80/']", EINPUT },
	{ "with a user alone", "['uri:http://u@/']", EINPUT },
	{ "with what is no host", "['uri:http://a_b/']", EINPUT },
	{ "with what is no address", "['uri:http://10.0.0.300/']", EINPUT },
	{ "with half an address", "['uri:http://[2001:db8::1/']", EINPUT },
	{ "with something behind the address", "['uri:http://[2001:db8::1]x/']", EINPUT },
	{ "a URI without a scheme", "['uri://x']", EINPUT },
	{ "a URI with a space", "['uri:urn:a b']", EINPUT },
	{ "a mailbox without a host", "['email:a@']", EINPUT },
	{ "a mailbox with two dots", "['email:a..b@c']", EINPUT },
	{ "no hexadecimal", "['hardware-module:1.2.3']", EINPUT },
	{ "half an octet", "['hardware-module:1.2.3:123']", EINPUT },
	{ "upper-case digits", "['hardware-module:1.2.3:AB']", EINPUT },
	{ "no OID", "['hardware-module:1:12']", EINPUT },
};

START_TEST(what_is_no_name_is_not_written)
{
	AUTO_JSON *j = ca_json(BAD[_i].json);
	struct blob b = { 0 };

	unit_fails(san_der(j, &b, &unit_err), BAD[_i].code);
	ck_assert_uint_eq(b.len, 0);
	blob_done(&b);
}
END_TEST

START_TEST(a_uri_with_an_authority_names_a_host_or_an_address)
{
	AUTO_JSON *j = ca_json("['uri:http://h/','uri:https://A.Example:443/x',"
	    "'uri:http://10.0.0.1:80','uri:http://[2001:db8::1]:80/?q',"
	    "'uri:spiffe://example.org/x','uri:urn:x://','uri:tag:a,2026:b',"
	    "'uri:https://u:p@a.example/','dns:77','dns:1.a','dns:10.0.0.1a']");
	struct blob b = { 0 };

	unit_ok(san_der(j, &b, &unit_err));
	blob_done(&b);
}
END_TEST

/* Issued before it was refused: ledgers and reports go on. */
START_TEST(what_is_not_written_any_more_can_be_read)
{
	static const unsigned char OLD[] = "\x30\x13\x82\x08" "10.0.0.1"
	    "\x86\x07" "http://";
	AUTO_JSON *want = ca_json("['dns:10.0.0.1','uri:http://']"),
	    *have = NULL;

	unit_ok(san_json(span_of(OLD, sizeof(OLD) - 1), &have, &unit_err));
	ck_assert(json_equal(want, have));
}
END_TEST

START_TEST(there_may_be_128_of_them)
{
	AUTO_JSON *j = json_array(), *back = NULL;
	struct blob b = { 0 };
	int i;

	for (i = 0; i < SAN_MOST; i++)
		json_array_append_new(j, json_sprintf("dns:h%d", i));
	unit_ok(san_der(j, &b, &unit_err));
	unit_ok(san_json(span_blob(&b), &back, &unit_err));
	json_array_append_new(j, json_string("dns:x"));
	unit_fails(san_der(j, &b, &unit_err), ERANGE_);
	blob_done(&b);
}
END_TEST

static const struct { const char *why, *hex; } ODD[] = {
	{ "none", "3000" },
	{ "a directory name", "3004a4023000" },
	{ "an address of five octets", "300787050102030405" },
	{ "a host with a NUL", "3005820361" "0062" },
	{ "an empty host", "30028200" },
	{ "another other name", "3010a00e06032a0304a007300506032a0304" },
	{ "something behind", "300382016105" "00" },
};

START_TEST(what_is_no_name_is_not_read)
{
	unsigned char o[64];
	size_t n = strlen(ODD[_i].hex) / 2;
	json_t *j = NULL;

	unit_ok(hex_decode(ODD[_i].hex, n, o, &unit_err));
	unit_fails(san_json(span_of(o, n), &j, &unit_err), EINPUT);
}
END_TEST

START_TEST(constraints_come_back_as_they_were)
{
	AUTO_JSON *want = ca_json("{'permitted':['dns:example','ip:10.0.0.0/8',"
	    "'ip:2001:db8::/32','uri:.example','email:host.example'],"
	    "'excluded':['dns:no.example','email:a@b.example']}"), *have = NULL;
	struct blob b = { 0 };
	struct der w;

	der_init(&w, &b, &unit_err);
	unit_ok(constraints_put(&w, want, &unit_err));
	unit_ok(constraints_json(span_blob(&b), &have, &unit_err));
	ck_assert(json_equal(want, have));
	blob_done(&b);
}
END_TEST

static const struct { const char *why, *json; enum err_code code; } LIMITS[] = {
	{ "nothing", "{}", ESCHEMA },
	{ "two empty lists", "{'permitted':[],'excluded':[]}", ESCHEMA },
	{ "another member", "{'allowed':['dns:a']}", ESCHEMA },
	{ "a star", "{'permitted':['dns:*.a']}", EINPUT },
	{ "an address alone", "{'permitted':['ip:10.0.0.1']}", EINPUT },
	{ "33 bits", "{'permitted':['ip:10.0.0.0/33']}", EINPUT },
	{ "bits behind the mask", "{'permitted':['ip:10.0.0.1/8']}", EINPUT },
	{ "a sign", "{'permitted':['ip:10.0.0.0/+8']}", EINPUT },
	{ "hardware", "{'permitted':['hardware-module:1.2:12']}", EINPUT },
};

START_TEST(what_is_no_constraint_is_refused)
{
	AUTO_JSON *j = ca_json(LIMITS[_i].json);
	struct blob b = { 0 };
	struct der w;

	der_init(&w, &b, &unit_err);
	unit_fails(constraints_put(&w, j, &unit_err), LIMITS[_i].code);
	blob_done(&b);
}
END_TEST

#define ONLY	"{'permitted':['dns:example','ip:10.0.0.0/8'," \
	"'email:.example','uri:h.example'],'excluded':['dns:no.example']}"
static const struct { const char *why, *san; bool within; } WITHIN[] = {
	{ "the host itself", "dns:example", true },
	{ "one below", "dns:a.example", true },
	{ "a label is a whole label", "dns:anexample", false },
	{ "all below", "dns:*.a.example", true },
	{ "excluded below permitted", "dns:a.no.example", false },
	{ "a star that covers an excluded one", "dns:*.example", false },
	{ "an address within", "ip:10.1.2.3", true },
	{ "an address outside", "ip:11.1.2.3", false },
	{ "an address of the other family", "ip:2001:db8::1", false },
	{ "a mailbox below the domain", "email:a@b.example", true },
	{ "a mailbox of the domain itself", "email:a@example", false },
	{ "a URI of the host", "uri:https://h.example:1/x", true },
	{ "the host in capitals", "uri:https://H.Example", true },
	{ "one with user information", "uri:https://h.example:y@h.example:1/x", false },
	{ "a URI of an address", "uri:https://10.0.0.1/", false },
	{ "a URI below the host", "uri:https://a.h.example", false },
	{ "a URI without a host", "uri:urn:device:1", false },
	{ "what nothing constrains", "hardware-module:1.2.3:12", true },
};

START_TEST(names_are_within_constraints_or_not)
{
	AUTO_JSON *limits = ca_json(ONLY), *san = json_pack("[s]",
	    WITHIN[_i].san);

	if (WITHIN[_i].within)
		unit_ok(constraints_check(limits, san, &unit_err));
	else
		unit_fails(constraints_check(limits, san, &unit_err), EDENIED);
}
END_TEST

/* The same for what is excluded; and of where nobody constrains URIs. */
START_TEST(user_information_is_refused_where_uris_are_constrained)
{
	AUTO_JSON *excluded = ca_json("{'excluded':['uri:no.example']}"),
	    *other = ca_json("{'permitted':['dns:example']}"),
	    *san = ca_json("['uri:https://x:y@a.example:1/']");

	unit_fails(constraints_check(excluded, san, &unit_err), EDENIED);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "user information"));
	unit_ok(constraints_check(other, san, &unit_err));
}
END_TEST

START_TEST(a_constraint_can_be_within_another)
{
	ck_assert(constraint_covers("ip:10.0.0.0/8", "ip:10.1.0.0/16"));
	ck_assert(!constraint_covers("ip:10.1.0.0/16", "ip:10.0.0.0/8"));
	ck_assert(constraint_covers("dns:example", "dns:a.example"));
	ck_assert(!constraint_covers("dns:a.example", "dns:example"));
	ck_assert(constraint_covers("uri:.example", "uri:.a.example"));
	ck_assert(!constraint_covers("uri:a.example", "uri:.a.example"));
	ck_assert(!constraint_covers("dns:example", "uri:a.example"));
}
END_TEST

UNIT_MAIN("ca/san",
	UNIT(names_come_back_as_they_were)
	UNIT_ROWS(what_is_no_name_is_not_written, BAD)
	UNIT(a_uri_with_an_authority_names_a_host_or_an_address)
	UNIT(what_is_not_written_any_more_can_be_read)
	UNIT(there_may_be_128_of_them)
	UNIT_ROWS(what_is_no_name_is_not_read, ODD)
	UNIT(constraints_come_back_as_they_were)
	UNIT_ROWS(what_is_no_constraint_is_refused, LIMITS)
	UNIT_ROWS(names_are_within_constraints_or_not, WITHIN)
	UNIT(user_information_is_refused_where_uris_are_constrained)
	UNIT(a_constraint_can_be_within_another))
