/*
 * schema - what the bodies of the house, its people and its law look like.
 *
 * Every row says what the member is; the words go into the API document.
 */
#include "api/schema_rows.h"

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
static const struct json_row rows_proof[] = {
	{ "approval", WANT_OBJECT, true, 0, 0,
	    "the signed statement: statement and proof" },
	{ "reason", WANT_STRING, false, 1, TEXT_MAX_, "why" },
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
static const struct json_row rows_drill_report[] = {
	{ "drilled", WANT_STRING, true, 20, 32,
	    "when it was restored, RFC 3339; not in the future" },
	REASON, WAITS,
};
static const struct json_row rows_acknowledgement[] = {
	{ "note", WANT_STRING, false, 1, 500, "what is being done" },
};

const struct schema schema_none = { "none", NULL, 0 };
S(found) S(genesis_signature) S(challenge) S(login) S(credential) S(reason)
S(proof) S(amendment) S(charter) S(question) S(simulate) S(drill_report)
S(acknowledgement)
