/* What a keeper that obeys whoever holds the service would sign, is found. */
#include "config.h"

#include "tests/unit/world_revoked.h"
#include "tests/unit/world_taken.h"

static void
another_subject(struct pki_world *k)
{
	json_t *p = pki_device_parameters(k, "other");
	struct wrong x = { .parameters = p };

	pki_device(k, "one", false, &x);
	json_decref(p);
}

static void
another_extension(struct pki_world *k)
{
	json_t *p = pki_profile_with(k, "policies", world_json("[s]", "1.3.6.1.4"));
	struct wrong x = { .profile = p };

	pki_device(k, "one", false, &x);
	json_decref(p);
}

/* The charter lets certificates of devices live for less, from now on. */
static void
by_the_old_profile(struct pki_world *k)
{
	json_t *old = pki_profile_with(k, "retention", json_string("P1Y"));
	struct wrong x = { .profile = old };

	pki_amended(k);
	pki_device(k, "one", false, &x);
	json_decref(old);
}

static void
another_key(struct pki_world *k)
{
	struct wrong x = { .signer = k->root.key };

	pki_device(k, "one", false, &x);
}

static void
begun_tomorrow(struct pki_world *k)
{
	struct wrong x = { .begins = TIME_S(3600) };

	pki_device(k, "one", false, &x);
}

static void
names_beyond_the_profile(struct pki_world *k)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	json_t *p = pki_device_parameters(k, "one");

	json_object_set_new(p, "subject", world_json("[[s,s]]", "commonName",
	    "somebody else"));
	pki_issue(k, "ci", p, key, &RIGHT);
	EVP_PKEY_free(key);
}

static void
a_serial_twice(struct pki_world *k)
{
	struct wrong x = { .serial = k->serial };
	char serial[NUMBER_HEX];

	pki_device(k, "one", false, &RIGHT);
	memcpy(serial, k->serial, sizeof(serial));
	x.serial = serial;
	/* Whose tables would not have it. */
	engine_sql("DELETE FROM certificate");
	pki_device(k, "two", false, &x);
}

static void
a_second_certificate_unsaid(struct pki_world *k)
{
	pki_device(k, "one", false, &RIGHT);
	pki_device(k, "one", false, &RIGHT);
}

static void
a_replacement_of_another(struct pki_world *k)
{
	struct wrong x = { .replaces = "4100" };

	pki_device(k, "one", false, &RIGHT);
	pki_device(k, "one", true, &x);
}

static void
a_list_back(struct pki_world *k)
{
	pki_list(k, 0, "02", 0, NULL);
	engine_sql("DELETE FROM crl");
	pki_list(k, 0, "01", 0, NULL);
}

static void
a_list_again(struct pki_world *k)
{
	pki_list(k, 0, "02", 0, NULL);
	engine_sql("DELETE FROM crl");
	pki_list(k, 0, "02", 0, NULL);
}

static void
a_delta_to_none(struct pki_world *k)
{
	pki_list(k, 0, "01", 0, NULL);
	pki_list(k, 1, "02", 0, NULL);
	pki_delta(k, 0, "03", "02", 0, NULL);
}

static void
a_delta_to_a_delta(struct pki_world *k)
{
	pki_list(k, 0, "01", 0, NULL);
	pki_delta(k, 0, "02", "01", 0, NULL);
	pki_delta(k, 0, "03", "02", 0, NULL);
}

static void
a_delta_to_an_old_one(struct pki_world *k)
{
	pki_list(k, 0, "01", 0, NULL);
	pki_list(k, 0, "02", 0, NULL);
	pki_list(k, 0, "03", 0, NULL);
	pki_delta(k, 0, "04", "01", 0, NULL);
}

static void
a_delta_of_the_whole(struct pki_world *k)
{
	pki_list(k, -1, "01", 0, NULL);
	pki_delta(k, -1, "02", "01", 0, NULL);
}

/* The charter says nothing of lists: ten days. */
static void
a_list_that_lasts(struct pki_world *k)
{
	k->lasts = TIME_S(10 * 86400 + 1);
	pki_list(k, 0, "01", 0, NULL);
}

static void
a_delta_that_lasts(struct pki_world *k)
{
	pki_list(k, 0, "01", 0, NULL);
	k->lasts = TIME_S(10 * 86400 + 1);
	pki_delta(k, 0, "02", "01", 0, NULL);
}

