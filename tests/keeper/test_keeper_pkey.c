/*
 * OpenSSL's own calls on keys that live in the real keeper, over the
 * service's real line to it.
 */
#include "config.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "ca/seal.h"
#include "tests/keeper/bound.h"

/* Behind ours: it makes macros of names that ca/profile.h has. */
#include <openssl/ocsp.h>

#define TEXT	"an image"

static const struct {
	const char	*why;
	const char	*algorithm, *scheme, *digest_name;
	const char	*digest;	/* OpenSSL's name; NULL: the message itself */
	int		 pad;		/* RSA's */
} KINDS[] = {
	{ "P-256", "ec-p256", "ecdsa-sha256", "sha-256", "SHA256", 0 },
	{ "P-384", "ec-p384", "ecdsa-sha384", "sha-384", "SHA384", 0 },
	{ "RSA by PSS", "rsa-3072", "rsa-pss-sha256", "sha-256", "SHA256",
	    RSA_PKCS1_PSS_PADDING },
	{ "RSA by PKCS #1", "rsa-3072", "rsa-pkcs1-sha256", "sha-256",
	    "SHA256", RSA_PKCS1_PADDING },
	{ "Ed25519", "ed25519", "ed25519", "sha-256", NULL, 0 },
};

/* Bind the key that the keeper has just generated; permit stays the caller's. */
static void
bind_key(struct bound *b, const json_t *p, const char *key,
    const char *scheme, const char *spki_b64, bool production)
{
	AUTO_JSON *op = NULL;
	struct sha256 hash;
	struct blob spki = { 0 };
	struct keyring_bind in = { .permit = &hash, .document = p,
		.scheme = scheme };
	const unsigned char *der;

	unit_ok(json_hash(p, &hash, &unit_err));
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s}", "op", "sign",
	    "key", key, "principal", "ci"));
	if (production) {
		unit_ok(json_set_str(op, "product", "gateway", &unit_err));
		unit_ok(json_set_str(op, "version", "1.0", &unit_err));
	}
	unit_ok(b64_decode(spki_b64, &spki, &unit_err));
	in.operation = op;
	in.spki = spki.data;
	in.spki_octets = spki.len;
	unit_ok(keyring_bind_key(b->ring, &in, &b->binding, &unit_err));
	der = spki.data;
	b->public = d2i_PUBKEY(NULL, &der, (long)spki.len);
	ck_assert_ptr_nonnull(b->public);
	blob_done(&spki);
}

static size_t
digest_sign(const struct bound *b, const char *digest, const char *text,
    unsigned char *sig, size_t room)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	size_t n = room;

	if (EVP_DigestSignInit_ex(m, NULL, digest, keyring_libctx(b->binding),
	    NULL, keyring_pkey(b->binding), NULL) != 1 ||
	    EVP_DigestSign(m, sig, &n, (const unsigned char *)text,
	    strlen(text)) != 1)
		n = 0;
	EVP_MD_CTX_free(m);
	return n;
}

static size_t
pkey_sign(const struct bound *b, const char *digest, int pad,
    unsigned char *sig, size_t room)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(
	    keyring_libctx(b->binding), keyring_pkey(b->binding), NULL);
	unsigned char d[EVP_MAX_MD_SIZE];
	size_t n = room, d_n = 0;
	bool ok = EVP_Q_digest(NULL, digest, NULL, TEXT, strlen(TEXT), d,
	    &d_n) == 1 && EVP_PKEY_sign_init(c) == 1;

	if (ok && pad != 0)
		ok = EVP_PKEY_CTX_set_rsa_padding(c, pad) == 1;
	if (ok && pad == RSA_PKCS1_PSS_PADDING)
		ok = EVP_PKEY_CTX_set_rsa_pss_saltlen(c, 32) == 1;
	ok = ok && EVP_PKEY_sign(c, sig, &n, d, d_n) == 1;
	EVP_PKEY_CTX_free(c);
	return ok ? n : 0;
}

static bool
verifies(EVP_PKEY *key, const char *digest, int pad, const char *text,
    const unsigned char *sig, size_t n)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c;
	bool ok = EVP_DigestVerifyInit_ex(m, &c, digest, NULL, NULL, key,
	    NULL) == 1;

	if (ok && pad == RSA_PKCS1_PSS_PADDING)
		ok = EVP_PKEY_CTX_set_rsa_padding(c, pad) == 1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(c, 32) == 1;
	ok = ok && EVP_DigestVerify(m, sig, n, (const unsigned char *)text,
	    strlen(text)) == 1;
	EVP_MD_CTX_free(m);
	return ok;
}

