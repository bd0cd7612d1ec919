#include "config.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "keyring/pkey.h"
#include "tests/unit/peer.h"

#define THREADS	4

/* One key of each scheme, and how OpenSSL's callers ask for it. */
static const struct {
	const char	*why;
	const char	*scheme;
	const char	*digest;	/* NULL: the message itself */
	int		 pad;		/* what a caller may set; 0: nothing */
	int		 wrong_pad;	/* what must be refused; 0: nothing */
} ROWS[] = {
	{ "P-256 signs SHA-256", "ecdsa-sha256", "SHA256", 0, 0 },
	{ "P-384 signs SHA-384", "ecdsa-sha384", "SHA384", 0, 0 },
	{ "RSA signs by PSS where that is its scheme", "rsa-pss-sha256",
	    "SHA256", RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING },
	{ "RSA signs by PKCS #1 where that is its scheme", "rsa-pkcs1-sha256",
	    "SHA256", RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING },
	{ "Ed25519 signs the message", "ed25519", NULL, 0, 0 },
};

struct fixture {
	struct peer		*peer;
	struct keyring		*ring;
	struct keyring_binding	*binding;
	EVP_PKEY		*public;	/* of the default provider and context */
};

static EVP_PKEY *
fresh(const char *scheme)
{
	if (strcmp(scheme, "ecdsa-sha256") == 0)
		return EVP_EC_gen("P-256");
	if (strcmp(scheme, "ecdsa-sha384") == 0)
		return EVP_EC_gen("P-384");
	if (strcmp(scheme, "ed25519") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	return EVP_RSA_gen(2048);
}

static int
bind_key(struct fixture *f, const char *scheme, const struct blob *spki)
{
	struct sha256 permit = sha256_of("permit", 6);
	AUTO_JSON *op = json_pack("{s:s,s:s,s:s}", "op", "sign", "key",
	    f->peer->scheme[0], "principal", "ci");
	AUTO_JSON *document = json_object();
	struct keyring_bind b = { &permit, document, op, scheme, spki->data,
		spki->len };

	return keyring_bind_key(f->ring, &b, &f->binding, &unit_err);
}

static void
begin(struct fixture *f, const char *scheme)
{
	struct keyring_options o = { 0 };
	struct blob spki = { 0 };
	const unsigned char *p;

	memset(f, 0, sizeof(*f));
	f->peer = peer_new();
	o.socket = f->peer->path;
	unit_ok(keyring_open(&o, &f->ring, &unit_err));
	(void)peer_add_key(f->peer, scheme, fresh(scheme));
	(void)peer_spki(f->peer, 0, &spki);
	p = spki.data;
	f->public = d2i_PUBKEY(NULL, &p, (long)spki.len);
	unit_ok(bind_key(f, scheme, &spki));
	blob_done(&spki);
}

static void
end(struct fixture *f)
{
	EVP_PKEY_free(f->public);
	keyring_binding_free(f->binding);
	keyring_free(f->ring);
	peer_free(f->peer);
}

static size_t
digest_sign(const struct fixture *f, const char *digest, const char *message,
    unsigned char *sig, size_t room)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	size_t n = room;

	if (EVP_DigestSignInit_ex(m, NULL, digest, keyring_libctx(f->binding),
	    NULL, keyring_pkey(f->binding), NULL) != 1 ||
	    EVP_DigestSign(m, sig, &n, (const unsigned char *)message,
	    strlen(message)) != 1)
		n = 0;
	EVP_MD_CTX_free(m);
	return n;
}

/* With the public key alone, and another context: what anyone would do. */
static bool
verifies(EVP_PKEY *key, int row, const char *message,
    const unsigned char *sig, size_t n)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c;
	bool ok = EVP_DigestVerifyInit_ex(m, &c, ROWS[row].digest, NULL, NULL,
	    key, NULL) == 1;

	if (ok && ROWS[row].pad != 0)
		ok = EVP_PKEY_CTX_set_rsa_padding(c, ROWS[row].pad) == 1;
	if (ok && ROWS[row].pad == RSA_PKCS1_PSS_PADDING)
		ok = EVP_PKEY_CTX_set_rsa_pss_saltlen(c, 32) == 1;
	ok = ok && EVP_DigestVerify(m, sig, n, (const unsigned char *)message,
	    strlen(message)) == 1;
	EVP_MD_CTX_free(m);
	return ok;
}

