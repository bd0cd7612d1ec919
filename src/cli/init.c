/*
 * init - claviger init: the ceremony in which a house begins.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "cli/login.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/table.h"
#include "policy/charter.h"
#include "policy/genesis.h"

static const struct table_row STANDING[] = {
	{ "house", "genesis.house" }, { "founded", "genesis.created" },
	{ "charter", "genesis.charter" }, { "token", "genesis.token.label" },
	{ "token serial", "genesis.token.serial" },
	{ "fingerprint", "fingerprint" },
};

static void
summary(const struct charter *c)
{
	const struct roster *r = charter_roster(c);
	struct sha256 h = charter_hash(c);
	char hex[SHA256_HEX];
	size_t n, persons = 0;
	const struct key_class *k = charter_classes(c, &n);

	sha256_hex(&h, hex);
	for (size_t i = 0; i < r->principal_n; i++)
		persons += !r->principal[i].tool;
	fprintf(stderr, "Charter \"%s\", %s:\n  %zu persons, %zu tools, "
	    "%zu groups, %zu key classes\n", charter_name(c), hex, persons,
	    r->principal_n - persons, r->group_n, n);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "  class %s: %s\n", k[i].name, k[i].purpose);
}

/* The fingerprint is ours to compute, whatever the service says it is. */
static int
check_answer(const json_t *answer, const struct charter *c, struct err *err)
{
	AUTO(genesis) *g = NULL;
	struct sha256 h;
	char hex[SHA256_HEX];

	TRY(genesis_read(json_object_get(answer, "genesis"), &g, err));
	if (c != NULL) {
		h = charter_hash(c);
		if (!sha256_equal(&g->charter, &h))
			return err_set(err, EVERIFY, "the house was founded "
			    "under another charter than this one");
	}
	sha256_hex(&g->fingerprint, hex);
	if (strcmp(hex, json_str(answer, "fingerprint", "")) != 0)
		return err_set(err, EVERIFY, "the service names a fingerprint "
		    "that is not its genesis'");
	return 0;
}

static int
signed_body(const json_t *genesis, const char *officer, struct officer *o,
    json_t **ret, struct err *err)
{
	struct blob octets = { 0 }, sig = { 0 };
	struct sha256 h = officer_credential(o);
	AUTO_JSON *body = NULL;
	int rc;

	TRY(json_build(&body, err, "{s:s}", "officer", officer));
	rc = json_set_hash(body, "credential", &h, err);
	if (rc == 0)
		rc = json_canonical(genesis, &octets, err);
	if (rc == 0)
		rc = officer_sign(o, octets.data, octets.len, &sig, err);
	if (rc == 0)
		rc = json_set_b64(body, "signature", sig.data, sig.len, err);
	blob_done(&octets);
	blob_done(&sig);
	TRY(rc);
	*ret = TAKE(body);
	return 0;
}

int
genesis_sign_with(struct client *c, const json_t *answer,
    const struct charter *charter, struct officer *o, json_t **ret,
    struct err *err)
{
	struct sha256 h = officer_credential(o);
	const struct principal *who = roster_by_credential(
	    charter_roster(charter), &h);
	AUTO_JSON *body = NULL;
	char hex[SHA256_HEX];

	sha256_hex(&h, hex);
	if (who == NULL)
		return err_set(err, EAUTH, "no officer of the charter has the "
		    "key %s", hex);
	TRY(officer_id_set(o, who->id, err));
	TRY(signed_body(json_object_get(answer, "genesis"), who->id, o, &body,
	    err));
	return client_post(c, "/v1/genesis/signatures", body, ret, err);
}

static int
sign_each(struct cli *cli, struct client *c, const struct charter *charter,
    json_t **answer, struct err *err)
{
	for (size_t i = 0; i < in_many(cli->in, "officer-key"); i++) {
		AUTO(officer) *o = NULL;
		json_t *fresh = NULL;

		TRY(officer_open(in_nth(cli->in, "officer-key", i), &o, err));
		TRY(genesis_sign_with(c, *answer, charter, o, &fresh, err));
		json_decref(*answer);
		*answer = fresh;
		cli_note(cli, "Genesis signed by %s.", officer_id(o));
	}
	return 0;
}

/* Neither token nor fingerprint of the environment belong to a new house. */
static int
client_for_init(struct cli *cli, struct client **ret, struct err *err)
{
	struct client_options o = {
		.url = in_str(cli->in, "url"),
		.ca_file = in_str(cli->in, "ca-file"),
		.certificate = in_str(cli->in, "certificate"),
		.key = in_str(cli->in, "tls-key"),
		.timeout_s = (unsigned)in_count(cli->in, "timeout", 0),
	};
	const char *file = in_str(cli->in, "setup-token-file");

	if (file == NULL)
		file = getenv("CLAVIGER_SETUP_TOKEN_FILE");
	if (file == NULL)
		return err_set(err, EUSAGE, "the service left a one-time setup "
		    "token in its folder: name it with --setup-token-file");
	TRY(secret_read_file(file, &cli->token, err));
	o.token = cli->token;
	client_options_env(&o);
	o.fingerprint = NULL;
	TRY(client_new(&o, &cli->client, err));
	*ret = cli->client;
	return 0;
}

static void
print_founded(const struct cli *cli, const json_t *answer)
{
	if (cli_answer(cli, answer))
		return;
	table_one(answer, ROWS(STANDING));
	printf("signed by     %zu of its officers\n",
	    json_array_size(json_object_get(answer, "signatures")));
	cli_note(cli, "Give this fingerprint to every auditor, and set "
	    "CLAVIGER_FINGERPRINT to it.\nNext: officers who have not signed "
	    "run \"claviger genesis sign --officer-key KEY\";\na tool gets its "
	    "token with \"claviger credential issue --for TOOL --officer-key "
	    "KEY\".\nNobody hears of requests and alerts before "
	    "notify.contacts is set in clavigerd's settings:\n\"claviger "
	    "status\" says whether anybody does.");
}

