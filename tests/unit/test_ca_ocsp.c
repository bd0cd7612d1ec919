#include "config.h"

#include <openssl/ocsp.h>

#include "ca/ocsp.h"
#include "tests/unit/ca_signer.h"
#include "tests/unit/unit.h"

static struct signer ca, responder;
static struct ocsp_issuer issuer;

static void
setup(void)
{
	static const int nid[] = { NID_authority_key_identifier,
		NID_key_usage, NID_ext_key_usage, NID_id_pkix_OCSP_noCheck,
		0 };
	static const char *const value[] = { "keyid",
		"critical,digitalSignature", "OCSPSigning", "" };

	signer_root(&ca);
	signer_make(&responder, &ca, "responder", 2, nid, value);
	unit_ok(ocsp_issuer_make(span_blob(&ca.name), span_blob(&ca.spki),
	    &issuer, &unit_err));
}

static void
teardown(void)
{
	signer_done(&responder);
	signer_done(&ca);
}

/* As "openssl ocsp" asks for this serial number. */
static OCSP_CERTID *
asked_id(const EVP_MD *md, uint64_t serial)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	OCSP_CERTID *id;

	SIGNER_OK(ASN1_INTEGER_set_uint64(n, serial) == 1);
	id = OCSP_cert_id_new(md, X509_get_subject_name(ca.cert),
	    X509_get0_pubkey_bitstr(ca.cert), n);
	SIGNER_OK(id != NULL);
	ASN1_INTEGER_free(n);
	return id;
}

static struct blob
octets_of(OCSP_REQUEST *req)
{
	unsigned char *der = NULL;
	struct blob b = { 0 };
	int n = i2d_OCSP_REQUEST(req, &der);

	signer_blob(&b, n, der);
	return b;
}

START_TEST(it_reads_what_openssl_asks)
{
	static const struct {
		const EVP_MD *(*md)(void);
		enum ocsp_form form;
	} T[] = {
		{ EVP_sha1, OCSP_SHA1 }, { EVP_sha256, OCSP_SHA256 },
		{ EVP_sha384, OCSP_OTHER },
	};
	OCSP_REQUEST *req = OCSP_REQUEST_new();
	struct ocsp_request r;
	struct blob der;
	char hex[NUMBER_HEX];
	size_t i;

	setup();
	for (i = 0; i < NELEM(T); i++)
		SIGNER_OK(OCSP_request_add0_id(req, asked_id(T[i].md(),
		    0xfffe + i)) != NULL);
	SIGNER_OK(OCSP_request_add1_nonce(req, (unsigned char *)"0123456789",
	    10) == 1);
	/* Who asks, and that they signed it, is passed over. */
	SIGNER_OK(OCSP_request_sign(req, ca.cert, ca.key, EVP_sha256(), NULL,
	    0) == 1);
	der = octets_of(req);
	unit_ok(ocsp_request_read(span_blob(&der), &r, &unit_err));
	ck_assert_uint_eq(r.n, 3);
	ck_assert_uint_eq(r.nonce.n, 10);
	ck_assert_mem_eq(r.nonce.p, "0123456789", 10);
	for (i = 0; i < NELEM(T); i++) {
		ck_assert_int_eq(r.id[i].form, T[i].form);
		ck_assert_int_eq(ocsp_issuer_is(&issuer, &r.id[i]), i < 2);
	}
	number_hex(&r.id[2].serial, hex);
	ck_assert_str_eq(hex, "010000");
	blob_done(&der);
	OCSP_REQUEST_free(req);
	teardown();
}
END_TEST

