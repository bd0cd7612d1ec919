/*
 * postgres_wire - commands out, answers in, never longer than patience.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "store/postgres.h"

#define QUEUE_MAX	64	/* answers that surely fit the socket's buffer */

/* libpq ends its sentences with a newline; only the first line is ours. */
static void
first_line(const char *words, char *ret, size_t room)
{
	(void)snprintf(ret, room, "%s", words);
	ret[strcspn(ret, "\n")] = '\0';
}

int
pq_lost(struct pq_conn *c, struct err *err)
{
	char words[160];

	c->base.broken = true;
	first_line(PQerrorMessage(c->pg), words, sizeof(words));
	return err_set(err, ESTORE, "PostgreSQL: %s",
	    words[0] != '\0' ? words : "the connection was lost");
}

/* The primary message alone: details may quote what was to be stored. */
static int
failed(struct pq_conn *c, const PGresult *r, struct err *err)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *words = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	if (PQstatus(c->pg) == CONNECTION_BAD || state == NULL ||
	    words == NULL)
		return pq_lost(c, err);
	if (strcmp(state, "23505") == 0)	/* unique_violation */
		return err_set(err, EEXISTS, "%s", words);
	if (strncmp(state, "23", 2) == 0)
		return err_set(err, ECONFLICT, "%s", words);
	/* A shutdown, or a standby where the primary was: look for it anew. */
	if (strncmp(state, "57P", 3) == 0 || strcmp(state, "25006") == 0)
		c->base.broken = true;
	return err_set(err, ESTORE, "PostgreSQL: %s (%s)", words, state);
}

/* Wait until the socket may be read, or written where @out. */
static int
wait_socket(struct pq_conn *c, bool out, time_us until, struct err *err)
{
	struct pollfd p = { .fd = PQsocket(c->pg),
		.events = (short)(POLLIN | (out ? POLLOUT : 0)) };
	time_us left = until - clock_mono();
	int n;

	if (left <= 0) {
		c->base.broken = true;
		return err_set(err, ESTORE, "PostgreSQL did not answer in %u"
		    " ms", c->patience_ms);
	}
	n = poll(&p, 1, (int)(left / 1000) + 1);
	if (n < 0 && errno != EINTR)
		return pq_lost(c, err);
	if (n > 0 && (p.revents & ~POLLOUT) != 0 && !PQconsumeInput(c->pg))
		return pq_lost(c, err);
	return 0;
}

static time_us
deadline(const struct pq_conn *c)
{
	return clock_mono() + (time_us)c->patience_ms * 1000;
}

static int
flush(struct pq_conn *c, time_us until, struct err *err)
{
	int more;

	while ((more = PQflush(c->pg)) > 0)
		TRY(wait_socket(c, true, until, err));
	return more < 0 ? pq_lost(c, err) : 0;
}

/* The next result, or NULL between two commands. */
static int
next_result(struct pq_conn *c, time_us until, PGresult **ret, struct err *err)
{
	TRY(flush(c, until, err));
	while (PQisBusy(c->pg))
		TRY(wait_socket(c, false, until, err));
	*ret = PQgetResult(c->pg);
	return 0;
}

int
pq_push(struct pq_conn *c, struct err *err)
{
	if (c->queued == 0)
		return 0;
	if (!PQpipelineSync(c->pg))
		return pq_lost(c, err);
	c->queued = 0;
	c->syncs++;
	return flush(c, deadline(c), err);
}

/* Keep the first failure, and the newest answer. */
static int
take(struct pq_conn *c, PGresult *r, int rc, PGresult **last, struct err *err)
{
	switch (PQresultStatus(r)) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		PQclear(*last);
		*last = r;
		return rc;
	case PGRES_PIPELINE_SYNC:
		c->syncs--;
		break;
	case PGRES_PIPELINE_ABORTED:
		break;
	default:
		if (rc == 0)
			rc = failed(c, r, err);
	}
	PQclear(r);
	return rc;
}