/* An active key of this kind: its hash, and its SPKI in base64 (free()). */
static char *
make_key(const char *algorithm, const char *scheme, const char *environment,
    char key[SHA256_HEX])
{
	char *spki;

	house_key("firmware", "k", algorithm, scheme, environment, key);
	spki = strdup(json_str(json_object_get(json_object_get(rig.answer,
	    "entry"), "result"), "spki", ""));
	unit_ok(house_move("make", ACTION_KEY_ACTIVATE, key, "k", "active",
	    "12"));
	return spki;
}

static json_t *
permit_for(const char *key, const char *rule, const char *digest_name,
    const char *officers)
{
	json_t *params = key_parameters(key, "k");

	unit_ok(json_set_new(params, "digest", digest_of(TEXT, digest_name),
	    &unit_err));
	if (officers[0] != '\0') {
		unit_ok(json_set_str(params, "product", "gateway", &unit_err));
		unit_ok(json_set_str(params, "version", "1.0", &unit_err));
	}
	return permit(ask(rule, ACTION_KEY_SIGN, "ci", params), rule,
	    officers);
}

START_TEST(openssl_signs_with_a_key_in_the_keeper)
{
	unsigned char sig[1024], again[1024];
	char key[SHA256_HEX], *spki;
	struct bound b;
	json_t *p, *entries;
	size_t n;

	rig.ed25519 = KINDS[_i].digest == NULL;
	rig_setup();
	house_found(5);
	spki = make_key(KINDS[_i].algorithm, KINDS[_i].scheme, "development",
	    key);
	p = permit_for(key, "development-image", KINDS[_i].digest_name, "");
	connect_ring(&b);
	bind_key(&b, p, key, KINDS[_i].scheme, spki, false);
	n = digest_sign(&b, KINDS[_i].digest, TEXT, sig, sizeof(sig));
	ck_assert_msg(n > 0, "%s", KINDS[_i].why);
	ck_assert(verifies(b.public, KINDS[_i].digest, KINDS[_i].pad, TEXT,
	    sig, n));
	entries = keyring_entries(b.binding);
	ck_assert_uint_eq(json_array_size(entries), 1);
	json_decref(entries);
	/* The same request and digest: the same octets, whichever call asks. */
	if (KINDS[_i].digest != NULL) {
		ck_assert_uint_eq(pkey_sign(&b, KINDS[_i].digest,
		    KINDS[_i].pad, again, sizeof(again)), n);
		ck_assert_mem_eq(sig, again, n);
	}
	/* The permit is for one digest: the keeper refuses another. */
	ck_assert_uint_eq(digest_sign(&b, KINDS[_i].digest, "another image",
	    again, sizeof(again)), 0);
	keyring_binding_error(b.binding, &unit_err);
	ck_assert_int_ne(unit_err.code, OK);
	ck_assert_uint_eq(rig_entries("sign"), 1);
	end(&b);
	json_decref(p);
	free(spki);
}
END_TEST

/* A binding of the production key, under two approvals or fewer. */
static void
production(struct bound *b, const char *officers, json_t **p)
{
	char key[SHA256_HEX];
	char *spki;

	rig_setup();
	house_found(5);
	spki = make_key("ec-p256", "ecdsa-sha256", "production", key);
	*p = permit_for(key, "production-image", "sha-256", officers);
	if (b->binding == NULL)
		connect_ring(b);
	bind_key(b, *p, key, "ecdsa-sha256", spki, true);
	free(spki);
}

START_TEST(openssl_gets_no_signature_without_the_quorum)
{
	unsigned char sig[128];
	struct bound b = { 0 };
	json_t *p;

	production(&b, "1", &p);
	ck_assert_uint_eq(digest_sign(&b, "SHA256", TEXT, sig, sizeof(sig)),
	    0);
	keyring_binding_error(b.binding, &unit_err);
	ck_assert_msg(unit_err.code == EQUORUM, "%s: %s",
	    err_code_name(unit_err.code), unit_err.what);
	ck_assert_ptr_null(keyring_entries(b.binding));
	ck_assert_uint_eq(rig_entries("sign"), 0);
	end(&b);
	json_decref(p);
}
END_TEST

START_TEST(a_binding_outlives_a_keeper_that_is_killed)
{
	unsigned char sig[128], again[128];
	struct bound b = { 0 };
	json_t *p, *entries;
	size_t n;

	production(&b, "12", &p);
	n = digest_sign(&b, "SHA256", TEXT, sig, sizeof(sig));
	ck_assert(verifies(b.public, "SHA256", 0, TEXT, sig, n));
	rig_again(SIGKILL);
	unit_ok(keyring_wait(b.ring, TIME_S(10), &unit_err));
	/* The new run has not seen the permit; its one use was made and is found. */
	ck_assert_uint_eq(digest_sign(&b, "SHA256", TEXT, again,
	    sizeof(again)), n);
	ck_assert_mem_eq(sig, again, n);
	entries = keyring_entries(b.binding);
	ck_assert_uint_eq(json_array_size(entries), 2);
	ck_assert(json_equal(json_array_get(entries, 0),
	    json_array_get(entries, 1)));
	json_decref(entries);
	ck_assert_uint_eq(rig_entries("sign"), 1);
	end(&b);
	json_decref(p);
}
END_TEST

