/*
 * ledger - the append-only Merkle log of every event.
 *
 * Floor 3.  Sees store, base.  Seen by state only.
 * Threads:  has no state of its own: all of it is in the caller's transaction.
 * Standard: RFC 6962, 2.1 (tree, inclusion and consistency proofs).
 *
 * Functions that append need the transaction of store_write; all others take
 * that of store_read as well.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include <stddef.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/merkle.h"
#include "base/sha256.h"
#include "store/store.h"

#define LEDGER_LEAF_MAX	(1 << 20)	/* octets of one event: a charter fits */

struct ledger_head {
	uint64_t	 size;
	struct sha256	 root;
};

/* One event as it stands in the ledger. */
struct ledger_event {
	uint64_t	 seq;
	time_us		 time;
	const char	*kind;
	const char	*actor;
	const char	*subject;
	const void	*leaf;		/* canonical JSON */
	size_t		 leaf_octets;	/* 1..LEDGER_LEAF_MAX */
	struct sha256	 hash;		/* of the leaf; set by the ledger */
};

/**
 * ledger_next - the sequence number that the next append must have.  In a
 * write transaction nobody else can take it.
 */
NODISCARD int ledger_next(struct tx *tx, uint64_t *ret_seq, struct err *err);
/**
 * ledger_append - add one event within the caller's transaction.
 *
 * @e    borrowed; its seq must be ledger_next's; its hash is not looked at.
 *
 * Errors:   ECONFLICT (another seq), ETOOBIG, EINPUT (an empty leaf),
 *           ELEDGER and ESTORE - nothing was written; do not answer.
 * Standard: RFC 6962, 2.1.
 */
NODISCARD int ledger_append(struct tx *tx, const struct ledger_event *e,
    struct err *err);

/** ledger_head - size and root as this transaction sees them. */
NODISCARD int ledger_head(struct tx *tx, struct ledger_head *ret,
    struct err *err);
/** ledger_root_at - the root when it had @size leaves.  Errors: ERANGE_. */
NODISCARD int ledger_root_at(struct tx *tx, uint64_t size, struct sha256 *ret,
    struct err *err);
/** ledger_range_at - the compact range of the first @size leaves.  Errors: ERANGE_. */
NODISCARD int ledger_range_at(struct tx *tx, uint64_t size,
    struct merkle_range *ret, struct err *err);
/** ledger_inclusion - leaf @seq in the tree of @size.  Errors: ERANGE_.
 * RFC 6962, 2.1.1. */
NODISCARD int ledger_inclusion(struct tx *tx, uint64_t seq, uint64_t size,
    struct sha256 ret[MERKLE_PROOF], size_t *ret_n, struct err *err);
/** ledger_consistency - the tree of @old is a beginning of that of @size.
 * 0 <= old <= size.  Errors: ERANGE_.  RFC 6962, 2.1.2. */
NODISCARD int ledger_consistency(struct tx *tx, uint64_t old, uint64_t size,
    struct sha256 ret[MERKLE_PROOF], size_t *ret_n, struct err *err);

/* What to read: all that match every member that is set. */
struct ledger_filter {
	uint64_t	 from;		/* first seq */
	uint64_t	 to;		/* seq to stop before; 0: the end */
	uint64_t	 limit;		/* most events; 0: all */
	const char	*kind;		/* NULL: any; "key." : all that begin so */
	const char	*subject;	/* NULL: any */
};
/** ledger_fn - handed each event, borrowed for the call; non-zero stops. */
typedef int ledger_fn(void *ctx, const struct ledger_event *e, struct err *err);
/** ledger_each - events in order, read in pages of bounded size. */
NODISCARD int ledger_each(struct tx *tx, const struct ledger_filter *f,
    ledger_fn *fn, void *ctx, struct err *err);
/** ledger_leaf - append the octets of one event to @ret.  Errors: ENOENT_. */
NODISCARD int ledger_leaf(struct tx *tx, uint64_t seq, struct blob *ret,
    struct err *err);
/** ledger_seq_at - the first seq whose time is @t or later; the size if none. */
NODISCARD int ledger_seq_at(struct tx *tx, time_us t, uint64_t *ret,
    struct err *err);

/*
 * Checkpoints: notes that the keeper signed.  They are not events.
 */
/**
 * ledger_checkpoint_put - keep a note that the caller has verified.
 *
 * @size, @entries  as the note says.
 * Errors:  ECONFLICT when it is ahead of the ledger or names another root.
 */
NODISCARD int ledger_checkpoint_put(struct tx *tx, uint64_t size,
    const struct sha256 *root, uint64_t entries, time_us time,
    const char *note, struct err *err);
/** ledger_checkpoint_newest - append the note's text to @ret.  Errors: ENOENT_. */
NODISCARD int ledger_checkpoint_newest(struct tx *tx, uint64_t *ret_size,
    struct blob *ret, struct err *err);
/** ledger_checkpoint_for - the oldest whose tree has at least @size leaves.
 * Errors: ENOENT_ (not yet). */
NODISCARD int ledger_checkpoint_for(struct tx *tx, uint64_t size,
    uint64_t *ret_size, struct blob *ret, struct err *err);

#endif
