/*
 * perform - what was decided now, or approved as a window beforehand, is done.
 */
#include <stdio.h>
#include <string.h>
#include "flow/inside.h"

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
performed(const struct granted *g, const struct drawn *w, json_t *body,
    struct answer *ret, struct err *err)
{
	if (w->extra != NULL && json_object_update(body, w->extra) != 0) {
		json_decref(body);
		return err_set(err, ENOMEMORY, "an answer");
	}
	*ret = (struct answer){ .code = OK, .http = 200, .body = body };
	snprintf(ret->request, sizeof(ret->request), "%s", g->request_id);
	return 0;
}

int
perform_granted(const struct granted *g, const struct drawn *w,
    struct answer *ret, struct err *err)
{
	json_t *body = NULL;

	TRY(g->deed->perform(g, &body, err));
	return performed(g, w, body, ret, err);
}

int
request_perform(const struct requested *q, struct answer *ret, struct err *err)
{
	const struct decided *d = q->decided;
	const struct drawn *w = d->seen->drawn;
	const struct begun *b = w->begun;
	AUTO_JSON *permit = NULL, *none = NULL, *facts = NULL;
	char rule_hash[SHA256_HEX];
	struct granted g = {
		.flow = b->flow, .deed = b->deed, .requester = b->ask->who->id,
		.principal = b->ask->who->id, .request_id = q->id,
		.request = q->request, .parameters = w->parameters,
		.key = w->key != NULL ? w->key->hash : "",
		.content = json_object_get(b->ask->body, "content"),
		.proposal = w->proposal, .rule = d->decision.rule->name,
		.rule_hash = rule_hash, .idempotency = b->ask->idempotency,
	};

	sha256_hex(&d->decision.rule->hash, rule_hash);
	if ((none = json_array()) == NULL ||
	    (facts = facts_json(d->seen->facts)) == NULL)
		return err_set(err, ENOMEMORY, "a permit");
	TRY(permit_build(q->request, none, &permit, err));
	TRY(json_hash(permit, &g.permit_hash, err));
	g.permit = permit;
	g.facts = facts;
	TRY(pending_put(b, q->request, err));
	TRY(perform_granted(&g, w, ret, err));
	/* It is being done: who asked is told when it is. */
	if (strcmp(json_str(ret->body, "state", ""), "due") == 0) {
		ret->code = EQUORUM;
		ret->http = 202;
		ret->waiting = true;
	}
	/* A recovered event knows nothing of the Idempotency-Key. */
	if (!json_flag(ret->body, "recovered", false))
		pending_drop(b);
	return 0;
}

/*
 * Under an open window the approvals were given beforehand; what is left to
 * decide is whether this use is one of those they named.
 */
struct granted
window_grant(const struct drawn *w, const struct window *win)
{
	const struct begun *b = w->begun;
	const json_t *p = w->parameters;

	return (struct granted){
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

struct window *
window_covering(const struct drawn *w)
{
	const struct begun *b = w->begun;
	const json_t *p = w->parameters;
	struct window *win = NULL;
	struct err none;

	if (b->action != ACTION_KEY_SIGN ||
	    json_flag(b->ask->body, "prepare", false))
		return NULL;
	if (state_window(b->flow->state, w->key->hash, b->ask->who->id,
	    json_str(json_object_get(p, "digest"), "value", ""),
	    json_str(p, "product", NULL), json_str(p, "track", NULL), b->now,
	    &win, &none) != 0)
		return NULL;
	return win;
}
