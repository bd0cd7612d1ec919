/*
 * ask - the one way of every action: begin, draw, see, decide; then perform,
 * wait or refuse; all recorded before it is answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/id.h"
#include "flow/inside.h"
#include "flow/line.h"

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
	if (ret->vain)
		return 0;
	TRY(parameters_check(b->action, ret->parameters, err));
	TRY(parameters_words_check(ret->parameters, err));
	return lines_warn(b, ret, err);
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

/* ---- all together ---- */

static int
grant(struct going *g, const struct requested *q, struct answer *ret,
    struct err *err)
{
	TRY(request_grant(g, q, err));
	return carry_out(g, ret, err);
}

/* People look at one page; and what they agree to is done, without the others. */
static int
waits_alone(const struct decided *d, struct err *err)
{
	return err_set(err, EINPUT, "the rule %.64s asks for approvals: pages "
	    "are done together where none is needed; ask for each alone",
	    d->decision.rule->name);
}

static int
go_on(struct going *g, const struct decided *d, struct answer *ret,
    struct err *err)
{
	struct requested q = { 0 };
	int rc;

	if ((rc = fix(d, &q, err)) == 0) {
		if (json_flag(g->begun.ask->body, "prepare", false))
			rc = request_prepare(&q, ret, err);
		else if (d->decision.verdict == WAIT && g->together != NULL)
			rc = waits_alone(d, err);
		else if (d->decision.verdict == WAIT)
			rc = request_open(&q, ret, err);
		else
			rc = grant(g, &q, ret, err);
	}
	requested_done(&q);
	return rc;
}

/*
 * Who may not is told so before anything is said of keys and states; then
 * whether it fits, and then it is done, or waits.
 */
static int
outcome(struct going *g, const struct decided *d, struct answer *ret,
    struct err *err)
{
	const struct drawn *w = &g->drawn;
	const struct deed *deed = g->begun.deed;

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
	return go_on(g, d, ret, err);
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

/* The keeper takes a request of before a restore, or of too long ago, never more:
 * whoever asks again asks anew.  Anything else it may have done all the same. */
static void
forget_final(const struct going *g, int rc)
{
	if (rc == -EPRECOND || rc == -EEXPIRED)
		pending_drop(&g->begun);
}

/*
 * What is answered where what was granted came to nothing (@tried: @rc, @why),
 * or no window grants it.  What is no refusal is said as it is: no facts are
 * read for it.
 */
static int
conclude(struct going *g, bool tried, int rc, struct err *why,
    struct answer *ret, struct err *err)
{
	struct seen s = { 0 };
	struct decided d;
	int seen;

	if (tried && !is_refusal(why->code)) {
		*err = *why;
		return rc;
	}
	forget_final(g, rc);
	if ((seen = see(&g->drawn, &s, err)) == 0) {
		decide(&s, &d);
		if (!tried) {
			rc = outcome(g, &d, ret, why);
			forget_final(g, rc);
		}
		seen = settle(&d, rc, why, ret, err);
	}
	facts_free(s.facts);
	return seen;
}

bool
may_ever(const struct begun *b, const char *class)
{
	const struct principal *p = roster_find(charter_roster(
	    b->law->charter), b->ask->who->id);
	const struct rule *r;
	size_t n;

	r = charter_rules(b->law->charter, class, &n);
	for (; p != NULL && n > 0; n--, r++)
		if (rule_allows_action(r, b->action) &&
		    group_set_meets(&r->by, &p->groups))
			return true;
	return false;
}

static int
refuse_vain(const struct drawn *w, struct answer *ret, struct err *err)
{
	struct seen s = { 0 };
	struct decided d;
	int rc;

	if ((rc = see(w, &s, err)) == 0) {
		decide(&s, &d);
		rc = refuse_decision(&d, ret, err);
	}
	facts_free(s.facts);
	return rc;
}

int
asks_in_vain(struct flow *f, const struct ask *ask, struct key *key,
    json_t *parameters, struct answer *ret, struct err *err)
{
	struct begun b = { .flow = NULL };
	struct drawn w = { .begun = &b, .key = key, .parameters = parameters };
	int rc = begin(f, ask, &b, err);

	if (rc == 0 && !may_ever(&b, class_of(&w)))
		rc = refuse_vain(&w, ret, err);
	drawn_done(&w);
	begun_done(&b);
	return rc;
}

int
flow_ask_admit(struct flow *f, const struct ask *ask,
    struct answer *ret_refusal, struct err *err)
{
	json_t *none = json_object();

	return none == NULL ? err_set(err, ENOMEMORY, "an ask") :
	    asks_in_vain(f, ask, NULL, none, ret_refusal, err);
}

/* Refused is what was brought, content or a window's name, not the request: the
 * right one may still come. */
static int
refuse_brought(const struct drawn *w, const struct err *why,
    struct answer *ret, struct err *err)
{
	struct seen s = { 0 };
	struct decided d;
	int rc;

