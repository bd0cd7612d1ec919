#include "config.h"

#include "tests/unit/ca.h"

/* clang-format off */
/* A profile that has each kind of rule. */
#define PROFILE "{'purpose':'x','kind':'end-entity','keys':['ec-p256']," \
	"'device':'optional','validity':{'for':'P1Y'}," \
	"'key-usage':['digital-signature'],'subject':[" \
	"{'attribute':'organizationName','value':'Example'}," \
	"{'attribute':'commonName','from':'csr','pattern':'[a-z]{1,8}'}," \
	"{'attribute':'title','from':'request','pattern':'[a-z]*'}," \
	"{'attribute':'serialNumber','from':'device'}],'san':[" \
	"{'type':'uri','value':'urn:device:{device}'}," \
	"{'type':'dns','from':'csr','most':2,'pattern':'[a-z.]*'}," \
	"{'type':'email','from':'request'}]}"

static const struct {
	const char	*why, *cn, *san, *asked;
	enum err_code	 code;
	const char	*want;		/* or a part of the refusal */
} DRAWS[] = {
	{ "fixed alone", NULL, NULL, "{}", OK, "{'subject':[['organizationName','Example']],'san':[]}" },
	{ "everything", "kitchen", "DNS:a.example,DNS:b.example", "{'device':'T-1','subject':[['title','x']],'san':['email:a@b']}", OK,
	  "{'device':'T-1','subject':[['organizationName','Example'],['commonName','kitchen'],['title','x'],['serialNumber','T-1']],"
	  "'san':['uri:urn:device:T-1','dns:a.example','dns:b.example','email:a@b']}" },
	{ "a name of another form", "Kitchen", NULL, "{}", EDENIED, "/subject/1: commonName \"Kitchen\" is not of the form" },
	{ "three hosts", "k", "DNS:a.example,DNS:b.example,DNS:c.example", "{}", EDENIED, "/san/1: at most 2 dns names" },
	{ "a host of another form", "k", "DNS:a1.example", "{}", EDENIED, "no rule of /san takes dns:a1.example, which the CSR has (RFC 5280, 4.2.1.6)" },
	{ "a name of another type", "k", "IP:192.0.2.1", "{}", EDENIED, "no rule of /san takes ip:192.0.2.1" },
	{ "what is fixed may be in the CSR too", "k", "URI:urn:device:T-1", "{'device':'T-1'}", OK,
	  "{'device':'T-1','subject':[['organizationName','Example'],['commonName','k'],['serialNumber','T-1']],'san':['uri:urn:device:T-1']}" },
	{ "but not another's", "k", "URI:urn:device:T-2", "{'device':'T-1'}", EDENIED, "urn:device:T-2" },
	{ "asking for what the CSR says", NULL, NULL, "{'subject':[['commonName','k']]}", EDENIED, "does not take from there" },
	{ "asking for what is fixed", NULL, NULL, "{'subject':[['organizationName','Other']]}", EDENIED, "/subject/0: the request has organizationName, which the profile does not take from there (RFC 5280, 4.1.2.6)" },
	{ "asking for what nobody has", NULL, NULL, "{'subject':[['nothing','x']]}", EDENIED, "takes no subject attribute nothing, which the request has" },
	{ "a unit that no rule knows", NULL, NULL, "{'subject':[['organizationalUnitName','x']]}", EDENIED, "takes no subject attribute organizationalUnitName, which the request has: no rule of /subject (RFC 5280, 4.1.2.6)" },
	{ "asking twice", NULL, NULL, "{'subject':[['title','x'],['title','y']]}", EDENIED, "would have another" },
	{ "asking for a host", NULL, NULL, "{'san':['dns:a']}", EDENIED, "which the request has" },
	{ "asking for two addresses", NULL, NULL, "{'san':['email:a@b','email:c@d']}", EDENIED, "at most 1 email" },
	{ "an address that is none", NULL, NULL, "{'san':['email:a']}", EINPUT, "mailbox" },
	{ "no pairs", NULL, NULL, "{'subject':['title']}", ESCHEMA, "pairs" },
	{ "an unknown member", NULL, NULL, "{'validity':'P9Y'}", ESCHEMA, "/validity" },
	{ "a device that is none", NULL, NULL, "{'device':'T 1'}", EINPUT, "serial" },
};
/* clang-format on */