static int
run_init(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *answer = NULL;
	AUTO(charter) *c = NULL;
	struct cli *cli = ctx;
	struct client *client;

	TRY(charter_folder(cli, in_str(in, "charter"), &c, err));
	if (!cli->quiet)
		summary(c);
	TRY(client_for_init(cli, &client, err));
	TRY(json_build(&body, err, "{s:O}", "charter", charter_json(c)));
	TRY(client_post(client, "/v1/house", body, &answer, err));
	TRY(check_answer(answer, c, err));
	TRY(sign_each(cli, client, c, &answer, err));
	print_founded(cli, answer);
	return 0;
}

/* ---- genesis */

static int
run_genesis_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *answer = NULL;
	struct cli *cli = ctx;

	TRY(cli_get(cli, &answer, err, "/v1/genesis"));
	TRY(check_answer(answer, NULL, err));
	if (cli_answer(cli, answer))
		return 0;
	table_one(answer, ROWS(STANDING));
	for (size_t i = 0; i < json_array_size(json_object_get(answer,
	    "signatures")); i++)
		printf("signed by     %s\n", json_str(json_array_get(
		    json_object_get(answer, "signatures"), i), "officer", "?"));
	return 0;
}

static int
run_genesis_sign(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *genesis = NULL, *law = NULL, *answer = NULL;
	AUTO(charter) *c = NULL;
	struct cli *cli = ctx;
	struct officer *o;
	char *path = NULL;
	int rc;

	TRY(login_key(cli, &o, err));
	TRY(cli_get(cli, &genesis, err, "/v1/genesis"));
	TRY(check_answer(genesis, NULL, err));
	TRY(client_path(&path, err, "/v1/charter?version=%s",
	    json_str(json_object_get(genesis, "genesis"), "charter", "")));
	rc = cli_get(cli, &law, err, path);
	free(path);
	TRY(rc);
	TRY(charter_from_json(json_object_get(law, "charter"), &c, err));
	TRY(check_answer(genesis, c, err));
	TRY(genesis_sign_with(cli->client, genesis, c, o, &answer, err));
	if (!cli_answer(cli, answer))
		printf("genesis signed by %s\n", officer_id(o));
	return 0;
}

static const struct option_row INIT_OPTIONS[] = {
	{ .name = "charter", .value = V_FOLDER, .required = true, .meta = "FOLDER", .words = "the charter's folder, with charter.yaml in it" },
	{ .name = "setup-token-file", .value = V_FILE, .meta = "FILE",
	  .words = "the one-time token that the service left for whoever founds the house; CLAVIGER_SETUP_TOKEN_FILE where left out" },
};
static const enum err_code INIT_ERRORS[] = { ECHARTER, EAUTH, EFOUNDED, EKEEPER, EUNREACH };
static const enum err_code SIGN_ERRORS[] = { EAUTH, EPROOF, EVERIFY, EGENESIS };
static const struct example_row INIT_EXAMPLES[] = {
	{ "claviger init --charter ./charter --setup-token-file /var/lib/claviger/setup-token --officer-key officer-1.pem --officer-key officer-2.pem",
	  "Found the house with two officers present" },
};
static const struct example_row SHOW_EXAMPLES[] = {
	{ "claviger genesis show", "The house's root of trust, and who has signed it" },
};
static const struct example_row SIGN_EXAMPLES[] = {
	{ "claviger genesis sign --officer-key officer-3.pem", "Prove your credential on the genesis" },
};

static const struct command_row INIT[] = {
	{ .noun = "init", .summary = "Found the house under its first charter",
	  .words = "The ceremony: reads and checks the charter's folder, hands it to the service with the setup token, "
	    "and prints the fingerprint of the genesis. The keeper makes its keys and adopts the charter; from then on "
	    "only the charter itself says how it may change.\n\n"
	    "Each --officer-key given signs the genesis at once; the other officers do so later with claviger genesis "
	    "sign. The fingerprint is what every auditor trusts: write it down where nobody can change it.",
	  ROWS_OPTIONS(INIT_OPTIONS), ROWS_EXAMPLES(INIT_EXAMPLES), ROWS_ERRORS(INIT_ERRORS), .run = run_init },
};
static const struct command_row GENESIS[] = {
	{ .noun = "genesis", .verb = "show", .summary = "Show the house's root of trust",
	  .words = "The genesis with its fingerprint, computed here, and the officers who have signed it.",
	  ROWS_EXAMPLES(SHOW_EXAMPLES), ROWS_ERRORS(SIGN_ERRORS), .run = run_genesis_show },
	{ .noun = "genesis", .verb = "sign", .summary = "Sign the genesis as an officer",
	  .words = "Proves that the officer holds the key that the charter names: signs the genesis with it. claviger status "
	    "names the officers who have not.",
	  ROWS_EXAMPLES(SIGN_EXAMPLES), ROWS_ERRORS(SIGN_ERRORS), .run = run_genesis_sign },
};

const struct noun_row noun_init = { .noun = "init", .page = "claviger-init", .section = 1,
	.summary = "found a house under its first charter", ROWS_COMMANDS(INIT) };
const struct noun_row noun_genesis = { .noun = "genesis", .page = "claviger-genesis", .section = 1,
	.summary = "show and sign the house's root of trust", ROWS_COMMANDS(GENESIS) };