static void
a_list_of_tomorrow(struct pki_world *k)
{
	k->begins = TIME_S(310);
	pki_list(k, 0, "01", 0, NULL);
}

static void
a_list_told_to_end(struct pki_world *k)
{
	k->told_until = "2026-11-21T08:15:30.000000Z";
	pki_list(k, 0, "01", 0, NULL);
}

static void
a_list_by_another(struct pki_world *k)
{
	pki_list(k, 0, "01", 0, k->root.key);
}

static void
a_list_of_nobody(struct pki_world *k)
{
	pki_device(k, "one", false, &RIGHT);
	pki_change(k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, "ci", k->serial,
	    NULL);
	pki_list(k, 0, "01", 2, NULL);
}

static void
a_list_too_long(struct pki_world *k)
{
	pki_list(k, 0, "01", 201, NULL);
}

static void
answers_by_an_authority(struct pki_world *k)
{
	pki_create(k, &k->root, &k->responder, &RIGHT);
	pki_answers(k);
}

static void
an_authority_that_answers(struct pki_world *k)
{
	pki_answers(k);
	pki_create(k, &k->root, &k->responder, &RIGHT);
}

static void
an_authority_that_may_answer(struct pki_world *k)
{
	pki_responder(k);
	pki_create(k, &k->root, &k->responder, &RIGHT);
}

static void
after_retirement(struct pki_world *k)
{
	pki_change(k, ACTION_CA_RETIRE, EVENT_CA_RETIRED, "release-lead", NULL,
	    NULL);
	k->w.later = TIME_S(600);
	pki_device(k, "one", false, &RIGHT);
}

static void
retired_twice(struct pki_world *k)
{
	pki_change(k, ACTION_CA_RETIRE, EVENT_CA_RETIRED, "release-lead", NULL,
	    NULL);
	engine_sql("UPDATE ca SET state = 'active'");
	pki_change(k, ACTION_CA_RETIRE, EVENT_CA_RETIRED, "release-lead", NULL,
	    NULL);
}

static void
another_import(struct pki_world *k)
{
	struct house_key own;

	pki_key(&k->w, &own, "imported", "ca");
	pki_import(k, &own, true, NULL);
	pki_key_done(&own);
}

static void
a_number_told_twice(struct pki_world *k)
{
	struct house_key own;

	pki_key(&k->w, &own, "imported", "ca");
	pki_import(k, &own, false, "0100");
	pki_import(k, &own, false, "05");
	pki_key_done(&own);
}

static void
a_list_that_has_ended(struct pki_world *k)
{
	struct house_key own;

	pki_other_until = TIME_S(1700000060);
	pki_key(&k->w, &own, "imported", "ca");
	pki_import(k, &own, false, "0100");
	pki_key_done(&own);
}

static void
certified_otherwise(struct pki_world *k)
{
	pki_issue(k, "ci", pki_device_parameters(k, "one"), k->root.key,
	    &RIGHT);
}

static void
an_authority_that_is_something_else(struct pki_world *k)
{
	struct house_key own;

	pki_key(&k->w, &own, "next", "ca");
	pki_issue(k, "ci", pki_device_parameters(k, "one"), own.key, &RIGHT);
	pki_create(k, &k->root, &own, &RIGHT);
	pki_key_done(&own);
}

static void
an_import_of_something_else(struct pki_world *k)
{
	struct house_key own;

	pki_key(&k->w, &own, "imported", "ca");
	pki_issue(k, "ci", pki_device_parameters(k, "one"), own.key, &RIGHT);
	pki_import(k, &own, false, NULL);
	pki_key_done(&own);
}

/* The request is of others, and the key is the house's. */
static void
another_systems_by_our_key(struct pki_world *k)
{
	struct house_key own;

	pki_key(&k->w, &own, "next", "ca");
	pki_other(k, own.key);
	pki_key_done(&own);
}

static void
a_request_for_another_name(struct pki_world *k)
{
	pki_request(k, &k->devices, "Devices", "Others", NULL);
}

static void
a_request_by_another_key(struct pki_world *k)
{
	pki_request(k, &k->devices, "Devices", "Devices", k->root.key);
}

static void
a_request_by_a_responder(struct pki_world *k)
{
	struct house_key own;

	pki_key(&k->w, &own, "next", "ca");
	pki_responder_of(k, own.key);
	pki_request(k, &own, "Next", "Next", NULL);
	pki_key_done(&own);
}

