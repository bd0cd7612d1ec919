/*
 * perform - what was decided now, or approved as a window beforehand, is done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "flow/deed.h"
#include "flow/errand.h"
#include "flow/going.h"
#include "flow/inside.h"
#include "flow/making.h"
#include "flow/pending.h"
#include "flow/perform.h"
#include "flow/stage.h"
#include "policy/permit.h"

/* Whoever asked signed the permit too, so it says the rule. */
static int
leave_set(const struct granted *g, json_t *data, struct err *err)
{
	json_t *rule;

	if (g->was_open) {
		TRY(json_set_str(data, "request", g->request_id, err));
		return json_set_new(data, "permit", json_incref((json_t *)
		    (uintptr_t)g->permit), err);
	}
	TRY(json_set_new(data, "request", json_incref((json_t *)(uintptr_t)
	    g->request), err));
	TRY(json_build(&rule, err, "{s:s, s:s}", "name", g->rule,
	    "hash", g->rule_hash));
	return json_set_new(data, "rule", rule, err);
}

int
granted_tell(const struct granted *g, json_t *data, struct err *err)
{
	AUTO_JSON *more = NULL;

	TRY(json_build(&more, err, "{s:s*, s:s*, s:O*}",
	    "reason", json_str(g->parameters, "reason", NULL), "idempotency",
	    g->idempotency[0] != '\0' ? g->idempotency : NULL,
	    "facts", g->facts));
	if (json_object_update(data, more) != 0)
		return err_set(err, ENOMEMORY, "an event");
	return leave_set(g, data, err);
}

int
granted_commit(const struct granted *g, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e;
	struct receipt r;

	TRY(deed_teller(g->deed)(g, &data, &e, err));
	e.data = data;
	return state_commit(g->flow->state, &e, 1, &r, err);
}

/* ---- what grants it ---- */

/* One request that was let through by the charter alone is its own permit. */
static int
permit_make(struct going *g, const struct requested *q, struct err *err)
{
	AUTO_JSON *none = json_array();

	g->request = json_incref(q->request);
	g->facts = facts_json(q->decided->seen->facts);
	if (none == NULL || g->facts == NULL)
		return err_set(err, ENOMEMORY, "a permit");
	TRY(permit_build(q->request, none, &g->permit, err));
	return json_hash(g->permit, &g->granted.permit_hash, err);
}

int
request_grant(struct going *g, const struct requested *q, struct err *err)
{
	const struct drawn *w = &g->drawn;
	const struct begun *b = &g->begun;
	const struct rule *rule = q->decided->decision.rule;

	sha256_hex(&rule->hash, g->rule_hash);
	g->granted = (struct granted){
		.flow = b->flow, .deed = b->deed, .requester = b->ask->who->id,
		.principal = b->ask->who->id, .request_id = b->id,
		.parameters = w->parameters, .held = w->key,
		.key = w->key != NULL ? w->key->hash : "",
		.content = json_object_get(b->ask->body, "content"),
		.proposal = w->proposal, .rule = rule->name,
		.rule_hash = g->rule_hash, .idempotency = b->ask->idempotency,
	};
	TRY(permit_make(g, q, err));
	g->granted.request = g->request;
	g->granted.permit = g->permit;
	g->granted.facts = g->facts;
	return pending_put(b, q->request, err);
}

/*
 * Under an open window the approvals were given beforehand; what is left to
 * decide is whether this use is one of those they named.
 */
void
window_grant(struct going *g)
{
	const struct drawn *w = &g->drawn;
	const struct begun *b = &g->begun;
	const struct window *win = g->win;
	const json_t *p = w->parameters;

	g->granted = (struct granted){
		.flow = b->flow, .deed = b->deed, .requester = b->ask->who->id,
		.principal = b->ask->who->id, .request_id = win->id,
		.request = json_object_get(win->permit, "request"),
		.parameters = p, .permit = win->permit,
		.permit_hash = win->permit_hash, .key = w->key->hash, .held = w->key,
		.use = p, .content = json_object_get(b->ask->body, "content"),
		.idempotency = b->ask->idempotency, .rule = win->rule,
		.was_open = true,
	};
}

const char *
window_named(const struct ask *a)
{
	return json_str(a->body, "window", NULL);
}

static const char *
digest_of(const struct drawn *w)
{
	return json_str(json_object_get(w->parameters, "digest"), "value", "");
}

static struct window *
window_any(const struct drawn *w)
{
	const struct begun *b = w->begun;
	const json_t *p = w->parameters;
	struct window *win = NULL;
	struct err none;

	if (state_window(b->flow->state, w->key, b->ask->who->id,
	    digest_of(w), json_str(p, "product", NULL),
	    json_str(p, "track", NULL), b->now, &win, &none) != 0)
		return NULL;
	return win;
}

