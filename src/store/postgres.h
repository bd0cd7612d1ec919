/*
 * postgres - the engine that several nodes share.  Inside src/store only.
 *
 * The connection stays in libpq's pipeline mode: a statement whose answer
 * nobody needs is only queued, and costs no round trip of its own.
 */
#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H

#include <libpq-fe.h>
#include "store/driver.h"

struct pq_conn {
	struct conn	 base;
	PGconn		*pg;		/* owned */
	unsigned	 patience_ms;	/* longest wait for the server, now */
	unsigned	 usual_ms;	/* and when it does not migrate */
	unsigned	 queued;	/* commands since the last sync */
	unsigned	 syncs;		/* sent, not yet answered */
	bool		*prepared;	/* owned; one per sql_statements row */
};

/* postgres_wire.c: commands out, answers in, never longer than patience. */

/** pq_queue - send a command without waiting for its answer. */
NODISCARD int pq_queue(struct pq_conn *c, const char *text, struct err *err);
/** pq_queue_statement - the same for a named one; prepared at its first use. */
NODISCARD int pq_queue_statement(struct pq_conn *c, size_t statement,
    const struct value *params, size_t n, struct err *err);
/** pq_push - make the server work on what is queued; do not wait. */
NODISCARD int pq_push(struct pq_conn *c, struct err *err);
/**
 * pq_settle - wait for every answer.
 *
 * @ret_last  the last one's result (PQclear), or NULL when nothing had to be
 *            answered; may itself be NULL: cleared.
 * Errors:    of the first command that failed.
 */
NODISCARD int pq_settle(struct pq_conn *c, PGresult **ret_last,
    struct err *err);
/**
 * pq_check - is the connection still there?  Costs no round trip: notices
 * what the server has said, or that it hung up, since it was last used.
 */
NODISCARD int pq_check(struct pq_conn *c, struct err *err);
/** pq_script - several statements in one text, outside the pipeline. */
NODISCARD int pq_script(struct pq_conn *c, const char *text, struct err *err);
/** pq_lost - the connection is of no use any more. */
int pq_lost(struct pq_conn *c, struct err *err);

/* postgres_rows.c */
int pq_run(struct conn *c, size_t statement, const struct value *params,
    size_t n, int64_t *ret_changed, struct err *err);
int pq_query(struct conn *c, size_t statement, const struct value *params,
    size_t n, struct rows **ret, struct err *err);
int pq_query_text(struct conn *c, const char *text, struct rows **ret,
    struct err *err);
int pq_table(struct conn *c, const char *table, struct rows **ret,
    struct err *err);
int pq_next(struct rows *r, bool *ret_row, struct err *err);
void pq_free(struct rows *r);
const char *pq_column(const struct rows *r, size_t column);
struct value pq_value(const struct rows *r, size_t column);

#endif
