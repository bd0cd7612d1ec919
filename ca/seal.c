#include "config.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "ca/seal.h"

#define SIGNATURE_MAX	512	/* RSA-4096 */

/* RFC 4055, 3.1: hash, MGF1 of the same hash, salt as long as it. */
#define PSS(hash, salt) \
	"\x30\x41\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34" \
	"\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" hash "\x05\x00" \
	"\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08" \
	"\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" hash "\x05\x00" \
	"\xa2\x03\x02\x01" salt
#define RSA(n)	"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n "\x05\x00"
#define ECDSA(n) "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n

/* clang-format off */
static const struct {
	const char	*scheme;	/* NULL: only others sign by it */
	const char	*type, *hash;
	int		 padding;
	const char	*der;
	size_t		 n;
} ROWS[] = {
#define ROW(scheme, type, hash, padding, der) \
	{ scheme, type, hash, padding, der, sizeof(der) - 1 }
	ROW("ecdsa-sha256",     "EC",      "SHA256", 0, ECDSA("\x02")),
	ROW("ecdsa-sha384",     "EC",      "SHA384", 0, ECDSA("\x03")),
	ROW(NULL,               "EC",      "SHA512", 0, ECDSA("\x04")),
	ROW("rsa-pss-sha256",   "RSA",     "SHA256", RSA_PKCS1_PSS_PADDING, PSS("\x01", "\x20")),
	ROW(NULL,               "RSA",     "SHA384", RSA_PKCS1_PSS_PADDING, PSS("\x02", "\x30")),
	ROW(NULL,               "RSA",     "SHA512", RSA_PKCS1_PSS_PADDING, PSS("\x03", "\x40")),
	ROW("rsa-pkcs1-sha256", "RSA",     "SHA256", RSA_PKCS1_PADDING, RSA("\x0b")),
	ROW(NULL,               "RSA",     "SHA384", RSA_PKCS1_PADDING, RSA("\x0c")),
	ROW(NULL,               "RSA",     "SHA512", RSA_PKCS1_PADDING, RSA("\x0d")),
	ROW("ed25519",          "ED25519", NULL,     0, "\x30\x05\x06\x03\x2b\x65\x70"),
#undef ROW
};
/* clang-format on */

static size_t
row_of(const char *scheme)
{
	size_t i;

	for (i = 0; i < NELEM(ROWS); i++)
		if (ROWS[i].scheme != NULL &&
		    strcmp(ROWS[i].scheme, scheme) == 0)
			break;
	return i;
}

static size_t
row_with(struct span algorithm)
{
	size_t i;

	for (i = 0; i < NELEM(ROWS); i++)
		if (span_equal(algorithm, span_of(ROWS[i].der, ROWS[i].n)))
			break;
	return i;
}

struct span
seal_algorithm(const char *scheme)
{
	size_t row = row_of(scheme);

	return row == NELEM(ROWS) ? span_of(NULL, 0) :
	    span_of(ROWS[row].der, ROWS[row].n);
}

const char *
seal_scheme(struct span algorithm)
{
	size_t row = row_with(algorithm);

	return row == NELEM(ROWS) ? NULL : ROWS[row].scheme;
}

static int
unknown_scheme(const char *scheme, struct err *err)
{
	return err_set(err, EINPUT, "\"%.32s\" is no scheme of signatures",
	    scheme);
}

int
seal_enclose(struct blob *b, size_t from, const char *scheme,
    struct span signature, struct err *err)
{
	struct span algorithm = seal_algorithm(scheme);
	size_t before = b->len;
	struct der w;
	int rc;

	if (algorithm.n == 0)
		return unknown_scheme(scheme, err);
	der_init(&w, b, err);
	rc = der_raw(&w, algorithm);
	if (rc == 0)
		rc = der_bits(&w, signature);
	if (rc == 0)
		rc = der_enclose(&w, DER_SEQUENCE, from);
	if (rc != 0)
		blob_cut(b, before);
	return rc;
}

int
seal_assemble(struct span tbs, const char *scheme, struct span signature,
    struct blob *ret, struct err *err)
{
	size_t before = ret->len;
	int rc;

