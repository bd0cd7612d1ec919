#include "config.h"

#include <string.h>

#include "ca/name.h"
#include "ca/profile_form.h"

#define CA_USAGE	(USAGE_BIT(USAGE_KEY_CERT_SIGN) | USAGE_BIT(USAGE_CRL_SIGN))

static bool
has_purpose(const struct profile *p, enum oid o)
{
	for (size_t i = 0; i < p->purposes.n; i++)
		if (oid_is(p->purposes.at[i], o))
			return true;
	return false;
}

static bool
only_purpose(const struct profile *p, enum oid o)
{
	return p->purposes.n == 1 && oid_is(p->purposes.at[0], o);
}

/* Is the attribute always there? */
static bool
has_attribute(const struct profile *p, enum oid o)
{
	size_t i;

	for (i = 0; i < p->subject_n; i++)
		if (p->subject[i].attribute == o)
			return p->subject[i].required ||
			    p->subject[i].from == FROM_VALUE ||
			    p->device == DEVICE_REQUIRED;
	return false;
}

static bool
may_have_attribute(const struct profile *p, enum oid o)
{
	size_t i;

	for (i = 0; i < p->subject_n; i++)
		if (p->subject[i].attribute == o)
			return true;
	return false;
}

static int
ca_check(const struct profile *p, const char *where, struct err *err)
{
	bool ca = profile_is_ca(p);

	/* RFC 5280, 4.2.1.3 and 4.2.1.9. */
	if (((p->key_usage & USAGE_BIT(USAGE_KEY_CERT_SIGN)) != 0) != ca)
		return err_set(err, ESCHEMA, "%s/key-usage: expected "
		    "key-cert-sign in CAs and nowhere else (RFC 5280, "
		    "4.2.1.9)", where);
	if (((p->key_usage & USAGE_BIT(USAGE_CRL_SIGN)) != 0) != ca)
		return err_set(err, ESCHEMA, "%s/key-usage: expected crl-sign "
		    "in CAs, whose keys sign their lists, and nowhere else "
		    "(RFC 5280, 4.2.1.3)", where);
	if (!ca && p->path_length >= 0)
		return err_set(err, ESCHEMA, "%s/path-length: expected in CAs "
		    "alone (RFC 5280, 4.2.1.9)", where);
	if (!ca && p->constraints != NULL)
		return err_set(err, ESCHEMA, "%s/name-constraints: expected in "
		    "CAs alone (RFC 5280, 4.2.1.10)", where);
	if (ca && p->subject_n == 0)
		return err_set(err, ESCHEMA, "%s/subject: expected a subject "
		    "in CAs (RFC 5280, 4.1.2.6)", where);
	if (ca && p->san_n > 0)
		return err_set(err, ESCHEMA, "%s/san: expected none in CAs",
		    where);
	if (p->kind == PROFILE_ROOT && (p->crl_point || p->access_ocsp ||
	    p->access_issuer))
		return err_set(err, ESCHEMA, "%s/kind: expected neither "
		    "crl-distribution-point nor authority-information-access "
		    "in a root, which nobody revokes", where);
	if (p->subject_n == 0 && p->san_n == 0)
		return err_set(err, ESCHEMA, "%s/subject: expected a subject "
		    "or alternative names (RFC 5280, 4.1.2.6)", where);
	return 0;
}

static int
responder_check(const struct profile *p, const char *where, struct err *err)
{
	bool responder = p->kind == PROFILE_OCSP_RESPONDER;

	if (p->ocsp_no_check && !responder)
		return err_set(err, ESCHEMA, "%s/ocsp-no-check: expected in an "
		    "ocsp-responder alone (RFC 6960, 4.2.2.2.1)", where);
	/* Whoever has it answers for all that its issuer certified, a CA too. */
	if (!responder && has_purpose(p, OID_OCSP_SIGNING))
		return err_set(err, ESCHEMA, "%s/extended-key-usage: expected "
		    "ocsp-signing in an ocsp-responder alone (RFC 6960, "
		    "4.2.2.2)", where);
	if (!responder)
		return 0;
	if (!only_purpose(p, OID_OCSP_SIGNING))
		return err_set(err, ESCHEMA, "%s/extended-key-usage: expected "
		    "[ocsp-signing] (RFC 6960, 4.2.2.2)", where);
	if (p->access_ocsp || p->ocsp_no_check == p->crl_point)
		return err_set(err, ESCHEMA, "%s/ocsp-no-check: expected it or "
		    "crl-distribution-point, and no ocsp access: a responder "
		    "is not asked about itself (RFC 6960, 4.2.2.2.1)", where);
	return 0;
}

static int
timestamping_check(const struct profile *p, const char *where,
    struct err *err)
{
	if (p->kind != PROFILE_TIMESTAMPING)
		return profile_is_ca(p) || !has_purpose(p, OID_TIME_STAMPING) ?
		    0 : err_set(err, ESCHEMA, "%s/extended-key-usage: expected "
		    "time-stamping in the kind timestamping alone (RFC 3161, "
		    "2.3)", where);
	if (!only_purpose(p, OID_TIME_STAMPING) || !p->purposes_critical)
		return err_set(err, ESCHEMA, "%s/extended-key-usage: expected "
		    "[time-stamping], critical (RFC 3161, 2.3)", where);
	if ((p->key_usage & ~(USAGE_BIT(USAGE_DIGITAL_SIGNATURE) |
	    USAGE_BIT(USAGE_NON_REPUDIATION))) != 0)
		return err_set(err, ESCHEMA, "%s/key-usage: expected "
		    "digital-signature or non-repudiation alone", where);
	return 0;
}

