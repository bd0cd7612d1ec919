/*
 * A hostile service and keys of kind ca: no certificate, list or answer comes
 * out but the one that the charter's profile and the request make.
 */
#include "config.h"

#include "tests/keeper/certs.h"

START_TEST(the_honest_certificate_verifies)
{
	struct attempt a;
	struct blob whole = { 0 };
	const unsigned char *der;
	EVP_PKEY *key;
	X509 *x;

	certs_setup();
	device_attempt(&a, "d-1");
	unit_ok(attempt_go(&a, NULL));
	attempt_whole(&a, &whole);
	der = whole.data;
	x = d2i_X509(NULL, &der, (long)whole.len);
	ck_assert_ptr_nonnull(x);
	der = pki.issuing.spki.data;
	key = d2i_PUBKEY(NULL, &der, (long)pki.issuing.spki.len);
	ck_assert_int_eq(X509_verify(x, key), 1);
	X509_free(x);
	EVP_PKEY_free(key);
	blob_done(&whole);
	attempt_done(&a);
}
END_TEST

/* The request permits one certificate: the same again, also after a crash, no other. */
START_TEST(a_request_makes_one_certificate)
{
	struct attempt a;
	struct blob first = { 0 };
	json_t *p, *entry;

	certs_setup();
	device_attempt(&a, "d-1");
	unit_ok(attempt_go(&a, &p));
	entry = json_incref(json_object_get(rig.answer, "entry"));
	unit_ok(use(p, certify_operation(&a)));
	ck_assert(json_equal(entry, json_object_get(rig.answer, "entry")));
	rig_again(SIGKILL);
	unit_ok(use(p, certify_operation(&a)));
	ck_assert(json_equal(entry, json_object_get(rig.answer, "entry")));
	unit_ok(blob_put(&first, a.tbs.data, a.tbs.len, &unit_err));
	blob_clear(&a.tbs);
	a.not_before += TIME_S(1);
	attempt_draft(&a);
	ck_assert(a.tbs.len != first.len ||
	    memcmp(a.tbs.data, first.data, first.len) != 0);
	no_certificate(use(p, certify_operation(&a)), MADE + 1, "used-up");
	rig_again(SIGTERM);
	no_certificate(use(p, certify_operation(&a)), MADE + 1, "used-up");
	json_decref(p);
	json_decref(entry);
	blob_done(&first);
	attempt_done(&a);
}
END_TEST

START_TEST(the_limit_counts_certificates_across_a_crash)
{
	struct attempt a;
	char serial[16];
	int i;

	certs_setup();
	for (i = 0; i < 5; i++) {
		if (i == 3)
			rig_again(SIGKILL);
		snprintf(serial, sizeof(serial), "d-%d", i);
		device_attempt(&a, serial);
		unit_ok(attempt_go(&a, NULL));
		attempt_done(&a);
	}
	device_attempt(&a, "d-5");
	no_certificate(attempt_go(&a, NULL), MADE + 5, "limit-reached");
	attempt_done(&a);
}
END_TEST

static int
without_quorum(const char *officers)
{
	struct attempt a;
	int rc;

	named_attempt(&a, "server", &pki.device);
	a.officers = officers;
	rc = attempt_go(&a, NULL);
	attempt_done(&a);
	return rc;
}

START_TEST(a_certificate_by_quorum_needs_it)
{
	certs_setup();
	no_certificate(without_quorum(""), MADE, "approval-needed");
	unit_ok(without_quorum("1"));
}
END_TEST

/* ---- CAs ---- */

START_TEST(a_ca_is_made_by_quorum_and_of_what_was_approved)
{
	struct held_key more = { .name = "more" };
	struct attempt a;

	certs_setup();
	held_key_make(&more, "ca");
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "More", "root", &more));
	a.officers = "1";
	no_certificate(attempt_go(&a, NULL), MADE, "approval-needed");
	attempt_done(&a);
	/* The name of another CA. */
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("devices", "More", "root", &more));
	no_certificate(attempt_go(&a, NULL), MADE, "exists");
	attempt_done(&a);
	/* An issuing CA has no room for one below it. */
	ca_attempt(&a, &pki.issuing, &pki.issuing_cert, "issuing", &more,
	    ca_parameters("more", "More", "devices", &more));
	a.issuer->path_length = -1;
	a.issuer->not_after += TIME_S(86400);
	no_certificate(attempt_go(&a, NULL), MADE, "denied");
	attempt_done(&a);
	/* The subject's key has another name than was approved. */
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "More", "root", &pki.responder));
	blob_clear(&a.spki);
	unit_ok(blob_put(&a.spki, more.spki.data, more.spki.len, &unit_err));
	no_certificate(attempt_go(&a, NULL), MADE, "bad-proof");
	attempt_done(&a);
	/* A root that is signed by another key's owner. */
	ca_attempt(&a, &pki.root, NULL, "root", &more,
	    ca_parameters("more", "More", NULL, &more));
	no_certificate(attempt_go(&a, NULL), MADE, "bad-proof");
	attempt_done(&a);
	/* A second root with the key of the first. */
	ca_attempt(&a, &pki.root, NULL, "root", &pki.root,
	    ca_parameters("second", "Second", NULL, &pki.root));
	no_certificate(attempt_go(&a, NULL), MADE, "denied");
	attempt_done(&a);
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "More", "root", &more));
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	blob_done(&more.spki);
}
END_TEST

/* The register, as "keys" tells it, in the order of names. */
static json_t *
register_now(void)
{
	json_t *m, *all = json_object(), *row;
	size_t i;

	unit_ok(message_make(MESSAGE_KEYS, &m, &unit_err));
	unit_ok(rig_call(m));
	json_array_foreach(json_object_get(rig.answer, "keys"), i, row)
		(void)json_object_set(all, json_str(row, "name", ""), row);
	return all;
}

