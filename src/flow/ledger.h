/*
 * ledger - what receipts, evidence and bundles are made of.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_LEDGER_H
#define FLOW_LEDGER_H

#include "base/clock.h"
#include "base/json.h"

struct flow;
struct tx;

#define SHOW_WAIT	TIME_S(10)	/* for a checkpoint that covers a receipt */

/* An event with its receipt: inclusion in a tree that the keeper signed. */
struct receipted {
	uint64_t	 seq, size;
	json_t		*event, *inclusion;	/* owned */
	struct blob	*note;
};
/** receipt_get - event @seq and its receipt; where no checkpoint covers it yet, it is
 * shown to the keeper first. @r: with an empty note. receipt_done whatever comes.
 * Errors: ENOENT_, EKEEPER. */
NODISCARD int receipt_get(struct flow *f, uint64_t seq, struct receipted *r,
    struct err *err);
void receipt_done(struct receipted *r);
/** chain_read - all charters that were in force before event @size, each with what
 * proves it; @evidence: with charter and permit beside. @ret array, new. */
NODISCARD int chain_read(struct tx *tx, uint64_t size, bool evidence,
    json_t **ret, struct err *err);

#endif
