/*
 * Every row says what the member is; the words go into the API document.
 */
#include "api/schema.h"

#define NAME_MAX_	64
#define TEXT_MAX_	1000
#define HEX_256		64, 64
#define SPKI_MAX_	4096

/*
 * What every POST that may have to wait takes besides: ask for the request
 * document first, sign it, and hand it in again with the proof.
 */
#define WAITS \
	{ "prepare", WANT_BOOL, false, 0, 0, \
	    "true: answer with the request that would be made, store nothing" }, \
	{ "request", WANT_OBJECT, false, 0, 0, \
	    "id, created, expires and seal of a prepared request" }, \
	{ "requester_proof", WANT_OBJECT, false, 0, 0, \
	    "the requester's signed statement with verdict \"request\"" }

#define REASON \
	{ "reason", WANT_STRING, false, 1, TEXT_MAX_, \
	    "why, for the officers and the ledger" }

static const struct json_row rows_found[] = {
	{ "charter", WANT_OBJECT, true, 0, 0,
	    "the house's first charter, in its canonical form" },
};
static const struct json_row rows_genesis_signature[] = {
	{ "officer", WANT_STRING, true, 1, NAME_MAX_, "who signed" },
	{ "credential", WANT_STRING, true, HEX_256,
	    "hash of the officer key's SPKI" },
	{ "signature", WANT_STRING, true, 1, SPKI_MAX_,
	    "over the canonical genesis, base64" },
};
static const struct json_row rows_challenge[] = {
	{ "officer", WANT_STRING, false, 1, NAME_MAX_, "who wants to log in" },
	{ "credential", WANT_STRING, false, HEX_256,
	    "or the hash of the officer key's SPKI: the roster knows whose it is" },
};
static const struct json_row rows_login[] = {
	{ "officer", WANT_STRING, true, 1, NAME_MAX_, "who logs in" },
	{ "credential", WANT_STRING, true, HEX_256,
	    "hash of the officer key's SPKI" },
	{ "challenge", WANT_STRING, true, 16, 128, "as it was handed out" },
	{ "signature", WANT_STRING, true, 1, SPKI_MAX_,
	    "over the canonical claviger/login/v1 document, base64" },
};
static const struct json_row rows_credential[] = {
	{ "principal", WANT_STRING, true, 1, NAME_MAX_, "whose it will be" },
	{ "type", WANT_STRING, true, 1, 32, "token, tls-client or enrolment" },
	{ "label", WANT_STRING, false, 1, 100, "a note for people" },
	{ "expires", WANT_STRING, false, 20, 32, "when it ends, RFC 3339" },
	{ "lifetime", WANT_STRING, false, 2, 32,
	    "or how long it lasts, ISO 8601 (P90D)" },
	{ "device", WANT_STRING, false, 1, 64,
	    "enrolment: the serial of the one device that it is for" },
	{ "spki", WANT_STRING, false, 1, SPKI_MAX_,
	    "tls-client: the certificate's public key, DER, base64" },
	WAITS,
};
static const struct json_row rows_reason[] = { REASON, WAITS };
static const struct json_row rows_publication[] = {
	{ "partition", WANT_INTEGER, false, 0, 4095,
	    "whose list; may be left out where there is one" },
	REASON, WAITS,
};
#define NEW_KEY \
	{ "name", WANT_STRING, true, 1, NAME_MAX_, "the new key's name" }, \
	{ "class", WANT_STRING, true, 1, NAME_MAX_, "a class of the charter" }, \
	{ "algorithm", WANT_STRING, false, 1, 32, \
	    "one that the class allows; its first where left out" }, \
	{ "scheme", WANT_STRING, false, 1, 32, \
	    "how it will sign, for ever; the algorithm's usual one where left out" }, \
	{ "environment", WANT_STRING, false, 1, NAME_MAX_, \
	    "production where left out" }, \
	{ "products", WANT_STRINGS, false, 0, 64, "the product lines it serves" }
