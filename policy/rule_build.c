#include "config.h"

#include <string.h>

#include "base/id.h"
#include "policy/charter_read.h"

/* Nothing in a charter lasts longer than a century. */
#define LONGEST	TIME_S(INT64_C(100) * 365 * 86400)

int
duration_build(struct reading *r, const char *name, const char *text,
    time_us *ret)
{
	time_us t;

	if (clock_duration(text, &t, NULL) != 0 || t <= 0 || t > LONGEST)
		return note(r, FIND_VALUE, "%s: expected a duration like PT4H "
		    "or P90D, not \"%.32s\"", name, text);
	*ret = t;
	return 0;
}

int
duration_member(struct reading *r, const json_t *o, const char *name,
    time_us *ret)
{
	size_t mark = path_down(r, name);

	TRY(duration_build(r, name, json_str(o, name, ""), ret));
	path_up(r, mark);
	return 0;
}

static int
build_actions(struct reading *r, const json_t *j, const struct key_class *k,
    struct rule *ret)
{
	const json_t *list = json_object_get(j, "action");
	size_t i, mark = path_down(r, "action");
	enum action a;
	struct err e;

	for (i = 0; i < json_array_size(list); i++) {
		if (action_from_name(json_string_value(json_array_get(list,
		    i)), &a, &e) != 0)
			TRY(note(r, FIND_VALUE, "%s", e.what));
		else if (k == NULL && action_of_class(a))
			TRY(note(r, FIND_ACTION_KIND, "%s is decided by the "
			    "rules of a class, not by access", action_name(a)));
		else if (k != NULL && !action_for_kind(a, k->kind))
			TRY(note(r, FIND_ACTION_KIND, "%s is no action of a "
			    "%s class", action_name(a),
			    class_kind_name(k->kind)));
		else if (rule_allows_action(ret, a))
			TRY(note(r, FIND_DUPLICATE, "%s is named twice",
			    action_name(a)));
		else
			ret->actions |= UINT64_C(1) << a;
	}
	path_up(r, mark);
	return 0;
}

static int
find_group(struct reading *r, const char *name, int *ret)
{
	*ret = roster_group(&r->c->roster, name);
	if (*ret < 0)
		return note(r, FIND_UNKNOWN_NAME,
		    "the roster has no group \"%.64s\"", name);
	return 0;
}

int
groups_build(struct reading *r, const json_t *o, const char *member,
    struct group_set *ret)
{
	const json_t *list = json_object_get(o, member);
	size_t i, mark = path_down(r, member), inner;
	int g;

	for (i = 0; i < json_array_size(list); i++) {
		inner = path_down_index(r, i);
		TRY(find_group(r, json_string_value(json_array_get(list, i)),
		    &g));
		if (g >= 0)
			ret->w[g / 64] |= UINT64_C(1) << (g % 64);
		path_up(r, inner);
	}
	path_up(r, mark);
	return 0;
}

static int
build_matches(struct reading *r, const json_t *j, const char *member,
    struct match **ret, size_t *ret_n)
{
	const json_t *o = json_object_get(j, member);
	const char **names;
	size_t i, n, mark = path_down(r, member), inner;
	void *p;

	TRY(sorted_keys(r, o, &names, &n));
	TRY(charter_alloc(r->c, n, sizeof(**ret), &p, r->err));
	*ret = p;
	*ret_n = n;
	for (i = 0; i < n; i++) {
		inner = path_down(r, names[i]);
		TRY(match_build(r, names[i], json_object_get(o, names[i]),
		    strcmp(member, "require") == 0, &(*ret)[i]));
		path_up(r, inner);
	}
	path_up(r, mark);
	return 0;
}

static int
build_clause_words(struct reading *r, const json_t *j, struct clause *ret)
{
	const json_t *list = json_object_get(j, "proof");
	const json_t *not = json_array_get(json_object_get(j, "not"), 0);
	const char *s;
	size_t i;
	int k;

	for (i = 0; i < json_array_size(list); i++) {
		s = json_string_value(json_array_get(list, i));
		if ((k = proof_kind_from_name(s)) < 0)
			TRY(note(r, FIND_VALUE, "\"%.32s\" is not a kind of "
			    "proof: officer-key, passkey", s));
		else
			ret->proofs |= 1u << k;
	}
	if (not != NULL && strcmp(json_string_value(not), "requester") != 0)
		return note(r, FIND_VALUE, "not: expected [requester]");
	ret->not_requester = not != NULL;
	return 0;
}

