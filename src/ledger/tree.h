/*
 * tree - the head row and the stored nodes.  Inside src/ledger only.
 */
#ifndef LEDGER_TREE_H
#define LEDGER_TREE_H

#include "ledger/ledger.h"

/**
 * tree_head - the compact range as this transaction has it.
 *
 * Read from the head row once per transaction and kept in its memo, which
 * rolls back with it; other writers cannot move the row while this one holds
 * it.
 * @ret  borrowed, until the transaction ends or rolls back.
 */
NODISCARD int tree_head(struct tx *tx, const struct merkle_range **ret,
    struct err *err);
/** tree_head_set - what it is from now on; the row is written once, before
 * the commit. */
NODISCARD int tree_head_set(struct tx *tx, const struct merkle_range *r,
    struct err *err);
/** tree_node - a stored perfect tree; level 0 is a leaf.  @ctx is the tx. */
NODISCARD int tree_node(void *ctx, unsigned level, uint64_t place,
    struct sha256 *ret, struct err *err);
/** tree_check_size - is @size no larger than the ledger?  Errors: ERANGE_. */
NODISCARD int tree_check_size(struct tx *tx, uint64_t size, struct err *err);

#endif