static const struct json_row rows_key[] = { NEW_KEY, WAITS };
static const struct json_row rows_key_adopt[] = {
	NEW_KEY,
	{ "object", WANT_STRING, true, 4, 140,
	    "which one the token has: label:LABEL, or id:CKA_ID in hexadecimal" },
	REASON, WAITS,
};
#define SAID \
	{ "custodian", WANT_STRING, false, 1, 200, "who holds it" }, \
	{ "public_key", WANT_STRING, false, 1, SPKI_MAX_, \
	    "its SubjectPublicKeyInfo, DER, base64" }, \
	{ "products", WANT_STRINGS, false, 0, 64, "the product lines it serves" }, \
	{ "owner", WANT_STRING, false, 1, NAME_MAX_, \
	    "the group of the charter that answers for it" }, \
	{ "recovery", WANT_STRING, false, 1, NAME_MAX_, \
	    "the charter's procedure for when it is lost" }, \
	{ "activated", WANT_STRING, false, 20, 32, \
	    "when it was put to use, RFC 3339" }, \
	{ "ends", WANT_STRING, false, 20, 32, "when its use ends, RFC 3339" }, \
	{ "restored", WANT_STRING, false, 20, 32, \
	    "when it was last proven that it can be restored, RFC 3339" }, \
	{ "note", WANT_STRING, false, 1, TEXT_MAX_, "for people" }
static const struct json_row rows_key_register[] = {
	{ "name", WANT_STRING, true, 1, NAME_MAX_,
	    "its name here, of one space with the keys of the token" },
	{ "class", WANT_STRING, true, 1, NAME_MAX_, "a class of the charter" },
	{ "environment", WANT_STRING, false, 1, NAME_MAX_,
	    "production where left out" },
	{ "at", WANT_STRING, true, 1, 200, "where it lives" },
	SAID, REASON, WAITS,
};
static const struct json_row rows_key_correct[] = {
	{ "at", WANT_STRING, false, 1, 200, "where it lives" },
	SAID,
	{ "unset", WANT_STRINGS, false, 0, 8,
	    "members that are not known after all" },
	REASON, WAITS,
};
static const struct json_row rows_key_change[] = { REASON, WAITS };
static const struct json_row rows_compromise[] = {
	{ "since", WANT_STRING, true, 20, 32,
	    "from when on it cannot be trusted, RFC 3339" },
	REASON, WAITS,
};
static const struct json_row rows_sign[] = {
	{ "digest", WANT_OBJECT, true, 0, 0,
	    "algorithm (sha-256, sha-384) and value (hexadecimal)" },
	{ "product", WANT_STRING, false, 1, NAME_MAX_, "the product line" },
	{ "version", WANT_STRING, false, 1, 64,
	    "the artifact's version: integers with dots" },
	{ "track", WANT_STRING, false, 1, NAME_MAX_,
	    "within which versions increase" },
	{ "claims", WANT_OBJECT, false, 0, 0,
	    "what the caller asserts, by name; shown as asserted" },
	{ "note", WANT_STRING, false, 1, TEXT_MAX_, "for the officers" },
	{ "attempt", WANT_INTEGER, false, 2, 1000,
	    "ask anew after a rejection: the attempt's number" },
	{ "content", WANT_STRING, false, 0, 8 << 20,
	    "the artifact itself for ed25519, base64" },
	{ "window", WANT_STRING, false, 1, 40,
	    "use this window or be refused; a fitting one where left out" },
	WAITS,
};
static const struct json_row rows_proof[] = {
	{ "approval", WANT_OBJECT, true, 0, 0,
	    "the signed statement: statement and proof" },
	{ "reason", WANT_STRING, false, 1, TEXT_MAX_, "why" },
};
static const struct json_row rows_window[] = {
	{ "keys", WANT_STRINGS, true, 1, 64, "names or hashes of keys" },
	{ "by", WANT_STRINGS, true, 1, 64, "the principals who may use it" },
	{ "uses", WANT_INTEGER, true, 1, 1000000000, "how many in all" },
	{ "from", WANT_STRING, false, 20, 32, "RFC 3339; now where left out" },
	{ "until", WANT_STRING, true, 20, 32, "RFC 3339" },
	{ "digests", WANT_STRINGS, false, 1, 10000, "only these, hexadecimal" },
	{ "any_digest", WANT_BOOL, false, 0, 0,
	    "a blank cheque, where the charter allows one" },
	{ "product", WANT_STRING, false, 1, NAME_MAX_, "only for this product" },
	{ "track", WANT_STRING, false, 1, NAME_MAX_, "only on this track" },
	REASON, WAITS,
};
static const struct json_row rows_amendment[] = {
	{ "charter", WANT_OBJECT, true, 0, 0,
	    "the whole new charter, in its canonical form" },
	REASON, WAITS,
};
static const struct json_row rows_charter[] = {
	{ "charter", WANT_OBJECT, true, 0, 0, "the charter to look at" },
};
static const struct json_row rows_question[] = {
	{ "action", WANT_STRING, true, 1, 64, "what would be done: key.sign" },
	{ "key", WANT_STRING, false, 1, 64, "with which key: name or hash" },
	{ "class", WANT_STRING, false, 1, NAME_MAX_, "or in which class" },
	{ "principal", WANT_STRING, false, 1, NAME_MAX_,
	    "by whom; the caller where left out" },
	{ "environment", WANT_STRING, false, 1, NAME_MAX_, "of a key to be made" },
	{ "algorithm", WANT_STRING, false, 1, 32, "of a key to be made" },
	{ "digest", WANT_STRING, false, 1, 32, "the digest's algorithm" },
	{ "product", WANT_STRING, false, 1, NAME_MAX_, "the product line" },
	{ "version", WANT_STRING, false, 1, 64, "the artifact's version" },
	{ "track", WANT_STRING, false, 1, NAME_MAX_, "the version's track" },
	{ "claims", WANT_OBJECT, false, 0, 0, "what the caller would assert" },
	{ "at", WANT_STRING, false, 20, 32, "as if asked then, RFC 3339" },
};
static const struct json_row rows_simulate[] = {
	{ "charter", WANT_OBJECT, true, 0, 0, "the charter to try" },
	{ "days", WANT_INTEGER, false, 1, 3650,
	    "decide again what the last so many days asked; 30" },
};

