/*
 * ballot - a stored request, its votes and the rule that decides it now.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/ballot.h"
#include "flow/inside.h"

struct votes {
	const struct asked	*a;
	json_t			*given;		/* owned */
	json_t			*charters;	/* owned */
	struct caller		 who;
};

static int
votes_read(struct tx *tx, void *ctx, struct err *err)
{
	struct votes *v = ctx;

	TRY(approval_given(tx, v->a->id, &v->given, err));
	TRY(people_caller(tx, v->a->requester, &v->who, err));
	return state_charters(tx, false, &v->charters, err);
}

static int
take_vote(struct ballot *b, const json_t *j, struct err *err)
{
	if (b->n == PERMIT_APPROVALS)
		return err_set(err, ERANGE_, "a request may have %d approvals",
		    PERMIT_APPROVALS);
	TRY(approval_read(j, &b->given[b->n], err));
	b->n++;
	return 0;
}

static int
take_chain(struct ballot *b, const json_t *charters, struct err *err)
{
	size_t i, n = json_array_size(charters);

	if (n == 0)
		return 0;
	if ((b->earlier = calloc(n, sizeof(*b->earlier))) == NULL)
		return err_set(err, ENOMEMORY, "the charters");
	for (i = 0; i < n; i++) {
		TRY(json_need_hash(json_array_get(charters, i), "hash",
		    &b->earlier[b->earlier_n], err));
		if (!sha256_equal(&b->earlier[b->earlier_n], &b->law->hash))
			b->earlier_n++;
	}
	return 0;
}

static int
take_votes(struct ballot *b, const struct votes *v, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(v->given, i, one)
		TRY(take_vote(b, one, err));
	if (v->a->requester_proof != NULL)
		TRY(take_vote(b, v->a->requester_proof, err));
	return take_chain(b, v->charters, err);
}

/* The rule is the present law's: an approval counts under it or not at all. */
static int
rule_now(struct flow *f, const struct asked *a, const struct caller *who,
    struct ballot *b, struct err *err)
{
	const json_t *p = b->request->parameters;
	const char *class = NULL, *key = a->key;
	time_us now = clock_now();

	if (b->request->action == ACTION_WINDOW_OPEN)
		key = json_str(json_array_get(json_object_get(p, "keys"), 0),
		    "key", "");
	if (key[0] != '\0')
		TRY(state_key(f->state, key, &b->key, err));
	if (action_of_class(b->request->action))
		class = b->key != NULL ? b->key->class : json_str(p, "class", "");
	TRY(state_facts(f->state, a->action, who, b->key, p, b->law, now,
	    &b->facts, err));
	policy_decide(b->law->charter, b->request->action, class, b->facts,
	    &b->decision);
	b->rule = b->decision.rule;
	b->amended = a->rule_hash[0] != '\0' && charter_rule_of(b->law->charter,
	    class, a->rule_hash) == NULL;
	return 0;
}

int
ballot_open(struct flow *f, const struct asked *a, struct ballot *ret,
    struct err *err)
{
	struct votes v = { .a = a };
	int rc;

	TRY(state_law(f->state, &ret->law, err));
	TRY(state_house(f->state, &ret->house, err));
	TRY(request_read(a->request, &ret->request, err));
	rc = state_read(f->state, votes_read, &v, err);
	if (rc == 0)
		rc = take_votes(ret, &v, err);
	if (rc == 0)
		rc = rule_now(f, a, &v.who, ret, err);
	json_decref(v.given);
	json_decref(v.charters);
	return rc;
}

void
ballot_ask(const struct ballot *b, time_us now, struct quorum_ask *ret)
{
	*ret = (struct quorum_ask){ .charter = b->law->charter, .rule = b->rule,
	    .house = b->house->id, .request = b->request,
	    .approval = b->given, .approval_n = b->n,
	    .earlier = b->earlier, .earlier_n = b->earlier_n, .now = now };
}

void
ballot_done(struct ballot *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		approval_free(b->given[i]);
	free(b->earlier);
	facts_free(b->facts);
	key_free(b->key);
	request_free(b->request);
	law_free(b->law);
	house_free(b->house);
}
