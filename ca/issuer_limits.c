/*
 * issuer_limits - what a CA's certificate lets the ones below it be for, and
 * which policies they need.
 */
#include "config.h"

#include "ca/issuer.h"

/* A list of identifiers; @policies: each with qualifiers behind it. */
static bool
has(struct span value, bool policies, struct span what)
{
	struct span in, one, oid;

	if (der_take(&value, DER_SEQUENCE, "a list", &in, NULL) != 0)
		return false;
	while (in.n > 0) {
		if (policies && der_take(&in, DER_SEQUENCE, "a policy", &one,
		    NULL) != 0)
			return false;
		if (der_take(policies ? &one : &in, DER_OID, "an identifier",
		    &oid, NULL) != 0)
			return false;
		if (span_equal(oid, what))
			return true;
	}
	return false;
}

/* policyConstraints: RFC 5280, 4.2.1.11. */
static int64_t
explicit_policy(struct span value)
{
	struct span in, content;
	int64_t n;

	if (der_take(&value, DER_SEQUENCE, "policyConstraints", &in, NULL) != 0)
		return 0;
	if (!der_is(&in, DER_CONTEXT(0)))
		return -1;
	if (der_take(&in, DER_CONTEXT(0), "requireExplicitPolicy", &content,
	    NULL) != 0 || der_int_read(content, "requireExplicitPolicy", &n,
	    NULL) != 0 || n < 0)
		return 0;
	return n;
}

void
issuer_limits_read(struct issuer *i, const struct tbs *t)
{
	const struct tbs_extension *e;

	if ((e = tbs_extension(t, OID_EXT_KEY_USAGE)) != NULL)
		i->purposes = e->value;
	if ((e = tbs_extension(t, OID_POLICIES)) != NULL)
		i->policies = e->value;
	e = tbs_extension(t, OID_POLICY_CONSTRAINTS);
	i->explicit_policy = e == NULL ? -1 : explicit_policy(e->value);
	i->no_any_policy = tbs_extension(t, OID_INHIBIT_ANY_POLICY) != NULL;
}

bool
issuer_serves(const struct issuer *i, struct span purpose)
{
	return i->purposes.n == 0 || oid_is(purpose, OID_OCSP_SIGNING) ||
	    has(i->purposes, false, purpose) ||
	    has(i->purposes, false, oid_der(OID_ANY_PURPOSE));
}

bool
issuer_has_policy(const struct issuer *i, struct span policy)
{
	return has(i->policies, true, policy) ||
	    has(i->policies, true, oid_der(OID_ANY_POLICY));
}
