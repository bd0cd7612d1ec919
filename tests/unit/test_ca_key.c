#include "config.h"

#include <openssl/bn.h>
#include <openssl/ec.h>

#include "tests/unit/ca.h"

static const struct { const char *why, *type, *group; unsigned bits;
    const char *algorithm; } GOOD[] = {
	{ "P-256", "EC", "P-256", 0, "ec-p256" },
	{ "P-384", "EC", "P-384", 0, "ec-p384" },
	{ "Ed25519", "ED25519", NULL, 0, "ed25519" },
	{ "RSA of 2048 bits", "RSA", NULL, 2048, "rsa-2048" },
};

static EVP_PKEY *
made(const char *type, const char *group, unsigned bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *k = NULL;

	ck_assert_int_gt(EVP_PKEY_keygen_init(ctx), 0);
	if (group != NULL)
		ck_assert_int_gt(EVP_PKEY_CTX_set_group_name(ctx, group), 0);
	if (bits != 0)
		ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx,
		    (int)bits), 0);
	ck_assert_int_gt(EVP_PKEY_generate(ctx, &k), 0);
	EVP_PKEY_CTX_free(ctx);
	return k;
}

START_TEST(a_good_key_has_its_name_and_its_octets)
{
	EVP_PKEY *k = made(GOOD[_i].type, GOOD[_i].group, GOOD[_i].bits);
	EVP_PKEY *back = NULL;
	struct blob spki = { 0 };
	const char *name;

	ca_spki(k, &spki);
	unit_ok(key_check(span_blob(&spki), &name, &back, &unit_err));
	ck_assert_str_eq(name, GOOD[_i].algorithm);
	ck_assert_int_eq(EVP_PKEY_eq(k, back), 1);
	EVP_PKEY_free(back);
	EVP_PKEY_free(k);
	blob_done(&spki);
}
END_TEST

START_TEST(the_identifier_is_of_the_bits_alone)
{
	struct blob spki = { 0 };
	EVP_PKEY *k = ca_key(CA_KEY);
	unsigned char id[KEY_ID_OCTETS];
	struct sha256 want;
	struct span bits;

	ca_spki(k, &spki);
	unit_ok(key_bits(span_blob(&spki), &bits, &unit_err));
	ck_assert_uint_eq(bits.n, 65);
	want = sha256_of(bits.p, bits.n);
	unit_ok(key_id(span_blob(&spki), id, &unit_err));
	ck_assert_mem_eq(id, want.o, sizeof(id));
	EVP_PKEY_free(k);
	blob_done(&spki);
}
END_TEST

/* An RSA key of these numbers, fit or not. */
static void
rsa_spki(const BIGNUM *n, const char *e, struct blob *ret)
{
	unsigned char octets[1024];
	struct blob key = { 0 };
	BIGNUM *exponent = NULL;
	struct der w;
	int len;

	der_init(&w, &key, &unit_err);
	unit_ok(der_open(&w, DER_SEQUENCE));
	len = BN_bn2bin(n, octets);
	unit_ok(der_uint(&w, span_of(octets, (size_t)len)));
	BN_hex2bn(&exponent, e);
	len = BN_bn2bin(exponent, octets);
	unit_ok(der_uint(&w, span_of(octets, (size_t)len)));
	BN_free(exponent);
	unit_ok(der_close(&w));
	der_init(&w, ret, &unit_err);
	unit_ok(der_open(&w, DER_SEQUENCE));
	unit_ok(der_open(&w, DER_SEQUENCE));
	unit_ok(oid_put(&w, OID_RSA_KEY));
	unit_ok(der_null(&w));
	unit_ok(der_close(&w));
	unit_ok(der_bits(&w, span_blob(&key)));
	unit_ok(der_close(&w));
	blob_done(&key);
}

/* A modulus whose remainders are those of CVE-2017-15361: a power of 65537
 * modulo the product of the primes to 167, plus a multiple of it. */
static BIGNUM *
roca_modulus(unsigned power, int bits)
{
	BIGNUM *m = BN_new(), *n = BN_new(), *k = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	unsigned p, d;

	BN_one(m);
	BN_one(n);
	for (p = 2; p <= 167; p++) {
		for (d = 2; d < p && p % d != 0; d++)
			;
		if (d == p)
			BN_mul_word(m, p);
	}
	while (power-- > 0) {
		BN_mul_word(n, 65537);
		BN_mod(n, n, m, ctx);
	}
	BN_one(k);
	BN_lshift(k, k, bits - BN_num_bits(m));
	BN_mul(k, k, m, ctx);
	BN_add(n, n, k);
	BN_free(m);
	BN_free(k);
	BN_CTX_free(ctx);
	return n;
}

