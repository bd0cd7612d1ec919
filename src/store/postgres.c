/*
 * postgres - connections and transactions of the engine that nodes share.
 */
#include "store/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Any number will do; it is the same in every program of ours. */
#define SCHEMA_LOCK	"4207849484"
#define READER_IDLE_MS	600000	/* who hands on what it reads may be slow */
#define SCHEMA_MS	3600000	/* a migration of a large house may take long */

static bool
is_private(const char *where)
{
	return false;
}

static void
no_notice(void *arg, const PGresult *r)
{
}

/* Ours before the URL are defaults, ours after it are orders. */
static PGconn *
dial(const char *where, bool writer, unsigned busy_ms)
{
	char url[1024] = "", seconds[16];
	const char *const names[] = {
		"fallback_application_name", "connect_timeout",
		"tcp_user_timeout", "target_session_attrs", "dbname",
		"client_encoding", NULL
	};
	const char *const values[] = {
		"claviger", seconds, "10000", writer ? "read-write" : "any",
		url, "UTF8", NULL
	};

	/* libpq waits for two at least. */
	(void)snprintf(seconds, sizeof(seconds), "%u",
	    busy_ms < 2000 ? 2 : busy_ms / 1000);
	/* A URL has lost its scheme to ours; libpq knows it by that. */
	(void)snprintf(url, sizeof(url), "%s%s",
	    strncmp(where, "//", 2) == 0 ? "postgresql:" : "", where);
	return PQconnectdbParams(names, values, 1);
}

/* Durable before answered: a server that only pretends is refused. */
static int
check_durable(struct pq_conn *c, struct err *err)
{
	AUTO(rows) *r = NULL;
	bool row;

	TRY(pq_query_text(&c->base, "SELECT current_setting('fsync') AS fsync,"
	    " current_setting('synchronous_commit') AS wait", &r, err));
	TRY(rows_next(r, &row, err));
	if (strcmp(rows_text(r, "fsync"), "on") != 0)
		return err_set(err, ESTORE, "PostgreSQL runs with fsync=%s:"
		    " nothing would be durable", rows_text(r, "fsync"));
	if (strcmp(rows_text(r, "wait"), "off") == 0)
		return pq_queue(c, "SET synchronous_commit = on", err);
	return 0;
}

static int
set_up(struct pq_conn *c, bool writer, unsigned busy_ms, struct err *err)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "SET standard_conforming_strings = on;"
	    "SET client_min_messages = error;"
	    "SET lock_timeout = %u; SET statement_timeout = %u;"
	    /* A node that was stopped must not hold the others. */
	    "SET idle_in_transaction_session_timeout = %u",
	    busy_ms, 2 * busy_ms, writer ? 2 * busy_ms : READER_IDLE_MS);
	TRY(pq_script(c, text, err));
	TRY(check_durable(c, err));
	return pq_settle(c, NULL, err);
}

static void
pq_close(struct conn *base)
{
	struct pq_conn *c = (struct pq_conn *)base;

	PQfinish(c->pg);
	free(c->prepared);
	free(c);
}

static int
connect_to(struct pq_conn *c, const char *where, bool writer,
    const struct store_config *config, struct err *err)
{
	c->prepared = calloc(sql_statements_n, sizeof(*c->prepared));
	if (c->prepared == NULL)
		return err_set(err, ENOMEMORY, "a connection");
	c->pg = dial(where, writer, config->busy_ms);
	if (PQstatus(c->pg) != CONNECTION_OK)
		return pq_lost(c, err);
	(void)PQsetNoticeReceiver(c->pg, no_notice, NULL);
	if (PQsetnonblocking(c->pg, 1) != 0 || !PQenterPipelineMode(c->pg))
		return pq_lost(c, err);
	/* The server's own limits end first, and say why. */
	c->usual_ms = 2 * config->busy_ms + 2000;
	c->patience_ms = c->usual_ms;
	return set_up(c, writer, config->busy_ms, err);
}

static int
pq_open(const char *where, const struct store_config *config, bool writer,
    bool create, struct conn **ret, struct err *err)
{
	struct pq_conn *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL)
		return err_set(err, ENOMEMORY, "a connection");
	c->base.driver = &driver_postgres;
	rc = connect_to(c, where, writer, config, err);
	if (rc != 0) {
		pq_close(&c->base);
		return rc;
	}
	*ret = &c->base;
	return 0;
}