/* In the keeper's sandbox, too: the module is finalised and started again. */
START_TEST(a_token_that_goes_and_comes_back_costs_a_refusal_and_no_use)
{
	static const struct timespec pause = { 0, 300000000 };
	unsigned char sig[128];
	struct bound b = { 0 };
	json_t *p;
	size_t n;

	production(&b, "12", &p);
	ck_assert_int_eq(rename(scratch_path("tokens"), scratch_path("away")),
	    0);
	ck_assert_uint_eq(digest_sign(&b, "SHA256", TEXT, sig, sizeof(sig)),
	    0);
	keyring_binding_error(b.binding, &unit_err);
	ck_assert_msg(unit_err.code == ETOKEN, "%s: %s",
	    err_code_name(unit_err.code), unit_err.what);
	ck_assert_int_eq(rename(scratch_path("away"), scratch_path("tokens")),
	    0);
	nanosleep(&pause, NULL);
	n = digest_sign(&b, "SHA256", TEXT, sig, sizeof(sig));
	keyring_binding_error(b.binding, &unit_err);
	ck_assert_msg(n > 0, "%s", unit_err.what);
	ck_assert(verifies(b.public, "SHA256", 0, TEXT, sig, n));
	ck_assert_uint_eq(rig_entries("sign"), 1);
	end(&b);
	json_decref(p);
}
END_TEST

/* ---- keys of kind ca: OpenSSL's own objects, whole ---- */

/* What is drafted, as OpenSSL's object: with a signature that is none yet. */
static void
unsigned_of(const struct blob *tbs, struct blob *ret)
{
	unit_ok(seal_assemble(span_blob(tbs), "ecdsa-sha256",
	    span_of("\x30\x06\x02\x01\x01\x02\x01\x01", 8), ret, &unit_err));
}

START_TEST(x509_sign_makes_the_certificate_that_was_approved)
{
	struct bound b;
	struct attempt a;
	struct blob whole = { 0 }, whole2 = { 0 };
	const unsigned char *der;
	json_t *p, *op, *entries;
	X509 *x, *other_x;

	certs_setup();
	device_attempt(&a, "d-1");
	attempt_draft(&a);
	p = attempt_permit(&a);
	op = without_content(certify_operation(&a));
	connect_ring(&b);
	bind_ca(&b, p, op, &pki.issuing);
	unsigned_of(&a.tbs, &whole);
	der = whole.data;
	x = d2i_X509(NULL, &der, (long)whole.len);
	/* A digest of it is signed by nobody. */
	ck_assert_uint_eq(pkey_sign(&b, "SHA256", 0, (unsigned char[256]){ 0 },
	    256), 0);
	/* Another certificate: refused by the keeper. */
	a.serial.o[5] ^= 1;
	blob_clear(&a.tbs);
	a.profile = (json_decref(a.profile), json_deep_copy(json_object_get(
	    json_object_get(house.charter, "profiles"), "server")));
	attempt_draft(&a);
	unsigned_of(&a.tbs, &whole2);
	der = whole2.data;
	other_x = d2i_X509(NULL, &der, (long)whole2.len);
	ck_assert_int_eq(X509_sign(other_x, keyring_pkey(b.binding),
	    EVP_sha256()), 0);
	keyring_binding_error(b.binding, &unit_err);
	ck_assert_int_eq(unit_err.code, EPROOF);
	ck_assert_int_gt(X509_sign(x, keyring_pkey(b.binding), EVP_sha256()),
	    0);
	ck_assert_int_eq(X509_verify(x, b.public), 1);
	entries = keyring_entries(b.binding);
	ck_assert_uint_eq(json_array_size(entries), 1);
	ck_assert_str_eq(json_str(json_array_get(entries, 0), "op", ""),
	    "certify");
	json_decref(entries);
	X509_free(x);
	X509_free(other_x);
	blob_done(&whole);
	blob_done(&whole2);
	json_decref(op);
	json_decref(p);
	attempt_done(&a);
	end(&b);
}
END_TEST

START_TEST(seal_sign_makes_it_too)
{
	struct blob sig = { 0 };
	struct attempt a;
	struct bound b;
	json_t *p, *op;

	certs_setup();
	device_attempt(&a, "d-1");
	attempt_draft(&a);
	p = attempt_permit(&a);
	op = without_content(certify_operation(&a));
	connect_ring(&b);
	bind_ca(&b, p, op, &pki.issuing);
	unit_ok(seal_sign(span_blob(&a.tbs), keyring_pkey(b.binding),
	    keyring_libctx(b.binding), "ecdsa-sha256", &sig, &unit_err));
	unit_ok(seal_verify(span_blob(&a.tbs), seal_algorithm("ecdsa-sha256"),
	    span_blob(&sig), b.public, &unit_err));
	blob_done(&sig);
	json_decref(op);
	json_decref(p);
	attempt_done(&a);
	end(&b);
}
END_TEST

