#include "config.h"

#include <openssl/rsa.h>
#include "tests/unit/ballot.h"
#include "policy/genesis.h"

/* --- keys that officers may have --- */

static const struct {
	const char	*why, *algorithm, *curve;
	size_t		 bits;
} KEYS[] = {
	{ "P-256", "EC", "P-256", 0 },
	{ "P-384", "EC", "P-384", 0 },
	{ "Ed25519", "ED25519", NULL, 0 },
	{ "RSA of 3072 bits", "RSA", NULL, 3072 },
};
static const struct {
	const char	*why, *algorithm, *curve;
	size_t		 bits;
} WEAK[] = {
	{ "RSA of 2048 bits", "RSA", NULL, 2048 },
	{ "a curve of 224 bits", "EC", "P-224", 0 },
	{ "a curve that nobody asked for", "EC", "secp256k1", 0 },
	{ "Ed448", "ED448", NULL, 0 },
	{ "a key that cannot sign", "X25519", NULL, 0 },
};

static EVP_PKEY *
key_of(const char *algorithm, const char *curve, size_t bits)
{
	EVP_PKEY *k = bits > 0 ? EVP_RSA_gen((unsigned)bits) :
	    curve != NULL ? EVP_EC_gen(curve) :
	    EVP_PKEY_Q_keygen(NULL, NULL, algorithm);

	ck_assert_ptr_nonnull(k);
	return k;
}

static const char WORDS[] = "what is signed";

START_TEST(a_signature_verifies_for_its_words_only)
{
	EVP_PKEY *k = key_of(KEYS[_i].algorithm, KEYS[_i].curve,
	    KEYS[_i].bits);
	EVP_PKEY *other = key_of(KEYS[_i].algorithm, KEYS[_i].curve,
	    KEYS[_i].bits);
	struct blob sig = { 0 }, spki = { 0 }, theirs = { 0 };

	unit_ok(proof_spki_of(k, &spki, &unit_err));
	unit_ok(proof_spki_of(other, &theirs, &unit_err));
	unit_ok(proof_spki_check(spki.data, spki.len, &unit_err));
	unit_ok(proof_sign(k, WORDS, sizeof(WORDS), &sig, &unit_err));
	unit_ok(proof_verify(spki.data, spki.len, WORDS, sizeof(WORDS),
	    sig.data, sig.len, &unit_err));
	unit_fails(proof_verify(spki.data, spki.len, WORDS, sizeof(WORDS) - 1,
	    sig.data, sig.len, &unit_err), EPROOF);
	unit_fails(proof_verify(theirs.data, theirs.len, WORDS, sizeof(WORDS),
	    sig.data, sig.len, &unit_err), EPROOF);
	unit_fails(proof_verify(spki.data, spki.len, WORDS, sizeof(WORDS),
	    sig.data, sig.len - 1, &unit_err), EPROOF);
	unit_fails(proof_verify(spki.data, spki.len, WORDS, sizeof(WORDS),
	    sig.data, 0, &unit_err), EPROOF);
	sig.data[sig.len / 2] ^= 1;
	unit_fails(proof_verify(spki.data, spki.len, WORDS, sizeof(WORDS),
	    sig.data, sig.len, &unit_err), EPROOF);
	blob_done(&sig);
	blob_done(&spki);
	blob_done(&theirs);
	EVP_PKEY_free(k);
	EVP_PKEY_free(other);
}
END_TEST

START_TEST(a_weak_or_strange_key_is_refused)
{
	EVP_PKEY *k = key_of(WEAK[_i].algorithm, WEAK[_i].curve,
	    WEAK[_i].bits);
	struct blob sig = { 0 }, spki = { 0 };

	unit_ok(proof_spki_of(k, &spki, &unit_err));
	unit_fails(proof_spki_check(spki.data, spki.len, &unit_err), EINPUT);
	unit_fails(proof_sign(k, WORDS, sizeof(WORDS), &sig, &unit_err),
	    EINPUT);
	unit_fails(proof_verify(spki.data, spki.len, WORDS, sizeof(WORDS),
	    "x", 1, &unit_err), EINPUT);
	ck_assert_uint_eq(sig.len, 0);
	blob_done(&spki);
	EVP_PKEY_free(k);
}
END_TEST

/* RFC 8017: 8.2 (salt 0 here), and 8.1 with another salt, are not ours. */
static const int RSA_SALTS[] = { 0, 20, 48 };

