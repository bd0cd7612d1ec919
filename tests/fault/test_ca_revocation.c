#include "config.h"

#include <openssl/evp.h>

#include "ca/crl.h"
#include "ca/est.h"
#include "ca/ocsp.h"
#include "ca/p7.h"
#include "tests/fault/openssl.h"
#include "tests/unit/der_text.h"

#define FROM	TIME_S(INT64_C(1795248000))
#define NAME	"30(31(30(0603550403 0c(4142))))"
#define SPKI	"30(30(06(2a8648ce3d0201)06(2a8648ce3d030107))03(0004010203))"

OPENSSL_WRAP(int, EVP_Q_digest, 0, (OSSL_LIB_CTX *lib, const char *name,
    const char *propq, const void *p, size_t n, unsigned char *md,
    size_t *md_n), (lib, name, propq, p, n, md, md_n))

/* Owned by the test; what it held before is there afterwards, alone or not. */
static struct blob name, spki, key_id;
static struct ocsp_issuer issuer;

static void
setup(void)
{
	name = der_text_of(NAME);
	spki = der_text_of(SPKI);
	key_id = der_text_of("0102030405060708090a0b0c0d0e0f1011121314");
	unit_ok(ocsp_issuer_make(span_blob(&name), span_blob(&spki), &issuer,
	    &unit_err));
}

static void
teardown(void)
{
	blob_done(&name);
	blob_done(&spki);
	blob_done(&key_id);
}

/* All or nothing behind "x", which is there already. */
static int
appended(int rc, struct blob *b)
{
	fault_holds(rc == 0 ? b->len > 1 : b->len == 1);
	fault_holds(b->data[0] == 'x' && b->data[b->len] == '\0');
	blob_done(b);
	return rc;
}

static int
begin(struct blob *b, struct err *err)
{
	memset(b, 0, sizeof(*b));
	return blob_puts(b, "x", err);
}

struct list {
	unsigned	 n;
};

static int
next(void *ctx, struct crl_entry *ret, bool *ret_more, struct err *err)
{
	struct list *l = ctx;

	*ret_more = l->n > 0;
	*ret = (struct crl_entry){ .serial = number_of(l->n), .revoked = FROM,
	    .reason = REASON_SUPERSEDED, .dated = true, .invalidity = FROM };
	l->n -= l->n > 0;
	return 0;
}

static int
crl(void *ctx, struct err *err)
{
	struct list l = { 100 };
	struct crl_ask ask = { .scheme = "ecdsa-sha256",
	    .issuer = span_blob(&name), .key_id = span_blob(&key_id),
	    .number = number_of(2), .this_update = FROM,
	    .next_update = FROM + TIME_S(1), .partition = "http://a",
	    .freshest = "http://b", .next = next, .ctx = &l,
	    .room = ctx == NULL ? 0 : 100 };
	struct blob b;

	TRY(begin(&b, err));
	return appended(crl_draft(&ask, &b, err), &b);
}

START_TEST(a_crl_is_whole_or_not_there)
{
	setup();
	ck_assert_uint_ge(fault_each(FAULT_ALL, crl, NULL), 3);
	ck_assert_uint_ge(fault_each(FAULT_ALL, crl, &name), 2);
	teardown();
}
END_TEST

static int
answer(struct blob *id, struct blob *b, struct err *err)
{
	struct ocsp_single one = { .certid = span_blob(id),
	    .status = OCSP_REVOKED, .reason = REASON_HOLD, .revoked = FROM,
	    .this_update = FROM, .next_update = FROM + TIME_S(1),
	    .cut_off = true, .cutoff = FROM, .dated = true };
	struct ocsp_single all[] = { one, one, one };
	struct ocsp_ask ask = { .key_hash = span_blob(&key_id),
	    .produced = FROM, .single = all, .n = NELEM(all),
	    .nonce = span_blob(&key_id), .extended_revoke = true };

	return ocsp_response_data(&ask, b, err);
}

