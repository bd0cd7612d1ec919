/*
 * schema_cert - the bodies of certificates that are issued here.
 */
#include "api/schema_rows.h"

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

S(certificate) S(batch_row) S(revocation) S(hold)
