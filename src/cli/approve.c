/*
 * approve - claviger approve, reject: an officer's word over exactly what was
 * shown.
 *
 * Floor 7.  What is signed is rebuilt here from what is displayed; the
 * charter is hashed and the rule found in it, the key's public half is
 * compared with the hash that the request names, the artifact's digest with
 * the officer's own.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/text.h"
#include "cli/digest.h"
#include "cli/explain.h"
#include "cli/login.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/parameters.h"
#include "cli/request.h"
#include "cli/statement.h"
#include "cli/table.h"
#include "policy/diff.h"

/* The key that the request names by hash is the one of that name. */
static int
check_named(struct cli *cli, const json_t *p, struct err *err)
{
	const char *name = json_str(p, "key_name", "");
	AUTO_JSON *key = NULL;
	struct blob spki = { 0 };
	struct sha256 want, have;
	int rc;

	TRY(json_need_hash(p, "key", &want, err));
	TRY(key_get(cli, json_str(p, "key", ""), &key, err));
	if (strcmp(json_str(key, "name", ""), name) != 0)
		return err_set(err, EVERIFY, "the key with the request's hash "
		    "is \"%s\", not \"%s\"", json_str(key, "name", ""), name);
	if (json_str(key, "spki", NULL) == NULL)
		return 0;
	rc = b64_decode(json_str(key, "spki", ""), &spki, err);
	if (rc == 0)
		have = sha256_of(spki.data, spki.len);
	blob_done(&spki);
	TRY(rc);
	if (!sha256_equal(&have, &want))
		return err_set(err, EVERIFY, "the public key of \"%s\" is not "
		    "the one that the request names", name);
	printf("key is for     %s, %s, %s\n", json_str(key, "class", "?"),
	    json_str(key, "environment", "?"), json_str(key, "state", "?"));
	return 0;
}

/* One, or all that a window is for. */
static int
check_key(struct cli *cli, const json_t *view, struct err *err)
{
	const json_t *p = table_member(view, "document.parameters"), *one;
	size_t i;

	json_array_foreach(json_object_get(p, "keys"), i, one)
		TRY(check_named(cli, one, err));
	return json_object_get(p, "key_name") == NULL ? 0 :
	    check_named(cli, p, err);
}

static int
check_artifact(struct cli *cli, const json_t *view, const char *file,
    struct err *err)
{
	const json_t *d = table_member(view, "document.parameters.digest");
	struct digest own;

	if (d == NULL)
		return err_set(err, EUSAGE, "this request names no digest that "
		    "%s could be compared with", file);
	TRY(digest_file(file, json_str(d, "algorithm", ""), &own, err));
	if (strcmp(own.value, json_str(d, "value", "")) != 0)
		return err_set(err, EVERIFY, "%s has the digest %s, the "
		    "request another; nothing was signed", file, own.value);
	printf("your build     %s: the same digest, %llu octets\n", file,
	    (unsigned long long)own.octets);
	return 0;
}

/* An amendment is judged by what it changes, from the document itself. */
static int
show_amendment(const json_t *view, const struct charter *now,
    struct err *err)
{
	const json_t *doc = json_object_get(view, "proposal");
	AUTO(charter) *next = NULL;
	AUTO_JSON *diff = NULL;
	struct sha256 want, have;
	size_t i;
	json_t *one;

	if (strcmp(json_str(json_object_get(view, "document"), "action", ""),
	    "charter.amend") != 0)
		return 0;
	TRY(json_need_hash(table_member(view, "document.parameters"),
	    "charter", &want, err));
	TRY(charter_from_json(doc, &next, err));
	have = charter_hash(next);
	if (!sha256_equal(&have, &want))
		return err_set(err, EVERIFY, "the proposed charter is not the "
		    "one that the request names");
	TRY(charter_diff(now, next, &diff, err));
	puts("changes");
	json_array_foreach(json_object_get(diff, "changes"), i, one) {
		fputs("  ", stdout);
		explain_change(one, stdout);
	}
	return 0;
}

static void
show_rule(const struct rule *rule)
{
	parameters_line("why the rule", rule->why);
	for (size_t i = 0; i < rule->approvals_n; i++)
		printf("it asks for    %u of %s%s\n", rule->approvals[i].count,
		    rule->approvals[i].of, rule->approvals[i].not_requester ?
		    ", not who asks" : "");
}

