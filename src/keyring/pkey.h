/*
 * pkey - a key that lives in the keeper as an EVP_PKEY, bound to a permit.
 *
 * Floor 3.  Sees wire, base.  Seen by flow.
 * Threads:  share one; OpenSSL's own rules hold for the EVP_PKEY.
 *
 * An OpenSSL 3 provider named "claviger" in a library context of its own: KEYMGMT and SIGNATURE for EC, RSA and ED25519.
 * OpenSSL's calls (EVP_PKEY_sign, EVP_DigestSign, X509_sign, CMS_sign ...) run
 * unchanged; each signature is one keyring_use under the permit.  A key of kind ca signs
 * whole messages alone (EVP_DigestSign and what is built on it): the operation says what they are.
 */
#ifndef KEYRING_PKEY_H
#define KEYRING_PKEY_H

#include "keyring/keyring.h"

struct keyring_binding;		/* a permit and an operation that a key is bound to */

struct keyring_bind {
	const struct sha256	*permit;	/* hash */
	const json_t		*document;	/* the PERMIT; a reference is taken */
	const json_t		*operation;	/* OPERATION of op "sign" without digest and content, or of
						 * certify, crl, ocsp without content; copied */
	const char		*scheme;	/* the key's (0001); another padding or digest is refused */
	const void		*spki;		/* DER; borrowed */
	size_t			 spki_octets;
};

/**
 * keyring_bind_key - bind a key to a permit.
 * Errors: EINPUT (SPKI), ERANGE_ (scheme), EINTERNAL (OpenSSL), ENOMEMORY.
 */
NODISCARD int keyring_bind_key(struct keyring *k, const struct keyring_bind *b,
    struct keyring_binding **ret, struct err *err);
/**
 * keyring_binding_free - end the permit's use: EVP_PKEYs of it that others still hold
 * (certificates, CMS keep references) sign no more; they stay valid as public keys.
 */
void keyring_binding_free(struct keyring_binding *b);
DEFINE_FREEP(keyring_binding)
/** keyring_pkey - the key; owned by the binding (EVP_PKEY_up_ref to keep it). */
EVP_PKEY *keyring_pkey(const struct keyring_binding *b);
/** keyring_libctx - OpenSSL's context in which the key's algorithms are found (EVP_DigestSignInit_ex ...). */
OSSL_LIB_CTX *keyring_libctx(const struct keyring_binding *b);
/** keyring_entries - take the journal entries of the signatures made so far: array, owned; NULL: none. */
json_t *keyring_entries(struct keyring_binding *b);
/** keyring_binding_error - why the last signature under it failed: code OK when none did. */
void keyring_binding_error(struct keyring_binding *b, struct err *ret);

#endif
