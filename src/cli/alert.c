/*
 * alert - claviger alert: what runs out, or is not as it should be.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include "cli/fetch.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/subject.h"
#include "cli/table.h"
#include "policy/watch.h"

static const struct table_row LIST[] = {
	{ "ENDS", "ends" }, { "WATCH", "watch" }, { "NAME", "name" },
	{ "STATE", "state" }, { "RAISED", "raised" }, { "ALERT", "id" },
};

static const struct table_row ONE[] = {
	{ "alert", "id" }, { "watch", "watch" }, { "name", "name" },
	{ "what", "what" }, { "ends", "ends" }, { "to do", "remedy" },
	{ "state", "state" }, { "acknowledged by", "acknowledged_by" },
	{ "at", "acknowledged" }, { "note", "note" },
	{ "class", "about.class" }, { "products", "about.products" },
	{ "who is told", "told_groups" }, { "by the charter's", "rule" },
	{ "raised", "raised" }, { "news", "changed" }, { "told", "told" },
	{ "handed on", "escalated" }, { "over", "over" },
};

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "limit", "limit" },
		{ "state", "state" }, { "watch", "watch" },
		{ "cursor", "cursor" } };
	AUTO_JSON *list = NULL;
	struct cli *cli = ctx;

	TRY(fetch_list(cli, "/v1/alerts", by, NELEM(by), &list, err));
	page_show(cli, list, "alerts", ROWS(LIST));
	return 0;
}

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;

	TRY(fetch_one(cli, "/v1/alerts/%s", in_arg(in, 0), &j, err));
	if (!cli_answer(cli, j))
		table_one(j, ROWS(ONE));
	return 0;
}

static int
run_ack(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *j = NULL;
	struct cli *cli = ctx;
	struct client *c;
	char *path;
	int rc;

	TRY(body_str(cli, body, "note", "note", err));
	TRY(cli_client(cli, &c, err));
	TRY(client_path(&path, err, "/v1/alerts/%s/acknowledge", in_arg(in, 0)));
	rc = client_post(c, path, body, &j, err);
	free(path);
	TRY(rc);
	if (!cli_done_told(cli, j))
		printf("You see to it: nobody is told of it again, unless it comes "
		    "nearer to an end.\n");
	return 0;
}

/* To a file whole or not at all: a calendar may be reading it. */
static int
run_calendar(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO(blob) *text = blob_new();
	struct cli *cli = ctx;
	struct client *c;
	char *path;
	int rc;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a calendar");
	TRY(cli_client(cli, &c, err));
	TRY(client_path(&path, err, "/v1/calendar?within=%s", in_str(in,
	    "within")));
	rc = client_text(c, path, text, err);
	free(path);
	TRY(rc);
	return export_deliver(cli, text, err);
}

/* ---- rows ---- */

#define ARG_ALERT { .name = "ALERT", .value = V_TEXT, .words = "the alert's id" }

/* What is watched, as a sentence. */
#define W(sym, name, ends, of_class, words, remedy) name ": " words ". "
#define WATCHED	WATCHES(W)

static const struct option_row LIST_OPTIONS[] = {
	{ .name = "state", .value = V_NAME, .meta = "STATE", .words = "open, acknowledged, or over; all that are not over where it is left out" },
	{ .name = "watch", .value = V_NAME, .meta = "WATCH", .words = "only what is watched under this name" },
	OPT_CURSOR,
	OPT_LIMIT,
};
static const struct option_row ACK_OPTIONS[] = {
	{ .name = "note", .value = V_TEXT, .meta = "TEXT", .words = "what is being done, for others who look at it" },
};
static const struct option_row CALENDAR_OPTIONS[] = {
	{ .name = "within", .value = V_DURATION, .meta = "DURATION", .otherwise = "P1Y", .words = "what ends within this time" },
	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FILE", .words = "to this file, written whole; standard output where it is left out" },
};
static const struct argument_row ALERT_ARGS[] = { ARG_ALERT };
static const enum err_code LIST_ERRORS[] = { EAUTH, EDENIED, EUNREACH };
static const enum err_code SHOW_ERRORS[] = { EAUTH, EDENIED, ENOENT_, EUNREACH };
static const enum err_code ACK_ERRORS[] = { EAUTH, EDENIED, ENOENT_, ECONFLICT, EUNREACH };
static const enum err_code TEST_ERRORS[] = { EAUTH, ENOENT_, ECONFLICT, EUNREACH };

