/*
 * engine - the same tests on both engines.
 *
 * A test file that ends in ENGINE_MAIN is built twice: as NAME_sqlite, and,
 * with -DENGINE_POSTGRESQL, as NAME_postgresql, which starts a PostgreSQL of
 * its own, or is skipped where none is installed.
 */
#ifndef TESTS_ENGINE_H
#define TESTS_ENGINE_H

#include "base/sha256.h"
#include "store/sql.h"
#include "store/store.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static char engine_url_[512];

#ifdef ENGINE_POSTGRESQL
#include <libpq-fe.h>
#include "tests/unit/pg.h"

static void
engine_quiet(void *arg, const PGresult *r)
{
}

/* Run statements beside the store, on a connection of their own. */
static UNUSED void
engine_sql_on(const char *conninfo, const char *text)
{
	PGconn *c = PQconnectdb(conninfo);
	PGresult *r;

	(void)PQsetNoticeReceiver(c, engine_quiet, NULL);
	r = PQexec(c, text);
	ck_assert_msg(PQresultStatus(r) == PGRES_COMMAND_OK ||
	    PQresultStatus(r) == PGRES_TUPLES_OK, "%s: %s", text,
	    PQerrorMessage(c));
	PQclear(r);
	PQfinish(c);
}

/* The URL of a database that nobody has used. */
static UNUSED const char *
engine_url(void)
{
	static unsigned n;
	char name[64], text[128];

	snprintf(name, sizeof(name), "t_%d_%u", (int)getpid(), n++);
	snprintf(text, sizeof(text), "CREATE DATABASE %s", name);
	engine_sql_on(pg_conninfo, text);
	snprintf(engine_url_, sizeof(engine_url_), "postgresql:%.*sdbname=%s",
	    (int)(strstr(pg_conninfo, "dbname=") - pg_conninfo), pg_conninfo,
	    name);
	return engine_url_;
}

static UNUSED void
engine_sql(const char *text)
{
	engine_sql_on(engine_url_ + strlen("postgresql:"), text);
}

static inline int engine_start(void) { return pg_start(); }
static inline void engine_stop(void) { pg_stop(); }
#define ENGINE_IS_SQLITE	false

#else
#include <sqlite3.h>

static UNUSED const char *
engine_url(void)
{
	static unsigned n;

	snprintf(engine_url_, sizeof(engine_url_), "sqlite:%s/store-%u",
	    scratch, n++);
	return engine_url_;
}

static UNUSED void
engine_sql(const char *text)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(engine_url_ + strlen("sqlite:"), &db),
	    SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK,
	    "%s: %s", text, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static inline int engine_start(void) { return 0; }
static inline void engine_stop(void) { }
#define ENGINE_IS_SQLITE	true

#endif

/* A new database as that migration finds it. */
static UNUSED void
engine_before(int number)
{
	char hex[SHA256_HEX], note[320];

	(void)engine_url();
	engine_sql("CREATE TABLE schema_migration (number BIGINT PRIMARY KEY, "
	    "name TEXT NOT NULL, hash TEXT NOT NULL)");
	for (int i = 0; i < number - 1; i++) {
		const struct sql_migration *m = &sql_migrations[i];
		const char *text = m->text[ENGINE_IS_SQLITE ? SQL_SQLITE :
		    SQL_POSTGRESQL];
		struct sha256 h = sha256_of(text, strlen(text));

		sha256_hex(&h, hex);
		snprintf(note, sizeof(note), "INSERT INTO schema_migration "
		    "VALUES (%d, '%s', '%s')", m->number, m->name, hex);
		engine_sql(text);
		engine_sql(note);
	}
}

/* A new store in a new database. */
static UNUSED struct store *
engine_store(void)
{
	struct store *s = NULL;

	unit_ok(store_open(engine_url(), NULL, &s, &unit_err));
	return s;
}

#define ENGINE_MAIN(name, ...) \
UNIT_RUN(engine_run, name, UNIT_SCRATCH __VA_ARGS__) \
int \
main(void) \
{ \
	int rc = engine_start(); \
\
	if (rc != 0) \
		return rc; \
	rc = engine_run(); \
	engine_stop(); \
	return rc; \
}

#endif
