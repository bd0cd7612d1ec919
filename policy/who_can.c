#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "policy/decide.h"
#include "policy/simulate.h"

struct asked {
	const struct charter *c;
	const struct roster *roster;
	const struct facts *key;
	struct err	*err;
};

static int
out_of_memory(const struct asked *q)
{
	return err_set(q->err, ENOMEMORY, "listing who can");
}

static int
append(const struct asked *q, json_t *a, json_t *v)
{
	return json_array_append_new(a, v) == 0 ? 0 : out_of_memory(q);
}

/* What is known of the key decides now; the rest stays a condition. */
static bool
is_settled(const struct asked *q, const struct match *m)
{
	return m->op <= MATCH_BETWEEN &&
	    facts_get(q->key, m->fact, m->claim) != NULL;
}

static bool
concerns(const struct asked *q, const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->when_n; i++)
		if (is_settled(q, &r->when[i]) &&
		    !match_holds(&r->when[i], q->key))
			return false;
	return true;
}

static int
members_json(const struct asked *q, size_t group, json_t **ret)
{
	const struct group *g = &q->roster->group[group];
	AUTO_JSON *a = json_array();
	size_t i;

	if (a == NULL)
		return out_of_memory(q);
	for (i = 0; i < g->member_n; i++)
		TRY(append(q, a, json_string(
		    q->roster->principal[g->member[i]].id)));
	*ret = TAKE(a);
	return 0;
}

static bool
in_set(const struct group_set *s, size_t group)
{
	return (s->w[group / 64] >> (group % 64) & 1) != 0;
}

/* "by": each group with its members; "principals": all of them, once. */
static int
put_by(const struct asked *q, const struct rule *r, json_t *o)
{
	json_t *by, *ids, *members, *g;
	size_t i;

	by = json_array();
	TRY(json_set_new(o, "by", by, q->err));
	ids = json_array();
	TRY(json_set_new(o, "principals", ids, q->err));
	for (i = 0; i < q->roster->group_n; i++) {
		if (!in_set(&r->by, i))
			continue;
		TRY(members_json(q, i, &members));
		TRY(json_build(&g, q->err, "{s:s, s:o}", "group",
		    q->roster->group[i].name, "members", members));
		TRY(append(q, by, g));
	}
	for (i = 0; i < q->roster->principal_n; i++)
		if (group_set_meets(&r->by, &q->roster->principal[i].groups))
			TRY(append(q, ids,
			    json_string(q->roster->principal[i].id)));
	return 0;
}

static int
put_conditions(const struct asked *q, const struct rule *r, json_t *o)
{
	json_t *list = json_array();
	char wants[400], text[600];
	size_t i;

	TRY(json_set_new(o, "conditions", list, q->err));
	for (i = 0; i < r->when_n + r->require_n; i++) {
		const struct match *m = i < r->when_n ? &r->when[i] :
		    &r->require[i - r->when_n];

		if (i < r->when_n && is_settled(q, m))
			continue;
		match_words(m, wants, sizeof(wants));
		(void)snprintf(text, sizeof(text), "%s %s", m->name, wants);
		TRY(append(q, list, json_string(text)));
	}
	if (r->limit_uses == 0)
		return 0;
	(void)snprintf(text, sizeof(text), "at most %lld uses in %lld seconds",
	    (long long)r->limit_uses, (long long)(r->limit_per / TIME_S(1)));
	return append(q, list, json_string(text));
}

static int
put_approvals(const struct asked *q, const struct rule *r, json_t *o)
{
	json_t *list = json_array(), *one, *members, *proof;
	const struct clause *c;
	size_t i;
	int k;

	TRY(json_set_new(o, "approvals", list, q->err));
	for (i = 0; i < r->approvals_n; i++) {
		c = &r->approvals[i];
		TRY(members_json(q, (size_t)c->group, &members));
		TRY(json_build(&one, q->err, "{s:i, s:s, s:o, s:b, s:[]}",
		    "count", (int)c->count, "of", c->of, "members", members,
		    "not_requester", c->not_requester, "proof"));
		TRY(append(q, list, one));
		proof = json_object_get(one, "proof");
		for (k = 0; k < PROOF__N; k++)
			if ((c->proofs >> k & 1) != 0)
				TRY(append(q, proof, json_string(
				    proof_kind_name((enum proof_kind)k))));
	}
	return 0;
}

static int
put_actions(const struct asked *q, const struct rule *r, json_t *o)
{
	json_t *list = json_array();
	int a;

	TRY(json_set_new(o, "actions", list, q->err));
	for (a = 0; a < ACTION__N; a++)
		if (rule_allows_action(r, (enum action)a))
			TRY(append(q, list,
			    json_string(action_name((enum action)a))));
	return 0;
}

static int
rule_json(const struct asked *q, const struct rule *r, json_t *rules)
{
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, q->err, "{s:s, s:s, s:s}", "rule", r->name, "why",
	    r->why, "verdict",
	    verdict_name(r->approvals_n > 0 ? WAIT : ALLOW)));
	TRY(put_actions(q, r, o));
	TRY(put_by(q, r, o));
	TRY(put_conditions(q, r, o));
	TRY(put_approvals(q, r, o));
	return append(q, rules, json_incref(o));
}

/* Per principal: every action that some rule would let them ask for. */
static int
put_principals(const struct asked *q, const struct key_class *k, json_t *ret)
{
	json_t *ids = json_object(), *list;
	const struct principal *p;
	uint64_t may;
	size_t i, n;
	int a;

	TRY(json_set_new(ret, "principals", ids, q->err));
	for (i = 0; i < q->roster->principal_n; i++) {
		p = &q->roster->principal[i];
		for (may = 0, n = 0; n < k->rule_n; n++)
			if (concerns(q, &k->rule[n]) &&
			    group_set_meets(&k->rule[n].by, &p->groups))
				may |= k->rule[n].actions;
		if (may == 0)
			continue;
		list = json_array();
		TRY(json_set_new(ids, p->id, list, q->err));
		for (a = 0; a < ACTION__N; a++)
			if ((may >> a & 1) != 0)
				TRY(append(q, list,
				    json_string(action_name((enum action)a))));
	}
	return 0;
}

int
policy_who_can(const struct charter *c, const struct facts *key,
    json_t **ret, struct err *err)
{
	const struct fact_value *v = facts_get(key, FACT_KEY_CLASS, NULL);
	struct asked q = { c, charter_roster(c), key, err };
	const struct key_class *k;
	AUTO_JSON *o = NULL;
	json_t *rules;
	size_t i;

	k = v == NULL ? NULL : charter_class(c, v->s);
	if (k == NULL)
		return err_set(err, ENOENT_, "the charter has no class "
		    "\"%.64s\"", v == NULL ? "" : v->s);
	rules = json_array();
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:o}", "class", k->name,
	    "owner", k->owner, "recovery", k->recovery, "rules", rules));
	for (i = 0; i < k->rule_n; i++)
		if (concerns(&q, &k->rule[i]))
			TRY(rule_json(&q, &k->rule[i], rules));
	TRY(put_principals(&q, k, o));
	*ret = TAKE(o);
	return 0;
}
