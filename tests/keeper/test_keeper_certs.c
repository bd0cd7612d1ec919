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

/* Two levels up: the CA between has no constraints of its own. */
START_TEST(no_name_is_certified_that_the_root_does_not_permit)
{
	struct held_key more = { .name = "more" };
	struct attempt a;
	json_t *p, *wider;

	certs_setup_below("uri:.plant.example");
	held_key_make(&more, "ca");
	for (int i = 0; i < 2; i++) {
		device_attempt(&a, "T-1");
		no_certificate(attempt_go(&a, NULL), MADE, "denied");
		ck_assert_msg(strstr(unit_err.what, "nc-outside") != NULL,
		    "%s", unit_err.what);
		attempt_done(&a);
		rig_again(SIGKILL);
	}
	/* No names, no constraint. */
	named_attempt(&a, "server", &pki.device);
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	p = ca_parameters("more", "More", "root", &more);
	unit_ok(json_build(&wider, &unit_err, "{s:[s]}", "permitted",
	    "uri:.example"));
	(void)json_object_set_new(p, "name_constraints", wider);
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more, p);
	no_certificate(attempt_go(&a, NULL), MADE + 1, "denied");
	attempt_done(&a);
	blob_done(&more.spki);
}
END_TEST

UNIT_MAIN("keeper against a hostile service: certificates",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT(the_honest_certificate_verifies)
	UNIT(a_request_makes_one_certificate)
	UNIT(the_limit_counts_certificates_across_a_crash)
	UNIT(a_certificate_by_quorum_needs_it)
	UNIT(an_amended_profile_makes_other_certificates)
	UNIT(a_charter_with_a_bad_profile_is_refused)
	UNIT(no_name_is_certified_that_the_root_does_not_permit))
