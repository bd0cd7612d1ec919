/*
 * sqlite - the embedded engine.  Inside src/store only.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>
#include <stdint.h>
#include "store/driver.h"

/* A prepared statement and where its parameters go. */
struct lite_stmt {
	sqlite3_stmt	*st;		/* owned; NULL until first used */
	uint8_t		 n;		/* different parameters in its text */
	uint8_t		 need;		/* highest of their numbers */
	uint8_t		 map[PARAMS_MAX];	/* SQLite's index - 1 -> $n - 1 */
	bool		 busy;		/* an open answer steps through it */
};
struct lite_conn {
	struct conn	 base;
	sqlite3		*db;		/* owned */
	bool		 memory;
	bool		 writer;
	sqlite3_stmt	*begin, *commit, *rollback, *save, *release, *undo;
	struct lite_stmt *stmt;		/* owned; one per sql_statements row */
};

int lite_error(struct lite_conn *c, int rc, struct err *err);
int lite_run(struct conn *c, size_t statement, const struct value *params,
    size_t n, int64_t *ret_changed, struct err *err);
int lite_query(struct conn *c, size_t statement, const struct value *params,
    size_t n, struct rows **ret, struct err *err);
int lite_query_text(struct conn *c, const char *text, struct rows **ret,
    struct err *err);
int lite_table(struct conn *c, const char *table, struct rows **ret,
    struct err *err);
int lite_next(struct rows *r, bool *ret_row, struct err *err);
void lite_free(struct rows *r);
const char *lite_column(const struct rows *r, size_t column);
struct value lite_value(const struct rows *r, size_t column);

#endif
