/*
 * driver - what an engine must do: one row of functions per engine.
 *
 * Inside src/store only.  A connection is used by one thread at a time.
 */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include "store/sql.h"
#include "store/store.h"

#define PARAMS_MAX	32	/* $1 .. $32 */

struct driver;

/* The head of every engine's connection. */
struct conn {
	const struct driver	*driver;
	bool			 broken;	/* close it; a new one may do better */
	bool			 failed;	/* a statement did: no more of this */
	unsigned		 open_rows;	/* answers not yet freed */
	size_t			 column;	/* where rows_int and the like found the last name */
	struct conn		*next;		/* in the pool of idle readers */
};

/* The head of every engine's answer. */
struct rows {
	struct conn	*conn;
	size_t		 columns;
};

struct driver {
	const char	*name;		/* "sqlite" */
	const char	*scheme;	/* "sqlite:" */
	enum sql_engine	 engine;
	unsigned	 batch_max;	/* writers that one commit serves well */

	/* Is all of it in this one connection?  Then readers share it. */
	bool (*is_private)(const char *where);
	int (*open)(const char *where, const struct store_config *config,
	    bool writer, bool create, struct conn **ret, struct err *err);
	void (*close)(struct conn *c);

	int (*begin)(struct conn *c, bool write, struct err *err);
	/* The same for migrations: only one program at a time comes through. */
	int (*begin_schema)(struct conn *c, struct err *err);
	/* Zero: durable. */
	int (*commit)(struct conn *c, struct err *err);
	/* Never fails: what cannot be rolled back marks the connection broken. */
	void (*rollback)(struct conn *c);
	int (*save)(struct conn *c, struct err *err);
	int (*release)(struct conn *c, struct err *err);
	/* Back to the savepoint, and let go of it. */
	int (*undo)(struct conn *c, struct err *err);
	/* Learn of failures that were put off. */
	int (*settle)(struct conn *c, struct err *err);
	/* Is the transaction that was begun still there? */
	bool (*alive)(struct conn *c);

	/* Several statements, no parameters, no answer: migrations. */
	int (*script)(struct conn *c, const char *text, struct err *err);
	int (*run)(struct conn *c, size_t statement, const struct value *params,
	    size_t n, int64_t *ret_changed, struct err *err);
	int (*query)(struct conn *c, size_t statement,
	    const struct value *params, size_t n, struct rows **ret,
	    struct err *err);
	/* The same for a text made here, without parameters. */
	int (*query_text)(struct conn *c, const char *text, struct rows **ret,
	    struct err *err);
	int (*table)(struct conn *c, const char *table, struct rows **ret,
	    struct err *err);

	int (*next)(struct rows *r, bool *ret_row, struct err *err);
	void (*free)(struct rows *r);
	const char *(*column)(const struct rows *r, size_t column);
	struct value (*value)(const struct rows *r, size_t column);

	int (*backup)(struct conn *c, const char *path, struct err *err);
};

extern const struct driver driver_sqlite;
extern const struct driver driver_postgres;

#endif
