/*
 * sqlite_rows - statements prepared, bound, stepped and read.
 */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include "store/sqlite.h"

struct lite_rows {
	struct rows	 base;
	struct lite_stmt *stmt;		/* borrowed, or own */
	struct lite_stmt  own;		/* when the shared one was in use */
	bool		 done;
};

/* SQLite numbers $3 by its first place in the text, not by its digits. */
static int
prepare(struct lite_conn *c, const char *text, struct lite_stmt *ret,
    struct err *err)
{
	struct lite_stmt s = { .st = NULL };
	int rc, n;

	rc = sqlite3_prepare_v3(c->db, text, -1, SQLITE_PREPARE_PERSISTENT,
	    &s.st, NULL);
	if (rc != SQLITE_OK)
		return lite_error(c, rc, err);
	n = sqlite3_bind_parameter_count(s.st);
	assert(n <= PARAMS_MAX);
	for (int i = 0; i < n; i++) {
		const char *name = sqlite3_bind_parameter_name(s.st, i + 1);
		int number = name == NULL ? 0 :
		    (int)strtol(name + 1, NULL, 10);

		assert(number >= 1 && number <= PARAMS_MAX);
		s.map[i] = (uint8_t)(number - 1);
		if (number > s.need)
			s.need = (uint8_t)number;
	}
	s.n = (uint8_t)n;
	*ret = s;
	return 0;
}

static int
bind_value(struct lite_stmt *s, int at, const struct value *v, bool keep)
{
	sqlite3_destructor_type d = keep ? SQLITE_TRANSIENT : SQLITE_STATIC;

	switch (v->type) {
	case VALUE_NULL:
		return sqlite3_bind_null(s->st, at);
	case VALUE_INT:
		return sqlite3_bind_int64(s->st, at, v->i);
	case VALUE_TEXT:
		return sqlite3_bind_text64(s->st, at, v->p, v->n, d,
		    SQLITE_UTF8);
	case VALUE_BLOB:
		return sqlite3_bind_blob64(s->st, at, v->p, v->n, d);
	}
	return SQLITE_MISUSE;
}

static void
done_with(struct lite_stmt *s)
{
	sqlite3_reset(s->st);
	sqlite3_clear_bindings(s->st);
}

/* @keep: the values must outlive the caller's. */
static int
bind(struct lite_conn *c, struct lite_stmt *s, const struct value *params,
    size_t n, bool keep, struct err *err)
{
	if (n != s->need)
		return err_set(err, EINTERNAL, "%zu values for %u: %.150s",
		    n, s->need, sqlite3_sql(s->st));
	for (uint8_t i = 0; i < s->n; i++) {
		int rc;

		rc = bind_value(s, i + 1, &params[s->map[i]], keep);
		if (rc != SQLITE_OK) {
			int code = lite_error(c, rc, err);

			done_with(s);
			return code;
		}
	}
	return 0;
}

static int
shared(struct lite_conn *c, size_t statement, struct lite_stmt **ret,
    struct err *err)
{
	struct lite_stmt *s = &c->stmt[statement];

	if (s->st == NULL)
		TRY(prepare(c, sql_statements[statement].text[SQL_SQLITE], s,
		    err));
	*ret = s;
	return 0;
}

int
lite_run(struct conn *base, size_t statement, const struct value *params,
    size_t n, int64_t *ret_changed, struct err *err)
{
	struct lite_conn *c = (struct lite_conn *)base;
	struct lite_stmt *s;
	int rc, code = 0;

	TRY(shared(c, statement, &s, err));
	assert(!s->busy);
	TRY(bind(c, s, params, n, false, err));
	do
		rc = sqlite3_step(s->st);
	while (rc == SQLITE_ROW);
	if (rc != SQLITE_DONE)
		code = lite_error(c, rc, err);
	else if (ret_changed != NULL)
		*ret_changed = sqlite3_changes64(c->db);
	done_with(s);
	return code;
}

static int
rows_of(struct lite_conn *c, struct lite_rows *r, struct rows **ret)
{
	r->base.conn = &c->base;
	r->base.columns = (size_t)sqlite3_column_count(r->stmt->st);
	r->stmt->busy = true;
	c->base.open_rows++;
	*ret = &r->base;
	return 0;
}

int
lite_query(struct conn *base, size_t statement, const struct value *params,
    size_t n, struct rows **ret, struct err *err)
{
	struct lite_conn *c = (struct lite_conn *)base;
	struct lite_rows *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return err_set(err, ENOMEMORY, "an answer");
	rc = shared(c, statement, &r->stmt, err);
	if (rc == 0 && r->stmt->busy) {
		r->stmt = &r->own;
		rc = prepare(c, sql_statements[statement].text[SQL_SQLITE],
		    &r->own, err);
	}
	if (rc == 0)
		rc = bind(c, r->stmt, params, n, true, err);
	if (rc == 0)
		return rows_of(c, r, ret);
	sqlite3_finalize(r->own.st);
	free(r);
	return rc;
}

int
lite_query_text(struct conn *base, const char *text, struct rows **ret,
    struct err *err)
{
	struct lite_conn *c = (struct lite_conn *)base;
	struct lite_rows *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return err_set(err, ENOMEMORY, "an answer");
	r->stmt = &r->own;
	rc = prepare(c, text, &r->own, err);
	if (rc == 0)
		return rows_of(c, r, ret);
	free(r);
	return rc;
}

int
lite_table(struct conn *base, const char *table, struct rows **ret,
    struct err *err)
{
	AUTO(rows) *shape = NULL;
	char text[512];
	int n;

	n = snprintf(text, sizeof(text), "SELECT * FROM %s ORDER BY 1", table);
	TRY(lite_query_text(base, text, &shape, err));
	for (size_t i = 1; i < shape->columns && i < PARAMS_MAX; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", %zu",
		    i + 1);
	return lite_query_text(base, text, ret, err);
}

int
lite_next(struct rows *base, bool *ret_row, struct err *err)
{
	struct lite_rows *r = (struct lite_rows *)base;
	int rc;

	if (r->done) {
		*ret_row = false;
		return 0;
	}
	rc = sqlite3_step(r->stmt->st);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return lite_error((struct lite_conn *)base->conn, rc, err);
	r->done = rc == SQLITE_DONE;
	*ret_row = !r->done;
	return 0;
}

void
lite_free(struct rows *base)
{
	struct lite_rows *r = (struct lite_rows *)base;

	if (r->stmt == &r->own) {
		sqlite3_finalize(r->own.st);
	} else {
		done_with(r->stmt);
		r->stmt->busy = false;
	}
	free(r);
}

const char *
lite_column(const struct rows *base, size_t column)
{
	const struct lite_rows *r = (const struct lite_rows *)base;
	const char *name = sqlite3_column_name(r->stmt->st, (int)column);

	return name == NULL ? "" : name;
}

struct value
lite_value(const struct rows *base, size_t column)
{
	sqlite3_stmt *st = ((const struct lite_rows *)base)->stmt->st;
	int i = (int)column;
	const void *p;

	switch (sqlite3_column_type(st, i)) {
	case SQLITE_INTEGER:
		return v_int(sqlite3_column_int64(st, i));
	case SQLITE_TEXT:
		p = sqlite3_column_text(st, i);
		return (struct value){ VALUE_TEXT, 0, p,
			(size_t)sqlite3_column_bytes(st, i) };
	case SQLITE_BLOB:
		p = sqlite3_column_blob(st, i);
		return (struct value){ VALUE_BLOB, 0, p == NULL ? "" : p,
			(size_t)sqlite3_column_bytes(st, i) };
	}
	return v_null();
}