START_TEST(it_writes_the_certid_that_openssl_asks_with)
{
	struct number serial = number_of(0x8001);
	struct blob mine = { 0 };
	unsigned char *der;
	OCSP_CERTID *id;
	size_t i;
	int n;

	setup();
	for (i = 0; i < 2; i++) {
		id = asked_id(i == 0 ? EVP_sha1() : EVP_sha256(), 0x8001);
		der = NULL;
		n = i2d_OCSP_CERTID(id, &der);
		unit_ok(ocsp_certid_write(&issuer, i == 0 ? OCSP_SHA1 :
		    OCSP_SHA256, &serial, &mine, &unit_err));
		ck_assert_uint_eq(mine.len, (size_t)n);
		ck_assert_mem_eq(mine.data, der, mine.len);
		OPENSSL_free(der);
		OCSP_CERTID_free(id);
		blob_clear(&mine);
	}
	blob_done(&mine);
	teardown();
}
END_TEST

START_TEST(it_writes_the_request_that_openssl_would_send)
{
	struct number serial = number_of(0x8001), read;
	struct blob mine = { 0 }, theirs;
	unsigned char key[OCSP_KEY];
	enum ocsp_form form;
	OCSP_REQUEST *req = OCSP_REQUEST_new();

	setup();
	SIGNER_OK(OCSP_request_add0_id(req, asked_id(EVP_sha256(), 0x8001)) !=
	    NULL);
	theirs = octets_of(req);
	ocsp_certid_key(OCSP_SHA256, 77, &serial, key);
	ocsp_key_read(key, &form, &read);
	unit_ok(ocsp_request_write(&issuer, form, &read, &mine, &unit_err));
	ck_assert_uint_eq(mine.len, theirs.len);
	ck_assert_mem_eq(mine.data, theirs.data, mine.len);
	blob_done(&mine);
	blob_done(&theirs);
	OCSP_REQUEST_free(req);
	teardown();
}
END_TEST

START_TEST(another_issuer_is_not_this_one)
{
	struct number serial = number_of(5);
	struct ocsp_issuer other;
	struct ocsp_request r;
	struct blob der, id = { 0 };
	OCSP_REQUEST *req = OCSP_REQUEST_new();

	setup();
	SIGNER_OK(OCSP_request_add0_id(req, asked_id(EVP_sha1(), 5)) != NULL);
	der = octets_of(req);
	unit_ok(ocsp_request_read(span_blob(&der), &r, &unit_err));
	ck_assert(ocsp_issuer_is(&issuer, &r.id[0]));
	other = issuer;
	other.key_sha1[19] ^= 1;
	ck_assert(!ocsp_issuer_is(&other, &r.id[0]));
	other = issuer;
	other.name_sha1[0] ^= 1;
	ck_assert(!ocsp_issuer_is(&other, &r.id[0]));
	other = issuer;
	other.name_sha256[0] ^= 1;
	ck_assert(ocsp_issuer_is(&other, &r.id[0]));
	unit_fails(ocsp_issuer_make(span_blob(&ca.name), span_blob(&ca.name),
	    &other, &unit_err), EINPUT);
	unit_ok(ocsp_certid_write(&issuer, OCSP_SHA1_BARE, &serial, &id,
	    &unit_err));
	ck_assert_uint_eq(id.len, r.id[0].whole.n - 2);
	blob_done(&id);
	blob_done(&der);
	OCSP_REQUEST_free(req);
	teardown();
}
END_TEST

START_TEST(keys_differ_where_questions_do)
{
	static const struct {
		enum ocsp_form form;
		uint32_t issuer;
		uint64_t serial;
	} T[] = {
		{ OCSP_SHA1, 0, 1 }, { OCSP_SHA1_BARE, 0, 1 },
		{ OCSP_SHA256, 0, 1 }, { OCSP_SHA1, 1, 1 },
		{ OCSP_SHA1, 0x1000000, 1 }, { OCSP_SHA1, 0, 256 },
		{ OCSP_SHA1, 0, 1 << 16 }, { OCSP_SHA1, 0, 0x101 },
	};
	unsigned char key[NELEM(T)][OCSP_KEY], again[OCSP_KEY];
	struct number n;
	size_t i, k;

	for (i = 0; i < NELEM(T); i++) {
		n = number_of(T[i].serial);
		memset(key[i], 0x55, OCSP_KEY);
		ocsp_certid_key(T[i].form, T[i].issuer, &n, key[i]);
		ocsp_certid_key(T[i].form, T[i].issuer, &n, again);
		ck_assert_mem_eq(key[i], again, OCSP_KEY);
		for (k = 0; k < i; k++)
			ck_assert_mem_ne(key[i], key[k], OCSP_KEY);
	}
}
END_TEST