static void
answers_by_a_device(struct pki_world *k)
{
	pki_issue(k, "ci", pki_device_parameters(k, "one"), k->responder.key,
	    &RIGHT);
	pki_answers(k);
}

static void
more_than_agreed(struct pki_world *k)
{
	pki_in_parts(k, false, 3);
}

static void
out_of_order(struct pki_world *k)
{
	pki_in_parts(k, true, 2);
}

static void
an_authority_of_nobody(struct pki_world *k)
{
	struct house_key own = { .name = "nobody", .key = EVP_EC_gen("P-256") };
	struct blob *spki = world_spki(own.key);
	struct sha256 h = sha256_of(spki->data, spki->len);

	sha256_hex(&h, own.hash);
	pki_create(k, &k->root, &own, &RIGHT);
	issuer_free(own.issuer);
	blob_free(spki);
	EVP_PKEY_free(own.key);
}

/* Below an authority without constraints, below a root that has some. */
static void
a_name_that_the_root_does_not_permit(struct pki_world *k)
{
	struct house_key top, own, before = k->devices;

	pki_key(&k->w, &top, "top", "ca");
	pki_key(&k->w, &own, "below", "ca");
	k->permits = "uri:.plant.example";
	pki_create(k, NULL, &top, &RIGHT);
	k->permits = NULL;
	pki_create(k, &top, &own, &RIGHT);
	k->devices = own;
	pki_device(k, "one", false, &RIGHT);
	k->devices = before;
	pki_key_done(&top);
	pki_key_done(&own);
}

/* ---- renewed, and followed by another ---- */

static void
renewed_of_another(struct pki_world *k)
{
	pki_renew(k, k->root.certificate);
}

static void
renewed_unsaid(struct pki_world *k)
{
	pki_renew(k, NULL);
}

static void
renewed_as_a_successor(struct pki_world *k)
{
	char before[SHA256_HEX];

	memcpy(before, k->devices.certificate, sizeof(before));
	k->succeeds = "root";
	pki_renew(k, before);
}

static void
succeed_by(struct pki_world *k, const struct house_key *above,
    const char *name, const char *common)
{
	struct house_key own;

	pki_key(&k->w, &own, "next", "ca");
	pki_succeed(k, above, &own, name, common);
	pki_key_done(&own);
}

static void
succeeds_nobody(struct pki_world *k)
{
	succeed_by(k, &k->root, "nobody", "devices");
}

static void
succeeds_by_another_name(struct pki_world *k)
{
	succeed_by(k, &k->root, "devices", "next");
}

static void
succeeds_by_another_profile(struct pki_world *k)
{
	succeed_by(k, &k->root, "root", "root");
}

static void
succeeds_with_constraints(struct pki_world *k)
{
	k->permits = "uri:.plant.example";
	succeed_by(k, &k->root, "devices", "devices");
}

static void
succeeds_below_another(struct pki_world *k)
{
	struct house_key top;

	pki_key(&k->w, &top, "top", "ca");
	pki_create(k, NULL, &top, &RIGHT);
	succeed_by(k, &top, "devices", "devices");
	pki_key_done(&top);
}

static void
succeeds_by_its_key(struct pki_world *k)
{
	const char *name = k->devices.name;

	k->devices.name = "next";
	pki_succeed(k, &k->root, &k->devices, "devices", "devices");
	k->devices.name = name;
}

static void
carried_as_a_successor(struct pki_world *k)
{
	struct wrong x = { .carries = "devices" };
	struct house_key own;

	pki_key(&k->w, &own, "next", "ca");
	pki_create(k, &k->root, &own, &x);
	pki_key_done(&own);
}

