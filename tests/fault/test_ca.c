#include "config.h"

#include <openssl/bn.h>

#include "ca/badkeys.h"
#include "ca/crl.h"
#include "ca/lint.h"
#include "ca/primes.h"
#include "ca/serial.h"
#include "tests/fault/openssl.h"
#include "tests/unit/ca.h"

OPENSSL_WRAP(EVP_MD_CTX *, EVP_MD_CTX_new, NULL, (void), ())
OPENSSL_WRAP(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, NULL,
    (OSSL_LIB_CTX *l, const char *n, const char *q), (l, n, q))
OPENSSL_WRAP(int, EVP_PKEY_fromdata_init, 0, (EVP_PKEY_CTX *c), (c))
OPENSSL_WRAP(int, EVP_PKEY_fromdata, 0,
    (EVP_PKEY_CTX *c, EVP_PKEY **k, int s, OSSL_PARAM *p), (c, k, s, p))
OPENSSL_WRAP(EVP_PKEY *, EVP_PKEY_new, NULL, (void), ())
OPENSSL_WRAP(int, EVP_PKEY_copy_parameters, 0,
    (EVP_PKEY *to, const EVP_PKEY *from), (to, from))
OPENSSL_WRAP(int, EVP_PKEY_set1_encoded_public_key, 0,
    (EVP_PKEY *k, const unsigned char *p, size_t n), (k, p, n))
OPENSSL_WRAP(int, EVP_DigestSign, 0,
    (EVP_MD_CTX *c, unsigned char *s, size_t *n, const unsigned char *p,
    size_t m), (c, s, n, p, m))
OPENSSL_WRAP(int, EVP_DigestVerify, 0,
    (EVP_MD_CTX *c, const unsigned char *s, size_t n, const unsigned char *p,
    size_t m), (c, s, n, p, m))
OPENSSL_WRAP(BIGNUM *, BN_bin2bn, NULL,
    (const unsigned char *p, int n, BIGNUM *b), (p, n, b))
OPENSSL_WRAP(int, BN_MONT_CTX_set, 0,
    (BN_MONT_CTX *m, const BIGNUM *n, BN_CTX *c), (m, n, c))
OPENSSL_WRAP(int, BN_nnmod, 0,
    (BIGNUM *r, const BIGNUM *a, const BIGNUM *m, BN_CTX *c), (r, a, m, c))
OPENSSL_WRAP(int, BN_mod_mul_montgomery, 0,
    (BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_MONT_CTX *m, BN_CTX *c),
    (r, a, b, m, c))
OPENSSL_WRAP(int, BN_gcd, 0,
    (BIGNUM *r, const BIGNUM *a, const BIGNUM *b, BN_CTX *c), (r, a, b, c))
OPENSSL_WRAP(int, EVP_Digest, 0,
    (const void *p, size_t n, unsigned char *d, unsigned *l, const EVP_MD *t,
    ENGINE *e), (p, n, d, l, t, e))

/* What a scenario takes, made while nothing fails. */
static struct {
	struct profile	*p;
	struct issuer	*root, *ca;
	json_t		*document, *asked, *parameters, *urls;
	struct blob	 csr, tbs, cert, spki, p384, rsa, list;
	struct csr	*read;
	EVP_PKEY	*key;
} w;

/* An empty list of the CA, number 1. */
static void
list_made(struct blob *ret)
{
	struct crl_ask ask = { .scheme = "ecdsa-sha256",
		.issuer = w.ca->subject, .key_id = w.ca->key_id,
		.number = number_of(1), .this_update = CA_TIME,
		.next_update = CA_TIME + TIME_S(1) };
	struct blob tbs = { 0 }, signature = { 0 };
	EVP_PKEY *key = ca_key(CA_KEY);

	unit_ok(crl_draft(&ask, &tbs, &unit_err));
	unit_ok(seal_sign(span_blob(&tbs), key, NULL, ask.scheme, &signature,
	    &unit_err));
	unit_ok(seal_assemble(span_blob(&tbs), ask.scheme,
	    span_blob(&signature), ret, &unit_err));
	EVP_PKEY_free(key);
	blob_done(&tbs);
	blob_done(&signature);
}

