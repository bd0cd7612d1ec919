/* Whatever keys of kind ca signed, anyone can make again. */
#include "config.h"

#include "tests/unit/world_revoked.h"
#include "tests/unit/world_taken.h"

static void
good(struct pki_world *k)
{
	json_t *r = pki_judged(k, 0);

	bundle_good(r);
	json_decref(r);
}

/* Everything of certificates that an honest house does. */
static void
everything(struct pki_world *k)
{
	char first[NUMBER_HEX], second[NUMBER_HEX], renews[SHA256_HEX];
	struct house_key next;
	struct wrong replacing = { .replaces = first };
	EVP_PKEY *plant = EVP_EC_gen("P-256");

	pki_world_begin(k);
	pki_other(k, plant);
	EVP_PKEY_free(plant);
	memcpy(renews, k->devices.certificate, sizeof(renews));
	pki_renew(k, renews);
	pki_key(&k->w, &next, "next", "ca");
	pki_succeed(k, &k->root, &next, k->devices.name, k->devices.name);
	pki_key_done(&next);
	pki_request(k, &k->devices, "Devices", "Devices", NULL);
	pki_device(k, "one", false, &RIGHT);
	memcpy(first, k->serial, sizeof(first));
	pki_list(k, 1, "01", 0, NULL);
	pki_device(k, "one", true, &replacing);
	pki_device(k, "two", false, &RIGHT);
	memcpy(second, k->serial, sizeof(second));
	pki_change(k, ACTION_CERT_HOLD, EVENT_CERT_HELD, "ci", second, NULL);
	pki_list(k, 0, "02", 2, NULL);
	pki_change(k, ACTION_CERT_RELEASE, EVENT_CERT_RELEASED, "release-lead",
	    second, NULL);
	pki_change(k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, "ci", second,
	    "key-compromise");
	pki_change(k, ACTION_CERT_HOLD, EVENT_CERT_HELD, "ci", second, NULL);
	pki_device(k, "two", false, &RIGHT);
	pki_list(k, 2, "0100", 0, NULL);
	batch_open(k, "ci", k->devices.name, "device");
	k->batch = BATCH;
	pki_device(k, "three", false, &RIGHT);
	k->batch = NULL;
	batch_count(k, "ci");
	pki_responder(k);
	pki_answers(k);
	pki_change(k, ACTION_CA_RETIRE, EVENT_CA_RETIRED, "release-lead", NULL,
	    NULL);
	k->lasts = TIME_S(10 * 86400);
	pki_list(k, 3, "0101", 0, NULL);
	k->lasts = 0;
	pki_list(k, 0, "0101", 2, NULL);
	pki_delta(k, 0, "0102", "02", 0, NULL);
	pki_delta(k, 0, "0103", "0101", 0, NULL);
}

START_TEST(an_honest_house_verifies)
{
	struct pki_world k;
	json_t *r, *checked;

	everything(&k);
	r = pki_judged(&k, 0);
	bundle_good(r);
	checked = json_object_get(r, "checked");
	ck_assert_int_eq(json_int(checked, "certificates", 0), 11);
	ck_assert_int_eq(json_int(checked, "signatures", 0), 11 + 7 + 1);
	ck_assert_int_eq(json_array_size(json_object_get(r, "unchecked")), 0);
	json_decref(r);
	pki_world_end(&k);
}
END_TEST

START_TEST(replay_makes_the_same_certificates)
{
	struct pki_world k;
	json_t *r;
	char *text;

	everything(&k);
	unit_ok(audit_replay(k.w.store, NULL, &r, &unit_err));
	text = json_pretty(r);
	ck_assert_msg(json_flag(r, "ok", false), "%s", text);
	ck_assert_int_eq(json_int(json_object_get(r, "tables"), "certificate",
	    0), 11);
	ck_assert_int_eq(json_int(json_object_get(r, "tables"), "ca", 0), 3);
	ck_assert_int_eq(json_int(json_object_get(r, "tables"), "crl", 0), 7);
	free(text);
	json_decref(r);
	pki_world_end(&k);
}
END_TEST

