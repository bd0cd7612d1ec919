/* Whatever a file has, its certificates come out, and no private key is read. */
#include "config.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <string.h>
#include "base/blob.h"
#include "ca/certs.h"
#include "tests/unit/unit.h"

static EVP_PKEY *key;
static X509 *one, *two;

static X509 *
certificate(long serial)
{
	X509 *x = X509_new();

	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_set_version(x, 2);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 1000);
	X509_set_pubkey(x, key);
	/* Made before there is a test that could fail. */
	if (X509_sign(x, key, EVP_sha256()) <= 0)
		abort();
	return x;
}

static void
begin(void)
{
	key = EVP_EC_gen("P-256");
	one = certificate(1);
	two = certificate(2);
}

static void
end(void)
{
	X509_free(one);
	X509_free(two);
	EVP_PKEY_free(key);
}

/* ---- files ---- */

static void
take(BIO *mem, struct blob *ret)
{
	char *p;
	long n = BIO_get_mem_data(mem, &p);

	unit_ok(blob_put(ret, p, (size_t)n, &unit_err));
	BIO_free(mem);
}

static void
pem_of(bool with_key, struct blob *ret)
{
	BIO *mem = BIO_new(BIO_s_mem());

	BIO_puts(mem, "subject=/CN=x\n");
	PEM_write_bio_X509(mem, one);
	if (with_key)
		PEM_write_bio_PrivateKey(mem, key, NULL, NULL, 0, NULL, NULL);
	PEM_write_bio_PUBKEY(mem, key);
	PEM_write_bio_X509_AUX(mem, two);
	take(mem, ret);
}

static void
der_of(struct blob *ret)
{
	BIO *mem = BIO_new(BIO_s_mem());

	i2d_X509_bio(mem, one);
	take(mem, ret);
}

static void
p7_of(bool pem, struct blob *ret)
{
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL,
	    CMS_PARTIAL | CMS_DETACHED);
	BIO *mem = BIO_new(BIO_s_mem());

	CMS_add1_cert(cms, one);
	CMS_add1_cert(cms, two);
	if (pem)
		PEM_ASN1_write_bio((i2d_of_void *)i2d_CMS_ContentInfo, "CMS",
		    mem, cms, NULL, NULL, 0, NULL, NULL);
	else
		i2d_CMS_bio(mem, cms);
	CMS_ContentInfo_free(cms);
	take(mem, ret);
}

static void
p12_of(const char *passphrase, int rounds, int mac_rounds, struct blob *ret)
{
	STACK_OF(X509) *more = sk_X509_new_null();
	BIO *mem = BIO_new(BIO_s_mem());
	PKCS12 *p;

	sk_X509_push(more, two);
	p = PKCS12_create(passphrase, "name", key, one, more, 0, 0, rounds,
	    mac_rounds, 0);
	ck_assert_ptr_nonnull(p);
	i2d_PKCS12_bio(mem, p);
	PKCS12_free(p);
	sk_X509_free(more);
	take(mem, ret);
}

static void
safe_add(STACK_OF(PKCS7) *safes, int rounds, X509 *x)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = NULL;

	ck_assert_ptr_nonnull(PKCS12_add_cert(&bags, x));
	ck_assert_int_eq(sk_PKCS7_push(safes, PKCS12_pack_p7encdata(NID_aes_128_cbc,
	    "pass", -1, NULL, 0, rounds, bags)), sk_PKCS7_num(safes));
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}

/* PBES2 whose key comes from PBES2, and so on. */
static void
nest(X509_ALGOR *a)
{
	PBE2PARAM *k = PBE2PARAM_new();

	X509_ALGOR_free(k->keyfunc);
	k->keyfunc = X509_ALGOR_dup(a);
	X509_ALGOR_set0(k->encryption, OBJ_nid2obj(NID_aes_128_cbc),
	    V_ASN1_NULL, NULL);
	X509_ALGOR_set0(a, OBJ_nid2obj(NID_pbes2), V_ASN1_SEQUENCE,
	    ASN1_item_pack(k, ASN1_ITEM_rptr(PBE2PARAM), NULL));
	PBE2PARAM_free(k);
}

