/*
 * proof - signatures by officers' own keys: P-256 ECDSA-SHA256, P-384
 * ECDSA-SHA384 (DER), Ed25519, RSA of at least 3072 bits PSS-SHA256 with salt
 * of 32 octets and MGF1-SHA256.
 *
 * Floor 2, pure but for OpenSSL's own state.  Threads: any.
 */
#ifndef POLICY_PROOF_H
#define POLICY_PROOF_H

#include <openssl/evp.h>
#include <stddef.h>
#include "base/blob.h"
#include "base/err.h"
#include "base/sha256.h"

/* A public key of a kind that we accept, read once: reading one costs more
 * than verifying with it. */
struct proof_key;
/** proof_key_new - from the SPKI (DER) in its one spelling. Errors: EINPUT,
 * ENOMEMORY. */
NODISCARD int proof_key_new(const void *spki, size_t n,
    struct proof_key **ret, struct err *err);
void proof_key_free(struct proof_key *k);
DEFINE_FREEP(proof_key)
/** proof_key_verify - a signature over @octets by this key. Errors: EPROOF. */
NODISCARD int proof_key_verify(const struct proof_key *k, const void *octets,
    size_t n, const void *sig, size_t sig_n, struct err *err);
/** proof_verify - a signature over @octets by the key of this SPKI (DER).
 * Errors: EPROOF - it does not verify; EINPUT - not a key we accept. */
NODISCARD int proof_verify(const void *spki, size_t spki_n,
    const void *octets, size_t n, const void *sig, size_t sig_n,
    struct err *err);
/** proof_sign - with a private key, in memory or behind a provider or libp11.
 * The signature is appended to @ret. Errors: EINPUT, EIO_ (the key refused). */
NODISCARD int proof_sign(EVP_PKEY *key, const void *octets, size_t n,
    struct blob *ret, struct err *err);
/** proof_spki_check - is this one of the kinds of key we accept? Errors: EINPUT. */
NODISCARD int proof_spki_check(const void *spki, size_t n, struct err *err);
/** proof_spki_of - append the DER of a key's SubjectPublicKeyInfo. */
NODISCARD int proof_spki_of(EVP_PKEY *key, struct blob *ret, struct err *err);
/** proof_spki_from_pem - "-----BEGIN PUBLIC KEY-----" only; a private key is
 * refused with a clear word.  DER appended to @ret. Errors: EINPUT. */
NODISCARD int proof_spki_from_pem(const void *pem, size_t n, struct blob *ret,
    struct err *err);

#endif
