/* Keys that are known to others: shared primes, and lists. */
#include "config.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "ca/badkeys.h"
#include "ca/key.h"
#include "ca/primes.h"
#include "tests/unit/ca.h"

/* Products of two of these; small, but that is nothing to it. */
static BIGNUM *prime[6];

static void
primes_make(void)
{
	for (size_t i = 0; i < NELEM(prime); i++) {
		prime[i] = BN_new();
		ck_assert_int_eq(BN_generate_prime_ex(prime[i], i < 4 ? 256 :
		    384, 0, NULL, NULL, NULL), 1);
	}
}

static void
primes_drop(void)
{
	for (size_t i = 0; i < NELEM(prime); i++)
		BN_free(prime[i]);
}

static struct span
product(size_t i, size_t j, unsigned char octets[128])
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new();
	int len;

	ck_assert_int_eq(BN_mul(n, prime[i], prime[j], ctx), 1);
	len = BN_bn2bin(n, octets);
	BN_free(n);
	BN_CTX_free(ctx);
	return span_of(octets, (size_t)len);
}

static void
add(struct primes *p, size_t i, size_t j)
{
	unsigned char n[128];

	unit_ok(primes_add(p, product(i, j, n), &unit_err));
}

static bool
shared(const struct primes *p, size_t i, size_t j)
{
	unsigned char n[128];
	bool is;

	unit_ok(primes_shared(p, product(i, j, n), false, &is, &unit_err));
	return is;
}

START_TEST(a_prime_of_another_is_found)
{
	AUTO(primes) *p = NULL;

	primes_make();
	unit_ok(primes_new(&p, &unit_err));
	ck_assert(!shared(p, 0, 1));
	add(p, 0, 1);
	ck_assert(!shared(p, 2, 3));
	ck_assert(shared(p, 0, 2));
	ck_assert(shared(p, 2, 1));
	ck_assert(shared(p, 0, 1));
	/* Of larger and smaller ones, too. */
	ck_assert(shared(p, 0, 4));
	ck_assert(!shared(p, 4, 5));
	add(p, 3, 4);
	ck_assert(shared(p, 3, 2));
	ck_assert(shared(p, 5, 4));
	ck_assert(!shared(p, 2, 5));
	/* One prime with each of two. */
	ck_assert(shared(p, 1, 3));
	primes_drop();
}
END_TEST

static bool
shared_besides(const struct primes *p, size_t i, size_t j)
{
	unsigned char n[128];
	bool is;

	unit_ok(primes_shared(p, product(i, j, n), true, &is, &unit_err));
	return is;
}

START_TEST(what_is_known_is_compared_with_all_others)
{
	AUTO(primes) *p = NULL;

	primes_make();
	unit_ok(primes_new(&p, &unit_err));
	add(p, 0, 1);
	ck_assert(!shared_besides(p, 0, 1));
	add(p, 2, 3);
	ck_assert(!shared_besides(p, 0, 1));
	add(p, 1, 2);
	ck_assert(shared_besides(p, 0, 1));
	/* The same modulus in another key. */
	add(p, 4, 5);
	add(p, 4, 5);
	ck_assert(shared_besides(p, 4, 5));
	primes_drop();
}
END_TEST

START_TEST(the_oldest_of_too_many_go)
{
	AUTO(primes) *p = NULL;
	const unsigned char three[1] = { 3 };

	primes_make();
	unit_ok(primes_new(&p, &unit_err));
	add(p, 0, 1);
	for (unsigned i = 0; i < PRIMES_MOST - 1; i++)
		unit_ok(primes_add(p, span_of(three, 1), &unit_err));
	ck_assert(shared(p, 0, 2));
	add(p, 3, 4);
	ck_assert(!shared(p, 0, 2));
	ck_assert(shared(p, 3, 2));
	primes_drop();
}
END_TEST

/* ---- lists ---- */

#define HASH	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define PART	"00112233445566778899"

