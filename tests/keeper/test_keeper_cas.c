/*
 * A hostile service and authorities: which keys become one, by which
 * certificate, and what is certified for others.
 */
#include "config.h"

#include "tests/keeper/certs.h"

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

/* ---- authorities of other systems ---- */

/* Parameters as for a request of theirs; its hash is only seen. */
static json_t *
other_parameters(void)
{
	static const struct sha256 csr;
	json_t *p;

	unit_ok(json_build(&p, &unit_err, "{s:s, s:[[s,s]], s:s}", "name",
	    "plant", "subject", "commonName", "Plant", "issuer", "root"));
	unit_ok(json_set_hash(p, "csr", &csr, &unit_err));
	return p;
}

static void
other_attempt(struct attempt *a, const struct blob *spki)
{
	*a = (struct attempt){ .rule = "ca-make", .officers = "12",
		.who = "officer-1", .action = ACTION_CA_CREATE };
	attempt_begin(a, &pki.root, &pki.root_cert, "issuing", spki,
	    other_parameters());
}

static size_t
cas_in_all(void)
{
	json_t *all = register_now(), *row;
	const char *name;
	size_t n = 0;

	json_object_foreach(all, name, row)
		n += json_array_size(json_object_get(row, "cas"));
	json_decref(all);
	return n;
}

START_TEST(another_systems_authority_is_certified_and_no_key_becomes_one)
{
	struct attempt a;

	certs_setup();
	other_attempt(&a, &pki.device);
	a.officers = "1";
	no_certificate(attempt_go(&a, NULL), MADE, "approval-needed");
	attempt_done(&a);
	other_attempt(&a, &pki.device);
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	ck_assert_uint_eq(cas_in_all(), 2);
}
END_TEST

/* Or it would be a CA whose lists and urls nobody agreed to. */
START_TEST(no_key_of_the_house_passes_for_another_systems)
{
	const struct blob *const all[] = { &pki.root.spki,
		&pki.issuing.spki, &pki.responder.spki, &pki.firmware.spki };
	struct attempt a;

	certs_setup();
	for (size_t i = 0; i < NELEM(all); i++) {
		other_attempt(&a, all[i]);
		no_certificate(attempt_go(&a, NULL), MADE, "bad-proof");
		attempt_done(&a);
	}
	ck_assert_uint_eq(cas_in_all(), 2);
}
END_TEST

/* ---- keys that are something else ---- */

START_TEST(a_key_that_is_certified_for_something_else_becomes_no_ca)
{
	struct held_key more = { .name = "more" };
	struct attempt a;

	certs_setup();
	held_key_make(&more, "ca");
	named_attempt(&a, "server", &more.spki);
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "More", "root", &more));
	no_certificate(attempt_go(&a, NULL), MADE + 1, "denied");
	attempt_done(&a);
	rig_again(SIGKILL);
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "More", "root", &more));
	no_certificate(attempt_go(&a, NULL), MADE + 1, "denied");
	attempt_done(&a);
	blob_done(&more.spki);
}
END_TEST

UNIT_MAIN("keeper against a hostile service: authorities",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT(a_ca_is_made_by_quorum_and_of_what_was_approved)
	UNIT(what_a_ca_is_survives_a_crash)
	UNIT(a_ca_that_others_signed_is_taken_in_once)
	UNIT(another_systems_authority_is_certified_and_no_key_becomes_one)
	UNIT(no_key_of_the_house_passes_for_another_systems)
	UNIT(a_key_that_is_certified_for_something_else_becomes_no_ca))