static const struct { const char *why; int bits; const char *e;
    unsigned char last; enum err_code code; const char *says; } RSA_BAD[] = {
	{ "too small", 2047, "10001", 1, EDENIED, "at least 2048" },
	{ "far too small", 1024, "10001", 1, EDENIED, "at least 2048" },
	{ "another size", 2050, "10001", 1, EDENIED, "none of 2048" },
	{ "an even exponent", 2048, "10000", 1, EDENIED, "RFC 8017, 3.1" },
	{ "exponent 1", 2048, "1", 1, EDENIED, "below 65537 (FIPS 186-5, 5.4)" },
	{ "exponent 3", 2048, "3", 1, EDENIED, "below 65537 (FIPS 186-5, 5.4)" },
	{ "exponent 65535", 2048, "ffff", 1, EDENIED, "below 65537 (FIPS 186-5, 5.4)" },
	{ "a huge exponent", 2048, "1000000000000000000000000000000000000000000000000000000000000000001", 1, EDENIED, "2^256 or above (FIPS 186-5, 5.4)" },
	{ "the least exponent that is too large", 2048, "10000000000000000000000000000000000000000000000000000000000000001", 1, EDENIED, "2^256 or above" },
	{ "an even modulus", 2048, "10001", 0, EDENIED, "modulus is even" },
};

START_TEST(a_weak_rsa_key_is_refused_by_its_rule)
{
	struct blob spki = { 0 };
	BIGNUM *n = BN_new();
	const char *name;

	BN_one(n);
	BN_lshift(n, n, RSA_BAD[_i].bits - 1);
	BN_add_word(n, RSA_BAD[_i].last);
	rsa_spki(n, RSA_BAD[_i].e, &spki);
	unit_fails(key_check(span_blob(&spki), &name, NULL, &unit_err),
	    RSA_BAD[_i].code);
	ck_assert_msg(strstr(unit_err.what, RSA_BAD[_i].says) != NULL, "%s",
	    unit_err.what);
	BN_free(n);
	blob_done(&spki);
}
END_TEST

/* A prime of so many bits, its two highest set, as key generation has it. */
static BIGNUM *
prime_of(int bits)
{
	BIGNUM *p = BN_new();

	ck_assert_int_eq(BN_generate_prime_ex(p, bits, 0, NULL, NULL, NULL), 1);
	return p;
}

static void
refused_for(const BIGNUM *n, const char *says)
{
	struct blob spki = { 0 };
	const char *name;

	ck_assert_int_eq(BN_num_bits(n), 2048);
	rsa_spki(n, "10001", &spki);
	unit_fails(key_check(span_blob(&spki), &name, NULL, &unit_err),
	    EDENIED);
	ck_assert_msg(strstr(unit_err.what, says) != NULL, "%s", unit_err.what);
	blob_done(&spki);
}

static const struct { const char *why; BN_ULONG factor; int bits; } SMALL[] = {
	{ "the least odd one", 3, 2 }, { "five", 5, 3 },
	{ "the greatest that NIST SP 800-89 names", 751, 10 },
	{ "the greatest below 2^16", 65521, 16 }, { "behind 2^20", 1048583, 20 },
	{ "the greatest below 2^21", 2097143, 21 },
};

START_TEST(a_small_factor_is_found)
{
	BIGNUM *n = NULL;

	do {
		BN_free(n);
		n = prime_of(2048 - SMALL[_i].bits);
		BN_mul_word(n, SMALL[_i].factor);
	} while (BN_num_bits(n) != 2048);
	refused_for(n, "a factor below 2^21 (NIST SP 800-89, 5.3.3)");
	BN_free(n);
}
END_TEST

static const struct { const char *why; int power, bits; } POWERS[] = {
	{ "a prime", 1, 2048 }, { "the cube of one", 3, 683 },
	{ "a higher power", 5, 410 },
};

START_TEST(a_prime_and_its_powers_are_no_modulus)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new(), *p = NULL;

	do {
		BN_free(p);
		p = prime_of(POWERS[_i].bits);
		BN_one(n);
		for (int i = 0; i < POWERS[_i].power; i++)
			BN_mul(n, n, p, ctx);
	} while (BN_num_bits(n) != 2048);
	refused_for(n, "no product of two primes (NIST SP 800-89, 5.3.3)");
	BN_free(n);
	BN_free(p);
	BN_CTX_free(ctx);
}
END_TEST

static const struct { const char *why; int apart; } CLOSE[] = {
	{ "twice the same", -1 }, { "the next prime", 0 },
	{ "a tenth of the bits apart", 100 },
	{ "half of the bits apart", 500 },
};

START_TEST(primes_that_are_close_are_found)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = prime_of(1024), *q = BN_dup(p), *d = BN_new();

	if (CLOSE[_i].apart >= 0) {
		BN_one(d);
		BN_lshift(d, d, CLOSE[_i].apart);
		BN_add(q, q, d);
		BN_set_bit(q, 0);
		do
			BN_add_word(q, 2);
		while (BN_check_prime(q, ctx, NULL) != 1);
	}
	BN_mul(d, p, q, ctx);
	refused_for(d, "close to each other (FIPS 186-5, A.1.1; CVE-2022-26320)");
	BN_free(p);
	BN_free(q);
	BN_free(d);
	BN_CTX_free(ctx);
}
END_TEST