#define WHERE \
	{ "urls", WANT_OBJECT, false, 0, 4, \
	    "where its CRLs (crl), deltas to them (delta), OCSP answers (ocsp) and certificate (issuer) are; fixed for its life" }
#define URLS WHERE, \
	{ "partitions", WANT_INTEGER, false, 1, 4096, \
	    "CRLs that its certificates are spread over; 1 where left out" }, \
	{ "responder", WANT_STRING, false, 1, NAME_MAX_, \
	    "the key that will sign its OCSP answers" }
static const struct json_row rows_ca[] = {
	{ "name", WANT_STRING, true, 1, NAME_MAX_, "the authority's name here" },
	{ "profile", WANT_STRING, true, 1, NAME_MAX_, "a profile of the charter" },
	{ "key", WANT_STRING, false, 1, 64, "its own key: name or hash" },
	{ "csr", WANT_STRING, false, 1, 32768,
	    "or another system's PKCS #10 request: PEM, or DER in base64" },
	{ "issuer", WANT_STRING, false, 1, NAME_MAX_,
	    "the authority that signs it; a root has none" },
	{ "subject", WANT_ARRAY, false, 0, 32,
	    "[attribute, value] pairs that the profile takes from a request" },
	{ "path_length", WANT_INTEGER, false, 0, 16,
	    "authorities below it, fewer than the profile allows" },
	{ "name_constraints", WANT_OBJECT, false, 1, 2,
	    "permitted and excluded names" },
	{ "not_after", WANT_STRING, false, 20, 32,
	    "when it ends, earlier than by the profile; RFC 3339" },
	URLS, REASON, WAITS,
};
/* No more in one transaction than others can wait for. */
#define PAGES_ASKED(most, words) \
	{ "pages", WANT_ARRAY, true, 1, most, words \
	    "; done in one transaction, or none of it where one is bad, denied " \
	    "or in need of approvals" }
#define CERTIFICATES_ASKED \
	{ "certificates", WANT_STRINGS, true, 1, 100, \
	    "certificates of other CAs, each DER, base64" }, \
	{ "products", WANT_STRINGS, false, 0, 64, \
	    "the product lines they serve" }, \
	{ "owner", WANT_STRING, false, 1, NAME_MAX_, \
	    "the group of the charter that answers for them" }
