/*
 * remake - the projections of a ledger's beginning, in an empty store.
 *
 * Floor 5, audit; included by replay and past.
 */
#ifndef AUDIT_REMAKE_H
#define AUDIT_REMAKE_H

#include "audit/past.h"

/**
 * remake - apply the first @size events of @live, page by page, to @again,
 * which has none yet.
 *
 * @go_on   asked before each page, @done events on; non-zero stops with it.  NULL: not asked.
 * Errors:  its; ELEDGER (an event is missing), and those of state_apply.
 */
NODISCARD int remake(struct store *live, struct store *again, uint64_t size,
    past_go_on *go_on, void *ctx, struct err *err);
struct tx;
/** remake_rest - the same of the events from @from up to @to, read in this transaction;
 * @again has those before. */
NODISCARD int remake_rest(struct tx *live, struct store *again, uint64_t from,
    uint64_t to, struct err *err);

#endif
