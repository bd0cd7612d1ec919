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

static void
memo_done(struct memo *m)
{
	free(m->data);
	free(m->saved);
	memset(m, 0, sizeof(*m));
}

void
tx_done(struct tx *tx)
{
	for (size_t i = 0; i < NELEM(tx->memo); i++)
		memo_done(&tx->memo[i]);
}

void
tx_save(struct tx *tx)
{
	for (struct memo *m = tx->memo; m < tx->memo + MEMOS_MAX; m++)
		if (m->kind != NULL)
			memcpy(m->saved, m->data, m->kind->octets);
}

void
tx_undo(struct tx *tx)
{
	for (struct memo *m = tx->memo; m < tx->memo + MEMOS_MAX; m++)
		if (m->kind != NULL)
			memcpy(m->data, m->saved, m->kind->octets);
}

int
tx_flush(struct tx *tx, struct err *err)
{
	/* One's flush may fill another's memo: as often as there are memos. */
	for (size_t pass = 0; pass < MEMOS_MAX && tx->memo[pass].kind != NULL;
	    pass++)
		for (size_t i = 0; i < MEMOS_MAX; i++) {
			struct memo *m = &tx->memo[i];

			if (m->kind != NULL && m->kind->flush != NULL)
				TRY(m->kind->flush(tx, m->data, err));
		}
	return 0;
}

void *
tx_memo(struct tx *tx, const struct memo_kind *kind)
{
	struct memo *m = tx->memo, *end = tx->memo + MEMOS_MAX;

	while (m < end && m->kind != NULL && m->kind != kind)
		m++;
	if (m == end || m->kind == kind)
		return m == end ? NULL : m->data;
	assert(kind->octets <= MEMO_OCTETS_MAX);
	/* At the savepoint it was not there yet: that is all zeros. */
	m->data = calloc(1, kind->octets);
	m->saved = calloc(1, kind->octets);
	m->kind = kind;
	if (m->data == NULL || m->saved == NULL)
		memo_done(m);
	return m->data;
}

int
tx_call(struct tx *tx, store_fn *fn, void *ctx, struct err *err)
{
	struct conn *c = tx->conn;
	struct err late = { .code = OK };
	int rc, rc_late;

	c->failed = false;
	rc = fn(tx, ctx, err);
	/* PostgreSQL ends the transaction there; so do we on every engine. */
	if (rc == 0 && c->failed)
		rc = err_set(err, EINTERNAL, "a statement's failure was passed"
		    " over");
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

static int
note(struct tx *tx, int rc)
{
	tx->conn->failed |= rc != 0;
	return rc;
}

int
tx_run(struct tx *tx, const char *name, const struct value *params,
    size_t n_params, int64_t *ret_changed, struct err *err)
{
	size_t at;

	TRY(note(tx, sql_find(name, &at, err)));
	return note(tx, tx->conn->driver->run(tx->conn, at, params, n_params,
	    ret_changed, err));
}

int
tx_query(struct tx *tx, const char *name, const struct value *params,
    size_t n_params, struct rows **ret, struct err *err)
{
	size_t at;

	TRY(note(tx, sql_find(name, &at, err)));
	return note(tx, tx->conn->driver->query(tx->conn, at, params,
	    n_params, ret, err));
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
	return note(tx, tx->conn->driver->table(tx->conn, table, ret, err));
}
