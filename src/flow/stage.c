/*
 * stage - the steps that every action takes, in their order.
 */
#include <stdio.h>
#include "flow/deed.h"
#include "flow/inside.h"
#include "flow/line.h"
#include "flow/stage.h"
#include "policy/permit.h"

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

int
begun_init(struct flow *f, const struct ask *ask, struct begun *ret,
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

int
drawn_init(const struct begun *b, struct drawn *ret, struct err *err)
{
	ret->begun = b;
	TRY(b->deed->draw(b, ret, err));
	if (ret->vain)
		return 0;
	TRY(parameters_check(b->action, ret->parameters, err));
	TRY(parameters_words_check(ret->parameters, err));
	return lines_warn(b, ret, err);
}

const char *
drawn_class(const struct drawn *d)
{
	if (!action_of_class(d->begun->action))
		return NULL;
	return d->key != NULL ? d->key->class :
	    json_str(d->parameters, "class", "");
}

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

void
decide(const struct seen *s, struct decided *ret)
{
	const struct begun *b = s->drawn->begun;

	ret->seen = s;
	policy_decide(b->law->charter, b->action, drawn_class(s->drawn),
	    s->facts, &ret->decision);
}
