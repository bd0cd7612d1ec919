/*
 * tx - statements run inside a transaction, and what it remembers.
 */
#include "store/tx.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
tx_init(struct tx *tx, struct conn *c)
{
	memset(tx, 0, sizeof(*tx));
	tx->conn = c;
}

void
tx_forget(struct tx *tx)
{
	for (size_t i = 0; i < NELEM(tx->memo); i++)
		if (tx->memo[i].data != NULL)
			memset(tx->memo[i].data, 0, tx->memo[i].octets);
}

void
tx_done(struct tx *tx)
{
	for (size_t i = 0; i < NELEM(tx->memo); i++)
		free(tx->memo[i].data);
	memset(tx, 0, sizeof(*tx));
}

void *
tx_memo(struct tx *tx, const void *key, size_t octets)
{
	assert(octets <= MEMO_OCTETS_MAX);
	for (size_t i = 0; i < NELEM(tx->memo); i++) {
		struct memo *m = &tx->memo[i];

		if (m->key == key) {
			assert(m->octets == octets);
			return m->data;
		}
		if (m->key != NULL)
			continue;
		m->data = calloc(1, octets);
		if (m->data != NULL) {
			m->key = key;
			m->octets = octets;
		}
		return m->data;
	}
	return NULL;
}

int
tx_call(struct tx *tx, store_fn *fn, void *ctx, struct err *err)
{
	struct conn *c = tx->conn;
	struct err late = { .code = OK };
	int rc, rc_late;

	rc = fn(tx, ctx, err);
	/* An answer that is still open would hold the transaction open. */
	assert(c->open_rows == 0);
	rc_late = c->driver->settle(c, &late);
	if (rc == 0 && rc_late != 0 && err != NULL)
		*err = late;
	return rc != 0 ? rc : rc_late;
}

static int
by_name(const void *key, const void *row)
{
	return strcmp(key, ((const struct sql_statement *)row)->name);
}

int
sql_find(const char *name, size_t *ret, struct err *err)
{
	const struct sql_statement *s = bsearch(name, sql_statements,
	    sql_statements_n, sizeof(*s), by_name);

	if (s == NULL)
		return err_set(err, EINTERNAL, "no statement is called %s",
		    name);
	*ret = (size_t)(s - sql_statements);
	return 0;
}

int
tx_run(struct tx *tx, const char *name, const struct value *params,
    size_t n_params, int64_t *ret_changed, struct err *err)
{
	size_t at;

	TRY(sql_find(name, &at, err));
	return tx->conn->driver->run(tx->conn, at, params, n_params,
	    ret_changed, err);
}

int
tx_query(struct tx *tx, const char *name, const struct value *params,
    size_t n_params, struct rows **ret, struct err *err)
{
	size_t at;

	TRY(sql_find(name, &at, err));
	return tx->conn->driver->query(tx->conn, at, params, n_params, ret,
	    err);
}

int
tx_one(struct tx *tx, const char *name, const struct value *params,
    size_t n_params, struct rows **ret, struct err *err)
{
	AUTO(rows) *r = NULL;
	bool row;

	TRY(tx_query(tx, name, params, n_params, &r, err));
	TRY(rows_next(r, &row, err));
	if (!row)
		return err_set(err, ENOENT_, "%s found nothing", name);
	*ret = TAKE(r);
	return 0;
}

int
tx_table(struct tx *tx, const char *table, struct rows **ret, struct err *err)
{
	size_t n = strspn(table, "abcdefghijklmnopqrstuvwxyz_");

	if (n == 0 || n > 63 || table[n] != '\0')
		return err_set(err, EINTERNAL, "not the name of a table");
	return tx->conn->driver->table(tx->conn, table, ret, err);
}
