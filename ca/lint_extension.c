#include "config.h"

#include <string.h>

#include "ca/key.h"
#include "ca/lint_form.h"

/* clang-format off */
/* Which of the two an extension must be; the rest may be either. */
static const struct {
	enum oid	 which;
	bool		 critical;
	enum lint_row	 row;
} CRITICAL[] = {
	{ OID_AUTHORITY_KEY_ID,  false, LINT_AKI_CRITICAL },
	{ OID_SUBJECT_KEY_ID,    false, LINT_SKI_CRITICAL },
	{ OID_KEY_USAGE,         true,  LINT_KU_CRITICAL },
	{ OID_BASIC_CONSTRAINTS, true,  LINT_BC_CRITICAL },
	{ OID_NAME_CONSTRAINTS,  true,  LINT_NC_CRITICAL },
	{ OID_CRL_POINTS,        false, LINT_CDP_CRITICAL },
	{ OID_AUTHORITY_INFO,    false, LINT_AIA_CRITICAL },
	{ OID_OCSP_NO_CHECK,     false, LINT_OCSP_NO_CHECK },
};
/* clang-format on */

static void
lint_critical(struct linting *l)
{
	const struct tbs_extension *e;
	size_t i;

	for (i = 0; i < NELEM(CRITICAL); i++) {
		e = tbs_extension(l->t, CRITICAL[i].which);
		if (e != NULL && e->critical != CRITICAL[i].critical)
			lint_add(l, CRITICAL[i].row, "it is %scritical",
			    e->critical ? "" : "not ");
	}
}

static void
add_oid(struct linting *l, enum lint_row row, struct span oid)
{
	char dotted[OID_TEXT];

	if (oid_text(oid, dotted, NULL) != 0)
		memcpy(dotted, "?", 2);
	lint_add(l, row, "%.100s", dotted);
}

static void
lint_each(struct linting *l)
{
	const struct tbs_extension *e = l->t->extension;
	size_t i, k;

	for (i = 0; i < l->t->extension_n; i++) {
		for (k = 0; k < i; k++)
			if (span_equal(e[i].oid, e[k].oid))
				add_oid(l, LINT_EXTENSION_TWICE, e[i].oid);
		if (e[i].critical && e[i].which == OID__N)
			add_oid(l, LINT_EXTENSION_UNKNOWN, e[i].oid);
	}
}

static void
lint_authority(struct linting *l, struct span ski)
{
	bool there = lint_has(l, OID_AUTHORITY_KEY_ID), only = true;
	struct span id = { 0 }, want = l->issuer == NULL ? ski :
	    l->issuer->key_id;
	struct err why = { 0 };

	if (!there && l->issuer != NULL)
		lint_add(l, LINT_AKI_MISSING, "%s", "");
	if (!there)
		return;
	if (tbs_authority_key_id(l->t, &id, &only, &why) != 0)
		lint_add(l, LINT_EXTENSION_FORM, "%s", why.what);
	else if (!only || !span_equal(id, want))
		lint_add(l, LINT_AKI_DIFFERS, "%s", "");
}

static void
lint_key_ids(struct linting *l)
{
	unsigned char id[KEY_ID_OCTETS];
	struct span ski = { 0 };
	struct err why = { 0 };

	if (tbs_subject_key_id(l->t, &ski, &why) != 0)
		lint_add(l, LINT_EXTENSION_FORM, "%s", why.what);
	else if (!lint_has(l, OID_SUBJECT_KEY_ID))
		lint_add(l, LINT_SKI_MISSING, "%s", "");
	else if (key_id(l->t->spki, id, &why) == 0 &&
	    !span_equal(ski, span_of(id, sizeof(id))))
		lint_add(l, LINT_SKI_DIFFERS, "%s", "");
	lint_authority(l, ski);
}

