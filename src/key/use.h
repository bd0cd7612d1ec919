/*
 * use - what the keeper did: one row per journal entry, and so per signature.
 *
 * Floor 3.  Sees policy, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef KEY_USE_H
#define KEY_USE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"

struct tx;

/* A row of the journal as the ledger knows it; borrowed strings, NULL where none. */
struct use {
	uint64_t	 n;		/* the entry's number */
	const char	*hash;		/* of the entry */
	const char	*op;		/* "sign", "generate" ... */
	time_us		 time;		/* the keeper's */
	uint64_t	 seq;		/* of the event that carries it */
	const char	*request, *key, *principal;
	const char	*rule;		/* its hash: a changed rule counts anew */
	const char	*digest;	/* hex */
	const char	*signature;	/* base64 */
	const char	*product, *version, *track;
	uint64_t	 ordinal;	/* of this use of the request; 0 where none */
};

/** use_insert - record one. Errors: ECONFLICT (the entry has an event already), ESTORE. */
NODISCARD int use_insert(struct tx *tx, const struct use *u, struct err *err);
/** use_known - has this journal entry an event, or needs none? */
NODISCARD int use_known(struct tx *tx, uint64_t n, bool *ret, struct err *err);
/**
 * use_position - the highest entry with none missing below it (what a restore
 * lost for good is not missing), and the highest seen.
 */
NODISCARD int use_position(struct tx *tx, uint64_t *ret_whole, uint64_t *ret_highest, struct err *err);
/** use_silent - remember an entry that no event carries: an intent, a failure.
 * Not a projection. */
NODISCARD int use_silent(struct tx *tx, uint64_t n, struct err *err);
/** use_mark - remember how far the journal is whole, so that the next
 * use_position looks from there.  Not a projection. */
NODISCARD int use_mark(struct tx *tx, uint64_t whole, struct err *err);
/** use_count - signatures under (rule hash, key hash, principal) after @since. */
NODISCARD int use_count(struct tx *tx, const char *rule, const char *key,
    const char *principal, time_us since, uint64_t *ret, struct err *err);
/** use_began - when the first of these was; 0: there is none. */
NODISCARD int use_began(struct tx *tx, const char *rule, const char *key,
    const char *principal, time_us *ret, struct err *err);
/* What one principal did with a key under one rule. */
struct use_sum {
	char		 rule[SHA256_HEX];	/* its hash */
	char		 principal[66];
	uint64_t	 count;
	time_us		 last;
};
typedef int use_sum_fn(void *ctx, const struct use_sum *s, struct err *err);
/** use_sums - signatures and certificates by rule and principal, counted
 * without reading them. @most of these; @ret_more: there are others. */
NODISCARD int use_sums(struct tx *tx, const char *key, unsigned most,
    use_sum_fn *fn, void *ctx, bool *ret_more, struct err *err);
/** use_of_request - uses of a request made so far. */
NODISCARD int use_of_request(struct tx *tx, const char *request, uint64_t *ret, struct err *err);
/**
 * use_find - the use of a request over this digest, as
 * {"n","seq","time","key","principal","digest","signature"}; the first use where digest is NULL.
 * Errors: ENOENT_.
 */
NODISCARD int use_find(struct tx *tx, const char *request, const char *digest,
    json_t **ret, struct err *err);
/** use_signed - the digest (hex) signed under a key for this product, track and version,
 * however it was spelt. Errors: ENOENT_. */
NODISCARD int use_signed(struct tx *tx, const char *key, const char *product,
    const char *track, const char *version, char ret_digest[130], struct err *err);

#endif