static void
world(void)
{
	EVP_PKEY *rsa, *p384;

	w.key = ca_key(SUBJECT_KEY);
	w.p = ca_profile("tls-server");
	w.document = json_deep_copy(w.p->json);
	w.root = ca_issuer("root", NULL, CA_ROOT_NAME);
	w.ca = ca_issuer("issuing-ca", w.root, CA_NAME);
	w.asked = ca_json("{}");
	w.urls = ca_json(CA_URLS);
	ca_spki(w.key, &w.spki);
	rsa = EVP_RSA_gen(2048);
	ca_spki(rsa, &w.rsa);
	EVP_PKEY_free(rsa);
	p384 = EVP_EC_gen("P-384");
	ca_spki(p384, &w.p384);
	EVP_PKEY_free(p384);
	ca_csr_der(w.key, "a.example", "DNS:a.example,IP:192.0.2.1", &w.csr);
	unit_ok(csr_read(w.csr.data, w.csr.len, &w.read, &unit_err));
	unit_ok(profile_draw(w.p, w.read, w.asked, &w.parameters, &unit_err));
	ca_issue(w.p, w.ca, w.parameters, SUBJECT_KEY, &w.tbs, &w.cert);
	list_made(&w.list);
}

static void
world_end(void)
{
	profile_free(w.p);
	issuer_free(w.root);
	issuer_free(w.ca);
	json_decref(w.document);
	json_decref(w.asked);
	json_decref(w.urls);
	json_decref(w.parameters);
	blob_done(&w.csr);
	blob_done(&w.tbs);
	blob_done(&w.cert);
	blob_done(&w.spki);
	blob_done(&w.p384);
	blob_done(&w.rsa);
	blob_done(&w.list);
	csr_free(w.read);
	EVP_PKEY_free(w.key);
}

static int
request(void *ctx, struct err *err)
{
	AUTO(csr) *c = NULL;

	return csr_read(w.csr.data, w.csr.len, &c, err);
}

static int
profiles(void *ctx, struct err *err)
{
	AUTO_JSON *drawn = NULL;
	AUTO(profile) *p = NULL;

	TRY(profile_read("tls-server", w.document, &p, err));
	TRY(profile_draw(p, w.read, w.asked, &drawn, err));
	return profile_check(p, drawn, err);
}

static int
all_profiles(void *ctx, struct err *err)
{
	AUTO_JSON *all = json_pack("{s:O}", "tls-server", w.document);

	if (all == NULL)
		return err_set(err, ENOMEMORY, "profiles");
	return profile_check_all(all, NULL, NULL, err);
}

static int
draft(void *ctx, struct err *err)
{
	struct draft_ask ask = { .profile = w.p, .issuer = w.ca,
	    .parameters = w.parameters, .scheme = "ecdsa-sha256",
	    .serial = { CA_SERIAL, 16 }, .not_before = CA_TIME,
	    .spki = span_blob(&w.spki) };
	struct blob out = { 0 };
	int rc = draft_tbs(&ask, &out, err);

	fault_holds(rc == 0 || out.len == 0);
	blob_done(&out);
	return rc;
}

static int
serial(void *ctx, struct err *err)
{
	struct serial s;

	return serial_of("house_1", "req_1", w.parameters, &s, err);
}

static int
lint(void *ctx, struct err *err)
{
	struct lint found;
	struct tbs t;

	TRY(tbs_read(w.tbs.data, w.tbs.len, &t, err));
	TRY(ca_lint(&t, w.p, w.ca, NULL, &found, err));
	return lint_refuse(&found, err);
}

static int
issuer(void *ctx, struct err *err)
{
	AUTO(issuer) *i = NULL;

	return issuer_read(span_blob(&w.ca->der), w.urls, 4, &i, err);
}

