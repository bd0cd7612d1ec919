/*
 * schema_ca - the bodies of authorities.
 */
#include "api/schema_rows.h"

static const struct json_row rows_publication[] = {
	{ "partition", WANT_INTEGER, false, 0, 4095,
	    "whose list; may be left out where there is one" },
	REASON, WAITS,
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

#define NOT_AFTER \
	{ "not_after", WANT_STRING, false, 20, 32, \
	    "when it ends, earlier than by the profile; RFC 3339" }
#define RESPONDER \
	{ "responder", WANT_STRING, false, 1, NAME_MAX_, \
	    "the key that signs its OCSP answers from now on; that of before where left out" }
static const struct json_row rows_ca_renew[] = { RESPONDER, NOT_AFTER, REASON, WAITS };
static const struct json_row rows_ca_rekey[] = {
	{ "name", WANT_STRING, true, 1, NAME_MAX_, "the successor's name" },
	{ "key", WANT_STRING, true, 1, 64, "the successor's key: name or hash" },
	WHERE, RESPONDER, NOT_AFTER, REASON, WAITS,
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

S(publication) S(ca) S(ca_renew) S(ca_rekey) S(ca_request) S(ca_import)
