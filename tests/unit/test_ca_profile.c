#include "config.h"

#include <dirent.h>

#include "tests/unit/ca.h"

/* clang-format off */
/* One thing changed in a shipped profile; what is null is taken away. */
static const struct {
	const char	*why, *profile, *change, *says;
} BAD[] = {
	{ "an unknown member", "device", "{'colour':'red'}", "/profiles/x/colour: unknown" },
	{ "no purpose", "device", "{'purpose':null}", "/profiles/x/purpose: is missing" },
	{ "a kind that there is not", "device", "{'kind':'ca'}", "/profiles/x/kind: expected one of end-entity" },
	{ "a standard that there is not", "device", "{'standard':'etsi'}", "/profiles/x/standard: expected one of rfc5280" },
	{ "a key that there is not", "device", "{'keys':['ec-p256','dsa']}", "/profiles/x/keys/1: expected one of" },
	{ "a key twice", "device", "{'keys':['ec-p256','ec-p384','ec-p256']}", "/profiles/x/keys/2: it is there twice" },
	{ "no keys", "device", "{'keys':[]}", "/profiles/x/keys" },
	{ "keys that are no list", "device", "{'keys':'ec-p256'}", "/profiles/x/keys: expected" },
	{ "an attribute that there is not", "device", "{'subject':[{'attribute':'cn','from':'device'}]}", "/profiles/x/subject/0/attribute" },
	{ "neither from nor value", "device", "{'subject':[{'attribute':'title'}]}", "/profiles/x/subject/0: expected either" },
	{ "both", "device", "{'subject':[{'attribute':'title','from':'csr','value':'x'}]}", "/profiles/x/subject/0: expected either" },
	{ "a source that there is not", "device", "{'subject':[{'attribute':'title','from':'moon'}]}", "/profiles/x/subject/0/from" },
	{ "value is no source", "device", "{'subject':[{'attribute':'title','from':'value'}]}", "/profiles/x/subject/0/from" },
	{ "a pattern that is none", "device", "{'subject':[{'attribute':'title','from':'csr','pattern':'('}]}", "/profiles/x/subject/0/pattern: a pattern" },
	{ "a pattern beside a value", "device", "{'subject':[{'attribute':'title','value':'x','pattern':'x'}]}", "/profiles/x/subject/0/pattern" },
	{ "a value that the attribute cannot have", "device", "{'subject':[{'attribute':'countryName','value':'DEU'}]}", "/profiles/x/subject/0/value" },
	{ "a placeholder that there is not", "device", "{'subject':[{'attribute':'title','value':'{serial}'}]}", "/profiles/x/subject/0/value" },
	{ "an attribute twice", "device", "{'subject':[{'attribute':'title','from':'csr'},{'attribute':'title','value':'x'}]}", "/profiles/x/subject/1/attribute" },
	{ "a device in a profile without", "device", "{'device':null}", "/profiles/x/subject/0: expected \"device" },
	{ "a device word that there is not", "device", "{'device':'maybe'}", "/profiles/x/device" },
	{ "a type that there is not", "device", "{'san':[{'type':'x400','value':'x'}]}", "/profiles/x/san/0/type" },
	{ "a name from the device", "device", "{'san':[{'type':'dns','from':'device'}]}", "/profiles/x/san/0/from" },
	{ "a name that is none", "device", "{'san':[{'type':'dns','value':'A'}]}", "/profiles/x/san/0/value" },
	{ "fixed behind open", "device", "{'san':[{'type':'dns','from':'csr'},{'type':'dns','value':'a'}]}", "/profiles/x/san/1" },
	{ "most beside a value", "device", "{'san':[{'type':'dns','value':'a','most':2}]}", "/profiles/x/san/0/most" },
	{ "no validity", "device", "{'validity':{'backdate':'PT1H'}}", "/profiles/x/validity: expected either" },
	{ "both validities", "device", "{'validity':{'for':'P1Y','until':'9999-12-31T23:59:59Z'}}", "/profiles/x/validity: expected either" },
	{ "a duration that is none", "device", "{'validity':{'for':'1 year'}}", "/profiles/x/validity/for" },
	{ "nothing but backdating", "device", "{'validity':{'for':'PT1H','backdate':'PT1H'}}", "/profiles/x/validity/for" },
	{ "a time that is none", "device", "{'validity':{'until':'2030'}}", "/profiles/x/validity/until" },
	{ "a usage that there is not", "device", "{'key-usage':['sign']}", "/profiles/x/key-usage/0" },
	{ "a usage twice", "device", "{'key-usage':['digital-signature','digital-signature']}", "/profiles/x/key-usage/1: it is there twice" },
	{ "a purpose that is none", "device", "{'extended-key-usage':['clientAuth']}", "/profiles/x/extended-key-usage/0" },
	{ "any purpose", "device", "{'extended-key-usage':['any']}", "/profiles/x/extended-key-usage/0" },
	{ "any purpose, by its number", "device", "{'extended-key-usage':['client-auth','2.5.29.37.0']}", "/profiles/x/extended-key-usage/1: expected purposes by name" },
	{ "any purpose in a CA", "issuing-ca", "{'extended-key-usage':['2.5.29.37.0']}", "/profiles/x/extended-key-usage/0: expected purposes by name" },
	{ "EC keys that encipher", "device", "{'keys':['ec-p256'],'key-usage':['digital-signature','key-encipherment']}", "/profiles/x/key-usage: expected what one of its keys" },
	{ "RSA keys that agree", "device", "{'keys':['rsa-3072','rsa-4096'],'key-usage':['key-agreement']}", "/profiles/x/key-usage: expected what one of its keys" },
	{ "Ed25519 that agrees", "device", "{'keys':['ed25519'],'key-usage':['key-agreement']}", "/profiles/x/key-usage: expected what one of its keys" },
	{ "one way of no agreement", "device", "{'key-usage':['digital-signature','encipher-only']}", "/profiles/x/key-usage: expected key-agreement beside" },
	{ "a purpose twice", "device", "{'extended-key-usage':['client-auth','1.3.6.1.5.5.7.3.2']}", "/profiles/x/extended-key-usage/1" },
	{ "a policy that is none", "device", "{'policies':['best']}", "/profiles/x/policies/0" },
	{ "an access that there is not", "device", "{'authority-information-access':['crl']}", "/profiles/x/authority-information-access/0" },
	{ "an access twice", "device", "{'authority-information-access':['ocsp','ocsp']}", "/profiles/x/authority-information-access/1: it is there twice" },
	{ "a constraint that is none", "issuing-ca", "{'name-constraints':{'permitted':['a']}}", "/profiles/x/name-constraints" },
	{ "a retention that is none", "device", "{'retention':'ever'}", "/profiles/x/retention" },
	{ "a device that signs certificates", "device", "{'key-usage':['key-cert-sign']}", "/profiles/x/key-usage: expected key-cert-sign in CAs" },
	{ "a device that signs lists", "device", "{'key-usage':['crl-sign']}", "/profiles/x/key-usage" },
	{ "a CA that signs none", "issuing-ca", "{'key-usage':['crl-sign']}", "/profiles/x/key-usage" },
	{ "a CA that signs no lists", "issuing-ca", "{'key-usage':['key-cert-sign']}", "/profiles/x/key-usage: expected crl-sign in CAs" },
	{ "a path length on a device", "device", "{'path-length':0}", "/profiles/x/path-length" },
	{ "constraints on a device", "device", "{'name-constraints':{'permitted':['dns:a']}}", "/profiles/x/name-constraints" },
	{ "a CA without a name", "issuing-ca", "{'subject':[]}", "/profiles/x/subject" },
	{ "a CA with alternative names", "issuing-ca", "{'san':[{'type':'dns','value':'a'}]}", "/profiles/x/san" },
	{ "a root with a distribution point", "root", "{'crl-distribution-point':true}", "/profiles/x/kind" },
	{ "no names at all", "tls-client", "{'subject':[],'san':[]}", "/profiles/x/subject" },
	{ "no check for a device", "device", "{'ocsp-no-check':true}", "/profiles/x/ocsp-no-check" },
	{ "a device that answers for OCSP", "device", "{'extended-key-usage':['ocsp-signing']}", "/profiles/x/extended-key-usage: expected ocsp-signing in" },
	{ "a device that also does", "device", "{'extended-key-usage':['client-auth','1.3.6.1.5.5.7.3.9']}", "/profiles/x/extended-key-usage: expected ocsp-signing in" },
	{ "a CA that does, for the one above it", "issuing-ca", "{'extended-key-usage':['ocsp-signing']}", "/profiles/x/extended-key-usage: expected ocsp-signing in" },
	{ "a time stamp's key that does", "timestamping", "{'extended-key-usage':['time-stamping','ocsp-signing']}", "/profiles/x/extended-key-usage: expected ocsp-signing in" },
	{ "a device that stamps time", "device", "{'extended-key-usage':['time-stamping']}", "/profiles/x/extended-key-usage: expected time-stamping in" },
	{ "a CA that a root may issue", "issuing-ca", "{'issued-by-root':true}", "/profiles/x/issued-by-root: expected in end-entity" },
	{ "a responder that a root may issue", "ocsp-responder", "{'issued-by-root':true}", "/profiles/x/issued-by-root: expected in end-entity" },
	{ "a responder for more", "ocsp-responder", "{'extended-key-usage':['ocsp-signing','client-auth']}", "/profiles/x/extended-key-usage" },
	{ "a responder that nobody can check", "ocsp-responder", "{'ocsp-no-check':false}", "/profiles/x/ocsp-no-check" },
	{ "time stamping that is not critical", "timestamping", "{'extended-key-usage-critical':false}", "/profiles/x/extended-key-usage" },
	{ "time stamping that agrees on keys", "timestamping", "{'key-usage':['key-agreement']}", "/profiles/x/key-usage" },
	{ "an IDevID that signs nothing", "idevid", "{'key-usage':['key-agreement']}", "/profiles/x/key-usage" },
	{ "an IDevID without serial", "idevid", "{'subject':[{'attribute':'title','from':'csr'}]}", "/profiles/x/subject" },
	{ "an IDevID that ends", "idevid", "{'validity':{'for':'P1Y'}}", "/profiles/x/validity" },
	{ "a PAA that is no root", "matter-paa", "{'kind':'issuing-ca'}", "/profiles/x/kind" },
	{ "a DAC on P-384", "matter-dac", "{'keys':['ec-p384']}", "/profiles/x/keys" },
	{ "a DAC that agrees on keys", "matter-dac", "{'key-usage':['digital-signature','key-agreement']}", "/profiles/x/key-usage" },
	{ "a PAI of path length 1", "matter-pai", "{'path-length':1}", "/profiles/x/path-length" },
	{ "a PAA of path length 2", "matter-paa", "{'path-length':2}", "/profiles/x/path-length" },
	{ "a DAC without product", "matter-dac", "{'subject':[{'attribute':'matterVendorId','from':'request','required':true}]}", "/profiles/x/subject" },
};
/* clang-format on */

