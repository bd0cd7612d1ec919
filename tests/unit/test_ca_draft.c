#include "config.h"

#include "tests/unit/ca.h"

/* clang-format off */
#define DEVICE	"'subject':[['commonName','T'],['serialNumber','T']],'san':['uri:urn:device:T']"
#define CA	"'subject':" CA_NAME
static const struct {
	const char	*why, *profile, *parameters;
	enum err_code	 code;
	const char	*says;
} ROWS[] = {
	{ "as the profile says", "device", "{" DEVICE "}", OK, "" },
	{ "sooner", "device", "{" DEVICE ",'not_after':'2027-01-01T00:00:00Z'}", OK, "" },
	{ "as late as the profile says", "device", "{" DEVICE ",'not_after':'2036-11-27T23:59:59Z'}", OK, "" },
	{ "later", "device", "{" DEVICE ",'not_after':'2036-11-28T00:00:00Z'}", ERANGE_, "profile device, /validity: not_after 2036-11-28T00:00:00Z is beyond" },
	{ "before it begins", "device", "{" DEVICE ",'not_after':'2026-12-01T00:00:00Z'}", ERANGE_, "4.1.2.5" },
	{ "no time", "device", "{" DEVICE ",'not_after':'soon'}", EINPUT, "expected a time" },
	{ "for ever, by a CA that ends", "idevid", "{'subject':[['serialNumber','T']],'san':['hardware-module:1.3.6.1.4.1.32473.1:54']}", ERANGE_, "9999-12-31T23:59:59.000000Z and its issuer already at 2041-11-26T23:59:59.000000Z" },
	{ "a path length on a device", "device", "{" DEVICE ",'path_length':0}", ERANGE_, "path length" },
	{ "constraints on a device", "device", "{" DEVICE ",'name_constraints':{'excluded':['dns:a']}}", EDENIED, "4.2.1.10" },
	{ "a CA below path length 0", "issuing-ca", "{" CA "}", EDENIED, "4.2.1.9" },
	{ "a root below a CA", "root", "{" CA "}", EDENIED, "for a root" },
	{ "neither subject nor names", "tls-client", "{'subject':[],'san':[]}", EINPUT, "4.1.2.6" },
	{ "no subject, but names", "tls-client", "{'subject':[],'san':['dns:a']}", OK, "" },
	{ "no array", "device", "{}", ESCHEMA, "/subject" },
	{ "a name that is none", "device", "{'subject':[],'san':['x']}", EINPUT, "does not begin" },
};
/* clang-format on */

struct fixture {
	struct issuer	*root, *ca;
	struct blob	 spki, out;
	struct draft_ask ask;
};

static void
begin(struct fixture *f)
{
	EVP_PKEY *k = ca_key(SUBJECT_KEY);

	memset(f, 0, sizeof(*f));
	f->root = ca_issuer("root", NULL, CA_ROOT_NAME);
	f->ca = ca_issuer("issuing-ca", f->root, CA_NAME);
	ca_spki(k, &f->spki);
	f->ask = (struct draft_ask){ .issuer = f->ca, .scheme = "ecdsa-sha256",
	    .serial = { CA_SERIAL, 16 }, .not_before = CA_TIME,
	    .spki = span_blob(&f->spki) };
	EVP_PKEY_free(k);
}

static void
end(struct fixture *f)
{
	issuer_free(f->ca);
	issuer_free(f->root);
	blob_done(&f->spki);
	blob_done(&f->out);
}

START_TEST(parameters_are_within_profile_and_issuer)
{
	AUTO(profile) *p = ca_profile(ROWS[_i].profile);
	AUTO_JSON *parameters = ca_json(ROWS[_i].parameters);
	struct fixture f;
	struct tbs t;
	time_us at;

	begin(&f);
	f.ask.profile = p;
	f.ask.parameters = parameters;
	if (ROWS[_i].code != OK) {
		unit_fails(draft_tbs(&f.ask, &f.out, &unit_err),
		    ROWS[_i].code);
		ck_assert_msg(strstr(unit_err.what, ROWS[_i].says) != NULL,
		    "%s", unit_err.what);
		ck_assert_uint_eq(f.out.len, 0);
	} else {
		unit_ok(draft_tbs(&f.ask, &f.out, &unit_err));
		unit_ok(tbs_read(f.out.data, f.out.len, &t, &unit_err));
		unit_ok(draft_end(&f.ask, &at, &unit_err));
		ck_assert_int_eq(at, t.not_after);
	}
	end(&f);
}
END_TEST

static const struct { const char *why; size_t n; unsigned char first;
    enum err_code code; } SERIALS[] = {
	{ "none", 0, 1, ERANGE_ }, { "zero", 1, 0, ERANGE_ },
	{ "one octet", 1, 1, OK }, { "20 octets", 20, 0x7f, OK },
	{ "20 octets and a sign", 20, 0x80, ERANGE_ },
	{ "21 octets", 21, 1, ERANGE_ },
	{ "20 octets behind a zero", 21, 0, OK },
};

START_TEST(a_serial_is_positive_and_of_at_most_20_octets)
{
	unsigned char serial[21] = { SERIALS[_i].first, 0x12 };
	AUTO(profile) *p = ca_profile("device");
	AUTO_JSON *parameters = ca_json("{" DEVICE "}");
	struct fixture f;

	begin(&f);
	f.ask.profile = p;
	f.ask.parameters = parameters;
	f.ask.serial = span_of(serial, SERIALS[_i].n);
	if (SERIALS[_i].code == OK)
		unit_ok(draft_tbs(&f.ask, &f.out, &unit_err));
	else
		unit_fails(draft_tbs(&f.ask, &f.out, &unit_err),
		    SERIALS[_i].code);
	end(&f);
}
END_TEST

