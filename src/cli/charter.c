/*
 * charter - claviger charter: what the law says, and how it changes.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/explain.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/request.h"
#include "cli/table.h"
#include "policy/charter.h"
#include "policy/diff.h"

static const struct table_row HISTORY[] = {
	{ "SINCE", "time" }, { "CHARTER", "hash" }, { "REQUEST", "request" },
};

/* Also where the charter leaves it to what holds without a word of it. */
static void
lists_print(const json_t *charter)
{
	const json_t *lists = json_object_get(charter, "lists");

	printf("revocation lists last at most %s, of roots %s\n",
	    json_str(lists, "lifetime", LISTS_LIFETIME),
	    json_str(lists, "root-lifetime", LISTS_ROOT_LIFETIME));
}

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;
	char *path = strdup("/v1/charter");
	int rc = path == NULL ? err_set(err, ENOMEMORY, "path") : 0;

	if (rc == 0)
		rc = path_add(&path, "version", in_str(in, "version"), err);
	if (rc == 0 && in_flag(in, "history"))
		rc = path_add(&path, "history", "true", err);
	if (rc == 0)
		rc = cli_get(cli, &j, err, path);
	free(path);
	TRY(rc);
	if (cli_answer(cli, j))
		return 0;
	if (in_flag(in, "history")) {
		table_list(json_object_get(j, "charters"), ROWS(HISTORY));
		return 0;
	}
	printf("charter %s\n", json_str(j, "hash", "?"));
	lists_print(json_object_get(j, "charter"));
	cli_print_json(json_object_get(j, "charter"));
	return 0;
}

static void
check_print(const struct charter *c)
{
	struct sha256 h = charter_hash(c);
	char hex[SHA256_HEX];

	sha256_hex(&h, hex);
	printf("acceptable: charter \"%s\", %s\n", charter_name(c), hex);
}

static int
run_check(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *findings = NULL, *answer = NULL;
	AUTO(charter) *c = NULL;
	struct cli *cli = ctx;
	struct sha256 h;
	int rc = charter_folder_findings(cli, in_arg(in, 0), &c, &findings,
	    err);

	if (rc == -ECHARTER && findings != NULL)
		TRY(json_build(&cli->told, err, "{s:b, s:s, s:O}", "acceptable",
		    0, "code", "charter", "findings", findings));
	TRY(rc);
	if (!cli->json) {
		check_print(c);
		return 0;
	}
	h = charter_hash(c);
	TRY(json_build(&answer, err, "{s:b, s:O}", "acceptable", 1, "findings",
	    findings));
	TRY(json_set_hash(answer, "charter", &h, err));
	cli_print_json(answer);
	return 0;
}

static int
in_force(struct cli *cli, struct charter **ret, struct err *err)
{
	AUTO_JSON *j = NULL;

	TRY(cli_get(cli, &j, err, "/v1/charter"));
	return charter_from_json(json_object_get(j, "charter"), ret, err);
}

static void
print_changes(const json_t *diff)
{
	size_t i;
	json_t *one;

	if (json_array_size(json_object_get(diff, "changes")) == 0)
		puts("Nothing changes.");
	json_array_foreach(json_object_get(diff, "changes"), i, one)
		explain_change(one, stdout);
}

static int
run_diff(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO(charter) *now = NULL, *next = NULL;
	AUTO_JSON *diff = NULL;
	struct cli *cli = ctx;

	TRY(charter_folder(cli, in_arg(in, 0), &next, err));
	TRY(in_force(cli, &now, err));
	TRY(charter_diff(now, next, &diff, err));
	if (!cli_answer(cli, diff))
		print_changes(diff);
	return 0;
}

static int
run_propose(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO(charter) *next = NULL;
	AUTO_JSON *body = NULL, *result = NULL;
	struct cli *cli = ctx;

	TRY(charter_folder(cli, in_arg(in, 0), &next, err));
	TRY(body_reason(cli, &body, err));
	TRY(json_set_new(body, "charter", json_incref((json_t *)(uintptr_t)
	    charter_json(next)), err));
	TRY(ask_unless(cli, "/v1/charter/amendments", body, &result,
	    err));
	if (!cli_answer(cli, result))
		printf("The charter in force is now %s.\n", json_str(result,
		    "charter", "?"));
	return 0;
}