static int
take_lock(struct conn *base, struct err *err)
{
	AUTO(rows) *r = NULL;
	size_t at;
	bool row;

	for (at = 0; at < sql_statements_n; at++)
		if (strcmp(sql_statements[at].name, "store_write_lock") == 0)
			break;
	TRY(pq_query(base, at, NO_PARAMS, &r, err));
	TRY(rows_next(r, &row, err));
	return row ? 0 : err_set(err, ESTORE, "the ledger has no head row");
}

static void
pq_rollback(struct conn *base)
{
	struct pq_conn *c = (struct pq_conn *)base;

	c->patience_ms = c->usual_ms;
	/* What failed has been told to its caller already. */
	if (base->broken || (pq_settle(c, NULL, NULL) != 0 && base->broken) ||
	    PQtransactionStatus(c->pg) == PQTRANS_IDLE)
		return;
	/* Nobody waits for it; whoever comes next reads the answer. */
	if (pq_queue(c, "ROLLBACK", NULL) != 0 || pq_push(c, NULL) != 0)
		base->broken = true;
}

static int
pq_begin(struct conn *base, bool write, struct err *err)
{
	struct pq_conn *c = (struct pq_conn *)base;
	int rc;

	TRY(pq_check(c, err));
	if (!write)
		return pq_queue(c, "BEGIN ISOLATION LEVEL REPEATABLE READ"
		    " READ ONLY", err);
	TRY(pq_queue(c, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
	    err));
	rc = take_lock(base, err);
	if (rc != 0)
		pq_rollback(base);
	return rc;
}

static int
pq_begin_schema(struct conn *base, struct err *err)
{
	struct pq_conn *c = (struct pq_conn *)base;

	c->patience_ms = SCHEMA_MS;
	return pq_script(c, "BEGIN;"
	    "SET LOCAL statement_timeout = 0;"
	    "SELECT pg_advisory_xact_lock(" SCHEMA_LOCK ")", err);
}

static int
pq_commit(struct conn *base, struct err *err)
{
	struct pq_conn *c = (struct pq_conn *)base;
	PGresult *r = NULL;
	bool done;

	TRY(pq_queue(c, "COMMIT", err));
	TRY(pq_settle(c, &r, err));
	c->patience_ms = c->usual_ms;
	/* In a transaction that has failed it answers ROLLBACK, and OK. */
	done = strcmp(PQcmdStatus(r), "COMMIT") == 0;
	PQclear(r);
	return done ? 0 : err_set(err, ESTORE, "PostgreSQL rolled back");
}

static bool
pq_alive(struct conn *base)
{
	PGTransactionStatusType t =
	    PQtransactionStatus(((struct pq_conn *)base)->pg);

	return t == PQTRANS_INTRANS || t == PQTRANS_INERROR;
}

static int
pq_save(struct conn *base, struct err *err)
{
	return pq_queue((struct pq_conn *)base, "SAVEPOINT s", err);
}

static int
pq_release(struct conn *base, struct err *err)
{
	return pq_queue((struct pq_conn *)base, "RELEASE s", err);
}

static int
pq_undo(struct conn *base, struct err *err)
{
	struct pq_conn *c = (struct pq_conn *)base;

	TRY(pq_queue(c, "ROLLBACK TO s", err));
	TRY(pq_queue(c, "RELEASE s", err));
	return pq_settle(c, NULL, err);
}

static int
pq_settle_all(struct conn *base, struct err *err)
{
	return pq_settle((struct pq_conn *)base, NULL, err);
}

static int
pq_script_on(struct conn *base, const char *text, struct err *err)
{
	return pq_script((struct pq_conn *)base, text, err);
}

const struct driver driver_postgres = {
	.name = "postgresql",
	.scheme = "postgresql:",
	.engine = SQL_POSTGRESQL,
	/* Each has a savepoint, and a session's cache holds 64 of them. */
	.batch_max = 60,
	.is_private = is_private,
	.open = pq_open,
	.close = pq_close,
	.begin = pq_begin,
	.begin_schema = pq_begin_schema,
	.commit = pq_commit,
	.rollback = pq_rollback,
	.save = pq_save,
	.release = pq_release,
	.undo = pq_undo,
	.settle = pq_settle_all,
	.alive = pq_alive,
	.script = pq_script_on,
	.run = pq_run,
	.query = pq_query,
	.query_text = pq_query_text,
	.table = pq_table,
	.next = pq_next,
	.free = pq_free,
	.column = pq_column,
	.value = pq_value,
	.backup = NULL,
};
