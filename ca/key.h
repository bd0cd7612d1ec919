/*
 * key - public keys: what they are called here, and whether they are fit.
 *
 * Floor 2, pure.  Sees base; OpenSSL reads them.
 */
#ifndef CA_KEY_H
#define CA_KEY_H

#include <openssl/evp.h>
#include "base/sha256.h"
#include "ca/der.h"

#define KEY_ID_OCTETS	20

/** key_algorithm - "ec-p256", ... of a SubjectPublicKeyInfo, whole; static.
 * Errors: EINPUT; EDENIED for an algorithm, curve or size that is none of
 * the house's: ec-p256 ec-p384 rsa-2048 rsa-3072 rsa-4096 ed25519. */
NODISCARD int key_algorithm(struct span spki, const char **ret,
    struct err *err);
/**
 * key_check - is it fit to be certified?
 *
 * @ret_key  for seal_verify, new (EVP_PKEY_free); may be NULL.
 * Errors: EINPUT; EDENIED with the rule and its section: RSA below 2048 bits
 * (NIST SP 800-131A, 3), an even exponent (RFC 8017, 3.1) or one that is not
 * between 2^16 and 2^256 (FIPS 186-5, 5.4), a modulus that is even or has the
 * fingerprint of CVE-2017-15361 (ROCA), a small factor (NIST SP 800-89, 5.3.3) or
 * primes that are close to each other (FIPS 186-5, A.1.1; CVE-2022-26320), a point that is compressed or not on its
 * curve (NIST SP 800-56A, 5.6.2.3.3).
 */
NODISCARD int key_check(struct span spki, const char **ret_algorithm,
    EVP_PKEY **ret_key, struct err *err);
/** key_pkey - a key of key_algorithm, new (EVP_PKEY_free). Errors: EINPUT,
 * EDENIED also for a point that is not on its curve. */
NODISCARD int key_pkey(struct span spki, EVP_PKEY **ret, struct err *err);
/** key_bits - the content of the subjectPublicKey BIT STRING. */
NODISCARD int key_bits(struct span spki, struct span *ret, struct err *err);
/** key_id - RFC 7093, 2, method 1: the first 160 bits of SHA-256 of key_bits. */
NODISCARD int key_id(struct span spki, unsigned char ret[KEY_ID_OCTETS],
    struct err *err);
/** key_modulus - of an RSA key, without a zero in front; of no octets for
 * others. Errors: EINPUT. */
NODISCARD int key_modulus(struct span spki, struct span *ret,
    struct err *err);
/** key_is_roca - has this modulus the discrete logarithms that only keys of
 * CVE-2017-15361 have?  (Nemec et al., CCS 2017, 3.) */
bool key_is_roca(struct span modulus);
#define KEY_FACTOR_BITS	21	/* of the least factor that is not looked for */
/** key_small_factor - has this odd modulus, of 2048 bits or more, a prime factor
 * below 2^21?  About 2 ms, of 4096 bits 9 ms. Errors: ENOMEMORY. */
NODISCARD int key_small_factor(struct span modulus, bool *ret,
    struct err *err);
/** key_close_primes - do a hundred rounds of Fermat's method factor it?
 * Errors: ENOMEMORY. */
NODISCARD int key_close_primes(struct span modulus, bool *ret,
    struct err *err);

#endif
