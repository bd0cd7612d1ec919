#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/decide.h"
#include "policy/quorum.h"
#include "policy/simulate.h"

/* Does a rule decide, by what is known of key and principal? */
enum reach { NEVER, DEPENDS, SURELY };

struct asking {
	const struct charter *c;
	const struct key_class *k;
	struct facts	*f;		/* owned: the key's, and one principal's */
	json_t		*rule;		/* borrowed: one object per rule */
	json_t		*can;		/* borrowed: {ID: [ACTION...]} */
	struct err	*err;
};

static int
append(struct asking *q, json_t *list, json_t *v)
{
	if (json_array_append_new(list, v) != 0)
		return err_set(q->err, ENOMEMORY, "who can");
	return 0;
}

/* The same name is added once. */
static int
append_once(struct asking *q, json_t *list, const char *s)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (strcmp(json_string_value(v), s) == 0)
			return 0;
	return append(q, list, json_string(s));
}

static bool
is_known(const struct asking *q, const struct match *m)
{
	return facts_get(q->f, m->fact, m->claim) != NULL;
}

static bool
is_of_principal(const struct match *m)
{
	return m->fact == FACT_PRINCIPAL_ID || m->fact == FACT_PRINCIPAL_KIND ||
	    m->fact == FACT_PRINCIPAL_PARTY;
}

static enum reach
reach_of(const struct asking *q, const struct rule *r,
    const struct principal *p)
{
	enum reach reach = SURELY;
	size_t i;

	if (!group_set_meets(&r->by, &p->groups))
		return NEVER;
	for (i = 0; i < r->when_n; i++) {
		if (match_holds(&r->when[i], q->f))
			continue;
		if (is_known(q, &r->when[i]) || is_of_principal(&r->when[i]))
			return NEVER;
		reach = DEPENDS;
	}
	return reach;
}

static int
note_can(struct asking *q, size_t i, const struct principal *p, enum action a)
{
	json_t *o = json_array_get(q->rule, i);
	json_t *list = json_object_get(q->can, p->id);

	if (list == NULL) {
		TRY(json_set_new(q->can, p->id, json_array(), q->err));
		list = json_object_get(q->can, p->id);
	}
	TRY(append_once(q, list, action_name(a)));
	TRY(append_once(q, json_object_get(o, "actions"), action_name(a)));
	return append_once(q, json_object_get(o, "principals"), p->id);
}

/* Every rule that could be the first to match; after a sure one, none. */
static int
ask_action(struct asking *q, const struct principal *p, enum action a)
{
	const struct rule *r = q->k->rule;
	enum reach reach;
	size_t i;

	for (i = 0; i < q->k->rule_n; i++) {
		if (!rule_allows_action(&r[i], a))
			continue;
		reach = reach_of(q, &r[i], p);
		if (reach != NEVER && quorum_possible(q->c, &r[i], p, NULL))
			TRY(note_can(q, i, p, a));
		if (reach == SURELY)
			return 0;
	}
	return 0;
}

static int
ask_principal(struct asking *q, const struct principal *p)
{
	int a;

	TRY(facts_str(q->f, "principal.id", p->id, PROVEN, q->err));
	TRY(facts_str(q->f, "principal.kind", p->tool ? "tool" : "person",
	    PROVEN, q->err));
	TRY(facts_str(q->f, "principal.party", p->party, PROVEN, q->err));
	for (a = 0; a < ACTION__N; a++)
		if (action_on_key((enum action)a))
			TRY(ask_action(q, p, (enum action)a));
	return 0;
}