static int
devid_check(const struct profile *p, const char *where, struct err *err)
{
	if (p->kind != PROFILE_END_ENTITY ||
	    (p->key_usage & USAGE_BIT(USAGE_DIGITAL_SIGNATURE)) == 0)
		return err_set(err, ESCHEMA, "%s/key-usage: expected "
		    "digital-signature in a DevID, which is an end-entity "
		    "(802.1AR 8.10.3)", where);
	if (p->standard != STANDARD_IDEVID)
		return 0;
	if (!has_attribute(p, OID_SERIAL_NUMBER))
		return err_set(err, ESCHEMA, "%s/subject: expected a "
		    "serialNumber that is always there (802.1AR 8.6)", where);
	if (p->until != TIME_S(INT64_C(253402300799)))
		return err_set(err, ESCHEMA, "%s/validity: expected until "
		    "9999-12-31T23:59:59Z (802.1AR 8.5)", where);
	return 0;
}

static int
matter_check(const struct profile *p, const char *where, struct err *err)
{
	bool paa = p->standard == STANDARD_MATTER_PAA;
	bool dac = p->standard == STANDARD_MATTER_DAC;
	enum profile_kind kind = paa ? PROFILE_ROOT : dac ?
	    PROFILE_END_ENTITY : PROFILE_ISSUING_CA;

	if (p->kind != kind)
		return err_set(err, ESCHEMA, "%s/kind: expected %s", where,
		    profile_kind_word(kind));
	if (json_array_size(p->keys) != 1 || !profile_allows_key(p, "ec-p256"))
		return err_set(err, ESCHEMA, "%s/keys: expected [ec-p256] "
		    "(Matter 6.2.2)", where);
	if (p->key_usage != (dac ? USAGE_BIT(USAGE_DIGITAL_SIGNATURE) : CA_USAGE))
		return err_set(err, ESCHEMA, "%s/key-usage: expected %s "
		    "(Matter 6.2.2)", where, dac ? "[digital-signature]" :
		    "[key-cert-sign, crl-sign]");
	if (paa ? p->path_length > 1 : !dac && p->path_length != 0)
		return err_set(err, ESCHEMA, "%s/path-length: expected %s "
		    "(Matter 6.2.2)", where, paa ? "none or 1" : "0");
	if ((!paa && !has_attribute(p, OID_MATTER_VID)) ||
	    (dac && !has_attribute(p, OID_MATTER_PID)) ||
	    (paa && may_have_attribute(p, OID_MATTER_PID)))
		return err_set(err, ESCHEMA, "%s/subject: expected %s "
		    "(Matter 6.2.2)", where, paa ? "no matterProductId" : dac ?
		    "matterVendorId and matterProductId" : "matterVendorId");
	return 0;
}

uint32_t
key_usage_beyond(const char *algorithm)
{
	uint32_t encipher = USAGE_BIT(USAGE_KEY_ENCIPHERMENT) |
	    USAGE_BIT(USAGE_DATA_ENCIPHERMENT);

	if (strncmp(algorithm, "rsa-", 4) == 0)
		return USAGE_BIT(USAGE_KEY_AGREEMENT);
	return strncmp(algorithm, "ec-", 3) == 0 ? encipher : encipher |
	    USAGE_BIT(USAGE_KEY_AGREEMENT);
}

/* What the linter would find in each certificate: a profile by which none can
 * ever be issued.  One of several keys may do what the others cannot. */
static int
usage_check(const struct profile *p, const char *where, struct err *err)
{
	uint32_t one_way = USAGE_BIT(USAGE_ENCIPHER_ONLY) |
	    USAGE_BIT(USAGE_DECIPHER_ONLY);
	const json_t *key;
	bool able = false;
	size_t i;

	json_array_foreach(p->keys, i, key)
		able |= (p->key_usage &
		    key_usage_beyond(json_string_value(key))) == 0;
	if (!able)
		return err_set(err, ESCHEMA, "%s/key-usage: expected what one "
		    "of its keys can do: ec keys do not encipher, rsa keys do "
		    "not agree on keys, ed25519 does neither (RFC 8813, 3)",
		    where);
	if ((p->key_usage & one_way) != 0 &&
	    (p->key_usage & USAGE_BIT(USAGE_KEY_AGREEMENT)) == 0)
		return err_set(err, ESCHEMA, "%s/key-usage: expected "
		    "key-agreement beside encipher-only and decipher-only "
		    "(RFC 5280, 4.2.1.3)", where);
	return 0;
}

int
profile_kind_check(const struct profile *p, const char *where,
    struct err *err)
{
	TRY(ca_check(p, where, err));
	TRY(usage_check(p, where, err));
	/* Of those a root issues anyway: it would say nothing. */
	if (p->by_root && (profile_is_ca(p) ||
	    p->kind == PROFILE_OCSP_RESPONDER))
		return err_set(err, ESCHEMA, "%s/issued-by-root: expected in "
		    "end-entity and timestamping alone", where);
	TRY(responder_check(p, where, err));
	TRY(timestamping_check(p, where, err));
	switch (p->standard) {
	case STANDARD_IDEVID:
	case STANDARD_LDEVID:
		return devid_check(p, where, err);
	case STANDARD_MATTER_PAA:
	case STANDARD_MATTER_PAI:
	case STANDARD_MATTER_DAC:
		return matter_check(p, where, err);
	case STANDARD_RFC5280:
	case STANDARD__N:
		break;
	}
	return 0;
}