START_TEST(digest_sign_runs_unchanged)
{
	unsigned char sig[1024];
	struct fixture f;
	json_t *entries;
	size_t n;

	begin(&f, ROWS[_i].scheme);
	n = digest_sign(&f, ROWS[_i].digest, "image", sig, sizeof(sig));
	ck_assert_msg(n > 0, "%s", ROWS[_i].why);
	ck_assert(verifies(f.public, _i, "image", sig, n));
	ck_assert(!verifies(f.public, _i, "imagf", sig, n));
	entries = keyring_entries(f.binding);
	ck_assert_uint_eq(json_array_size(entries), 1);
	json_decref(entries);
	ck_assert_ptr_null(keyring_entries(f.binding));
	end(&f);
}
END_TEST

START_TEST(digest_sign_takes_the_message_in_parts_and_a_copied_context)
{
	unsigned char sig[2][1024];
	size_t n[2] = { sizeof(sig[0]), sizeof(sig[1]) };
	EVP_MD_CTX *m = EVP_MD_CTX_new(), *copy = EVP_MD_CTX_new();
	struct fixture f;

	begin(&f, ROWS[_i].scheme);
	if (ROWS[_i].digest != NULL) {
		ck_assert_int_eq(EVP_DigestSignInit_ex(m, NULL,
		    ROWS[_i].digest, keyring_libctx(f.binding), NULL,
		    keyring_pkey(f.binding), NULL), 1);
		ck_assert_int_eq(EVP_DigestSignUpdate(m, "im", 2), 1);
		ck_assert_int_eq(EVP_MD_CTX_copy_ex(copy, m), 1);
		ck_assert_int_eq(EVP_DigestSignUpdate(m, "age", 3), 1);
		ck_assert_int_eq(EVP_DigestSignUpdate(copy, "possible", 8), 1);
		ck_assert_int_eq(EVP_DigestSignFinal(m, sig[0], &n[0]), 1);
		ck_assert_int_eq(EVP_DigestSignFinal(copy, sig[1], &n[1]), 1);
		ck_assert(verifies(f.public, _i, "image", sig[0], n[0]));
		ck_assert(verifies(f.public, _i, "impossible", sig[1], n[1]));
	}
	EVP_MD_CTX_free(m);
	EVP_MD_CTX_free(copy);
	end(&f);
}
END_TEST

START_TEST(pkey_sign_runs_unchanged)
{
	unsigned char digest[64], sig[1024];
	size_t digest_n = 0, n = sizeof(sig);
	struct fixture f;
	EVP_PKEY_CTX *c;

	begin(&f, ROWS[_i].scheme);
	c = EVP_PKEY_CTX_new_from_pkey(keyring_libctx(f.binding),
	    keyring_pkey(f.binding), NULL);
	if (ROWS[_i].digest == NULL) {
		/* OpenSSL 3.0 has no EVP_PKEY_sign for Ed25519 at all. */
		ck_assert_int_ne(EVP_PKEY_sign_init(c), 1);
	} else {
		ck_assert_int_eq(EVP_Q_digest(NULL, ROWS[_i].digest, NULL,
		    "image", 5, digest, &digest_n), 1);
		ck_assert_int_eq(EVP_PKEY_sign_init(c), 1);
		if (ROWS[_i].pad != 0)
			ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(c,
			    ROWS[_i].pad), 1);
		ck_assert_int_eq(EVP_PKEY_sign(c, NULL, &n, digest, digest_n),
		    1);
		ck_assert_uint_ge(n, 64);
		ck_assert_int_eq(EVP_PKEY_sign(c, sig, &n, digest, digest_n),
		    1);
		ck_assert(verifies(f.public, _i, "image", sig, n));
		ck_assert_int_ne(EVP_PKEY_sign(c, sig, &n, digest,
		    digest_n - 1), 1);
	}
	EVP_PKEY_CTX_free(c);
	end(&f);
}
END_TEST

START_TEST(another_digest_or_padding_is_refused)
{
	unsigned char sig[1024];
	const char *other = ROWS[_i].digest == NULL ? "SHA256" : "SHA512";
	struct fixture f;
	EVP_PKEY_CTX *c;

	begin(&f, ROWS[_i].scheme);
	ck_assert_uint_eq(digest_sign(&f, other, "image", sig, sizeof(sig)),
	    0);
	c = EVP_PKEY_CTX_new_from_pkey(keyring_libctx(f.binding),
	    keyring_pkey(f.binding), NULL);
	if (ROWS[_i].wrong_pad != 0) {
		ck_assert_int_eq(EVP_PKEY_sign_init(c), 1);
		ck_assert_int_ne(EVP_PKEY_CTX_set_rsa_padding(c,
		    ROWS[_i].wrong_pad), 1);
	}
	EVP_PKEY_CTX_free(c);
	ck_assert_uint_eq(f.peer->documents, 0);
	end(&f);
	ERR_clear_error();
}
END_TEST

