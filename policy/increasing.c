/*
 * increasing - which versions are remembered, so that those that follow are
 * higher.
 */
#include <string.h>

#include "policy/rule.h"

bool
rule_is_increasing(const struct rule *r)
{
	for (size_t i = 0; r != NULL && i < r->require_n; i++)
		if (r->require[i].op == NEED_INCREASING)
			return true;
	return false;
}

/* A rule that does not ask for the environment is for any. */
static bool
is_for(const struct rule *r, const char *environment)
{
	for (size_t i = 0; i < r->when_n; i++) {
		const struct match *m = &r->when[i];
		bool named = false;

		if (m->fact != FACT_KEY_ENVIRONMENT)
			continue;
		for (size_t k = 0; k < m->value_n; k++)
			named |= m->value[k].s != NULL &&
			    strcmp(m->value[k].s, environment) == 0;
		if (named == m->negate)
			return false;
	}
	return true;
}

bool
rules_keep_versions(const struct rule *r, size_t n, const char *environment)
{
	for (size_t i = 0; i < n; i++)
		if (rule_is_increasing(&r[i]) && is_for(&r[i], environment))
			return true;
	return false;
}