static json_t *
changed(const char *profile, const char *change)
{
	AUTO(profile) *p = ca_profile(profile);
	AUTO_JSON *c = ca_json(change);
	json_t *document = json_copy(p->json), *v;
	const char *name;

	json_object_foreach(c, name, v)
		if (json_is_null(v))
			json_object_del(document, name);
		else
			json_object_set(document, name, v);
	return document;
}

START_TEST(one_of_several_keys_may_do_what_others_cannot)
{
	AUTO_JSON *document = changed("device", "{'keys':['ec-p256','rsa-3072'],"
	    "'key-usage':['digital-signature','key-encipherment']}");
	AUTO(profile) *p = NULL;

	unit_ok(profile_read("x", document, &p, &unit_err));
}
END_TEST

START_TEST(a_fault_is_told_with_its_place)
{
	AUTO_JSON *document = changed(BAD[_i].profile, BAD[_i].change);
	struct profile *p = NULL;
	int rc;

	rc = profile_read("x", document, &p, &unit_err);
	ck_assert_msg(rc != 0, "%s was taken", BAD[_i].why);
	ck_assert_msg(strncmp(unit_err.what, BAD[_i].says,
	    strlen(BAD[_i].says)) == 0, "%s: %s", BAD[_i].why, unit_err.what);
	ck_assert_ptr_null(p);
}
END_TEST