static int
ocsp(void *ctx, struct err *err)
{
	struct number serial = number_of(UINT64_MAX);
	struct blob id, b;
	int rc;

	TRY(begin(&b, err));
	TRY(appended(ocsp_certid_write(&issuer, OCSP_SHA256, &serial, &b, err),
	    &b));
	TRY(begin(&b, err));
	TRY(appended(ocsp_request_write(&issuer, OCSP_SHA1, &serial, &b, err),
	    &b));
	memset(&id, 0, sizeof(id));
	rc = ocsp_certid_write(&issuer, OCSP_SHA1, &serial, &id, err);
	if (rc == 0)
		rc = begin(&b, err);
	if (rc == 0)
		rc = appended(answer(&id, &b, err), &b);
	blob_done(&id);
	return rc;
}

static int
whole_answer(void *ctx, struct err *err)
{
	struct blob b;

	TRY(begin(&b, err));
	return appended(ocsp_response_assemble(span_blob(&spki), "ed25519",
	    span_blob(&key_id), span_blob(&name), &b, err), &b);
}

static int
path(void *ctx, struct err *err)
{
	static const char text[] = "MAD%2B%2F%2b8%3D";
	struct blob b;

	TRY(begin(&b, err));
	return appended(ocsp_get_decode(span_of(text, sizeof(text) - 1), &b,
	    err), &b);
}

START_TEST(an_answer_is_whole_or_not_there)
{
	setup();
	ck_assert_uint_ge(fault_each(FAULT_ALL, ocsp, NULL), 6);
	ck_assert_uint_ge(fault_each(FAULT_ALL, whole_answer, NULL), 2);
	ck_assert_uint_ge(fault_each(FAULT_ALL, path, NULL), 2);
	teardown();
}
END_TEST

static int
hash(void *ctx, struct err *err)
{
	struct ocsp_issuer i = { .name_sha1 = { 77 } };
	int rc;

	rc = ocsp_issuer_make(span_blob(&name), span_blob(&spki), &i, err);
	fault_holds(rc == 0 || i.name_sha1[0] == 77);
	return rc;
}

START_TEST(an_issuer_that_cannot_be_hashed_is_none)
{
	setup();
	ck_assert_uint_eq(openssl_each(hash, NULL), 2);
	teardown();
}
END_TEST

static int
body(void *ctx, struct err *err)
{
	unsigned columns = ctx == NULL ? 0 : 64;
	struct blob b;

	TRY(begin(&b, err));
	TRY(appended(est_body_write(span_blob(&spki), columns, &b, err), &b));
	TRY(begin(&b, err));
	return appended(est_body_read(span_of("MAMC\nAQU=", 9), &b, err),
	    &b);
}

static int
attrs(void *ctx, struct err *err)
{
	static const struct est_attr two[] = { { "2.5.29.17", { NULL } },
	    { "1.2.840.113549.1.9.14", { "2.5.29.17", "2.5.29.14",
	    "1.2.840.113549.1.9.14", "1.2.840.113549.1.9.14",
	    "1.2.840.113549.1.9.14", "1.2.840.113549.1.9.14" } } };
	struct blob b;

	TRY(begin(&b, err));
	return appended(est_csrattrs_write(two, NELEM(two), &b, err), &b);
}

static int
chain(void *ctx, struct err *err)
{
	struct span two[2] = { span_blob(&spki), span_blob(&name) };
	struct blob b;

	TRY(begin(&b, err));
	TRY(appended(p7_certs_only(two, 2, &b, err), &b));
	TRY(begin(&b, err));
	return appended(p7_chain(two, 2, &b, err), &b);
}

START_TEST(what_enrolment_sends_is_whole_or_not_there)
{
	setup();
	ck_assert_uint_ge(fault_each(FAULT_ALL, body, NULL), 4);
	ck_assert_uint_ge(fault_each(FAULT_ALL, body, &name), 4);
	ck_assert_uint_ge(fault_each(FAULT_ALL, attrs, NULL), 2);
	ck_assert_uint_ge(fault_each(FAULT_ALL, chain, NULL), 4);
	teardown();
}
END_TEST

UNIT_MAIN("ca revocation with faults",
	UNIT(a_crl_is_whole_or_not_there)
	UNIT(an_answer_is_whole_or_not_there)
	UNIT(an_issuer_that_cannot_be_hashed_is_none)
	UNIT(what_enrolment_sends_is_whole_or_not_there))