static const struct {
	const char *why, *text;
	size_t n;
	enum err_code code;
} LISTS[] = {
	{ "nothing", "", 0, OK },
	{ "words alone", "# those of 2008\n\n# and none\n", 0, OK },
	{ "both kinds", HASH "\n" PART "\n", 2, OK },
	{ "without an end", "# one\r\n" PART "\r\n" HASH, 2, OK },
	{ "in capitals", "AABBCCDDEEFF00112233\n", 1, OK },
	{ "a digit too few", HASH "\n0011223344556677889\n", 0, EINPUT },
	{ "a digit too many", PART "0\n", 0, EINPUT },
	{ "no digits", "g0112233445566778899\n", 0, EINPUT },
	{ "words behind", PART " # one\n", 0, EINPUT },
};

START_TEST(a_list_is_read_whole_or_not)
{
	AUTO(badkeys) *b = NULL;
	const char *text = LISTS[_i].text;
	int rc = badkeys_read(span_of(text, strlen(text)), &b, &unit_err);

	ck_assert_msg(rc == -(int)LISTS[_i].code, "%s: %s", LISTS[_i].why,
	    rc == 0 ? "" : unit_err.what);
	if (rc == 0)
		ck_assert_uint_eq(badkeys_count(b), LISTS[_i].n);
}
END_TEST

START_TEST(a_list_has_a_bound)
{
	AUTO(badkeys) *b = NULL;
	char *text = malloc(BADKEYS_OCTETS + 1);

	memset(text, '\n', BADKEYS_OCTETS + 1);
	unit_ok(badkeys_read(span_of(text, BADKEYS_OCTETS), &b, &unit_err));
	unit_fails(badkeys_read(span_of(text, BADKEYS_OCTETS + 1), &b,
	    &unit_err), ETOOBIG);
	free(text);
}
END_TEST

static bool
is_listed(const char *text, struct span spki)
{
	AUTO(badkeys) *b = NULL;
	bool is;

	unit_ok(badkeys_read(span_of(text, strlen(text)), &b, &unit_err));
	unit_ok(badkeys_has(b, spki, &is, &unit_err));
	return is;
}

/* As "openssl rsa -modulus" and sha1sum make it. */
static void
blacklist_line(struct span modulus, char ret[64])
{
	BIGNUM *n = BN_bin2bn(modulus.p, (int)modulus.n, NULL);
	char text[1200], *hex = BN_bn2hex(n);
	unsigned char sha1[20];

	snprintf(text, sizeof(text), "Modulus=%s\n", hex);
	ck_assert_int_eq(EVP_Digest(text, strlen(text), sha1, NULL, EVP_sha1(),
	    NULL), 1);
	for (size_t i = 0; i < 10; i++)
		snprintf(ret + 2 * i, 3, "%02x", sha1[10 + i]);
	OPENSSL_free(hex);
	BN_free(n);
}

START_TEST(a_listed_key_is_found)
{
	EVP_PKEY *rsa = EVP_RSA_gen(2048), *ec = EVP_EC_gen("P-256");
	struct blob one = { 0 }, two = { 0 };
	struct span modulus;
	struct sha256 h;
	char hex[SHA256_HEX], line[64], text[200];

	ca_spki(rsa, &one);
	ca_spki(ec, &two);
	unit_ok(key_modulus(span_blob(&two), &modulus, &unit_err));
	ck_assert_uint_eq(modulus.n, 0);
	unit_ok(key_modulus(span_blob(&one), &modulus, &unit_err));
	ck_assert_uint_eq(modulus.n, 256);
	blacklist_line(modulus, line);
	ck_assert(is_listed(line, span_blob(&one)));
	ck_assert(!is_listed(line, span_blob(&two)));
	h = sha256_of(two.data, two.len);
	sha256_hex(&h, hex);
	snprintf(text, sizeof(text), PART "\n%s\n" HASH "\n", hex);
	ck_assert(is_listed(text, span_blob(&two)));
	ck_assert(!is_listed(text, span_blob(&one)));
	ck_assert(!is_listed("", span_blob(&one)));
	blob_done(&one);
	blob_done(&two);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
}
END_TEST

UNIT_MAIN("ca/known keys",
	UNIT(a_prime_of_another_is_found)
	UNIT(what_is_known_is_compared_with_all_others)
	UNIT(the_oldest_of_too_many_go)
	UNIT_ROWS(a_list_is_read_whole_or_not, LISTS)
	UNIT(a_list_has_a_bound)
	UNIT(a_listed_key_is_found))
