/*
 * say - failures, read aloud: what happened, why, what to do.
 *
 * Floor 7.
 */
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/explain.h"
#include "cli/progress.h"

/* What people can do about it; what the sentence says already is left out. */
static const struct { enum err_code code; const char *advice; } ADVICE[] = {
	{ EUNREACH, "Check that clavigerd runs, and CLAVIGER_URL or --url." },
	{ EAUTH, "Prove who you are: --officer-key KEY (and its token's own "
	    "PIN), or a token in CLAVIGER_TOKEN_FILE, or a client "
	    "certificate." },
	{ EGENESIS, "Found the house: claviger init --charter FOLDER "
	    "--setup-token-file FILE." },
	{ EHOUSE, "Compare CLAVIGER_URL with CLAVIGER_FINGERPRINT: one of them "
	    "belongs to another house." },
	{ EREJECTED, "Settle the reason with the officer, then ask anew with "
	    "--again." },
	{ EEXPIRED, "Ask again: a new request will be opened." },
	{ EUSED, "Ask for a new approval; what was approved has been used." },
	{ ELIMIT, "Wait for the period to pass, or ask for a window." },
	{ EHALTED, "An operator must look at the service's log and at "
	    "claviger status." },
	{ EKEEPER, "Check that claviger-keeper runs; nothing was lost." },
	{ ETOKEN, "Check the token; the keeper connects again by itself." },
	{ ESTORE, "Check the database and its disk; nothing was lost." },
	{ ELEDGER, "Check the database and its disk; nothing was answered "
	    "that is not recorded." },
	{ EBUSY_, "Try again shortly; nothing was lost." },
	{ ENOKEY, "\"claviger key list\" shows the keys there are." },
};

/* @here: no service said so, but what this command did by itself. */
static const char *
advice(enum err_code code, bool here)
{
	if (code == ETOKEN && here)
		return "Check that the token is plugged in, and its module: "
		    "module-path in the URI, CLAVIGER_PKCS11_MODULE, or what "
		    "p11-kit is told in /etc/pkcs11/modules.";
	for (size_t i = 0; i < NELEM(ADVICE); i++)
		if (ADVICE[i].code == code)
			return ADVICE[i].advice;
	return NULL;
}

static void
as_json(const struct err *err, const json_t *problem)
{
	AUTO_JSON *j = NULL;

	if (problem != NULL) {
		cli_print_json(problem);
		return;
	}
	if (json_build(&j, NULL, "{s:s, s:s, s:s}", "code",
	    err_code_name(err->code), "title", err_text(err->code), "detail",
	    err->what) == 0)
		cli_print_json(j);
}

/* Waiting is no failure: how it stands, and how to come back for it. */
static int
waits(const struct cli *cli)
{
	const char *id = json_str(cli->view, "request", "");
	char line[400];

	if (cli->json)
		cli_print_json(cli->view);
	if (cli->quiet)
		return err_exit(EQUORUM);
	progress_line(cli->view, line, sizeof(line));
	if (json_object_get(cli->view, "awaits") != NULL) {
		fprintf(stderr, "%s is waiting: %s.\nRun the same claviger "
		    "sign again, with the same image.\n", id, line);
		return err_exit(EQUORUM);
	}
	fprintf(stderr, "%s is waiting: %s.\nCome back with the same command, "
	    "or with \"%s request wait %s\".\n", id, line,
	    cli->program->name, id);
	return err_exit(EQUORUM);
}

/* What policy let through was refused for what the sentence says, and for no
 * rule or fact. */
static bool
is_denial(const json_t *problem)
{
	return strcmp(json_str(json_object_get(problem, "explanation"),
	    "verdict", ""), "deny") == 0;
}

int
cli_fail(const struct cli *cli, const struct err *err)
{
	const json_t *problem = cli->client != NULL ?
	    client_problem(cli->client) : NULL;
	const char *rule, *request, *words;

	/* A request that was ended is no problem document, but tells as much. */
	if (problem == NULL)
		problem = cli->told;
	rule = json_str(json_object_get(problem, "rule"), "name",
	    json_str(problem, "rule", NULL));
	request = json_str(problem, "request", NULL);
	if (err->code == EQUORUM && cli->view != NULL)
		return waits(cli);
	if (cli->json)
		as_json(err, cli->told != NULL ? cli->told : problem);
	fprintf(stderr, "%s: %s%s", cli->program->name, err_text(err->code),
	    err->what[0] != '\0' ? ": " : "");
	text_spell(err->what, stderr);
	fputc('\n', stderr);
	if (request != NULL)
		fprintf(stderr, "  request  %s\n", request);
	if (rule != NULL)
		fprintf(stderr, "  rule     %s\n", rule);
	if (!cli->json && is_denial(problem))
		explain_print(json_object_get(problem, "explanation"), stderr);
	words = advice(err->code, problem == NULL);
	if (words != NULL && err->code != EDENIED)
		fprintf(stderr, "%s\n", words);
	return err_exit(err->code);
}
