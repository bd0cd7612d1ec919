/*
 * idempotency - the name under which asking again finds the same request.
 */
#ifndef CLI_IDEMPOTENCY_H
#define CLI_IDEMPOTENCY_H

#include <jansson.h>
#include "base/err.h"
#include "base/sha256.h"

/**
 * idempotency_of - SHA-256 of the canonical body with its action in it.
 * For key.sign the members that count are {key, digest, product, version,
 * track, claims, attempt}; others (a note) may differ without asking anew.
 */
NODISCARD int idempotency_of(const char *action, const json_t *body,
    char ret[SHA256_HEX], struct err *err);
/** idempotency_sign - the same for key.sign; @key is the hash of its public key. */
NODISCARD int idempotency_sign(const char *key, const json_t *body,
    char ret[SHA256_HEX], struct err *err);

#endif
