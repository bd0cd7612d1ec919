/*
 * A hostile service and an authority that is revoked: once the keeper has
 * signed a list that says so for good, no certificate comes out of it.
 */
#include "config.h"

#include "tests/keeper/certs.h"

/* One entry, of the authority's certificate, and how often again. */
struct only {
	struct crl_entry e;
	unsigned	 told, again;
};

static int
only_next(void *ctx, struct crl_entry *ret, bool *ret_more, struct err *err)
{
	struct only *o = ctx;

	*ret_more = o->told++ <= o->again;
	*ret = o->e;
	return 0;
}

static void
root_begin(struct list_attempt *l, uint64_t number)
{
	list_begin(l, number);
	l->ca = "root";
	l->by = &pki.root;
	l->issuer_cert = &pki.root_cert;
	l->url = "http://pki.example/root/0.crl";
	l->ask.freshest = NULL;
}

/* The root's list names this certificate, and so many times again. */
static int
root_list_of(uint64_t number, const struct blob *der, enum reason reason,
    unsigned again)
{
	struct only o = { .e = { .revoked = TIME_S(1700000000),
		.reason = reason }, .again = again };
	struct list_attempt l;
	struct cert c;

	unit_ok(cert_read(der->data, der->len, &c, &unit_err));
	unit_ok(number_make(c.tbs.serial, &o.e.serial, &unit_err));
	root_begin(&l, number);
	l.ask.next = only_next;
	l.ask.ctx = &o;
	return list_go(&l);
}

static int
root_list(uint64_t number, const struct blob *der, enum reason reason)
{
	return root_list_of(number, der, reason, 0);
}

static int
device_go(const char *serial)
{
	struct attempt a;
	int rc;

	device_attempt(&a, serial);
	rc = attempt_go(&a, NULL);
	attempt_done(&a);
	return rc;
}

static const json_t *
told(void)
{
	return json_object_get(json_object_get(json_object_get(rig.answer,
	    "entry"), "operation"), "authorities");
}

START_TEST(a_revoked_authority_issues_nothing_more)
{
	struct list_attempt l;

	certs_setup();
	unit_ok(device_go("d-1"));
	unit_ok(root_list(1, &pki.issuing_cert, REASON_SUPERSEDED));
	ck_assert_str_eq(json_str(json_array_get(told(), 0), "reason", ""),
	    "superseded");
	no_certificate(device_go("d-2"), MADE + 1, "denied");
	rig_again(SIGKILL);
	no_certificate(device_go("d-2"), MADE + 1, "denied");
	/* Said once; a list that leaves it out takes nothing back. */
	unit_ok(root_list(2, &pki.issuing_cert, REASON_SUPERSEDED));
	ck_assert_ptr_null(told());
	root_begin(&l, 3);
	unit_ok(list_go(&l));
	rig_again(SIGTERM);
	no_certificate(device_go("d-2"), MADE + 1, "denied");
	/* What it issued is still told of. */
	list_begin(&l, 1);
	unit_ok(list_go(&l));
}
END_TEST

/* An entry that no event can hold would keep all services out for ever. */
START_TEST(what_a_list_says_a_thousand_times_is_noted_once)
{
	certs_setup();
	unit_ok(root_list_of(1, &pki.issuing_cert, REASON_SUPERSEDED, 1000));
	ck_assert_uint_eq(json_array_size(told()), 1);
	no_certificate(device_go("d-1"), MADE, "denied");
}
END_TEST

START_TEST(its_responder_is_certified_all_the_same)
{
	struct attempt a;

	certs_setup();
	unit_ok(root_list(1, &pki.issuing_cert, REASON_CESSATION));
	named_attempt(&a, "ocsp", &pki.responder.spki);
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	named_attempt(&a, "server", &pki.device);
	no_certificate(attempt_go(&a, NULL), MADE + 1, "denied");
	attempt_done(&a);
}
END_TEST

/* A hold ends with the next list, which the service makes: it tells nothing. */
START_TEST(what_is_on_hold_is_the_services_to_stop)
{
	certs_setup();
	unit_ok(root_list(1, &pki.issuing_cert, REASON_HOLD));
	ck_assert_ptr_null(told());
	unit_ok(device_go("d-1"));
}
END_TEST