static int
run_explain(void *ctx, const struct invocation *in, struct err *err)
{
	static const char *const plain[] = { "action", "key", "class",
		"principal", "environment", "algorithm", "digest", "product",
		"track" };
	AUTO_JSON *body = json_object(), *j = NULL;
	struct cli *cli = ctx;
	struct client *c;

	for (size_t i = 0; i < NELEM(plain); i++)
		TRY(body_str(cli, body, plain[i], plain[i], err));
	TRY(body_str(cli, body, "version", "artifact-version", err));
	TRY(body_pairs(cli, body, "claims", "claim", err));
	TRY(body_time(cli, body, "at", "at", err));
	TRY(cli_client(cli, &c, err));
	TRY(client_post(c, "/v1/charter/explain", body, &j, err));
	if (cli_answer(cli, j))
		return 0;
	printf("%s\n", json_str(j, "verdict", "?"));
	if (json_str(j, "refused_by_state", NULL) != NULL)
		printf("  but now  refused: %s\n", json_str(j,
		    "refused_by_state", ""));
	explain_print(j, stdout);
	return 0;
}

static const struct table_row CHANGED[] = {
	{ "EVENT", "id" }, { "TIME", "time" }, { "ACTION", "action" },
	{ "WAS", "was.verdict" }, { "BY", "was.rule" },
	{ "WOULD BE", "now.verdict" }, { "BY", "now.rule" },
};

static int
run_simulate(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO(charter) *next = NULL;
	AUTO_JSON *body = NULL, *j = NULL;
	struct cli *cli = ctx;
	struct client *c;

	TRY(charter_folder(cli, in_arg(in, 0), &next, err));
	TRY(cli_client(cli, &c, err));
	TRY(json_build(&body, err, "{s:O, s:I}", "charter", charter_json(next),
	    "days", (json_int_t)in_count(in, "days", 30)));
	TRY(client_post(c, "/v1/charter/simulate", body, &j, err));
	if (cli_answer(cli, j))
		return 0;
	printf("%lld past decisions, %lld would stay as they were.\n",
	    (long long)json_int(j, "decided", 0),
	    (long long)json_int(j, "same", 0));
	if (json_array_size(json_object_get(j, "changed")) > 0)
		table_list(json_object_get(j, "changed"), ROWS(CHANGED));
	return 0;
}

static const struct table_row WHO[] = {
	{ "RULE", "rule" }, { "VERDICT", "verdict" }, { "ACTIONS", "actions" },
	{ "WHO", "principals" }, { "IF", "conditions" },
};

static int
run_who(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/charter/who-can?key=%s",
	    in_arg(in, 0)));
	rc = path_add_time(&path, "as_of", in_str(in, "as-of"), err);
	if (rc == 0)
		rc = cli_get(cli, &j, err, path);
	free(path);
	TRY(date_told(in_str(in, "as-of"), rc, err));
	if (cli_answer(cli, j))
		return 0;
	printf("key %s of class %s, as of %s\n", json_str(j, "key_name", "?"),
	    json_str(j, "class", "?"), json_str(j, "as_of", "?"));
	table_list(json_object_get(j, "rules"), ROWS(WHO));
	return 0;
}

static const struct argument_row FOLDER[] = { ARG_CHARTER };
static const struct argument_row KEY[] = { ARG_KEY };
static const struct option_row SHOW_OPTIONS[] = {
	{ .name = "version", .value = V_HASH, .meta = "HASH", .words = "an earlier charter, by its hash" },
	{ .name = "history", .value = V_FLAG, .words = "list all charters that were in force" },
};
static const struct option_row PROPOSE_OPTIONS[] = { OPT_REASON, OPT_NO_WAIT, OPT_WAIT };
static const struct option_row EXPLAIN_OPTIONS[] = {
	{ .name = "action", .value = V_TEXT, .meta = "ACTION", .otherwise = "key.sign", .words = "what would be done" },
	{ .name = "key", .value = V_TEXT, .meta = "KEY", .words = "with which key" },
	{ .name = "class", .value = V_NAME, .meta = "CLASS", .words = "or in which class" },
	{ .name = "principal", .value = V_NAME, .meta = "PRINCIPAL", .words = "by whom; by you where left out" },
	{ .name = "environment", .value = V_NAME, .meta = "ENVIRONMENT", .words = "of a key to be made" },
	{ .name = "algorithm", .value = V_TEXT, .meta = "ALGORITHM", .words = "of a key to be made" },
	{ .name = "digest", .value = V_TEXT, .meta = "ALGORITHM", .words = "the digest's algorithm" },
	{ .name = "product", .value = V_NAME, .meta = "PRODUCT", .words = "for which product line" },
	{ .name = "artifact-version", .value = V_TEXT, .meta = "VERSION", .words = "of which version" },
	{ .name = "track", .value = V_NAME, .meta = "TRACK", .words = "on which track" },
	{ .name = "claim", .value = V_PAIR, .many = true, .meta = "NAME=VALUE", .words = "what would be asserted" },
	{ .name = "at", .value = V_TIME, .meta = "TIME", .words = "as if asked then" },
};
static const struct option_row SIMULATE_OPTIONS[] = {
	{ .name = "days", .value = V_COUNT, .meta = "N", .otherwise = "30", .min = 1, .max = 3650, .words = "decide again what the last so many days asked" },
};
static const struct option_row WHO_OPTIONS[] = {
	{ .name = "as-of", .value = V_TIME, .meta = "DATE", .words = "under the charter of then; a date is its first moment, UTC" },
};
static const enum err_code READ_ERRORS[] = { EAUTH, EDENIED, ENOENT_, ECHARTER };
static const enum err_code PROPOSE_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, ECHARTER };
static const struct example_row SHOW_EXAMPLES[] = { { "claviger charter show --history", "Which charters were in force, and since when" } };
static const struct example_row CHECK_EXAMPLES[] = { { "claviger charter check ./charter", "Check a folder before it is proposed; needs no service" } };
static const struct example_row DIFF_EXAMPLES[] = { { "claviger charter diff ./charter", "What an amendment would change; ! marks what becomes weaker" } };
static const struct example_row PROPOSE_EXAMPLES[] = {
	{ "claviger charter propose ./charter --reason 'officer-3 joins' --officer-key officer-1.pem", "Ask the officers to amend the charter" } };
