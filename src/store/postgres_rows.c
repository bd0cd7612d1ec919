/*
 * postgres_rows - statements run, and their answers read in binary form.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/blob.h"
#include "store/postgres.h"

struct pq_rows {
	struct rows	 base;
	PGresult	*result;	/* owned */
	int		 at;		/* -1 before the first */
};

/* The types an answer may have: pg_type.oid, fixed since the beginning. */
enum pq_type { PQ_BOOL = 16, PQ_BYTEA = 17, PQ_NAME = 19, PQ_INT8 = 20,
	PQ_INT2 = 21, PQ_INT4 = 23, PQ_TEXT = 25, PQ_VARCHAR = 1043 };

int
pq_run(struct conn *base, size_t statement, const struct value *params,
    size_t n, int64_t *ret_changed, struct err *err)
{
	struct pq_conn *c = (struct pq_conn *)base;
	PGresult *r = NULL;

	TRY(pq_queue_statement(c, statement, params, n, err));
	if (ret_changed == NULL)
		return 0;
	TRY(pq_settle(c, &r, err));
	*ret_changed = strtoll(PQcmdTuples(r), NULL, 10);
	PQclear(r);
	return 0;
}

static bool
is_known(Oid type)
{
	switch (type) {
	case PQ_BOOL: case PQ_BYTEA: case PQ_NAME: case PQ_INT8:
	case PQ_INT2: case PQ_INT4: case PQ_TEXT: case PQ_VARCHAR:
		return true;
	}
	return false;
}

/* Wait for the answer of what was queued last. */
static int
answer(struct pq_conn *c, struct rows **ret, struct err *err)
{
	struct pq_rows *r = calloc(1, sizeof(*r));
	int rc = r == NULL ? err_set(err, ENOMEMORY, "an answer") :
	    pq_settle(c, &r->result, err);

	if (rc != 0) {
		free(r);
		return rc;
	}
	r->base.conn = &c->base;
	r->base.columns = (size_t)PQnfields(r->result);
	r->at = -1;
	c->base.open_rows++;
	for (int i = 0; i < PQnfields(r->result); i++) {
		if (is_known(PQftype(r->result, i)))
			continue;
		rc = err_set(err, EINTERNAL, "column %s is not BIGINT, TEXT or"
		    " BYTEA", PQfname(r->result, i));
		rows_free(&r->base);
		return rc;
	}
	*ret = &r->base;
	return 0;
}

int
pq_query(struct conn *base, size_t statement, const struct value *params,
    size_t n, struct rows **ret, struct err *err)
{
	struct pq_conn *c = (struct pq_conn *)base;

	TRY(pq_queue_statement(c, statement, params, n, err));
	return answer(c, ret, err);
}

int
pq_query_text(struct conn *base, const char *text, struct rows **ret,
    struct err *err)
{
	struct pq_conn *c = (struct pq_conn *)base;

	TRY(pq_queue(c, text, err));
	return answer(c, ret, err);
}

/* The order SQLite gives: nulls first, text by its octets. */
static int
ordered(const char *table, const struct pq_rows *shape, struct blob *ret,
    struct err *err)
{
	TRY(blob_printf(ret, err, "SELECT * FROM %s ORDER BY ", table));
	for (int i = 0; i < PQnfields(shape->result); i++) {
		bool text = PQftype(shape->result, i) == PQ_TEXT;

		TRY(blob_printf(ret, err, "%s\"%s\"%s NULLS FIRST",
		    i == 0 ? "" : ", ", PQfname(shape->result, i),
		    text ? " COLLATE \"C\"" : ""));
	}
	return 0;
}

int
pq_table(struct conn *base, const char *table, struct rows **ret,
    struct err *err)
{
	AUTO(blob) *text = blob_new();
	AUTO(rows) *shape = NULL;
	char probe[128];

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a statement");
	(void)snprintf(probe, sizeof(probe), "SELECT * FROM %s LIMIT 0",
	    table);
	TRY(pq_query_text(base, probe, &shape, err));
	TRY(ordered(table, (struct pq_rows *)shape, text, err));
	return pq_query_text(base, blob_str(text), ret, err);
}

int
pq_next(struct rows *base, bool *ret_row, struct err *err)
{
	struct pq_rows *r = (struct pq_rows *)base;

	if (r->at < PQntuples(r->result))
		r->at++;
	*ret_row = r->at < PQntuples(r->result);
	return 0;
}

void
pq_free(struct rows *base)
{
	struct pq_rows *r = (struct pq_rows *)base;

	PQclear(r->result);
	free(r);
}

const char *
pq_column(const struct rows *base, size_t column)
{
	return PQfname(((const struct pq_rows *)base)->result, (int)column);
}

static int64_t
big_endian(const char *p, int octets)
{
	/* Begin with the sign in every bit. */
	int64_t v = (signed char)p[0];

	for (int i = 1; i < octets; i++)
		v = (int64_t)((uint64_t)v << 8 | (unsigned char)p[i]);
	return v;
}

struct value
pq_value(const struct rows *base, size_t column)
{
	const struct pq_rows *r = (const struct pq_rows *)base;
	int i = (int)column, n = PQgetlength(r->result, r->at, i);
	const char *p = PQgetvalue(r->result, r->at, i);

	if (p == NULL || PQgetisnull(r->result, r->at, i))
		return v_null();
	switch (PQftype(r->result, i)) {
	case PQ_BOOL: case PQ_INT2: case PQ_INT4: case PQ_INT8:
		return v_int(big_endian(p, n));
	case PQ_BYTEA:
		return v_blob(p, (size_t)n);
	}
	return (struct value){ VALUE_TEXT, 0, p, (size_t)n };
}