static const struct json_row rows_cert_import_page[] = {
	CERTIFICATES_ASKED, REASON,
};
static const struct json_row rows_cert_import_pages[] = {
	PAGES_ASKED(100, "a page each: certificates, products, owner, reason, "
	    "as POST /v1/certificates/import has them"),
};
static const struct json_row rows_cert_import[] = {
	CERTIFICATES_ASKED,
	{ "all_or_nothing", WANT_BOOL, false, 0, 0,
	    "true: enter none where one cannot be" },
	{ "dry_run", WANT_BOOL, false, 0, 0,
	    "true: only say what would be entered" },
	REASON, WAITS,
};
static const struct json_row rows_crl_import[] = {
	{ "crl", WANT_STRING, true, 1, 950000,
	    "the list of another CA, whole: DER, base64" },
	{ "dry_run", WANT_BOOL, false, 0, 0,
	    "true: only say what it would revoke" },
	REASON, WAITS,
};
static const struct json_row rows_q_crl_import[] = {
	{ "dry_run", WANT_BOOL, false, 0, 0,
	    "true: only say what it would revoke" },
	REASON,
};
static const struct json_row rows_discovery_report[] = {
	{ "found", WANT_ARRAY, true, 0, 100,
	    "findings: kind, form, place, and encrypted, fingerprint, algorithm, "
	    "der (a certificate's) or n where they are known" },
	{ "gone", WANT_STRINGS, true, 0, 100,
	    "ids of findings that are seen no more; those that others told stay" },
	REASON, WAITS,
};
static const struct json_row rows_discovery_dismiss[] = {
	{ "reason", WANT_STRING, true, 1, TEXT_MAX_,
	    "why it is as it should be, for the officers and the ledger" },
	WAITS,
};
static const struct json_row rows_drill_report[] = {
	{ "drilled", WANT_STRING, true, 20, 32,
	    "when it was restored, RFC 3339; not in the future" },
	REASON, WAITS,
};
#define PAGE_ASKED \
	{ "all_or_nothing", WANT_BOOL, false, 0, 0, \
	    "true: enter none where one cannot be" }, \
	{ "dry_run", WANT_BOOL, false, 0, 0, \
	    "true: only say what would be entered" }
#define DEVICES_ASKED \
	{ "product", WANT_STRING, false, 1, NAME_MAX_, \
	    "the product line of those that name none" }, \
	PAGE_ASKED, REASON
static const struct json_row rows_devices[] = {
	{ "devices", WANT_ARRAY, true, 1, 500,
	    "a row each: serial, product, batch, market, keys (names or hashes"
	    " of those that were injected), made_at; what one leaves out stays"
	    " as it was said before" },
	DEVICES_ASKED, WAITS,
};
static const struct json_row rows_device_import_page[] = {
	{ "devices", WANT_ARRAY, true, 1, 500, "a row each" },
	{ "product", WANT_STRING, false, 1, NAME_MAX_,
	    "the product line of those that name none" },
	REASON,
};
static const struct json_row rows_device_import_pages[] = {
	PAGES_ASKED(32, "a page each: devices, product, reason, as POST "
	    "/v1/devices has them"),
};
static const struct json_row rows_q_devices[] = { DEVICES_ASKED };
static const struct json_row rows_installs[] = {
	{ "installs", WANT_ARRAY, true, 1, 500,
	    "a row each: serial, artifact_digest, installed_at, market" },
	PAGE_ASKED, REASON, WAITS,
};
static const struct json_row rows_install_report_page[] = {
	{ "installs", WANT_ARRAY, true, 1, 500, "a row each" },
	REASON,
};
static const struct json_row rows_install_report_pages[] = {
	PAGES_ASKED(32, "a page each: installs, reason, as POST /v1/installs has "
	    "them"),
};
static const struct json_row rows_q_installs[] = { PAGE_ASKED, REASON };
#define NOT_AFTER \
	{ "not_after", WANT_STRING, false, 20, 32, \
	    "when it ends, earlier than by the profile; RFC 3339" }