static json_t *
members(const struct roster *ro, const struct group *g)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list != NULL && i < g->member_n; i++)
		if (json_array_append_new(list, json_string(
		    ro->principal[g->member[i]].id)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static int
put_by(struct asking *q, const struct rule *r, json_t *o)
{
	const struct roster *ro = charter_roster(q->c);
	json_t *list = json_object_get(o, "by"), *one;
	size_t i;

	for (i = 0; i < ro->group_n; i++) {
		if ((r->by.w[i / 64] >> (i % 64) & 1) == 0)
			continue;
		TRY(json_build(&one, q->err, "{s:s, s:o}", "group",
		    ro->group[i].name, "members",
		    members(ro, &ro->group[i])));
		TRY(append(q, list, one));
	}
	return 0;
}

static int
put_approvals(struct asking *q, const struct rule *r, json_t *o)
{
	const struct roster *ro = charter_roster(q->c);
	json_t *list = json_object_get(o, "approvals"), *one;
	const struct clause *c;
	size_t i;
	int k;

	for (i = 0; i < r->approvals_n; i++) {
		c = &r->approvals[i];
		TRY(json_build(&one, q->err, "{s:i, s:s, s:o, s:b, s:[]}",
		    "count", (int)c->count, "of", c->of, "members",
		    members(ro, &ro->group[c->group]), "not_requester",
		    c->not_requester, "proof"));
		TRY(append(q, list, one));
		for (k = 0; k < PROOF__N; k++)
			if ((c->proofs >> k & 1) != 0)
				TRY(append(q, json_object_get(one, "proof"),
				    json_string(proof_kind_name(
				    (enum proof_kind)k))));
	}
	return 0;
}

/* What is still to be seen when somebody asks. */
static int
put_conditions(struct asking *q, const struct rule *r, json_t *o)
{
	json_t *list = json_object_get(o, "conditions");
	char words[400], text[600];
	const struct match *m;
	size_t i;

	for (i = 0; i < r->when_n + r->require_n; i++) {
		m = i < r->when_n ? &r->when[i] : &r->require[i - r->when_n];
		if (i < r->when_n && (is_known(q, m) || is_of_principal(m)))
			continue;
		match_words(m, words, sizeof(words));
		(void)snprintf(text, sizeof(text), "%s %s", m->name, words);
		TRY(append(q, list, json_string(text)));
	}
	if (r->limit_uses == 0)
		return 0;
	(void)snprintf(text, sizeof(text), "fewer than %lld uses lie in the "
	    "past %lld seconds", (long long)r->limit_uses,
	    (long long)(r->limit_per / TIME_S(1)));
	return append(q, list, json_string(text));
}

static int
put_rule(struct asking *q, const struct rule *r)
{
	json_t *o;

	TRY(json_build(&o, q->err, "{s:s, s:s, s:[], s:s, s:[], s:[], s:[], "
	    "s:[]}", "rule", r->name, "why", r->why, "actions", "verdict",
	    verdict_name(r->approvals_n > 0 ? WAIT : ALLOW), "by",
	    "principals", "conditions", "approvals"));
	TRY(append(q, q->rule, o));
	TRY(put_by(q, r, o));
	TRY(put_conditions(q, r, o));
	return put_approvals(q, r, o);
}

static int
ask_all(struct asking *q)
{
	const struct roster *ro = charter_roster(q->c);
	size_t i;

	for (i = 0; i < q->k->rule_n; i++)
		TRY(put_rule(q, &q->k->rule[i]));
	for (i = 0; i < ro->principal_n; i++)
		TRY(ask_principal(q, &ro->principal[i]));
	/* Rules that are nobody's for this key are left out. */
	for (i = q->k->rule_n; i-- > 0;)
		if (json_array_size(json_object_get(json_array_get(q->rule,
		    i), "principals")) == 0)
			(void)json_array_remove(q->rule, i);
	return 0;
}

int
policy_who_can(const struct charter *c, const struct facts *key, json_t **ret,
    struct err *err)
{
	const struct fact_value *v = facts_get(key, FACT_KEY_CLASS, NULL);
	AUTO_JSON *o = NULL, *copy = facts_json(key);
	AUTO(facts) *f = NULL;
	struct asking q = { .c = c, .err = err };

	q.k = v == NULL ? NULL : charter_class(c, v->s);
	if (q.k == NULL)
		return err_set(err, ENOENT_, "the charter has no class "
		    "\"%.64s\"", v == NULL ? "" : v->s);
	if (copy == NULL)
		return err_set(err, ENOMEMORY, "who can");
	TRY(facts_from_json(copy, &f, err));
	q.f = f;
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:[], s:{}}", "class",
	    q.k->name, "owner", q.k->owner, "recovery", q.k->recovery,
	    "rules", "principals"));
	q.rule = json_object_get(o, "rules");
	q.can = json_object_get(o, "principals");
	TRY(ask_all(&q));
	*ret = TAKE(o);
	return 0;
}
