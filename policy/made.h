/*
 * made - the keeper's word that a key was made in its token.
 *
 * Floor 2, pure.  The house's keeper key lives in the token and signs nothing
 * else, so nobody who merely holds the service can have a key believed.
 * doc/design/0001-formats.md.
 */
#ifndef POLICY_MADE_H
#define POLICY_MADE_H

#include <jansson.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/err.h"
#include "base/sha256.h"
#include "policy/genesis.h"

#define MADE_FORMAT	"claviger/made/v1"

/* What is said of a key's making; all borrowed. */
struct made {
	const char	*house, *request;
	uint64_t	 intent;	/* number of the entry that announced it */
	const char	*decided;	/* TIME of that entry */
	struct sha256	 permit, key;
};

/** made_octets - append what the keeper key signs (ECDSA, SHA-256).
 * Errors: ENOMEMORY. */
NODISCARD int made_octets(const struct made *m, struct blob *ret,
    struct err *err);

/**
 * made_check - does the result of a "generate" entry prove that the key was
 * made by this house's keeper, in entry @n, for this request and permit?
 *
 * Errors: EVERIFY, ENOMEMORY.
 */
NODISCARD int made_check(const struct genesis *g, uint64_t n,
    const char *request, const struct sha256 *permit, const json_t *result,
    struct err *err);

#endif
