#include "config.h"

#include <string.h>

#include "policy/decide.h"

static const char *const VERDICTS[] = { "deny", "wait", "allow" };

static const struct {
	const char	*code, *words;
} WHY[] = {
#define R(sym, code, words) { code, words },
	WHYS(R)
#undef R
};
_Static_assert(NELEM(WHY) == WHY__N, "a row for each reason");

const char *
verdict_name(enum verdict v)
{
	return VERDICTS[v];
}

const char *
reason_code(enum why w)
{
	return WHY[w].code;
}

const char *
reason_words(enum why w)
{
	return WHY[w].words;
}

static const char *
fact_text(const struct facts *f, enum fact which)
{
	const struct fact_value *v = facts_get(f, which, NULL);

	return v == NULL ? NULL : v->s;
}

/* The class whose rules are asked; for access NULL. */
static const char *
class_asked(enum action a, const char *class, const struct facts *f)
{
	if (!action_of_class(a))
		return NULL;
	return class != NULL ? class : fact_text(f, FACT_KEY_CLASS);
}

static bool
matches(const struct rule *r, enum action a, const struct principal *p,
    const struct facts *f)
{
	size_t i;

	if (!rule_allows_action(r, a) || !group_set_meets(&r->by, &p->groups))
		return false;
	for (i = 0; i < r->when_n; i++)
		if (!match_holds(&r->when[i], f))
			return false;
	return true;
}

static const struct rule *
first_match(const struct rule *r, size_t n, enum action a,
    const struct principal *p, const struct facts *f)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (matches(&r[i], a, p, f))
			return &r[i];
	return NULL;
}

/* After a rule matched: require and limit can only deny. */
static void
weigh(const struct rule *r, const struct facts *f, struct decision *ret)
{
	const struct fact_value *count;

	for (; ret->requirement < r->require_n; ret->requirement++)
		if (!match_holds(&r->require[ret->requirement], f)) {
			ret->why = WHY_REQUIRE;
			return;
		}
	if (r->limit_uses > 0) {
		count = facts_get(f, FACT_COUNT_RULE, NULL);
		if (count == NULL || count->i >= r->limit_uses) {
			ret->why = count == NULL ? WHY_NO_COUNT : WHY_LIMIT;
			return;
		}
	}
	ret->verdict = r->approvals_n > 0 ? WAIT : ALLOW;
	ret->why = r->approvals_n > 0 ? WHY_APPROVALS : WHY_ALLOWED;
}

/* The rules that are asked, or why none are. */
static enum why
find_rules(const struct charter *c, enum action a, const char *class,
    const struct rule **ret, size_t *ret_n)
{
	const struct key_class *k;

	if (!action_of_class(a)) {
		*ret = charter_access(c, ret_n);
		return WHY_ALLOWED;
	}
	k = class == NULL ? NULL : charter_class(c, class);
	if (k == NULL)
		return WHY_NO_CLASS;
	if (!action_for_kind(a, k->kind))
		return WHY_NOT_OF_KIND;
	*ret = k->rule;
	*ret_n = k->rule_n;
	return WHY_ALLOWED;
}

const struct rule *
policy_match(const struct charter *c, enum action a, const char *class,
    const struct facts *f)
{
	const char *id = fact_text(f, FACT_PRINCIPAL_ID);
	const struct principal *p;
	const struct rule *r;
	size_t n;

	p = id == NULL ? NULL : roster_find(charter_roster(c), id);
	if (p == NULL || find_rules(c, a, class_asked(a, class, f), &r, &n)
	    != WHY_ALLOWED)
		return NULL;
	return first_match(r, n, a, p, f);
}

void
policy_decide(const struct charter *c, enum action a, const char *class,
    const struct facts *f, struct decision *ret)
{
	const char *id = fact_text(f, FACT_PRINCIPAL_ID);
	const struct principal *p;
	const struct rule *r;
	size_t n;

	*ret = (struct decision){ .verdict = DENY, .charter = c, .action = a,
	    .class = class_asked(a, class, f) };
	p = id == NULL ? NULL : roster_find(charter_roster(c), id);
	if (p == NULL) {
		ret->why = WHY_NO_PRINCIPAL;
		return;
	}
	ret->why = find_rules(c, a, ret->class, &r, &n);
	if (ret->why != WHY_ALLOWED)
		return;
	ret->rule = first_match(r, n, a, p, f);
	if (ret->rule == NULL)
		ret->why = WHY_NO_RULE;
	else
		weigh(ret->rule, f, ret);
}