static const struct example_row EXPLAIN_EXAMPLES[] = {
	{ "claviger charter explain --action key.sign --key thermostat-fw --principal ci --product thermostat --artifact-version 2.1.0",
	  "Why the CI tool may or may not sign this" } };
static const struct example_row SIMULATE_EXAMPLES[] = { { "claviger charter simulate ./charter --days 90", "Which past uses it would decide otherwise" } };
static const struct example_row WHO_EXAMPLES[] = { { "claviger charter who-can thermostat-fw --as-of 2026-06-01", "Who could use the key when that day began" } };

static const struct command_row COMMANDS[] = {
	{ .noun = "charter", .verb = "show", .summary = "Show the charter in force, or an earlier one",
	  .words = "The canonical document and its hash, by which every approval names it.",
	  ROWS_OPTIONS(SHOW_OPTIONS), ROWS_EXAMPLES(SHOW_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_show },
	{ .noun = "charter", .verb = "check", .summary = "Check a charter's folder",
	  .words = "Reads the folder and reports errors and warnings with file, line and column. Nothing is sent anywhere. Files that "
	    "are none of a charter's are told; README, names that begin with a dot, and *.key.pem may lie there.",
	  ROWS_ARGS(FOLDER), ROWS_EXAMPLES(CHECK_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_check },
	{ .noun = "charter", .verb = "diff", .summary = "Show what a folder would change",
	  .words = "Compares the folder with the charter in force, in sentences.",
	  ROWS_ARGS(FOLDER), ROWS_EXAMPLES(DIFF_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_diff },
	{ .noun = "charter", .verb = "propose", .summary = "Ask to amend the charter",
	  .words = "Proposes the folder as the next charter. It is in force when as many officers have approved as the charter "
	    "in force demands, and the keeper has adopted it.",
	  ROWS_ARGS(FOLDER), ROWS_OPTIONS(PROPOSE_OPTIONS), ROWS_EXAMPLES(PROPOSE_EXAMPLES), ROWS_ERRORS(PROPOSE_ERRORS), .run = run_propose },
	{ .noun = "charter", .verb = "explain", .summary = "Explain what would be decided, and why",
	  .words = "Takes the decision without doing anything: the rule, every fact with where it came from, and what would make it pass. "
	    "Where the key's state refuses what the charter allows, that is said too (--json: refused_by_state).",
	  ROWS_OPTIONS(EXPLAIN_OPTIONS), ROWS_EXAMPLES(EXPLAIN_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_explain },
	{ .noun = "charter", .verb = "simulate", .summary = "Decide the past again under another charter",
	  .words = "Takes the decisions of the past days again under the folder's charter and lists those that would differ.",
	  ROWS_ARGS(FOLDER), ROWS_OPTIONS(SIMULATE_OPTIONS), ROWS_EXAMPLES(SIMULATE_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_simulate },
	{ .noun = "charter", .verb = "who-can", .summary = "Show who can use a key",
	  .words = "Each rule that concerns the key: who may do what, alone or with whose approval, now or at another time. Of one before the house was founded, or still to come, "
	    "nothing can be told (exit 65).",
	  ROWS_ARGS(KEY), ROWS_OPTIONS(WHO_OPTIONS), ROWS_EXAMPLES(WHO_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_who },
};

const struct noun_row noun_charter = { .noun = "charter", .page = "claviger-charter", .section = 1,
	.summary = "read, check, explain and amend the charter", ROWS_COMMANDS(COMMANDS) };
