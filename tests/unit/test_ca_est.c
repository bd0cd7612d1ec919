#include "config.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include "ca/est.h"
#include "ca/p7.h"
#include "tests/unit/ca_signer.h"
#include "tests/unit/der_text.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why, *body;
	size_t		 n;
	enum err_code	 code;
} BODIES[] = {
#define BODY(text) text, sizeof(text) - 1
	{ "one line, as strongSwan sends it", BODY("MAMCAQU="), OK },
	{ "a line's end", BODY("MAMCAQU=\n"), OK },
	{ "lines", BODY("MAMC\nAQU=\n"), OK },
	{ "lines of CR and LF", BODY("MAMC\r\nAQU=\r\n"), OK },
	{ "white space wherever it likes", BODY(" \tM AM\tC A QU \r\n=\n\n"),
	    OK },
	{ "nothing", BODY(""), EINPUT },
	{ "white space only", BODY(" \r\n\t "), EINPUT },
	{ "bare DER", BODY("\x30\x82\x01\x00"), EINPUT },
	{ "PEM", BODY("-----BEGIN CERTIFICATE REQUEST-----\nMAMCAQU=\n"),
	    EINPUT },
	{ "no padding", BODY("MAMCAQU"), EINPUT },
	{ "stray bits", BODY("MAMCAQV="), EINPUT },
	{ "the other alphabet", BODY("-_-_"), EINPUT },
	{ "a NUL, and what it would hide", BODY("MAMCAQU=\0MAMC"), EINPUT },
	{ "a NUL in front", BODY("\0MAMCAQU="), EINPUT },
	{ "another kind of space", BODY("MAMC\vAQU="), EINPUT },
	{ "two of them", BODY("MAMCAQU=MAMCAQU="), EINPUT },
};

START_TEST(a_body_is_base64_and_white_space)
{
	struct blob b = { 0 };

	unit_ok(blob_puts(&b, "x", &unit_err));
	if (BODIES[_i].code == OK) {
		unit_ok(est_body_read(span_of(BODIES[_i].body, BODIES[_i].n),
		    &b, &unit_err));
		ck_assert_uint_eq(b.len, 6);
		ck_assert_mem_eq(b.data, "x\x30\x03\x02\x01\x05", 6);
	} else {
		unit_fails(est_body_read(span_of(BODIES[_i].body,
		    BODIES[_i].n), &b, &unit_err), BODIES[_i].code);
		ck_assert_str_eq(blob_str(&b), "x");
	}
	blob_done(&b);
}
END_TEST

START_TEST(a_body_of_64_kib_is_read_and_a_longer_one_is_not)
{
	static char text[EST_BODY_OCTETS + 1];
	struct blob b = { 0 };

	memset(text, 'A', sizeof(text));
	unit_ok(est_body_read(span_of(text, EST_BODY_OCTETS), &b,
	    &unit_err));
	ck_assert_uint_eq(b.len, EST_BODY_OCTETS / 4 * 3);
	blob_clear(&b);
	unit_fails(est_body_read(span_of(text, EST_BODY_OCTETS + 1), &b,
	    &unit_err), ETOOBIG);
	blob_done(&b);
}
END_TEST

START_TEST(it_writes_one_line_or_lines)
{
	static const struct {
		unsigned columns;
		const char *text;	/* NULL: refused */
	} T[] = {
		{ 0, "AAAAAAAAAAAA" },
		{ 4, "AAAA\nAAAA\nAAAA\n" },
		{ 8, "AAAAAAAA\nAAAA\n" },
		{ 12, "AAAAAAAAAAAA\n" },
		{ 76, "AAAAAAAAAAAA\n" },
		{ 80, NULL }, { 6, NULL }, { 3, NULL },
	};
	struct span der = span_of("\0\0\0\0\0\0\0\0", 9);
	struct blob b = { 0 };
	size_t i;

	for (i = 0; i < NELEM(T); i++) {
		if (T[i].text == NULL)
			unit_fails(est_body_write(der, T[i].columns, &b,
			    &unit_err), ERANGE_);
		else
			unit_ok(est_body_write(der, T[i].columns, &b,
			    &unit_err));
		ck_assert_str_eq(blob_str(&b), T[i].text == NULL ? "" :
		    T[i].text);
		blob_clear(&b);
	}
	blob_done(&b);
}
END_TEST

