/*
 * entry - one line of the keeper's journal, and the chain that they form.
 * doc/design/0001, "Journal entry".
 *
 * Floor 2.  Sees base.  Seen by keeper, flow, auditor.  Pure.
 *
 * Entry n carries the hash of entry n-1; an entry's own hash is SHA-256 of
 * its canonical octets.  What an entry *means* is for others to check:
 * here is its shape, and that each follows on the one before.
 */
#ifndef WIRE_ENTRY_H
#define WIRE_ENTRY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"

#define ENTRY_OCTETS	(16u << 20)	/* longest entry that is read */
/* Longest that is made: one whose event no ledger can hold (1 MiB) would keep
 * every service after it out of the house. */
#define ENTRY_MADE	((1u << 20) - (64u << 10))

/* name, what the journal says; which members each needs stands in entry.c */
#define ENTRY_OPS(O) \
	O(FOUND, "found")			O(SIGN, "sign") \
	O(GENERATE_INTENT, "generate-intent")	O(GENERATE, "generate") \
	O(GENERATE_FAILED, "generate-failed")	O(STATE, "state") \
	O(DESTROY_INTENT, "destroy-intent")	O(DESTROY, "destroy") \
	O(AMEND, "amend")			O(RESTORE, "restore") \
	O(ADOPT, "adopt")			O(CERTIFY, "certify") \
	O(CRL, "crl")				O(OCSP, "ocsp") \
	O(ADOPT_CA, "adopt-ca")			O(CLOSE, "close") \
	O(CSR, "csr")

enum entry_op {
#define O(name, text) ENTRY_##name,
	ENTRY_OPS(O)
#undef O
	ENTRY__N
};

/* Where the journal stands: n entries, the last of which has this hash. */
struct entry_head {
	uint64_t	 n;		/* 0: empty, hash all zero */
	struct sha256	 hash;
};

/* A read entry.  Pointers are borrowed from json, NULL where absent. */
struct entry {
	json_t		*json;		/* owned */
	struct blob	 octets;	/* owned; canonical; empty: who read it has them */
	struct sha256	 hash;		/* of its canonical octets */
	uint64_t	 n;		/* from 1 */
	struct sha256	 prev;		/* all zero where n is 1 */
	time_us		 time;		/* the keeper's clock */
	enum entry_op	 op;
	struct sha256	 charter;	/* in force when it was written */
	const char	*request;
	bool		 has_permit;
	struct sha256	 permit;
	const json_t	*permit_document;
	const char	*rule;		/* name */
	struct sha256	 rule_hash;
	const json_t	*facts;
	const json_t	*operation;
	int64_t		 use;		/* ordinal; 0: absent */
	const json_t	*result;
};

/** entry_op_name - "generate-intent"; static. */
const char *entry_op_name(enum entry_op op);
/** entry_op_signs - did a key sign something that left the house? */
bool entry_op_signs(enum entry_op op);

/**
 * entry_read - one entry from its canonical octets (a line without its newline).
 * Errors: EINPUT (not canonical), ESCHEMA, ERANGE_, ETOOBIG, ENOMEMORY.
 */
NODISCARD int entry_read(const void *p, size_t n, struct entry **ret, struct err *err);
/** entry_from_json - the same from an object, which is kept (a reference is taken). */
NODISCARD int entry_from_json(json_t *j, struct entry **ret, struct err *err);
/** entry_from_octets - the same where the canonical octets are at hand: the
 * caller knows that they are those of @j. */
NODISCARD int entry_from_octets(json_t *j, const void *octets, size_t n, struct entry **ret, struct err *err);
void entry_free(struct entry *e);
DEFINE_FREEP(entry)

/** entry_hash - SHA-256 of an entry's canonical octets, without reading it. */
NODISCARD int entry_hash(const json_t *j, struct sha256 *ret, struct err *err);

/**
 * entry_make - build the next entry.
 *
 * @after    the head that it follows.
 * @now      the keeper's time, not before the last entry's.
 * @members  stolen also on failure, may be NULL: request, permit, permit_document, rule,
 *           facts, operation, use, result as they apply.
 * Errors: ESCHEMA (a member that has no place), ENOMEMORY.
 */
NODISCARD int entry_make(const struct entry_head *after, time_us now,
    enum entry_op op, const struct sha256 *charter, json_t *members,
    struct entry **ret, struct err *err);

/** entry_line - append the canonical octets, without a newline. */
NODISCARD int entry_line(const struct entry *e, struct blob *ret, struct err *err);

/**
 * entry_check_next - does this one follow on @head?
 *
 * @head      in: what came before; out, on success: moved to this entry.
 * @last      in/out: time of the one before (0 at first); time never goes back.
 *            May be NULL.
 * Errors: EVERIFY "entry 12 does not follow entry 10", "...its hash", "...its time".
 */
NODISCARD int entry_check_next(const struct entry *e, struct entry_head *head,
    time_us *last, struct err *err);
/**
 * entry_check_chain - an array of entries as objects ("tail"), one after the other from @head.
 *
 * @fn   called for each good one in order; may be NULL; non-zero stops.
 */
NODISCARD int entry_check_chain(const json_t *entries, struct entry_head *head,
    time_us *last, int (*fn)(void *ctx, const struct entry *e, struct err *err),
    void *ctx, struct err *err);

/** entry_key - hash of the key that the operation or result names; false: none. */
bool entry_key(const struct entry *e, struct sha256 *ret);
/** entry_signature - append the signature that a sign, certify or crl entry carries. Errors: ESCHEMA, EINPUT. */
NODISCARD int entry_signature(const struct entry *e, struct blob *ret, struct err *err);

#endif