static json_t *
cas_of(const json_t *all, const char *name)
{
	return json_object_get(json_object_get(all, name), "cas");
}

START_TEST(what_a_ca_is_survives_a_crash)
{
	struct list_attempt l;
	struct sha256 hash;
	char hex[SHA256_HEX];
	json_t *before, *after, *p;

	certs_setup();
	list_begin(&l, 7);
	unit_ok(list_go(&l));
	p = ocsp_permit(&pki.responder);
	unit_ok(ocsp_go(&pki.responder, p, 1));
	json_decref(p);
	before = register_now();
	hash = sha256_of(pki.issuing_cert.data, pki.issuing_cert.len);
	sha256_hex(&hash, hex);
	ck_assert_str_eq(json_str(json_array_get(cas_of(before, "issuing"), 0),
	    "hash", ""), hex);
	ck_assert_uint_eq(json_object_size(json_object_get(json_object_get(
	    before, "issuing"), "crls")), 1);
	ck_assert(json_flag(json_object_get(before, "responder"), "responder",
	    false));
	rig_again(SIGKILL);
	after = register_now();
	ck_assert(json_equal(before, after));
	json_decref(after);
	json_decref(before);
}
END_TEST

START_TEST(a_ca_that_others_signed_is_taken_in_once)
{
	struct held_key more = { .name = "more" };
	struct attempt a;
	struct blob whole = { 0 };
	struct sha256 hash;
	json_t *params, *op, *p;

	certs_setup();
	held_key_make(&more, "ca");
	/* As another system would have it: made elsewhere, for our key. */
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "More", "root", &more));
	attempt_draft(&a);
	unit_ok(seal_assemble(span_blob(&a.tbs), "ecdsa-sha256",
	    span_of("\x30\x06\x02\x01\x01\x02\x01\x01", 8), &whole, &unit_err));
	attempt_done(&a);
	hash = sha256_of(whole.data, whole.len);
	params = key_parameters(more.hash, more.name);
	unit_ok(json_set_str(params, "name", "more", &unit_err));
	unit_ok(json_set_hash(params, "certificate", &hash, &unit_err));
	unit_ok(json_set_new(params, "urls", json_of(URLS), &unit_err));
	unit_ok(json_set_int(params, "partitions", 1, &unit_err));
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s}", "op", "adopt-ca",
	    "key", more.hash, "principal", "officer-1"));
	unit_ok(json_set_b64(op, "content", pki.issuing_cert.data,
	    pki.issuing_cert.len, &unit_err));
	p = permit(ask("ca-make", ACTION_CA_IMPORT, "officer-1", params),
	    "ca-make", "12");
	/* Another certificate than was approved. */
	ck_assert_int_eq(use(p, json_deep_copy(op)), -EPROOF);
	unit_ok(json_set_b64(op, "content", whole.data, whole.len, &unit_err));
	unit_ok(use(p, json_deep_copy(op)));
	rig_again(SIGKILL);
	unit_ok(use(p, op));
	ck_assert_uint_eq(rig_entries("adopt-ca"), 1);
	op = register_now();
	ck_assert_uint_eq(json_array_size(cas_of(op, "more")), 1);
	json_decref(op);
	json_decref(p);
	blob_done(&whole);
	blob_done(&more.spki);
}
END_TEST

START_TEST(an_amended_profile_makes_other_certificates)
{
	struct attempt a;
	json_t *next = NULL, *p;

	certs_setup();
	device_attempt(&a, "d-1");
	attempt_draft(&a);
	p = attempt_permit(&a);
	next = json_deep_copy(house.charter);
	(void)json_object_set_new(json_object_get(json_object_get(next,
	    "profiles"), "device"), "extended-key-usage",
	    json_of("[\"server-auth\"]"));
	unit_ok(amend(next, next, "12"));
	no_certificate(use(p, certify_operation(&a)), MADE, "bad-proof");
	json_decref(p);
	attempt_done(&a);
	/* Drafted by the profile in force, it is signed. */
	house_law(next);
	device_attempt(&a, "d-1");
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
}
END_TEST

START_TEST(a_charter_with_a_bad_profile_is_refused)
{
	json_t *next, *m;
	int rc;

	rig_setup();
	house_people();
	next = certs_charter();
	(void)json_object_set_new(json_object_get(json_object_get(next,
	    "profiles"), "device"), "kind", json_string("anything"));
	unit_ok(json_build(&m, &unit_err, "{s:s, s:O}", "do", "found",
	    "charter", next));
	rc = rig_call(m);
	json_decref(next);
	ck_assert_int_eq(rc, -ECHARTER);
	house_found_with(certs_charter());
	next = json_deep_copy(house.charter);
	(void)json_object_del(json_object_get(json_object_get(next,
	    "profiles"), "device"), "validity");
	ck_assert_int_eq(amend(next, next, "12"), -ECHARTER);
	json_decref(next);
}
END_TEST

UNIT_MAIN("keeper against a hostile service: certificates",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT(the_honest_certificate_verifies)
	UNIT(a_request_makes_one_certificate)
	UNIT(the_limit_counts_certificates_across_a_crash)
	UNIT(a_certificate_by_quorum_needs_it)
	UNIT(a_ca_is_made_by_quorum_and_of_what_was_approved)
	UNIT(what_a_ca_is_survives_a_crash)
	UNIT(a_ca_that_others_signed_is_taken_in_once)
	UNIT(an_amended_profile_makes_other_certificates)
	UNIT(a_charter_with_a_bad_profile_is_refused))