/* n is a^2 - b^2, which the @round-th step from its root finds: there b^2 is just
 * below 2a * round. */
static bool
found_in(unsigned round)
{
	BIGNUM *a = BN_new(), *b = BN_new(), *n = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	unsigned char octets[300];
	bool found;

	BN_set_bit(b, 515);
	BN_sqr(b, b, ctx);
	BN_copy(a, b);
	BN_div_word(a, 2 * round);
	BN_add_word(a, 1 << 20);
	BN_sqr(n, a, ctx);
	BN_sub(n, n, b);
	unit_ok(key_close_primes(span_of(octets, (size_t)BN_bn2bin(n, octets)),
	    &found, &unit_err));
	BN_free(a);
	BN_free(b);
	BN_free(n);
	BN_CTX_free(ctx);
	return found;
}

START_TEST(close_primes_are_looked_for_a_hundred_times)
{
	ck_assert(found_in(1));
	ck_assert(found_in(2));
	ck_assert(found_in(100));
	ck_assert(!found_in(101));
}
END_TEST

START_TEST(exponents_of_fips_186_and_2048_bits_are_enough)
{
	static const char *const E[] = { "10001", "ffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffffffffff" };
	BIGNUM *n = prime_of(1024), *q = prime_of(1024);
	BN_CTX *ctx = BN_CTX_new();
	struct blob spki = { 0 };
	const char *name;

	BN_mul(n, n, q, ctx);
	BN_free(q);
	BN_CTX_free(ctx);
	for (size_t i = 0; i < NELEM(E); i++) {
		blob_clear(&spki);
		rsa_spki(n, E[i], &spki);
		unit_ok(key_check(span_blob(&spki), &name, NULL, &unit_err));
	}
	BN_free(n);
	blob_done(&spki);
}
END_TEST

START_TEST(a_key_of_cve_2017_15361_is_recognised)
{
	BIGNUM *n = roca_modulus(12345, 2048);
	unsigned char octets[256];

	refused_for(n, "CVE-2017-15361");
	BN_add_word(n, 2);
	ck_assert(!key_is_roca(span_of(octets, (size_t)BN_bn2bin(n, octets))));
	BN_free(n);
}
END_TEST

static const struct { const char *why; size_t at; unsigned char change;
    enum err_code code; const char *says; } EC_BAD[] = {
	{ "a point that is not on the curve", 90, 1, EDENIED, "not on its curve" },
	{ "a compressed point's mark", 26, 6, EDENIED, "uncompressed" },
	{ "unused bits", 25, 1, EINPUT, "whole octets" },
	{ "another curve", 22, 1, EDENIED, "neither P-256" },
	{ "another algorithm", 12, 3, EDENIED, "none of EC" },
	{ "an algorithm that is no OID", 4, 1, EINPUT, "tag" },
	{ "a length that is too long", 1, 1, EINPUT, "cut off" },
	{ "a length that is too short", 1, 0x80 ^ 0x59 ^ 0x58, EINPUT, "" },
};

START_TEST(a_bad_ec_key_is_refused_by_its_rule)
{
	struct blob spki = { 0 };
	EVP_PKEY *k = ca_key(CA_KEY);
	const char *name;

	ca_spki(k, &spki);
	spki.data[EC_BAD[_i].at] ^= EC_BAD[_i].change;
	if (strcmp(EC_BAD[_i].says, "cut off") == 0)
		spki.len--;
	unit_fails(key_check(span_blob(&spki), &name, NULL, &unit_err),
	    EC_BAD[_i].code);
	ck_assert_msg(strstr(unit_err.what, EC_BAD[_i].says) != NULL, "%s",
	    unit_err.what);
	EVP_PKEY_free(k);
	blob_done(&spki);
}
END_TEST

START_TEST(a_key_has_a_bound)
{
	static const unsigned char big[1025] = { 0x30 };
	const char *name;

	unit_fails(key_algorithm(span_of(big, 1025), &name, &unit_err),
	    ETOOBIG);
	unit_fails(key_algorithm(span_of(big, 1024), &name, &unit_err),
	    EINPUT);
}
END_TEST

UNIT_MAIN("ca/key",
	UNIT_ROWS(a_good_key_has_its_name_and_its_octets, GOOD)
	UNIT(the_identifier_is_of_the_bits_alone)
	UNIT_ROWS(a_weak_rsa_key_is_refused_by_its_rule, RSA_BAD)
	UNIT_ROWS(a_small_factor_is_found, SMALL)
	UNIT_ROWS(primes_that_are_close_are_found, CLOSE)
	UNIT_ROWS(a_prime_and_its_powers_are_no_modulus, POWERS)
	UNIT(close_primes_are_looked_for_a_hundred_times)
	UNIT(exponents_of_fips_186_and_2048_bits_are_enough)
	UNIT(a_key_of_cve_2017_15361_is_recognised)
	UNIT_ROWS(a_bad_ec_key_is_refused_by_its_rule, EC_BAD)
	UNIT(a_key_has_a_bound))
