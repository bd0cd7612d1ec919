/* A hostile service and keys of kind ca: each keeps to its trade. */
#include "config.h"

#include "tests/keeper/certs.h"

START_TEST(a_key_of_kind_ca_signs_no_digest)
{
	struct image i = { pki.issuing.hash, "issuing", "image", NULL, NULL,
		NULL };
	char from[TIME_TEXT], until[TIME_TEXT];
	json_t *p, *params;

	certs_setup();
	p = permit(ask("device", ACTION_KEY_SIGN, "ci", sign_parameters(&i)),
	    "device", "");
	refused(use(p, sign_operation(&i, "ci")), 0, "denied", NULL);
	json_decref(p);
	clock_text(clock_now() - TIME_S(1), from);
	clock_text(clock_now() + TIME_S(600), until);
	unit_ok(json_build(&params, &unit_err,
	    "{s:[{s:s, s:s}], s:[s], s:i, s:s, s:s, s:b}", "keys", "key",
	    pki.issuing.hash, "key_name", "issuing", "by", "ci", "uses", 9,
	    "from", from, "until", until, "any_digest", 1));
	p = permit(ask("window", ACTION_WINDOW_OPEN, "ci", params), "window",
	    "12");
	refused(use(p, sign_operation(&i, "ci")), 0, "denied", NULL);
	json_decref(p);
}
END_TEST

START_TEST(a_firmware_key_makes_no_certificate)
{
	struct attempt a;

	certs_setup();
	device_attempt(&a, "d-1");
	(void)json_object_set_new(a.allowed, "key",
	    json_string(pki.firmware.hash));
	(void)json_object_set_new(a.allowed, "key_name",
	    json_string("firmware"));
	snprintf(a.op_key, sizeof(a.op_key), "%s", pki.firmware.hash);
	no_certificate(attempt_go(&a, NULL), MADE, "denied");
	attempt_done(&a);
}
END_TEST

/* ...whoever agrees to it: the charter's profile does not. */
START_TEST(a_root_certifies_no_device)
{
	struct attempt a;

	certs_setup();
	a = (struct attempt){ .rule = "server", .officers = "1", .who = "ci",
		.action = ACTION_CERT_ISSUE };
	attempt_begin(&a, &pki.root, &pki.root_cert, "server", &pki.device,
	    named_parameters("a.example"));
	(void)json_object_set_new(a.allowed, "ca", json_string("root"));
	(void)json_object_set_new(a.drafted, "ca", json_string("root"));
	attempt_number(&a);
	no_certificate(attempt_go(&a, NULL), MADE, "denied");
	attempt_done(&a);
}
END_TEST

START_TEST(a_suspended_ca_signs_nothing)
{
	struct list_attempt l;
	struct attempt a;

	certs_setup();
	unit_ok(house_move("ca-stop", ACTION_KEY_SUSPEND, pki.issuing.hash,
	    "issuing", "suspended", ""));
	device_attempt(&a, "d-1");
	no_certificate(attempt_go(&a, NULL), MADE, "key-state");
	attempt_done(&a);
	list_begin(&l, 1);
	ck_assert_int_eq(list_go(&l), -ESTATE);
}
END_TEST

START_TEST(a_ca_signs_no_ocsp_answer)
{
	json_t *p;

	certs_setup();
	p = ocsp_permit(&pki.issuing);
	no_answer(ocsp_go(&pki.issuing, p, 1), "denied");
	json_decref(p);
	ck_assert_uint_eq(rig_entries("ocsp"), 0);
}
END_TEST

/* ...and whoever does, does it from the token: elsewhere nobody counts. */
START_TEST(nobody_answers_with_a_key_outside)
{
	const struct blob *spki[] = { &pki.device, &pki.firmware.spki };
	struct attempt a;

	certs_setup();
	named_attempt(&a, "ocsp", spki[_i]);
	no_certificate(attempt_go(&a, NULL), MADE, "denied");
	attempt_done(&a);
}
END_TEST

/* Else whoever may have a device certified took a responder's trade from it. */
START_TEST(a_responder_is_certified_as_nothing_else)
{
	static const char *const profiles[] = { "time", "server" };
	struct attempt a;
	json_t *p;

	certs_setup();
	named_attempt(&a, profiles[_i], &pki.responder.spki);
	no_certificate(attempt_go(&a, NULL), MADE, "denied");
	attempt_done(&a);
	p = ocsp_permit(&pki.responder);
	unit_ok(ocsp_go(&pki.responder, p, 1));
	named_attempt(&a, profiles[_i], &pki.responder.spki);
	no_certificate(attempt_go(&a, NULL), MADE, "denied");
	attempt_done(&a);
	rig_again(SIGKILL);
	unit_ok(ocsp_go(&pki.responder, p, 1));
	json_decref(p);
}
END_TEST

START_TEST(a_key_that_waits_to_be_a_ca_is_certified_as_nothing_else)
{
	struct held_key more = { .name = "more" };
	struct attempt a;

	certs_setup();
	held_key_make(&more, "ca");
	named_attempt(&a, "server", &more.spki);
	no_certificate(attempt_go(&a, NULL), MADE, "denied");
	attempt_done(&a);
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "More", "root", &more));
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	blob_done(&more.spki);
}
END_TEST

static void
no_ca_of_responder(size_t made)
{
	struct attempt a;

	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &pki.responder,
	    ca_parameters("more", "More", "root", &pki.responder));
	no_certificate(attempt_go(&a, NULL), made, "denied");
	attempt_done(&a);
}

START_TEST(a_responder_never_becomes_a_ca)
{
	json_t *p;

	certs_setup();
	p = ocsp_permit(&pki.responder);
	unit_ok(ocsp_go(&pki.responder, p, 1));
	json_decref(p);
	no_ca_of_responder(MADE);
	rig_again(SIGKILL);
	no_ca_of_responder(MADE);
}
END_TEST

START_TEST(a_key_certified_for_ocsp_never_becomes_a_ca)
{
	struct attempt a;

	certs_setup();
	named_attempt(&a, "ocsp", &pki.responder.spki);
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	no_ca_of_responder(MADE + 1);
	/* A CA's key is certified as nothing else. */
	named_attempt(&a, "ocsp", &pki.issuing.spki);
	no_certificate(attempt_go(&a, NULL), MADE + 1, "denied");
	attempt_done(&a);
	rig_again(SIGKILL);
	no_ca_of_responder(MADE + 1);
}
END_TEST

UNIT_MAIN("keeper against a hostile service: keys and their trade",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT(a_key_of_kind_ca_signs_no_digest)
	UNIT(a_firmware_key_makes_no_certificate)
	UNIT(a_root_certifies_no_device)
	UNIT(a_suspended_ca_signs_nothing)
	UNIT(a_ca_signs_no_ocsp_answer)
	tcase_add_loop_test(tc, nobody_answers_with_a_key_outside, 0, 2);
	tcase_add_loop_test(tc, a_responder_is_certified_as_nothing_else, 0, 2);
	UNIT(a_key_that_waits_to_be_a_ca_is_certified_as_nothing_else)
	UNIT(a_responder_never_becomes_a_ca)
	UNIT(a_key_certified_for_ocsp_never_becomes_a_ca))