static int
seal(void *ctx, struct err *err)
{
	struct blob signature = { 0 }, whole = { 0 };
	int rc;

	rc = seal_sign(span_blob(&w.tbs), w.key, NULL, "ecdsa-sha256",
	    &signature, err);
	if (rc == 0)
		rc = seal_assemble(span_blob(&w.tbs), "ecdsa-sha256",
		    span_blob(&signature), &whole, err);
	fault_holds(rc == 0 || whole.len == 0);
	blob_done(&signature);
	blob_done(&whole);
	return rc;
}

/* A list that another system signed for it. */
static int
other_list(void *ctx, struct err *err)
{
	struct crl_of of = { .name = w.ca->subject, .key_id = w.ca->key_id,
		.spki = w.ca->spki };
	struct crl_info info = { .entries = 7 };
	int rc = crl_take_other(span_blob(&w.list), &of, NULL, NULL, &info,
	    err);

	fault_holds(info.entries == (rc == 0 ? 0 : 7));
	return rc;
}

static int
request_written(void *ctx, struct err *err)
{
	struct blob out = { 0 };
	int rc = csr_info(json_object_get(w.parameters, "subject"),
	    span_blob(&w.spki), &out, err);

	fault_holds(rc == 0 || out.len == 0);
	blob_done(&out);
	return rc;
}

/* What its curve has is made for it. */
static int
first_of_its_curve(void *ctx, struct err *err)
{
	const char *algorithm;

	return key_check(span_blob(&w.p384), &algorithm, NULL, err);
}

/* 21 and 35 share a prime. */
static int
shared_primes(void *ctx, struct err *err)
{
	const unsigned char small[1] = { 21 }, large[1] = { 35 };
	AUTO(primes) *p = NULL;
	bool shared = false;

	TRY(primes_new(&p, err));
	TRY(primes_add(p, span_of(large, 1), err));
	TRY(primes_shared(p, span_of(small, 1), false, &shared, err));
	fault_holds(shared);
	return 0;
}

static int
bad_keys(void *ctx, struct err *err)
{
	static const char text[] = "00112233445566778899\n";
	AUTO(badkeys) *b = NULL;
	bool listed = true;

	TRY(badkeys_read(span_of(text, sizeof(text) - 1), &b, err));
	TRY(badkeys_has(b, span_blob(&w.rsa), &listed, err));
	fault_holds(!listed);
	return 0;
}

static const struct {
	const char	*why;
	fault_scenario	*fn;
	unsigned	 memory, openssl;	/* calls, at least */
} ROWS[] = {
	{ "a request is read or not", request, 10, 4 },
	{ "the first key on its curve is read or not", first_of_its_curve, 0, 4 },
	{ "an authority's request is written or not", request_written, 2, 0 },
	{ "a profile is read, drawn from and checked, or not", profiles, 10, 0 },
	{ "a charter's profiles are good, bad, or not known", all_profiles, 3, 0 },
	{ "a certificate is drafted or not", draft, 4, 0 },
	{ "a serial number is derived or not", serial, 5, 0 },
	{ "a certificate is judged or not", lint, 5, 0 },
	{ "an issuer is read or not", issuer, 4, 0 },
	{ "a prime is found to be shared, or nothing is said", shared_primes, 2,
	    6 },
	{ "a key is listed or not, or nothing is said", bad_keys, 2, 1 },
	{ "another system's list is taken or not", other_list, 0, 2 },
	{ "what is sealed is whole or not there", seal, 2, 2 },
};

START_TEST(with_faults_it_is_done_or_not)
{
	unsigned n;

	world();
	n = openssl_each(ROWS[_i].fn, NULL);
	ck_assert_msg(n >= ROWS[_i].openssl, "%s: %u calls into OpenSSL",
	    ROWS[_i].why, n);
	n = fault_each(FAULT_ALL, ROWS[_i].fn, NULL);
	ck_assert_msg(n >= ROWS[_i].memory, "%s: %u calls", ROWS[_i].why, n);
	world_end();
}
END_TEST

UNIT_MAIN("ca with faults",
	UNIT_ROWS(with_faults_it_is_done_or_not, ROWS))
