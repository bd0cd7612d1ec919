/*
 * schema_elsewhere - the bodies that tell of what other CAs issued and of what was found.
 */
#include "api/schema_rows.h"

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
	    "der (a certificate's) or n where they are known; of the form missing "
	    "a token's key that is not there, and entry: who says that it is" },
	{ "gone", WANT_STRINGS, true, 0, 100,
	    "ids of findings that are seen no more; those that others told stay" },
	REASON, WAITS,
};
static const struct json_row rows_discovery_dismiss[] = {
	{ "reason", WANT_STRING, true, 1, TEXT_MAX_,
	    "why it is as it should be, for the officers and the ledger" },
	WAITS,
};

S(cert_import_page) S(cert_import_pages) S(cert_import) S(crl_import)
S(q_crl_import) S(discovery_report) S(discovery_dismiss)
