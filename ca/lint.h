/*
 * lint - what is wrong with a certificate before it is signed.
 *
 * Floor 2, pure.  Sees base.
 * A second opinion: it reads the octets, and shares no code with what wrote
 * them.  Every row has a stable name, the section of the standard that it
 * stands on, and a sentence.
 */
#ifndef CA_LINT_H
#define CA_LINT_H

#include "base/json.h"
#include "ca/issuer.h"
#include "ca/profile.h"
#include "ca/tbs.h"

/* clang-format off */
#define LINT_ROWS(L) \
	L(LINT_SERIAL_SHORT,       "serial-short",          "RFC 5280 4.1.2.2",  "a serial number has at least 64 bits") \
	L(LINT_ALGORITHM,          "signature-algorithm",   "RFC 5280 4.1.2.3",  "the signature algorithm is one that this house signs with") \
	L(LINT_ISSUER_EMPTY,       "issuer-empty",          "RFC 5280 4.1.2.4",  "the issuer has a name") \
	L(LINT_ISSUER_DIFFERS,     "issuer-differs",        "RFC 5280 4.1.2.4",  "the issuer is the issuing CA's subject, octet for octet") \
	L(LINT_TIME_FORM,          "time-form",             "RFC 5280 4.1.2.5",  "a time is UTCTime until 2049 and GeneralizedTime from 2050") \
	L(LINT_VALIDITY_ORDER,     "validity-order",        "RFC 5280 4.1.2.5",  "a certificate ends after it begins") \
	L(LINT_VALIDITY_ISSUER,    "validity-issuer",       "RFC 5280 6.1.3",    "a certificate is valid only while its issuer's is") \
	L(LINT_SUBJECT_EMPTY,      "subject-empty",         "RFC 5280 4.1.2.6",  "a CA has a subject; without one, subjectAltName is there and critical") \
	L(LINT_SUBJECT_ISSUER,     "subject-issuer",        "RFC 5280 4.1.2.6",  "nobody but the issuing CA itself has its name") \
	L(LINT_NAME_FORM,          "name-form",             "RFC 5280 4.1.2.4",  "an attribute has its own string type and bound") \
	L(LINT_KEY,                "key-unfit",             "RFC 5280 4.1.2.7",  "the subject's key is of a known algorithm and size") \
	L(LINT_UNIQUE_ID,          "unique-id",             "RFC 5280 4.1.2.8",  "unique identifiers are not used") \
	L(LINT_EXTENSION_TWICE,    "extension-twice",       "RFC 5280 4.2",      "an extension is there once") \
	L(LINT_EXTENSION_UNKNOWN,  "extension-unknown",     "RFC 5280 4.2",      "a critical extension is one that this house knows") \
	L(LINT_EXTENSION_FORM,     "extension-form",        "RFC 5280 4.2",      "an extension's value has its form") \
	L(LINT_AKI_MISSING,        "aki-missing",           "RFC 5280 4.2.1.1",  "authorityKeyIdentifier is there unless self-signed") \
	L(LINT_AKI_CRITICAL,       "aki-critical",          "RFC 5280 4.2.1.1",  "authorityKeyIdentifier is not critical") \
	L(LINT_AKI_DIFFERS,        "aki-differs",           "RFC 5280 4.2.1.1",  "authorityKeyIdentifier is the issuer's key identifier and nothing else") \
	L(LINT_SKI_MISSING,        "ski-missing",           "RFC 5280 4.2.1.2",  "subjectKeyIdentifier is there") \
	L(LINT_SKI_CRITICAL,       "ski-critical",          "RFC 5280 4.2.1.2",  "subjectKeyIdentifier is not critical") \
	L(LINT_SKI_DIFFERS,        "ski-differs",           "RFC 7093 2",        "subjectKeyIdentifier is 160 bits of the key's SHA-256") \
	L(LINT_KU_MISSING,         "ku-missing",            "RFC 5280 4.2.1.3",  "a CA's certificate has keyUsage with keyCertSign") \
	L(LINT_KU_CRITICAL,        "ku-critical",           "RFC 5280 4.2.1.3",  "keyUsage is critical") \
	L(LINT_KU_EMPTY,           "ku-empty",              "RFC 5280 4.2.1.3",  "keyUsage has at least one bit") \
	L(LINT_KU_CERT_SIGN,       "ku-cert-sign",          "RFC 5280 4.2.1.9",  "keyCertSign belongs to CAs") \
	L(LINT_KU_KEY,             "ku-key",                "RFC 8813 3",        "keyUsage is what an algorithm's keys can do") \
	L(LINT_POLICY_TWICE,       "policy-twice",          "RFC 5280 4.2.1.4",  "a policy is there once") \
	L(LINT_POLICY_ISSUER,      "policy-issuer",         "RFC 5280 4.2.1.11", "policies are those that authorities above ask for and allow") \
	L(LINT_SAN_CRITICAL,       "san-critical",          "RFC 5280 4.2.1.6",  "subjectAltName is critical only beside an empty subject") \
	L(LINT_SAN_VALUE,          "san-value",             "RFC 5280 4.2.1.6",  "a host is no address, and a URI with an authority has a host") \
	L(LINT_BC_MISSING,         "bc-missing",            "RFC 5280 4.2.1.9",  "basicConstraints is there") \
	L(LINT_BC_CRITICAL,        "bc-critical",           "RFC 5280 4.2.1.9",  "basicConstraints is critical") \
	L(LINT_BC_PATH_LENGTH,     "bc-path-length",        "RFC 5280 4.2.1.9",  "a path length belongs to CAs") \
	L(LINT_BC_ISSUER,          "bc-issuer",             "RFC 5280 4.2.1.9",  "the issuer's path length has room for a CA below it") \
	L(LINT_NC_CRITICAL,        "nc-critical",           "RFC 5280 4.2.1.10", "nameConstraints is critical") \
	L(LINT_NC_CA,              "nc-ca",                 "RFC 5280 4.2.1.10", "nameConstraints belongs to CAs") \
	L(LINT_NC_OUTSIDE,         "nc-outside",            "RFC 5280 4.2.1.10", "names, and what a CA permits below it, are within the constraints of every authority above") \
	L(LINT_NC_COMMON_NAME,     "nc-common-name",        "OpenSSL error 47",  "without a dNSName clients hold a common name that looks like a host to the constraints on hosts") \
	L(LINT_EKU_ANY,            "eku-any",               "RFC 5280 4.2.1.12", "anyExtendedKeyUsage is not used") \
	L(LINT_EKU_TWICE,          "eku-twice",             "RFC 5280 4.2.1.12", "a purpose is there once") \
	L(LINT_EKU_ISSUER,         "eku-issuer",            "RFC 5280 4.2.1.12", "a purpose is one of those of every authority above that is limited to some") \
	L(LINT_CDP_CRITICAL,       "cdp-critical",          "RFC 5280 4.2.1.13", "cRLDistributionPoints is not critical") \
	L(LINT_AIA_CRITICAL,       "aia-critical",          "RFC 5280 4.2.2.1",  "authorityInfoAccess is not critical") \
	L(LINT_OCSP_PURPOSE,       "ocsp-purpose",          "RFC 6960 4.2.2.2",  "an OCSP responder's certificate has OCSPSigning, nothing else, and is issued by the CA") \
	L(LINT_OCSP_NO_CHECK,      "ocsp-no-check",         "RFC 6960 4.2.2.2.1", "ocspNoCheck belongs to OCSP responders and is not critical") \
	L(LINT_TSA_PURPOSE,        "tsa-purpose",           "RFC 3161 2.3",      "a time stamping certificate has timeStamping, nothing else, critical") \
	L(LINT_DEVID_KIND,         "devid-kind",            "802.1AR 8.10",      "a DevID is no CA") \
	L(LINT_DEVID_USAGE,        "devid-usage",           "802.1AR 8.10.3",    "a DevID's keyUsage has digitalSignature") \
	L(LINT_IDEVID_SUBJECT,     "idevid-subject",        "802.1AR 8.6",       "an IDevID's subject has one serialNumber") \
	L(LINT_IDEVID_END,         "idevid-end",            "802.1AR 8.5",       "an IDevID ends at 99991231235959Z") \
	L(LINT_IDEVID_SAN,         "idevid-san",            "802.1AR 8.10.4",    "an IDevID's subjectAltName carries hardwareModuleName") \
	L(LINT_MATTER_KEY,         "matter-key",            "Matter 6.2.2",      "keys are P-256 and signatures ecdsa-with-SHA256") \
	L(LINT_MATTER_BASIC,       "matter-basic",          "Matter 6.2.2",      "PAA: CA, path length absent or 1; PAI: CA, 0; DAC: no CA") \
	L(LINT_MATTER_USAGE,       "matter-usage",          "Matter 6.2.2",      "PAA, PAI: keyCertSign and cRLSign; DAC: digitalSignature") \
	L(LINT_MATTER_VID,         "matter-vid",            "Matter 6.2.2",      "the vendor is there in PAI and DAC, once, and is the issuer's") \
	L(LINT_MATTER_PID,         "matter-pid",            "Matter 6.2.2",      "the product is there in the DAC, not in the PAA, and is the issuer's where it has one") \
	L(LINT_MATTER_ISSUER,      "matter-issuer",         "Matter 6.2.2",      "a PAA signs itself, it issues PAIs, and a PAI DACs") \
	L(LINT_PROFILE_KIND,       "profile-kind",          "profile",           "CA or not, path length and issuer are as the profile says") \
	L(LINT_PROFILE_KEY,        "profile-key",           "profile",           "the key's algorithm is one of the profile's") \
	L(LINT_PROFILE_NAMES,      "profile-names",         "profile",           "subject and alternative names obey the profile") \
	L(LINT_PROFILE_VALIDITY,   "profile-validity",      "profile",           "the validity is not longer than the profile's") \
	L(LINT_PROFILE_USAGE,      "profile-usage",         "profile",           "keyUsage is the profile's") \
	L(LINT_PROFILE_PURPOSE,    "profile-purpose",       "profile",           "the purposes and their criticality are the profile's") \
	L(LINT_PROFILE_POLICIES,   "profile-policies",      "profile",           "the policies are the profile's") \
	L(LINT_PROFILE_EXTENSION,  "profile-extension",     "profile",           "an extension is there if, and only if, the profile has it")
