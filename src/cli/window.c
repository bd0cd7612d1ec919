/*
 * window - claviger window: several signatures approved at once.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/request.h"
#include "cli/table.h"

static const struct table_row LIST[] = {
	{ "WINDOW", "id" }, { "STATE", "state" }, { "USES", "parameters.uses" },
	{ "USED", "used" }, { "FROM", "parameters.from" },
	{ "UNTIL", "parameters.until" },
	{ "BY", "parameters.by" }, { "ANY DIGEST", "parameters.any_digest" },
};

static const struct table_row ONE[] = {
	{ "window", "id" }, { "state", "state" }, { "by", "parameters.by" },
	{ "uses", "parameters.uses" }, { "used", "used" },
	{ "from", "parameters.from" },
	{ "until", "parameters.until" }, { "product", "parameters.product" },
	{ "track", "parameters.track" },
	{ "digests", "parameters.digests" },
	{ "ANY DIGEST", "parameters.any_digest" },
	{ "rule", "rule" }, { "requester", "requester" },
};

static int
run_open(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *result = NULL;
	struct cli *cli = ctx;

	TRY(body_strs(cli, body, "keys", "key", err));
	TRY(body_strs(cli, body, "by", "by", err));
	TRY(json_set_int(body, "uses", in_count(in, "uses", 1), err));
	TRY(body_time(cli, body, "from", "from", err));
	TRY(body_time(cli, body, "until", "until", err));
	TRY(body_strs(cli, body, "digests", "digest", err));
	if (in_flag(in, "any-digest"))
		TRY(json_set_new(body, "any_digest", json_true(), err));
	TRY(body_str(cli, body, "product", "product", err));
	TRY(body_str(cli, body, "track", "track", err));
	TRY(body_str(cli, body, "reason", "reason", err));
	TRY(ask_unless(cli, "/v1/windows", body, &result, err));
	if (!cli_done_told(cli, result))
		table_one(result, ROWS(ONE));
	return 0;
}

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;
	char *path = NULL;
	int rc;

	if (in_arg(in, 0) == NULL) {
		TRY(cli_get(cli, &j, err, "/v1/windows"));
		if (!cli_answer(cli, j))
			table_list(json_object_get(j, "windows"), ROWS(LIST));
		return 0;
	}
	TRY(client_path(&path, err, "/v1/windows/%s", in_arg(in, 0)));
	rc = cli_get(cli, &j, err, path);
	free(path);
	TRY(rc);
	if (!cli_answer(cli, j))
		table_one(j, ROWS(ONE));
	return 0;
}

static int
run_close(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	struct cli *cli = ctx;
	char *path = NULL;
	int rc;

	TRY(body_reason(cli, &body, err));
	TRY(client_path(&path, err, "/v1/windows/%s/close", in_arg(in, 0)));
	rc = ask_unless(cli, path, body, &result, err);
	free(path);
	TRY(rc);
	if (!cli_done_told(cli, result))
		table_one(result, ROWS(ONE));
	return 0;
}

static const struct option_row OPEN_OPTIONS[] = {
	{ .name = "key", .value = V_TEXT, .required = true, .many = true, .meta = "KEY", .words = "a key that may be used" },
	{ .name = "by", .value = V_NAME, .required = true, .many = true, .meta = "PRINCIPAL", .words = "who may use it; on the charter's roster" },
	{ .name = "uses", .value = V_COUNT, .required = true, .meta = "N", .min = 1, .max = 1000000000, .words = "how many signatures in all" },
	{ .name = "from", .value = V_TIME, .meta = "TIME", .words = "from when on; now where left out" },
	{ .name = "until", .value = V_TIME, .required = true, .meta = "TIME", .words = "until when" },
	{ .name = "digest", .value = V_TEXT, .many = true, .meta = "HEX", .words = "only this digest" },
	{ .name = "any-digest", .value = V_FLAG, .words = "a blank cheque, where the charter allows one" },
	{ .name = "product", .value = V_NAME, .meta = "PRODUCT", .words = "only for this product line" },
	{ .name = "track", .value = V_NAME, .meta = "TRACK", .words = "only on this release track" },
	OPT_REASON, OPT_NO_WAIT, OPT_WAIT,
};
static const struct argument_row SHOW_ARGS[] = {
	{ .name = "WINDOW", .value = V_REQUEST, .optional = true, .words = "the window's id; all windows where left out" },
};
static const struct argument_row CLOSE_ARGS[] = {
	{ .name = "WINDOW", .value = V_REQUEST, .words = "the window's id" },
};
static const struct option_row CLOSE_OPTIONS[] = { OPT_REASON, OPT_NO_WAIT, OPT_WAIT };
static const enum err_code ERRORS_[] = { EQUORUM, EDENIED, EREJECTED, ENOKEY, ECONFLICT, ENOENT_ };
static const enum err_code CLOSE_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, ECONFLICT, EEXPIRED, ENOENT_, EKEEPER };
static const struct example_row OPEN_EXAMPLES[] = {
	{ "claviger window open --key thermostat-fw --by ci --uses 5 --until 2026-11-22T06:00:00Z --digest 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 --officer-key officer-1.pem",
	  "Let the CI tool sign one image up to five times tonight" },
};
static const struct example_row SHOW_EXAMPLES[] = { { "claviger window show", "All windows, and what is left of them" } };
static const struct example_row CLOSE_EXAMPLES[] = {
	{ "claviger window close req_01k3m6w0c0h2v7y5t4r3q2p1n0 --reason 'release moved'", "End a window early" },
};

static const struct command_row COMMANDS[] = {
	{ .noun = "window", .verb = "open", .summary = "Ask for leave to sign several times",
	  .words = "A window is a request whose approval permits several signatures: with these keys, by these principals, so "
	    "many, in this time, of these digests. Without digests it is a blank cheque, allowed only where the charter says so.",
	  ROWS_OPTIONS(OPEN_OPTIONS), ROWS_EXAMPLES(OPEN_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_open },
	{ .noun = "window", .verb = "show", .summary = "Show one window, or all",
	  .words = "What the window allows, and how many of its uses are left.",
	  ROWS_ARGS(SHOW_ARGS), ROWS_EXAMPLES(SHOW_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_show },
	{ .noun = "window", .verb = "close", .summary = "Close a window early",
	  .words = "The window has no further use; what was signed stays signed.\n\n"
	    "Closing binds the keeper, and is done when the keeper has acknowledged it: from then on nothing is signed under the "
	    "window, whoever holds its permit. While the keeper is away the window stays open, and the command says so. A window "
	    "that has ended by itself needs no closing.",
	  ROWS_ARGS(CLOSE_ARGS), ROWS_OPTIONS(CLOSE_OPTIONS), ROWS_EXAMPLES(CLOSE_EXAMPLES), ROWS_ERRORS(CLOSE_ERRORS), .run = run_close },
};

const struct noun_row noun_window = { .noun = "window", .page = "claviger-window", .section = 1,
	.summary = "approve several signatures at once", ROWS_COMMANDS(COMMANDS) };