static const struct json_row rows_ca_renew[] = { NOT_AFTER, REASON, WAITS };
static const struct json_row rows_ca_rekey[] = {
	{ "name", WANT_STRING, true, 1, NAME_MAX_, "the successor's name" },
	{ "key", WANT_STRING, true, 1, 64, "the successor's key: name or hash" },
	WHERE, NOT_AFTER, REASON, WAITS,
};
static const struct json_row rows_ca_request[] = {
	{ "subject", WANT_ARRAY, true, 1, 32,
	    "[attribute, value] pairs, as it shall be called" },
	REASON, WAITS,
};
static const struct json_row rows_ca_import[] = {
	{ "name", WANT_STRING, true, 1, NAME_MAX_, "the authority's name here" },
	{ "certificate", WANT_STRING, true, 1, 90000,
	    "its certificate, DER, base64" },
	{ "crl", WANT_STRING, false, 1, 933336,
	    "the newest complete CRL of the system before, DER, base64: what is on it stays on lists here, which have higher numbers" },
	{ "crl_number", WANT_STRING, false, 1, 49,
	    "or that list's number alone, decimal" },
	{ "only_list", WANT_BOOL, false, 0, 0,
	    "true: there is no other list, though this one names a distribution point" },
	URLS, REASON, WAITS,
};
#define CERTIFICATE \
	{ "csr", WANT_STRING, true, 1, 32768, \
	    "the PKCS #10 request: PEM, or DER in base64" }, \
	{ "subject", WANT_ARRAY, false, 0, 32, \
	    "[attribute, value] pairs that the profile takes from a request" }, \
	{ "san", WANT_STRINGS, false, 0, 64, \
	    "alternative names that it takes so: dns:, ip:, uri:, email:" }, \
	{ "device", WANT_STRING, false, 1, 64, "the device's serial number" }, \
	{ "not_after", WANT_STRING, false, 20, 32, \
	    "when it ends, earlier than by the profile; RFC 3339" }, \
	{ "note", WANT_STRING, false, 1, TEXT_MAX_, "for the officers" }
static const struct json_row rows_certificate[] = {
	{ "profile", WANT_STRING, true, 1, NAME_MAX_, "a profile of the charter" },
	CERTIFICATE, WAITS,
};
static const struct json_row rows_batch_row[] = {
	CERTIFICATE,
	{ "name", WANT_STRING, false, 1, 200,
	    "what its sender calls the row; comes back with its result" },
};
#define WHICH \
	{ "ids", WANT_STRINGS, false, 0, 1000, "certificates by id" }, \
	{ "serials", WANT_STRINGS, false, 0, 1000, \
	    "or by serial number, hexadecimal" }, \
	{ "filter", WANT_OBJECT, false, 0, 0, \
	    "or by what they have in common: profile, device, device_last," \
	    " key, by, batch, issued_since, issued_before; and expired, true: also" \
	    " those" }, \
	{ "all", WANT_BOOL, false, 0, 0, \
	    "true: all are meant, where the filter says nothing in common" }, \
	{ "dry_run", WANT_BOOL, false, 0, 0, \
	    "true: only say how many devices and octets of CRL it comes to" }
static const struct json_row rows_revocation[] = {
	{ "cause", WANT_STRING, false, 1, 32,
	    "key-compromise, superseded ...: RFC 5280, 5.3.1" },
	{ "invalid_since", WANT_STRING, false, 20, 32,
	    "from when on they were not to be believed, RFC 3339" },
	WHICH, REASON, WAITS,
};
static const struct json_row rows_hold[] = { WHICH, REASON, WAITS };

#define PAGE \
	{ "limit", WANT_INTEGER, false, 1, 1000, "most entries in one answer; 100" }, \
	{ "cursor", WANT_STRING, false, 1, 256, "\"next\" of the answer before" }