/* clang-format on */

enum lint_row {
#define L(sym, id, section, words) sym,
	LINT_ROWS(L)
#undef L
	LINT__N
};

#define LINT_MOST	16	/* findings that are kept; more are counted */

struct lint {
	struct {
		enum lint_row	 row;
		char		 what[160];	/* this very case; may be "" */
	}		 at[LINT_MOST];
	size_t		 n;		/* kept */
	size_t		 total;
};

/**
 * ca_lint - judge a certificate.
 *
 * @profile  may be NULL: RFC 5280 alone, for what others issued.
 * @issuer   the CA that will sign, or NULL: it signs itself.
 * @above    the authorities above that, or NULL: none is known.
 * @ret      always set; total is 0 when nothing was found.
 * Errors: ENOMEMORY alone; findings are no error.
 */
NODISCARD int ca_lint(const struct tbs *t, const struct profile *profile,
    const struct issuer *issuer, const struct issuer_path *above,
    struct lint *ret, struct err *err);
/** lint_refuse - 0 when nothing was found, else EDENIED: the first finding
 * with its section, and how many more there are. */
NODISCARD int lint_refuse(const struct lint *l, struct err *err);
/** lint_json - new: [{id, section, text}...], or NULL: no memory. */
json_t *lint_json(const struct lint *l);
const char *lint_id(enum lint_row r);
const char *lint_section(enum lint_row r);
const char *lint_words(enum lint_row r);

#endif
