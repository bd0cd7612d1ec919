/*
 * oid - the object identifiers that certificates have here, and their names.
 *
 * Floor 2, pure.  Sees base.
 * A row is all there is about one: its name (X.520's and RFC 5280's word, or
 * the word that a profile has for it) and its octets.
 */
#ifndef CA_OID_H
#define CA_OID_H

#include "ca/der.h"

#define OID_OCTETS	64	/* the longest content that is read or made */
#define OID_TEXT	256	/* the longest dotted text, with NUL */

/* clang-format off */
/* Kinds: attributes of names, extensions, purposes, and what else there is. */
#define OIDS(O) \
	/* attributes of names: X.520, RFC 4519, RFC 2985, Matter 6.2.2 */ \
	O(OID_COMMON_NAME,         OID_ATTRIBUTE, "commonName",             "\x55\x04\x03") \
	O(OID_SURNAME,             OID_ATTRIBUTE, "surname",                "\x55\x04\x04") \
	O(OID_SERIAL_NUMBER,       OID_ATTRIBUTE, "serialNumber",           "\x55\x04\x05") \
	O(OID_COUNTRY,             OID_ATTRIBUTE, "countryName",            "\x55\x04\x06") \
	O(OID_LOCALITY,            OID_ATTRIBUTE, "localityName",           "\x55\x04\x07") \
	O(OID_STATE,               OID_ATTRIBUTE, "stateOrProvinceName",    "\x55\x04\x08") \
	O(OID_STREET,              OID_ATTRIBUTE, "streetAddress",          "\x55\x04\x09") \
	O(OID_ORGANIZATION,        OID_ATTRIBUTE, "organizationName",       "\x55\x04\x0a") \
	O(OID_UNIT,                OID_ATTRIBUTE, "organizationalUnitName", "\x55\x04\x0b") \
	O(OID_TITLE,               OID_ATTRIBUTE, "title",                  "\x55\x04\x0c") \
	O(OID_GIVEN_NAME,          OID_ATTRIBUTE, "givenName",              "\x55\x04\x2a") \
	O(OID_DN_QUALIFIER,        OID_ATTRIBUTE, "dnQualifier",            "\x55\x04\x2e") \
	O(OID_PSEUDONYM,           OID_ATTRIBUTE, "pseudonym",              "\x55\x04\x41") \
	O(OID_ORGANIZATION_ID,     OID_ATTRIBUTE, "organizationIdentifier", "\x55\x04\x61") \
	O(OID_DOMAIN_COMPONENT,    OID_ATTRIBUTE, "domainComponent",        "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19") \
	O(OID_USER_ID,             OID_ATTRIBUTE, "userId",                 "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01") \
	O(OID_EMAIL,               OID_ATTRIBUTE, "emailAddress",           "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01") \
	O(OID_MATTER_VID,          OID_ATTRIBUTE, "matterVendorId",         "\x2b\x06\x01\x04\x01\x82\xa2\x7c\x02\x01") \
	O(OID_MATTER_PID,          OID_ATTRIBUTE, "matterProductId",        "\x2b\x06\x01\x04\x01\x82\xa2\x7c\x02\x02") \
	/* certificate, CRL and OCSP extensions: RFC 5280, RFC 6960 */ \
	O(OID_SUBJECT_KEY_ID,      OID_EXTENSION, "subjectKeyIdentifier",   "\x55\x1d\x0e") \
	O(OID_KEY_USAGE,           OID_EXTENSION, "keyUsage",               "\x55\x1d\x0f") \
	O(OID_SUBJECT_ALT_NAME,    OID_EXTENSION, "subjectAltName",         "\x55\x1d\x11") \
	O(OID_BASIC_CONSTRAINTS,   OID_EXTENSION, "basicConstraints",       "\x55\x1d\x13") \
	O(OID_CRL_NUMBER,          OID_EXTENSION, "cRLNumber",              "\x55\x1d\x14") \
	O(OID_REASON_CODE,         OID_EXTENSION, "reasonCode",             "\x55\x1d\x15") \
	O(OID_INVALIDITY_DATE,     OID_EXTENSION, "invalidityDate",         "\x55\x1d\x18") \
	O(OID_DELTA_CRL_INDICATOR, OID_EXTENSION, "deltaCRLIndicator",      "\x55\x1d\x1b") \
	O(OID_ISSUING_POINT,       OID_EXTENSION, "issuingDistributionPoint", "\x55\x1d\x1c") \
	O(OID_NAME_CONSTRAINTS,    OID_EXTENSION, "nameConstraints",        "\x55\x1d\x1e") \
	O(OID_CRL_POINTS,          OID_EXTENSION, "cRLDistributionPoints",  "\x55\x1d\x1f") \
	O(OID_POLICIES,            OID_EXTENSION, "certificatePolicies",    "\x55\x1d\x20") \
	O(OID_AUTHORITY_KEY_ID,    OID_EXTENSION, "authorityKeyIdentifier", "\x55\x1d\x23") \
	O(OID_POLICY_CONSTRAINTS,  OID_EXTENSION, "policyConstraints",      "\x55\x1d\x24") \
	O(OID_EXT_KEY_USAGE,       OID_EXTENSION, "extKeyUsage",            "\x55\x1d\x25") \
	O(OID_FRESHEST_CRL,        OID_EXTENSION, "freshestCRL",            "\x55\x1d\x2e") \
	O(OID_INHIBIT_ANY_POLICY,  OID_EXTENSION, "inhibitAnyPolicy",       "\x55\x1d\x36") \
	O(OID_AUTHORITY_INFO,      OID_EXTENSION, "authorityInfoAccess",    "\x2b\x06\x01\x05\x05\x07\x01\x01") \
	O(OID_OCSP_NO_CHECK,       OID_EXTENSION, "ocspNoCheck",            "\x2b\x06\x01\x05\x05\x07\x30\x01\x05") \
	O(OID_OCSP_NONCE,          OID_EXTENSION, "ocspNonce",              "\x2b\x06\x01\x05\x05\x07\x30\x01\x02") \
	O(OID_OCSP_ARCHIVE_CUTOFF, OID_EXTENSION, "ocspArchiveCutoff",      "\x2b\x06\x01\x05\x05\x07\x30\x01\x06") \
	O(OID_OCSP_EXTENDED_REVOKE, OID_EXTENSION, "ocspExtendedRevoke",    "\x2b\x06\x01\x05\x05\x07\x30\x01\x09") \
	/* purposes of keys */ \
	O(OID_SERVER_AUTH,         OID_PURPOSE,   "server-auth",            "\x2b\x06\x01\x05\x05\x07\x03\x01") \
	O(OID_CLIENT_AUTH,         OID_PURPOSE,   "client-auth",            "\x2b\x06\x01\x05\x05\x07\x03\x02") \
	O(OID_CODE_SIGNING,        OID_PURPOSE,   "code-signing",           "\x2b\x06\x01\x05\x05\x07\x03\x03") \
	O(OID_EMAIL_PROTECTION,    OID_PURPOSE,   "email-protection",       "\x2b\x06\x01\x05\x05\x07\x03\x04") \
	O(OID_TIME_STAMPING,       OID_PURPOSE,   "time-stamping",          "\x2b\x06\x01\x05\x05\x07\x03\x08") \
	O(OID_OCSP_SIGNING,        OID_PURPOSE,   "ocsp-signing",           "\x2b\x06\x01\x05\x05\x07\x03\x09") \
	O(OID_CMC_CA,              OID_PURPOSE,   "cmc-ca",                 "\x2b\x06\x01\x05\x05\x07\x03\x1b") \
	O(OID_CMC_RA,              OID_PURPOSE,   "cmc-ra",                 "\x2b\x06\x01\x05\x05\x07\x03\x1c") \
	O(OID_ANY_PURPOSE,         OID_PURPOSE,   "any",                    "\x55\x1d\x25\x00") \
	/* everything else */ \
	O(OID_ACCESS_OCSP,         OID_OTHER,     "ocsp",                   "\x2b\x06\x01\x05\x05\x07\x30\x01") \
	O(OID_ACCESS_CA_ISSUERS,   OID_OTHER,     "caIssuers",              "\x2b\x06\x01\x05\x05\x07\x30\x02") \
	O(OID_OCSP_BASIC,          OID_OTHER,     "ocspBasic",              "\x2b\x06\x01\x05\x05\x07\x30\x01\x01") \
	O(OID_HARDWARE_MODULE,     OID_OTHER,     "hardwareModuleName",     "\x2b\x06\x01\x05\x05\x07\x08\x04") \
	O(OID_ANY_POLICY,          OID_OTHER,     "anyPolicy",              "\x55\x1d\x20\x00") \
	O(OID_EXTENSION_REQUEST,   OID_OTHER,     "extensionRequest",       "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e") \
	O(OID_CHALLENGE_PASSWORD,  OID_OTHER,     "challengePassword",      "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07") \
	O(OID_PKCS7_DATA,          OID_OTHER,     "pkcs7-data",             "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01") \
	O(OID_PKCS7_SIGNED_DATA,   OID_OTHER,     "pkcs7-signedData",       "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02") \
	O(OID_EC_KEY,              OID_OTHER,     "ecPublicKey",            "\x2a\x86\x48\xce\x3d\x02\x01") \
	O(OID_P256,                OID_OTHER,     "prime256v1",             "\x2a\x86\x48\xce\x3d\x03\x01\x07") \
	O(OID_P384,                OID_OTHER,     "secp384r1",              "\x2b\x81\x04\x00\x22") \
	O(OID_RSA_KEY,             OID_OTHER,     "rsaEncryption",          "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") \
	O(OID_ED25519,             OID_OTHER,     "ed25519",                "\x2b\x65\x70") \
	O(OID_SHA1,                OID_OTHER,     "sha1",                   "\x2b\x0e\x03\x02\x1a") \
	O(OID_SHA256,              OID_OTHER,     "sha256",                 "\x60\x86\x48\x01\x65\x03\x04\x02\x01")