static const struct json_row rows_q_page[] = { PAGE };
static const struct json_row rows_q_keys[] = {
	{ "class", WANT_STRING, false, 1, NAME_MAX_, "only of this class" },
	{ "state", WANT_STRING, false, 1, 32, "only in this state" },
	{ "product", WANT_STRING, false, 1, NAME_MAX_, "only of this product line" },
	{ "environment", WANT_STRING, false, 1, NAME_MAX_, "only of this environment" },
	{ "elsewhere", WANT_BOOL, false, 0, 0, "true: those that live elsewhere" },
	PAGE,
};
static const struct json_row rows_q_cas[] = {
	{ "state", WANT_STRING, false, 1, 32, "active or retired" },
	PAGE,
};
static const struct json_row rows_q_certificates[] = {
	{ "subject", WANT_STRING, false, 1, 200,
	    "whose common name begins so, whatever the case" },
	{ "san", WANT_STRING, false, 1, 1000, "with this alternative name" },
	{ "serial", WANT_STRING, false, 1, 64,
	    "with this serial number, hexadecimal in any spelling" },
	{ "fingerprint", WANT_STRING, false, 64, 97,
	    "with this SHA-256, in any spelling" },
	{ "device", WANT_STRING, false, 1, 128, "of this device" },
	{ "ca", WANT_STRING, false, 1, NAME_MAX_, "only of this authority" },
	{ "profile", WANT_STRING, false, 1, NAME_MAX_, "only of this profile" },
	{ "batch", WANT_STRING, false, 1, 40, "only of this batch" },
	{ "status", WANT_STRING, false, 1, 32, "good, revoked or held" },
	{ "expires_after", WANT_STRING, false, 20, 32,
	    "only what ends then or later, RFC 3339; the soonest first" },
	{ "expires_before", WANT_STRING, false, 20, 32,
	    "only what ends before, RFC 3339; the soonest first" },
	{ "elsewhere", WANT_BOOL, false, 0, 0,
	    "true: those of other CAs, by product, key, serial and expiry" },
	{ "product", WANT_STRING, false, 1, NAME_MAX_,
	    "elsewhere: only of this product line" },
	{ "key", WANT_STRING, false, HEX_256,
	    "elsewhere: only with this public key, by its SHA-256" },
	PAGE,
};
#define WITHIN \
	{ "within", WANT_STRING, false, 2, 32, \
	    "mark what ends within this time, ISO 8601 (P90D); P1Y" }
#define AS_OF \
	{ "as_of", WANT_STRING, false, 20, 32, \
	    "as the house was then, RFC 3339: by replay of its ledger, which takes its time" }
