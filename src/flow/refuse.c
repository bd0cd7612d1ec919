/*
 * refuse - a no, with its reasons, is recorded before it is answered.
 */
#include <stdio.h>
#include "flow/inside.h"
#include "flow/refuse.h"

enum err_code
refuse_why(const struct decision *d, char detail[240])
{
	snprintf(detail, 240, "%s%s%s", reason_words(d->why),
	    d->rule != NULL ? ": rule " : "",
	    d->rule != NULL ? d->rule->name : "");
	return d->why == WHY_LIMIT ? ELIMIT : EDENIED;
}

/* "rule" as it stands in events: name and hash. */
static int
rule_set(json_t *data, const struct rule *r, struct err *err)
{
	AUTO_JSON *o = NULL;

	if (r == NULL)
		return 0;
	TRY(json_build(&o, err, "{s:s}", "name", r->name));
	TRY(json_set_hash(o, "hash", &r->hash, err));
	return json_set_new(data, "rule", TAKE(o), err);
}

static int
denial_data(const struct denial *d, json_t **ret, struct err *err)
{
	AUTO_JSON *data = NULL;

	TRY(json_build(&data, err, "{s:s, s:O, s:O*, s:O*, s:s*, s:s*}",
	    "action", d->action, "parameters", d->parameters,
	    "facts", d->facts, "explanation", d->explanation,
	    "request", d->request, "reason", d->reason));
	TRY(rule_set(data, d->rule, err));
	if (d->idempotency != NULL && d->idempotency[0] != '\0')
		TRY(json_set_str(data, "idempotency", d->idempotency, err));
	*ret = TAKE(data);
	return 0;
}

int
denial_record(struct flow *f, const struct denial *d, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_REQUEST_DENIED, .actor = d->actor,
	    .subject = d->subject };
	struct receipt r;

	TRY(denial_data(d, &data, err));
	e.data = data;
	atomic_fetch_add(&f->denied_n, 1);
	return state_commit(f->state, &e, 1, &r, err);
}

int
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

int
refuse_decision(const struct decided *d, struct answer *ret, struct err *err)
{
	AUTO_JSON *why = decision_explain(&d->decision, d->seen->facts);
	char detail[240];
	enum err_code code = refuse_why(&d->decision, detail);

	return refuse(d, code, detail, why, ret, err);
}

bool
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

int
brought_wrong(const struct drawn *w, int rc, const struct err *why,
    struct answer *ret, struct err *err)
{
	if (is_refusal(why->code))
		return refuse_brought(w, why, ret, err);
	*err = *why;
	return rc;
}
