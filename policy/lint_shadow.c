#include "config.h"

#include <string.h>

#include "policy/lint_rule.h"

/*
 * Rule E takes a case from rule R behind it when E is for the same action and
 * person and each of E's conditions holds whenever R's hold.  That is asked
 * for every action and person of R by itself, so that several rules together
 * may shadow one.  Conditions on who asks are then simply true or false.
 */

static bool
about_asker(const struct match *m)
{
	return m->fact == FACT_PRINCIPAL_ID || m->fact == FACT_PRINCIPAL_KIND ||
	    m->fact == FACT_PRINCIPAL_PARTY;
}

static bool
has_value(const struct match *m, const struct match_value *v)
{
	size_t i;

	for (i = 0; i < m->value_n; i++)
		if (v->s != NULL ? m->value[i].s != NULL &&
		    strcmp(m->value[i].s, v->s) == 0 :
		    m->value[i].s == NULL && m->value[i].i == v->i)
			return true;
	return false;
}

static bool
is_choice(const struct match *m)
{
	return m->op == MATCH_EQUAL || m->op == MATCH_ONE_OF;
}

/* Every value of a is one of b; or none of a is, where @none. */
static bool
all_within(const struct match *a, const struct match *b, bool none)
{
	size_t i;

	for (i = 0; i < a->value_n; i++)
		if (has_value(b, &a->value[i]) == none)
			return false;
	return true;
}

/* Between two choices of values. */
static bool
choice_implies(const struct match *n, const struct match *m)
{
	if (!n->negate && !m->negate)
		return all_within(n, m, false);
	if (n->negate && m->negate)
		return all_within(m, n, false);
	/* One of these, so none of those; but a set may hold both. */
	return !n->negate && fact_type_of(n->fact) != FACT_SET &&
	    all_within(n, m, true);
}

static bool
holds_for(const struct match *m, int64_t i)
{
	const struct match_value v = { NULL, i };
	int64_t from, to;

	switch (m->op) {
	case MATCH_EQUAL:
	case MATCH_ONE_OF:
		return has_value(m, &v) != m->negate;
	case MATCH_BELOW:
		return (i < m->value[0].i) != m->negate;
	case MATCH_AT_LEAST:
		return (i >= m->value[0].i) != m->negate;
	case MATCH_BETWEEN:
		from = m->value[0].i;
		to = m->value[1].i;
		return (from < to ? i >= from && i < to : i >= from || i < to)
		    != m->negate;
	case NEED_PRESENT:
	case NEED_INCREASING:
	case NEED_OF_KEY:
		break;
	}
	return false;
}

/* Minutes of a day are few enough to try them all. */
static bool
minutes_imply(const struct match *n, const struct match *m)
{
	int64_t i;

	for (i = 0; i < 24 * 60; i++)
		if (holds_for(n, i) && !holds_for(m, i))
			return false;
	return true;
}

/* Does m hold whenever n does?  Both are about the same fact. */
static bool
implies(const struct match *n, const struct match *m)
{
	if (json_equal(n->wanted, m->wanted))
		return true;
	if (n->fact == FACT_TIME_OF_DAY)
		return minutes_imply(n, m);
	return is_choice(n) && is_choice(m) && choice_implies(n, m);
}

/* The conditions of E, other than on who asks, against those of R. */
static bool
conditions_imply(const struct rule *r, const struct rule *e)
{
	size_t i, k;

	for (i = 0; i < e->when_n; i++) {
		if (about_asker(&e->when[i]))
			continue;
		for (k = 0; k < r->when_n; k++)
			if (strcmp(r->when[k].name, e->when[i].name) == 0 &&
			    implies(&r->when[k], &e->when[i]))
				break;
		if (k == r->when_n)
			return false;
	}
	return true;
}

static bool
text_holds(const struct match *m, const char *s)
{
	const struct match_value v = { s, 0 };

	return s != NULL && has_value(m, &v) != m->negate;
}

