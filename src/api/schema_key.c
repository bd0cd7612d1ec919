/*
 * schema_key - the bodies that make, register, change and use keys.
 */
#include "api/schema_rows.h"

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

S(key) S(key_adopt) S(key_register) S(key_correct) S(key_change) S(compromise)
S(sign) S(window)