static const struct command_row COMMANDS[] = {
	{ .noun = "alert", .verb = "list", .summary = "List what runs out, or is not as it should be",
	  .words = "What has no end that is known beforehand first, then what ends soonest. An alert is raised when a threshold of the charter's "
	    "alerts is reached (without any: 90, 30, 7 days and one day before the end; of request and window one day, four hours, one hour and 15 minutes), told by mail, web hook or syslog as the service's notify.contacts says, told "
	    "again while nobody acknowledges it, and over when its cause is gone. What is watched: " WATCHED,
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(LIST_ERRORS), .run = run_list,
	  .examples = (const struct example_row[]){
		{ "claviger alert list", "What is to be done, the most urgent first" },
		{ "claviger alert list --watch authority --json", "Authorities whose certificates end" } },
	  .examples_n = 2 },
	{ .noun = "alert", .verb = "show", .summary = "Show one alert",
	  .words = "What it is, what is to be done about it, and who hears of it by which rule of the charter.",
	  ROWS_ARGS(ALERT_ARGS), ROWS_ERRORS(SHOW_ERRORS), .run = run_show,
	  .examples = (const struct example_row[]){
		{ "claviger alert show alr_01m7xvyy4462zbt2wj5gb22r41", "What to do about it" } },
	  .examples_n = 1 },
	{ .noun = "alert", .verb = "ack", .summary = "Say that you see to it",
	  .words = "Then nobody is told of it again and it is handed on to nobody, until a nearer threshold is reached. Only who is told of it, or "
	    "whom it would be handed on to, can.",
	  ROWS_ARGS(ALERT_ARGS), ROWS_OPTIONS(ACK_OPTIONS), ROWS_ERRORS(ACK_ERRORS), .run = run_ack,
	  .examples = (const struct example_row[]){
		{ "claviger alert ack alr_01m7xvyy4462zbt2wj5gb22r41 --note \"renewal is planned for Monday\"", "Take it on" } },
	  .examples_n = 1 },
	{ .noun = "alert", .verb = "calendar", .summary = "Write a calendar of all that ends",
	  .words = "iCalendar (RFC 5545): keys, authorities and the last days on which they can issue, certificates, credentials, requests that wait, windows, and the service's own "
	    "certificate, whether or not there is an alert. Its entries keep their identity, so a calendar that reads it again moves them.\n\n"
	    "A calendar program can subscribe to the service's /v1/calendar: its user is a principal's id, its password a token of theirs.",
	  ROWS_OPTIONS(CALENDAR_OPTIONS), ROWS_ERRORS(LIST_ERRORS), .run = run_calendar,
	  .examples = (const struct example_row[]){
		{ "claviger alert calendar --within P2Y -o claviger.ics", "For a calendar program" } },
	  .examples_n = 1 },
	{ .noun = "alert", .verb = "test", .summary = "Have a test sent to yourself",
	  .words = "By every way that the service knows of you: alerts would find you as it does.",
	  ROWS_ERRORS(TEST_ERRORS), .run = notice_test,
	  .examples = (const struct example_row[]){
		{ "claviger alert test --officer-key officer-1.pem", "See whether alerts would find you" } },
	  .examples_n = 1 },
};

const struct noun_row noun_alert = {
	.noun = "alert", .page = "claviger-alert", .section = 1,
	.summary = "what runs out, or is not as it should be", ROWS_COMMANDS(COMMANDS),
};
