#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "policy/proof.h"

#define RSA_BITS_MIN	3072
#define RSA_BITS_MAX	16384	/* a larger one only costs us time */
#define SPKI_MAX	4096
#define PSS_SALT	32

enum scheme { ECDSA_SHA256, ECDSA_SHA384, PSS_SHA256, ED25519_ };

static void
pkey_freep(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static void
md_freep(EVP_MD_CTX **p)
{
	EVP_MD_CTX_free(*p);
}

static void
bio_freep(BIO **p)
{
	BIO_free(*p);
}

#define AUTO_PKEY	__attribute__((cleanup(pkey_freep))) EVP_PKEY
#define AUTO_MD		__attribute__((cleanup(md_freep))) EVP_MD_CTX
#define AUTO_BIO	__attribute__((cleanup(bio_freep))) BIO

static int
ec_scheme(EVP_PKEY *key, enum scheme *ret, struct err *err)
{
	char curve[64];
	size_t n;

	if (EVP_PKEY_get_group_name(key, curve, sizeof(curve), &n) != 1)
		return err_set(err, EINPUT, "an EC key without a named curve");
	if (strcmp(curve, "prime256v1") == 0 || strcmp(curve, "P-256") == 0)
		*ret = ECDSA_SHA256;
	else if (strcmp(curve, "secp384r1") == 0 ||
	    strcmp(curve, "P-384") == 0)
		*ret = ECDSA_SHA384;
	else
		return err_set(err, EINPUT, "EC keys are P-256 or P-384, "
		    "not %.32s", curve);
	return 0;
}

static int
scheme_of(EVP_PKEY *key, enum scheme *ret, struct err *err)
{
	int bits;

	if (EVP_PKEY_is_a(key, "EC"))
		return ec_scheme(key, ret, err);
	if (EVP_PKEY_is_a(key, "ED25519")) {
		*ret = ED25519_;
		return 0;
	}
	if (!EVP_PKEY_is_a(key, "RSA"))
		return err_set(err, EINPUT, "officers' keys are P-256, "
		    "P-384, Ed25519 or RSA of at least %d bits", RSA_BITS_MIN);
	bits = EVP_PKEY_get_bits(key);
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return err_set(err, EINPUT, "an RSA key of %d bits: at "
		    "least %d are needed", bits, RSA_BITS_MIN);
	*ret = PSS_SHA256;
	return 0;
}

static const EVP_MD *
digest_of(enum scheme s)
{
	switch (s) {
	case ECDSA_SHA256:
	case PSS_SHA256:
		return EVP_sha256();
	case ECDSA_SHA384:
		return EVP_sha384();
	case ED25519_:
		return NULL;
	}
	return NULL;
}

/* RFC 8017, 8.1: salt as long as the hash, MGF1 with the same hash. */
static int
set_padding(EVP_PKEY_CTX *ctx, enum scheme s)
{
	if (s != PSS_SHA256)
		return 1;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, PSS_SALT) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1;
}

static int
read_spki(const void *spki, size_t n, EVP_PKEY **ret, struct err *err)
{
	const unsigned char *p = spki;

	if (n == 0 || n > SPKI_MAX)
		return err_set(err, EINPUT, "a public key of %zu octets", n);
	*ret = d2i_PUBKEY(NULL, &p, (long)n);
	if (*ret == NULL)
		return err_set(err, EINPUT, "not a SubjectPublicKeyInfo");
	if (p != (const unsigned char *)spki + n)
		return err_set(err, EINPUT, "octets after the public key");
	return 0;
}

/* One key, one name: the hash is of the only DER of this key. */
static int
check_spelling(EVP_PKEY *key, const void *spki, size_t n, struct err *err)
{
	struct blob der = { 0 };
	int rc = proof_spki_of(key, &der, err);

	if (rc == 0 && (der.len != n || memcmp(der.data, spki, n) != 0))
		rc = err_set(err, EINPUT,
		    "a public key in an uncommon encoding");
	blob_done(&der);
	return rc;
}

struct proof_key {
	EVP_PKEY	*key;
	enum scheme	 scheme;
};

int
proof_key_new(const void *spki, size_t n, struct proof_key **ret,
    struct err *err)
{
	AUTO_PKEY *key = NULL;
	struct proof_key *k;
	enum scheme s;

