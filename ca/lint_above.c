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

/* ---- names ---- */

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/* As OpenSSL (X509_check_host(3), name constraints) tells hosts in common
 * names: labels, two at least. */
static bool
is_host(const char *s)
{
	size_t n = strlen(s);
	bool dot = false;

	for (size_t i = 0; i < n; i++) {
		if (is_letter_or_digit(s[i]) || s[i] == '_')
			continue;
		if (i == 0 || i == n - 1 || (s[i] != '-' && s[i] != '.'))
			return false;
		if (s[i] == '-')
			continue;
		if (s[i - 1] == '-' || s[i + 1] == '-' || s[i + 1] == '.')
			return false;
		dot = true;
	}
	return dot;
}

static bool
has_type(const json_t *san, const char *type)
{
	const json_t *one;
	size_t i;

	json_array_foreach(san, i, one)
		if (strncmp(json_string_value(one), type, strlen(type)) == 0)
			return true;
	return false;
}

/* A host is the same in either case; what is before "@" need not be. */
static void
name_add(struct linting *l, json_t *names, const char *type,
    const char *value)
{
	size_t t = strlen(type), n = strlen(value);
	char text[SAN_OCTETS + 1], *c = text + t, *at;

	if (t + n > SAN_OCTETS)
		return;
	memcpy(text, type, t);
	memcpy(c, value, n + 1);
	if ((at = strchr(c, '@')) != NULL)
		c = at;
	for (; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	if (json_array_append_new(names, json_string(text)) != 0)
		l->no_memory = true;
}

/* What the subject says in place of alternative names of a type: new. */
static json_t *
subject_names(struct linting *l, enum oid attribute, const char *type)
{
	json_t *names = json_array(), *one;
	const char *value;
	size_t i;

	if (names == NULL)
		l->no_memory = true;
	if (has_type(l->san, type))
		return names;
	json_array_foreach(l->subject, i, one) {
		value = json_string_value(json_array_get(one, 1));
		if (strcmp(json_string_value(json_array_get(one, 0)),
		    oid_name(attribute)) == 0 && value != NULL &&
		    (attribute == OID_EMAIL || is_host(value)))
			name_add(l, names, type, value);
	}
	return names;
}

/* emailAddress without an rfc822Name: RFC 5280, 4.2.1.10. Common names are no
 * names of hosts there, and a certificate that clients refuse serves nobody. */
static void
lint_subject_names(struct linting *l)
{
	AUTO_JSON *email = subject_names(l, OID_EMAIL, "email:"), *host =
	    subject_names(l, OID_COMMON_NAME, "dns:");
	const struct issuer *by;
	struct err why = { 0 };

	for (size_t i = 0; (by = authority_at(l, i)) != NULL; i++) {
		if (constraints_check(by->constraints, email, &why) != 0)
			lint_add(l, LINT_NC_OUTSIDE, "%s", why.what);
		if (!l->ca &&
		    constraints_check(by->constraints, host, &why) != 0)
			lint_add(l, LINT_NC_COMMON_NAME, "%s", why.what);
	}
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
	lint_subject_names(l);
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
