#include "config.h"

#include "base/b64.h"
#include "ca/ocsp.h"
#include "tests/unit/der_text.h"
#include "tests/unit/unit.h"

#define H20	"0102030405060708090a0b0c0d0e0f1011121314"
#define H32	H20 "15161718191a1b1c1d1e1f20"
#define SHA1	"30(06(2b0e03021a)0500)"
#define BARE	"30(06(2b0e03021a))"
#define SHA256	"30(06(608648016503040201)0500)"
#define OTHER	"30(06(2a0304)30(0500)0500)"
#define HASHES(h) "04(" h ")04(" h ")"
#define ID	"30(" SHA1 HASHES(H20) "020105)"
#define REQ(id)	"30(" id ")"
#define REQUEST(list, more) "30(30(" "30(" list ")" more "))"
#define NONCE(x) "30(06(2b0601050507300102) 04(" x "))"
#define ODD	"30(06(2a0304) 04(0500))"
#define ODD_CRITICAL "30(06(2a0304) 0101ff 04(0500))"

static const struct {
	const char	*why, *der;
	enum err_code	 code;
} REQUESTS[] = {
	{ "the least", REQUEST(REQ(ID), ""), OK },
	{ "version 1 said", "30(30(a0(020100)30(" REQ(ID) ")))", OK },
	{ "version 2", "30(30(a0(020101)30(" REQ(ID) ")))", EINPUT },
	{ "version and more", "30(30(a0(0201000500)30(" REQ(ID) ")))",
	    EINPUT },
	{ "who asks", "30(30(a1(a4(3000))30(" REQ(ID) ")))", OK },
	{ "signed", "30(30(30(" REQ(ID) "))a0(30(0500)))", OK },
	{ "and more", "30(30(30(" REQ(ID) "))0500)", EINPUT },
	{ "something behind it", REQUEST(REQ(ID), "") "00", EINPUT },
	{ "nothing", "", EINPUT },
	{ "nothing in it", "30()", EINPUT },
	{ "no list", "30(30())", EINPUT },
	{ "an empty list", REQUEST("", ""), EINPUT },
	{ "not a request in it", REQUEST("0500", ""), EINPUT },
	{ "a request with more", REQUEST(REQ(ID "0500"), ""), EINPUT },
	{ "a tag more behind the list", REQUEST(REQ(ID), "0500"), EINPUT },
	{ "indefinite length", "3080 30(30(" REQ(ID) "))0000", EINPUT },
	{ "a length longer than it must be", "308103 30(30(" REQ(ID) "))",
	    EINPUT },
	{ "a nonce of 1 octet", REQUEST(REQ(ID), "a2(30(" NONCE("040101")
	    "))"), OK },
	{ "a nonce of 128", REQUEST(REQ(ID), "a2(30(" NONCE("04("
	    H32 H32 H32 H32 ")") "))"), OK },
	{ "RFC 9654, 2.1: of 129", REQUEST(REQ(ID), "a2(30(" NONCE("04("
	    H32 H32 H32 H32 "00)") "))"), EINPUT },
	{ "RFC 9654, 2.1: of none", REQUEST(REQ(ID), "a2(30(" NONCE("0400")
	    "))"), EINPUT },
	{ "a nonce that is no OCTET STRING", REQUEST(REQ(ID), "a2(30("
	    NONCE("020101") "))"), EINPUT },
	{ "a nonce and more", REQUEST(REQ(ID), "a2(30(" NONCE("0401010500")
	    "))"), EINPUT },
	{ "two nonces", REQUEST(REQ(ID), "a2(30(" NONCE("040101")
	    NONCE("040101") "))"), EINPUT },
	{ "two lists of extensions", REQUEST(REQ(ID), "a2(30(" ODD ")30(" ODD
	    "))"), EINPUT },
	{ "an empty list of extensions", REQUEST(REQ(ID), "a2(30())"),
	    EINPUT },
	{ "4.4: not known, not critical", REQUEST(REQ(ID), "a2(30(" ODD "))"),
	    OK },
	{ "4.4: not known, critical", REQUEST(REQ(ID), "a2(30(" ODD_CRITICAL
	    "))"), EINPUT },
	{ "4.4: of one certificate", REQUEST(REQ(ID "a0(30(" ODD "))"), ""),
	    OK },
	{ "4.4: of one certificate, critical",
	    REQUEST(REQ(ID "a0(30(" ODD_CRITICAL "))"), ""), EINPUT },
	{ "parameters that are not NULL", REQUEST(REQ("30(30(06(2b0e03021a)"
	    "020101)" HASHES(H20) "020105)"), ""), EINPUT },
	{ "a NULL of an octet", REQUEST(REQ("30(30(06(2b0e03021a)"
	    "050100)" HASHES(H20) "020105)"), ""), EINPUT },
	{ "parameters and more", REQUEST(REQ("30(30(06(2b0e03021a)05000500)"
	    HASHES(H20) "020105)"), ""), EINPUT },
	{ "SHA-1 of 32 octets", REQUEST(REQ("30(" SHA1 HASHES(H32)
	    "020105)"), ""), EINPUT },
	{ "SHA-256 of 20 octets", REQUEST(REQ("30(" SHA256 HASHES(H20)
	    "020105)"), ""), EINPUT },
	{ "one hash longer", REQUEST(REQ("30(" SHA1 "04(" H20 ")04(" H32 ")"
	    "020105)"), ""), EINPUT },
	{ "no serial", REQUEST(REQ("30(" SHA1 HASHES(H20) ")"), ""), EINPUT },
	{ "a serial not in its shortest form", REQUEST(REQ("30(" SHA1
	    HASHES(H20) "02020005)"), ""), EINPUT },
	{ "a serial of no octets", REQUEST(REQ("30(" SHA1 HASHES(H20)
	    "0200)"), ""), EINPUT },
	{ "a CertID with more", REQUEST(REQ("30(" SHA1 HASHES(H20)
	    "0201050500)"), ""), EINPUT },
};

