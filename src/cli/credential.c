/*
 * credential - claviger credential: tokens and pinned TLS keys.
 *
 * Floor 7.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "cli/ask.h"
#include "cli/fetch.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/table.h"
#include "policy/proof.h"

static const struct table_row LIST[] = {
	{ "CREDENTIAL", "id" }, { "PRINCIPAL", "principal" },
	{ "TYPE", "type" }, { "LABEL", "label" }, { "CREATED", "created" },
	{ "EXPIRES", "expires" }, { "REVOKED", "revoked" },
};

static const struct table_row ONE[] = {
	{ "request", "request" }, { "credential", "credential.id" },
	{ "principal", "credential.principal" }, { "type", "credential.type" },
	{ "label", "credential.label" }, { "expires", "credential.expires" },
	{ "revoked", "credential.revoked" },
};

/* The public key that the service will know the holder by. */
static int
spki_body(const char *file, json_t *body, struct err *err)
{
	struct blob spki = { 0 };
	EVP_PKEY *key;
	X509 *cert;
	FILE *f = fopen(file, "re");
	int rc;

	if (f == NULL)
		return err_set(err, EIO_, "%s: %s", file, strerror(errno));
	cert = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	ERR_clear_error();
	key = cert != NULL ? X509_get0_pubkey(cert) : NULL;
	rc = key == NULL ? err_set(err, EINPUT, "%s holds no certificate in "
	    "PEM", file) : proof_spki_of(key, &spki, err);
	if (rc == 0)
		rc = json_set_b64(body, "spki", spki.data, spki.len, err);
	X509_free(cert);
	blob_done(&spki);
	return rc;
}

static int
issue_body(struct cli *cli, json_t **ret, struct err *err)
{
	const char *cert = in_str(cli->in, "client-certificate");
	AUTO_JSON *body = json_object();

	TRY(body_str(cli, body, "principal", "for", err));
	TRY(body_str(cli, body, "type", "type", err));
	TRY(body_str(cli, body, "label", "label", err));
	TRY(body_str(cli, body, "device", "device", err));
	if (in_given(cli->in, "expires"))
		TRY(body_time(cli, body, "expires", "expires", err));
	else
		TRY(body_str(cli, body, "lifetime", "lifetime", err));
	if ((strcmp(in_str(cli->in, "type"), "tls-client") == 0) !=
	    (cert != NULL))
		return err_set(err, EUSAGE, "--type tls-client and "
		    "--client-certificate FILE belong together");
	if (cert != NULL)
		TRY(spki_body(cert, body, err));
	*ret = TAKE(body);
	return 0;
}

/* Shown once: into a file that only its owner reads, or on the terminal. */
static int
deliver_token(struct cli *cli, const json_t *answer, struct err *err)
{
	const char *token = json_str(answer, "token", NULL);
	const char *file = cli_output(cli);

	if (token == NULL)
		return 0;
	if (file != NULL) {
		TRY(io_write_file(file, 0600, token, strlen(token), err));
		cli_note(cli, "The token is in %s.", file);
	} else if (!cli->json) {
		cli_note(cli, "This token is shown once; keep it secret:");
		puts(token);
	}
	return 0;
}

static int
run_issue(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *answer = NULL, *result = NULL;
	struct cli *cli = ctx;
	int status;

	TRY(issue_body(cli, &body, err));
	TRY(ask_post(cli, "/v1/credentials", body, NULL, &status, &answer,
	    err));
	if (status == 202 && !cli->json)
		TRY(deliver_token(cli, answer, err));
	TRY(ask_settle(cli, status, answer, &result, err));
	if (cli_answer(cli, result))
		return deliver_token(cli, answer, err);
	if (!cli->quiet)
		table_one(result, ROWS(ONE));
	return status == 202 ? 0 : deliver_token(cli, result, err);
}

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "limit", "limit" },
		{ "cursor", "cursor" } };
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;

	TRY(fetch_list(cli, "/v1/credentials", by, NELEM(by), &j, err));
	page_show(cli, j, "credentials", ROWS(LIST));
	return 0;
}

