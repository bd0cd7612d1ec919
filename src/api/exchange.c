#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "api/lot.h"
#include "api/spool.h"
#include "api/server.h"
#include "shelf/shelf.h"

const char *
exchange_param(const struct exchange *x)
{
	return x->match.nparams > 0 ? x->match.param[0] : "";
}

void
exchange_free(struct exchange *x)
{
	if (x == NULL)
		return;
	if (x->reserved > 0)
		atomic_fetch_sub(&x->api->bodies, x->reserved);
	blob_done(&x->octets);
	json_decref(x->query);
	json_decref(x->body);
	reply_done(&x->reply);
	page_free(x->page);
	lot_free(x->lot);
	spool_free(x->spool);
	free(x);
}

/* A bearer token speaks before a client certificate. */
int
exchange_shown(const struct exchange *x, struct presented *ret,
    struct err *err)
{
	const struct conn *c = x->conn;
	struct presented p = { .bearer = x->head.bearer };

	if (x->head.basic != NULL)
		return err_set(err, EAUTH, "Authorization must be \"Bearer "
		    "TOKEN\" here");
	if (p.bearer == NULL && c->peer == PEER_EXPIRED)
		return err_set(err, EAUTH, "the client certificate is not valid now");
	if (p.bearer == NULL && c->peer == PEER_VALID) {
		if (clock_now() > c->peer_until)
			return err_set(err, EAUTH,
			    "the client certificate has expired");
		p.spki = c->spki;
		p.spki_octets = c->spki_octets;
	}
	*ret = p;
	return 0;
}

static int
identify(struct exchange *x, struct err *err)
{
	struct presented p;

	TRY(exchange_shown(x, &p, err));
	TRY(flow_identify(x->flow, &p, &x->who, err));
	x->known = true;
	return 0;
}

/* A name with a token: whoever holds the token must be so called. */
static int
identify_basic(struct exchange *x, struct err *err)
{
	struct basic b;
	struct presented p = { .bearer = b.password };
	int rc;

	TRY(intake_basic(x->head.basic, &b, err));
	rc = flow_identify(x->flow, &p, &x->who, err);
	OPENSSL_cleanse(b.password, sizeof(b.password));
	TRY(rc);
	if (strcmp(x->who.id, b.user) != 0)
		return err_set(err, EAUTH, "this token is not %.64s's", b.user);
	x->known = true;
	return 0;
}

/* Whom the roster does not know may still have a certificate to renew. */
static int
identify_enrolling(struct exchange *x, struct err *err)
{
	int rc;

	/* Where it is no token of theirs, it may be an enrolment password. */
	if (x->head.basic != NULL) {
		rc = identify_basic(x, err);
		return rc == -EAUTH ? 0 : rc;
	}
	rc = identify(x, err);
	return rc == -EAUTH && x->head.bearer == NULL &&
	    x->conn->peer == PEER_VALID ? 0 : rc;
}

/* Reading is an action of the charter too; only refusals are recorded. */
static int
may_read(struct exchange *x, struct err *err)
{
	struct answer refusal = { .code = OK };
	int rc;

	rc = flow_may_read(x->flow, &x->who, x->match.route->action, &refusal,
	    err);
	if (rc == 0 && refusal.code != OK) {
		(void)!reply_answer(x, &refusal, err);
		rc = -(int)refusal.code;
	}
	answer_done(&refusal);
	return rc;
}

static int
admit(struct exchange *x, struct err *err)
{
	struct err ignored;

	switch (x->match.route->access) {
	case ACCESS_OPEN:
		if (x->head.bearer != NULL || x->conn->peer == PEER_VALID)
			(void)!identify(x, &ignored);
		return 0;
	case ACCESS_SETUP:
		return flow_setup_check(x->flow, x->head.bearer, err);
	case ACCESS_PROOF:
		return 0;
	case ACCESS_READ:
		TRY(identify(x, err));
		return may_read(x, err);
	case ACCESS_FEED:
		TRY(x->head.basic != NULL ? identify_basic(x, err) :
		    identify(x, err));
		return may_read(x, err);
	case ACCESS_KNOWN:
	case ACCESS_POLICY:
		return identify(x, err);
	case ACCESS_ENROL:
		return identify_enrolling(x, err);
	case ACCESS__N:
		break;
	}
	return err_set(err, EINTERNAL, "a route without access");
}

int
exchange_admit(struct exchange *x, struct err *err)
{
	const struct ask a = { .action = x->match.route->action,
	    .who = &x->who, .subject = "", .body = x->query,
	    .idempotency = x->head.idempotency };
	struct answer refusal = { .code = OK };

	TRY(flow_ask_admit(x->flow, &a, &refusal, err));
	if (refusal.code != OK)
		reply_refusal(x, &refusal);
	answer_done(&refusal);
	return 0;
}