/* What is asked of OpenSSL about one answer. */
struct seen {
	int		 status, reason;
	time_t		 revoked;
};

/* All of it, as a client takes it: parsed, verified, and for this request. */
static OCSP_BASICRESP *
believed(const struct blob *whole, OCSP_REQUEST *req)
{
	const unsigned char *p = whole->data;
	OCSP_RESPONSE *resp = d2i_OCSP_RESPONSE(NULL, &p, (long)whole->len);
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);
	OCSP_BASICRESP *basic;

	ck_assert_ptr_nonnull(resp);
	ck_assert_uint_eq((size_t)(p - whole->data), whole->len);
	ck_assert_int_eq(OCSP_response_status(resp),
	    OCSP_RESPONSE_STATUS_SUCCESSFUL);
	basic = OCSP_response_get1_basic(resp);
	ck_assert_ptr_nonnull(basic);
	SIGNER_OK(X509_STORE_add_cert(store, ca.cert) == 1);
	X509_VERIFY_PARAM_set_time(param, SIGNER_FROM / TIME_S(1) + 120);
	ck_assert_int_eq(OCSP_basic_verify(basic, NULL, store, 0), 1);
	ck_assert_int_ne(OCSP_check_nonce(req, basic), 0);
	OCSP_RESPONSE_free(resp);
	X509_STORE_free(store);
	return basic;
}

static void
answer(const struct ocsp_ask *ask, struct blob *ret)
{
	struct blob tbs = { 0 }, sig = { 0 };

	unit_ok(ocsp_response_data(ask, &tbs, &unit_err));
	unit_ok(seal_sign(span_blob(&tbs), responder.key, NULL, SIGNER_SCHEME,
	    &sig, &unit_err));
	unit_ok(ocsp_response_assemble(span_blob(&tbs), SIGNER_SCHEME,
	    span_blob(&sig), span_blob(&responder.der), ret, &unit_err));
	blob_done(&tbs);
	blob_done(&sig);
}

static const struct ocsp_single SINGLES[] = {
	{ .status = OCSP_GOOD, .cut_off = true,
	    .cutoff = SIGNER_FROM - TIME_S(86400) },
	{ .status = OCSP_REVOKED, .revoked = SIGNER_FROM + TIME_S(10),
	    .reason = REASON_KEY_COMPROMISE },
	{ .status = OCSP_REVOKED, .revoked = SIGNER_FROM + TIME_S(11) },
	{ .status = OCSP_UNKNOWN },
	/* RFC 6960, 2.2: not issued, with extended-revoke. */
	{ .status = OCSP_REVOKED, .revoked = 0, .reason = REASON_HOLD },
};
static const struct seen SEEN[] = {
	{ V_OCSP_CERTSTATUS_GOOD, -1, 0 },
	{ V_OCSP_CERTSTATUS_REVOKED, 1, SIGNER_FROM / TIME_S(1) + 10 },
	{ V_OCSP_CERTSTATUS_REVOKED, -1, SIGNER_FROM / TIME_S(1) + 11 },
	{ V_OCSP_CERTSTATUS_UNKNOWN, -1, 0 },
	{ V_OCSP_CERTSTATUS_REVOKED, 6, 0 },
};
_Static_assert(NELEM(SINGLES) == NELEM(SEEN), "one for each");