static struct profile *
profile_of(const char *json)
{
	AUTO_JSON *j = ca_json(json);
	struct profile *p = NULL;

	unit_ok(profile_read("x", j, &p, &unit_err));
	return p;
}

static struct csr *
csr_of(const char *cn, const char *san)
{
	EVP_PKEY *k = ca_key(SUBJECT_KEY);
	struct blob der = { 0 };
	struct csr *c = NULL;

	ca_csr_der(k, cn, san, &der);
	unit_ok(csr_read(der.data, der.len, &c, &unit_err));
	EVP_PKEY_free(k);
	blob_done(&der);
	return c;
}

START_TEST(parameters_are_drawn_by_the_rules)
{
	AUTO(profile) *p = profile_of(PROFILE);
	AUTO(csr) *c = csr_of(DRAWS[_i].cn, DRAWS[_i].san);
	AUTO_JSON *asked = ca_json(DRAWS[_i].asked), *have = NULL,
	    *want = NULL;

	if (DRAWS[_i].code != OK) {
		unit_fails(profile_draw(p, c, asked, &have, &unit_err),
		    DRAWS[_i].code);
		ck_assert_msg(strstr(unit_err.what, DRAWS[_i].want) != NULL,
		    "%s: %s", DRAWS[_i].why, unit_err.what);
		return;
	}
	want = ca_json(DRAWS[_i].want);
	unit_ok(profile_draw(p, c, asked, &have, &unit_err));
	ck_assert_msg(json_equal(want, have), "%s", json_dumps(have, 0));
	unit_ok(profile_check(p, have, &unit_err));
	unit_ok(profile_check_names(p, json_object_get(have, "subject"),
	    json_object_get(have, "san"), &unit_err));
}
END_TEST

START_TEST(what_is_required_is_missed)
{
	static const struct { const char *profile, *asked, *says; } ROWS[] = {
		{ "device", "{}", "a device is required" },
		{ "root", "{'device':'T'}", "not of devices" },
		{ "root", "{}", "the request does not say one" },
		{ "ldevid", "{}", "the CSR does not have one" },
		{ "tls-server", "{}", "a dns name" },
	};
	AUTO_JSON *have = NULL;
	size_t i;

	for (i = 0; i < NELEM(ROWS); i++) {
		AUTO(profile) *p = ca_profile(ROWS[i].profile);
		AUTO_JSON *asked = ca_json(ROWS[i].asked);

		unit_fails(profile_draw(p, NULL, asked, &have, &unit_err),
		    EDENIED);
		ck_assert_msg(strstr(unit_err.what, ROWS[i].says) != NULL,
		    "%s", unit_err.what);
	}
}
END_TEST

/* A profile that takes nothing from the CSR does not look at its names. */
START_TEST(a_csr_is_not_asked_for_what_the_profile_says_itself)
{
	AUTO(profile) *p = ca_profile("device");
	AUTO(csr) *c = csr_of("anything", "DNS:anything.example");
	AUTO_JSON *asked = ca_json("{'device':'T-1'}"), *have = NULL;

	unit_ok(profile_draw(p, c, asked, &have, &unit_err));
	ck_assert_str_eq(name_get(json_object_get(have, "subject"),
	    OID_COMMON_NAME), "T-1");
}
END_TEST

