/*
 * stage - the steps that every action takes, in their order.
 */
#include <stdio.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/stage.h"

void
answer_done(struct answer *a)
{
	json_decref(a->body);
	a->body = NULL;
}

void
begun_done(struct begun *b)
{
	law_free(b->law);
	house_free(b->house);
}

void
drawn_done(struct drawn *d)
{
	json_decref(d->parameters);
	json_decref(d->proposal);
	json_decref(d->extra);
	json_decref(d->known);
	key_free(d->key);
}

int
see(const struct drawn *d, struct seen *ret, struct err *err)
{
	const struct begun *b = d->begun;

	TRY(state_facts(b->flow->state, b->ask->action, b->ask->who, d->key,
	    d->parameters, b->law, b->now, &ret->facts, err));
	ret->drawn = d;
	return 0;
}

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