#define EXTENSION_REQUEST "1.2.840.113549.1.9.14"
#define CHALLENGE	"1.2.840.113549.1.9.7"
#define EC_KEY		"1.2.840.10045.2.1"
#define P256		"1.2.840.10045.3.1.7"
#define MAC_ADDRESS	"1.3.6.1.1.1.1.22"
#define SAN		"2.5.29.17"

START_TEST(attributes_are_oids_or_have_sorted_values)
{
	static const struct est_attr T[] = {
		{ CHALLENGE, { NULL } },
		{ EC_KEY, { P256 } },
		{ EXTENSION_REQUEST, { MAC_ADDRESS, SAN, "2.5.29.14" } },
	};
	struct blob want = der_text_of("30(06(2a864886f70d010907)"
	    "30(06(2a8648ce3d0201)31(06(2a8648ce3d030107)))"
	    "30(06(2a864886f70d01090e)31(06(551d0e)06(551d11)"
	    "06(2b060101010116))))");
	struct blob b = { 0 };

	unit_ok(est_csrattrs_write(T, NELEM(T), &b, &unit_err));
	ck_assert_uint_eq(b.len, want.len);
	ck_assert_mem_eq(b.data, want.data, b.len);
	blob_clear(&b);
	unit_ok(est_csrattrs_write(NULL, 0, &b, &unit_err));
	ck_assert_uint_eq(b.len, 2);
	ck_assert_mem_eq(b.data, "\x30\x00", 2);
	blob_done(&b);
	blob_done(&want);
}
END_TEST

START_TEST(attributes_have_bounds)
{
	static struct est_attr attr[EST_ATTRS + 1];
	struct blob b = { 0 };
	size_t i, k;

	for (i = 0; i < NELEM(attr); i++) {
		attr[i].oid = SAN;
		for (k = 0; k < EST_VALUES; k++)
			attr[i].value[k] = SAN;
	}
	unit_ok(blob_puts(&b, "x", &unit_err));
	unit_ok(est_csrattrs_write(attr, EST_ATTRS, &b, &unit_err));
	/* 16 values of five octets, of as many attributes. */
	ck_assert_uint_eq(b.len, 1 + 4 + EST_ATTRS * (2 + 5 + 2 +
	    EST_VALUES * 5));
	blob_cut(&b, 1);
	unit_fails(est_csrattrs_write(attr, EST_ATTRS + 1, &b, &unit_err),
	    ERANGE_);
	attr[1].value[15] = "2.5.29.x";
	unit_fails(est_csrattrs_write(attr, 2, &b, &unit_err), EINPUT);
	attr[0].oid = "";
	unit_fails(est_csrattrs_write(attr, 1, &b, &unit_err), EINPUT);
	ck_assert_str_eq(blob_str(&b), "x");
	blob_done(&b);
}
END_TEST

static struct signer ca, leaf;

static void
setup(void)
{
	signer_root(&ca);
	signer_make(&leaf, &ca, "leaf", 7, NULL, NULL);
}

static void
teardown(void)
{
	signer_done(&leaf);
	signer_done(&ca);
}

