/*
 * device - claviger device: devices, as their factories say, and what runs on
 * them.
 *
 * Floor 7.
 */
#include "cli/fetch.h"
#include "cli/inventory.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/rows.h"
#include "cli/table.h"
#include "policy/device.h"

static const struct table_row LIST[] = {
	{ "SERIAL", "serial" }, { "PRODUCT", "product" }, { "BATCH", "batch" },
	{ "MARKET", "market" }, { "SEEN IN", "firmware.market" },
	{ "MADE", "made_at" },
	{ "INSTALLED", "firmware.installed_at" },
	{ "ENTERED BY", "entered" }, { "KEYS", "keys" },
};

/* ---- entering ---- */

static int
device_read(const struct cli *cli, const json_t *row, json_t **ret,
    struct err *err)
{
	return device_row_read(row, in_str(cli->in, "product"), ret, err);
}

static int
run_import(void *ctx, const struct invocation *in, struct err *err)
{
	static const char *const fields[] = { "serial", "product", "batch",
		"market", "keys", "made_at" };
	static const char *const subject[] = { "serial" };
	static const struct rows_what what = { .action = "device.import",
	    .path = "/v1/devices", .member = "devices", .fields = fields,
	    .fields_n = NELEM(fields), .list = "keys", .subject = subject,
	    .subject_n = NELEM(subject), .read = device_read };

	return rows_send(ctx, &what, err);
}

static int
install_read(const struct cli *cli, const json_t *row, json_t **ret,
    struct err *err)
{
	return install_row_read(row, ret, err);
}

static int
run_report(void *ctx, const struct invocation *in, struct err *err)
{
	static const char *const fields[] = { "serial", "artifact_digest",
		"installed_at", "market" };
	static const char *const subject[] = { "serial", "installed_at",
		"artifact_digest" };
	static const struct rows_what what = { .action = "install.report",
	    .path = "/v1/installs", .member = "installs", .fields = fields,
	    .fields_n = NELEM(fields), .subject = subject,
	    .subject_n = NELEM(subject), .read = install_read };

	return rows_send(ctx, &what, err);
}

/* ---- reading ---- */

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "product", "product" },
		{ "batch", "batch" }, { "market", "market" },
		{ "limit", "limit" }, { "cursor", "cursor" } };
	struct cli *cli = ctx;
	AUTO_JSON *list = NULL;

	TRY(fetch_list(cli, "/v1/devices", by, NELEM(by), &list, err));
	page_show(cli, list, "devices", ROWS(LIST));
	return 0;
}

/* ---- rows ---- */

static const struct argument_row FILE_[] = { ARG_ROWS };
static const struct argument_row DEVICE[] = { ARG_DEVICE };
static const struct option_row IMPORT_OPTIONS[] = {
	OPT_FORMAT, OPT_MAP,
	{ .name = "product", .value = V_NAME, .meta = "PRODUCT", .words = "the product line of rows that name none" },
	OPT_DRY, OPT_ALL, OPT_REASON, OPT_AGAIN, OPT_NO_WAIT, OPT_WAIT,
};
static const struct option_row REPORT_OPTIONS[] = {
	OPT_FORMAT, OPT_MAP, OPT_DRY, OPT_ALL, OPT_REASON, OPT_AGAIN,
	OPT_NO_WAIT, OPT_WAIT,
};
static const struct option_row LIST_OPTIONS[] = {
	{ .name = "product", .value = V_NAME, .meta = "PRODUCT", .words = "only of this product line" },
	{ .name = "batch", .value = V_TEXT, .meta = "BATCH", .words = "or only of this batch" },
	{ .name = "market", .value = V_TEXT, .meta = "MARKET", .words = "or only for this market, or seen in it by their newest report" },
	OPT_CURSOR,
	OPT_LIMIT,
};
static const struct option_row SHOW_OPTIONS[] = { OPT_WITHIN };
static const enum err_code IMPORT_ERRORS[] = { EQUORUM, EDENIED, EINPUT, EUSAGE, ENOENT_, EIO_, EUNREACH };
static const enum err_code READ_ERRORS[] = { EAUTH, EDENIED, ENOENT_, EUNREACH };

static const struct command_row COMMANDS[] = {
	{ .noun = "device", .verb = "import", .summary = "Enter devices in the inventory",
	  .words = "A row each: \"serial\", and what is known of \"product\", \"batch\", \"market\", \"keys\" (names or hashes of those that "
	    "were injected, 16 at most) and \"made_at\" (a time, or a day; not in the future, by a minute, or 14 hours of a day, which begins elsewhere earlier). NDJSON has an object on each line. The first line of CSV (RFC 4180) "
	    "has the columns' titles; other columns than these are passed over, and told; empty fields say nothing, and several keys stand in one field with spaces or semicolons between them. "
	    "A key that is in one device is certified for no other.\n\n"
	    "The same row again changes nothing. Another file's row of the same serial number says anew what it says; what it leaves out stays. "
	    "Within one file a row that says something else of a serial number than an earlier one is bad, however far apart they stand. "
	    "Bad rows are told by line, and the rest goes in, by product line and 500 at a time, each page by the rule of the charter that lets "
	    "\"device.import\" be done.",
	  ROWS_ARGS(FILE_), ROWS_OPTIONS(IMPORT_OPTIONS), ROWS_ERRORS(IMPORT_ERRORS), .run = run_import,
	  .examples = (const struct example_row[]){
		{ "claviger device import today.ndjson --product thermostat", "What a line made today" },
		{ "claviger device import factory.csv --map serial=SN,batch=LOT,made_at=DATE --dry-run", "What a factory's own table would bring" } },
	  .examples_n = 2 },
	{ .noun = "device", .verb = "report", .summary = "Report what runs on devices",
	  .words = "A row each, as an update platform knows it: \"serial\", \"artifact_digest\" (hexadecimal), \"installed_at\" (as made_at of \"claviger device import\"), and \"market\" where "
	    "that is known; NDJSON, or CSV as for \"claviger device import\".\n\n"
	    "Reports may come late and twice: what was installed last is what a device runs, whichever was told first. "
	    "An artifact that nobody signed here is told, and entered all the same; so is a device that nobody knows.",
	  ROWS_ARGS(FILE_), ROWS_OPTIONS(REPORT_OPTIONS), ROWS_ERRORS(IMPORT_ERRORS), .run = run_report,
	  .examples = (const struct example_row[]){ { "claviger device report tonight.ndjson", "What an update brought" } },
	  .examples_n = 1 },
	{ .noun = "device", .verb = "list", .summary = "List devices",
	  .words = "In the order of their serial numbers: those that a factory's rows entered, and those that got a certificate. "
	    "By batch or market those that rows entered; by product line also those of which no row says one, and whose authority's key serves that line alone "
	    "(product_by: issuance). One of these at a time.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_list,
	  .examples = (const struct example_row[]){ { "claviger device list --product thermostat", "Of one product line" } },
	  .examples_n = 1 },
	{ .noun = "device", .verb = "show", .summary = "Show all that is known of a device",
	  .words = "The same as \"claviger inventory device\".",
	  ROWS_ARGS(DEVICE), ROWS_OPTIONS(SHOW_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = inventory_run_device,
	  .examples = (const struct example_row[]){ { "claviger device show T-100042", "One of them" } },
	  .examples_n = 1 },
};

const struct noun_row noun_device = {
	.noun = "device", .page = "claviger-device", .section = 1,
	.summary = "devices, and what is in them", ROWS_COMMANDS(COMMANDS),
};
