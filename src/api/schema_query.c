/*
 * schema_query - what may be asked of each list and view.
 */
#include "api/schema_rows.h"

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
	    "whose common name begins so, whatever the case; also CN=..." },
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
	    "true: those of other CAs, by product, key, serial, device and expiry" },
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
	{ "market", WANT_STRING, false, 1, 64, "or only for this market, or seen in it by their newest report" },
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

S(q_page) S(q_keys) S(q_cas) S(q_certificates) S(q_inventory) S(q_within)
S(q_inventory_key) S(q_gaps) S(q_device) S(q_solvency) S(q_artifacts)
S(q_device_list) S(q_batch) S(q_batches) S(q_requests) S(q_notices) S(q_alerts)
S(q_findings) S(q_charter) S(q_who_can) S(q_events) S(q_span) S(q_since)
S(q_evidence)
