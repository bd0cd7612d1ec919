#include "config.h"

#include <pthread.h>

#include "base/sha256.h"
#include "tests/unit/unit.h"

/* FIPS 180-4 examples. */
static const struct {
	const char	*why;
	const char	*text;
	const char	*hex;
} KNOWN[] = {
	{ "nothing", "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	},
	{ "one block", "abc",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	},
	{ "two blocks",
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
	},
};

START_TEST(it_is_the_hash_of_fips_180_4)
{
	struct sha256 h = sha256_of(KNOWN[_i].text, strlen(KNOWN[_i].text));
	char hex[SHA256_HEX];

	sha256_hex(&h, hex);
	ck_assert_str_eq(hex, KNOWN[_i].hex);
}
END_TEST

START_TEST(two_parts_are_one_buffer)
{
	size_t i, n = strlen(KNOWN[_i].text);
	struct sha256 h = sha256_of(KNOWN[_i].text, n), two;

	for (i = 0; i <= n; i++) {
		two = sha256_of2(KNOWN[_i].text, i, KNOWN[_i].text + i, n - i);
		ck_assert(sha256_equal(&h, &two));
	}
}
END_TEST

START_TEST(its_text_comes_back)
{
	struct sha256 h = { { 0 } };

	ck_assert(sha256_is_zero(&h));
	unit_ok(sha256_parse(KNOWN[1].hex, &h, &unit_err));
	ck_assert(!sha256_is_zero(&h));
	ck_assert_uint_eq(h.o[0], 0xba);
	unit_fails(sha256_parse("ba78", &h, &unit_err), EINPUT);
	unit_fails(sha256_parse("BA7816BF8F01CFEA414140DE5DAE2223"
	    "B00361A396177A9CB410FF61F20015AD", &h, &unit_err), EINPUT);
}
END_TEST

static void *
hash_much(void *arg)
{
	struct sha256 h = { { 0 } };
	int i;

	for (i = 0; i < 2000; i++)
		h = sha256_of(h.o, sizeof(h.o));
	memcpy(arg, &h, sizeof(h));
	return NULL;
}

START_TEST(threads_do_not_disturb_each_other)
{
	struct sha256 h[4];
	pthread_t t[4];
	size_t i;

	for (i = 0; i < NELEM(t); i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, hash_much,
		    &h[i]), 0);
	for (i = 0; i < NELEM(t); i++)
		ck_assert_int_eq(pthread_join(t[i], NULL), 0);
	for (i = 1; i < NELEM(t); i++)
		ck_assert(sha256_equal(&h[0], &h[i]));
}
END_TEST

UNIT_MAIN("base/sha256",
	UNIT_ROWS(it_is_the_hash_of_fips_180_4, KNOWN)
	UNIT_ROWS(two_parts_are_one_buffer, KNOWN)
	UNIT(its_text_comes_back)
	UNIT(threads_do_not_disturb_each_other))