START_TEST(openssl_finds_the_certificates_in_it)
{
	struct span certs[2];
	struct blob b = { 0 }, other = { 0 };
	const unsigned char *p;
	STACK_OF(X509) *found;
	unsigned char *again = NULL;
	CMS_ContentInfo *cms;
	PKCS7 *p7;
	int n;

	setup();
	certs[0] = span_blob(&leaf.der);
	certs[1] = span_blob(&ca.der);
	unit_ok(p7_certs_only(certs, 2, &b, &unit_err));
	certs[0] = span_blob(&ca.der);
	certs[1] = span_blob(&leaf.der);
	unit_ok(p7_certs_only(certs, 2, &other, &unit_err));
	ck_assert_uint_eq(b.len, other.len);
	ck_assert_mem_eq(b.data, other.data, b.len);
	p = b.data;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)b.len);
	ck_assert_ptr_nonnull(cms);
	ck_assert_ptr_eq(p, b.data + b.len);
	found = CMS_get1_certs(cms);
	ck_assert_int_eq(sk_X509_num(found), 2);
	ck_assert_int_eq(X509_cmp(sk_X509_value(found, 0), ca.cert) == 0 ||
	    X509_cmp(sk_X509_value(found, 1), ca.cert) == 0, 1);
	ck_assert_int_ne(X509_cmp(sk_X509_value(found, 0),
	    sk_X509_value(found, 1)), 0);
	ck_assert_ptr_null(CMS_get0_signers(cms));
	sk_X509_pop_free(found, X509_free);
	CMS_ContentInfo_free(cms);
	/* The other parser, and what it would have written. */
	p = b.data;
	p7 = d2i_PKCS7(NULL, &p, (long)b.len);
	ck_assert_int_eq(PKCS7_type_is_signed(p7), 1);
	n = i2d_PKCS7(p7, &again);
	ck_assert_uint_eq((size_t)n, b.len);
	ck_assert_mem_eq(again, b.data, b.len);
	OPENSSL_free(again);
	PKCS7_free(p7);
	blob_done(&b);
	blob_done(&other);
	teardown();
}
END_TEST

START_TEST(it_takes_1_to_64_whole_certificates)
{
	struct span certs[P7_CERTS + 1];
	struct blob b = { 0 };
	size_t i;

	setup();
	for (i = 0; i < NELEM(certs); i++)
		certs[i] = span_blob(&ca.der);
	unit_ok(blob_puts(&b, "x", &unit_err));
	unit_fails(p7_certs_only(certs, 0, &b, &unit_err), ERANGE_);
	unit_fails(p7_certs_only(certs, P7_CERTS + 1, &b, &unit_err),
	    ERANGE_);
	certs[1].n--;
	unit_fails(p7_certs_only(certs, 2, &b, &unit_err), EINPUT);
	certs[1] = span_of("\x30\x00\x00", 3);
	unit_fails(p7_certs_only(certs, 2, &b, &unit_err), EINPUT);
	certs[1] = span_of(NULL, 0);
	unit_fails(p7_certs_only(certs, 2, &b, &unit_err), EINPUT);
	ck_assert_str_eq(blob_str(&b), "x");
	certs[1] = certs[0];
	unit_ok(p7_certs_only(certs, P7_CERTS, &b, &unit_err));
	blob_done(&b);
	teardown();
}
END_TEST

START_TEST(openssl_reads_the_chain_in_its_order)
{
	struct blob b = { 0 };
	struct span certs[2];
	X509 *cert;
	BIO *bio;

	setup();
	certs[0] = span_blob(&leaf.der);
	certs[1] = span_blob(&ca.der);
	unit_ok(p7_chain(certs, 2, &b, &unit_err));
	bio = BIO_new_mem_buf(b.data, (int)b.len);
	cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	ck_assert_int_eq(X509_cmp(cert, leaf.cert), 0);
	X509_free(cert);
	cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	ck_assert_int_eq(X509_cmp(cert, ca.cert), 0);
	X509_free(cert);
	ck_assert_int_eq(BIO_pending(bio), 0);
	BIO_free(bio);
	blob_clear(&b);
	unit_ok(p7_pem("X509 CRL", span_of("\0\0\0", 3), &b, &unit_err));
	ck_assert_str_eq(blob_str(&b), "-----BEGIN X509 CRL-----\nAAAA\n"
	    "-----END X509 CRL-----\n");
	blob_done(&b);
	teardown();
}
END_TEST

UNIT_MAIN("ca/est and ca/p7",
	UNIT_ROWS(a_body_is_base64_and_white_space, BODIES)
	UNIT(a_body_of_64_kib_is_read_and_a_longer_one_is_not)
	UNIT(it_writes_one_line_or_lines)
	UNIT(attributes_are_oids_or_have_sorted_values)
	UNIT(attributes_have_bounds)
	UNIT(openssl_finds_the_certificates_in_it)
	UNIT(it_takes_1_to_64_whole_certificates)
	UNIT(openssl_reads_the_chain_in_its_order))
