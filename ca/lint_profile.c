#include "config.h"

#include <string.h>

#include "ca/lint_form.h"

static void
lint_kind(struct linting *l)
{
	const struct profile *p = l->p;
	bool shorter = l->path_length >= 0 && (p->path_length < 0 ||
	    l->path_length <= p->path_length);

	if (l->ca != profile_is_ca(p) ||
	    (l->issuer == NULL) != (p->kind == PROFILE_ROOT))
		lint_add(l, LINT_PROFILE_KIND, "it is not of kind %s",
		    profile_kind_word(p->kind));
	else if (l->ca && l->path_length != p->path_length && !shorter)
		lint_add(l, LINT_PROFILE_KIND, "its path length is %d",
		    l->path_length);
}

static void
lint_names(struct linting *l)
{
	struct err why = { 0 };

	if (profile_check_names(l->p, l->subject, l->san, &why) != 0)
		lint_add(l, LINT_PROFILE_NAMES, "%s", why.what);
}

static void
lint_oids(struct linting *l, const struct span *at, size_t n,
    const struct profile_oids *want, enum lint_row row)
{
	bool equal = n == want->n;
	size_t i;

	for (i = 0; equal && i < n; i++)
		equal = span_equal(at[i], want->at[i]);
	if (!equal)
		lint_add(l, row, "%s", "");
}

static void
lint_purposes(struct linting *l)
{
	const struct tbs_extension *e = tbs_extension(l->t, OID_EXT_KEY_USAGE);

	lint_oids(l, l->purpose, l->purpose_n, &l->p->purposes,
	    LINT_PROFILE_PURPOSE);
	if (e != NULL && e->critical != l->p->purposes_critical)
		lint_add(l, LINT_PROFILE_PURPOSE, "extKeyUsage is %scritical",
		    e->critical ? "" : "not ");
}

static void
extension_is(struct linting *l, enum oid which, bool want)
{
	if (lint_has(l, which) != want)
		lint_add(l, LINT_PROFILE_EXTENSION, "%s is %s",
		    oid_name(which), want ? "missing" : "there");
}

static void
lint_url(struct linting *l, enum oid method, bool want, const char *url)
{
	struct span have = { 0 };
	struct err why = { 0 };

	if (tbs_access_url(l->t, method, &have, &why) != 0)
		lint_add(l, LINT_EXTENSION_FORM, "%s", why.what);
	else if (want ? !span_equal(have, span_of(url, strlen(url))) :
	    have.n > 0)
		lint_add(l, LINT_PROFILE_EXTENSION, "the URL for %s is not "
		    "the issuer's", oid_name(method));
}

static void
lint_urls(struct linting *l)
{
	const struct issuer *i = l->issuer;
	struct err why = { 0 };
	unsigned partition;

	extension_is(l, OID_CRL_POINTS, l->p->crl_point);
	extension_is(l, OID_AUTHORITY_INFO, l->p->access_ocsp ||
	    l->p->access_issuer);
	if (i == NULL)
		return;
	if (issuer_partition(i, l->t, &partition, &why) != 0)
		lint_add(l, LINT_PROFILE_EXTENSION, "%s", why.what);
	lint_url(l, OID_ACCESS_OCSP, l->p->access_ocsp, i->ocsp);
	lint_url(l, OID_ACCESS_CA_ISSUERS, l->p->access_issuer, i->issuer);
}

/* Nothing is there that no profile can ask for. */
static void
lint_foreign(struct linting *l)
{
	static const enum oid KNOWN[] = { OID_BASIC_CONSTRAINTS,
		OID_KEY_USAGE, OID_EXT_KEY_USAGE, OID_SUBJECT_KEY_ID,
		OID_AUTHORITY_KEY_ID, OID_SUBJECT_ALT_NAME, OID_CRL_POINTS,
		OID_AUTHORITY_INFO, OID_POLICIES, OID_NAME_CONSTRAINTS,
		OID_OCSP_NO_CHECK };
	size_t i, k;

	for (i = 0; i < l->t->extension_n; i++) {
		for (k = 0; k < NELEM(KNOWN); k++)
			if (l->t->extension[i].which == KNOWN[k])
				break;
		if (k == NELEM(KNOWN))
			lint_add(l, LINT_PROFILE_EXTENSION, "an extension "
			    "that no profile has");
	}
}

void
lint_profile(struct linting *l)
{
	const struct profile *p = l->p;

	lint_kind(l);
	if (l->key == NULL || !profile_allows_key(p, l->key))
		lint_add(l, LINT_PROFILE_KEY, "%s", "");
	lint_names(l);
	if (l->t->not_after > profile_end(p, l->t->not_before))
		lint_add(l, LINT_PROFILE_VALIDITY, "%s", "");
	if (l->usage != p->key_usage)
		lint_add(l, LINT_PROFILE_USAGE, "%s", "");
	lint_purposes(l);
	lint_oids(l, l->policy, l->policy_n, &p->policies,
	    LINT_PROFILE_POLICIES);
	lint_urls(l);
	extension_is(l, OID_OCSP_NO_CHECK, p->ocsp_no_check);
	if (p->constraints != NULL)
		extension_is(l, OID_NAME_CONSTRAINTS, true);
	lint_foreign(l);
}
