#include "config.h"

#include "base/b64.h"
#include "ca/crl.h"
#include "ca/ocsp.h"
#include "ca/seal.h"
#include "tests/unit/ca.h"

static void
request(struct blob *ret)
{
	EVP_PKEY *k = ca_key(SUBJECT_KEY);

	ca_csr_der(k, "kitchen", "DNS:kitchen.example", ret);
	EVP_PKEY_free(k);
}

static void
pem(const struct blob *der, const char *label, struct blob *ret)
{
	char *text = b64_encode(der->data, der->len);
	size_t i;

	unit_ok(blob_printf(ret, &unit_err, "-----BEGIN %s-----\n", label));
	for (i = 0; i < strlen(text); i += 64)
		unit_ok(blob_printf(ret, &unit_err, "%.64s\n", text + i));
	unit_ok(blob_printf(ret, &unit_err, "-----END %s-----\n", label));
	free(text);
}

START_TEST(a_request_says_key_subject_and_names)
{
	struct blob der = { 0 }, spki = { 0 };
	AUTO(csr) *c = NULL;
	EVP_PKEY *k = ca_key(SUBJECT_KEY);
	struct sha256 h;

	request(&der);
	ca_spki(k, &spki);
	unit_ok(csr_read(der.data, der.len, &c, &unit_err));
	ck_assert_str_eq(csr_algorithm(c), "ec-p256");
	ck_assert_str_eq(name_get(csr_subject(c), OID_COMMON_NAME), "kitchen");
	ck_assert_str_eq(json_string_value(json_array_get(csr_san(c), 0)),
	    "dns:kitchen.example");
	ck_assert(span_equal(csr_der(c), span_blob(&der)));
	ck_assert(span_equal(csr_spki(c), span_blob(&spki)));
	h = sha256_of(der.data, der.len);
	ck_assert(sha256_equal(&h, &(struct sha256[]){ csr_hash(c) }[0]));
	h = sha256_of(spki.data, spki.len);
	ck_assert(sha256_equal(&h, &(struct sha256[]){ csr_spki_hash(c) }[0]));
	EVP_PKEY_free(k);
	blob_done(&der);
	blob_done(&spki);
}
END_TEST

START_TEST(one_that_was_read_before_has_its_key)
{
	struct blob der = { 0 }, spki = { 0 };
	AUTO(csr) *c = NULL;
	struct sha256 h;

	request(&der);
	unit_ok(csr_read(der.data, der.len, &c, &unit_err));
	h = csr_hash(c);
	unit_ok(csr_key(span_blob(&der), &h, &spki, &unit_err));
	ck_assert(span_equal(csr_spki(c), span_blob(&spki)));
	der.data[der.len - 1] ^= 1;
	ck_assert_int_eq(csr_key(span_blob(&der), &h, &spki, &unit_err),
	    -EVERIFY);
	blob_done(&der);
	blob_done(&spki);
}
END_TEST

START_TEST(pem_and_der_are_the_same_request)
{
	static const char *const LABELS[] = { "CERTIFICATE REQUEST",
		"NEW CERTIFICATE REQUEST" };
	struct blob der = { 0 }, text = { 0 };
	size_t i;

	request(&der);
	for (i = 0; i < NELEM(LABELS); i++) {
		AUTO(csr) *c = NULL;

		blob_clear(&text);
		pem(&der, LABELS[i], &text);
		unit_ok(csr_read(text.data, text.len, &c, &unit_err));
		ck_assert(span_equal(csr_der(c), span_blob(&der)));
	}
	blob_done(&der);
	blob_done(&text);
}
END_TEST

START_TEST(other_pem_is_refused)
{
	struct blob der = { 0 }, text = { 0 };
	struct csr *c = NULL;

	request(&der);
	pem(&der, "CERTIFICATE", &text);
	unit_fails(csr_read(text.data, text.len, &c, &unit_err), EINPUT);
	blob_clear(&text);
	pem(&der, "CERTIFICATE REQUEST", &text);
	unit_fails(csr_read(text.data, text.len - 8, &c, &unit_err), EINPUT);
	unit_fails(csr_read(text.data, 40, &c, &unit_err), EINPUT);
	unit_ok(blob_puts(&text, "x", &unit_err));
	unit_fails(csr_read(text.data, text.len, &c, &unit_err), EINPUT);
	text.len--;
	text.data[60] = '!';
	unit_fails(csr_read(text.data, text.len, &c, &unit_err), EINPUT);
	blob_done(&der);
	blob_done(&text);
}
END_TEST