	TRY(blob_put(ret, tbs.p, tbs.n, err));
	rc = seal_enclose(ret, before, scheme, signature, err);
	if (rc != 0)
		blob_cut(ret, before);
	return rc;
}

/* The salt is as long as the hash, both ways. */
static bool
pad(EVP_PKEY_CTX *ctx, size_t row)
{
	if (ROWS[row].padding == 0)
		return true;
	if (EVP_PKEY_CTX_set_rsa_padding(ctx, ROWS[row].padding) <= 0)
		return false;
	return ROWS[row].padding != RSA_PKCS1_PSS_PADDING ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0;
}

static int
sign(EVP_MD_CTX *ctx, size_t row, OSSL_LIB_CTX *lib, EVP_PKEY *key,
    struct span tbs, struct blob *ret, struct err *err)
{
	unsigned char signature[SIGNATURE_MAX];
	size_t n = sizeof(signature);
	EVP_PKEY_CTX *pctx = NULL;

	if (EVP_DigestSignInit_ex(ctx, &pctx, ROWS[row].hash, lib, NULL, key,
	    NULL) <= 0 || !pad(pctx, row) ||
	    EVP_DigestSign(ctx, signature, &n, tbs.p, tbs.n) <= 0) {
		ERR_clear_error();
		return err_set(err, ETOKEN, "the key did not sign by %s",
		    ROWS[row].scheme);
	}
	return blob_put(ret, signature, n, err);
}

int
seal_sign(struct span tbs, EVP_PKEY *key, OSSL_LIB_CTX *lib,
    const char *scheme, struct blob *ret, struct err *err)
{
	size_t row = row_of(scheme);
	EVP_MD_CTX *ctx;
	int rc;

	if (row == NELEM(ROWS))
		return unknown_scheme(scheme, err);
	if (!EVP_PKEY_is_a(key, ROWS[row].type))
		return err_set(err, EINPUT, "%s is not a scheme of the key's",
		    scheme);
	if ((ctx = EVP_MD_CTX_new()) == NULL)
		return err_set(err, ENOMEMORY, "signing");
	rc = sign(ctx, row, lib, key, tbs, ret, err);
	EVP_MD_CTX_free(ctx);
	return rc;
}

int
seal_verify(struct span tbs, struct span algorithm, struct span signature,
    EVP_PKEY *key, struct err *err)
{
	size_t row = row_with(algorithm);
	EVP_PKEY_CTX *pctx = NULL;
	EVP_MD_CTX *ctx;
	bool good;

	if (row == NELEM(ROWS))
		return err_set(err, EINPUT, "the signature algorithm is none "
		    "of ECDSA and RSA with SHA-256, SHA-384 or SHA-512, and "
		    "Ed25519 (RFC 5280, 4.1.1.2)");
	if (!EVP_PKEY_is_a(key, ROWS[row].type))
		return err_set(err, EVERIFY, "the signature's algorithm is "
		    "not one of the key's");
	if ((ctx = EVP_MD_CTX_new()) == NULL)
		return err_set(err, ENOMEMORY, "verifying");
	good = EVP_DigestVerifyInit_ex(ctx, &pctx, ROWS[row].hash, NULL, NULL,
	    key, NULL) > 0 && pad(pctx, row) &&
	    EVP_DigestVerify(ctx, signature.p, signature.n, tbs.p, tbs.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (!good)
		return err_set(err, EVERIFY, "the signature is not the key's");
	return 0;
}

int
seal_read(struct span whole, const char *what, struct span *ret_tbs,
    struct span *ret_algorithm, struct span *ret_signature, struct err *err)
{
	struct span in, tbs, algorithm, bits;

	TRY(der_take(&whole, DER_SEQUENCE, what, &in, err));
	TRY(der_end(&whole, what, err));
	TRY(der_take_whole(&in, DER_SEQUENCE, "what is signed", &tbs, err));
	TRY(der_take_whole(&in, DER_SEQUENCE, "the signature's algorithm",
	    &algorithm, err));
	TRY(der_take(&in, DER_BIT_STRING, "the signature", &bits, err));
	TRY(der_end(&in, what, err));
	TRY(der_bits_read(bits, "the signature", ret_signature, err));
	*ret_tbs = tbs;
	*ret_algorithm = algorithm;
	return 0;
}