/* SINGLES, for what was asked. */
static struct ocsp_ask
ask_of(const struct ocsp_request *r, struct ocsp_single *s)
{
	size_t i;

	memcpy(s, SINGLES, sizeof(SINGLES));
	for (i = 0; i < NELEM(SINGLES); i++) {
		s[i].certid = r->id[i].whole;
		s[i].this_update = SIGNER_FROM + TIME_S(60);
		s[i].next_update = SIGNER_FROM + TIME_S(3600) +
		    TIME_S(60 * i);
	}
	return (struct ocsp_ask){
		.key_hash = span_of(NULL, 0), .produced = SIGNER_FROM +
		TIME_S(61), .single = s, .n = NELEM(SINGLES),
		.nonce = r->nonce, .extended_revoke = true,
	};
}

static void
check_statuses(OCSP_REQUEST *req, OCSP_BASICRESP *basic)
{
	ASN1_GENERALIZEDTIME *rev, *this, *next;
	OCSP_SINGLERESP *one;
	int i, status, reason;
	struct tm tm;
	void *ext;

	for (i = 0; i < OCSP_request_onereq_count(req); i++) {
		reason = -1;
		ck_assert_int_eq(OCSP_resp_find_status(basic,
		    OCSP_onereq_get0_id(OCSP_request_onereq_get0(req, i)),
		    &status, &reason, &rev, &this, &next), 1);
		ck_assert_int_eq(status, SEEN[i].status);
		ck_assert_int_eq(reason, SEEN[i].reason);
		if (status == V_OCSP_CERTSTATUS_REVOKED) {
			ck_assert_int_eq(ASN1_TIME_to_tm(rev, &tm), 1);
			ck_assert_int_eq(timegm(&tm), SEEN[i].revoked);
		}
		ck_assert_int_eq(ASN1_TIME_to_tm(next, &tm), 1);
		ck_assert_int_eq(timegm(&tm), SIGNER_FROM / TIME_S(1) + 3600 +
		    60 * i);
		one = OCSP_resp_get0(basic, i);
		ext = OCSP_SINGLERESP_get1_ext_d2i(one,
		    NID_id_pkix_OCSP_archiveCutoff, NULL, NULL);
		ck_assert_int_eq(ext != NULL, i == 0);
		ASN1_GENERALIZEDTIME_free(ext);
	}
}

START_TEST(openssl_believes_every_status_of_a_delegated_responder)
{
	OCSP_REQUEST *req = OCSP_REQUEST_new();
	struct ocsp_single s[NELEM(SINGLES)];
	struct blob der, whole = { 0 };
	struct ocsp_issuer mine;
	struct ocsp_request r;
	OCSP_BASICRESP *basic;
	ASN1_OBJECT *extended;
	struct ocsp_ask ask;
	size_t i;

	setup();
	for (i = 0; i < NELEM(SINGLES); i++)
		SIGNER_OK(OCSP_request_add0_id(req, asked_id(i % 2 == 0 ?
		    EVP_sha1() : EVP_sha256(), 100 + i)) != NULL);
	SIGNER_OK(OCSP_request_add1_nonce(req, NULL, 32) == 1);
	der = octets_of(req);
	unit_ok(ocsp_request_read(span_blob(&der), &r, &unit_err));
	unit_ok(ocsp_issuer_make(span_blob(&responder.name),
	    span_blob(&responder.spki), &mine, &unit_err));
	ask = ask_of(&r, s);
	ask.key_hash = span_of(mine.key_sha1, sizeof(mine.key_sha1));
	answer(&ask, &whole);
	basic = believed(&whole, req);
	ck_assert_int_eq(OCSP_check_nonce(req, basic), 1);
	check_statuses(req, basic);
	ck_assert_int_eq(OCSP_BASICRESP_get_ext_count(basic), 2);
	extended = OBJ_txt2obj("1.3.6.1.5.5.7.48.1.9", 1);
	ck_assert_int_ge(OCSP_BASICRESP_get_ext_by_OBJ(basic, extended, -1),
	    0);
	ASN1_OBJECT_free(extended);
	OCSP_BASICRESP_free(basic);
	OCSP_REQUEST_free(req);
	blob_done(&der);
	blob_done(&whole);
	teardown();
}
END_TEST

