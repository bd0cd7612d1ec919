/*
 * A hostile service and authorities: which keys become one, by which
 * certificate, and what is certified for others.
 */
#include "config.h"

#include "tests/keeper/certs.h"

/* A key outside of the token. */
static void
stranger_make(struct held_key *k)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	struct sha256 h;

	ck_assert_int_gt(n, 0);
	unit_ok(blob_put(&k->spki, der, (size_t)n, &unit_err));
	h = sha256_of(der, (size_t)n);
	sha256_hex(&h, k->hash);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
}

START_TEST(a_ca_is_made_by_quorum_and_of_what_was_approved)
{
	struct held_key more = { .name = "more" };
	struct held_key nobody = { .name = "nobody" };
	struct attempt a;
	json_t *lists;

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
	/* A key that nobody here has, called as one of ours could be. */
	stranger_make(&nobody);
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &nobody,
	    ca_parameters("more", "More", "root", &nobody));
	no_certificate(attempt_go(&a, NULL), MADE, "bad-proof");
	attempt_done(&a);
	blob_done(&nobody.spki);
	/* Another CA of the same subject and key. */
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &pki.issuing,
	    ca_parameters("twin", "Devices", "root", &pki.issuing));
	no_certificate(attempt_go(&a, NULL), MADE, "exists");
	attempt_done(&a);
	/* The subject of another CA, as clients compare it, and of the issuer. */
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "DEVICES", "root", &more));
	no_certificate(attempt_go(&a, NULL), MADE, "exists");
	attempt_done(&a);
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "Root", "root", &more));
	no_certificate(attempt_go(&a, NULL), MADE, "denied");
	attempt_done(&a);
	/* Four lists that nobody could tell apart. */
	lists = ca_parameters("more", "More", "root", &more);
	(void)json_object_set_new(lists, "urls", json_object());
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more, lists);
	no_certificate(attempt_go(&a, NULL), MADE, "malformed");
	attempt_done(&a);
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("more", "More", "root", &more));
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	blob_done(&more.spki);
}
END_TEST

/* The third has the subject of two, and goes on for either. */
START_TEST(who_succeeds_a_ca_has_its_subject)
{
	static const char *const names[] = { "next", "last" },
	    *const before[] = { "devices", "next" };
	struct held_key key[] = { { .name = "next" }, { .name = "last" } };
	struct attempt a;
	json_t *p;

	certs_setup();
	for (size_t i = 0; i < NELEM(key); i++) {
		held_key_make(&key[i], "ca");
		p = ca_parameters(names[i], "Devices", "root", &key[i]);
		unit_ok(json_set_str(p, "succeeds", "root", &unit_err));
		ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &key[i],
		    json_deep_copy(p));
		no_certificate(attempt_go(&a, NULL), MADE + i, "exists");
		attempt_done(&a);
		unit_ok(json_set_str(p, "succeeds", before[i], &unit_err));
		ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &key[i],
		    p);
		unit_ok(attempt_go(&a, NULL));
		attempt_done(&a);
		blob_done(&key[i].spki);
	}
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

/* ---- renewed ---- */

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

static void
renewal(struct attempt *a, const char *cn, const char *urls, int partitions)
{
	struct sha256 hash = sha256_of(pki.issuing_cert.data,
	    pki.issuing_cert.len);
	json_t *p = ca_parameters("devices", cn, "root", &pki.issuing);

	unit_ok(json_set_hash(p, "renews", &hash, &unit_err));
	unit_ok(json_set_new(p, "urls", json_of(urls), &unit_err));
	unit_ok(json_set_int(p, "partitions", partitions, &unit_err));
	ca_attempt(a, &pki.root, &pki.root_cert, "issuing", &pki.issuing, p);
}