START_TEST(what_else_it_depends_on_is_checked)
{
	AUTO(profile) *p = ca_profile("device"), *root = ca_profile("root");
	AUTO(issuer) *bare = NULL;
	AUTO_JSON *parameters = ca_json("{" DEVICE "}");
	struct fixture f;

	begin(&f);
	f.ask.profile = p;
	f.ask.parameters = parameters;
	f.ask.scheme = "none";
	unit_fails(draft_tbs(&f.ask, &f.out, &unit_err), EINPUT);
	f.ask.scheme = "ecdsa-sha256";
	f.ask.partition = 16;
	unit_fails(draft_tbs(&f.ask, &f.out, &unit_err), ERANGE_);
	f.ask.partition = 0;
	f.ask.not_before = CA_TIME - TIME_S(1);
	unit_fails(draft_tbs(&f.ask, &f.out, &unit_err), ERANGE_);
	f.ask.not_before = CA_TIME;
	f.ask.issuer = NULL;
	unit_fails(draft_tbs(&f.ask, &f.out, &unit_err), EDENIED);
	unit_ok(issuer_read(span_blob(&f.ca->der), NULL, 1, &bare,
	    &unit_err));
	f.ask.issuer = bare;
	unit_fails(draft_tbs(&f.ask, &f.out, &unit_err), ECONFLICT);
	f.ask.issuer = f.ca;
	f.ask.spki = span_of("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"
	    "01234567890123456789012345678901", 44);
	unit_fails(draft_tbs(&f.ask, &f.out, &unit_err), EDENIED);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "ed25519"));
	f.ask.profile = root;
	f.ask.issuer = NULL;
	f.ask.spki = span_blob(&f.spki);
	json_object_set_new(parameters, "subject", json_array());
	unit_fails(draft_tbs(&f.ask, &f.out, &unit_err), EINPUT);
	end(&f);
}
END_TEST

/* clang-format off */
static const struct { const char *why, *profile, *asked, *want;
    enum err_code code; } LIMITS[] = {
	{ "what was asked for", "{}", "{'permitted':['dns:a']}", "{'permitted':['dns:a'],'excluded':[]}", OK },
	{ "what the profile says", "{'permitted':['dns:a']}", "{}", "{'permitted':['dns:a'],'excluded':[]}", OK },
	{ "narrower", "{'permitted':['dns:a']}", "{'permitted':['dns:b.a']}", "{'permitted':['dns:b.a'],'excluded':[]}", OK },
	{ "wider", "{'permitted':['dns:b.a']}", "{'permitted':['dns:a']}", NULL, EDENIED },
	{ "another type", "{'permitted':['dns:a']}", "{'permitted':['uri:a']}", NULL, EDENIED },
	{ "excluded adds up", "{'excluded':['dns:a']}", "{'excluded':['dns:b']}", "{'permitted':[],'excluded':['dns:a','dns:b']}", OK },
};
/* clang-format on */

START_TEST(constraints_only_become_narrower)
{
	AUTO(profile) *base = ca_profile("issuing-ca"), *p = NULL;
	AUTO_JSON *document = json_copy(base->json), *have = NULL,
	    *want = NULL;
	AUTO_JSON *parameters = ca_json("{" CA "}");
	json_t *mine = ca_json(LIMITS[_i].profile);
	json_t *asked = ca_json(LIMITS[_i].asked);
	struct fixture f;
	struct tbs t;

	begin(&f);
	if (json_object_size(mine) > 0)
		json_object_set(document, "name-constraints", mine);
	if (json_object_size(asked) > 0)
		json_object_set(parameters, "name_constraints", asked);
	json_decref(mine);
	json_decref(asked);
	unit_ok(profile_read("issuing-ca", document, &p, &unit_err));
	f.ask.profile = p;
	f.ask.issuer = f.root;
	f.ask.parameters = parameters;
	if (LIMITS[_i].code != OK) {
		unit_fails(draft_tbs(&f.ask, &f.out, &unit_err), EDENIED);
	} else {
		unit_ok(draft_tbs(&f.ask, &f.out, &unit_err));
		unit_ok(tbs_read(f.out.data, f.out.len, &t, &unit_err));
		unit_ok(constraints_json(tbs_extension(&t,
		    OID_NAME_CONSTRAINTS)->value, &have, &unit_err));
		if (json_object_get(have, "permitted") == NULL)
			json_object_set_new(have, "permitted", json_array());
		if (json_object_get(have, "excluded") == NULL)
			json_object_set_new(have, "excluded", json_array());
		want = ca_json(LIMITS[_i].want);
		ck_assert(json_equal(have, want));
	}
	end(&f);
}
END_TEST

UNIT_MAIN("ca/draft",
	UNIT_ROWS(parameters_are_within_profile_and_issuer, ROWS)
	UNIT_ROWS(a_serial_is_positive_and_of_at_most_20_octets, SERIALS)
	UNIT(what_else_it_depends_on_is_checked)
	UNIT_ROWS(constraints_only_become_narrower, LIMITS))