START_TEST(every_octet_that_is_changed_is_noticed)
{
	struct blob der = { 0 };
	struct csr *c = NULL;
	size_t i;

	request(&der);
	for (i = 0; i < der.len; i++) {
		der.data[i] ^= 0x01;
		ck_assert_msg(csr_read(der.data, der.len, &c, &unit_err) != 0,
		    "octet %zu", i);
		der.data[i] ^= 0x01;
	}
	for (i = 0; i < der.len; i++)
		ck_assert_int_ne(csr_read(der.data, i, &c, &unit_err), 0);
	unit_ok(blob_put(&der, "", 1, &unit_err));
	unit_fails(csr_read(der.data, der.len, &c, &unit_err), EINPUT);
	blob_done(&der);
}
END_TEST

START_TEST(a_request_is_signed_by_its_own_key)
{
	EVP_PKEY *k = ca_key(SUBJECT_KEY), *other = ca_key(CA_KEY);
	X509_REQ *req = X509_REQ_new();
	unsigned char *der = NULL;
	struct csr *c = NULL;
	int n;

	X509_REQ_set_pubkey(req, k);
	X509_REQ_sign(req, other, EVP_sha256());
	n = i2d_X509_REQ(req, &der);
	unit_fails(csr_read(der, (size_t)n, &c, &unit_err), EPROOF);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "RFC 2986, 4.2"));
	OPENSSL_free(der);
	der = NULL;
	X509_REQ_sign(req, k, EVP_sha1());
	n = i2d_X509_REQ(req, &der);
	unit_fails(csr_read(der, (size_t)n, &c, &unit_err), EINPUT);
	OPENSSL_free(der);
	X509_REQ_free(req);
	EVP_PKEY_free(k);
	EVP_PKEY_free(other);
}
END_TEST

START_TEST(one_that_is_cut_off_is_told_by_its_section)
{
	struct blob der = { 0 };
	AUTO(csr) *c = NULL;

	request(&der);
	for (size_t n = 0; n < der.len; n++) {
		unit_fails(csr_read(der.data, n, &c, &unit_err), EINPUT);
		ck_assert_msg(strstr(unit_err.what, "(RFC 2986, 4)") != NULL ||
		    n < 4, "%zu octets: %s", n, unit_err.what);
	}
	blob_done(&der);
}
END_TEST

/* OpenSSL 3.5 writes none but the first version: it is altered in place. */
START_TEST(a_request_has_a_version)
{
	static const unsigned char FIRST[] = { 0x02, 0x01, 0x00 };
	struct blob der = { 0 };
	unsigned char *version;
	struct csr *c = NULL;

	request(&der);
	version = memmem(der.data, der.len, FIRST, sizeof(FIRST));
	ck_assert_ptr_nonnull(version);
	version[2] = 1;
	unit_fails(csr_read(der.data, der.len, &c, &unit_err), EINPUT);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "RFC 2986, 4.1"));
	blob_done(&der);
}
END_TEST

/* A request with an attribute of nobody's, whose value is so many deep. */
static int
nested(unsigned deep)
{
	static unsigned char value[4 * 3000];
	unsigned char *at = value + sizeof(value), *der = NULL;
	EVP_PKEY *k = ca_key(SUBJECT_KEY);
	X509_REQ *req = X509_REQ_new();
	struct csr *c = NULL;
	int n, rc;

	while (deep-- > 0) {
		size_t len = (size_t)(value + sizeof(value) - at);

		if (len >= 0x80)
			*--at = (unsigned char)len;
		if (len >= 0x100)
			*--at = (unsigned char)(len >> 8);
		*--at = (unsigned char)(len < 0x80 ? len : len < 0x100 ? 0x81 :
		    0x82);
		*--at = 0x30;
	}
	X509_REQ_set_pubkey(req, k);
	ck_assert_int_eq(X509_REQ_add1_attr_by_txt(req, "1.2.3.4",
	    V_ASN1_SEQUENCE, at, (int)(value + sizeof(value) - at)), 1);
	X509_REQ_sign(req, k, EVP_sha256());
	n = i2d_X509_REQ(req, &der);
	ck_assert_int_gt(n, 0);
	rc = csr_read(der, (size_t)n, &c, &unit_err);
	csr_free(c);
	OPENSSL_free(der);
	X509_REQ_free(req);
	EVP_PKEY_free(k);
	return rc;
}

