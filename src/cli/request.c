/*
 * request - claviger request: what waits, and what became of it.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/fetch.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/parameters.h"
#include "cli/request.h"
#include "cli/signature.h"
#include "cli/table.h"

static const struct table_row LIST[] = {
	{ "REQUEST", "request" }, { "STATE", "state" }, { "ACTION", "action" },
	{ "REQUESTER", "requester" }, { "KEY", "document.parameters.key_name" },
	{ "VERSION", "document.parameters.version" },
	{ "CREATED", "document.created" },
};

/* What the statement says beside the parameters: the document's own members. */
static const struct table_row DOCUMENT[] = {
	{ "request", "document.id" }, { "house", "document.house" },
	{ "state", "state" }, { "reason", "reason" },
	{ "action", "document.action" }, { "requester", "document.requester" },
	{ "created", "document.created" }, { "expires", "document.expires" },
};
static const struct table_row RULE[] = {
	{ "rule", "rule.name" }, { "under charter", "charter" },
};

int
request_get(struct cli *cli, const char *id, json_t **ret, struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/requests/%s", id));
	rc = cli_get(cli, ret, err, path);
	free(path);
	return rc;
}

static void
print_rows(const json_t *view, const struct table_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(table_member(view,
		    rows[i].path));

		if (text != NULL)
			parameters_line(rows[i].title, text);
	}
}

static void
print_given(const json_t *given)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)(uintptr_t)given, i, one)
		parameters_line(json_str(json_object_get(one, "statement"),
		    "verdict", "?"), json_str(json_object_get(one, "proof"),
		    "officer", "?"));
}

void
request_print(const json_t *view)
{
	char line[400];

	print_rows(view, ROWS(DOCUMENT));
	parameters_print(table_member(view, "document.parameters"));
	print_rows(view, ROWS(RULE));
	print_given(json_object_get(view, "given"));
	progress_line(view, line, sizeof(line));
	parameters_line("approvals", line);
}

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "limit", "limit" },
		{ "state", "state" }, { "action", "action" },
		{ "requester", "requester" }, { "cursor", "cursor" } };
	AUTO_JSON *list = NULL;
	struct cli *cli = ctx;

	TRY(fetch_list(cli, "/v1/requests", by, NELEM(by), &list, err));
	page_show(cli, list, "requests", ROWS(LIST));
	return 0;
}

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *view = NULL;
	struct cli *cli = ctx;

	TRY(request_get(cli, in_arg(in, 0), &view, err));
	if (!cli_answer(cli, view))
		request_print(view);
	return 0;
}

static int
run_wait(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *result = NULL;
	struct cli *cli = ctx;

	TRY(ask_wait(cli, in_arg(in, 0), &result, err));
	if (json_str(result, "signature", NULL) != NULL)
		return signature_deliver(cli, result, err);
	if (in_given(in, "output") || in_given(in, "evidence"))
		return err_set(err, EUSAGE, "%s was not about a signature",
		    in_arg(in, 0));
	if (!cli_done_told(cli, result))
		printf("%s: done\n", in_arg(in, 0));
	return 0;
}

static int
run_cancel(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *view = NULL;
	struct cli *cli = ctx;
	struct client *c;
	char *path = NULL;
	int rc;

	TRY(cli_client(cli, &c, err));
	TRY(body_reason(cli, &body, err));
	TRY(client_path(&path, err, "/v1/requests/%s/cancel", in_arg(in, 0)));
	rc = client_post(c, path, body, &view, err);
	free(path);
	TRY(rc);
	if (!cli_done_told(cli, view))
		printf("%s: cancelled\n", in_arg(in, 0));
	return 0;
}

static const struct argument_row REQUEST[] = { ARG_REQUEST };
static const struct option_row LIST_OPTIONS[] = {
	{ .name = "state", .value = V_CHOICE, .meta = "STATE",
	  .choices = "waiting|due|done|rejected|denied|cancelled|expired|superseded", .words = "only requests in this state" },
	{ .name = "action", .value = V_TEXT, .meta = "ACTION", .words = "only requests for this action, such as key.sign" },
	{ .name = "requester", .value = V_NAME, .meta = "PRINCIPAL", .words = "only requests of this principal" },
	OPT_CURSOR,
	OPT_LIMIT,
};
static const struct option_row WAIT_OPTIONS[] = { OPT_WAIT, OPT_SIGNATURE, OPT_EVIDENCE, OPT_FORMAT };
static const struct option_row CANCEL_OPTIONS[] = { OPT_REASON };
static const enum err_code READ_ERRORS[] = { EAUTH, EDENIED, ENOENT_ };
static const enum err_code WAIT_ERRORS[] = { EQUORUM, EREJECTED, EDENIED, EEXPIRED, ECONFLICT, ENOENT_ };
static const enum err_code CANCEL_ERRORS[] = { EDENIED, ECONFLICT, ENOENT_ };
static const struct example_row LIST_EXAMPLES[] = {
	{ "claviger request list --state waiting", "What waits for approval" },
};
static const struct example_row SHOW_EXAMPLES[] = {
	{ "claviger request show req_01k3m6w0c0h2v7y5t4r3q2p1n0", "All that its approvers sign over" },
};
static const struct example_row WAIT_EXAMPLES[] = {
	{ "claviger request wait req_01k3m6w0c0h2v7y5t4r3q2p1n0 -o u-boot.sig", "Wait, and write the signature" },
};
static const struct example_row CANCEL_EXAMPLES[] = {
	{ "claviger request cancel req_01k3m6w0c0h2v7y5t4r3q2p1n0", "Withdraw one's own request" },
};

static const struct command_row COMMANDS[] = {
	{ .noun = "request", .verb = "list", .summary = "List requests, newest first",
	  .words = "Who may not read the house's records sees their own requests only. Where a parameter has more than 20 values, such as a "
	    "page of devices, the list has how many and the SHA-256 of them in \"left_out\"; claviger request show has all.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_EXAMPLES(LIST_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_list },
	{ .noun = "request", .verb = "show", .summary = "Show one request in full",
	  .words = "Everything that its approvers sign over, who has approved, and who may still.",
	  ROWS_ARGS(REQUEST), ROWS_EXAMPLES(SHOW_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_show },
	{ .noun = "request", .verb = "wait", .summary = "Wait for a request and fetch its result",
	  .words = "Holds on until the request is decided; for a signature, writes it as claviger sign does. An Ed25519 key signs the "
	    "content itself, which the service does not keep: once such a request is approved, this exits 75 and says to run "
	    "claviger sign again with the same image.",
	  ROWS_ARGS(REQUEST), ROWS_OPTIONS(WAIT_OPTIONS), ROWS_EXAMPLES(WAIT_EXAMPLES), ROWS_ERRORS(WAIT_ERRORS), .run = run_wait },
	{ .noun = "request", .verb = "cancel", .summary = "Withdraw one's own request",
	  .words = "Ends a request that still waits: for approvals, or, approved for an Ed25519 key, for its content. Only who "
	    "asked can withdraw it; officers reject.",
	  ROWS_ARGS(REQUEST), ROWS_OPTIONS(CANCEL_OPTIONS), ROWS_EXAMPLES(CANCEL_EXAMPLES), ROWS_ERRORS(CANCEL_ERRORS), .run = run_cancel },
};

const struct noun_row noun_request = { .noun = "request", .page = "claviger-request", .section = 1,
	.summary = "look at requests, wait for them, withdraw them", ROWS_COMMANDS(COMMANDS) };
