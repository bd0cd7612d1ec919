/*
 * ask - the one way of every action: begin, draw, see, decide; then perform,
 * wait or refuse; all recorded before it is answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/id.h"
#include "flow/inside.h"

#define PREPARED_S	900	/* how long a prepared request may be handed in */

/* A prepared request comes back with the id and the time it was given. */
static int
prepared(struct begun *b, const json_t *given, struct err *err)
{
	const char *text;

	TRY(json_need_str(given, "id", &text, err));
	if (!id_check(text, "req"))
		return err_set(err, EINPUT, "/request/id: not a request's id");
	snprintf(b->id, sizeof(b->id), "%s", text);
	TRY(json_need_str(given, "created", &text, err));
	TRY(clock_parse(text, &b->created, err));
	if (b->created > b->now || b->now - b->created > TIME_S(PREPARED_S))
		return err_set(err, EEXPIRED, "the request was prepared too long "
		    "ago; prepare it anew");
	return 0;
}

static int
begin(struct flow *f, const struct ask *ask, struct begun *ret,
    struct err *err)
{
	const json_t *given = json_object_get(ask->body, "request");

	ret->flow = f;
	ret->ask = ask;
	ret->deed = deed_find(ask->action);
	if (ret->deed == NULL)
		return err_set(err, ENOENT_, "%s is not asked for here",
		    ask->action);
	TRY(action_from_name(ask->action, &ret->action, err));
	TRY(state_law(f->state, &ret->law, err));
	TRY(state_house(f->state, &ret->house, err));
	ret->now = ret->created = clock_now();
	if (given != NULL)
		return prepared(ret, given, err);
	return id_new("req", ret->now, ret->id, err);
}

static int
draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	ret->begun = b;
	TRY(b->deed->draw(b, ret, err));
	return parameters_check(b->action, ret->parameters, err);
}

static const char *
class_of(const struct drawn *d)
{
	if (!action_of_class(d->begun->action))
		return NULL;
	return d->key != NULL ? d->key->class :
	    json_str(d->parameters, "class", "");
}

static void
decide(const struct seen *s, struct decided *ret)
{
	const struct begun *b = s->drawn->begun;

	ret->seen = s;
	policy_decide(b->law->charter, b->action, class_of(s->drawn), s->facts,
	    &ret->decision);
}

/* ---- refusing ---- */

static int
refuse(const struct decided *d, enum err_code code, const char *detail,
    const json_t *explanation, struct answer *ret, struct err *err)
{
	const struct drawn *w = d->seen->drawn;
	const struct begun *b = w->begun;
	AUTO_JSON *facts = facts_json(d->seen->facts), *body = NULL;
	struct denial n = {
		.actor = b->ask->who->id, .action = b->ask->action,
		.subject = w->key != NULL ? w->key->hash : b->ask->who->id,
		.idempotency = b->ask->idempotency,
		.parameters = w->parameters, .rule = d->decision.rule,
		.facts = facts, .explanation = explanation,
	};

	TRY(json_build(&body, err, "{s:s*, s:O*}", "rule",
	    d->decision.rule != NULL ? d->decision.rule->name : NULL,
	    "explanation", explanation));
	TRY(denial_record(b->flow, &n, err));
	*ret = (struct answer){ .code = code, .http = err_http(code),
	    .body = TAKE(body) };
	snprintf(ret->detail, sizeof(ret->detail), "%s", detail);
	return 0;
}

static int
refuse_decision(const struct decided *d, struct answer *ret, struct err *err)
{
	AUTO_JSON *why = decision_explain(&d->decision, d->seen->facts);
	char detail[240];
	enum err_code code = refuse_why(&d->decision, detail);

	return refuse(d, code, detail, why, ret, err);
}

/* A no that is not the store's or the keeper's absence is somebody's word. */
static bool
is_refusal(enum err_code c)
{
	switch (err_http(c)) {
	case 403:
	case 409:
	case 410:
	case 412:
	case 429:
		return true;
	default:
		return false;
	}
}

/* ---- fixing the request ---- */

static int
fix(const struct decided *d, struct requested *ret, struct err *err)
{
	const struct drawn *w = d->seen->drawn;
	const struct begun *b = w->begun;

	ret->decided = d;
	ret->id = b->id;
	ret->proof = json_incref(json_object_get(b->ask->body,
	    "requester_proof"));
	return request_build(b->house->id, ret->id, b->action, b->ask->who->id,
	    w->parameters, b->created,
	    b->created + rule_within(d->decision.rule), &ret->request, err);
}