/* Of what a later bundle cannot know it says so, and finds nothing wrong. */
START_TEST(a_later_bundle_leaves_unchecked_what_came_before)
{
	struct pki_world k;
	int64_t size;
	json_t *r;

	everything(&k);
	r = pki_judged(&k, 0);
	size = json_int(r, "size", 0);
	json_decref(r);
	for (int64_t since = 1; since < size; since++) {
		r = pki_judged(&k, (uint64_t)since);
		bundle_good(r);
		/* Behind the founding, and with the first key's making,
		 * nothing is missing. */
		ck_assert_msg((json_array_size(json_object_get(r,
		    "unchecked")) == 0) == (since == 1 ||
		    since == 4), "%d of %d",
		    (int)since, (int)size);
		json_decref(r);
	}
	pki_world_end(&k);
}
END_TEST

/* ---- what is told otherwise than it was ---- */

static const struct {
	const char *why, *kind, *path, *value, *code;
} TOLD[] = {
	{ "a certificate under another permit's key", "cert.issued",
	    "data/entry/operation/key", "\"00\"", "permit" },
	{ "another's certificate", "cert.issued",
	    "data/entry/operation/principal", "\"officer-1\"", "permit" },
	{ "an operation that is none", "cert.issued", "data/entry/operation/op",
	    "\"crl\"", "journal-entry" },
	{ "a certificate by a CA that is none", "cert.issued",
	    "data/entry/operation/issuer", "\"0011\"", "authority" },
	{ "a root's own for a device", "cert.issued",
	    "data/entry/operation/issuer", "\"\"", "authority" },
	{ "content that is none", "cert.issued", "data/entry/operation/content",
	    "\"MAA=\"", "certificate" },
	{ "another partition", "cert.issued", "data/entry/operation/partition",
	    "1", "certificate" },
	{ "another device in the facts", "cert.issued",
	    "data/entry/facts/cert.device/value", "\"other\"", "fact" },
	{ "another profile in the facts", "cert.issued",
	    "data/entry/facts/cert.profile/value", "\"root\"", "fact" },
	{ "a reissue in the facts", "cert.issued",
	    "data/entry/facts/cert.reissue/value", "true", "fact" },
	{ "a second use", "cert.issued", "data/entry/use", "2", "uses" },
	{ "an event of another authority", "cert.issued", "subject",
	    "\"root\"", "journal-entry" },
	{ "an event that names another request for it", "cert.issued",
	    "data/csr", "\"00\"", "journal-entry" },
	{ "an authority told as a certificate", "ca.created", "kind",
	    "\"cert.issued\"", "permit" },
	{ "an authority told as another's successor", "ca.created",
	    "data/succeeds", "\"root\"", "journal-entry" },
	{ "an authority told as renewed", "ca.created", "data/renews",
	    "\"00\"", "journal-entry" },
	{ "an authority told for another reason", "ca.created", "data/reason",
	    "\"others asked\"", "journal-entry" },
	{ "another permit beside the keeper's", "ca.created", "data/permit",
	    "{\"request\":{\"parameters\":{\"succeeds\":\"root\"}}}", "request" },
	{ "another authority's creation", "ca.created", "subject",
	    "\"other\"", "journal-entry" },
	{ "a certificate that was never issued", "cert.revoked",
	    "data/serials/0", "\"4fff\"", "certificate-serial" },
	{ "more than was asked to be revoked", "cert.revoked",
	    "data/cause", "\"superseded\"", "request" },
	{ "a revocation by nobody", "cert.revoked", "data/facts", "{}",
	    "fact" },
	{ "a revocation of no authority", "cert.revoked", "data/ca",
	    "\"other\"", "authority" },
	{ "a revocation told of another", "cert.revoked", "subject",
	    "\"other\"", "request" },
	{ "a part with a certificate that was not asked for", "cert.held",
	    "data/serials/0", "\"4fff\"", "request" },
	{ "a part that is not the next", "cert.held", "data/part", "3",
	    "request" },
	{ "a part that there is not", "cert.held", "data/part", "0",
	    "request" },
	{ "parts that were not asked for", "cert.held", "data/parts", "3",
	    "request" },
	{ "a whole instead of a part", "cert.held", "data/part", NULL,
	    "request" },
	{ "a retirement without its permit", "ca.retired",
	    "data/permit/approvals/0", NULL, "quorum" },
	{ "another number than was signed", "crl.published", "data/number",
	    "\"77\"", "journal-entry" },
	{ "the same, as an integer", "crl.published", "data/number", "7",
	    "journal-entry" },
	{ "another partition's list", "crl.published", "data/partition", "1",
	    "journal-entry" },
	{ "a delta where it was none", "crl.published", "data/base", "\"01\"",
	    "journal-entry" },
	{ "another digest", "crl.published", "data/entry/operation/digest/value",
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
	    "result" },
	{ "another digest's algorithm", "crl.published",
	    "data/entry/operation/digest/algorithm", "\"sha-512\"", "result" },
	{ "a list with a number that is none", "crl.published",
	    "data/entry/operation/number", "\"\"", "revocation-list" },
	{ "a list that says not until when", "crl.published",
	    "data/entry/operation/next_update", NULL, "revocation-list" },
	{ "a list of a partition that there is not", "crl.published",
	    "data/entry/operation/partition", "9", "authority" },
	{ "a list of another partition than was asked for", "crl.published",
	    "data/entry/operation/partition", "1", "revocation-list" },
	{ "a delta to what was never signed", "crl.published",
	    "data/entry/operation/base", "\"7fff\"", "revocation-list" },
	{ "a list that counts below nothing", "crl.published",
	    "data/entry/operation/entries", "-1", "revocation-list" },
	{ "an authority that nobody issued", "crl.published",
	    "data/entry/operation/authorities", "[{\"serial\":\"01\"}]",
	    "revocation-list" },
	{ "no answers at all", "ocsp.counted", "data/entry/operation/answers",
	    "0", "journal-entry" },
	{ "answers of another key", "ocsp.counted", "subject", "\"00\"",
	    "journal-entry" },
};

