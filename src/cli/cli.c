/*
 * cli - the surroundings of a command: its client, its officer, its output.
 *
 * Floor 7.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/login.h"
#include "cli/officer.h"

static int
token_of(struct cli *cli, struct err *err)
{
	const char *file = in_str(cli->in, "token-file");

	if (file != NULL)
		return secret_read_file(file, &cli->token, err);
	/* An officer's key speaks for itself; a tool's token would not. */
	if (in_given(cli->in, "officer-key"))
		return 0;
	return client_token_env(&cli->token, err);
}

int
cli_client_bare(struct cli *cli, struct client **ret, struct err *err)
{
	struct client_options o = {
		.url = in_str(cli->in, "url"),
		.ca_file = in_str(cli->in, "ca-file"),
		.certificate = in_str(cli->in, "certificate"),
		.key = in_str(cli->in, "tls-key"),
		.fingerprint = in_str(cli->in, "fingerprint"),
		.timeout_s = (unsigned)in_count(cli->in, "timeout", 0),
		.once = in_given(cli->in, "no-wait"),
	};

	if (cli->client == NULL) {
		TRY(token_of(cli, err));
		o.token = cli->token;
		client_options_env(&o);
		TRY(client_new(&o, &cli->client, err));
	}
	*ret = cli->client;
	return 0;
}

int
cli_client(struct cli *cli, struct client **ret, struct err *err)
{
	struct client *c;

	TRY(cli_client_bare(cli, &c, err));
	if (in_given(cli->in, "officer-key") && clock_mono() >=
	    cli->session)
		TRY(login_officer(cli, err));
	*ret = c;
	return 0;
}

void
cli_done(struct cli *cli)
{
	client_free(cli->client);
	officer_free(cli->officer);
	secret_free(cli->token);
	json_decref(cli->view);
	json_decref(cli->lines);
	json_decref(cli->told);
}

int
cli_get(struct cli *cli, json_t **ret, struct err *err, const char *path)
{
	struct client *c;

	TRY(cli_client(cli, &c, err));
	return client_get(c, path, ret, err);
}

void
cli_print_json(const json_t *j)
{
	char *text = json_pretty(j);

	if (text != NULL)
		fputs(text, stdout);
	free(text);
}

bool
cli_answer(const struct cli *cli, const json_t *j)
{
	if (cli->json)
		cli_print_json(j);
	return cli->json;
}

const char *
cli_output(const struct cli *cli)
{
	const char *file = in_str(cli->in, "output");

	return file == NULL || strcmp(file, "-") == 0 ? NULL : file;
}

bool
cli_told_too(const struct cli *cli, json_t *answer)
{
	return cli->told == NULL || json_object_update_missing(answer,
	    cli->told) == 0;
}

bool
cli_outcome(struct cli *cli, json_t *answer, int rc)
{
	if (rc == 0) {
		(void)cli_answer(cli, answer);
		json_decref(answer);
		return cli->json;
	}
	json_decref(cli->told);
	cli->told = answer;
	/* Several may wait, and something else may be worse. */
	json_decref(cli->view);
	cli->view = NULL;
	return cli->json;
}

bool
cli_done_told(const struct cli *cli, const json_t *j)
{
	return cli_answer(cli, j) || cli->quiet;
}

void
cli_note(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}
