/*
 * status - claviger status, login, whoami, principal list: how things stand
 * and who one is.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "cli/login.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/table.h"

static const struct table_row STATUS[] = {
	{ "house", "house" }, { "state", "state" }, { "why", "why" },
	{ "fingerprint", "fingerprint" }, { "time", "time" },
	{ "charter", "charter" },
	{ "genesis unsigned by", "genesis_unsigned_by" },
	{ "keeper answers", "keeper.ready" },
	{ "keeper as of", "keeper.as_of" },
	{ "keeper", "keeper.state" }, { "separated", "keeper.separated" },
	{ "token", "keeper.token.label" },
	{ "token present", "keeper.token.present" },
	{ "journal entries", "keeper.journal.n" },
	{ "ledger events", "counts.events" },
	{ "checkpoint at", "checkpoint_size" },
	{ "revocation lists", "revocation.lists" },
	{ "the first ends", "revocation.next_update" },
	{ "open alerts", "alerts.open" },
	{ "acknowledged alerts", "alerts.acknowledged" },
	{ "looked for at", "alerts.looked" },
	{ "not as a whole", "alerts.not_whole" },
	{ "notices queued", "notices.queued" },
	{ "tried in vain", "notices.failing" }, { "because", "notices.why" },
	{ "never delivered", "notices.failed" },
	{ "nobody tells", "notices.unreachable" },
	{ "hooks unsigned", "notices.unsigned" },
	{ "contacts refused", "notices.contacts_refused" },
	{ "backup restored", "backup.shown" }, { "as", "backup.by" },
	{ "restore told by", "backup.principal" },
	{ "next restore by", "backup.due" },
	{ "restore overdue", "backup.overdue" },
	{ "warning", "unheard" },
	{ "warning", "revocation.warning" }, { "warning", "warning" },
};

static void
print_counts(const json_t *counts)
{
	const char *what, *state;
	json_t *by, *n;

	json_object_foreach((json_t *)(uintptr_t)counts, what, by) {
		if (!json_is_object(by) || json_object_size(by) == 0)
			continue;
		printf("%s: ", what);
		json_object_foreach(by, state, n)
			printf(" %s %lld", state,
			    (long long)json_integer_value(n));
		putchar('\n');
	}
}

static const struct table_row STRAYS[] = {
	{ "STRAY", "label" }, { "ID", "id" }, { "PRIVATE", "private" },
	{ "PUBLIC", "public" },
};

void
strays_print(struct cli *cli, const json_t *strays)
{
	if (json_array_size(strays) == 0)
		return;
	table_list(strays, ROWS(STRAYS));
	cli_note(cli, "The token holds %zu objects that are no keys of the "
	    "house: what a crash left, or others' keys.",
	    json_array_size(strays));
}

/* Else what it said before it went would be read as how it stands. */
static void
silence_note(const struct cli *cli, const json_t *status)
{
	const json_t *keeper = json_object_get(status, "keeper");

	if (keeper != NULL && !json_flag(keeper, "ready", true))
		cli_note(cli, "The keeper does not answer: what is shown of "
		    "it and of its token is what it said last.");
}

static int
run_status(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;

	TRY(cli_get(cli, &j, err, "/v1/status"));
	if (cli_answer(cli, j))
		return 0;
	table_one(j, ROWS(STATUS));
	print_counts(json_object_get(j, "counts"));
	strays_print(cli, json_object_get(json_object_get(j, "keeper"),
	    "strays"));
	silence_note(cli, j);
	if (json_array_size(json_object_get(j, "genesis_unsigned_by")) > 0)
		cli_note(cli, "Who has not signed the genesis yet: compare its "
		    "fingerprint, then \"claviger genesis sign --officer-key "
		    "KEY\".");
	return 0;
}

static int
run_login(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *session = NULL;
	struct cli *cli = ctx;
	const char *token, *file = cli_output(ctx);

	TRY(login_session(cli, &session, err));
	TRY(json_need_str(session, "token", &token, err));
	if (file != NULL)
		TRY(io_write_file(file, 0600, token, strlen(token), err));
	if (cli_answer(cli, session))
		return 0;
	cli_note(cli, "Logged in as %s until %s.", json_str(session, "officer",
	    "?"), json_str(session, "expires", "?"));
	if (file == NULL)
		puts(token);
	return 0;
}