/* Without a MAC: @n safes of so many rounds; the last is nested so often. */
static void
safes_of(unsigned n, int rounds, unsigned nested, struct blob *ret)
{
	STACK_OF(PKCS7) *safes = sk_PKCS7_new_null();
	PKCS12 *p = PKCS12_init(NID_pkcs7_data);
	BIO *mem = BIO_new(BIO_s_mem());

	for (unsigned i = 0; i < n; i++)
		safe_add(safes, rounds, i % 2 == 0 ? one : two);
	while (nested-- > 0)
		nest(sk_PKCS7_value(safes, (int)n - 1)->d.encrypted->enc_data->
		    algorithm);
	ck_assert_int_eq(PKCS12_pack_authsafes(p, safes), 1);
	i2d_PKCS12_bio(mem, p);
	PKCS12_free(p);
	sk_PKCS7_pop_free(safes, PKCS7_free);
	take(mem, ret);
}

/* ---- what comes out ---- */

struct seen {
	unsigned n[CERTS_OTHER + 1], all;
	char why[200];
	bool stop, one, two;
};

static bool
is_der_of(struct span der, X509 *x)
{
	unsigned char *want = NULL;
	int n = i2d_X509(x, &want);
	bool same = der.n == (size_t)n && memcmp(der.p, want, der.n) == 0;

	OPENSSL_free(want);
	return same;
}

/* A set has its own order (X.690, 11.6): each comes once, in whichever. */
static int
see(void *ctx, const struct certs_item *item, struct err *err)
{
	struct seen *s = ctx;

	ck_assert_uint_eq(item->n, ++s->all);
	s->n[item->kind]++;
	if (item->kind == CERTS_BAD)
		snprintf(s->why, sizeof(s->why), "%s", item->why);
	if (item->kind == CERTS_CERTIFICATE) {
		bool *seen = is_der_of(item->der, one) ? &s->one : &s->two;

		ck_assert(is_der_of(item->der, one) || is_der_of(item->der,
		    two));
		ck_assert(!*seen);
		*seen = true;
	} else if (item->kind != CERTS_BAD)
		ck_assert_uint_eq(item->der.n, 0);
	return s->stop ? err_set(err, ELIMIT, "enough") : 0;
}

static struct seen
looked(const struct blob *file, const char *passphrase)
{
	struct seen s = { .all = 0 };

	unit_ok(certs_each(span_blob(file), passphrase, see, &s, &unit_err));
	return s;
}

#define IS(s, certificates, bad, private, other) do { \
	struct seen s_ = (s); \
	ck_assert_msg(s_.n[CERTS_CERTIFICATE] == (certificates) && \
	    s_.n[CERTS_BAD] == (bad) && s_.n[CERTS_PRIVATE] == (private) && \
	    s_.n[CERTS_OTHER] == (other), "%u %u %u %u: %s", s_.n[0], s_.n[1], \
	    s_.n[2], s_.n[3], s_.why); \
} while (0)

START_TEST(each_kind_of_file_has_its_certificates)
{
	struct blob f[6] = { { 0 } };

	pem_of(false, &f[0]);
	IS(looked(&f[0], NULL), 2, 0, 0, 1);
	pem_of(true, &f[1]);
	IS(looked(&f[1], NULL), 2, 0, 1, 1);
	der_of(&f[2]);
	IS(looked(&f[2], NULL), 1, 0, 0, 0);
	p7_of(false, &f[3]);
	IS(looked(&f[3], NULL), 2, 0, 0, 0);
	p7_of(true, &f[4]);
	IS(looked(&f[4], NULL), 2, 0, 0, 0);
	p12_of("pass", 1000, 1000, &f[5]);
	IS(looked(&f[5], "pass"), 2, 0, 1, 0);
	for (size_t i = 0; i < NELEM(f); i++)
		blob_done(&f[i]);
}
END_TEST