START_TEST(it_reads_a_request_or_says_why_not)
{
	struct blob der = der_text_of(REQUESTS[_i].der);
	struct ocsp_request r;

	if (REQUESTS[_i].code == OK) {
		unit_ok(ocsp_request_read(span_blob(&der), &r, &unit_err));
		ck_assert_uint_eq(r.n, 1);
		ck_assert_int_eq(r.id[0].serial.o[0], 5);
	} else {
		unit_fails(ocsp_request_read(span_blob(&der), &r, &unit_err),
		    REQUESTS[_i].code);
	}
	blob_done(&der);
}
END_TEST

static const struct {
	const char	*why, *id;
	enum ocsp_form	 form;
	size_t		 serial;	/* its octets; 0: no CA issues it */
} IDS[] = {
	{ "SHA-1", "30(" SHA1 HASHES(H20) "020105)", OCSP_SHA1, 1 },
	{ "SHA-1 without NULL", "30(" BARE HASHES(H20) "020105)",
	    OCSP_SHA1_BARE, 1 },
	{ "SHA-256", "30(" SHA256 HASHES(H32) "0203008000)", OCSP_SHA256, 2 },
	{ "SHA-256 without NULL", "30(30(06(608648016503040201))" HASHES(H32)
	    "020105)", OCSP_SHA256_BARE, 1 },
	{ "another hash, with parameters", "30(" OTHER HASHES("01")
	    "020105)", OCSP_OTHER, 1 },
	{ "serial 0", "30(" SHA1 HASHES(H20) "020100)", OCSP_SHA1, 0 },
	{ "serial below 0", "30(" SHA1 HASHES(H20) "0201ff)", OCSP_SHA1, 0 },
	{ "serial of 20 octets", "30(" SHA1 HASHES(H20) "02(" H20 "))",
	    OCSP_SHA1, 20 },
	{ "serial of 21 octets", "30(" SHA1 HASHES(H20) "02(" H20 "00))",
	    OCSP_SHA1, 0 },
};

