/*
 * seal - what is common to certificates, CRLs, OCSP answers and requests:
 * SEQUENCE { what is signed, AlgorithmIdentifier, BIT STRING }.
 *
 * Floor 2, pure.  Sees base; OpenSSL signs and verifies.
 * Schemes have the house's names: ecdsa-sha256, ecdsa-sha384, rsa-pss-sha256,
 * rsa-pkcs1-sha256, ed25519.
 */
#ifndef CA_SEAL_H
#define CA_SEAL_H

#include <openssl/evp.h>
#include "ca/der.h"

/** seal_algorithm - the AlgorithmIdentifier, whole; static. n is 0 for a
 * scheme that there is not. RFC 5758, 3.2; RFC 4055, 3.1, 5; RFC 8410, 3. */
struct span seal_algorithm(const char *scheme);
/** seal_scheme - the house's scheme with this AlgorithmIdentifier (whole), or NULL. */
const char *seal_scheme(struct span algorithm);
/** seal_enclose - what was written from @from on is what was signed: it becomes the
 * whole where it stands, which spares a long list a copy. Errors: EINPUT for an
 * unknown scheme; then it is as it was. */
NODISCARD int seal_enclose(struct blob *b, size_t from, const char *scheme,
    struct span signature, struct err *err);
/** seal_assemble - append the whole. @signature as it stands in the BIT
 * STRING: DER for ECDSA. Errors: EINPUT for an unknown scheme. */
NODISCARD int seal_assemble(struct span tbs, const char *scheme,
    struct span signature, struct blob *ret, struct err *err);
/**
 * seal_sign - sign all of @tbs and append the signature alone, as
 * seal_assemble takes it.  @lib may be NULL: the default library context.
 * Errors: EINPUT: no scheme, or not the key's; ETOKEN: the key did not sign.
 */
NODISCARD int seal_sign(struct span tbs, EVP_PKEY *key, OSSL_LIB_CTX *lib,
    const char *scheme, struct blob *ret, struct err *err);
/**
 * seal_verify - is this the key's signature under this AlgorithmIdentifier?
 * Takes the schemes above, and ECDSA and RSA with SHA-384 and SHA-512; never
 * SHA-1.  Errors: EINPUT: another algorithm; EVERIFY: it is not.
 */
NODISCARD int seal_verify(struct span tbs, struct span algorithm,
    struct span signature, EVP_PKEY *key, struct err *err);
/** seal_read - the three parts of a whole, which has nothing behind it. */
NODISCARD int seal_read(struct span whole, const char *what,
    struct span *ret_tbs, struct span *ret_algorithm,
    struct span *ret_signature, struct err *err);

#endif
