/*
 * store - SQLite or PostgreSQL behind one interface: named statements, group
 * commit, readers of their own.
 *
 * Floor 2.  Sees base.  Seen by floor 3 and up.
 * Threads:  one struct store is shared by all; a struct tx and its rows belong
 *           to the function they were handed to.
 * Locks:    inside only; no caller's code runs under one.
 *
 * How statements and migrations are added: src/store/sql/README.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/sha256.h"

struct store;			/* opaque: a database and its connections */
struct tx;			/* opaque: one transaction, never kept */
struct rows;			/* opaque: the answer of one statement */

struct store_config {
	unsigned	 readers;	/* connections that read; 0: 8 */
	unsigned	 busy_ms;	/* longest wait for a lock or a reader; 0: 5000 */
	unsigned	 batch;		/* most writers that share one commit; 0: the engine's best */
	bool		 scratch;	/* SQLite: it need not outlive the machine, so nothing is fsynced */
};

/**
 * store_open - open a database and bring its schema up to this program's.
 *
 * @url     "sqlite:PATH" (made when absent), "sqlite::memory:" (private,
 *          readers and writers take turns) or "postgresql:CONNINFO", where
 *          CONNINFO is libpq's "host=... dbname=..." or "//host/db".
 * @config  borrowed for the call; NULL for the defaults.
 *
 * Errors:  EUSAGE for another kind of URL; ESTORE, also for a schema that is
 *          newer than this program's, or whose migrations were changed.
 */
NODISCARD int store_open(const char *url, const struct store_config *config,
    struct store **ret, struct err *err);
/** store_free - close; nobody may be inside.  Takes NULL. */
void store_free(struct store *s);
DEFINE_FREEP(store)

/**
 * store_fn - what a caller does inside a transaction.
 *
 * Non-zero rolls back what this function wrote, and is what the caller of
 * store_write gets.  It may run in another waiting caller's thread: so no
 * thread-local state, and no lock that a caller of store_write may hold.
 */
typedef int store_fn(struct tx *tx, void *ctx, struct err *err);

/**
 * store_write - run @fn in a write transaction; return when it is durable.
 *
 * Callers that arrive together share one commit, in their order of arrival;
 * each sees what those before it wrote, and one that fails is rolled back
 * alone.  Nothing is written by anybody else, on any node, while @fn runs.
 *
 * Errors:  what @fn returned; ESTORE when the database could not make it
 *          durable (nothing of it is there; only when PostgreSQL's connection
 *          is lost within the commit it may still be, so look again);
 *          EBUSY_ when too many wait.
 */
NODISCARD int store_write(struct store *s, store_fn *fn, void *ctx,
    struct err *err);
/**
 * store_write_later - the same, and the caller goes on meanwhile.
 *
 * @fn    may run twice, after what it wrote is taken back: what it leaves in
 *        @ctx must not depend on that.
 * @done  is called once, when it is durable or has failed, with what
 *        store_write would have returned; on a thread that tells everybody, in
 *        the order of their commits, so it must neither wait nor use the store.  Not called where this fails.
 *
 * Errors:  EBUSY_, ENOMEMORY, EINTERNAL (no thread).
 */
typedef void store_done(void *ctx, int rc, const struct err *why);
NODISCARD int store_write_later(struct store *s, store_fn *fn, void *ctx,
    store_done *done, struct err *err);
/**
 * store_read - run @fn on one consistent snapshot; never waits for writers.
 *
 * Errors:  what @fn returned; ESTORE; EBUSY_ when no reader came free.
 */
NODISCARD int store_read(struct store *s, store_fn *fn, void *ctx,
    struct err *err);
/** store_ping - does the database answer?  For readiness.  Errors: ESTORE. */
NODISCARD int store_ping(struct store *s, struct err *err);
/** store_engine - "sqlite" or "postgresql"; static. */
const char *store_engine(const struct store *s);
/**
 * store_backup - copy a SQLite database, consistent and durable, to @path
 * while it is in use.  @path must not exist.
 *
 * Errors:  EEXISTS, ESTORE, EIO_; EUSAGE on PostgreSQL (that is pg_dump's).
 */
NODISCARD int store_backup(struct store *s, const char *path, struct err *err);

/* For metrics; counted since store_open. */
struct store_stats {
	uint64_t	 writes;	/* store_write calls that became durable */
	uint64_t	 commits;	/* transactions they shared */
	uint64_t	 failed;	/* store_write calls that did not */
	uint64_t	 reads;		/* store_read calls */
	uint64_t	 reconnects;	/* connections opened again */
	uint64_t	 waiting;	/* now: writers in the queue */
};
struct store_stats store_stats(struct store *s);

