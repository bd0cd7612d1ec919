/*
 * rows - values in, columns by name out; the same for every engine.
 */
#include <assert.h>
#include <string.h>
#include "store/driver.h"

struct value
v_text(const char *s)
{
	if (s == NULL)
		return v_null();
	return (struct value){ VALUE_TEXT, 0, s, strlen(s) };
}

struct value
v_blob(const void *p, size_t n)
{
	if (p == NULL)
		return v_null();
	return (struct value){ VALUE_BLOB, 0, p, n };
}

struct value
v_hash(const struct sha256 *h)
{
	return h == NULL ? v_null() : v_blob(h->o, sizeof(h->o));
}

int
rows_next(struct rows *r, bool *ret_row, struct err *err)
{
	int rc = r->conn->driver->next(r, ret_row, err);

	r->conn->failed |= rc != 0;
	return rc;
}

void
rows_free(struct rows *r)
{
	if (r == NULL)
		return;
	r->conn->open_rows--;
	r->conn->driver->free(r);
}

size_t
rows_columns(const struct rows *r)
{
	return r->columns;
}

const char *
rows_name(const struct rows *r, size_t column)
{
	assert(column < r->columns);
	return r->conn->driver->column(r, column);
}

struct value
rows_value(const struct rows *r, size_t column)
{
	assert(column < r->columns);
	return r->conn->driver->value(r, column);
}

/* Columns are read in their order, as a rule: the search begins behind the last. */
static struct value
named(const struct rows *r, const char *column)
{
	size_t i, at = r->conn->column;

	for (i = 0; i < r->columns; i++) {
		at = at + 1 < r->columns ? at + 1 : 0;
		if (strcmp(rows_name(r, at), column) == 0)
			break;
	}
	assert(i < r->columns && "no such column");
	r->conn->column = at;
	return rows_value(r, at);
}

int64_t
rows_int(const struct rows *r, const char *column)
{
	struct value v = named(r, column);

	return v.type == VALUE_INT ? v.i : 0;
}

const char *
rows_text(const struct rows *r, const char *column)
{
	struct value v = named(r, column);

	return v.type == VALUE_TEXT ? v.p : NULL;
}

const void *
rows_blob(const struct rows *r, const char *column, size_t *ret_n)
{
	struct value v = named(r, column);

	*ret_n = v.type == VALUE_BLOB ? v.n : 0;
	return v.type == VALUE_BLOB ? v.p : NULL;
}

bool
rows_null(const struct rows *r, const char *column)
{
	return named(r, column).type == VALUE_NULL;
}

int
rows_hash(const struct rows *r, const char *column, struct sha256 *ret,
    struct err *err)
{
	size_t n;
	const void *p = rows_blob(r, column, &n);

	if (n != sizeof(ret->o))
		return err_set(err, ESTORE, "%s does not hold a hash", column);
	memcpy(ret->o, p, n);
	return 0;
}

int
rows_copy(const struct rows *r, const char *column, char *ret, size_t room,
    struct err *err)
{
	const char *s = rows_text(r, column);

	if (s == NULL || strlen(s) >= room)
		return err_set(err, ESTORE, "column %s is damaged", column);
	memcpy(ret, s, strlen(s) + 1);
	return 0;
}