static void
told_world(struct pki_world *k)
{
	pki_world_begin(k);
	pki_answers(k);
	pki_device(k, "one", false, &RIGHT);
	pki_change(k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, "ci", k->serial,
	    "key-compromise");
	pki_list(k, 0, "01", 1, NULL);
	pki_in_parts(k, false, 2);
	pki_change(k, ACTION_CA_RETIRE, EVENT_CA_RETIRED, "release-lead", NULL,
	    NULL);
}

START_TEST(what_is_told_otherwise_is_found)
{
	struct pki_world k;
	struct audit_options o = { .trust = k.w.fingerprint };
	struct blob b = { 0 }, bad = { 0 };
	json_t *r;
	char *text;

	told_world(&k);
	good(&k);
	bundle_write(&k.w, 0, NULL, &b);
	bundle_forge(&k.w, &b, TOLD[_i].kind, TOLD[_i].path, TOLD[_i].value,
	    &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	text = json_pretty(json_object_get(r, "findings"));
	ck_assert_msg(bundle_has(r, TOLD[_i].code), "%s: %s", TOLD[_i].why,
	    text);
	free(text);
	json_decref(r);
	blob_done(&b);
	blob_done(&bad);
	pki_world_end(&k);
}
END_TEST

static const struct {
	const char	*why, *cause, *said;
	bool		 found;
} FALLEN[] = {
	{ "as somebody said", "superseded", "superseded", false },
	{ "as nobody said", "superseded", "key-compromise", true },
	{ "of the authority", "superseded", "ca-compromise", true },
	{ "compromised, as somebody said", "ca-compromise", "ca-compromise",
	    false },
};

/* The authority's certificate is revoked by its root, and on the root's list. */
static void
fallen_world(struct pki_world *k, const char *cause)
{
	struct house_key devices;

	pki_world_begin(k);
	devices = k->devices;
	k->devices = k->root;
	pki_change(k, ACTION_CERT_REVOKE, EVENT_CERT_REVOKED, "release-lead",
	    k->serial, cause);
	pki_list(k, (int)k->partition, "01", 1, NULL);
	k->devices = devices;
}

START_TEST(others_have_an_authoritys_key_if_somebody_said_so)
{
	struct audit_options o = { 0 };
	struct blob b = { 0 }, bad = { 0 };
	struct pki_world k;
	char value[200], *text;
	json_t *r;

	fallen_world(&k, FALLEN[_i].cause);
	o.trust = k.w.fingerprint;
	bundle_write(&k.w, 0, NULL, &b);
	snprintf(value, sizeof(value), "[{\"serial\":\"%s\",\"reason\":"
	    "\"%s\"}]", k.serial, FALLEN[_i].said);
	bundle_forge(&k.w, &b, "crl.published",
	    "data/entry/operation/authorities", value, &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	text = json_pretty(json_object_get(r, "findings"));
	ck_assert_msg((strstr(text, "others have its key") != NULL) ==
	    FALLEN[_i].found && bundle_has(r, "revocation-list") ==
	    FALLEN[_i].found, "%s: %s", FALLEN[_i].why, text);
	free(text);
	json_decref(r);
	blob_done(&b);
	blob_done(&bad);
	pki_world_end(&k);
}
END_TEST

START_TEST(numbers_of_lists_grow)
{
	struct pki_world k;

	pki_world_begin(&k);
	pki_list(&k, 0, "ff", 0, NULL);
	engine_sql("DELETE FROM crl");
	pki_list(&k, 0, "0100", 0, NULL);
	good(&k);
	pki_world_end(&k);
}
END_TEST

/* A list of an authority that was taken in. */
static void
taken_list(struct pki_world *k, struct house_key *own, const char *number)
{
	struct house_key devices = k->devices;

	k->devices = *own;
	pki_list(k, 0, number, 2, NULL);
	k->devices = devices;
}

static const struct {
	const char	*floor, *first, *second, *low;
} FLOORS[] = {
	{ "00", "01", "02", "\"00\"" },
	{ "0100", "0101", "0105", "\"0100\"" },
	{ "7ffffffffffffffffffffffff00000000000000f",
	    "7ffffffffffffffffffffffff000000000000010",
	    "7ffffffffffffffffffffffff000000000000011",
	    "\"7ffffffffffffffffffffffff00000000000000e\"" },
};

/* ...and so do replayed tables, also where the authority was renewed. */
START_TEST(lists_go_on_above_those_of_the_system_before)
{
	struct audit_options o = { 0 };
	struct blob b = { 0 }, bad = { 0 };
	struct pki_world k;
	struct house_key own;
	json_t *r;

	pki_world_begin(&k);
	o.trust = k.w.fingerprint;
	pki_key(&k.w, &own, "taken", "ca");
	pki_import(&k, &own, false, FLOORS[_i].floor);
	taken_list(&k, &own, FLOORS[_i].first);
	bundle_write(&k.w, 0, NULL, &b);
	bundle_forge(&k.w, &b, "crl.published", "data/entry/operation/number",
	    FLOORS[_i].low, &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	ck_assert(bundle_has(r, "revocation-list"));
	json_decref(r);
	/* Two came with it, and three would be one too many. */
	blob_clear(&bad);
	bundle_forge(&k.w, &b, "crl.published", "data/entry/operation/entries",
	    "3", &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	ck_assert(bundle_has(r, "revocation-list"));
	json_decref(r);
	/* The list is the one that was approved, and there. */
	blob_clear(&bad);
	bundle_forge(&k.w, &b, "ca.imported", "data/entry/operation/crl",
	    "\"MAA=\"", &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	ck_assert(bundle_has(r, "authority"));
	json_decref(r);
	pki_import(&k, &own, false, NULL);
	taken_list(&k, &own, FLOORS[_i].second);
	good(&k);
	blob_done(&b);
	blob_done(&bad);
	pki_key_done(&own);
	pki_world_end(&k);
}
END_TEST

START_TEST(what_the_amended_profile_makes_is_good)
{
	struct pki_world k;
	struct house_key own;

	pki_world_begin(&k);
	pki_amended(&k);
	pki_device(&k, "one", false, &RIGHT);
	pki_key(&k.w, &own, "imported", "ca");
	pki_import(&k, &own, false, NULL);
	good(&k);
	pki_key_done(&own);
	pki_world_end(&k);
}
END_TEST

/* It was asked for before, and signed while the service heard of it. */
START_TEST(a_certificate_just_behind_the_retirement_is_good)
{
	struct pki_world k;

	pki_world_begin(&k);
	pki_change(&k, ACTION_CA_RETIRE, EVENT_CA_RETIRED, "release-lead",
	    NULL, NULL);
	pki_device(&k, "one", false, &RIGHT);
	good(&k);
	pki_world_end(&k);
}
END_TEST

START_TEST(devices_that_get_another_are_counted)
{
	struct pki_world k;
	json_t *r;

	world_few = true;
	pki_world_begin(&k);
	world_few = false;
	pki_device(&k, "one", false, &RIGHT);
	pki_device(&k, "two", false, &RIGHT);
	pki_device(&k, "one", true, &RIGHT);
	pki_device(&k, "two", true, &RIGHT);
	good(&k);
	pki_device(&k, "two", true, &RIGHT);
	r = pki_judged(&k, 0);
	ck_assert(bundle_has(r, "uses"));
	json_decref(r);
	pki_world_end(&k);
}
END_TEST

/* The keeper cannot see it: a service that says of no device that it had one. */
START_TEST(devices_that_get_another_in_silence_are_found_and_counted)
{
	struct pki_world k;
	json_t *r;

	world_few = true;
	pki_world_begin(&k);
	world_few = false;
	for (int i = 0; i < 3; i++)
		pki_device(&k, "one", false, &RIGHT);
	r = pki_judged(&k, 0);
	ck_assert(bundle_has(r, "fact") && !bundle_has(r, "uses"));
	json_decref(r);
	pki_device(&k, "one", false, &RIGHT);
	r = pki_judged(&k, 0);
	ck_assert(bundle_has(r, "fact") && bundle_has(r, "uses"));
	json_decref(r);
	pki_world_end(&k);
}
END_TEST

/* By an authority that has nothing to do with the first. */
static void
elsewhere(struct pki_world *k, const char *device, const char *replaces,
    bool again)
{
	struct house_key next, before = k->devices;

	pki_key(&k->w, &next, "next", "ca");
	pki_create(k, &k->root, &next, &RIGHT);
	k->devices = next;
	k->replaces = replaces;
	pki_device(k, device, again, &RIGHT);
	k->replaces = NULL;
	k->devices = before;
	pki_key_done(&next);
}

static const struct {
	const char *why, *device, *of, *code;
	bool again;
} ELSEWHERE[] = {
	{ "another device's", "two", NULL, NULL, false },
	{ "the same device's, which is said", "one", "devices", NULL, true },
	{ "the same device's, unsaid", "one", NULL, "fact", false },
	{ "the same device's, without saying whose", "one", NULL, "fact",
	    true },
	{ "in place of what another device has", "two", "devices",
	    "certificate-serial", true },
	{ "in place of nothing", "two", "nobody", "certificate-serial", true },
};

START_TEST(another_key_is_another_device_whoever_certifies_it)
{
	struct pki_world k;
	char place[2 * NUMBER_HEX];
	json_t *r;

	pki_world_begin(&k);
	pki_device(&k, "one", false, &RIGHT);
	snprintf(place, sizeof(place), "%s/%s", ELSEWHERE[_i].of != NULL ?
	    ELSEWHERE[_i].of : "", k.serial);
	elsewhere(&k, ELSEWHERE[_i].device, ELSEWHERE[_i].of != NULL ? place :
	    NULL, ELSEWHERE[_i].again);
	r = pki_judged(&k, 0);
	if (ELSEWHERE[_i].code == NULL)
		bundle_good(r);
	else
		ck_assert_msg(bundle_has(r, ELSEWHERE[_i].code), "%s",
		    ELSEWHERE[_i].why);
	json_decref(r);
	pki_world_end(&k);
}
END_TEST

ENGINE_MAIN("audit/cert",
	UNIT(devices_that_get_another_are_counted)
	UNIT(devices_that_get_another_in_silence_are_found_and_counted)
	UNIT_ROWS(another_key_is_another_device_whoever_certifies_it, ELSEWHERE)
	UNIT(an_honest_house_verifies)
	UNIT(replay_makes_the_same_certificates)
	UNIT(a_later_bundle_leaves_unchecked_what_came_before)
	UNIT(numbers_of_lists_grow)
	UNIT_ROWS(lists_go_on_above_those_of_the_system_before, FLOORS)
	UNIT(what_the_amended_profile_makes_is_good)
	UNIT(a_certificate_just_behind_the_retirement_is_good)
	UNIT_ROWS(others_have_an_authoritys_key_if_somebody_said_so, FALLEN)
	UNIT_ROWS(what_is_told_otherwise_is_found, TOLD))
