/*
 * drill - claviger drill report: a backup was restored on another machine.
 *
 * Floor 7.
 */
#include "base/json.h"
#include "cli/ask.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/request.h"

static int
run_report(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	struct cli *cli = ctx;

	TRY(body_reason(cli, &body, err));
	if (in_str(in, "at") == NULL)
		TRY(json_set_time(body, "drilled", clock_now(), err));
	TRY(body_time(cli, body, "drilled", "at", err));
	TRY(ask(cli, "/v1/drills", body, NULL, &result, err));
	if (!cli_done_told(cli, result))
		printf("The ledger has it: a backup was restored elsewhere at "
		    "%s.\n", json_str(result, "drilled", "?"));
	return 0;
}

static const struct option_row OPTIONS[] = {
	{ .name = "at", .value = V_TIME, .meta = "TIME", .words = "when it was: no time to come, and none before the house was founded; now, where left out" },
	{ .name = "reason", .value = V_TEXT, .meta = "TEXT", .words = "which backup, where, and what was verified, for the officers and the ledger" },
	OPT_NO_WAIT, OPT_WAIT,
};
static const enum err_code ERRORS_[] = { EQUORUM, EDENIED, EREJECTED, ERANGE_ };
static const struct example_row EXAMPLES[] = {
	{ "claviger drill report --at 2026-02-03 --reason 'the backup of 31 January, on host spare: claviger-audit verify, no finding'", "The quarter's drill" },
};
static const struct command_row COMMANDS[] = {
	{ .noun = "drill", .verb = "report", .summary = "Say that a backup was restored elsewhere",
	  .words = "What happens on another machine, this house cannot see: the ledger has who said it and when it was, and status and alerts show it as what it is, asserted. A restore in "
	    "place that the keeper recorded (house.restored) counts by itself; one that lost nothing leaves no event, and is told like a drill.\n\n"
	    "Half a year after the last of these, or after the founding where there was none, the alert \"backup\" says that a backup is to be restored again; it is over once that "
	    "was told. The charter says otherwise in alerts/*.yaml (watch: backup, every: P90D).",
	  ROWS_OPTIONS(OPTIONS), ROWS_EXAMPLES(EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_report },
};
const struct noun_row noun_drill = { .noun = "drill", .page = "claviger-drill", .section = 1,
	.summary = "say that a backup was restored elsewhere", ROWS_COMMANDS(COMMANDS) };
