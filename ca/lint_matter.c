/*
 * lint_matter - device attestation: a DAC, the PAI that issued it and the PAA
 * above that, three certificates and no more (Matter 6.2.2).
 */
#include "config.h"

#include <string.h>

#include "ca/key.h"
#include "ca/lint_form.h"
#include "ca/name.h"
#include "ca/seal.h"

#define SIGNS (USAGE_BIT(USAGE_KEY_CERT_SIGN) | USAGE_BIT(USAGE_CRL_SIGN))
#define ID    4 /* hexadecimal digits of a vendor, and of a product */

/* ---- who is vendor and product ---- */

struct product {
	char vendor[ID + 1], product[ID + 1]; /* "": not named */
};

/* What follows @word in a common name, which may have more. */
static void
fallback(const char *name, const char *word, char ret[ID + 1])
{
	const char *at = name == NULL ? NULL : strstr(name, word);

	if (at == NULL)
		return;
	at += strlen(word);
	if (strspn(at, "0123456789ABCDEF") < ID)
		return;
	memcpy(ret, at, ID);
	ret[ID] = '\0';
}

static void
value(const json_t *subject, enum oid attribute, char ret[ID + 1])
{
	const char *text = name_get(subject, attribute);

	if (text != NULL && strlen(text) == ID)
		memcpy(ret, text, ID + 1);
}

/* A name that has either attribute says nothing in its common name (6.2.2.2). */
static struct product
product_of(const json_t *subject)
{
	struct product p = { "", "" };
	const char *name = name_get(subject, OID_COMMON_NAME);

	value(subject, OID_MATTER_VID, p.vendor);
	value(subject, OID_MATTER_PID, p.product);
	if (p.vendor[0] == '\0' && p.product[0] == '\0') {
		fallback(name, "Mvid:", p.vendor);
		fallback(name, "Mpid:", p.product);
	}
	return p;
}

/* What the authority names, those below it are of. */
static bool
is_of(const char *its, const char *mine)
{
	return its[0] == '\0' || strcmp(its, mine) == 0;
}

/* ---- the authorities ---- */

static bool
is_authority(const struct issuer *i)
{
	const char *key = NULL;

	return key_algorithm(i->spki, &key, NULL) == 0 &&
	    strcmp(key, "ec-p256") == 0 &&
	    (i->key_usage & ~USAGE_BIT(USAGE_DIGITAL_SIGNATURE)) == SIGNS;
}

static void
lint_by_paa(struct linting *l, const struct issuer *i)
{
	struct product its = product_of(i->subject_json),
		       mine = product_of(l->subject);

	if (!is_authority(i) || !issuer_is_root(i) ||
	    (i->path_length != -1 && i->path_length != 1) ||
	    its.product[0] != '\0')
		lint_add(l, LINT_MATTER_ISSUER,
		    "the authority %s has not a "
		    "PAA's form",
		    i == l->issuer ? "that issues it" : "above its issuer");
	if (!is_of(its.vendor, mine.vendor))
		lint_add(
		    l, LINT_MATTER_VID, "its PAA is of vendor %s", its.vendor);
}

static void
lint_by_pai(struct linting *l, const struct issuer *i)
{
	struct product its = product_of(i->subject_json),
		       mine = product_of(l->subject);

	if (!is_authority(i) || issuer_is_root(i) || i->path_length != 0)
		lint_add(l, LINT_MATTER_ISSUER,
		    "the authority that issues it "
		    "has not a PAI's form");
	if (its.vendor[0] == '\0')
		lint_add(l, LINT_MATTER_VID,
		    "the authority that issues it "
		    "names no vendor, so it is no PAI");
	else if (!is_of(its.vendor, mine.vendor))
		lint_add(
		    l, LINT_MATTER_VID, "its PAI is of vendor %s", its.vendor);
	if (!is_of(its.product, mine.product))
		lint_add(l, LINT_MATTER_PID, "its PAI is of product %s",
		    its.product);
	if (l->above != NULL && l->above->n > 0)
		lint_by_paa(l, l->above->at[0]);
}

/* ---- the certificate itself ---- */

static void
lint_key(struct linting *l)
{
	const char *scheme = seal_scheme(l->t->algorithm);

	if (l->key == NULL || strcmp(l->key, "ec-p256") != 0)
		lint_add(l, LINT_MATTER_KEY, "the key is of %s",
		    l->key == NULL ? "another algorithm" : l->key);
	if (scheme == NULL || strcmp(scheme, "ecdsa-sha256") != 0)
		lint_add(l, LINT_MATTER_KEY,
		    "the signature is by another "
		    "algorithm");
}

/* The path length fits where its caller says so. */
static void
lint_form(struct linting *l, bool ca, bool length_fits)
{
	uint32_t usage = ca ? SIGNS : USAGE_BIT(USAGE_DIGITAL_SIGNATURE);
	uint32_t have =
	    ca ? l->usage & ~USAGE_BIT(USAGE_DIGITAL_SIGNATURE) : l->usage;

	lint_key(l);
	if (l->ca != ca || !length_fits)
		lint_add(l, LINT_MATTER_BASIC, "%s", "");
	if (have != usage)
		lint_add(l, LINT_MATTER_USAGE, "%s", "");
}

/* At least and at most so many of the two attributes. */
static void
lint_attributes(
    struct linting *l, size_t vendors, size_t products, size_t most_products)
{
	size_t v = lint_count(l->subject, OID_MATTER_VID);
	size_t p = lint_count(l->subject, OID_MATTER_PID);

	if (v < vendors || v > 1)
		lint_add(l, LINT_MATTER_VID, "it has %zu", v);
	if (p < products || p > most_products)
		lint_add(l, LINT_MATTER_PID, "it has %zu", p);
}

static void
lint_paa(struct linting *l)
{
	lint_form(l, true, l->path_length == -1 || l->path_length == 1);
	lint_attributes(l, 0, 0, 0);
	if (l->issuer != NULL)
		lint_add(l, LINT_MATTER_ISSUER, "%s", "");
}

static void
lint_pai(struct linting *l)
{
	lint_form(l, true, l->path_length == 0);
	lint_attributes(l, 1, 0, 1);
	if (l->issuer == NULL)
		lint_add(l, LINT_MATTER_ISSUER, "%s", "");
	else
		lint_by_paa(l, l->issuer);
}

static void
lint_dac(struct linting *l)
{
	lint_form(l, false, l->path_length == -1);
	lint_attributes(l, 1, 1, 1);
	if (l->issuer == NULL)
		lint_add(l, LINT_MATTER_ISSUER, "%s", "");
	else
		lint_by_pai(l, l->issuer);
}

void
lint_matter(struct linting *l)
{
	if (l->p->standard == STANDARD_MATTER_PAA)
		lint_paa(l);
	else if (l->p->standard == STANDARD_MATTER_PAI)
		lint_pai(l);
	else
		lint_dac(l);
}