static int
confirm(struct cli *cli, const char *verb, struct err *err)
{
	char line[16];

	if (in_flag(cli->in, "yes"))
		return 0;
	/* Who rejects has written down why: that is assent enough. */
	if (isatty(STDIN_FILENO) != 1 && in_str(cli->in, "reason") != NULL)
		return 0;
	if (isatty(STDIN_FILENO) != 1)
		return err_set(err, EUSAGE, "there is no terminal to ask on; "
		    "give --yes to %s without being asked", verb);
	fprintf(stderr, "Sign this with your key, to %s it? [y/N] ", verb);
	if (fgets(line, sizeof(line), stdin) == NULL ||
	    (line[0] != 'y' && line[0] != 'Y'))
		return err_set(err, EUSAGE, "nothing was signed");
	return 0;
}

static bool
same(const json_t *a, const json_t *b, const char *name)
{
	return strcmp(json_str(a, name, ""), json_str(b, name, "")) == 0;
}

/* The newest signatures by this key for the product, in windows too. */
static int
signed_before(struct cli *cli, const json_t *p, json_t **ret, struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/artifacts?limit=200&key=%s",
	    json_str(p, "key", "")));
	rc = path_add(&path, "product", json_str(p, "product", NULL), err);
	if (rc == 0)
		rc = cli_get(cli, ret, err, path);
	free(path);
	return rc;
}

/* What was signed last with this key for the product and track. */
static void
show_before(struct cli *cli, const json_t *view)
{
	const json_t *p = table_member(view, "document.parameters");
	AUTO_JSON *list = NULL;
	struct err unused;
	size_t i;
	json_t *one;

	if (json_object_get(p, "digest") == NULL ||
	    signed_before(cli, p, &list, &unused) != 0)
		return;
	json_array_foreach(json_object_get(list, "artifacts"), i, one) {
		if (!same(p, one, "product") || !same(p, one, "track"))
			continue;
		fputs("before this    version ", stdout);
		text_spell(json_str(one, "version", "-"), stdout);
		printf(", digest %s\n", text_shown(json_str(one, "digest",
		    "-"), TEXT_CUT).at);
		return;
	}
	puts(json_object_get(list, "next") == NULL ? "before this    nothing "
	    "was signed for this product and track" : "before this    none of "
	    "the newest signatures is for this product and track");
}

/* Standard output carries JSON where asked: what people read goes beside it. */
static int
display(struct cli *cli, const json_t *view, struct err *err)
{
	AUTO(charter) *c = NULL;
	const struct rule *rule;

	TRY(statement_rule(cli, view, &c, &rule, err));
	request_print(view);
	show_rule(rule);
	show_before(cli, view);
	TRY(check_key(cli, view, err));
	TRY(show_amendment(view, c, err));
	if (in_str(cli->in, "artifact") != NULL)
		TRY(check_artifact(cli, view, in_str(cli->in, "artifact"),
		    err));
	return 0;
}