START_TEST(rsa_is_pss_with_a_salt_of_32)
{
	EVP_PKEY *k = EVP_RSA_gen(3072);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;
	unsigned char sig[384];
	size_t n = sizeof(sig);
	struct blob spki = { 0 };

	unit_ok(proof_spki_of(k, &spki, &unit_err));
	ck_assert_int_eq(EVP_DigestSignInit(md, &ctx, EVP_sha256(), NULL, k),
	    1);
	if (RSA_SALTS[_i] > 0) {
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_SALTS[_i]);
	}
	ck_assert_int_eq(EVP_DigestSign(md, sig, &n,
	    (const unsigned char *)WORDS, sizeof(WORDS)), 1);
	unit_fails(proof_verify(spki.data, spki.len, WORDS, sizeof(WORDS), sig,
	    n, &unit_err), EPROOF);
	blob_done(&spki);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(k);
}
END_TEST

START_TEST(a_public_key_has_one_spelling)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	struct blob spki = { 0 };

	unit_ok(proof_spki_of(k, &spki, &unit_err));
	unit_ok(blob_put(&spki, "", 1, &unit_err));
	unit_fails(proof_spki_check(spki.data, spki.len, &unit_err), EINPUT);
	unit_fails(proof_spki_check(spki.data, spki.len - 2, &unit_err),
	    EINPUT);
	unit_fails(proof_spki_check("", 0, &unit_err), EINPUT);
	blob_done(&spki);
	EVP_PKEY_free(k);
}
END_TEST

/*
 * SEC 1, 2.3.3: the same point in another form would be the same key by
 * another name, and one officer could be listed as two.
 */
START_TEST(a_point_has_one_form)
{
	static const unsigned char HEAD[] = { 0x30, 0x39, 0x30, 0x13, 0x06,
	    0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
	    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x22, 0x00 };
	EVP_PKEY *k = EVP_EC_gen("P-256");
	struct blob spki = { 0 }, short_form = { 0 };
	unsigned char *point, sign;

	unit_ok(proof_spki_of(k, &spki, &unit_err));
	ck_assert_uint_eq(spki.len, 91);
	point = spki.data + 91 - 65;
	sign = point[64] & 1;
	/* Compressed: 0x02 or 0x03 and x alone. */
	unit_ok(blob_put(&short_form, HEAD, sizeof(HEAD), &unit_err));
	unit_ok(blob_put(&short_form, sign ? "\3" : "\2", 1, &unit_err));
	unit_ok(blob_put(&short_form, point + 1, 32, &unit_err));
	unit_fails(proof_spki_check(short_form.data, short_form.len,
	    &unit_err), EINPUT);
	/* Hybrid: x and y, and the sign of y once more. */
	point[0] = sign ? 0x07 : 0x06;
	unit_fails(proof_spki_check(spki.data, spki.len, &unit_err), EINPUT);
	point[0] = 0x04;
	unit_ok(proof_spki_check(spki.data, spki.len, &unit_err));
	blob_done(&spki);
	blob_done(&short_form);
	EVP_PKEY_free(k);
}
END_TEST

static const struct {
	const char	*why, *pem;
} PEM[] = {
	{ "nothing", "" },
	{ "no PEM", "ssh-ed25519 AAAA" },
	{ "a private key", "-----BEGIN PRIVATE KEY-----\n"
	    "MC4CAQAwBQYDK2VwBCIEIHcHbQpzGKV9PBbBclGyZkXfTC+H68CZKrF3+6UduSwq\n"
	    "-----END PRIVATE KEY-----\n" },
	{ "a certificate", "-----BEGIN CERTIFICATE-----\nMAAw\n"
	    "-----END CERTIFICATE-----\n" },
	{ "a broken one", "-----BEGIN PUBLIC KEY-----\nMFkwEw\n"
	    "-----END PUBLIC KEY-----\n" },
};

START_TEST(a_pem_file_holds_one_public_key)
{
	struct blob spki = { 0 };

	unit_fails(proof_spki_from_pem(PEM[_i].pem, strlen(PEM[_i].pem),
	    &spki, &unit_err), EINPUT);
	ck_assert_uint_eq(spki.len, 0);
	blob_done(&spki);
}
END_TEST

/* --- genesis --- */