/* Whoever reads it behind us might go down all the way. */
START_TEST(an_attribute_is_no_abyss)
{
	unit_ok(nested(1));
	unit_ok(nested(14));
	unit_fails(nested(15), EINPUT);
	unit_fails(nested(3000), EINPUT);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "more than 16 values "
	    "within each other (RFC 2986, 4)"));
}
END_TEST

START_TEST(sixteen_kilobytes_are_looked_at_and_no_more)
{
	static const unsigned char big[CSR_OCTETS + 1];
	struct csr *c = NULL;

	unit_fails(csr_read(big, CSR_OCTETS, &c, &unit_err), EINPUT);
	unit_fails(csr_read(big, CSR_OCTETS + 1, &c, &unit_err), ETOOBIG);
	unit_fails(csr_read(big, 0, &c, &unit_err), EINPUT);
}
END_TEST

START_TEST(names_of_no_known_type_are_refused)
{
	EVP_PKEY *k = ca_key(SUBJECT_KEY);
	struct blob der = { 0 };
	struct csr *c = NULL;

	ca_csr_der(k, "x", "RID:1.2.3", &der);
	unit_fails(csr_read(der.data, der.len, &c, &unit_err), EINPUT);
	blob_clear(&der);
	ca_csr_der(k, NULL, NULL, &der);
	unit_ok(csr_read(der.data, der.len, &c, &unit_err));
	ck_assert_uint_eq(json_array_size(csr_subject(c)), 0);
	ck_assert_uint_eq(json_array_size(csr_san(c)), 0);
	csr_free(c);
	EVP_PKEY_free(k);
	blob_done(&der);
}
END_TEST

/* Octets of a subjectAltName; "" for none. */
#define SAN(octets)	octets, sizeof(octets) - 1
static const struct { const char *why, *cn; int cn_octets; bool twice;
    const char *san; int san_octets; const char *says; } NAMES[] = {
	{ "a NUL in a common name", "a\0b", 3, false, SAN(""),
	    "a character that a UTF8String has not (RFC 5280, 4.1.2.4)" },
	{ "two attributes in one relative name", "a", 1, true, SAN(""),
	    "more than one attribute, which is taken from nobody (RFC 5280, 4.1.2.4)" },
	{ "no alternative name", "a", 1, false, SAN("\x30\0"),
	    "(RFC 5280, 4.2.1.6)" },
	{ "one of no octets", "a", 1, false, SAN("\x30\x02\x82\0"),
	    "type dns is empty, too long, or has a NUL (RFC 5280, 4.2.1.6)" },
	{ "a NUL in one", "a", 1, false, SAN("\x30\x05\x82\x03" "a\0b"),
	    "type dns is empty, too long, or has a NUL (RFC 5280, 4.2.1.6)" },
	{ "a directoryName", "a", 1, false, SAN("\x30\x04\xa4\x02\x30\0"),
	    "none of dns, ip, uri, email, hardware-module (RFC 5280, 4.2.1.6)" },
	{ "a registeredID", "a", 1, false, SAN("\x30\x04\x88\x02\x2a\x03"),
	    "none of dns, ip, uri, email, hardware-module (RFC 5280, 4.2.1.6)" },
	{ "an otherName that is cut off", "a", 1, false, SAN("\x30\x02\xa0\0"),
	    "(RFC 5280, 4.2.1.6)" },
	{ "no names at all", "a", 1, false, SAN("\x04\x01x"),
	    "(RFC 5280, 4.2.1.6)" },
};

static void
extend(X509_REQ *req, const char *san, int n)
{
	STACK_OF(X509_EXTENSION) *all = sk_X509_EXTENSION_new_null();
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();

	ASN1_OCTET_STRING_set(octets, (const unsigned char *)san, n);
	sk_X509_EXTENSION_push(all, X509_EXTENSION_create_by_NID(NULL,
	    NID_subject_alt_name, 0, octets));
	ck_assert_int_eq(X509_REQ_add_extensions(req, all), 1);
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	ASN1_OCTET_STRING_free(octets);
}