/* clang-format off */
#define O	"['organizationName','Example']"
static const struct {
	const char	*why, *parameters;
	enum err_code	 code, names;	/* of profile_check, profile_check_names */
} CHECKS[] = {
	{ "fixed alone", "{'subject':[" O "],'san':[]}", OK, OK },
	{ "no names at all is as none", "{'subject':[" O "]}", OK, OK },
	{ "what is fixed is missing", "{'subject':[],'san':[]}", EDENIED, EDENIED },
	{ "what is fixed is another", "{'subject':[['organizationName','Other']]}", EDENIED, EDENIED },
	{ "an attribute more", "{'subject':[" O ",['localityName','x']]}", EDENIED, EDENIED },
	{ "another order", "{'subject':[['title','x']," O "]}", EDENIED, EDENIED },
	{ "twice", "{'subject':[" O ",['title','x'],['title','x']]}", EDENIED, EDENIED },
	{ "another form", "{'subject':[" O ",['commonName','X']]}", EDENIED, EDENIED },
	{ "a device that was not named", "{'subject':[" O ",['serialNumber','T']],'san':['uri:urn:device:T']}", EDENIED, OK },
	{ "two devices", "{'device':'T','subject':[" O ",['serialNumber','T']],'san':['uri:urn:device:U']}", EDENIED, EDENIED },
	{ "half a device", "{'device':'T','subject':[" O "],'san':['uri:urn:device:T']}", EDENIED, OK },
	{ "a device without its name", "{'device':'T','subject':[" O ",['serialNumber','T']]}", EDENIED, EDENIED },
	{ "a device", "{'device':'T','subject':[" O ",['serialNumber','T']],'san':['uri:urn:device:T']}", OK, OK },
	{ "a device that is none", "{'device':'','subject':[" O "]}", EINPUT, OK },
	{ "a host of another form", "{'subject':[" O "],'san':['dns:a1']}", EDENIED, EDENIED },
	{ "three hosts", "{'subject':[" O "],'san':['dns:a','dns:b','dns:c']}", EDENIED, EDENIED },
	{ "names in another order", "{'subject':[" O "],'san':['email:a@b','dns:a']}", EDENIED, EDENIED },
	{ "a name that is none", "{'subject':[" O "],'san':['email:a']}", EINPUT, OK },
	{ "no pair", "{'subject':['x']}", ESCHEMA, ESCHEMA },
	{ "no text", "{'subject':[" O "],'san':[1]}", ESCHEMA, ESCHEMA },
	{ "no array", "{'subject':[" O "],'san':'x'}", ESCHEMA, OK },
};
/* clang-format on */

START_TEST(parameters_are_checked_by_the_rules)
{
	AUTO(profile) *p = profile_of(PROFILE);
	AUTO_JSON *j = ca_json(CHECKS[_i].parameters);
	int rc;

	rc = profile_check(p, j, &unit_err);
	ck_assert_msg(rc == -(int)CHECKS[_i].code, "%s: %s", CHECKS[_i].why,
	    unit_err.what);
	rc = profile_check_names(p, json_object_get(j, "subject"),
	    json_object_get(j, "san"), &unit_err);
	ck_assert_msg(rc == -(int)CHECKS[_i].names, "%s: %s", CHECKS[_i].why,
	    unit_err.what);
}
END_TEST

START_TEST(a_device_in_hexadecimal_is_the_same_device)
{
	AUTO(profile) *p = ca_profile("idevid");
	AUTO_JSON *good = ca_json("{'device':'T-77','subject':[['serialNumber',"
	    "'T-77']],'san':['hardware-module:1.3.6.1.4.1.32473.1:542d3737']}");
	AUTO_JSON *bad = json_deep_copy(good);

	unit_ok(profile_check(p, good, &unit_err));
	unit_ok(profile_check_names(p, json_object_get(good, "subject"),
	    json_object_get(good, "san"), &unit_err));
	json_array_set_new(json_object_get(bad, "san"), 0, json_string(
	    "hardware-module:1.3.6.1.4.1.32473.1:542d3738"));
	unit_fails(profile_check(p, bad, &unit_err), EDENIED);
	unit_fails(profile_check_names(p, json_object_get(bad, "subject"),
	    json_object_get(bad, "san"), &unit_err), EDENIED);
}
END_TEST

UNIT_MAIN("ca/profile draw",
	UNIT_ROWS(parameters_are_drawn_by_the_rules, DRAWS)
	UNIT(what_is_required_is_missed)
	UNIT(a_csr_is_not_asked_for_what_the_profile_says_itself)
	UNIT_ROWS(parameters_are_checked_by_the_rules, CHECKS)
	UNIT(a_device_in_hexadecimal_is_the_same_device))
