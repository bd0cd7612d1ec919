/*
 * schema_device - the bodies that tell of devices and of what runs on them.
 */
#include "api/schema_rows.h"

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
	    " of those that were injected), made_at (not in the future: 60 s ahead"
	    " of the clock at most, of a day 14 h); what one leaves out stays"
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
	    "a row each: serial, artifact_digest, installed_at (as made_at of"
	    " /v1/devices), market" },
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

S(devices) S(device_import_page) S(device_import_pages) S(q_devices) S(installs)
S(install_report_page) S(install_report_pages) S(q_installs)