START_TEST(a_name_that_is_wrong_is_told_by_its_section)
{
	EVP_PKEY *k = ca_key(SUBJECT_KEY);
	X509_REQ *req = X509_REQ_new();
	X509_NAME *name = X509_REQ_get_subject_name(req);
	unsigned char *der = NULL;
	struct csr *c = NULL;
	int n;

	X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING,
	    (const unsigned char *)NAMES[_i].cn, NAMES[_i].cn_octets, -1, 0);
	if (NAMES[_i].twice)
		X509_NAME_add_entry_by_NID(name, NID_organizationName,
		    V_ASN1_UTF8STRING, (const unsigned char *)"b", 1, -1, -1);
	if (NAMES[_i].san_octets > 0)
		extend(req, NAMES[_i].san, NAMES[_i].san_octets);
	X509_REQ_set_pubkey(req, k);
	X509_REQ_sign(req, k, EVP_sha256());
	n = i2d_X509_REQ(req, &der);
	unit_fails(csr_read(der, (size_t)n, &c, &unit_err), EINPUT);
	ck_assert_msg(strstr(unit_err.what, NAMES[_i].says) != NULL, "%s: %s",
	    NAMES[_i].why, unit_err.what);
	OPENSSL_free(der);
	X509_REQ_free(req);
	EVP_PKEY_free(k);
}
END_TEST

static void
info_of(EVP_PKEY *k, const char *subject, struct blob *ret)
{
	AUTO_JSON *name = ca_json(subject);
	struct blob spki = { 0 };

	ca_spki(k, &spki);
	unit_ok(csr_info(name, span_blob(&spki), ret, &unit_err));
	blob_done(&spki);
}

START_TEST(what_is_written_is_read_and_is_nothing_else)
{
	struct blob info = { 0 }, sig = { 0 }, whole = { 0 };
	EVP_PKEY *k = ca_key(SUBJECT_KEY);
	AUTO(csr) *c = NULL;
	struct crl_info list;
	struct ocsp_info answer;
	struct tbs tbs;

	info_of(k, "[[\"organizationName\",\"Example\"],"
	    "[\"commonName\",\"Line\"]]", &info);
	unit_ok(seal_sign(span_blob(&info), k, NULL, "ecdsa-sha256", &sig,
	    &unit_err));
	unit_ok(seal_assemble(span_blob(&info), "ecdsa-sha256",
	    span_blob(&sig), &whole, &unit_err));
	unit_ok(csr_read(whole.data, whole.len, &c, &unit_err));
	ck_assert_str_eq(name_get(csr_subject(c), OID_COMMON_NAME), "Line");
	ck_assert_uint_eq(json_array_size(csr_san(c)), 0);
	ck_assert_int_ne(tbs_read(info.data, info.len, &tbs, &unit_err), 0);
	ck_assert_int_ne(crl_read(span_blob(&info), NULL, NULL, &list,
	    &unit_err), 0);
	ck_assert_int_ne(ocsp_response_read(span_blob(&info), NULL, NULL,
	    &answer, &unit_err), 0);
	EVP_PKEY_free(k);
	blob_done(&info);
	blob_done(&sig);
	blob_done(&whole);
}
END_TEST

START_TEST(an_authority_asks_by_a_name)
{
	AUTO_JSON *none = json_array(), *bad = ca_json(
	    "[[\"countryName\",\"Germany\"]]");
	struct blob info = { 0 };

	unit_fails(csr_info(none, span_of("\x30\0", 2), &info, &unit_err),
	    EINPUT);
	ck_assert_int_ne(csr_info(bad, span_of("\x30\0", 2), &info,
	    &unit_err), 0);
	blob_done(&info);
}
END_TEST

UNIT_MAIN("ca/csr",
	UNIT(a_request_says_key_subject_and_names)
	UNIT(one_that_was_read_before_has_its_key)
	UNIT(pem_and_der_are_the_same_request)
	UNIT(other_pem_is_refused)
	UNIT(every_octet_that_is_changed_is_noticed)
	UNIT(a_request_is_signed_by_its_own_key)
	UNIT(one_that_is_cut_off_is_told_by_its_section)
	UNIT(a_request_has_a_version)
	UNIT(an_attribute_is_no_abyss)
	UNIT(sixteen_kilobytes_are_looked_at_and_no_more)
	UNIT(names_of_no_known_type_are_refused)
	UNIT_ROWS(a_name_that_is_wrong_is_told_by_its_section, NAMES)
	UNIT(what_is_written_is_read_and_is_nothing_else)
	UNIT(an_authority_asks_by_a_name))