	TRY(read_spki(spki, n, &key, err));
	TRY(scheme_of(key, &s, err));
	TRY(check_spelling(key, spki, n, err));
	if ((k = malloc(sizeof(*k))) == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	*k = (struct proof_key){ TAKE(key), s };
	*ret = k;
	return 0;
}

void
proof_key_free(struct proof_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->key);
	free(k);
}

int
proof_spki_check(const void *spki, size_t n, struct err *err)
{
	AUTO(proof_key) *k = NULL;

	return proof_key_new(spki, n, &k, err);
}

int
proof_key_verify(const struct proof_key *k, const void *octets, size_t n,
    const void *sig, size_t sig_n, struct err *err)
{
	AUTO_MD *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx;

	if (md == NULL)
		return err_set(err, ENOMEMORY, "verifying a proof");
	if (EVP_DigestVerifyInit(md, &ctx, digest_of(k->scheme), NULL,
	    k->key) != 1 || !set_padding(ctx, k->scheme))
		return err_set(err, EINTERNAL, "verifying a proof");
	if (EVP_DigestVerify(md, sig, sig_n, octets, n) != 1)
		return err_set(err, EPROOF, "the signature does not verify");
	return 0;
}

int
proof_verify(const void *spki, size_t spki_n, const void *octets, size_t n,
    const void *sig, size_t sig_n, struct err *err)
{
	AUTO_PKEY *key = NULL;
	struct proof_key k;

	TRY(read_spki(spki, spki_n, &key, err));
	TRY(scheme_of(key, &k.scheme, err));
	k.key = key;
	return proof_key_verify(&k, octets, n, sig, sig_n, err);
}

int
proof_sign(EVP_PKEY *key, const void *octets, size_t n, struct blob *ret,
    struct err *err)
{
	unsigned char sig[RSA_BITS_MAX / 8 + 64];
	size_t sig_n = sizeof(sig);
	AUTO_MD *md = NULL;
	EVP_PKEY_CTX *ctx;
	enum scheme s;

	TRY(scheme_of(key, &s, err));
	if ((md = EVP_MD_CTX_new()) == NULL)
		return err_set(err, ENOMEMORY, "signing");
	if (EVP_DigestSignInit(md, &ctx, digest_of(s), NULL, key) != 1 ||
	    !set_padding(ctx, s) ||
	    EVP_DigestSign(md, sig, &sig_n, octets, n) != 1)
		return err_set(err, EIO_, "the key did not sign");
	return blob_put(ret, sig, sig_n, err);
}

/* RFC 5480, 2.2: a point may be compressed; here it never is.  A key that
 * another module holds does not know the setting, nor compresses. */
static void
spell_out(EVP_PKEY *key)
{
	ERR_set_mark();
	(void)EVP_PKEY_set_utf8_string_param(key,
	    OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed");
	ERR_pop_to_mark();
}

int
proof_spki_of(EVP_PKEY *key, struct blob *ret, struct err *err)
{
	unsigned char *der = NULL;
	int rc, n;

	if (EVP_PKEY_is_a(key, "EC"))
		spell_out(key);
	n = i2d_PUBKEY(key, &der);

	if (n <= 0)
		return err_set(err, EINPUT, "a key without a public half");
	rc = blob_put(ret, der, (size_t)n, err);
	OPENSSL_free(der);
	return rc;
}

int
proof_spki_from_pem(const void *pem, size_t n, struct blob *ret,
    struct err *err)
{
	AUTO_BIO *bio = NULL;
	AUTO_PKEY *key = NULL;
	enum scheme s;

	if (n > 65536)
		return err_set(err, EINPUT, "a PEM file of %zu octets", n);
	if (memmem(pem, n, "PRIVATE KEY", 11) != NULL)
		return err_set(err, EINPUT, "this is a private key: a "
		    "charter holds public ones only");
	if ((bio = BIO_new_mem_buf(pem, (int)n)) == NULL)
		return err_set(err, ENOMEMORY, "reading PEM");
	key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	if (key == NULL)
		return err_set(err, EINPUT, "expected a PEM file with "
		    "\"BEGIN PUBLIC KEY\"");
	TRY(scheme_of(key, &s, err));
	return proof_spki_of(key, ret, err);
}