static void
requested_done(struct requested *q)
{
	json_decref(q->request);
	json_decref(q->proof);
}

/* ---- preparing ---- */

static int
rule_json(const struct rule *r, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s}", "name", r->name, "why", r->why));
	TRY(json_set_hash(o, "hash", &r->hash, err));
	*ret = TAKE(o);
	return 0;
}

static int
prepare(const struct requested *q, struct answer *ret, struct err *err)
{
	const struct decided *d = q->decided;
	const struct begun *b = d->seen->drawn->begun;
	AUTO_JSON *rule = NULL, *body = NULL;
	char seal[SHA256_HEX];

	TRY(rule_json(d->decision.rule, &rule, err));
	TRY(seal_make(d->seen->drawn, seal, err));
	TRY(json_build(&body, err, "{s:s, s:s, s:s, s:s, s:s, s:O, s:s, s:O, "
	    "s:{s:i, s:i}, s:b}", "seal", seal,
	    "request", q->id, "state", "prepared", "action", b->ask->action,
	    "verdict", verdict_name(d->decision.verdict),
	    "document", q->request, "charter", b->law->hex, "rule", rule,
	    "approvals", "have", 0, "need",
	    d->decision.verdict == WAIT ? (int)rule_people(d->decision.rule) : 0,
	    "requester_signs", d->decision.verdict == WAIT &&
	    !b->ask->who->tool && rule_excludes_requester(d->decision.rule)));
	*ret = (struct answer){ .code = OK, .http = 200, .body = TAKE(body) };
	return 0;
}

/* ---- waiting ---- */

/*
 * Where the requester may not count, a person must have signed the request:
 * else the keeper could not know whom to leave out.
 */
static int
proof_check(const struct requested *q, struct err *err)
{
	const struct decided *d = q->decided;
	const struct begun *b = d->seen->drawn->begun;
	AUTO(request) *r = NULL;
	AUTO(approval) *a = NULL;
	struct quorum got;
	struct quorum_ask ask = { .charter = b->law->charter,
	    .rule = d->decision.rule, .house = b->house->id, .now = b->now };
	int rc;

	if (q->proof == NULL) {
		if (b->ask->who->tool ||
		    !rule_excludes_requester(d->decision.rule))
			return 0;
		return err_set(err, EPROOF, "rule %s wants the request signed by "
		    "who asks: send \"prepare\": true, sign the statement, and "
		    "send it as requester_proof", d->decision.rule->name);
	}
	TRY(request_read(q->request, &r, err));
	TRY(approval_read(q->proof, &a, err));
	if (a->vote != VOTE_REQUEST || strcmp(a->officer, b->ask->who->id) != 0)
		return err_set(err, EPROOF, "requester_proof is not %s's signed "
		    "request", b->ask->who->id);
	ask.request = r;
	ask.approval = &a;
	ask.approval_n = 1;
	rc = quorum_check(&ask, &got, err);
	return rc == -EQUORUM ? 0 : rc;
}

struct rivals {
	const struct drawn	*drawn;
	json_t			*ids;
	char			 digest[130];	/* signed for that version already */
};

static int
rivals_read(struct tx *tx, void *ctx, struct err *err)
{
	struct rivals *v = ctx;
	const json_t *p = v->drawn->parameters;
	const char *product = json_str(p, "product", ""),
	    *track = json_str(p, "track", ""),
	    *version = json_str(p, "version", ""),
	    *digest = json_str(json_object_get(p, "digest"), "value", "");
	int rc;

	rc = use_signed(tx, v->drawn->key->hash, product, track, version,
	    v->digest, err);
	if (rc != 0 && rc != -ENOENT_)
		return rc;
	if (rc == 0 && strcmp(v->digest, digest) != 0)
		return err_set(err, ECONFLICT, "version %s of %s was signed "
		    "already, with digest %.16s...; give the artifact a new "
		    "version", version, product, v->digest);
	return approval_rivals(tx, v->drawn->key->hash, product, track, version,
	    digest, &v->ids, err);
}

/* Only one digest can be meant by a version: the newest request for it. */
static int
rivals_find(const struct drawn *d, json_t **ret, struct err *err)
{
	struct rivals v = { .drawn = d };

	if (d->begun->action != ACTION_KEY_SIGN ||
	    json_str(d->parameters, "version", NULL) == NULL)
		return 0;
	TRY(state_read(d->begun->flow->state, rivals_read, &v, err));
	*ret = v.ids;
	return 0;
}