START_TEST(a_ca_is_renewed_as_it_is)
{
	static const struct { const char *cn, *urls; int partitions; } OTHER[]
	    = { { "Others", URLS, 4 },
		{ "Devices", "{\"crl\":\"http://pki.example/other\"}", 4 },
		{ "Devices", "{\"crl\":\"http://pki.example/devices\"}", 4 },
		{ "Devices", URLS, 5 } };
	struct held_key more = { .name = "more" };
	struct attempt a;
	struct sha256 hash;

	certs_setup();
	for (size_t i = 0; i < NELEM(OTHER); i++) {
		renewal(&a, OTHER[i].cn, OTHER[i].urls, OTHER[i].partitions);
		no_certificate(attempt_go(&a, NULL), MADE, "denied");
		attempt_done(&a);
	}
	/* As a certificate that it does not have, or another key has. */
	renewal(&a, "Devices", URLS, 4);
	hash = sha256_of(pki.root_cert.data, pki.root_cert.len);
	unit_ok(json_set_hash(a.allowed, "renews", &hash, &unit_err));
	no_certificate(attempt_go(&a, NULL), MADE, "bad-proof");
	attempt_done(&a);
	held_key_make(&more, "ca");
	ca_attempt(&a, &pki.root, &pki.root_cert, "issuing", &more,
	    ca_parameters("devices", "Devices", "root", &more));
	no_certificate(attempt_go(&a, NULL), MADE, "exists");
	attempt_done(&a);
	renewal(&a, "Devices", URLS, 4);
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	ck_assert_uint_eq(cas_in_all(), 3);
	blob_done(&more.spki);
}
END_TEST

/* Its lists are one series; it issues by each of its certificates. */
START_TEST(a_renewed_ca_goes_on)
{
	struct blob first = { 0 };
	struct list_attempt l;
	struct attempt a;

	certs_setup();
	list_begin(&l, 7);
	unit_ok(list_go(&l));
	renewal(&a, "Devices", URLS, 4);
	unit_ok(attempt_go(&a, NULL));
	unit_ok(blob_put(&first, pki.issuing_cert.data, pki.issuing_cert.len,
	    &unit_err));
	blob_clear(&pki.issuing_cert);
	attempt_whole(&a, &pki.issuing_cert);
	attempt_done(&a);
	list_begin(&l, 7);
	ck_assert_int_eq(list_go(&l), -ECONFLICT);
	list_begin(&l, 8);
	unit_ok(list_go(&l));
	device_attempt(&a, "d-1");
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	rig_again(SIGKILL);
	blob_clear(&pki.issuing_cert);
	unit_ok(blob_put(&pki.issuing_cert, first.data, first.len, &unit_err));
	list_begin(&l, 8);
	ck_assert_int_eq(list_go(&l), -ECONFLICT);
	list_begin(&l, 9);
	unit_ok(list_go(&l));
	device_attempt(&a, "d-2");
	unit_ok(attempt_go(&a, NULL));
	attempt_done(&a);
	blob_done(&first);
}
END_TEST

/* ---- authorities of other systems ---- */

/* Parameters as for a request of theirs; its hash is only seen. */
static json_t *
other_parameters(const char *cn)
{
	static const struct sha256 csr;
	json_t *p;

	unit_ok(json_build(&p, &unit_err, "{s:s, s:[[s,s]], s:s}", "name",
	    "plant", "subject", "commonName", cn, "issuer", "root"));
	unit_ok(json_set_hash(p, "csr", &csr, &unit_err));
	return p;
}

static void
other_named(struct attempt *a, const struct blob *spki, const char *cn)
{
	*a = (struct attempt){ .rule = "ca-make", .officers = "12",
		.who = "officer-1", .action = ACTION_CA_CREATE };
	attempt_begin(a, &pki.root, &pki.root_cert, "issuing", spki,
	    other_parameters(cn));
}

