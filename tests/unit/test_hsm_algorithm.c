#include "config.h"

#include "hsm/hsm.h"
#include "tests/unit/unit.h"

static const struct {
	const char	*why;
	const char	*algorithm, *scheme;
	bool		 fits;
} FITS[] = {
	{ "P-256 with its own digest", "ec-p256", "ecdsa-sha256", true },
	{ "P-256 with another", "ec-p256", "ecdsa-sha384", false },
	{ "P-384 with its own digest", "ec-p384", "ecdsa-sha384", true },
	{ "P-384 with another", "ec-p384", "ecdsa-sha256", false },
	{ "RSA by PSS", "rsa-3072", "rsa-pss-sha256", true },
	{ "RSA by PKCS #1", "rsa-2048", "rsa-pkcs1-sha256", true },
	{ "RSA is not EC", "rsa-4096", "ecdsa-sha256", false },
	{ "Ed25519", "ed25519", "ed25519", true },
	{ "Ed25519 hashes itself", "ed25519", "ecdsa-sha256", false },
	{ "AES signs nothing", "aes-256", "none", true },
	{ "AES does not sign", "aes-128", "rsa-pss-sha256", false },
	{ "EC signs", "ec-p256", "none", false },
};

START_TEST(a_scheme_fits_an_algorithm_or_not)
{
	enum hsm_algorithm a;
	enum hsm_scheme s;

	unit_ok(hsm_algorithm_from_name(FITS[_i].algorithm, &a, &unit_err));
	unit_ok(hsm_scheme_from_name(FITS[_i].scheme, &s, &unit_err));
	ck_assert_msg(hsm_scheme_fits(a, s) == FITS[_i].fits, "%s",
	    FITS[_i].why);
	ck_assert(hsm_scheme_fits(a, hsm_scheme_default(a)));
}
END_TEST

START_TEST(names_read_as_they_are_written)
{
	enum hsm_algorithm algorithm;
	enum hsm_scheme scheme;
	unsigned i;

	for (i = 0; i < HSM_ALGORITHM__N; i++) {
		unit_ok(hsm_algorithm_from_name(hsm_algorithm_name(
		    (enum hsm_algorithm)i), &algorithm, &unit_err));
		ck_assert_int_eq(algorithm, i);
	}
	for (i = 0; i < HSM_SCHEME__N; i++) {
		unit_ok(hsm_scheme_from_name(hsm_scheme_name(
		    (enum hsm_scheme)i), &scheme, &unit_err));
		ck_assert_int_eq(scheme, i);
	}
	unit_fails(hsm_algorithm_from_name("rsa-1024", &algorithm, &unit_err),
	    ERANGE_);
	unit_fails(hsm_scheme_from_name("ecdsa-sha1", &scheme, &unit_err),
	    ERANGE_);
	ck_assert_str_eq(hsm_algorithm_name(HSM_ALGORITHM__N), "?");
	ck_assert_str_eq(hsm_scheme_name(HSM_SCHEME__N), "?");
}
END_TEST

static const struct {
	const char	*why;
	const char	*raw;
	size_t		 n;
	const char	*der;
	size_t		 der_n;
} PAIRS[] = {
#define O(s)	s, sizeof(s) - 1
	{ "small numbers", O("\0\1\0\2"), O("\x30\6\2\1\1\2\1\2") },
	{ "a high bit gets a zero before it", O("\x80\0\0\1"),
	    O("\x30\x08\2\3\0\x80\0\2\1\1") },
	{ "zeros in front are kept in raw, dropped in DER",
	    O("\0\0\1\0\0\2"), O("\x30\6\2\1\1\2\1\2") },
};

START_TEST(raw_and_der_turn_into_each_other)
{
	struct blob der = { 0 }, raw = { 0 };

	unit_ok(hsm_ecdsa_der(PAIRS[_i].raw, PAIRS[_i].n, &der, &unit_err));
	ck_assert_uint_eq(der.len, PAIRS[_i].der_n);
	ck_assert_mem_eq(der.data, PAIRS[_i].der, der.len);
	unit_ok(hsm_ecdsa_raw(der.data, der.len, PAIRS[_i].n / 2, &raw,
	    &unit_err));
	ck_assert_uint_eq(raw.len, PAIRS[_i].n);
	ck_assert_mem_eq(raw.data, PAIRS[_i].raw, raw.len);
	blob_done(&der);
	blob_done(&raw);
}
END_TEST

static const struct {
	const char	*why;
	const char	*der;
	size_t		 n, half;
} BAD_DER[] = {
	{ "nothing", O(""), 2 },
	{ "one number", O("\x30\3\2\1\1"), 2 },
	{ "an octet behind", O("\x30\6\2\1\1\2\1\2x"), 2 },
	{ "a number too large for its half", O("\x30\7\2\2\1\1\2\1\2"), 1 },
	{ "a negative number is none", O("\x30\6\2\1\x81\2\1\2"), 2 },
	{ "halves of nothing", O("\x30\6\2\1\1\2\1\2"), 0 },
	{ "halves larger than any curve", O("\x30\6\2\1\1\2\1\2"), 67 },
};

START_TEST(what_is_no_signature_is_refused)
{
	struct blob raw = { 0 };
	struct err e;

	ck_assert_msg(hsm_ecdsa_raw(BAD_DER[_i].der, BAD_DER[_i].n,
	    BAD_DER[_i].half, &raw, &e) == -(int)EINPUT, "%s",
	    BAD_DER[_i].why);
	ck_assert_uint_eq(raw.len, 0);
	unit_fails(hsm_ecdsa_der("abc", 3, &raw, &unit_err), EINPUT);
	unit_fails(hsm_ecdsa_der("", 0, &raw, &unit_err), EINPUT);
	blob_done(&raw);
}
END_TEST

UNIT_MAIN("hsm/algorithm",
	UNIT_ROWS(a_scheme_fits_an_algorithm_or_not, FITS)
	UNIT(names_read_as_they_are_written)
	UNIT_ROWS(raw_and_der_turn_into_each_other, PAIRS)
	UNIT_ROWS(what_is_no_signature_is_refused, BAD_DER))