static int
opened_data(const struct requested *q, json_t **ret, struct err *err)
{
	const struct decided *d = q->decided;
	const struct drawn *w = d->seen->drawn;
	const struct begun *b = w->begun;
	AUTO_JSON *data = NULL, *rule = NULL;

	TRY(json_build(&rule, err, "{s:s}", "name", d->decision.rule->name));
	TRY(json_set_hash(rule, "hash", &d->decision.rule->hash, err));
	TRY(json_build(&data, err, "{s:O, s:s, s:O, s:o, s:o, s:O*, s:O*}",
	    "request", q->request, "charter", b->law->hex, "rule", rule,
	    "facts", facts_json(d->seen->facts),
	    "explanation", decision_explain(&d->decision, d->seen->facts),
	    "requester_proof", q->proof, "proposal", w->proposal));
	if (b->ask->idempotency[0] != '\0')
		TRY(json_set_str(data, "idempotency", b->ask->idempotency, err));
	*ret = TAKE(data);
	return 0;
}

#define RIVALS_MAX	31

static int
open_events(const struct requested *q, const json_t *rivals,
    const json_t *data, struct err *err)
{
	const struct begun *b = q->decided->seen->drawn->begun;
	struct event e[RIVALS_MAX + 1];
	struct receipt r[RIVALS_MAX + 1];
	json_t *why[RIVALS_MAX] = { NULL };
	size_t n = json_array_size(rivals), i;
	int rc = 0;

	if (n > RIVALS_MAX)
		n = RIVALS_MAX;
	for (i = 0; i < n && rc == 0; i++) {
		const char *id = json_string_value(json_array_get(rivals, i));

		rc = json_build(&why[i], err, "{s:s, s:s+}", "request", id,
		    "reason", "superseded by ", q->id);
		e[i] = (struct event){ .kind = EVENT_REQUEST_SUPERSEDED,
		    .actor = b->ask->who->id, .subject = id, .data = why[i] };
	}
	e[n] = (struct event){ .kind = EVENT_REQUEST_OPENED,
	    .actor = b->ask->who->id, .subject = q->id, .data = data };
	if (rc == 0)
		rc = state_commit(b->flow->state, e, n + 1, r, err);
	for (i = 0; i < n; i++)
		json_decref(why[i]);
	return rc;
}

static int
wait_for(const struct requested *q, struct answer *ret, struct err *err)
{
	const struct drawn *w = q->decided->seen->drawn;
	AUTO_JSON *rivals = NULL, *data = NULL, *body = NULL;

	TRY(proof_check(q, err));
	TRY(rivals_find(w, &rivals, err));
	TRY(opened_data(q, &data, err));
	TRY(open_events(q, rivals, data, err));
	TRY(view_build(w->begun->flow, q->id, &body, err));
	if (w->extra != NULL && json_object_update(body, w->extra) != 0)
		return err_set(err, ENOMEMORY, "an answer");
	*ret = (struct answer){ .code = EQUORUM, .http = 202,
	    .body = TAKE(body), .waiting = true };
	snprintf(ret->request, sizeof(ret->request), "%s", q->id);
	return 0;
}

/* ---- performing ---- */

static int
perform_granted(const struct granted *g, const struct drawn *w,
    struct answer *ret, struct err *err)
{
	AUTO_JSON *body = NULL;

	TRY(g->deed->perform(g, &body, err));
	if (w->extra != NULL && json_object_update(body, w->extra) != 0)
		return err_set(err, ENOMEMORY, "an answer");
	*ret = (struct answer){ .code = OK, .http = 200, .body = TAKE(body) };
	snprintf(ret->request, sizeof(ret->request), "%s", g->request_id);
	return 0;
}

static int
perform(const struct requested *q, struct answer *ret, struct err *err)
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
	pending_put(b, q->request);
	TRY(perform_granted(&g, w, ret, err));
	/* A recovered event knows nothing of the Idempotency-Key. */
	if (!json_flag(ret->body, "recovered", false))
		pending_drop(b);
	return 0;
}

/*
 * Under an open window the approvals were given beforehand; what is left to
 * decide is whether this use is one of those they named.
 */