static int
run_revoke(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	struct cli *cli = ctx;
	char *path = NULL;
	int rc;

	TRY(body_reason(cli, &body, err));
	TRY(client_path(&path, err, "/v1/credentials/%s/revoke",
	    in_arg(in, 0)));
	rc = ask_unless(cli, path, body, &result, err);
	free(path);
	TRY(rc);
	if (!cli_done_told(cli, result))
		table_one(result, ROWS(ONE));
	return 0;
}

static const struct option_row ISSUE_OPTIONS[] = {
	{ .name = "for", .value = V_NAME, .required = true, .meta = "PRINCIPAL", .words = "whose credential it will be" },
	{ .name = "type", .value = V_CHOICE, .meta = "TYPE", .choices = "token|tls-client|enrolment", .otherwise = "token", .words = "a bearer token, a pinned client certificate, or a password that enrols one device once" },
	{ .name = "device", .value = V_TEXT, .meta = "SERIAL", .words = "for enrolment: the one device that the password is for" },
	{ .name = "client-certificate", .value = V_FILE, .meta = "FILE", .words = "for tls-client: the certificate, in PEM, whose public key is pinned" },
	{ .name = "label", .value = V_TEXT, .meta = "TEXT", .words = "a note for people" },
	{ .name = "lifetime", .value = V_DURATION, .meta = "DURATION", .otherwise = "P90D", .words = "how long it is valid" },
	{ .name = "expires", .value = V_TIME, .meta = "TIME", .words = "or when it ends" },
	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FILE", .words = "write the token there, readable by its owner only" },
	OPT_NO_WAIT, OPT_WAIT,
};
static const struct option_row LIST_OPTIONS[] = { OPT_CURSOR, OPT_LIMIT };
static const struct option_row REVOKE_OPTIONS[] = { OPT_REASON, OPT_NO_WAIT, OPT_WAIT };
static const struct argument_row REVOKE_ARGS[] = {
	{ .name = "CREDENTIAL", .value = V_TEXT, .words = "the credential's id, cred_..." },
};
static const enum err_code ERRORS_[] = { EQUORUM, EDENIED, EREJECTED, EAUTH, ENOENT_ };
static const struct example_row ISSUE_EXAMPLES[] = {
	{ "claviger credential issue --for ci --officer-key officer-1.pem -o ci.token", "Give the CI tool its bearer token" },
	{ "claviger credential issue --for ci --type tls-client --client-certificate ci.crt --officer-key officer-1.pem", "Pin the CI tool's client certificate" },
};
static const struct example_row LIST_EXAMPLES[] = { { "claviger credential list", "Every credential, never a secret" } };
static const struct example_row REVOKE_EXAMPLES[] = {
	{ "claviger credential revoke cred_01k3m6w0c0h2v7y5t4r3q2p1n0 --reason leaked --officer-key officer-1.pem", "End a credential at once" },
};

static const struct command_row COMMANDS[] = {
	{ .noun = "credential", .verb = "issue", .summary = "Issue a token, or pin a client certificate",
	  .words = "Gives a principal of the roster what it proves itself with, as the charter's rules of access allow. A token is "
	    "shown once and only its hash is kept. A client certificate is pinned by its public key. An enrolment password lets "
	    "one EST request in, by Basic with the principal's id; repeating that very request is not another use.",
	  ROWS_OPTIONS(ISSUE_OPTIONS), ROWS_EXAMPLES(ISSUE_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_issue },
	{ .noun = "credential", .verb = "list", .summary = "List every credential",
	  .words = "Whose they are, of which type, until when; never a secret. Officers' keys stand in the charter.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_EXAMPLES(LIST_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_list },
	{ .noun = "credential", .verb = "revoke", .summary = "End a credential",
	  .words = "The credential is refused from now on.",
	  ROWS_ARGS(REVOKE_ARGS), ROWS_OPTIONS(REVOKE_OPTIONS), ROWS_EXAMPLES(REVOKE_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_revoke },
};

const struct noun_row noun_credential = { .noun = "credential", .page = "claviger-credential", .section = 1,
	.summary = "issue, list and revoke credentials", ROWS_COMMANDS(COMMANDS) };