/* Nor does the list of another authority, whatever numbers it names. */
static int
others_list(void)
{
	struct only o = { .e = { .revoked = TIME_S(1700000000),
		.reason = REASON_SUPERSEDED } };
	struct list_attempt l;
	struct cert c;

	unit_ok(cert_read(pki.issuing_cert.data, pki.issuing_cert.len, &c,
	    &unit_err));
	unit_ok(number_make(c.tbs.serial, &o.e.serial, &unit_err));
	list_begin(&l, 1);
	l.ask.next = only_next;
	l.ask.ctx = &o;
	return list_go(&l);
}

START_TEST(only_who_issued_it_revokes_it)
{
	certs_setup();
	unit_ok(others_list());
	unit_ok(device_go("d-1"));
}
END_TEST

START_TEST(nor_does_anything_below_a_revoked_root)
{
	certs_setup();
	unit_ok(root_list(1, &pki.root_cert, REASON_KEY_COMPROMISE));
	no_certificate(device_go("d-1"), MADE, "denied");
	rig_again(SIGTERM);
	no_certificate(device_go("d-1"), MADE, "denied");
}
END_TEST

static void
renew(void)
{
	struct sha256 hash = sha256_of(pki.issuing_cert.data,
	    pki.issuing_cert.len);
	json_t *p = ca_parameters("devices", "Devices", "root", &pki.issuing);
	struct attempt a;

	unit_ok(json_set_hash(p, "renews", &hash, &unit_err));
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &pki.issuing, p);
	unit_ok(attempt_go(&a, NULL));
	blob_clear(&pki.issuing_cert);
	attempt_whole(&a, &pki.issuing_cert);
	attempt_done(&a);
}

/* It is found out after a renewal that others have the key. */
START_TEST(a_reason_becomes_a_compromise)
{
	struct blob first = { 0 };

	certs_setup();
	unit_ok(blob_put(&first, pki.issuing_cert.data, pki.issuing_cert.len,
	    &unit_err));
	unit_ok(root_list(1, &first, REASON_SUPERSEDED));
	renew();
	unit_ok(device_go("d-1"));
	unit_ok(root_list(2, &first, REASON_CESSATION));
	ck_assert_ptr_null(told());
	unit_ok(root_list(3, &first, REASON_KEY_COMPROMISE));
	ck_assert_str_eq(json_str(json_array_get(told(), 0), "reason", ""),
	    "key-compromise");
	no_certificate(device_go("d-2"), MADE + 2, "denied");
	rig_again(SIGKILL);
	no_certificate(device_go("d-2"), MADE + 2, "denied");
	unit_ok(root_list(4, &first, REASON_KEY_COMPROMISE));
	ck_assert_ptr_null(told());
	blob_done(&first);
}
END_TEST

/* People agreed to it; but where somebody else has the key, what it was
 * certified for before they knew is revoked as a whole. */
START_TEST(renewed_by_quorum_it_goes_on)
{
	struct blob first = { 0 };

	certs_setup();
	unit_ok(blob_put(&first, pki.issuing_cert.data, pki.issuing_cert.len,
	    &unit_err));
	unit_ok(root_list(1, &first, REASON_SUPERSEDED));
	no_certificate(device_go("d-1"), MADE, "denied");
	renew();
	unit_ok(device_go("d-1"));
	unit_ok(root_list(2, &first, REASON_SUPERSEDED));
	rig_again(SIGKILL);
	unit_ok(device_go("d-2"));
	blob_done(&first);
}
END_TEST

START_TEST(a_key_that_others_have_ends_all_its_certificates)
{
	struct blob first = { 0 };

	certs_setup();
	unit_ok(blob_put(&first, pki.issuing_cert.data, pki.issuing_cert.len,
	    &unit_err));
	renew();
	unit_ok(root_list(1, &first, REASON_CA_COMPROMISE));
	no_certificate(device_go("d-1"), MADE + 1, "denied");
	rig_again(SIGKILL);
	no_certificate(device_go("d-1"), MADE + 1, "denied");
	blob_done(&first);
}
END_TEST

UNIT_MAIN("keeper against a hostile service: revoked authorities",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 240);
	UNIT(a_revoked_authority_issues_nothing_more)
	UNIT(what_a_list_says_a_thousand_times_is_noted_once)
	UNIT(its_responder_is_certified_all_the_same)
	UNIT(what_is_on_hold_is_the_services_to_stop)
	UNIT(only_who_issued_it_revokes_it)
	UNIT(nor_does_anything_below_a_revoked_root)
	UNIT(a_reason_becomes_a_compromise)
	UNIT(renewed_by_quorum_it_goes_on)
	UNIT(a_key_that_others_have_ends_all_its_certificates))
