#include "config.h"

#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "keeper/judge.h"
#include "policy/quorum.h"
#include "policy/window.h"

void
judgement_done(struct judgement *j)
{
	blob_done(&j->facts);
	json_decref(j->explanation);
	*j = (struct judgement){ 0 };
}

int
judge_request(struct keeper *k, const struct held *h, time_us now,
    struct err *err)
{
	const struct request *r = h->permit->request;
	const struct tally *t = tally_find(&k->house.counts, r->id);

	if (strcmp(r->house, house_id(&k->house)) != 0)
		return err_set(err, EHOUSE, "the request is of house %s", r->house);
	if (t != NULL && !sha256_equal(&t->request, &h->request))
		return err_set(err, EPROOF, "%s was used before as another "
		    "request", r->id);
	if (r->created > now + QUORUM_SKEW)
		return err_set(err, EDENIED, "%s was made in the future", r->id);
	if (r->created <= k->house.not_before)
		return err_set(err, EPRECOND, "%s was made before the house "
		    "was restored: ask anew", r->id);
	return 0;
}

static int
principal_facts(struct keeper *k, const char *id, struct err *err)
{
	const struct principal *p = roster_find(charter_roster(k->house.charter),
	    id);

	TRY(facts_str(k->facts, "principal.id", id, ASSERTED, err));
	if (p == NULL)
		return 0;
	TRY(facts_str(k->facts, "principal.kind", p->tool ? "tool" : "person",
	    ASSERTED, err));
	return facts_str(k->facts, "principal.party", p->party, ASSERTED, err);
}

/* A key that is: from the register.  One that is to be made: as it was asked for. */
static int
key_facts(struct keeper *k, const struct key *key, const json_t *parameters,
    struct err *err)
{
	struct facts *f = k->facts;
	const json_t *row = key != NULL ? key->row : parameters;

	TRY(facts_str(f, "key.name", json_str(row, "name", NULL), PROVEN, err));
	TRY(facts_str(f, "key.class", json_str(row, "class", NULL), PROVEN, err));
	TRY(facts_str(f, "key.environment", json_str(row, "environment", NULL),
	    PROVEN, err));
	TRY(facts_str(f, "key.algorithm", json_str(row, "algorithm", NULL),
	    PROVEN, err));
	TRY(facts_set_json(f, "key.products", json_object_get(row, "products"),
	    PROVEN, err));
	if (key == NULL)
		return 0;
	TRY(facts_str(f, "key.state", key_state_name(key->state), PROVEN, err));
	TRY(facts_flag(f, "key.exportable", key->exportable, PROVEN, err));
	return facts_flag(f, "key.exclusive", key->exclusive, PROVEN, err);
}

static int
artifact_facts(struct keeper *k, const struct deed *d, const json_t *claims,
    struct err *err)
{
	struct facts *f = k->facts;
	const char *name;
	const json_t *value;
	char full[80];

	TRY(facts_str(f, "artifact.digest", json_str(d->digest, "algorithm",
	    NULL), PROVEN, err));
	TRY(facts_str(f, "artifact.product", d->product, ASSERTED, err));
	TRY(facts_str(f, "artifact.version", d->version, ASSERTED, err));
	TRY(facts_str(f, "artifact.track", d->track, ASSERTED, err));
	json_object_foreach((json_t *)(uintptr_t)claims, name, value) {
		(void)snprintf(full, sizeof(full), "claim.%s", name);
		TRY(facts_str(f, full, json_string_value(value), ASSERTED, err));
	}
	return 0;
}

/* Counts belong to a rule: known only once it has matched. */
static int
rule_facts(struct keeper *k, const struct rule *rule, const struct deed *d,
    struct err *err)
{
	struct facts *f = k->facts;

	if (rule == NULL)
		return 0;
	if (rule->limit_uses > 0 && d->key != NULL) {
		struct sha256 name = limit_name(rule->name, &d->key->hash,
		    d->user != NULL ? d->user : d->principal);

		TRY(facts_int(f, "count.rule", limit_count(&k->house.counts,
		    &name, rule->limit_per, d->now), PROVEN, err));
	}
	if (rule_is_increasing(rule) && d->product != NULL)
		TRY(facts_str(f, "artifact.highest-version",
		    version_highest(&k->house.counts, d->product,
		    d->track == NULL ? "" : d->track), PROVEN, err));
	return 0;
}

static int
gather(struct keeper *k, const struct request *r, const struct deed *d,
    const char *class, struct err *err)
{
	struct facts *f = k->facts;

	facts_clear(f);
	TRY(facts_str(f, "action", action_name(r->action), PROVEN, err));
	TRY(principal_facts(k, d->principal, err));
	if (action_of_class(r->action))
		TRY(key_facts(k, d->key, r->parameters, err));
	TRY(artifact_facts(k, d, json_object_get(r->parameters, "claims"), err));
	TRY(facts_cert(f, r->action, r->parameters, PROVEN, err));
	TRY(facts_time(f, d->now, PROVEN, err));
	return rule_facts(k, policy_match(k->house.charter, r->action, class, f),
	    d, err);
}

static int
denied(struct keeper *k, const struct decision *v, struct judgement *ret,
    struct err *err)
{
	ret->explanation = decision_explain(v, k->facts);
	return err_set(err, v->why == WHY_LIMIT ? ELIMIT : EDENIED, "%s%s%s",
	    reason_words(v->why), v->rule != NULL ? ": rule " : "",
	    v->rule != NULL ? v->rule->name : "");
}

static int
count_proofs(struct keeper *k, const struct held *h, const struct rule *rule,
    time_us now, struct err *err)
{
	struct quorum_ask ask;
	struct quorum got;

	quorum_ask_permit(k->house.charter, rule, house_id(&k->house), h->permit,
	    now, &ask);
	ask.earlier = k->house.chain;
	ask.earlier_n = k->house.chain_n - 1;
	return quorum_check(&ask, &got, err);
}

static int
times(const struct request *r, const struct rule *rule, time_us now,
    struct err *err)
{
	if (r->expires < r->created ||
	    r->expires - r->created > rule_within(rule))
		return err_set(err, EDENIED, "%s runs longer than rule %s lets "
		    "it", r->id, rule->name);
	if (now > house_forget_after(r, rule))
		return err_set(err, EEXPIRED, "%s has expired", r->id);
	return 0;
}

int
judge(struct keeper *k, struct held *h, const struct deed *d,
    struct judgement *ret, struct err *err)
{
	const struct request *r = h->permit->request;
	const char *class = d->key != NULL ? d->key->class :
	    action_of_class(r->action) ? json_str(r->parameters, "class", "") :
	    NULL;
	struct decision v;

	if (!action_of_class(r->action))
		class = NULL;
	TRY(gather(k, r, d, class, err));
	policy_decide(k->house.charter, r->action, class, k->facts, &v);
	ret->rule = v.rule;
	if (v.verdict == DENY)
		return denied(k, &v, ret, err);
	TRY(times(r, v.rule, d->now, err));
	if (v.verdict == WAIT)
		TRY(count_proofs(k, h, v.rule, d->now, err));
	if (r->action == ACTION_WINDOW_OPEN)
		TRY(window_bounds(v.rule, r->parameters, err));
	return facts_canonical(k->facts, &ret->facts, err);
}