/* clang-format on */

enum oid {
#define O(sym, kind, name, der) sym,
	OIDS(O)
#undef O
	OID__N
};
enum oid_kind { OID_ATTRIBUTE, OID_EXTENSION, OID_PURPOSE, OID_OTHER };

/** oid_der - the content octets; static. */
struct span oid_der(enum oid o);
const char *oid_name(enum oid o);
enum oid_kind oid_kind(enum oid o);
/** oid_is - is this content that identifier? */
bool oid_is(struct span content, enum oid o);
/** oid_find - which one has this content; OID__N: none of ours. */
enum oid oid_find(struct span content);
/** oid_named - which one of this kind has this name; OID__N: none. */
enum oid oid_named(enum oid_kind kind, const char *name);
/** oid_text - dotted: "2.5.4.3". Errors: EINPUT for what is no OID of DER. */
NODISCARD int oid_text(struct span content, char ret[OID_TEXT],
    struct err *err);
/** oid_parse - the content octets of a dotted OID, at most OID_OCTETS of
 * them. Errors: EINPUT. */
NODISCARD int oid_parse(const char *dotted, unsigned char ret[OID_OCTETS],
    size_t *ret_n, struct err *err);
/** oid_put - an OBJECT IDENTIFIER. */
NODISCARD int oid_put(struct der *w, enum oid o);

#endif