int
pq_settle(struct pq_conn *c, PGresult **ret_last, struct err *err)
{
	PGresult *last = NULL, *r;
	time_us until;
	int rc;

	rc = pq_push(c, err);
	until = deadline(c);
	while (c->syncs > 0 && !c->base.broken) {
		int got = next_result(c, until, &r, rc == 0 ? err : NULL);

		if (got != 0)
			rc = rc != 0 ? rc : got;
		else if (r != NULL)
			rc = take(c, r, rc, &last, err);
		else if (PQstatus(c->pg) == CONNECTION_BAD)
			rc = pq_lost(c, rc == 0 ? err : NULL);
	}
	if (rc == 0 && ret_last != NULL)
		*ret_last = TAKE(last);
	PQclear(last);
	return rc;
}

int
pq_check(struct pq_conn *c, struct err *err)
{
	struct pollfd p = { .fd = PQsocket(c->pg), .events = POLLIN };

	TRY(pq_settle(c, NULL, err));
	/* Nothing is owed to us: a farewell, or a changed setting. */
	while (poll(&p, 1, 0) > 0)
		if (!PQconsumeInput(c->pg))
			return pq_lost(c, err);
	return 0;
}

static int
queued(struct pq_conn *c, int sent, struct err *err)
{
	if (!sent)
		return pq_lost(c, err);
	if (++c->queued >= QUEUE_MAX)
		return pq_settle(c, NULL, err);
	return 0;
}

int
pq_queue(struct pq_conn *c, const char *text, struct err *err)
{
	return queued(c, PQsendQueryParams(c->pg, text, 0, NULL, NULL, NULL,
	    NULL, 1), err);
}

/* Its place in the table is its name: nothing to escape. */
static void
server_name(size_t statement, char ret[24])
{
	(void)snprintf(ret, 24, "s%zu", statement);
}

static int
prepare(struct pq_conn *c, size_t statement, struct err *err)
{
	char name[24];

	TRY(pq_settle(c, NULL, err));
	server_name(statement, name);
	TRY(queued(c, PQsendPrepare(c->pg, name,
	    sql_statements[statement].text[SQL_POSTGRESQL], 0, NULL), err));
	TRY(pq_settle(c, NULL, err));
	c->prepared[statement] = true;
	return 0;
}

/* Parameters as libpq takes them: integers in digits, octets as they are. */
struct wire {
	const char	*p[PARAMS_MAX];
	int		 octets[PARAMS_MAX];
	int		 binary[PARAMS_MAX];
	char		 digits[PARAMS_MAX][24];
};

static void
wire_value(struct wire *w, size_t i, const struct value *v)
{
	w->p[i] = v->p;
	w->octets[i] = (int)v->n;
	w->binary[i] = v->type == VALUE_BLOB;
	if (v->type == VALUE_INT) {
		(void)snprintf(w->digits[i], sizeof(w->digits[i]), "%lld",
		    (long long)v->i);
		w->p[i] = w->digits[i];
	}
}

int
pq_queue_statement(struct pq_conn *c, size_t statement,
    const struct value *params, size_t n, struct err *err)
{
	struct wire w;
	char name[24];

	if (n > PARAMS_MAX)
		return err_set(err, EINTERNAL, "%zu values", n);
	if (!c->prepared[statement])
		TRY(prepare(c, statement, err));
	for (size_t i = 0; i < n; i++) {
		if (params[i].n > INT32_MAX)
			return err_set(err, ETOOBIG, "$%zu is too large", i + 1);
		wire_value(&w, i, &params[i]);
	}
	server_name(statement, name);
	return queued(c, PQsendQueryPrepared(c->pg, name, (int)n,
	    w.p, w.octets, w.binary, 1), err);
}

int
pq_script(struct pq_conn *c, const char *text, struct err *err)
{
	time_us until;
	PGresult *r, *last = NULL;
	int rc = 0, got = 0;

	TRY(pq_settle(c, NULL, err));
	if (!PQexitPipelineMode(c->pg) || !PQsendQuery(c->pg, text))
		return pq_lost(c, err);
	until = deadline(c);
	do {
		got = next_result(c, until, &r, rc == 0 ? err : NULL);
		if (got == 0 && r != NULL)
			rc = take(c, r, rc, &last, err);
	} while (got == 0 && r != NULL);
	PQclear(last);
	if (got != 0 || !PQenterPipelineMode(c->pg))
		return rc != 0 ? rc : pq_lost(c, err);
	return rc;
}