START_TEST(the_ca_itself_needs_no_certificate)
{
	OCSP_REQUEST *req = OCSP_REQUEST_new();
	struct blob id = { 0 }, tbs = { 0 }, sig = { 0 }, whole = { 0 };
	struct number serial = number_of(77);
	struct ocsp_single s = { .status = OCSP_GOOD,
	    .this_update = SIGNER_FROM, .next_update = SIGNER_FROM +
	    TIME_S(3600) };
	struct ocsp_ask ask = { .produced = SIGNER_FROM, .single = &s,
	    .n = 1 };
	const unsigned char *p;
	OCSP_RESPONSE *resp;
	OCSP_BASICRESP *basic;
	STACK_OF(X509) *certs = sk_X509_new_null();

	setup();
	unit_ok(ocsp_certid_write(&issuer, OCSP_SHA1_BARE, &serial, &id,
	    &unit_err));
	s.certid = span_blob(&id);
	ask.key_hash = span_of(issuer.key_sha1, 20);
	unit_ok(ocsp_response_data(&ask, &tbs, &unit_err));
	unit_ok(seal_sign(span_blob(&tbs), ca.key, NULL, SIGNER_SCHEME, &sig,
	    &unit_err));
	unit_fails(ocsp_response_assemble(span_blob(&tbs), "none",
	    span_blob(&sig), span_of(NULL, 0), &whole, &unit_err), EINPUT);
	ck_assert_uint_eq(whole.len, 0);
	unit_ok(ocsp_response_assemble(span_blob(&tbs), SIGNER_SCHEME,
	    span_blob(&sig), span_of(NULL, 0), &whole, &unit_err));
	p = whole.data;
	resp = d2i_OCSP_RESPONSE(NULL, &p, (long)whole.len);
	basic = OCSP_response_get1_basic(resp);
	ck_assert_int_eq(sk_X509_num(OCSP_resp_get0_certs(basic)), -1);
	SIGNER_OK(sk_X509_push(certs, ca.cert) > 0);
	ck_assert_int_eq(OCSP_basic_verify(basic, certs, NULL, OCSP_TRUSTOTHER),
	    1);
	sk_X509_free(certs);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(resp);
	OCSP_REQUEST_free(req);
	blob_done(&id);
	blob_done(&tbs);
	blob_done(&sig);
	blob_done(&whole);
	teardown();
}
END_TEST

START_TEST(an_error_is_an_answer_too)
{
	static const enum ocsp_error T[] = { OCSP_MALFORMED, OCSP_INTERNAL,
		OCSP_TRY_LATER, OCSP_SIG_REQUIRED, OCSP_UNAUTHORIZED };
	unsigned char der[OCSP_ERROR];
	const unsigned char *p;
	OCSP_RESPONSE *resp;
	size_t i;

	for (i = 0; i < NELEM(T); i++) {
		ocsp_response_error(T[i], der);
		p = der;
		resp = d2i_OCSP_RESPONSE(NULL, &p, sizeof(der));
		ck_assert_ptr_nonnull(resp);
		ck_assert_ptr_eq(p, der + sizeof(der));
		ck_assert_int_eq(OCSP_response_status(resp), (int)T[i]);
		OCSP_RESPONSE_free(resp);
	}
}
END_TEST

UNIT_MAIN("ca/ocsp",
	UNIT(it_reads_what_openssl_asks)
	UNIT(it_writes_the_certid_that_openssl_asks_with)
	UNIT(it_writes_the_request_that_openssl_would_send)
	UNIT(another_issuer_is_not_this_one)
	UNIT(keys_differ_where_questions_do)
	UNIT(openssl_believes_every_status_of_a_delegated_responder)
	UNIT(the_ca_itself_needs_no_certificate)
	UNIT(an_error_is_an_answer_too))