static int
body_read(struct exchange *x, struct err *err)
{
	const struct route *r = x->match.route;

	if (route_rows(r) && x->head.ndjson)
		return intake_rows(x->octets.data, x->octets.len, x->query,
		    r->body, &x->body, err);
	if (json_object_size(x->query) > 0)
		return err_set(err, EINPUT, "a query goes with NDJSON; what is "
		    "JSON has its members in the body");
	return intake_body(x->octets.data, x->octets.len, x->head.json,
	    r->body, &x->body, err);
}

/* Unread octets are parsed here, on a worker: the listener must not stall. */
static int
first_time(struct exchange *x, struct err *err)
{
	const struct route *r = x->match.route;

	/* A batch was let in before its body was read; lot_start looks again.
	 * Before and behind another long body it is looked at alike. */
	if (x->lot == NULL)
		TRY(admit(x, err));
	if (route_json(r) && x->state != EXCHANGE_ADMITTING)
		TRY(body_read(x, err));
	return r->handler(x, err);
}

static int
once_more(struct exchange *x, struct err *err)
{
	struct answer a = { .code = OK };
	char request[ID_TEXT];
	int rc;

	memcpy(request, x->waits_for, sizeof(request));
	x->waits_for[0] = '\0';
	if (x->match.route->method == METHOD_GET ||
	    x->match.route->access == ACCESS_PROOF)
		return x->match.route->handler(x, err);
	TRY(flow_result(x->flow, &x->who, request, &a, err));
	rc = reply_answer(x, &a, err);
	answer_done(&a);
	return rc;
}

static void
failed(struct exchange *x, int rc, const struct err *err)
{
	if (rc == 0 || err->code == OK)
		return;		/* answered, or refused with an explanation */
	x->waits_for[0] = '\0';
	if (!x->known && (err->code == EAUTH || err->code == EPROOF))
		api_stranger(x->api, x, err);
	reply_problem(x, err, NULL);
}

static void
work(struct exchange *x, bool again)
{
	struct err err = { .code = OK };
	int rc = again ? once_more(x, &err) : first_time(x, &err);

	failed(x, rc, &err);
}

/* ---- going on without a thread ---- */

static int
end(struct exchange *x, struct err *err)
{
	struct answer a = { .code = OK };
	int rc;

	if (x->enrolling != NULL)
		return exchange_enrolled(x, err);
	TRY(flow_ask_end(TAKE(x->going), &a, err));
	rc = reply_answer(x, &a, err);
	answer_done(&a);
	return rc;
}

static void
finish(struct exchange *x)
{
	struct err err = { .code = OK };

	failed(x, end(x, &err), &err);
}

/* Worker and readiness meet in any order: the second goes on with it. */
static bool
first_to_come(struct exchange *x)
{
	return atomic_fetch_add(&x->met, 1) == 0;
}

void
exchange_ready(void *exchange, bool quick)
{
	struct exchange *x = exchange;
	struct pool *pool = x->api->pool;
	struct MHD_Connection *mhd = x->mhd;

	if (first_to_come(x))
		return;
	if (!quick) {
		pool_owed(pool, x);
		return;
	}
	/* Here and now: to wake a worker would cost more than it has to do. */
	finish(x);
	MHD_resume_connection(mhd);
	pool_unowe(pool);
}

/* @return false: it goes on, and is no longer this thread's. */
static bool
go(struct exchange *x)
{
	struct pool *pool = x->api->pool;

	if (x->going != NULL) {
		finish(x);
		return true;
	}
	work(x, x->reply.status != 0);
	if (x->going == NULL)
		return true;
	pool_owe(pool);
	if (first_to_come(x))
		return false;
	pool_unowe(pool);
	finish(x);
	return true;
}

static bool
wants_to_wait(const struct exchange *x)
{
	return x->waits_for[0] != '\0' && x->wait_until > clock_mono();
}

bool
exchange_run(struct exchange *x)
{
	struct park *park = &x->api->park;

	if (!go(x))
		return false;
	/*
	 * On the list first, then a second look: a change between the two
	 * leaves a mark, so that none is missed.
	 */
	if (!wants_to_wait(x) || !park_enter(park, x))
		return true;
	for (;;) {
		work(x, true);
		if (!wants_to_wait(x)) {
			park_leave(park, x);
			return true;
		}
		if (park_settle(park, x))
			return false;
		if (park_closed(park)) {
			park_leave(park, x);
			return true;
		}
	}
}
