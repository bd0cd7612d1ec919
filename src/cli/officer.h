/*
 * officer - an officer's own key: a PEM file, or on a card or token.
 */
#ifndef CLI_OFFICER_H
#define CLI_OFFICER_H

#include <openssl/evp.h>
#include "base/blob.h"
#include "base/err.h"
#include "base/sha256.h"

struct officer;

/**
 * officer_open - load the key; asks for its passphrase or PIN on the terminal.
 * @where  a file, or a pkcs11: URI.
 * Errors: EIO_, EINPUT (not a kind of key that proves), EAUTH, ENOKEY, ETOKEN.
 */
NODISCARD int officer_open(const char *where, struct officer **ret,
    struct err *err);
void officer_free(struct officer *o);
DEFINE_FREEP(officer)
/** officer_credential - SHA-256 of the SPKI: the credential's name. */
struct sha256 officer_credential(const struct officer *o);
/** officer_sign - with the scheme that follows the key; appended to @ret. */
NODISCARD int officer_sign(struct officer *o, const void *p, size_t n,
    struct blob *ret, struct err *err);
/** officer_id - who it is, once known ("" before). */
const char *officer_id(const struct officer *o);
NODISCARD int officer_id_set(struct officer *o, const char *id, struct err *err);

#endif