static void
lint_usage(struct linting *l)
{
	bool sign = (l->usage & USAGE_BIT(USAGE_KEY_CERT_SIGN)) != 0;
	uint32_t only = USAGE_BIT(USAGE_ENCIPHER_ONLY) | USAGE_BIT(USAGE_DECIPHER_ONLY);

	if (l->ca && !sign)
		lint_add(l, LINT_KU_MISSING, "%s", "");
	if (!l->ca && sign)
		lint_add(l, LINT_KU_CERT_SIGN, "%s", "");
	if (lint_has(l, OID_KEY_USAGE) && l->usage == 0)
		lint_add(l, LINT_KU_EMPTY, "%s", "");
	if (l->key != NULL && (l->usage & key_usage_beyond(l->key)) != 0)
		lint_add(l, LINT_KU_KEY, "%s keys cannot do that", l->key);
	/* RFC 5280, 4.2.1.3: undefined without keyAgreement. */
	if ((l->usage & only) != 0 &&
	    (l->usage & USAGE_BIT(USAGE_KEY_AGREEMENT)) == 0)
		lint_add(l, LINT_KU_KEY, "encipherOnly and decipherOnly go "
		    "with keyAgreement");
}

static void
lint_basic(struct linting *l)
{
	const struct issuer *i = l->issuer;

	if (!lint_has(l, OID_BASIC_CONSTRAINTS))
		lint_add(l, LINT_BC_MISSING, "%s", "");
	if (!l->ca && l->path_length >= 0)
		lint_add(l, LINT_BC_PATH_LENGTH, "%s", "");
	if (l->ca && i != NULL && i->path_length >= 0 &&
	    (i->path_length == 0 || l->path_length >= i->path_length))
		lint_add(l, LINT_BC_ISSUER, "the issuer has %d and this %d",
		    i->path_length, l->path_length);
}

static void
lint_twice(struct linting *l, const struct span *at, size_t n,
    enum lint_row row)
{
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < i; k++)
			if (span_equal(at[i], at[k]))
				lint_add(l, row, "%s", "");
}

static void
lint_purposes(struct linting *l)
{
	size_t i;

	for (i = 0; i < l->purpose_n; i++)
		if (oid_is(l->purpose[i], OID_ANY_PURPOSE))
			lint_add(l, LINT_EKU_ANY, "%s", "");
	lint_twice(l, l->purpose, l->purpose_n, LINT_EKU_TWICE);
	lint_twice(l, l->policy, l->policy_n, LINT_POLICY_TWICE);
}

static void
lint_subject(struct linting *l)
{
	const struct tbs_extension *san = tbs_extension(l->t,
	    OID_SUBJECT_ALT_NAME);
	bool empty = l->t->subject.n <= 2;

	if (empty && (l->ca || san == NULL || !san->critical))
		lint_add(l, LINT_SUBJECT_EMPTY, "%s", "");
	if (!empty && san != NULL && san->critical)
		lint_add(l, LINT_SAN_CRITICAL, "%s", "");
}

static void
lint_names(struct linting *l)
{
	struct err why = { 0 };
	json_t *one;
	size_t i;

	json_array_foreach(l->san, i, one)
		if (san_fit_check(json_string_value(one), &why) != 0)
			lint_add(l, LINT_SAN_VALUE, "%s", why.what);
}

/* RFC 6960, 4.2.2.2 and 4.2.2.2.1; RFC 3161, 2.3: by purpose, whatever the
 * profile is called. */
static void
lint_roles(struct linting *l)
{
	const struct tbs_extension *e = tbs_extension(l->t, OID_EXT_KEY_USAGE);
	bool ocsp = false, tsa = false;
	size_t i;

	for (i = 0; i < l->purpose_n; i++) {
		ocsp |= oid_is(l->purpose[i], OID_OCSP_SIGNING);
		tsa |= oid_is(l->purpose[i], OID_TIME_STAMPING);
	}
	if (ocsp && (l->purpose_n > 1 || l->issuer == NULL || l->ca))
		lint_add(l, LINT_OCSP_PURPOSE, "%s", "");
	if (tsa && (l->purpose_n > 1 || !e->critical))
		lint_add(l, LINT_TSA_PURPOSE, "%s", "");
	if (lint_has(l, OID_OCSP_NO_CHECK) && !ocsp)
		lint_add(l, LINT_OCSP_NO_CHECK, "this is no responder");
}

void
lint_extensions(struct linting *l)
{
	lint_each(l);
	lint_critical(l);
	lint_key_ids(l);
	lint_usage(l);
	lint_basic(l);
	lint_purposes(l);
	lint_subject(l);
	lint_names(l);
	lint_above(l);
	lint_roles(l);
}