static int
build_approvals(struct reading *r, const json_t *j, struct rule *ret)
{
	const json_t *list = json_object_get(j, "approvals"), *v;
	size_t i, mark = path_down(r, "approvals"), inner;
	struct clause *c;

	for (i = 0; i < json_array_size(list); i++) {
		v = json_array_get(list, i);
		c = &ret->approvals[i];
		inner = path_down_index(r, i);
		c->count = (unsigned)json_int(v, "count", 0);
		c->of = json_str(v, "of", "");
		TRY(find_group(r, c->of, &c->group));
		TRY(duration_member(r, v, "within", &c->within));
		TRY(build_clause_words(r, v, c));
		path_up(r, inner);
	}
	ret->approvals_n = json_array_size(list);
	path_up(r, mark);
	return 0;
}

/* "limit" and "rework": so many uses in so long. */
static int
build_quota(struct reading *r, const json_t *j, const char *name,
    int64_t *ret_uses, time_us *ret_per)
{
	const json_t *v = json_object_get(j, name);
	size_t mark;

	if (v == NULL)
		return 0;
	mark = path_down(r, name);
	*ret_uses = json_int(v, "uses", 0);
	TRY(duration_member(r, v, "per", ret_per));
	path_up(r, mark);
	return 0;
}

static int
build_rework(struct reading *r, const json_t *j, struct rule *ret)
{
	TRY(build_quota(r, j, "rework", &ret->rework_uses, &ret->rework_per));
	if (ret->rework_uses == 0 ||
	    rule_allows_action(ret, ACTION_CERT_ISSUE))
		return 0;
	return note(r, FIND_VALUE, "rework: only a rule for cert.issue can let "
	    "devices have a new key");
}

static int
build_bounds(struct reading *r, const json_t *j, struct rule *ret)
{
	const json_t *v;
	size_t mark;

	ret->permits_uses = 1;
	ret->permits_for = TIME_S(3600);
	if ((v = json_object_get(j, "permits")) != NULL) {
		mark = path_down(r, "permits");
		ret->permits_uses = json_int(v, "uses", 1);
		TRY(duration_member(r, v, "for", &ret->permits_for));
		path_up(r, mark);
	}
	TRY(build_quota(r, j, "limit", &ret->limit_uses, &ret->limit_per));
	TRY(build_rework(r, j, ret));
	ret->any_digest = json_flag(j, "any-digest", false);
	if ((v = json_object_get(j, "break-glass")) != NULL) {
		mark = path_down(r, "break-glass");
		ret->break_glass = true;
		TRY(duration_member(r, v, "review", &ret->review));
		path_up(r, mark);
	}
	return 0;
}

static int
build_rule(struct reading *r, const json_t *j, const struct key_class *k,
    struct rule *ret)
{
	ret->name = json_str(j, "name", "");
	ret->why = json_str(j, "why", "");
	ret->json = j;
	ret->class = k == NULL ? NULL : k->name;
	TRY(json_hash(j, &ret->hash, r->err));
	if (!name_check(ret->name))
		TRY(note(r, FIND_VALUE, "a rule's name: expected "
		    "[a-z0-9][a-z0-9._-]{0,63}"));
	TRY(build_actions(r, j, k, ret));
	TRY(groups_build(r, j, "by", &ret->by));
	TRY(build_matches(r, j, "when", &ret->when, &ret->when_n));
	TRY(build_matches(r, j, "require", &ret->require, &ret->require_n));
	TRY(build_approvals(r, j, ret));
	return build_bounds(r, j, ret);
}

static int
check_unique(struct reading *r, const struct rule *rule, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (strcmp(rule[k].name, rule[i].name) == 0)
			return note(r, FIND_DUPLICATE, "a rule called \"%s\" "
			    "stands above", rule[i].name);
	return 0;
}

int
rules_build(struct reading *r, const json_t *rules, const struct key_class *k,
    const struct rule **ret, size_t *ret_n)
{
	size_t i, n = json_array_size(rules), mark = path_down(r, "rules");
	size_t inner;
	struct rule *rule;
	void *p;

	TRY(charter_alloc(r->c, n, sizeof(*rule), &p, r->err));
	rule = p;
	for (i = 0; i < n; i++) {
		inner = path_down_index(r, i);
		rule[i].index = i;
		TRY(build_rule(r, json_array_get(rules, i), k, &rule[i]));
		TRY(check_unique(r, rule, i));
		path_up(r, inner);
	}
	path_up(r, mark);
	*ret = rule;
	*ret_n = n;
	return 0;
}