START_TEST(it_says_what_is_asked_and_how)
{
	struct blob text = { 0 }, der, id = der_text_of(IDS[_i].id);
	struct ocsp_request r;

	unit_ok(blob_printf(&text, &unit_err, "30(30(30(30(%s)30(%s))))",
	    ID, IDS[_i].id));
	der = der_text_of(blob_str(&text));
	unit_ok(ocsp_request_read(span_blob(&der), &r, &unit_err));
	ck_assert_uint_eq(r.n, 2);
	ck_assert_uint_eq(r.nonce.n, 0);
	ck_assert_int_eq(r.id[1].form, IDS[_i].form);
	ck_assert_uint_eq(r.id[1].serial.n, IDS[_i].serial);
	ck_assert(span_equal(r.id[1].whole, span_blob(&id)));
	blob_done(&der);
	blob_done(&id);
	blob_done(&text);
}
END_TEST

static struct blob
many(size_t n)
{
	struct blob text = { 0 }, der;
	size_t i;

	unit_ok(blob_puts(&text, "30(30(30(", &unit_err));
	for (i = 0; i < n; i++)
		unit_ok(blob_puts(&text, REQ(ID), &unit_err));
	unit_ok(blob_puts(&text, ")))", &unit_err));
	der = der_text_of(blob_str(&text));
	blob_done(&text);
	return der;
}

START_TEST(it_takes_64_certificates_and_no_more)
{
	struct ocsp_request r;
	struct blob der = many(OCSP_REQUESTS);

	unit_ok(ocsp_request_read(span_blob(&der), &r, &unit_err));
	ck_assert_uint_eq(r.n, OCSP_REQUESTS);
	blob_done(&der);
	der = many(OCSP_REQUESTS + 1);
	unit_fails(ocsp_request_read(span_blob(&der), &r, &unit_err),
	    ETOOBIG);
	blob_done(&der);
}
END_TEST

/* A signature of so many octets that the whole has @n of them. */
static struct blob
long_request(size_t n)
{
	struct blob text = { 0 }, der = { 0 };
	size_t i, pad = n - 200;

	/* Once to learn how much is around it, once as it is wanted. */
	for (int turn = 0; turn < 2; turn++, pad += n - der.len) {
		blob_done(&der);
		blob_clear(&text);
		unit_ok(blob_puts(&text, "30(30(30(" REQ(ID) "))a0(04(",
		    &unit_err));
		for (i = 0; i < pad; i++)
			unit_ok(blob_puts(&text, "00", &unit_err));
		unit_ok(blob_puts(&text, ")))", &unit_err));
		der = der_text_of(blob_str(&text));
	}
	ck_assert_uint_eq(der.len, n);
	blob_done(&text);
	return der;
}

START_TEST(it_takes_32_kib_and_no_more)
{
	struct ocsp_request r;
	struct blob der = long_request(OCSP_REQUEST_OCTETS);

	unit_ok(ocsp_request_read(span_blob(&der), &r, &unit_err));
	blob_done(&der);
	der = long_request(OCSP_REQUEST_OCTETS + 1);
	unit_fails(ocsp_request_read(span_blob(&der), &r, &unit_err),
	    ETOOBIG);
	blob_done(&der);
}
END_TEST

START_TEST(no_part_of_a_request_is_a_request)
{
	struct blob der = der_text_of(REQUESTS[0].der);
	struct ocsp_request r;
	unsigned char *exact;
	size_t i, n;

	for (n = 0; n < der.len; n++) {
		exact = malloc(n + 1);
		memcpy(exact, der.data, n);
		unit_fails(ocsp_request_read(span_of(exact, n), &r,
		    &unit_err), EINPUT);
		free(exact);
	}
	for (i = 0; i < der.len; i++)
		for (n = 1; n < 256; n++) {
			der.data[i] ^= (unsigned char)n;
			(void)!ocsp_request_read(span_blob(&der), &r,
			    &unit_err);
			der.data[i] ^= (unsigned char)n;
		}
	blob_done(&der);
}
END_TEST