/* Two files that somebody put behind one another. */
START_TEST(der_in_front_of_pem_is_not_lost)
{
	struct blob der = { 0 }, pem = { 0 }, f = { 0 };
	BIO *mem = BIO_new(BIO_s_mem());

	der_of(&der);
	BIO_puts(mem, "\n# the other\n");
	PEM_write_bio_X509(mem, two);
	take(mem, &pem);
	unit_ok(blob_put(&f, der.data, der.len, &unit_err));
	unit_ok(blob_put(&f, pem.data, pem.len, &unit_err));
	IS(looked(&f, NULL), 2, 0, 0, 0);
	blob_done(&f);
	/* Longer than the file. */
	unit_ok(blob_put(&f, "\x30\x82\xff\xff\x30\x82", 6, &unit_err));
	unit_ok(blob_put(&f, pem.data, pem.len, &unit_err));
	IS(looked(&f, NULL), 1, 1, 0, 0);
	blob_done(&f);
	/* What is read as text, though it begins with the octet of a SEQUENCE. */
	unit_ok(blob_puts(&f, "0 s:CN = x\n", &unit_err));
	unit_ok(blob_put(&f, pem.data, pem.len, &unit_err));
	IS(looked(&f, NULL), 1, 0, 0, 0);
	blob_done(&f);
	blob_done(&der);
	blob_done(&pem);
}
END_TEST

START_TEST(a_passphrase_is_the_right_one_or_nothing_opens)
{
	struct blob f = { 0 }, none = { 0 };
	struct seen s;

	p12_of("pass", 1000, 1000, &f);
	s = looked(&f, "another");
	IS(s, 0, 1, 0, 0);
	ck_assert_ptr_nonnull(strstr(s.why, "passphrase"));
	IS(looked(&f, NULL), 0, 1, 0, 0);
	p12_of("", 1000, 1000, &none);
	IS(looked(&none, NULL), 2, 0, 1, 0);
	blob_done(&f);
	blob_done(&none);
}
END_TEST

/* Where the rounds stand, 65537, others are put. */
static void
rounds_put(struct blob *f, unsigned rounds)
{
	static const unsigned char was[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };
	unsigned char *p = memmem(f->data, f->len, was, sizeof(was));

	ck_assert_ptr_nonnull(p);
	p[2] = (unsigned char)(rounds >> 16);
	p[3] = (unsigned char)(rounds >> 8);
	p[4] = (unsigned char)rounds;
}

static const struct {
	const char *why;
	int rounds, mac;
	unsigned in_place, private;
	const char *says;
} ROUNDS[] = {
	{ "the most of a MAC", 1, 65537, CERTS_ROUNDS, 0, "another" },
	{ "more of a MAC", 1, 65537, CERTS_ROUNDS + 1, 0, "too often" },
	{ "the most of a safe", 65537, -1, CERTS_ROUNDS, 1, "does not open" },
	{ "more of a safe", 65537, -1, CERTS_ROUNDS + 1, 1, "too often" },
};

/* A file must not keep whoever reads it busy for ever. */
START_TEST(nobody_goes_round_for_ever)
{
	struct blob f = { 0 };
	struct seen s;

	p12_of("pass", ROUNDS[_i].rounds, ROUNDS[_i].mac, &f);
	rounds_put(&f, ROUNDS[_i].in_place);
	s = looked(&f, "pass");
	ck_assert_uint_eq(s.n[CERTS_CERTIFICATE], 0);
	ck_assert_uint_eq(s.n[CERTS_PRIVATE], ROUNDS[_i].private);
	ck_assert_msg(strstr(s.why, ROUNDS[_i].says) != NULL, "%s: %s",
	    ROUNDS[_i].why, s.why);
	blob_done(&f);
}
END_TEST

static const struct {
	const char *why;
	unsigned safes, nested;
	int rounds;
	unsigned certificates, bad;
} SAFES[] = {
	{ "each is of few rounds", 2, 0, 1000, 2, 0 },
	{ "together they are the most", 2, 0, CERTS_ROUNDS / 2, 2, 0 },
	{ "together they are more", 2, 0, CERTS_ROUNDS / 2 + 1, 1, 1 },
	{ "below PBES2 is PBKDF2 alone", 2, 1, 1000, 1, 1 },
	{ "however deep", 1, 100, 1000, 0, 1 },
};

