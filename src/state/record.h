/*
 * record - the ledger as the floors above read it: events, proofs and
 * checkpoints, in the spelling of doc/design/0001.
 *
 * Floor 4.  Sees ledger, store, base.
 * Threads:  functions that take a tx belong to its transaction's thread.
 */
#ifndef STATE_RECORD_H
#define STATE_RECORD_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/note.h"
#include "base/sha256.h"

struct store;
struct tx;

/** record_head - size and root now. */
NODISCARD int record_head(struct tx *tx, uint64_t *ret_size, struct sha256 *ret_root, struct err *err);
/** record_root - the root when there were @size events. Errors: ERANGE_. */
NODISCARD int record_root(struct tx *tx, uint64_t size, struct sha256 *ret, struct err *err);

/* What to read; 0 and NULL leave a bound away. */
struct record_filter {
	uint64_t	 from, to, limit;
	const char	*kind, *subject;
};
/** record_fn - one event's canonical octets, borrowed; non-zero stops. */
typedef int record_fn(void *ctx, uint64_t seq, const void *octets, size_t n, struct err *err);
NODISCARD int record_each(struct tx *tx, const struct record_filter *f, record_fn *fn, void *ctx, struct err *err);
/** record_octets - append one event's canonical octets. Errors: ENOENT_. */
NODISCARD int record_octets(struct tx *tx, uint64_t seq, struct blob *ret, struct err *err);
/** record_event - one event as JSON. Errors: ENOENT_. */
NODISCARD int record_event(struct tx *tx, uint64_t seq, json_t **ret, struct err *err);
/** record_seq_at - the first event at @t or later; the size if none. */
NODISCARD int record_seq_at(struct tx *tx, time_us t, uint64_t *ret, struct err *err);

/** record_inclusion - {"index","size","proof":[HASH…]}. Errors: ERANGE_. */
NODISCARD int record_inclusion(struct tx *tx, uint64_t seq, uint64_t size, json_t **ret, struct err *err);
/** record_consistency - [HASH…]. Errors: ERANGE_. */
NODISCARD int record_consistency(struct tx *tx, uint64_t old, uint64_t size, json_t **ret, struct err *err);
/** record_range - roots of the perfect trees of the first @size leaves, largest first. */
NODISCARD int record_range(struct tx *tx, uint64_t size, json_t **ret, struct err *err);

/** record_newest - append the newest checkpoint's note. Errors: ENOENT_. */
NODISCARD int record_newest(struct tx *tx, uint64_t *ret_size, struct blob *ret, struct err *err);
/** record_covering - the oldest checkpoint of at least @size events. Errors: ENOENT_. */
NODISCARD int record_covering(struct tx *tx, uint64_t size, uint64_t *ret_size, struct blob *ret, struct err *err);
/** record_keep - store a checkpoint that was verified. Errors: ECONFLICT, ESTORE. */
NODISCARD int record_keep(struct store *store, const struct checkpoint *c, const char *note, time_us now, struct err *err);
/** record_crl_keep - keep a revocation list itself, durably: see cert_crl_keep. */
NODISCARD int record_crl_keep(struct store *store, const char *ca, unsigned partition, bool delta,
    uint64_t number, const struct blob *der, struct err *err);
/** record_apart - write what is no part of the ledger, durably; replay leaves such tables out. */
NODISCARD int record_apart(struct store *store, int (*fn)(struct tx *tx, void *ctx, struct err *err), void *ctx,
    struct err *err);
/** record_ping - does the store answer? Errors: ESTORE. */
NODISCARD int record_ping(struct store *store, struct err *err);
/** record_counts - {engine, writes, commits, failed, reads, reconnects}, for metrics. */
NODISCARD int record_counts(struct store *store, json_t **ret, struct err *err);

#endif
