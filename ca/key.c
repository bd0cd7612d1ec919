#include "config.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "ca/curve.h"
#include "ca/key.h"
#include "ca/oid.h"

#define SPKI_OCTETS	1024	/* RSA-4096 has 550 */
/* FIPS 186-5, 5.4: 2^16 < e < 2^256; of three octets, the first not 0, and odd. */
#define EXPONENT_LEAST	3
#define EXPONENT_MOST	32

struct parts {
	struct span	 algorithm;	/* OID's content */
	struct span	 parameters;	/* values behind it */
	struct span	 bits;
};

static int
parts_of(struct span spki, struct parts *ret, struct err *err)
{
	struct span in, id, bits;

	if (spki.n > SPKI_OCTETS)
		return err_set(err, ETOOBIG, "a public key of %zu octets, more "
		    "than %d", spki.n, SPKI_OCTETS);
	TRY(der_take(&spki, DER_SEQUENCE, "the public key", &in, err));
	TRY(der_end(&spki, "the public key", err));
	TRY(der_take(&in, DER_SEQUENCE, "the key's algorithm", &id, err));
	TRY(der_take(&in, DER_BIT_STRING, "the key's bits", &bits, err));
	TRY(der_end(&in, "the public key", err));
	TRY(der_take(&id, DER_OID, "the key's algorithm", &ret->algorithm,
	    err));
	ret->parameters = id;
	return der_bits_read(bits, "the key's bits", &ret->bits, err);
}

static int
ec_algorithm(const struct parts *p, const char **ret, struct err *err)
{
	struct span in = p->parameters, curve;
	bool small;

	/* RFC 5480, 2.1.1: a named curve alone. */
	TRY(der_take(&in, DER_OID, "the key's named curve", &curve, err));
	TRY(der_end(&in, "the key's curve", err));
	small = oid_is(curve, OID_P256);
	if (!small && !oid_is(curve, OID_P384))
		return err_set(err, EDENIED, "the key's curve is neither "
		    "P-256 nor P-384 (NIST SP 800-186, 3.2.1)");
	/* RFC 5480, 2.2: uncompressed is what everybody takes. */
	if (p->bits.n != (small ? EC_P256_POINT : EC_P384_POINT) || p->bits.p[0] != 0x04)
		return err_set(err, EDENIED, "the key's point is not "
		    "uncompressed (RFC 5480, 2.2)");
	*ret = small ? "ec-p256" : "ec-p384";
	return 0;
}

/* RFC 8017, A.1.1. */
static int
rsa_parts(const struct parts *p, struct span *ret_n, struct span *ret_e,
    struct err *err)
{
	struct span in = p->parameters, seq, n, e;

	TRY(der_take(&in, DER_NULL, "the RSA key's parameters", &n, err));
	TRY(der_end(&in, "the RSA key's parameters", err));
	in = p->bits;
	TRY(der_take(&in, DER_SEQUENCE, "the RSA key", &seq, err));
	TRY(der_end(&in, "the RSA key", err));
	TRY(der_take(&seq, DER_INTEGER, "the modulus", &n, err));
	TRY(der_take(&seq, DER_INTEGER, "the exponent", &e, err));
	TRY(der_end(&seq, "the RSA key", err));
	if (n.n < 2 || n.p[0] >= 0x80 || (n.p[0] == 0 && n.p[1] < 0x80) ||
	    e.n == 0 || e.p[0] >= 0x80 ||
	    (e.n > 1 && e.p[0] == 0 && e.p[1] < 0x80))
		return err_set(err, EINPUT, "the RSA key's numbers are not "
		    "positive INTEGERs of DER (RFC 8017, A.1.1)");
	*ret_n = n.p[0] == 0 ? span_of(n.p + 1, n.n - 1) : n;
	*ret_e = e.p[0] == 0 ? span_of(e.p + 1, e.n - 1) : e;
	return 0;
}

static int
rsa_algorithm(const struct parts *p, const char **ret, struct err *err)
{
	struct span n, e;
	unsigned top;
	size_t bits;

	TRY(rsa_parts(p, &n, &e, err));
	bits = n.n * 8;
	for (top = n.p[0]; top < 0x80; top <<= 1)
		bits--;
	if (bits < 2048)
		return err_set(err, EDENIED, "an RSA key of %zu bits is too "
		    "small: at least 2048 (NIST SP 800-131A, 3)", bits);
	if (bits != 2048 && bits != 3072 && bits != 4096)
		return err_set(err, EDENIED, "an RSA key of %zu bits is none "
		    "of 2048, 3072 and 4096", bits);
	*ret = bits == 2048 ? "rsa-2048" : bits == 3072 ? "rsa-3072" :
	    "rsa-4096";
	return 0;
}

static int
algorithm_of(const struct parts *p, const char **ret, struct err *err)
{
	if (oid_is(p->algorithm, OID_EC_KEY))
		return ec_algorithm(p, ret, err);
	if (oid_is(p->algorithm, OID_RSA_KEY))
		return rsa_algorithm(p, ret, err);
	if (!oid_is(p->algorithm, OID_ED25519))
		return err_set(err, EDENIED, "the key's algorithm is none of "
		    "EC, RSA and Ed25519 (RFC 5280, 4.1.2.7)");
	/* RFC 8410, 3: no parameters; 4: 32 octets. */
	if (p->parameters.n != 0 || p->bits.n != 32)
		return err_set(err, EINPUT, "the Ed25519 key is not 32 octets "
		    "without parameters (RFC 8410, 3)");
	*ret = "ed25519";
	return 0;
}

