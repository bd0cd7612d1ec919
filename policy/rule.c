#include "config.h"

#include <stdio.h>
#include <string.h>

#include "policy/rule.h"
#include "policy/version.h"

unsigned
rule_people(const struct rule *r)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < r->approvals_n; i++)
		n += r->approvals[i].count;
	return n;
}

time_us
rule_within(const struct rule *r)
{
	time_us t = r->permits_for;
	size_t i;

	for (i = 0; i < r->approvals_n; i++)
		if (i == 0 || r->approvals[i].within < t)
			t = r->approvals[i].within;
	return t;
}

bool
rule_excludes_requester(const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->approvals_n; i++)
		if (r->approvals[i].not_requester)
			return true;
	return false;
}

static bool
is_value(const struct match_value *w, const char *s, int64_t i)
{
	if (w->s != NULL)
		return s != NULL && strcmp(w->s, s) == 0;
	return s == NULL && w->i == i;
}

static bool
is_one_of(const struct match *m, const char *s, int64_t i)
{
	size_t n;

	for (n = 0; n < m->value_n; n++)
		if (is_value(&m->value[n], s, i))
			return true;
	return false;
}

/* A set is one of these when one of its elements is. */
static bool
is_among(const struct match *m, const struct fact_value *v)
{
	size_t n;

	if (v->type != FACT_SET)
		return is_one_of(m, v->type == FACT_STRING ? v->s : NULL,
		    v->i);
	for (n = 0; n < v->set_n; n++)
		if (is_one_of(m, v->set[n], 0))
			return true;
	return false;
}

static bool
is_between(const struct match *m, int64_t minute)
{
	int64_t from = m->value[0].i, to = m->value[1].i;

	if (from < to)
		return minute >= from && minute < to;
	return minute >= from || minute < to;	/* past midnight */
}

/* Above the highest on its track; nothing signed yet is "". */
static bool
is_increasing(const struct fact_value *v, const struct facts *f)
{
	const struct fact_value *highest;
	int order;

	highest = facts_get(f, FACT_HIGHEST_VERSION, NULL);
	if (highest == NULL || version_check(v->s, NULL) != 0)
		return false;
	if (highest->s[0] == '\0')
		return true;
	return version_compare(v->s, highest->s, &order, NULL) == 0 &&
	    order > 0;
}

static bool
is_of_key(const struct fact_value *v, const struct facts *f)
{
	const struct fact_value *p = facts_get(f, FACT_KEY_PRODUCTS, NULL);
	size_t i;

	for (i = 0; p != NULL && i < p->set_n; i++)
		if (strcmp(p->set[i], v->s) == 0)
			return true;
	return false;
}

static bool
op_holds(const struct match *m, const struct fact_value *v,
    const struct facts *f)
{
	switch (m->op) {
	case MATCH_EQUAL:
	case MATCH_ONE_OF:
		return is_among(m, v);
	case MATCH_BELOW:
		return v->i < m->value[0].i;
	case MATCH_AT_LEAST:
		return v->i >= m->value[0].i;
	case MATCH_BETWEEN:
		return is_between(m, v->i);
	case NEED_PRESENT:
		return v->type != FACT_STRING || v->s[0] != '\0';
	case NEED_INCREASING:
		return is_increasing(v, f);
	case NEED_OF_KEY:
		return is_of_key(v, f);
	}
	return false;
}

bool
match_holds(const struct match *m, const struct facts *f)
{
	const struct fact_value *v = facts_get(f, m->fact, m->claim);

	/* A missing fact denies, whatever is wanted of it, "not" as well. */
	return v != NULL && op_holds(m, v, f) != m->negate;
}

static size_t
put(char *ret, size_t n, size_t at, const char *s)
{
	int k = at < n ? snprintf(ret + at, n - at, "%s", s) : 0;

	return k < 0 ? at : at + (size_t)k;
}

static size_t
put_value(const struct match *m, size_t i, char *ret, size_t n, size_t at)
{
	char number[32];

	if (m->value[i].s != NULL)
		return put(ret, n, at, m->value[i].s);
	if (fact_type_of(m->fact) == FACT_FLAG)
		return put(ret, n, at, m->value[i].i ? "true" : "false");
	if (m->op == MATCH_BETWEEN)
		(void)snprintf(number, sizeof(number), "%02d:%02d",
		    (int)(m->value[i].i / 60), (int)(m->value[i].i % 60));
	else
		(void)snprintf(number, sizeof(number), "%lld",
		    (long long)m->value[i].i);
	return put(ret, n, at, number);
}

/* "a", "a or b", "a, b or c". */
static void
put_list(const struct match *m, char *ret, size_t n, size_t at)
{
	size_t i;

	for (i = 0; i < m->value_n; i++) {
		if (i > 0)
			at = put(ret, n, at, i + 1 < m->value_n ? ", " :
			    " or ");
		at = put_value(m, i, ret, n, at);
	}
}

void
match_words(const struct match *m, char *ret, size_t n)
{
	bool set = fact_type_of(m->fact) == FACT_SET;
	size_t at = 0;

	switch (m->op) {
	case MATCH_EQUAL:
	case MATCH_ONE_OF:
		at = put(ret, n, 0, set ? (m->negate ? "does not hold " :
		    "holds ") : (m->negate ? "is not " : "is "));
		put_list(m, ret, n, at);
		return;
	case MATCH_BELOW:
		at = put(ret, n, 0, m->negate ? "is not below " : "is below ");
		(void)put_value(m, 0, ret, n, at);
		return;
	case MATCH_AT_LEAST:
		at = put(ret, n, 0, m->negate ? "is below " : "is at least ");
		(void)put_value(m, 0, ret, n, at);
		return;
	case MATCH_BETWEEN:
		at = put(ret, n, 0, m->negate ? "is outside " : "is within ");
		at = put_value(m, 0, ret, n, at);
		at = put(ret, n, at, "-");
		at = put_value(m, 1, ret, n, at);
		(void)put(ret, n, at, " UTC");
		return;
	case NEED_PRESENT:
		(void)put(ret, n, 0, "is given");
		return;
	case NEED_INCREASING:
		(void)put(ret, n, 0, "is higher than the highest signed "
		    "for this product and track");
		return;
	case NEED_OF_KEY:
		(void)put(ret, n, 0, "is one of the key's product lines");
		return;
	}
}