static int
shown(struct cli *cli, const json_t *view, struct err *err)
{
	int keep = -1, rc;

	fflush(stdout);
	if (cli->json) {
		keep = dup(STDOUT_FILENO);
		(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	}
	rc = display(cli, view, err);
	/* A full disk, a pipe that ended: nobody has read it. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && rc == 0)
		rc = err_set(err, EIO_, "standard output takes nothing: nothing "
		    "was signed, for nobody has seen it");
	if (keep >= 0) {
		(void)dup2(keep, STDOUT_FILENO);
		close(keep);
	}
	return rc;
}

static int
deliver(struct cli *cli, const char *id, const char *verb, const json_t *proof,
    json_t **ret, struct err *err)
{
	AUTO_JSON *body = NULL;
	char *path = NULL, fmt[40];
	int rc;

	TRY(json_build(&body, err, "{s:O}", "approval", proof));
	if (strcmp(verb, "reject") == 0)
		TRY(body_str(cli, body, "reason", "reason", err));
	snprintf(fmt, sizeof(fmt), "/v1/requests/%%s/%s", verb);
	TRY(client_path(&path, err, fmt, id));
	rc = client_post(cli->client, path, body, ret, err);
	free(path);
	return rc;
}

static int
voted(struct cli *cli, const char *id, const char *verb, const json_t *answer)
{
	char line[400];

	if (cli_done_told(cli, answer))
		return 0;
	progress_line(answer, line, sizeof(line));
	printf("%s: %s by %s; %s\n", id, strcmp(verb, "approve") == 0 ?
	    "approved" : "rejected", officer_id(cli->officer), line);
	return 0;
}

static int
run_vote(void *ctx, const struct invocation *in, struct err *err)
{
	const char *verb = in_command(in)->noun, *id = in_arg(in, 0);
	enum vote v = strcmp(verb, "approve") == 0 ? VOTE_APPROVE : VOTE_REJECT;
	AUTO_JSON *view = NULL, *checkpoint = NULL, *proof = NULL;
	AUTO_JSON *answer = NULL;
	struct cli *cli = ctx;
	struct officer *o;

	TRY(login_key(cli, &o, err));
	TRY(request_get(cli, id, &view, err));
	if (strcmp(json_str(json_object_get(view, "document"), "id", ""),
	    id) != 0)
		return err_set(err, EVERIFY, "the service showed another "
		    "request than %s", id);
	TRY(shown(cli, view, err));
	TRY(confirm(cli, verb, err));
	TRY(statement_checkpoint(cli, view, &checkpoint, err));
	TRY(statement_sign(cli, view, v, checkpoint, &proof, err));
	TRY(deliver(cli, id, verb, proof, &answer, err));
	return voted(cli, id, verb, answer);
}

static const struct argument_row REQUEST[] = { ARG_REQUEST };
static const struct option_row APPROVE_OPTIONS[] = {
	{ .name = "artifact", .value = V_FILE, .meta = "FILE", .words = "your own build of what is to be signed: refuse unless its digest is the same" },
};
static const struct option_row REJECT_OPTIONS[] = {
	{ .name = "reason", .value = V_TEXT, .required = true, .meta = "TEXT", .words = "why, for the requester and the ledger" },
};
static const enum err_code ERRORS_[] = { EDENIED, EPROOF, EEXISTS, EEXPIRED, ECONFLICT, EVERIFY, ENOENT_, EIO_ };
static const struct example_row APPROVE_EXAMPLES[] = {
	{ "claviger approve req_01k3m6w0c0h2v7y5t4r3q2p1n0 --officer-key officer-2.pem --artifact u-boot.bin",
	  "Approve a signature over the image you built yourself" },
	{ "claviger approve req_01k3m6w0c0h2v7y5t4r3q2p1n0 --officer-key 'pkcs11:token=officer-2;object=approval'",
	  "Approve with a key on a card" },
};
static const struct example_row REJECT_EXAMPLES[] = {
	{ "claviger reject req_01k3m6w0c0h2v7y5t4r3q2p1n0 --officer-key officer-2.pem --reason 'wrong branch'",
	  "Close the request for everybody" },
};

static const struct command_row APPROVE[] = {
	{ .noun = "approve", .summary = "Approve a request with your officer key",
	  .words = "Shows what was asked, by whom, under which rule; checks the charter against its hash, the rule against the "
	    "charter and the key against its public half; builds the statement from what it shows, and signs that with "
	    "--officer-key. Everything that the request says is shown, what has no name of its own by its path, and text of others "
	    "with what nobody sees spelled out (U+202E). Claims are what the caller asserts: nobody has checked them.\n\n"
	    "With --artifact the digest of your own build must be the one that was asked for. With a fingerprint, the "
	    "newest checkpoint is verified and becomes part of what you sign.",
	  ROWS_ARGS(REQUEST), ROWS_OPTIONS(APPROVE_OPTIONS), ROWS_EXAMPLES(APPROVE_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_vote },
};
static const struct command_row REJECT[] = {
	{ .noun = "reject", .summary = "Reject a request with your officer key",
	  .words = "One rejection closes a request. It stays closed until its requester asks again on purpose.",
	  ROWS_ARGS(REQUEST), ROWS_OPTIONS(REJECT_OPTIONS), ROWS_EXAMPLES(REJECT_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_vote },
};

const struct noun_row noun_approve = { .noun = "approve", .page = "claviger-approve", .section = 1,
	.summary = "approve a request with an officer key", ROWS_COMMANDS(APPROVE) };
const struct noun_row noun_reject = { .noun = "reject", .page = "claviger-reject", .section = 1,
	.summary = "reject a request with an officer key", ROWS_COMMANDS(REJECT) };
