/*
 * notice - claviger notice: whom the house has told of what.
 *
 * Floor 7.
 */
#include "cli/fetch.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/table.h"

static const struct table_row LIST[] = {
	{ "CREATED", "created" }, { "PERSON", "person" },
	{ "OCCASION", "occasion" }, { "REQUEST", "request" },
	{ "ALERT", "alert" },
	{ "BY", "channel" }, { "STATE", "state" }, { "TRIES", "tries" },
	{ "NEXT TRY", "due" }, { "WHY NOT", "why" },
};

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "limit", "limit" },
		{ "state", "state" }, { "person", "person" },
		{ "cursor", "cursor" } };
	AUTO_JSON *list = NULL;
	struct cli *cli = ctx;

	TRY(fetch_list(cli, "/v1/notices", by, NELEM(by), &list, err));
	page_show(cli, list, "notices", ROWS(LIST));
	return 0;
}

int
notice_test(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *answer = NULL;
	struct cli *cli = ctx;
	struct client *c;

	TRY(cli_client(cli, &c, err));
	TRY(client_post(c, "/v1/notices/test", body, &answer, err));
	if (!cli_answer(cli, answer))
		printf("A test for %s is on its way; claviger notice list tells "
		    "whether it was taken.\n", json_str(answer, "person", "?"));
	if (json_flag(answer, "unsigned", false))
		cli_note(cli, "Your web hook has no secret: whoever knows its URL "
		    "can send what looks like the house's (contacts, secret).");
	return 0;
}

/* ---- rows ---- */

static const struct option_row LIST_OPTIONS[] = {
	{ .name = "state", .value = V_NAME, .meta = "STATE", .words = "queued, sent, failed, or overtaken by the request's end" },
	{ .name = "person", .value = V_NAME, .meta = "PRINCIPAL", .words = "only to this person or tool" },
	OPT_CURSOR,
	OPT_LIMIT,
};
static const enum err_code LIST_ERRORS[] = { EAUTH, EDENIED, EUNREACH };
static const enum err_code TEST_ERRORS[] = { EAUTH, ENOENT_, ECONFLICT, EUNREACH };

static const struct command_row COMMANDS[] = {
	{ .noun = "notice", .verb = "list", .summary = "List what people were told",
	  .words = "The newest first. Whoever may approve a request is told when it is opened, and again when half of its time is over; its "
	    "requester is told what became of it. By mail, a web hook, syslog or all of them, as the service's notify.contacts says. What was not taken is "
	    "tried again, later each time, for three days.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(LIST_ERRORS), .run = run_list,
	  .examples = (const struct example_row[]){
		{ "claviger notice list --state queued", "What is still on its way, and why" } },
	  .examples_n = 1 },
	{ .noun = "notice", .verb = "test", .summary = "Have a test sent to yourself",
	  .words = "By every way that the service knows of you. A web hook that has no secret, so that its messages are not signed, is told.",
	  ROWS_ERRORS(TEST_ERRORS), .run = notice_test,
	  .examples = (const struct example_row[]){
		{ "claviger notice test --officer-key officer-1.pem", "See whether requests would find you" } },
	  .examples_n = 1 },
};

const struct noun_row noun_notice = {
	.noun = "notice", .page = "claviger-notice", .section = 1,
	.summary = "what the house tells people", ROWS_COMMANDS(COMMANDS),
};