static const struct json_row rows_q_inventory[] = {
	WITHIN,
	AS_OF,
	{ "limit", WANT_INTEGER, false, 1, 1000, "most keys in one answer; 100" },
	{ "cursor", WANT_STRING, false, 1, 256,
	    "\"next\" of the answer before; or \"next_certificate\", for certificates of other CAs alone" },
};
static const struct json_row rows_q_within[] = { WITHIN };
static const struct json_row rows_q_inventory_key[] = {
	WITHIN,
	AS_OF,
	{ "cursor", WANT_STRING, false, 1, 256,
	    "\"next_certificate\", \"next_copy\" or \"next_device\" of the answer before: those behind that alone" },
};
static const struct json_row rows_q_gaps[] = { AS_OF, PAGE };
static const struct json_row rows_q_device[] = {
	{ "device", WANT_STRING, true, 1, 128, "its serial number" },
	WITHIN,
	AS_OF,
};
static const struct json_row rows_q_solvency[] = {
	AS_OF,
	{ "product", WANT_STRING, false, 1, NAME_MAX_, "only of this product line" },
	{ "limit", WANT_INTEGER, false, 1, 100, "most product lines in one answer; 100" },
	{ "cursor", WANT_STRING, false, 1, NAME_MAX_, "\"next\" of the answer before" },
};
static const struct json_row rows_q_artifacts[] = {
	{ "product", WANT_STRING, false, 1, NAME_MAX_, "only of this product line" },
	{ "version", WANT_STRING, false, 1, 128, "only of this version" },
	{ "key", WANT_STRING, false, 1, 64, "only by this key: name or hash" },
	PAGE,
};
static const struct json_row rows_q_device_list[] = {
	{ "product", WANT_STRING, false, 1, NAME_MAX_, "only of this product line" },
	{ "batch", WANT_STRING, false, 1, 64, "or only of this batch, as its factory calls it" },
	{ "market", WANT_STRING, false, 1, 64, "or only for this market" },
	PAGE,
};
static const struct json_row rows_q_batch[] = {
	{ "profile", WANT_STRING, true, 1, NAME_MAX_, "a profile of the charter" },
};
static const struct json_row rows_q_batches[] = {
	{ "ca", WANT_STRING, false, 1, NAME_MAX_, "only of this authority" },
	{ "requester", WANT_STRING, false, 1, NAME_MAX_, "only of this principal" },
	PAGE,
};
static const struct json_row rows_q_requests[] = {
	{ "state", WANT_STRING, false, 1, 32, "only in this state" },
	{ "action", WANT_STRING, false, 1, 64, "only of this action" },
	{ "requester", WANT_STRING, false, 1, NAME_MAX_, "only of this principal" },
	PAGE,
};
static const struct json_row rows_q_notices[] = {
	{ "state", WANT_STRING, false, 1, 32, "queued, sent, failed or overtaken" },
	{ "person", WANT_STRING, false, 1, NAME_MAX_, "only to this principal" },
	PAGE,
};
static const struct json_row rows_q_alerts[] = {
	{ "state", WANT_STRING, false, 1, 32, "open, acknowledged or over; left out: all that are not over" },
	{ "watch", WANT_STRING, false, 1, 32, "only what is watched under this name" },
	PAGE,
};
static const struct json_row rows_q_findings[] = {
	{ "state", WANT_STRING, false, 1, 32, "open, taken, dismissed, absent or gone; left out: all that are not gone" },
	{ "kind", WANT_STRING, false, 1, 32, "only of this kind" },
	{ "under", WANT_STRING, false, 1, 1024, "only at this place, and below it" },
	PAGE,
};
static const struct json_row rows_acknowledgement[] = {
	{ "note", WANT_STRING, false, 1, 500, "what is being done" },
};
static const struct json_row rows_q_charter[] = {
	{ "version", WANT_STRING, false, HEX_256, "an earlier one, by its hash" },
	{ "history", WANT_BOOL, false, 0, 0, "true: list all versions" },
};
static const struct json_row rows_q_who_can[] = {
	{ "key", WANT_STRING, true, 1, 64, "name or hash" },
	{ "as_of", WANT_STRING, false, 20, 32, "under the charter of then, RFC 3339" },
};
static const struct json_row rows_q_events[] = {
	{ "since", WANT_INTEGER, false, 0, 0, "from this sequence number on" },
	{ "kind", WANT_STRING, false, 1, 64, "only of this kind" },
	{ "subject", WANT_STRING, false, 1, 64, "only about this" },
	{ "limit", WANT_INTEGER, false, 1, 1000, "most entries in one answer; 100" },
};
static const struct json_row rows_q_span[] = {
	{ "from", WANT_INTEGER, true, 0, 0, "the smaller tree's size" },
	{ "to", WANT_INTEGER, true, 0, 0, "the larger tree's size" },
};
static const struct json_row rows_q_since[] = {
	{ "since", WANT_INTEGER, false, 0, 0, "leave out the first so many events" },
};
static const struct json_row rows_q_evidence[] = {
	{ "digest", WANT_STRING, false, 64, 128,
	    "of a window: which of its signatures; its first where left out" },
};

const struct schema schema_none = { "none", NULL, 0 };
#define S(name) const struct schema schema_##name = \
	{ #name, rows_##name, NELEM(rows_##name) };
S(found) S(genesis_signature) S(challenge) S(login)
S(q_crl_import) S(cert_import_page) S(cert_import_pages) S(device_import_page) S(device_import_pages) S(install_report_page) S(install_report_pages)
S(credential) S(reason) S(publication) S(key) S(key_adopt) S(key_register) S(key_correct) S(cert_import) S(crl_import) S(discovery_report) S(discovery_dismiss) S(drill_report) S(key_change) S(compromise)
S(sign)
S(proof) S(window) S(amendment) S(charter) S(question) S(simulate)
S(q_page) S(q_keys) S(q_requests) S(q_notices) S(q_alerts) S(q_findings) S(acknowledgement) S(q_charter) S(q_who_can)
S(ca) S(ca_request) S(ca_renew) S(ca_rekey) S(ca_import) S(certificate) S(revocation) S(hold)
S(q_cas) S(q_certificates) S(batch_row) S(q_batch) S(q_batches) S(q_inventory) S(q_within) S(q_inventory_key) S(q_gaps) S(q_device) S(q_artifacts) S(devices) S(q_devices) S(q_device_list) S(installs) S(q_installs) S(q_solvency)
S(q_events) S(q_span) S(q_since) S(q_evidence)
#undef S