/* Five octets whose digits differ in both alphabets. */
#define FIVE	"\x30\x00\xfe\xff\xef"
static const struct {
	const char	*why, *path;
	enum err_code	 code;
} PATHS[] = {
	{ "RFC 6960, A.1: percent-encoded", "MAD%2B%2F%2b8%3D", OK },
	{ "nothing encoded", "MAD+/+8=", OK },
	{ "everything encoded", "%4d%41%44%2b%2f%2b%38%3d", OK },
	{ "slashes in front", "//MAD+/+8=", OK },
	{ "the other alphabet", "MAD-_-8=", OK },
	{ "both", "MAD-/+8=", OK },
	{ "no padding", "MAD+/+8", OK },
	{ "more padding than there is, but no more than there can be",
	    "MAD+/+8==", OK },
	{ "a plus that was made a space", "MAD%20/ 8=", OK },
	{ "nothing", "", EINPUT },
	{ "slashes only", "///", EINPUT },
	{ "padding only", "==", EINPUT },
	{ "more padding", "MAD+/+8===", EINPUT },
	{ "padding within", "MA=D", EINPUT },
	{ "stray bits", "MAD+/+9=", EINPUT },
	{ "a digit alone", "MAD+/", EINPUT },
	{ "half an octet", "MAD%2", EINPUT },
	{ "percent of no digits", "MAD%zz", EINPUT },
	{ "percent at the end", "MAD%", EINPUT },
	{ "NUL", "MAD%00", EINPUT },
	{ "not ASCII", "MAD%ff", EINPUT },
	{ "a line's end", "MAD+%0A", EINPUT },
	{ "a query", "MAD+?a", EINPUT },
};

START_TEST(it_takes_the_paths_that_clients_make)
{
	struct span path = span_of(PATHS[_i].path, strlen(PATHS[_i].path));
	struct blob b = { 0 };

	unit_ok(blob_puts(&b, "x", &unit_err));
	if (PATHS[_i].code == OK) {
		unit_ok(ocsp_get_decode(path, &b, &unit_err));
		ck_assert_uint_eq(b.len, 6);
		ck_assert_mem_eq(b.data, "x" FIVE, 6);
	} else {
		unit_fails(ocsp_get_decode(path, &b, &unit_err),
		    PATHS[_i].code);
		ck_assert_str_eq(blob_str(&b), "x");
	}
	blob_done(&b);
}
END_TEST

START_TEST(a_path_may_hold_the_longest_request)
{
	struct blob b = { 0 }, path = { 0 };
	char *text = NULL;
	size_t i, n;

	for (n = OCSP_REQUEST_OCTETS; n <= OCSP_REQUEST_OCTETS + 1; n++) {
		blob_clear(&b);
		for (i = 0; i < n; i++)
			unit_ok(blob_put(&b, "0", 1, &unit_err));
		text = b64_encode(b.data, b.len);
		blob_clear(&b);
		if (n == OCSP_REQUEST_OCTETS) {
			unit_ok(ocsp_get_decode(span_of(text, strlen(text)),
			    &b, &unit_err));
			ck_assert_uint_eq(b.len, n);
		} else {
			unit_fails(ocsp_get_decode(span_of(text,
			    strlen(text)), &b, &unit_err), ETOOBIG);
		}
		free(text);
	}
	for (i = 0; i < 4 * OCSP_REQUEST_OCTETS + 1; i++)
		unit_ok(blob_put(&path, "%", 1, &unit_err));
	unit_fails(ocsp_get_decode(span_blob(&path), &b, &unit_err), ETOOBIG);
	path.len--;
	unit_fails(ocsp_get_decode(span_blob(&path), &b, &unit_err), EINPUT);
	blob_done(&b);
	blob_done(&path);
}
END_TEST

UNIT_MAIN("ca/ocsp requests",
	UNIT_ROWS(it_reads_a_request_or_says_why_not, REQUESTS)
	UNIT_ROWS(it_says_what_is_asked_and_how, IDS)
	UNIT(it_takes_64_certificates_and_no_more)
	UNIT(it_takes_32_kib_and_no_more)
	UNIT(no_part_of_a_request_is_a_request)
	UNIT_ROWS(it_takes_the_paths_that_clients_make, PATHS)
	UNIT(a_path_may_hold_the_longest_request))
