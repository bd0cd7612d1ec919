/*
 * schema - migrations, run in order and hashed.
 *
 * All that lack run in one transaction: a database is never half way.
 */
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

/* The one table that no migration makes. */
static const char first[] =
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    "number BIGINT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL)";
static const char applied[] =
    "SELECT number, name, hash FROM schema_migration ORDER BY number";

static void
hash_of(const struct driver *d, const struct sql_migration *m,
    char ret[SHA256_HEX])
{
	const char *text = m->text[d->engine];
	struct sha256 h = sha256_of(text, strlen(text));

	sha256_hex(&h, ret);
}

static int
check_one(const struct driver *d, const struct rows *r, struct err *err)
{
	int64_t number = rows_int(r, "number");
	const char *hash = rows_text(r, "hash");
	char want[SHA256_HEX];

	if (number < 1 || (uint64_t)number > sql_migrations_n)
		return err_set(err, ESTORE, "the database's schema is newer (%lld)"
		    " than this program knows (%zu): use the newer Claviger",
		    (long long)number, sql_migrations_n);
	hash_of(d, &sql_migrations[number - 1], want);
	if (hash == NULL || strcmp(hash, want) != 0)
		return err_set(err, ESTORE, "migration %s is not the one this"
		    " database was made with", sql_migrations[number - 1].name);
	return 0;
}

static int
check_applied(struct conn *c, size_t *ret_n, struct err *err)
{
	AUTO(rows) *r = NULL;
	size_t n = 0;
	bool row;

	TRY(c->driver->query_text(c, applied, &r, err));
	for (;;) {
		TRY(rows_next(r, &row, err));
		if (!row)
			break;
		if (rows_int(r, "number") != (int64_t)++n)
			return err_set(err, ESTORE, "migration %zu is missing"
			    " from the database's list", n);
		TRY(check_one(c->driver, r, err));
	}
	*ret_n = n;
	return 0;
}

static int
apply(struct conn *c, const struct sql_migration *m, struct err *err)
{
	struct err why = { .code = OK };
	char hash[SHA256_HEX], note[320];

	if (c->driver->script(c, m->text[c->driver->engine], &why) != 0)
		return err_set(err, ESTORE, "migration %s: %s", m->name,
		    why.what);
	hash_of(c->driver, m, hash);
	/* Name and hash are ours: letters, digits and hyphens. */
	(void)snprintf(note, sizeof(note), "INSERT INTO schema_migration"
	    " (number, name, hash) VALUES (%d, '%s', '%s')", m->number,
	    m->name, hash);
	return c->driver->script(c, note, err);
}

static int
upgrade(struct conn *c, struct err *err)
{
	size_t n;

	TRY(c->driver->script(c, first, err));
	TRY(check_applied(c, &n, err));
	for (; n < sql_migrations_n; n++)
		TRY(apply(c, &sql_migrations[n], err));
	return 0;
}

int
schema_upgrade(struct conn *c, struct err *err)
{
	int rc;

	TRY(c->driver->begin_schema(c, err));
	rc = upgrade(c, err);
	if (rc == 0)
		rc = c->driver->commit(c, err);
	if (rc != 0)
		c->driver->rollback(c);
	return rc;
}