/* That one or none: who named it does not mean to ask officers. */
static int
window_by_name(const struct drawn *w, const char *id, struct window **ret,
    struct err *err)
{
	const struct begun *b = w->begun;
	const json_t *p = w->parameters;
	AUTO(window) *win = NULL;

	TRY(state_window_named(b->flow->state, id, &win, err));
	TRY(window_covers(win, w->key->hash, w->key->name, b->ask->who->id,
	    digest_of(w), json_str(p, "product", NULL), json_str(p, "track",
	    NULL), b->now, err));
	*ret = TAKE(win);
	return 0;
}

int
window_find(const struct drawn *w, struct window **ret, struct err *err)
{
	const struct begun *b = w->begun;
	const char *id = window_named(b->ask);
	AUTO(window) *win = NULL;

	if (b->action != ACTION_KEY_SIGN)
		return 0;
	if (id != NULL)
		TRY(window_by_name(w, id, &win, err));
	/* What is prepared is a request; the window is used when it is handed in. */
	if (json_flag(b->ask->body, "prepare", false))
		return 0;
	*ret = id != NULL ? TAKE(win) : window_any(w);
	return 0;
}

/* ---- doing it ---- */

void
going_free(struct going *g)
{
	asking_let_go(g);
	making_done(&g->making);
	json_decref(g->request);
	json_decref(g->permit);
	json_decref(g->facts);
	window_free(g->win);
	drawn_done(&g->drawn);
	begun_done(&g->begun);
	free(g);
}

/* Who asked for what is being done is told when it is. */
static void
due(struct answer *ret)
{
	if (strcmp(json_str(ret->body, "state", ""), "due") != 0)
		return;
	ret->code = EQUORUM;
	ret->http = 202;
	ret->waiting = true;
}

int
carried_out(struct going *g, json_t *body, struct answer *ret, struct err *err)
{
	const struct drawn *w = &g->drawn;

	if (w->extra != NULL && json_object_update(body, w->extra) != 0) {
		json_decref(body);
		return err_set(err, ENOMEMORY, "an answer");
	}
	*ret = (struct answer){ .code = OK, .http = 200, .body = body };
	snprintf(ret->request, sizeof(ret->request), "%s",
	    g->granted.request_id);
	if (g->win != NULL)
		return 0;
	due(ret);
	pending_drop(&g->begun);
	return 0;
}

/* The thread is free once the keeper has it, and then @g is not ours. */
static int
begin(struct going *g, struct answer *ret, struct err *err)
{
	const struct flow_later *later = g->later;
	json_t *known = NULL;
	int rc;

	g->making = (struct making){ .granted = &g->granted,
	    .ready = later->ready, .ctx = later->ctx };
	*later->going = g;
	rc = making_begin(&g->making, &known, err);
	if (rc == 0 && known == NULL)
		return 0;
	*later->going = NULL;
	return rc != 0 ? rc : carried_out(g, known, ret, err);
}

static void
perform_run(void *ctx)
{
	struct going *g = ctx;
	struct making *m = &g->making;

	m->rc = g->begun.deed->perform(&g->granted, &m->known, &m->why);
	m->ready(m->ctx, false);
}

int
going_aside(struct going *g, errand_run *run, struct err *err)
{
	const struct flow_later *later = g->later;
	int rc;

	g->making = (struct making){ .granted = &g->granted,
	    .ready = later->ready, .ctx = later->ctx };
	g->aside = true;
	*later->going = g;
	if ((rc = errand_put(g->begun.flow, run, g, err)) != 0) {
		g->aside = false;
		*later->going = NULL;
	}
	return rc;
}

int
going_end(struct going *g, json_t **ret, struct err *err)
{
	struct making *m = &g->making;

	if (!g->aside)
		return making_end(m, ret, err);
	if (m->rc != 0) {
		*err = m->why;
		return m->rc;
	}
	*ret = TAKE(m->known);
	return 0;
}

int
carry_out(struct going *g, struct answer *ret, struct err *err)
{
	const struct deed *deed = g->begun.deed;
	json_t *body = NULL;

	if (g->later != NULL && deed->steps != NULL &&
	    deed->steps->operation != NULL)
		return begin(g, ret, err);
	/* The same for a deed of many steps: it has a thread of its own. */
	if (g->later != NULL && action_in_keeper(g->begun.action))
		return going_aside(g, perform_run, err);
	TRY(g->together != NULL ? together_put(g, &body, err) :
	    deed->perform(&g->granted, &body, err));
	return carried_out(g, body, ret, err);
}