START_TEST(it_verifies_and_compares_by_its_public_half)
{
	unsigned char sig[1024];
	struct fixture f;
	size_t n;

	begin(&f, ROWS[_i].scheme);
	n = digest_sign(&f, ROWS[_i].digest, "image", sig, sizeof(sig));
	ck_assert_uint_gt(n, 0);
	ck_assert(verifies(keyring_pkey(f.binding), _i, "image", sig, n));
	ck_assert(!verifies(keyring_pkey(f.binding), _i, "imagf", sig, n));
	ck_assert_int_eq(EVP_PKEY_eq(keyring_pkey(f.binding), f.public), 1);
	ck_assert_int_eq(EVP_PKEY_get_bits(keyring_pkey(f.binding)),
	    EVP_PKEY_get_bits(f.public));
	end(&f);
}
END_TEST

START_TEST(its_private_half_is_exported_to_nobody)
{
	OSSL_PARAM *params = NULL;
	struct blob spki = { 0 };
	unsigned char *der = NULL;
	struct fixture f;
	int n;

	begin(&f, ROWS[_i].scheme);
	ck_assert_int_ne(EVP_PKEY_todata(keyring_pkey(f.binding),
	    EVP_PKEY_KEYPAIR, &params), 1);
	ck_assert_int_le(i2d_PrivateKey(keyring_pkey(f.binding), NULL), 0);
	n = i2d_PUBKEY(keyring_pkey(f.binding), &der);
	(void)peer_spki(f.peer, 0, &spki);
	ck_assert_int_eq(n, (int)spki.len);
	ck_assert_mem_eq(der, spki.data, spki.len);
	OPENSSL_free(der);
	blob_done(&spki);
	end(&f);
	ERR_clear_error();
}
END_TEST

static X509_ALGOR *
algorithm_of(int row, EVP_PKEY *key, OSSL_LIB_CTX *lib)
{
	unsigned char octets[128];
	OSSL_PARAM want[] = {
		OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID,
		    octets, sizeof(octets)),
		OSSL_PARAM_END
	};
	const unsigned char *der = octets;
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	X509_ALGOR *a = NULL;
	EVP_PKEY_CTX *c;

	ck_assert_int_eq(EVP_DigestSignInit_ex(m, &c, ROWS[row].digest, lib,
	    NULL, key, NULL), 1);
	if (ROWS[row].pad == RSA_PKCS1_PSS_PADDING) {
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(c,
		    RSA_PKCS1_PSS_PADDING), 1);
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(c, 32), 1);
	}
	ck_assert_int_eq(EVP_PKEY_CTX_get_params(c, want), 1);
	a = d2i_X509_ALGOR(NULL, &der, (long)want[0].return_size);
	ck_assert_ptr_nonnull(a);
	ck_assert(der == octets + want[0].return_size);
	EVP_MD_CTX_free(m);
	return a;
}

START_TEST(its_algorithm_identifier_is_that_of_openssl)
{
	X509_ALGOR *ours, *theirs;
	struct fixture f;

	begin(&f, ROWS[_i].scheme);
	ours = algorithm_of(_i, keyring_pkey(f.binding),
	    keyring_libctx(f.binding));
	theirs = algorithm_of(_i, f.peer->key[0], NULL);
	ck_assert_int_eq(X509_ALGOR_cmp(ours, theirs), 0);
	X509_ALGOR_free(ours);
	X509_ALGOR_free(theirs);
	end(&f);
}
END_TEST