START_TEST(x509_crl_sign_makes_a_list)
{
	struct blob list = { 0 }, whole = { 0 };
	struct list_attempt l;
	struct bound b;
	struct sha256 hash;
	char hex[SHA256_HEX];
	const unsigned char *der;
	json_t *p, *op;
	X509_CRL *crl;

	certs_setup();
	list_begin(&l, 1);
	list_draft(&l, &list);
	p = crl_permit(&l);
	hash = sha256_of(pki.issuing_cert.data, pki.issuing_cert.len);
	sha256_hex(&hash, hex);
	op = crl_operation(&l, hex);
	connect_ring(&b);
	bind_ca(&b, p, op, &pki.issuing);
	unsigned_of(&list, &whole);
	der = whole.data;
	crl = d2i_X509_CRL(NULL, &der, (long)whole.len);
	ck_assert_ptr_nonnull(crl);
	ck_assert_int_gt(X509_CRL_sign(crl, keyring_pkey(b.binding),
	    EVP_sha256()), 0);
	ck_assert_int_eq(X509_CRL_verify(crl, b.public), 1);
	ck_assert_uint_eq(rig_entries("crl"), 1);
	X509_CRL_free(crl);
	blob_done(&list);
	blob_done(&whole);
	json_decref(op);
	json_decref(p);
	end(&b);
}
END_TEST

/* The responder's certificate, which OCSP_basic_sign takes its name from. */
static X509 *
responder_certificate(void)
{
	struct blob whole = { 0 };
	struct attempt a;
	const unsigned char *der;
	X509 *x;

	named_attempt(&a, "ocsp", &pki.responder.spki);
	unit_ok(attempt_go(&a, NULL));
	attempt_whole(&a, &whole);
	der = whole.data;
	x = d2i_X509(NULL, &der, (long)whole.len);
	ck_assert_ptr_nonnull(x);
	blob_done(&whole);
	attempt_done(&a);
	return x;
}

START_TEST(ocsp_basic_sign_makes_an_answer)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	const unsigned char *der;
	ASN1_TIME *now, *next;
	OCSP_CERTID *id;
	X509 *responder, *issuing;
	struct bound b;
	json_t *p, *op;

	certs_setup();
	responder = responder_certificate();
	der = pki.issuing_cert.data;
	issuing = d2i_X509(NULL, &der, (long)pki.issuing_cert.len);
	now = X509_gmtime_adj(NULL, 0);
	next = X509_gmtime_adj(NULL, 86400);
	id = OCSP_cert_to_id(EVP_sha1(), responder, issuing);
	ck_assert_ptr_nonnull(OCSP_basic_add1_status(basic, id,
	    V_OCSP_CERTSTATUS_GOOD, 0, NULL, now, next));
	p = ocsp_permit(&pki.responder);
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s}", "op", "ocsp",
	    "key", pki.responder.hash, "principal", "ci"));
	connect_ring(&b);
	bind_ca(&b, p, op, &pki.responder);
	ck_assert_int_eq(OCSP_basic_sign(basic, responder,
	    keyring_pkey(b.binding), EVP_sha256(), NULL, OCSP_RESPID_KEY), 1);
	ck_assert_int_eq(OCSP_basic_verify(basic, NULL, NULL,
	    OCSP_NOVERIFY | OCSP_NOCHAIN) >= 0, 1);
	ck_assert_uint_eq(rig_entries("ocsp"), 1);
	OCSP_BASICRESP_free(basic);
	OCSP_CERTID_free(id);
	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	X509_free(responder);
	X509_free(issuing);
	json_decref(op);
	json_decref(p);
	end(&b);
}
END_TEST

UNIT_MAIN("keeper, through OpenSSL",
	tcase_add_checked_fixture(tc, NULL, certs_teardown);
	UNIT_ROWS(openssl_signs_with_a_key_in_the_keeper, KINDS)
	UNIT(openssl_gets_no_signature_without_the_quorum)
	UNIT(a_binding_outlives_a_keeper_that_is_killed)
	UNIT(a_token_that_goes_and_comes_back_costs_a_refusal_and_no_use)
	UNIT(x509_sign_makes_the_certificate_that_was_approved)
	UNIT(seal_sign_makes_it_too)
	UNIT(x509_crl_sign_makes_a_list)
	UNIT(ocsp_basic_sign_makes_an_answer))