static int
redeem(const struct drawn *w, const struct window *win, struct answer *ret,
    struct err *err)
{
	const struct begun *b = w->begun;
	const json_t *p = w->parameters;
	struct granted g = {
		.flow = b->flow, .deed = b->deed, .requester = b->ask->who->id,
		.principal = b->ask->who->id, .request_id = win->id,
		.request = json_object_get(win->permit, "request"),
		.parameters = p, .permit = win->permit,
		.permit_hash = win->permit_hash, .key = w->key->hash, .use = p,
		.content = json_object_get(b->ask->body, "content"),
		.idempotency = b->ask->idempotency, .rule = win->rule,
		.was_open = true,
	};

	return perform_granted(&g, w, ret, err);
}

/* The open window that covers this use, or NULL. */
static struct window *
window_find(const struct drawn *w)
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

/* ---- all together ---- */

static int
go_on(const struct decided *d, struct answer *ret, struct err *err)
{
	const struct begun *b = d->seen->drawn->begun;
	struct requested q = { 0 };
	int rc;

	if ((rc = fix(d, &q, err)) == 0) {
		if (json_flag(b->ask->body, "prepare", false))
			rc = prepare(&q, ret, err);
		else if (d->decision.verdict == WAIT)
			rc = wait_for(&q, ret, err);
		else
			rc = perform(&q, ret, err);
	}
	requested_done(&q);
	return rc;
}

/*
 * Who may not is told so before anything is said of keys and states; then
 * whether it fits, and then it is done, or waits.
 */
static int
outcome(const struct decided *d, struct answer *ret, struct err *err)
{
	const struct drawn *w = d->seen->drawn;
	const struct deed *deed = w->begun->deed;

	/* To say again what was said costs no use, so no limit stops it. */
	if (w->known != NULL && (d->decision.verdict != DENY ||
	    d->decision.why == WHY_LIMIT)) {
		*ret = (struct answer){ .code = OK, .http = 200,
		    .body = json_incref(w->known) };
		return 0;
	}
	if (d->decision.verdict == DENY)
		return refuse_decision(d, ret, err);
	if (deed->fit != NULL)
		TRY(deed->fit(w, d->decision.rule, err));
	return go_on(d, ret, err);
}

/* What fitted policy but not the present state, or not the keeper. */
static int
settle(const struct decided *d, int rc, const struct err *why,
    struct answer *ret, struct err *err)
{
	AUTO_JSON *x = NULL;
	bool known = false;

	if (rc == 0 || !is_refusal(why->code)) {
		if (rc != 0 && err != NULL)
			*err = *why;
		return rc;
	}
	/* The same was asked at the same moment, and was first. */
	TRY(remembered(d->seen->drawn, ret, &known, err));
	if (known)
		return 0;
	x = decision_explain(&d->decision, d->seen->facts);
	return refuse(d, why->code, why->what, x, ret, err);
}

/* Under a window the facts are only gathered for a refusal. */
static int
use_window(const struct drawn *w, const struct window *win,
    struct answer *ret, struct err *err)
{
	const struct deed *deed = w->begun->deed;

	if (deed->fit != NULL)
		TRY(deed->fit(w, NULL, err));
	return redeem(w, win, ret, err);
}

static int
drawn_ask(const struct drawn *w, struct answer *ret, struct err *err)
{
	AUTO(window) *win = window_find(w);
	struct err why = { .code = OK };
	struct seen s = { 0 };
	struct decided d;
	int rc = 0, seen;

	if (win != NULL && (rc = use_window(w, win, ret, &why)) == 0)
		return 0;
	if ((seen = see(w, &s, err)) == 0) {
		decide(&s, &d);
		if (win == NULL)
			rc = outcome(&d, ret, &why);
		seen = settle(&d, rc, &why, ret, err);
	}
	facts_free(s.facts);
	return seen;
}

int
flow_ask(struct flow *f, const struct ask *ask, struct answer *ret,
    struct err *err)
{
	struct begun b = { 0 };
	struct drawn w = { 0 };
	bool known = false;
	int rc;

	if ((rc = begin(f, ask, &b, err)) == 0 &&
	    (rc = draw(&b, &w, err)) == 0 &&
	    (rc = remembered(&w, ret, &known, err)) == 0 && !known) {
		pending_resume(&b, &w);
		if ((rc = seal_check(&w, err)) == 0)
			rc = drawn_ask(&w, ret, err);
	}
	drawn_done(&w);
	begun_done(&b);
	return rc;
}