static const struct {
	const char *why;
	void (*make)(struct pki_world *k);
	const char *code;
} FORGED[] = {
	{ "another number than was agreed to", more_than_agreed, "request" },
	{ "a part that is not in order", out_of_order, "request" },
	{ "an authority of a key that the house has not",
	    an_authority_of_nobody, "certificate" },
	{ "another subject than was asked for", another_subject, "certificate" },
	{ "an extension that the profile has not", another_extension,
	    "certificate" },
	{ "a profile that is no longer in force", by_the_old_profile,
	    "certificate" },
	{ "a certificate that begins another day", begun_tomorrow,
	    "certificate" },
	{ "names that the profile does not allow", names_beyond_the_profile,
	    "certificate" },
	{ "a signature of another key", another_key, "result" },
	{ "a serial number given twice", a_serial_twice,
	    "certificate-serial" },
	{ "a second certificate that is not called one",
	    a_second_certificate_unsaid, "fact" },
	{ "what the device never had is replaced", a_replacement_of_another,
	    "certificate-serial" },
	{ "a list's number goes back", a_list_back, "revocation-list" },
	{ "a list's number comes twice", a_list_again, "revocation-list" },
	{ "a delta to another partition's list", a_delta_to_none,
	    "revocation-list" },
	{ "a delta to a delta", a_delta_to_a_delta, "revocation-list" },
	{ "a delta to a list that has ended", a_delta_to_an_old_one,
	    "revocation-list" },
	{ "a delta of the whole", a_delta_of_the_whole, "revocation-list" },
	{ "a list that lasts longer than the charter lets it",
	    a_list_that_lasts, "revocation-list" },
	{ "a delta that does", a_delta_that_lasts, "revocation-list" },
	{ "a list that begins later", a_list_of_tomorrow, "revocation-list" },
	{ "a list that is told to end when it does not", a_list_told_to_end,
	    "journal-entry" },
	{ "a list signed by another key", a_list_by_another, "result" },
	{ "a list of more than were ever revoked", a_list_of_nobody,
	    "revocation-list" },
	{ "more entries than its octets can have", a_list_too_long,
	    "revocation-list" },
	{ "an authority's key answers for OCSP", answers_by_an_authority,
	    "ocsp-key" },
	{ "a key that answered becomes an authority's",
	    an_authority_that_answers, "authority" },
	{ "a key that may answer becomes an authority's",
	    an_authority_that_may_answer, "authority" },
	{ "a key that is certified for something else becomes an authority's",
	    an_authority_that_is_something_else, "authority" },
	{ "the same, by the certificate of others",
	    an_import_of_something_else, "authority" },
	{ "another system's authority has a key of the house",
	    another_systems_by_our_key, "certificate" },
	{ "others are asked for another name", a_request_for_another_name,
	    "certificate" },
	{ "others are asked with another key's signature",
	    a_request_by_another_key, "certificate" },
	{ "others are asked for a responder's key", a_request_by_a_responder,
	    "authority" },
	{ "a device's key answers for OCSP", answers_by_a_device, "ocsp-key" },
	{ "an authority's key is certified as a device's", certified_otherwise,
	    "authority" },
	{ "a retired authority issues", after_retirement, "authority" },
	{ "an authority is retired twice", retired_twice, "authority" },
	{ "a name that an authority above the issuer does not permit",
	    a_name_that_the_root_does_not_permit, "certificate" },
	{ "another's certificate is renewed", renewed_of_another,
	    "authority" },
	{ "an authority is renewed as if it were new", renewed_unsaid,
	    "authority" },
	{ "an authority that is renewed succeeds another",
	    renewed_as_a_successor, "authority" },
	{ "an authority succeeds nobody", succeeds_nobody, "authority" },
	{ "an authority succeeds one of another name",
	    succeeds_by_another_name, "authority" },
	{ "an authority succeeds one of another profile",
	    succeeds_by_another_profile, "authority" },
	{ "an authority succeeds one with other constraints",
	    succeeds_with_constraints, "authority" },
	{ "an authority succeeds one below another root",
	    succeeds_below_another, "authority" },
	{ "an authority succeeds its own key", succeeds_by_its_key,
	    "authority" },
	{ "an event carries a request that succeeds another",
	    carried_as_a_successor, "request" },
	{ "the number of lists that go on is told anew", a_number_told_twice,
	    "authority" },
	{ "a list had ended when it was asked for", a_list_that_has_ended,
	    "authority" },
	{ "another certificate is taken in than was approved", another_import,
	    "authority" },
};

START_TEST(what_was_not_allowed_is_found)
{
	struct pki_world k;
	json_t *r;
	char *text;

	pki_world_begin(&k);
	FORGED[_i].make(&k);
	r = pki_judged(&k, 0);
	text = json_pretty(json_object_get(r, "findings"));
	ck_assert_msg(bundle_has(r, FORGED[_i].code), "%s: %s", FORGED[_i].why,
	    text);
	free(text);
	json_decref(r);
	pki_world_end(&k);
}
END_TEST

ENGINE_MAIN("audit/forged",
	UNIT_ROWS(what_was_not_allowed_is_found, FORGED))
