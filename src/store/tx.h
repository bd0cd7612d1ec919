/*
 * tx - a transaction as its function sees it.  Inside src/store only.
 */
#ifndef STORE_TX_H
#define STORE_TX_H

#include "store/driver.h"

#define MEMOS_MAX	8
#define MEMO_OCTETS_MAX	4096

struct memo {
	const struct memo_kind	*kind;
	void			*data;		/* owned */
	void			*saved;		/* owned: data at the savepoint */
};
struct tx {
	struct conn	*conn;		/* borrowed */
	struct memo	 memo[MEMOS_MAX];
};

void tx_init(struct tx *tx, struct conn *c);
void tx_done(struct tx *tx);
/** tx_save, tx_undo - what a savepoint does to the memos. */
void tx_save(struct tx *tx);
void tx_undo(struct tx *tx);
/** tx_flush - write what memos held back, before the commit. */
NODISCARD int tx_flush(struct tx *tx, struct err *err);
/** tx_call - run @fn and learn of every failure of what it did. */
NODISCARD int tx_call(struct tx *tx, store_fn *fn, void *ctx, struct err *err);
/** sql_find - a statement's place in sql_statements.  Errors: EINTERNAL. */
NODISCARD int sql_find(const char *name, size_t *ret, struct err *err);

#endif
