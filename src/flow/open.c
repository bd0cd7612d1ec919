/*
 * open - what becomes of a request that was fixed and is not performed yet:
 * it is prepared for its asker to sign, or opened, and waits.
 */
#include <stdio.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/making.h"
#include "flow/open.h"
#include "flow/rival.h"
#include "flow/seal.h"
#include "flow/stage.h"
#include "flow/view.h"
#include "policy/quorum.h"

static int
rule_json(const struct rule *r, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:s, s:s}", "name", r->name, "why", r->why));
	TRY(json_set_hash(o, "hash", &r->hash, err));
	*ret = TAKE(o);
	return 0;
}

int
request_prepare(const struct requested *q, struct answer *ret, struct err *err)
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

/* Of those who ask at once for a version each sees whoever was before. */
static int
open_held(const struct requested *q, struct err *err)
{
	const struct drawn *w = q->decided->seen->drawn;
	AUTO_JSON *rivals = NULL, *data = NULL;

	TRY(rival_find(w, &rivals, err));
	TRY(opened_data(q, &data, err));
	return open_events(q, rivals, data, err);
}

static int
open_alone(const struct requested *q, struct err *err)
{
	const struct drawn *w = q->decided->seen->drawn;
	struct flow *f = w->begun->flow;
	char held[MAKING_HOLD];
	int rc;

	TRY(rival_hold(f, w->begun->ask->action, w->parameters, held, err));
	rc = open_held(q, err);
	rival_let_go(f, held);
	return rc;
}

int
request_open(const struct requested *q, struct answer *ret, struct err *err)
{
	const struct drawn *w = q->decided->seen->drawn;
	AUTO_JSON *body = NULL;

	TRY(proof_check(q, err));
	TRY(open_alone(q, err));
	TRY(view_build(w->begun->flow, q->id, &body, err));
	if (w->extra != NULL && json_object_update(body, w->extra) != 0)
		return err_set(err, ENOMEMORY, "an answer");
	*ret = (struct answer){ .code = EQUORUM, .http = 202,
	    .body = TAKE(body), .waiting = true };
	snprintf(ret->request, sizeof(ret->request), "%s", q->id);
	return 0;
}