/*
 * Values.  Integers, text, octets and null: the four that both engines share.
 */
enum value_type { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB };
struct value {
	enum value_type	 type;
	int64_t		 i;		/* VALUE_INT */
	const void	*p;		/* borrowed; text ends in NUL */
	size_t		 n;		/* octets, without the NUL */
};
static inline UNUSED struct value
v_int(int64_t i)
{
	return (struct value){ VALUE_INT, i, NULL, 0 };
}
struct value v_text(const char *s_or_null);
/** v_blob - @p may be NULL only for null; an empty blob has a pointer. */
struct value v_blob(const void *p, size_t n);
struct value v_hash(const struct sha256 *h_or_null);	/* 32 octets */
static inline UNUSED struct value
v_null(void)
{
	return (struct value){ VALUE_NULL, 0, NULL, 0 };
}

/* PARAMS(v_text(name), v_int(7)) - the values of $1, $2 ..., for the calls below. */
#define PARAMS(...) \
	(const struct value[]){ __VA_ARGS__ }, \
	sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value)
#define NO_PARAMS	NULL, 0

/**
 * tx_run - run a statement that answers no rows.
 *
 * @name        "key_put", as headed in src/store/sql/key.sql.
 * @ret_changed rows inserted, updated or deleted; NULL when it does not
 *              matter, which lets PostgreSQL tell a failure only when the
 *              next answer is needed, at the latest when the function ends.
 *
 * Errors:  EEXISTS (a unique column), ECONFLICT (another constraint), ESTORE.
 *          After any of these the function must return non-zero.
 */
NODISCARD int tx_run(struct tx *tx, const char *name,
    const struct value *params, size_t n_params, int64_t *ret_changed,
    struct err *err);
/**
 * tx_query - run a statement that answers rows; step with rows_next.
 * PostgreSQL holds the whole answer: bound it with LIMIT.
 */
NODISCARD int tx_query(struct tx *tx, const char *name,
    const struct value *params, size_t n_params, struct rows **ret,
    struct err *err);
/** tx_one - the first row, already stepped to.  Errors: ENOENT_ without one. */
NODISCARD int tx_one(struct tx *tx, const char *name,
    const struct value *params, size_t n_params, struct rows **ret,
    struct err *err);

/** rows_next - step; *ret_row says whether there is one.  Errors: ESTORE. */
NODISCARD int rows_next(struct rows *r, bool *ret_row, struct err *err);
/** rows_free - takes NULL.  Free before the function returns. */
void rows_free(struct rows *r);
DEFINE_FREEP(rows)

/*
 * Columns by name; an unknown name is a bug and asserts.  What they point to
 * lives until the next rows_next or rows_free.  A null is 0, NULL, or n = 0.
 */
int64_t rows_int(const struct rows *r, const char *column);
const char *rows_text(const struct rows *r, const char *column);
const void *rows_blob(const struct rows *r, const char *column, size_t *ret_n);
bool rows_null(const struct rows *r, const char *column);
/** rows_hash - Errors: ESTORE unless it has 32 octets. */
NODISCARD int rows_hash(const struct rows *r, const char *column,
    struct sha256 *ret, struct err *err);
/** rows_copy - text into a field of @room octets. Errors: ESTORE where there is none, or more. */
NODISCARD int rows_copy(const struct rows *r, const char *column, char *ret,
    size_t room, struct err *err);

/* For generic comparisons of tables: columns by place. */
size_t rows_columns(const struct rows *r);
const char *rows_name(const struct rows *r, size_t column);
struct value rows_value(const struct rows *r, size_t column);

/**
 * tx_table - every row of a table, in the order of all its columns, for replay
 * to compare.  @table must be a name of this program's schema ([a-z_]+).
 */
NODISCARD int tx_table(struct tx *tx, const char *table, struct rows **ret,
    struct err *err);

/*
 * A memo is memory that is rolled back and committed with the transaction:
 * what was true of the database when it was filled stays true.
 */
struct memo_kind {
	size_t	 octets;	/* at most 4096 */
	/* Called before the commit, again when another's flush came after; it
	 * writes what it has not yet.  Non-zero fails the commit.  Or NULL. */
	int	(*flush)(struct tx *tx, void *memo, struct err *err);
};
/**
 * tx_memo - this transaction's memo of a kind, zeroed where it is new.
 *
 * @kind    a static; its address is the name.
 * Returns memory of the transaction's; NULL when there is no more.
 */
void *tx_memo(struct tx *tx, const struct memo_kind *kind);

#endif