START_TEST(every_shipped_profile_can_be_read)
{
	const char *src = getenv("srcdir");
	char path[512], name[80];
	struct dirent *e;
	int n = 0;
	DIR *d;

	(void)snprintf(path, sizeof(path), "%s/ca/profiles", src == NULL ?
	    "." : src);
	ck_assert_ptr_nonnull(d = opendir(path));
	while ((e = readdir(d)) != NULL) {
		if (strstr(e->d_name, ".yaml") == NULL)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s",
		    (int)(strlen(e->d_name) - 5), e->d_name);
		profile_free(ca_profile(name));
		n++;
	}
	(void)closedir(d);
	ck_assert_int_eq(n, 16);
}
END_TEST

static int
count(void *ctx, const char *name, const char *where, const char *words,
    struct err *err)
{
	int *n = ctx;

	++*n;
	ck_assert_str_eq(words, "is missing");
	ck_assert_ptr_nonnull(strstr(where, name));
	return 0;
}

START_TEST(all_of_a_charters_profiles_are_checked)
{
	AUTO_JSON *all = json_object();
	int n = 0;

	unit_ok(profile_check_all(all, count, &n, &unit_err));
	json_object_set_new(all, "good", changed("device", "{}"));
	unit_ok(profile_check_all(all, NULL, NULL, &unit_err));
	json_object_set_new(all, "bad", changed("device", "{'kind':null}"));
	json_object_set_new(all, "worse", changed("device", "{'keys':null}"));
	unit_fails(profile_check_all(all, count, &n, &unit_err), ECHARTER);
	ck_assert_int_eq(n, 2);
	unit_fails(profile_check_all(all, NULL, NULL, &unit_err), ECHARTER);
}
END_TEST

START_TEST(a_root_issues_for_who_is_below_it)
{
	static const char *const above[] = { "root", "issuing-ca", "matter-pai",
		"ocsp-responder" };
	AUTO_JSON *said = changed("device", "{'issued-by-root':true}");
	AUTO(profile) *device = ca_profile("device"), *mine = NULL,
	    *time = ca_profile("timestamping");

	for (size_t i = 0; i < NELEM(above); i++) {
		AUTO(profile) *p = ca_profile(above[i]);

		unit_ok(profile_root_check(p, &unit_err));
	}
	unit_fails(profile_root_check(device, &unit_err), EDENIED);
	unit_fails(profile_root_check(time, &unit_err), EDENIED);
	unit_ok(profile_read("x", said, &mine, &unit_err));
	unit_ok(profile_root_check(mine, &unit_err));
}
END_TEST

UNIT_MAIN("ca/profile",
	UNIT(one_of_several_keys_may_do_what_others_cannot)
	UNIT(a_root_issues_for_who_is_below_it)
	UNIT_ROWS(a_fault_is_told_with_its_place, BAD)
	UNIT(every_shipped_profile_can_be_read)
	UNIT(all_of_a_charters_profiles_are_checked))
