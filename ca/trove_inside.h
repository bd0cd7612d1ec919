/*
 * trove_inside - what the files of ca/trove share.  Private to them.
 */
#ifndef CA_TROVE_INSIDE_H
#define CA_TROVE_INSIDE_H

#include <openssl/evp.h>
#include "base/blob.h"
#include "ca/trove.h"

/** trove_private - the public half of a private key in DER, where it can be
 * made: the item's form, print and algorithm.  False: it is none. */
bool trove_private(struct span der, struct trove_item *ret);
/** trove_public - the same of a SubjectPublicKeyInfo. */
bool trove_public(struct span spki, struct trove_item *ret);
/** trove_shrouded - is it an EncryptedPrivateKeyInfo (RFC 5958, 3)? */
bool trove_shrouded(struct span der);
/** trove_openssh - of an openssh-key-v1, whose public half is in clear.
 * Errors: ENOMEMORY; what is no such key is left without a print. */
NODISCARD int trove_openssh(struct span octets, struct trove_item *ret,
    struct err *err);
/** trove_narrow - of a file with one of @words in UTF-16: what follows from the first of
 * them on, an octet for each letter, appended. Nothing of any other. Errors: ENOMEMORY. */
NODISCARD int trove_narrow(struct span file, const char *const *words, size_t words_n,
    struct blob *ret, struct err *err);
/** trove_jwk - the next private key in JSON (RFC 7517) behind that many octets, which
 * are moved behind it.  False: there is none. */
bool trove_jwk(struct span file, size_t *behind, struct trove_item *ret);
/** trove_pkey - print and algorithm of a public key; frees it, takes NULL. */
bool trove_pkey(EVP_PKEY *key, struct trove_item *ret);

#endif