START_TEST(safes_go_round_together_and_none_within_itself)
{
	struct blob f = { 0 };
	struct seen s;

	safes_of(SAFES[_i].safes, SAFES[_i].rounds, SAFES[_i].nested, &f);
	s = looked(&f, "pass");
	ck_assert_msg(s.n[CERTS_CERTIFICATE] == SAFES[_i].certificates &&
	    s.n[CERTS_BAD] == SAFES[_i].bad, "%s", SAFES[_i].why);
	if (SAFES[_i].bad > 0)
		ck_assert_ptr_nonnull(strstr(s.why, "too often"));
	blob_done(&f);
}
END_TEST

static const struct {
	const char *why, *text;
	unsigned bad, other;
} BAD[] = {
	{ "nothing", "", 1, 0 },
	{ "text", "hello", 1, 0 },
	{ "a sequence of text", "\x30\x03\x0c\x01x", 1, 0 },
	{ "an OID that is no PKCS #7", "\x30\x03\x06\x01x", 1, 0 },
	{ "a number that is no PKCS #12", "\x30\x03\x02\x01\x03", 1, 0 },
	{ "no end", "-----BEGIN CERTIFICATE-----\nAAAA\n", 1, 0 },
	{ "no dashes", "-----BEGIN CERTIFICATE\nAAAA\n-----END CERTIFICATE"
	    "-----\n", 1, 0 },
	{ "another end", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CRL"
	    "-----\n", 1, 0 },
	{ "two beginnings, one end", "-----BEGIN CERTIFICATE-----\n-----BEGIN "
	    "CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 2, 0 },
	{ "no base64", "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE"
	    "-----\n", 1, 0 },
	{ "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END "
	    "CERTIFICATE-----\n", 1, 0 },
	{ "no PKCS #7", "-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n",
	    1, 0 },
	{ "something else", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL"
	    "-----\n", 0, 1 },
};

START_TEST(what_is_bad_is_told_and_nothing_else_is)
{
	struct blob f = { 0 };

	unit_ok(blob_puts(&f, BAD[_i].text, &unit_err));
	IS(looked(&f, NULL), 0, BAD[_i].bad, 0, BAD[_i].other);
	blob_done(&f);
}
END_TEST

/* The body of a private key need not even be base64: nobody looks. */
START_TEST(a_private_key_is_not_looked_at)
{
	struct blob f = { 0 };

	unit_ok(blob_puts(&f, "-----BEGIN RSA PRIVATE KEY-----\n***\n-----END "
	    "RSA PRIVATE KEY-----\n", &unit_err));
	IS(looked(&f, NULL), 0, 0, 1, 0);
	blob_done(&f);
}
END_TEST

START_TEST(who_looks_may_stop)
{
	struct blob f = { 0 };
	struct seen s = { .stop = true };

	pem_of(true, &f);
	ck_assert_int_eq(certs_each(span_blob(&f), NULL, see, &s, &unit_err),
	    -ELIMIT);
	ck_assert_uint_eq(s.all, 1);
	blob_done(&f);
}
END_TEST

START_TEST(a_file_has_its_bound)
{
	struct seen s = { .stop = false };

	ck_assert_int_eq(certs_each(span_of("", CERTS_OCTETS + 1), NULL, see,
	    &s, &unit_err), -ETOOBIG);
	ck_assert_uint_eq(s.all, 0);
}
END_TEST

UNIT_RUN(certs_run, "ca/certs",
    UNIT(each_kind_of_file_has_its_certificates)
    UNIT(der_in_front_of_pem_is_not_lost)
    UNIT(a_passphrase_is_the_right_one_or_nothing_opens)
    UNIT_ROWS(nobody_goes_round_for_ever, ROUNDS)
    UNIT_ROWS(safes_go_round_together_and_none_within_itself, SAFES)
    UNIT_ROWS(what_is_bad_is_told_and_nothing_else_is, BAD)
    UNIT(a_private_key_is_not_looked_at)
    UNIT(who_looks_may_stop)
    UNIT(a_file_has_its_bound))

int
main(void)
{
	int rc;

	begin();
	rc = certs_run();
	end();
	return rc;
}
