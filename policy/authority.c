/* authority - by whose leave a key is used; see simulate.h. */
#include "config.h"

#include "base/json.h"
#include "policy/decide.h"
#include "policy/simulate.h"

/* Is it what keys of this kind alone are for, done with the key itself? */
static bool
is_use(enum action a, enum class_kind kind)
{
	int	 kinds = 0, k;

	for (k = 0; k < KIND__N; k++)
		kinds += action_for_kind(a, (enum class_kind)k);
	return kinds > 0 && kinds < KIND__N && action_for_kind(a, kind) &&
	    action_in_keeper(a);
}

/* What is not known of the key is another's: it may hold. */
static bool
may_match(const struct rule *r, const struct facts *key)
{
	const struct match	*m;
	size_t			 i;

	for (i = 0; i < r->when_n; i++) {
		m = &r->when[i];
		if (facts_get(key, m->fact, m->claim) != NULL &&
		    !match_holds(m, key))
			return false;
	}
	return true;
}

static int
append(json_t *list, json_t *v, struct err *err)
{
	return json_array_append_new(list, v) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "an authority");
}

/* Those of its actions that are asked about, as bits. */
static int
put_actions(const struct rule *r, uint64_t actions, json_t *list,
    struct err *err)
{
	int	 a;

	for (a = 0; a < ACTION__N; a++)
		if ((r->actions & actions) >> a & 1)
			TRY(append(list, json_string(action_name(
			    (enum action)a)), err));
	return 0;
}

static int
put_people(const struct charter *c, const struct rule *r, json_t *o,
    struct err *err)
{
	const struct roster	*ro = charter_roster(c);
	json_t			*by = json_object_get(o, "by"), *one;
	size_t			 i;

	for (i = 0; i < ro->group_n; i++)
		if ((r->by.w[i / 64] >> (i % 64) & 1) != 0)
			TRY(append(by, json_string(ro->group[i].name), err));
	for (i = 0; i < r->approvals_n; i++) {
		TRY(json_build(&one, err, "{s:i, s:s}", "count",
		    (int)r->approvals[i].count, "of", r->approvals[i].of));
		TRY(append(json_object_get(o, "approvals"), one, err));
	}
	return 0;
}

static int
put_rule(const struct charter *c, const struct rule *r, uint64_t actions,
    json_t *list, struct err *err)
{
	json_t		*o;

	TRY(json_build(&o, err, "{s:s, s:[], s:[], s:s, s:[]}", "rule",
	    r->name, "actions", "by", "verdict",
	    verdict_name(r->approvals_n > 0 ? WAIT : ALLOW), "approvals"));
	TRY(append(list, o, err));
	TRY(put_actions(r, actions, json_object_get(o, "actions"), err));
	return put_people(c, r, o, err);
}

static int
put_rules(const struct charter *c, const struct rule *r, size_t n,
    const struct facts *key, uint64_t actions, json_t **ret, struct err *err)
{
	AUTO_JSON	*list = json_array();
	size_t		 i;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	for (i = 0; i < n; i++)
		if ((r[i].actions & actions) != 0 && may_match(&r[i], key))
			TRY(put_rule(c, &r[i], actions, list, err));
	*ret = TAKE(list);
	return 0;
}

int
policy_authority(const struct charter *c, const struct facts *key,
    json_t **ret, struct err *err)
{
	const struct fact_value	*v = facts_get(key, FACT_KEY_CLASS, NULL);
	const struct key_class	*k = v != NULL ? charter_class(c, v->s) : NULL;
	uint64_t		 uses = 0;
	int			 a;

	for (a = 0; k != NULL && a < ACTION__N; a++)
		if (is_use((enum action)a, k->kind))
			uses |= (uint64_t)1 << a;
	return put_rules(c, k != NULL ? k->rule : NULL,
	    k != NULL ? k->rule_n : 0, key, uses, ret, err);
}

/* What its conditions want the profile to be. */
static int
put_profiles(const struct rule *r, json_t *list, struct err *err)
{
	const struct match	*m;
	size_t			 i, k;

	for (i = 0; i < r->when_n; i++) {
		m = &r->when[i];
		if (m->fact != FACT_CERT_PROFILE || m->negate)
			continue;
		for (k = 0; k < m->value_n; k++)
			if (!json_has(list, m->value[k].s))
				TRY(append(list, json_string(m->value[k].s),
				    err));
	}
	return 0;
}

int
policy_profiles(const struct charter *c, const struct facts *key,
    json_t **ret, struct err *err)
{
	const struct fact_value	*v = facts_get(key, FACT_KEY_CLASS, NULL);
	const struct rule	*r = NULL;
	AUTO_JSON		*list = json_array();
	size_t			 n = 0, i;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "profiles");
	if (v != NULL)
		r = charter_rules(c, v->s, &n);
	for (i = 0; i < n; i++)
		if (rule_allows_action(&r[i], ACTION_CERT_ISSUE) &&
		    may_match(&r[i], key))
			TRY(put_profiles(&r[i], list, err));
	*ret = TAKE(list);
	return 0;
}

int
policy_leave(const struct charter *c, enum action a, const struct facts *key,
    json_t **ret, struct err *err)
{
	const struct fact_value	*v = facts_get(key, FACT_KEY_CLASS, NULL);
	const struct rule	*r = NULL;
	size_t			 n = 0;

	if (!action_of_class(a))
		r = charter_access(c, &n);
	else if (v != NULL)
		r = charter_rules(c, v->s, &n);
	return put_rules(c, r, n, key, (uint64_t)1 << a, ret, err);
}
