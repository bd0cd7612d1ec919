#include "config.h"

#include <string.h>

#include "ca/lint_form.h"
#include "ca/name.h"
#include "ca/seal.h"

static size_t
count(const json_t *subject, enum oid attribute)
{
	const json_t *pair;
	size_t i, n = 0;

	json_array_foreach((json_t *)(uintptr_t)subject, i, pair)
		n += strcmp(json_string_value(json_array_get(pair, 0)),
		    oid_name(attribute)) == 0;
	return n;
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
lint_devid(struct linting *l)
{
	if (l->ca)
		lint_add(l, LINT_DEVID_KIND, "%s", "");
	if ((l->usage & USAGE_BIT(USAGE_DIGITAL_SIGNATURE)) == 0)
		lint_add(l, LINT_DEVID_USAGE, "%s", "");
}

static bool
has_hardware(const json_t *san)
{
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(san); i++) {
		text = json_string_value(json_array_get(san, i));
		if (strncmp(text, "hardware-module:", 16) == 0)
			return true;
	}
	return false;
}

static void
lint_idevid(struct linting *l)
{
	lint_devid(l);
	if (count(l->subject, OID_SERIAL_NUMBER) != 1)
		lint_add(l, LINT_IDEVID_SUBJECT, "%s", "");
	/* RFC 5280, 4.1.2.5: no well-defined expiration date. */
	if (l->t->not_after != TIME_S(INT64_C(253402300799)))
		lint_add(l, LINT_IDEVID_END, "%s", "");
	if (lint_has(l, OID_SUBJECT_ALT_NAME) && !has_hardware(l->san))
		lint_add(l, LINT_IDEVID_SAN, "%s", "");
}

static void
lint_matter_key(struct linting *l)
{
	const char *scheme = seal_scheme(l->t->algorithm);

	if (l->key == NULL || strcmp(l->key, "ec-p256") != 0)
		lint_add(l, LINT_MATTER_KEY, "the key is of %s",
		    l->key == NULL ? "another algorithm" : l->key);
	if (scheme == NULL || strcmp(scheme, "ecdsa-sha256") != 0)
		lint_add(l, LINT_MATTER_KEY, "the signature is by another "
		    "algorithm");
}

/* The path length fits where its caller says so. */
static void
lint_matter_form(struct linting *l, bool ca, bool length_fits)
{
	uint32_t usage = ca ? USAGE_BIT(USAGE_KEY_CERT_SIGN) | USAGE_BIT(USAGE_CRL_SIGN) :
	    USAGE_BIT(USAGE_DIGITAL_SIGNATURE);
	uint32_t have = ca ? l->usage & ~USAGE_BIT(USAGE_DIGITAL_SIGNATURE) :
	    l->usage;

	lint_matter_key(l);
	if (l->ca != ca || !length_fits)
		lint_add(l, LINT_MATTER_BASIC, "%s", "");
	if (have != usage)
		lint_add(l, LINT_MATTER_USAGE, "%s", "");
}

static void
lint_matter_vendor(struct linting *l)
{
	const json_t *above = l->issuer == NULL ? NULL :
	    l->issuer->subject_json;
	const char *its = name_get(above, OID_MATTER_VID);
	const char *vid = name_get(l->subject, OID_MATTER_VID);

	if (count(l->subject, OID_MATTER_VID) != 1 ||
	    (its != NULL && !same(vid, its)))
		lint_add(l, LINT_MATTER_VID, "%s", "");
}

static void
lint_paa(struct linting *l)
{
	lint_matter_form(l, true, l->path_length == -1 ||
	    l->path_length == 1);
	if (count(l->subject, OID_MATTER_VID) > 1)
		lint_add(l, LINT_MATTER_VID, "%s", "");
	if (count(l->subject, OID_MATTER_PID) > 0)
		lint_add(l, LINT_MATTER_PID, "%s", "");
	if (l->issuer != NULL)
		lint_add(l, LINT_MATTER_ISSUER, "%s", "");
}

static void
lint_pai(struct linting *l)
{
	lint_matter_form(l, true, l->path_length == 0);
	lint_matter_vendor(l);
	if (count(l->subject, OID_MATTER_PID) > 1)
		lint_add(l, LINT_MATTER_PID, "%s", "");
	if (l->issuer == NULL)
		lint_add(l, LINT_MATTER_ISSUER, "%s", "");
}

static void
lint_dac(struct linting *l)
{
	const char *its = l->issuer == NULL ? NULL :
	    name_get(l->issuer->subject_json, OID_MATTER_PID);
	const char *pid = name_get(l->subject, OID_MATTER_PID);

	lint_matter_form(l, false, l->path_length == -1);
	lint_matter_vendor(l);
	if (count(l->subject, OID_MATTER_PID) != 1 ||
	    (its != NULL && !same(pid, its)))
		lint_add(l, LINT_MATTER_PID, "%s", "");
	if (l->issuer == NULL)
		lint_add(l, LINT_MATTER_ISSUER, "%s", "");
}

void
lint_standard(struct linting *l)
{
	switch (l->p->standard) {
	case STANDARD_RFC5280:
	case STANDARD__N:
		break;
	case STANDARD_IDEVID:
		lint_idevid(l);
		break;
	case STANDARD_LDEVID:
		lint_devid(l);
		break;
	case STANDARD_MATTER_PAA:
		lint_paa(l);
		break;
	case STANDARD_MATTER_PAI:
		lint_pai(l);
		break;
	case STANDARD_MATTER_DAC:
		lint_dac(l);
		break;
	}
}