static struct genesis *
genesis_of(const struct charter *c)
{
	struct sha256 h = charter_hash(c);
	AUTO_JSON *token = json_text("{'label':'t','manufacturer':'m',"
	    "'model':'x','serial':'1'}"), *j = NULL;
	struct blob a = { 0 }, b = { 0 };
	struct genesis *g = NULL;

	unit_ok(proof_spki_of(officer_key[0], &a, &unit_err));
	unit_ok(proof_spki_of(officer_key[1], &b, &unit_err));
	unit_ok(genesis_build(HOUSE, NOW, &h, a.data, a.len, b.data, b.len,
	    token, &j, &unit_err));
	unit_ok(genesis_read(j, &g, &unit_err));
	blob_done(&a);
	blob_done(&b);
	return g;
}

START_TEST(officers_sign_the_genesis)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO(genesis) *g = genesis_of(c);
	AUTO_JSON *good = NULL, *other = NULL;
	struct sha256 h;

	unit_ok(json_hash(g->json, &h, &unit_err));
	ck_assert(sha256_equal(&h, &g->fingerprint));
	unit_ok(genesis_sign(g, officer_id[0], officer_key[0], &good,
	    &unit_err));
	unit_ok(genesis_signature_check(g, c, good, &unit_err));
	/* officer-2's signature in officer-1's name. */
	unit_ok(genesis_sign(g, officer_id[0], officer_key[1], &other,
	    &unit_err));
	unit_fails(genesis_signature_check(g, c, other, &unit_err), EPROOF);
	/* Good words, and another's signature under them. */
	json_object_set(other, "credential", json_object_get(good,
	    "credential"));
	unit_fails(genesis_signature_check(g, c, other, &unit_err), EPROOF);
	json_object_set_new(good, "officer", json_string("mallory"));
	unit_fails(genesis_signature_check(g, c, good, &unit_err), EPROOF);
	json_object_del(good, "officer");
	unit_fails(genesis_signature_check(g, c, good, &unit_err), ESCHEMA);
}
END_TEST

START_TEST(a_genesis_is_of_one_charter)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO(charter) *d = charter_but("roster", "groups", "release-leads",
	    "['release-lead','officer-1']");
	AUTO(genesis) *g = genesis_of(c);
	AUTO_JSON *s = NULL;

	unit_ok(genesis_sign(g, officer_id[0], officer_key[0], &s,
	    &unit_err));
	unit_fails(genesis_signature_check(g, d, s, &unit_err), EPROOF);
}
END_TEST

static const struct {
	const char	*why, *member, *value;
	enum err_code	 code;
} GENESES[] = {
	{ "another format", "format", "'claviger/genesis/v2'", ESCHEMA },
	{ "no house", "house", "'req_1'", EINPUT },
	{ "no charter", "charter", "'x'", ERANGE_ },
	{ "no time", "created", "'2026-11-21T08:00:00+00:00zz'", EINPUT },
	{ "no key", "keeper_key", "'AAAA'", EINPUT },
	{ "no key at all", "ledger_key", NULL, ESCHEMA },
	{ "a token without a serial", "token", "{'label':'t',"
	    "'manufacturer':'m','model':'x'}", ESCHEMA },
	{ "a member too many", "note", "1", ESCHEMA },
};

START_TEST(a_genesis_is_read_or_refused)
{
	AUTO(charter) *c = charter_shipped("quickstart");
	AUTO(genesis) *g = genesis_of(c);
	AUTO_JSON *j = json_deep_copy(g->json);
	struct genesis *no = NULL;
	struct err e = { 0 };
	int rc;

	if (GENESES[_i].value == NULL)
		json_object_del(j, GENESES[_i].member);
	else
		json_object_set_new(j, GENESES[_i].member,
		    json_text(GENESES[_i].value));
	rc = genesis_read(j, &no, &e);
	ck_assert_msg(rc == -(int)GENESES[_i].code, "%s: %s (%s)",
	    GENESES[_i].why, err_code_name(e.code), e.what);
	ck_assert_ptr_null(no);
}
END_TEST

UNIT_MAIN("policy/proof",
	UNIT_ROWS(a_signature_verifies_for_its_words_only, KEYS)
	UNIT_ROWS(a_weak_or_strange_key_is_refused, WEAK)
	UNIT_ROWS(rsa_is_pss_with_a_salt_of_32, RSA_SALTS)
	UNIT(a_public_key_has_one_spelling)
	UNIT(a_point_has_one_form)
	UNIT_ROWS(a_pem_file_holds_one_public_key, PEM)
	UNIT(officers_sign_the_genesis)
	UNIT(a_genesis_is_of_one_charter)
	UNIT_ROWS(a_genesis_is_read_or_refused, GENESES))