static void
other_attempt(struct attempt *a, const struct blob *spki)
{
	other_named(a, spki, "Plant");
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
	/* By a list of its own it could take back what the house revoked. */
	other_named(&a, &pki.device, "devices");
	no_certificate(attempt_go(&a, NULL), MADE + 1, "exists");
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

/* ---- what others are asked to sign ---- */

struct csr_attempt {
	const struct held_key *by;
	const char	*officers;
	json_t		*allowed;	/* owned: subject */
	struct blob	 info;
};

static void
csr_begin(struct csr_attempt *a, const struct held_key *by, const char *cn)
{
	*a = (struct csr_attempt){ .by = by, .officers = "12" };
	unit_ok(json_build(&a->allowed, &unit_err, "[[s,s]]", "commonName",
	    cn));
	unit_ok(csr_info(a->allowed, span_blob(&by->spki), &a->info,
	    &unit_err));
}

static void
csr_end(struct csr_attempt *a)
{
	json_decref(a->allowed);
	blob_done(&a->info);
}

static json_t *
csr_permit(const struct csr_attempt *a)
{
	json_t *p = key_parameters(a->by->hash, a->by->name);

	unit_ok(json_set_new(p, "subject", json_incref(a->allowed),
	    &unit_err));
	return permit(ask("ca-make", ACTION_CA_REQUEST, "officer-1", p),
	    "ca-make", a->officers);
}

static int
csr_use(const struct csr_attempt *a, const json_t *p, const char *op_name)
{
	json_t *op;

	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s}", "op", op_name,
	    "key", a->by->hash, "principal", "officer-1"));
	unit_ok(json_set_b64(op, "content", a->info.data, a->info.len,
	    &unit_err));
	if (strcmp(op_name, "certify") == 0) {
		unit_ok(json_set_str(op, "issuer", "", &unit_err));
		unit_ok(json_set_int(op, "partition", 0, &unit_err));
	}
	return use(p, op);
}

static int
csr_go(struct csr_attempt *a)
{
	json_t *p = csr_permit(a);
	int rc = csr_use(a, p, "csr");

	json_decref(p);
	csr_end(a);
	return rc;
}

static void
no_request(int rc, const char *code)
{
	no_certificate(rc, MADE, code);
	ck_assert_uint_eq(rig_entries("csr"), 0);
}

START_TEST(a_request_for_others_is_signed_once_and_proves_the_key)
{
	struct held_key more = { .name = "more" };
	struct csr_attempt a;
	struct blob sig = { 0 }, whole = { 0 };
	struct sha256 spki;
	struct csr *csr;
	char hex[SHA256_HEX];
	json_t *p, *entry;

	certs_setup();
	held_key_make(&more, "ca");
	csr_begin(&a, &more, "More");
	p = csr_permit(&a);
	unit_ok(csr_use(&a, p, "csr"));
	unit_ok(b64_decode(signature_got(), &sig, &unit_err));
	unit_ok(seal_assemble(span_blob(&a.info), "ecdsa-sha256",
	    span_blob(&sig), &whole, &unit_err));
	unit_ok(csr_read(whole.data, whole.len, &csr, &unit_err));
	spki = csr_spki_hash(csr);
	sha256_hex(&spki, hex);
	ck_assert_str_eq(hex, more.hash);
	entry = json_incref(json_object_get(rig.answer, "entry"));
	rig_again(SIGKILL);
	unit_ok(csr_use(&a, p, "csr"));
	ck_assert(json_equal(entry, json_object_get(rig.answer, "entry")));
	ck_assert_uint_eq(rig_entries("csr"), 1);
	/* Asking makes it no CA. */
	ck_assert_uint_eq(cas_in_all(), 2);
	csr_free(csr);
	json_decref(entry);
	json_decref(p);
	blob_done(&sig);
	blob_done(&whole);
	blob_done(&more.spki);
	csr_end(&a);
}
END_TEST