START_TEST(a_key_that_outlives_its_permit_signs_no_more)
{
	unsigned char sig[1024];
	struct fixture f;
	struct err why;
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY *kept;
	size_t n = sizeof(sig);

	begin(&f, "ecdsa-sha256");
	kept = keyring_pkey(f.binding);
	ck_assert_int_eq(EVP_PKEY_up_ref(kept), 1);
	ck_assert_int_eq(EVP_DigestSignInit_ex(m, NULL, "SHA256",
	    keyring_libctx(f.binding), NULL, kept, NULL), 1);
	keyring_binding_error(f.binding, &why);
	ck_assert_int_eq(why.code, OK);
	keyring_binding_free(f.binding);
	f.binding = NULL;
	ck_assert_int_ne(EVP_DigestSign(m, sig, &n,
	    (const unsigned char *)"image", 5), 1);
	EVP_MD_CTX_free(m);
	EVP_PKEY_free(kept);
	ck_assert_uint_eq(f.peer->documents, 0);
	end(&f);
	ERR_clear_error();
}
END_TEST

START_TEST(a_refusal_of_the_keeper_is_remembered)
{
	unsigned char sig[1024];
	struct fixture f;
	struct err why;

	begin(&f, "ecdsa-sha256");
	f.peer->scheme[0] = "another";
	ck_assert_uint_eq(digest_sign(&f, "SHA256", "image", sig,
	    sizeof(sig)), 0);
	keyring_binding_error(f.binding, &why);
	ck_assert_int_eq(why.code, EDENIED);
	end(&f);
	ERR_clear_error();
}
END_TEST

START_TEST(a_key_of_another_kind_is_not_bound)
{
	struct fixture f;
	struct blob spki = { 0 };

	begin(&f, "ecdsa-sha256");
	keyring_binding_free(f.binding);
	f.binding = NULL;
	(void)peer_spki(f.peer, 0, &spki);
	unit_fails(bind_key(&f, "ecdsa-sha384", &spki), ERANGE_);
	unit_fails(bind_key(&f, "rsa-pss-sha256", &spki), ERANGE_);
	unit_fails(bind_key(&f, "none", &spki), ERANGE_);
	spki.len--;
	unit_fails(bind_key(&f, "ecdsa-sha256", &spki), EINPUT);
	spki.len++;
	unit_ok(blob_put(&spki, "x", 1, &unit_err));
	unit_fails(bind_key(&f, "ecdsa-sha256", &spki), EINPUT);
	blob_done(&spki);
	end(&f);
	ERR_clear_error();
}
END_TEST

static void *
signer(void *arg)
{
	const struct fixture *f = arg;
	unsigned char sig[1024];
	size_t n;
	int i;

	for (i = 0; i < 25; i++) {
		n = digest_sign(f, "SHA256", "image", sig, sizeof(sig));
		ck_assert(n > 0 && verifies(f->public, 0, "image", sig, n));
	}
	return NULL;
}

START_TEST(several_threads_sign_with_one_key)
{
	pthread_t t[THREADS];
	struct fixture f;
	json_t *entries;
	int i;

	begin(&f, "ecdsa-sha256");
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&t[i], NULL, signer, &f), 0);
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(t[i], NULL);
	entries = keyring_entries(f.binding);
	ck_assert_uint_eq(json_array_size(entries), THREADS * 25);
	json_decref(entries);
	end(&f);
}
END_TEST

START_TEST(ed25519_carries_content_of_many_frames)
{
	unsigned char sig[64];
	char *message = malloc(1 << 20);
	struct fixture f;

	memset(message, 'x', (1 << 20) - 1);
	message[(1 << 20) - 1] = '\0';
	begin(&f, "ed25519");
	ck_assert_uint_eq(digest_sign(&f, NULL, message, sig, sizeof(sig)),
	    64);
	ck_assert(verifies(f.public, 4, message, sig, 64));
	end(&f);
	free(message);
}
END_TEST

UNIT_MAIN("keyring/pkey",
	UNIT_SCRATCH
	UNIT_ROWS(digest_sign_runs_unchanged, ROWS)
	UNIT_ROWS(digest_sign_takes_the_message_in_parts_and_a_copied_context,
	    ROWS)
	UNIT_ROWS(pkey_sign_runs_unchanged, ROWS)
	UNIT_ROWS(another_digest_or_padding_is_refused, ROWS)
	UNIT_ROWS(it_verifies_and_compares_by_its_public_half, ROWS)
	UNIT_ROWS(its_private_half_is_exported_to_nobody, ROWS)
	UNIT_ROWS(its_algorithm_identifier_is_that_of_openssl, ROWS)
	UNIT(a_key_that_outlives_its_permit_signs_no_more)
	UNIT(a_refusal_of_the_keeper_is_remembered)
	UNIT(a_key_of_another_kind_is_not_bound)
	UNIT(several_threads_sign_with_one_key)
	UNIT(ed25519_carries_content_of_many_frames))