bool
lint_is_for(const struct rule *r, const struct principal *p)
{
	const struct match *m;
	size_t i;

	if (!group_set_meets(&r->by, &p->groups))
		return false;
	for (i = 0; i < r->when_n; i++) {
		m = &r->when[i];
		if ((m->fact == FACT_PRINCIPAL_ID && !text_holds(m, p->id)) ||
		    (m->fact == FACT_PRINCIPAL_KIND && !text_holds(m,
		    p->tool ? "tool" : "person")) ||
		    (m->fact == FACT_PRINCIPAL_PARTY && !text_holds(m,
		    p->party)))
			return false;
	}
	return true;
}

/* Do these earlier rules together take everybody of R? */
static bool
takes_everybody(const struct lint *l, const struct rule *r,
    const struct rule *const *e, size_t n)
{
	const struct roster *all = charter_roster(l->c);
	size_t i, k;

	for (i = 0; i < all->principal_n; i++) {
		if (!lint_is_for(r, &all->principal[i]))
			continue;
		for (k = 0; k < n; k++)
			if (lint_is_for(e[k], &all->principal[i]))
				break;
		if (k == n)
			return false;
	}
	return true;
}

int
lint_shadow(struct lint *l, const struct rule *rules, size_t i)
{
	const struct rule *r = &rules[i], *e[256], *last = NULL;
	enum action a;
	size_t k, n;

	for (a = 0; a < ACTION__N; a++) {
		if (!rule_allows_action(r, a))
			continue;
		for (k = 0, n = 0; k < i && n < NELEM(e); k++)
			if (rule_allows_action(&rules[k], a) &&
			    conditions_imply(r, &rules[k]))
				e[n++] = &rules[k];
		if (n == 0 || !takes_everybody(l, r, e, n))
			return 0;
		last = e[n - 1];
	}
	return last == NULL ? 0 : lint_at(l, r, FIND_SHADOWED, "rule \"%s\" "
	    "before it takes all of it", last->name);
}

/* Can both conditions, on the same fact, hold at once?  True when unsure. */
static bool
compatible(const struct match *a, const struct match *b)
{
	size_t i;

	if (a->op > MATCH_BETWEEN || b->op > MATCH_BETWEEN ||
	    fact_type_of(a->fact) == FACT_SET || !is_choice(a) || a->negate ||
	    !is_choice(b))
		return true;
	for (i = 0; i < a->value_n; i++)
		if (has_value(b, &a->value[i]) != b->negate)
			return true;
	return false;
}

/* A condition on something that the rule's own place settles already. */
static const char *
settled(const struct lint *l, const struct rule *r, const struct match *m)
{
	const struct key_class *k;
	size_t i;

	k = r->class == NULL ? NULL : charter_class(l->c, r->class);
	if (k == NULL || m->op > MATCH_ONE_OF)
		return NULL;
	if (m->fact == FACT_KEY_CLASS && !text_holds(m, k->name))
		return "its keys are of another class";
	if (m->fact != FACT_KEY_ALGORITHM)
		return NULL;
	for (i = 0; i < k->algorithm_n; i++)
		if (text_holds(m, k->algorithm[i]))
			return NULL;
	return "keys of this class have other algorithms";
}

static bool
asks_for(const struct rule *r, const struct match *m)
{
	enum action a;

	if (m->fact != FACT_ACTION || m->op > MATCH_ONE_OF)
		return true;
	for (a = 0; a < ACTION__N; a++)
		if (rule_allows_action(r, a) && text_holds(m, action_name(a)))
			return true;
	return false;
}

int
lint_contradiction(struct lint *l, const struct rule *r)
{
	const char *why;
	size_t i, k;

	for (i = 0; i < r->when_n; i++) {
		if ((why = settled(l, r, &r->when[i])) != NULL)
			return lint_at(l, r, FIND_NEVER_MATCHES, "%s", why);
		if (!asks_for(r, &r->when[i]))
			return lint_at(l, r, FIND_NEVER_MATCHES, "it is for "
			    "other actions than its condition names");
		for (k = 0; k < r->require_n; k++)
			if (strcmp(r->when[i].name, r->require[k].name) == 0 &&
			    !compatible(&r->when[i], &r->require[k]) &&
			    !compatible(&r->require[k], &r->when[i]))
				return lint_at(l, r, FIND_NEVER_MATCHES,
				    "what it requires of %s contradicts when "
				    "it applies", r->when[i].name);
	}
	return 0;
}
