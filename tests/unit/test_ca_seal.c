#include "config.h"

#include "tests/unit/ca.h"

static const struct { const char *scheme, *type, *group; } SCHEMES[] = {
	{ "ecdsa-sha256", "EC", "P-256" }, { "ecdsa-sha384", "EC", "P-384" },
	{ "rsa-pss-sha256", "RSA", NULL }, { "rsa-pkcs1-sha256", "RSA", NULL },
	{ "ed25519", "ED25519", NULL },
};

static EVP_PKEY *
made(size_t i)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, SCHEMES[i].type,
	    NULL);
	EVP_PKEY *k = NULL;

	ck_assert_int_gt(EVP_PKEY_keygen_init(ctx), 0);
	if (SCHEMES[i].group != NULL)
		ck_assert_int_gt(EVP_PKEY_CTX_set_group_name(ctx,
		    SCHEMES[i].group), 0);
	ck_assert_int_gt(EVP_PKEY_generate(ctx, &k), 0);
	EVP_PKEY_CTX_free(ctx);
	return k;
}

/* A certificate by each scheme: we verify it, and OpenSSL does. */
START_TEST(what_is_sealed_verifies_here_and_in_openssl)
{
	AUTO(profile) *p = ca_profile("root");
	AUTO_JSON *parameters = ca_json("{'subject':" CA_ROOT_NAME "}");
	struct blob spki = { 0 }, tbs = { 0 }, sig = { 0 }, whole = { 0 };
	struct draft_ask ask = { .profile = p, .parameters = parameters,
	    .scheme = SCHEMES[_i].scheme, .serial = { CA_SERIAL, 16 },
	    .not_before = CA_TIME };
	EVP_PKEY *k = made((size_t)_i), *subject = ca_key(CA_KEY);
	const unsigned char *at;
	struct cert c;
	X509 *x;

	ca_spki(subject, &spki);
	ask.spki = span_blob(&spki);
	unit_ok(draft_tbs(&ask, &tbs, &unit_err));
	unit_ok(seal_sign(span_blob(&tbs), k, NULL, ask.scheme, &sig,
	    &unit_err));
	unit_ok(seal_assemble(span_blob(&tbs), ask.scheme, span_blob(&sig),
	    &whole, &unit_err));
	unit_ok(cert_read(whole.data, whole.len, &c, &unit_err));
	unit_ok(seal_verify(c.tbs.whole, c.algorithm, c.signature, k,
	    &unit_err));
	ck_assert_str_eq(seal_scheme(c.algorithm), ask.scheme);
	at = whole.data;
	x = d2i_X509(NULL, &at, (long)whole.len);
	ck_assert_int_eq(X509_verify(x, k), 1);
	tbs.data[20] ^= 1;
	unit_fails(seal_verify(span_blob(&tbs), c.algorithm, c.signature, k,
	    &unit_err), EVERIFY);
	unit_fails(seal_verify(c.tbs.whole, seal_algorithm(_i == 4 ?
	    "ecdsa-sha256" : "ed25519"), c.signature, k, &unit_err), EVERIFY);
	X509_free(x);
	EVP_PKEY_free(k);
	EVP_PKEY_free(subject);
	blob_done(&spki);
	blob_done(&tbs);
	blob_done(&sig);
	blob_done(&whole);
}
END_TEST

START_TEST(other_schemes_are_none)
{
	static const unsigned char SHA1[] = "\x30\x09\x06\x07\x2a\x86\x48\xce"
	    "\x3d\x04\x01";
	struct blob b = { 0 };
	EVP_PKEY *k = ca_key(CA_KEY);
	struct span x = span_of("x", 1);

	ck_assert_uint_eq(seal_algorithm("ecdsa-sha1").n, 0);
	ck_assert_ptr_null(seal_scheme(span_of(SHA1, 11)));
	unit_fails(seal_assemble(x, "none", x, &b, &unit_err), EINPUT);
	unit_fails(seal_sign(x, k, NULL, "none", &b, &unit_err), EINPUT);
	unit_fails(seal_sign(x, k, NULL, "ed25519", &b, &unit_err), EINPUT);
	unit_fails(seal_verify(x, span_of(SHA1, 11), x, k, &unit_err),
	    EINPUT);
	ck_assert_uint_eq(b.len, 0);
	EVP_PKEY_free(k);
	blob_done(&b);
}
END_TEST

START_TEST(nothing_stands_behind_what_is_sealed)
{
	struct blob b = { 0 };
	struct span t, a, s;

	unit_ok(seal_assemble(span_of("\x30\x00", 2), "ed25519",
	    span_of("x", 1), &b, &unit_err));
	unit_ok(seal_read(span_blob(&b), "it", &t, &a, &s, &unit_err));
	ck_assert_uint_eq(s.n, 1);
	unit_ok(blob_put(&b, "", 1, &unit_err));
	unit_fails(seal_read(span_blob(&b), "it", &t, &a, &s, &unit_err),
	    EINPUT);
	blob_done(&b);
}
END_TEST

UNIT_MAIN("ca/seal",
	UNIT_ROWS(what_is_sealed_verifies_here_and_in_openssl, SCHEMES)
	UNIT(other_schemes_are_none)
	UNIT(nothing_stands_behind_what_is_sealed))