int
key_algorithm(struct span spki, const char **ret, struct err *err)
{
	struct parts p;

	TRY(parts_of(spki, &p, err));
	return algorithm_of(&p, ret, err);
}

int
key_bits(struct span spki, struct span *ret, struct err *err)
{
	struct parts p;

	TRY(parts_of(spki, &p, err));
	*ret = p.bits;
	return 0;
}

int
key_id(struct span spki, unsigned char ret[KEY_ID_OCTETS], struct err *err)
{
	struct sha256 h;
	struct span bits;

	TRY(key_bits(spki, &bits, err));
	h = sha256_of(bits.p, bits.n);
	memcpy(ret, h.o, KEY_ID_OCTETS);
	return 0;
}

/* Whoever has the certificate would find the private key in a moment. */
static int
modulus_check(struct span n, struct err *err)
{
	bool is;

	if (key_is_roca(n))
		return err_set(err, EDENIED, "the RSA key has the fingerprint "
		    "of CVE-2017-15361 (ROCA): whoever has the certificate "
		    "can find the private key");
	TRY(key_small_factor(n, &is, err));
	if (is)
		return err_set(err, EDENIED, "the RSA key's modulus has a factor "
		    "below 2^%d (NIST SP 800-89, 5.3.3): whoever has the "
		    "certificate can find the private key", KEY_FACTOR_BITS);
	TRY(key_close_primes(n, &is, err));
	return !is ? 0 : err_set(err, EDENIED, "the RSA key's primes are close to "
	    "each other (FIPS 186-5, A.1.1; CVE-2022-26320): whoever has the "
	    "certificate can find the private key");
}

static int
rsa_check(const struct parts *p, struct err *err)
{
	struct span n, e;

	TRY(rsa_parts(p, &n, &e, err));
	/* RFC 8017, 3.1: prime to an even number. */
	if ((e.p[e.n - 1] & 1) == 0)
		return err_set(err, EDENIED, "the RSA key's exponent is even "
		    "(RFC 8017, 3.1)");
	if (e.n < EXPONENT_LEAST || e.n > EXPONENT_MOST)
		return err_set(err, EDENIED, "the RSA key's exponent is %s "
		    "(FIPS 186-5, 5.4)", e.n < EXPONENT_LEAST ? "below 65537" :
		    "2^256 or above");
	if ((n.p[n.n - 1] & 1) == 0)
		return err_set(err, EDENIED, "the RSA key's modulus is even "
		    "(RFC 8017, 3.1)");
	return modulus_check(n, err);
}

/* Five times as fast as letting OpenSSL find out what it is. */
static EVP_PKEY *
pkey_of(const struct parts *p, struct span spki)
{
	const unsigned char *at = spki.p;

	if (oid_is(p->algorithm, OID_EC_KEY))
		return curve_key(p->bits);
	if (oid_is(p->algorithm, OID_ED25519))
		return EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL,
		    p->bits.p, p->bits.n);
	return d2i_PUBKEY(NULL, &at, (long)spki.n);
}

static int
read_key(struct span spki, const char **ret_algorithm, struct parts *p,
    EVP_PKEY **ret, struct err *err)
{
	EVP_PKEY *key;

	TRY(parts_of(spki, p, err));
	TRY(algorithm_of(p, ret_algorithm, err));
	key = pkey_of(p, spki);
	ERR_clear_error();
	if (key == NULL && oid_is(p->algorithm, OID_EC_KEY))
		return err_set(err, EDENIED, "the key's point is not on its "
		    "curve (NIST SP 800-56A, 5.6.2.3.3)");
	if (key == NULL)
		return err_set(err, EINPUT, "the public key cannot be read");
	*ret = key;
	return 0;
}

/* A modulus that is a prime, or a power of one, has a private key that anybody can
 * compute.  OpenSSL's check of SP 800-89 asks the rest once more. */
static int
factors_check(EVP_PKEY *key, struct err *err)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	int sound = ctx == NULL ? -1 : EVP_PKEY_public_check(ctx);

	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	if (ctx == NULL)
		return err_set(err, ENOMEMORY, "an RSA key");
	return sound == 1 ? 0 : err_set(err, EDENIED, "the RSA key's modulus is "
	    "no product of two primes (NIST SP 800-89, 5.3.3): whoever has the "
	    "certificate can find the private key");
}

int
key_check(struct span spki, const char **ret_algorithm, EVP_PKEY **ret_key,
    struct err *err)
{
	EVP_PKEY *key = NULL;
	const char *name;
	struct parts p;
	int rc = 0;

	TRY(read_key(spki, &name, &p, &key, err));
	if (oid_is(p.algorithm, OID_RSA_KEY))
		rc = rsa_check(&p, err);
	if (rc == 0 && oid_is(p.algorithm, OID_RSA_KEY))
		rc = factors_check(key, err);
	if (rc != 0 || ret_key == NULL)
		EVP_PKEY_free(key);
	TRY(rc);
	*ret_algorithm = name;
	if (ret_key != NULL)
		*ret_key = key;
	return 0;
}

int
key_pkey(struct span spki, EVP_PKEY **ret, struct err *err)
{
	const char *name;
	struct parts p;

	return read_key(spki, &name, &p, ret, err);
}

int
key_modulus(struct span spki, struct span *ret, struct err *err)
{
	struct span n = { 0 }, e;
	struct parts p;

	TRY(parts_of(spki, &p, err));
	if (oid_is(p.algorithm, OID_RSA_KEY))
		TRY(rsa_parts(&p, &n, &e, err));
	*ret = n;
	return 0;
}