START_TEST(no_other_request_is_signed)
{
	struct held_key more = { .name = "more" };
	struct csr_attempt a;
	json_t *p;

	certs_setup();
	held_key_make(&more, "ca");
	csr_begin(&a, &more, "More");
	a.officers = "1";
	no_request(csr_go(&a), "approval-needed");
	/* Another subject than was approved. */
	csr_begin(&a, &more, "More");
	(void)json_array_clear(a.allowed);
	(void)json_array_append_new(a.allowed,
	    json_of("[\"commonName\",\"Less\"]"));
	no_request(csr_go(&a), "bad-proof");
	/* Another key than the one that signs. */
	csr_begin(&a, &more, "More");
	blob_clear(&a.info);
	unit_ok(csr_info(a.allowed, span_blob(&pki.device), &a.info,
	    &unit_err));
	no_request(csr_go(&a), "bad-proof");
	/* One bit, and something behind it. */
	csr_begin(&a, &more, "More");
	a.info.data[a.info.len - 1] ^= 1;
	no_request(csr_go(&a), "bad-proof");
	csr_begin(&a, &more, "More");
	unit_ok(blob_put(&a.info, "\5\0", 2, &unit_err));
	no_request(csr_go(&a), "bad-proof");
	/* What is signed as a request is not signed as a certificate. */
	csr_begin(&a, &more, "More");
	p = csr_permit(&a);
	no_request(csr_use(&a, p, "certify"), "bad-proof");
	json_decref(p);
	csr_end(&a);
	/* A CA has the name that it has. */
	csr_begin(&a, &pki.issuing, "Others");
	no_request(csr_go(&a), "denied");
	blob_done(&more.spki);
}
END_TEST

/* A certificate, a list and an answer of this very key, called a request. */
START_TEST(nothing_else_passes_for_a_request)
{
	struct csr_attempt a;
	struct attempt cert;
	struct list_attempt list;
	time_us now = clock_now();

	certs_setup();
	csr_begin(&a, &pki.issuing, "Devices");
	blob_clear(&a.info);
	device_attempt(&cert, "d-1");
	attempt_draft(&cert);
	unit_ok(blob_put(&a.info, cert.tbs.data, cert.tbs.len, &unit_err));
	attempt_done(&cert);
	no_request(csr_go(&a), "bad-proof");
	csr_begin(&a, &pki.issuing, "Devices");
	blob_clear(&a.info);
	list_begin(&list, 7);
	list_draft(&list, &a.info);
	no_request(csr_go(&a), "bad-proof");
	csr_begin(&a, &pki.responder, "Responder");
	blob_clear(&a.info);
	answer_draft(&pki.responder.spki, now, now, now + TIME_S(86400),
	    &a.info);
	no_request(csr_go(&a), "bad-proof");
	/* By the subject that it has, a CA does ask again. */
	csr_begin(&a, &pki.issuing, "Devices");
	unit_ok(csr_go(&a));
}
END_TEST

START_TEST(who_answers_for_ocsp_asks_for_no_authority)
{
	struct csr_attempt a;
	json_t *p;

	certs_setup();
	p = ocsp_permit(&pki.responder);
	unit_ok(ocsp_go(&pki.responder, p, 1));
	json_decref(p);
	csr_begin(&a, &pki.responder, "Responder");
	no_request(csr_go(&a), "denied");
	csr_begin(&a, &pki.firmware, "Firmware");
	no_request(csr_go(&a), "denied");
}
END_TEST

UNIT_MAIN("keeper against a hostile service: authorities",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	tcase_set_timeout(tc, 120);
	UNIT(a_ca_is_made_by_quorum_and_of_what_was_approved)
	UNIT(who_succeeds_a_ca_has_its_subject)
	UNIT(what_a_ca_is_survives_a_crash)
	UNIT(a_ca_is_renewed_as_it_is)
	UNIT(a_renewed_ca_goes_on)
	UNIT(another_systems_authority_is_certified_and_no_key_becomes_one)
	UNIT(no_key_of_the_house_passes_for_another_systems)
	UNIT(a_request_for_others_is_signed_once_and_proves_the_key)
	UNIT(no_other_request_is_signed)
	UNIT(nothing_else_passes_for_a_request)
	UNIT(who_answers_for_ocsp_asks_for_no_authority))
