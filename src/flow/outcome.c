/*
 * outcome - an ask that no window grants is fixed as a request: it is performed,
 * waits or is refused, as the charter decides.
 */
#include "flow/again.h"
#include "flow/deed.h"
#include "flow/going.h"
#include "flow/open.h"
#include "flow/pending.h"
#include "flow/perform.h"
#include "flow/refuse.h"
#include "policy/permit.h"

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

/* What is no refusal is said as it is: no facts are read for it. */
int
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

int
going_conclude(struct going *g, int rc, struct err *why, struct answer *ret,
    struct err *err)
{
	return conclude(g, true, rc, why, ret, err);
}
