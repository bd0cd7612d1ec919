/*
 * lint_above - what the authorities above a certificate let it be: its names,
 * purposes and policies.
 */
#include "config.h"

#include <string.h>

#include "ca/lint_form.h"

/* From the issuer up, as far as they are known; NULL: no more. */
static const struct issuer *
authority_at(const struct linting *l, size_t i)
{
	if (i == 0)
		return l->issuer;
	return l->above != NULL && i <= l->above->n ? l->above->at[i - 1] :
	    NULL;
}

/* By one authority of the way to the root: what is named, and what a CA would
 * permit in vain. */
static void
lint_constrained(struct linting *l, const struct issuer *by)
{
	struct err why = { 0 };

	if (by->constraints == NULL)
		return;
	if (constraints_check(by->constraints, l->san, &why) != 0 ||
	    constraints_within(by->constraints, l->constraints, &why) != 0)
		lint_add(l, LINT_NC_OUTSIDE, "%s", why.what);
}

/* RFC 5280, 6.1.3 (b), (c) and 6.1.4 (g): every authority's, not the last's. */
static void
lint_constraints(struct linting *l)
{
	if (lint_has(l, OID_NAME_CONSTRAINTS) && !l->ca)
		lint_add(l, LINT_NC_CA, "%s", "");
	for (size_t i = 0; authority_at(l, i) != NULL; i++)
		lint_constrained(l, authority_at(l, i));
}

/* ---- purposes ---- */

static void
lint_purposes(struct linting *l)
{
	const struct issuer *by;
	char dotted[OID_TEXT];

	for (size_t i = 0; (by = authority_at(l, i)) != NULL; i++)
		for (size_t k = 0; k < l->purpose_n; k++)
			if (!issuer_serves(by, l->purpose[k])) {
				if (oid_text(l->purpose[k], dotted, NULL) != 0)
					memcpy(dotted, "?", 2);
				lint_add(l, LINT_EKU_ISSUER, "%.100s", dotted);
			}
}

/* ---- policies ---- */

/* Of how many, from the issuer up, it needs a policy: up to the last one that
 * asks for it at this depth (6.1.4 (h), 6.1.5 (a)). */
static size_t
asking(const struct linting *l)
{
	const struct issuer *by;
	size_t n = 0;

	for (size_t i = 0; (by = authority_at(l, i)) != NULL; i++)
		if (by->explicit_policy >= 0 &&
		    by->explicit_policy <= (int64_t)i + 1)
			n = i + 1;
	return n;
}

static bool
shares_policy(const struct linting *l, const struct issuer *by)
{
	for (size_t k = 0; k < l->policy_n; k++)
		if (oid_is(l->policy[k], OID_ANY_POLICY) ||
		    issuer_has_policy(by, l->policy[k]))
			return true;
	return false;
}

/* A root's own count for nothing: no path has its certificate. */
static void
lint_policies(struct linting *l)
{
	const struct issuer *by;
	size_t n = asking(l);

	if (n > 0 && l->policy_n == 0)
		lint_add(l, LINT_POLICY_ISSUER, "it has none");
	for (size_t i = 0; l->policy_n > 0 && i < n; i++)
		if (!issuer_is_root(authority_at(l, i)) &&
		    !shares_policy(l, authority_at(l, i)))
			lint_add(l, LINT_POLICY_ISSUER, "it has none of an "
			    "authority's above");
	for (size_t i = 0; (by = authority_at(l, i)) != NULL; i++)
		for (size_t k = 0; by->no_any_policy && k < l->policy_n; k++)
			if (oid_is(l->policy[k], OID_ANY_POLICY))
				lint_add(l, LINT_POLICY_ISSUER, "anyPolicy is "
				    "inhibited (4.2.1.14)");
}

void
lint_above(struct linting *l)
{
	lint_constraints(l);
	lint_purposes(l);
	lint_policies(l);
}