	if ((rc = see(w, &s, err)) == 0) {
		AUTO_JSON *x = NULL;

		decide(&s, &d);
		x = decision_explain(&d.decision, s.facts);
		rc = refuse(&d, why->code, why->what, x, ret, err);
	}
	facts_free(s.facts);
	return rc;
}

static int
brought_wrong(const struct drawn *w, int rc, const struct err *why,
    struct answer *ret, struct err *err)
{
	if (is_refusal(why->code))
		return refuse_brought(w, why, ret, err);
	*err = *why;
	return rc;
}

/* Is this answer one that only the asker's content can change? */
static bool
awaits_content(const struct answer *a)
{
	return a->waiting && strcmp(json_str(a->body, "awaits", ""),
	    "content") == 0;
}

/* It was approved, and its asker comes again with what is to be signed. */
static int
bring(struct going *g, struct answer *ret, struct err *err)
{
	const json_t *content = json_object_get(g->ask.body, "content");
	AUTO(asked) *a = NULL;
	struct err why = { .code = OK };
	int rc;

	if (content == NULL || !awaits_content(ret))
		return 0;
	rc = due_bring(g->begun.flow, ret->request, content, &why);
	TRY(asked_read(g->begun.flow, ret->request, &a, err));
	answer_done(ret);
	if (rc == 0 || a->state != REQUEST_DUE)
		return answer_asked(g->begun.flow, a, ret, err);
	return brought_wrong(&g->drawn, rc, &why, ret, err);
}

static int
use_window(struct going *g, struct answer *ret, struct err *err)
{
	const struct deed *deed = g->begun.deed;

	if (deed->fit != NULL)
		TRY(deed->fit(&g->drawn, NULL, err));
	window_grant(g);
	return carry_out(g, ret, err);
}

/*
 * What a window does not grant after all, as one that the present charter would
 * not open, is asked for as if there were none; but not if it was named.
 */
static int
without_window(struct going *g, int rc, struct err *why, struct answer *ret,
    struct err *err)
{
	bool tried = g->win == NULL || window_named(&g->ask) != NULL ||
	    (why->code != EDENIED && why->code != EPROOF);

	if (!tried) {
		making_done(&g->making);
		g->making = (struct making){ .granted = &g->granted };
		g->later = NULL;
		window_free(TAKE(g->win));
		rc = 0;
	}
	return conclude(g, tried, rc, why, ret, err);
}

/* Under a window the facts are only gathered for a refusal. */
static int
drawn_ask(struct going *g, struct answer *ret, struct err *err)
{
	struct err why = { .code = OK };
	int rc = window_find(&g->drawn, &g->win, &why);

	if (rc != 0)
		return brought_wrong(&g->drawn, rc, &why, ret, err);
	if (g->win == NULL)
		return conclude(g, false, 0, &why, ret, err);
	rc = use_window(g, ret, &why);
	return rc == 0 ? 0 : without_window(g, rc, &why, ret, err);
}

int
going_conclude(struct going *g, int rc, struct err *why, struct answer *ret,
    struct err *err)
{
	return conclude(g, true, rc, why, ret, err);
}

/* The key is taken before it is looked up: what is found then stays so.  Where
 * another has it, what it stands for already is said all the same. */
static int
asked_before(struct going *g, struct answer *ret, bool *ret_known,
    struct err *err)
{
	struct err why = { .code = OK };
	int rc = asking_take(g, &why);

	TRY(remembered(&g->drawn, ret, ret_known, err));
	if (rc != 0 && !*ret_known)
		*err = why;
	return *ret_known ? 0 : rc;
}

int
going_ask(struct going *g, struct flow *f, struct answer *ret,
    struct err *err)
{
	bool known = false;

	TRY(begin(f, &g->ask, &g->begun, err));
	TRY(draw(&g->begun, &g->drawn, err));
	/* What is there for the very same needs no memory of who asked; but where a
	 * body has many, all may be known and its key another's. */
	if (g->drawn.known == NULL || g->drawn.anew)
		TRY(asked_before(g, ret, &known, err));
	if (!known && pending_resume(&g->begun, &g->drawn))
		TRY(resumed(&g->drawn, ret, &known, err));
	if (known)
		return bring(g, ret, err);
	if (g->drawn.vain)
		return refuse_vain(&g->drawn, ret, err);
	TRY(seal_check(&g->drawn, err));
	return drawn_ask(g, ret, err);
}

int
flow_ask(struct flow *f, const struct ask *ask, const struct flow_later *later,
    struct answer *ret, struct err *err)
{
	struct going *g = calloc(1, sizeof(*g));
	int rc;

	if (g == NULL)
		return err_set(err, ENOMEMORY, "an ask");
	g->ask = *ask;
	g->later = later;
	rc = going_ask(g, f, ret, err);
	if (rc != 0 || later == NULL || *later->going == NULL)
		going_free(g);
	return rc;
}

int
flow_ask_end(struct going *g, struct answer *ret, struct err *err)
{
	struct err why = { .code = OK };
	json_t *body = NULL;
	int rc = going_end(g, &body, &why);

	rc = rc == 0 ? carried_out(g, body, ret, err) :
	    without_window(g, rc, &why, ret, err);
	going_free(g);
	return rc;
}