static const struct table_row WHO[] = {
	{ "you are", "id" }, { "a", "kind" }, { "of party", "party" },
	{ "proven by", "by" },
};

static int
run_whoami(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;

	TRY(cli_get(cli, &j, err, "/v1/whoami"));
	if (!cli_answer(cli, j))
		table_one(j, ROWS(WHO));
	return 0;
}

static const struct table_row PRINCIPALS[] = {
	{ "ID", "id" }, { "KIND", "kind" }, { "PARTY", "party" },
	{ "GROUPS", "groups" }, { "OWNERS", "owners" },
};

static int
run_principals(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/principals?limit=%s",
	    in_str(in, "limit")));
	rc = cli_get(cli, &j, err, path);
	free(path);
	TRY(rc);
	if (!cli_answer(cli, j))
		table_list(json_object_get(j, "principals"), ROWS(PRINCIPALS));
	return 0;
}

static const enum err_code READ_ERRORS[] = { EAUTH, EUNREACH };
static const struct example_row STATUS_EXAMPLES[] = {
	{ "claviger status", "How the house stands" },
};
static const struct option_row LOGIN_OPTIONS[] = {
	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FILE", .words = "write the session's token there instead" },
};
static const struct example_row LOGIN_EXAMPLES[] = {
	{ "claviger login --officer-key officer-1.pem -o session", "A session of 15 minutes; use it with --token-file session" },
};
static const struct example_row WHO_EXAMPLES[] = {
	{ "claviger whoami", "Who the service takes you for" },
};
static const struct option_row LIST_OPTIONS[] = { OPT_LIMIT };
static const struct example_row PRINCIPAL_EXAMPLES[] = {
	{ "claviger principal list", "Persons and tools of the roster, with their groups" },
};

static const struct command_row STATUS_ROWS[] = {
	{ .noun = "status", .summary = "Show how the house stands",
	  .words = "The house, its state, keeper and token (whether the keeper answers, and of when that is which is shown of it), how many keys and requests there are in each state, which "
	    "officers have not signed the genesis, whether anybody hears of alerts and requests, when a backup was restored last, and what is not held in this installation. Strangers see less than members.",
	  ROWS_EXAMPLES(STATUS_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_status },
};
static const struct command_row LOGIN_ROWS[] = {
	{ .noun = "login", .summary = "Log in with an officer key",
	  .words = "Signs a challenge with the officer key and prints the token of a short session. Other commands log in by "
	    "themselves when they are given --officer-key.",
	  ROWS_OPTIONS(LOGIN_OPTIONS), ROWS_EXAMPLES(LOGIN_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_login },
};
static const struct command_row WHO_ROWS[] = {
	{ .noun = "whoami", .summary = "Show who the service takes you for",
	  .words = "The principal that token, certificate or officer key belongs to.",
	  ROWS_EXAMPLES(WHO_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_whoami },
};
static const struct command_row PRINCIPAL_ROWS[] = {
	{ .noun = "principal", .verb = "list", .summary = "List persons and tools",
	  .words = "The principals of the charter's roster with their groups; tools with their owners.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_EXAMPLES(PRINCIPAL_EXAMPLES), ROWS_ERRORS(READ_ERRORS), .run = run_principals },
};

const struct noun_row noun_status = { .noun = "status", .page = "claviger-status", .section = 1,
	.summary = "show how the house stands", ROWS_COMMANDS(STATUS_ROWS) };
const struct noun_row noun_login = { .noun = "login", .page = "claviger-login", .section = 1,
	.summary = "log in with an officer key", ROWS_COMMANDS(LOGIN_ROWS) };
const struct noun_row noun_whoami = { .noun = "whoami", .page = "claviger-whoami", .section = 1,
	.summary = "show who the service takes you for", ROWS_COMMANDS(WHO_ROWS) };
const struct noun_row noun_principal = { .noun = "principal", .page = "claviger-principal", .section = 1,
	.summary = "list persons and tools of the house", ROWS_COMMANDS(PRINCIPAL_ROWS) };
