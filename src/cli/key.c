/*
 * key - claviger key: the inventory, and what can be asked of a key.
 *
 * Floor 7.
 */
#include <string.h>

#include "cli/ask.h"
#include "cli/elsewhere.h"
#include "cli/fetch.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/table.h"

static const struct table_row LIST[] = {
	{ "NAME", "name" }, { "CLASS", "class" }, { "ALGORITHM", "algorithm" },
	{ "ENVIRONMENT", "environment" }, { "STATE", "state" },
	{ "PRODUCTS", "products" }, { "OWNER", "owner" },
};

static const struct table_row ONE[] = {
	{ "name", "name" }, { "class", "class" }, { "state", "state" },
	{ "since", "state_since" }, { "reason", "reason" },
	{ "compromised", "compromised_since" },
	{ "environment", "environment" }, { "products", "products" },
	{ "algorithm", "algorithm" }, { "scheme", "scheme" },
	{ "owner", "owner" }, { "recovery", "recovery" },
	{ "exportable", "exportable" }, { "exclusive", "exclusive" },
	{ "created", "created" }, { "expires", "expires" },
	{ "token", "uri" }, { "hash", "hash" },
};

int
key_get(struct cli *cli, const char *key, json_t **ret, struct err *err)
{
	return fetch_one(cli, "/v1/keys/%s", key, ret, err);
}

static void
print_key(const json_t *key)
{
	const char *pem = json_str(key, "public_key", NULL);

	table_one(key, ROWS(ONE));
	if (pem != NULL)
		printf("\n%s", pem);
}

static int
body_key(const struct cli *cli, json_t *body, struct err *err)
{
	static const char *const each[] = { "name", "class", "algorithm",
		"scheme", "environment" };

	for (size_t i = 0; i < NELEM(each); i++)
		TRY(body_str(cli, body, each[i], each[i], err));
	return body_strs(cli, body, "products", "product", err);
}

/* CKA_ID in hexadecimal is told from a label by its "0x". */
static int
body_object(const struct cli *cli, json_t *body, struct err *err)
{
	const char *object = in_str(cli->in, "object");
	AUTO(blob) *text = blob_new();

	if (text == NULL)
		return err_set(err, ENOMEMORY, "request");
	if (strncmp(object, "0x", 2) == 0)
		TRY(blob_printf(text, err, "id:%s", object + 2));
	else
		TRY(blob_printf(text, err, "label:%s", object));
	return json_set_str(body, "object", blob_str(text), err);
}

static int
run_adopt(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *result = NULL;
	struct cli *cli = ctx;

	TRY(body_key(cli, body, err));
	TRY(body_object(cli, body, err));
	TRY(body_str(cli, body, "reason", "reason", err));
	TRY(ask_once(cli, "key.adopt", "/v1/keys/adopt", body, &result, err));
	if (!cli_done_told(cli, result))
		print_key(result);
	return 0;
}

static int
run_generate(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *result = NULL;
	struct cli *cli = ctx;

	TRY(body_key(cli, body, err));
	TRY(ask_once(cli, "key.generate", "/v1/keys", body, &result, err));
	if (!cli_done_told(cli, result))
		print_key(result);
	return 0;
}

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "class", "class" },
		{ "state", "state" }, { "product", "product" },
		{ "environment", "environment" }, { "limit", "limit" },
		{ "cursor", "cursor" } };
	struct cli *cli = ctx;
	AUTO_JSON *list = NULL;

	if (in_flag(in, "elsewhere"))
		return elsewhere_list(cli, by, NELEM(by), err);
	TRY(fetch_list(cli, "/v1/keys", by, NELEM(by), &list, err));
	page_show(cli, list, "keys", ROWS(LIST));
	return 0;
}

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *key = NULL;
	struct cli *cli = ctx;

	TRY(key_get(cli, in_arg(in, 0), &key, err));
	if (cli_answer(cli, key))
		return 0;
	if (json_flag(key, "elsewhere", false))
		elsewhere_print(key);
	else
		print_key(key);
	return 0;
}

static int
run_move(void *ctx, const struct invocation *in, struct err *err)
{
	const char *verb = in_command(in)->verb;
	AUTO_JSON *body = NULL, *result = NULL;
	struct cli *cli = ctx;
	char fmt[40];

	TRY(body_reason(cli, &body, err));
	if (strcmp(verb, "compromise") == 0)
		TRY(body_time(cli, body, "since", "since", err));
	snprintf(fmt, sizeof(fmt), "/v1/keys/%%s/%s", verb);
	TRY(ask_at(cli, fmt, in_arg(in, 0), body, &result, err));
	if (!cli_done_told(cli, result))
		print_key(result);
	return 0;
}

static const struct argument_row KEY[] = { ARG_KEY };
#define OPT_NEW_KEY \
	{ .name = "name", .value = V_NAME, .required = true, .meta = "NAME", \
	  .words = "the new key's name" }, \
	{ .name = "class", .value = V_NAME, .required = true, .meta = "CLASS", \
	  .words = "a key class of the charter" }, \
	{ .name = "algorithm", .value = V_CHOICE, .meta = "ALGORITHM", \
	  .choices = "ec-p256|ec-p384|rsa-2048|rsa-3072|rsa-4096|ed25519|aes-128|aes-256", \
	  .words = "one that the class allows; its first where left out" }, \
	{ .name = "scheme", .value = V_CHOICE, .meta = "SCHEME", \
	  .choices = "ecdsa-sha256|ecdsa-sha384|rsa-pss-sha256|rsa-pkcs1-sha256|ed25519", \
	  .words = "how the key will sign, fixed for its life; the algorithm's usual one where left out" }, \
	{ .name = "environment", .value = V_NAME, .meta = "ENVIRONMENT", \
	  .words = "production, development, ...; production where left out" }, \
	{ .name = "product", .value = V_NAME, .many = true, .meta = "PRODUCT", \
	  .words = "a product line that the key serves" }, \
	OPT_AGAIN, \
	OPT_NO_WAIT, OPT_WAIT
static const struct option_row GENERATE_OPTIONS[] = { OPT_NEW_KEY };
static const struct option_row ADOPT_OPTIONS[] = {
	{ .name = "object", .value = V_TEXT, .required = true, .meta = "LABEL|0xID",
	  .words = "which key of the token: its label, or its CKA_ID in hexadecimal behind 0x" },
	OPT_REASON, OPT_NEW_KEY,
};
static const struct option_row LIST_OPTIONS[] = {
	{ .name = "class", .value = V_NAME, .meta = "CLASS", .words = "only keys of this class" },
	{ .name = "state", .value = V_CHOICE, .meta = "STATE",
	  .choices = "pre-activation|active|suspended|deactivated|compromised|destroyed|registered|ended",
	  .words = "only keys in this state" },
	{ .name = "product", .value = V_NAME, .meta = "PRODUCT", .words = "only keys of this product line" },
	{ .name = "environment", .value = V_NAME, .meta = "ENVIRONMENT", .words = "only keys of this environment" },
	{ .name = "elsewhere", .value = V_FLAG, .words = "keys that live elsewhere, which are registered or ended" },
	OPT_CURSOR,
	OPT_LIMIT,
};
#define OPT_SAID \
	{ .name = "custodian", .value = V_TEXT, .meta = "WHO", .words = "who holds it: a vendor, a department" }, \
	{ .name = "public", .value = V_FILE, .meta = "FILE", \
	  .words = "its public key, or a certificate of it, in PEM" }, \
	{ .name = "product", .value = V_NAME, .many = true, .meta = "PRODUCT", \
	  .words = "a product line that the key serves" }, \
	{ .name = "activated", .value = V_TIME, .meta = "TIME", .words = "when it was put to use" }, \
	{ .name = "ends", .value = V_TIME, .meta = "TIME", .words = "when its use ends" }, \
	{ .name = "owner", .value = V_NAME, .meta = "GROUP", .words = "the group of the charter that answers for it" }, \
	{ .name = "recovery", .value = V_NAME, .meta = "PROCEDURE", \
	  .words = "the charter's procedure for when it is lost" }, \
	{ .name = "restored", .value = V_TIME, .meta = "DATE", \
	  .words = "when it was last proven that it can be restored" }, \
	{ .name = "note", .value = V_TEXT, .meta = "TEXT", .words = "for people" }, \
	OPT_REASON, OPT_NO_WAIT, OPT_WAIT
static const struct option_row REGISTER_OPTIONS[] = {
	{ .name = "name", .value = V_NAME, .required = true, .meta = "NAME",
	  .words = "its name here; keys of the token and entries share one space of names" },
	{ .name = "class", .value = V_NAME, .required = true, .meta = "CLASS", .words = "a key class of the charter, whose rules say who may enter it" },
	{ .name = "at", .value = V_TEXT, .required = true, .meta = "PLACE", .words = "where it lives: an HSM, a cloud's key service, a build server" },
	{ .name = "environment", .value = V_NAME, .meta = "ENVIRONMENT", .words = "production, development, ...; production where left out" },
	OPT_SAID,
	OPT_AGAIN,
};
static const struct option_row CORRECT_OPTIONS[] = {
	{ .name = "at", .value = V_TEXT, .meta = "PLACE", .words = "where it lives" },
	{ .name = "unset", .value = V_CHOICE, .many = true, .meta = "MEMBER",
	  .choices = "custodian|owner|recovery|note|activated|ends|restored", .words = "what is not known after all" },
	OPT_SAID,
};
static const struct option_row MOVE_OPTIONS[] = { OPT_REASON, OPT_NO_WAIT, OPT_WAIT };
static const struct option_row COMPROMISE_OPTIONS[] = {
	{ .name = "since", .value = V_TIME, .required = true, .meta = "TIME",
	  .words = "from when on its signatures cannot be trusted" },
	OPT_REASON, OPT_NO_WAIT, OPT_WAIT,
};
static const enum err_code MOVE_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, ENOKEY, ESTATE };
static const enum err_code ENTRY_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, EEXISTS, ECONFLICT };
static const enum err_code READ_ERRORS[] = { EAUTH, ENOKEY, EUNREACH };
static const enum err_code GENERATE_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, EEXISTS, ETOKEN };

#define MOVE(v, sum, text, ex, exwords) { \
	.noun = "key", .verb = v, .summary = sum, .words = text, \
	.args = KEY, .args_n = 1, ROWS_OPTIONS(MOVE_OPTIONS), \
	.examples = (const struct example_row[]){ { ex, exwords } }, .examples_n = 1, \
	ROWS_ERRORS(MOVE_ERRORS), .run = run_move }

static const struct command_row COMMANDS[] = {
	{ .noun = "key", .verb = "generate", .summary = "Generate a key in the token",
	  .words = "Asks for a new key of a class. The key is made inside the token when the class's rule is satisfied; "
	    "its class, environment, products and signature scheme are fixed for its life. It starts in state "
	    "pre-activation: activate it before it can sign.\n\n"
	    "Asking again with the same values returns the same request, then its result.",
	  ROWS_OPTIONS(GENERATE_OPTIONS), ROWS_ERRORS(GENERATE_ERRORS), .run = run_generate,
	  .examples = (const struct example_row[]){
		{ "claviger key generate --class firmware-signing --name thermostat-fw --algorithm ec-p256 "
		  "--product thermostat --officer-key officer-1.pem", "Ask for a production key as an officer, and wait for the others" } },
	  .examples_n = 1 },
	{ .noun = "key", .verb = "adopt", .summary = "Take in a key that the token has",
	  .words = "For a key that was made by other means. It signs a text of the keeper's, so that both its halves are known to be one key, "
	    "and is called by the keeper's own id from then on. Others may hold copies: it is marked not exclusive, in the inventory and in "
	    "every audit, and is never exported from here.",
	  ROWS_OPTIONS(ADOPT_OPTIONS), ROWS_ERRORS(GENERATE_ERRORS), .run = run_adopt,
	  .examples = (const struct example_row[]){
		{ "claviger key adopt --class ca --name plant-key --object 'Plant CA 2019' --officer-key officer-1.pem", "By its label" },
		{ "claviger key adopt --class ca --name plant-key --object 0x01a4 --algorithm rsa-3072 --officer-key officer-1.pem", "By its CKA_ID" } },
	  .examples_n = 2 },
	{ .noun = "key", .verb = "register", .summary = "Enter a key that lives elsewhere",
	  .words = "For a key in a vendor's HSM, in a cloud, on a build server: what is said of it, and its public key, go into the inventory. It can never be "
	    "used here, and nobody checks what is said: it is shown as asserted. A key that this house has, or that is entered already, is refused by "
	    "its public key. Of a private key in the file nothing is read.\n\n"
	    "What is left out is unknown, and shows as a gap: see \"claviger inventory gaps\".",
	  ROWS_OPTIONS(REGISTER_OPTIONS), ROWS_ERRORS(ENTRY_ERRORS), .run = key_run_register,
	  .examples = (const struct example_row[]){
		{ "claviger key register --name radio-fw --class firmware-signing --at 'vendor HSM, Brno' --custodian 'Radio Ltd' "
		  "--public radio.pub.pem --product thermostat --owner release-leads --recovery rotate --ends 2030-01-01 "
		  "--officer-key officer-1.pem", "The key that signs a supplier's firmware" } },
	  .examples_n = 1 },
	{ .noun = "key", .verb = "correct", .summary = "Correct what is said of a key that lives elsewhere",
	  .words = "What is given takes the place of what was said before; product lines are added. Name, class and environment stay, and so does a "
	    "public key that is known: to say otherwise, end the entry and make another.",
	  .args = KEY, .args_n = 1, ROWS_OPTIONS(CORRECT_OPTIONS), ROWS_ERRORS(ENTRY_ERRORS), .run = key_run_correct,
	  .examples = (const struct example_row[]){
		{ "claviger key correct radio-fw --restored 2026-11-20 --officer-key officer-1.pem", "The vendor has shown that its backup works" },
		{ "claviger key correct radio-fw --unset ends --officer-key officer-1.pem", "Nobody knows when it ends, after all" } },
	  .examples_n = 2 },
	{ .noun = "key", .verb = "unregister", .summary = "End the entry of a key that lives elsewhere",
	  .words = "The key is gone, or has come into the token. The entry stays, as ended, and its name is not given again; its public key may be.",
	  .args = KEY, .args_n = 1, ROWS_OPTIONS(MOVE_OPTIONS), ROWS_ERRORS(ENTRY_ERRORS), .run = key_run_unregister,
	  .examples = (const struct example_row[]){ { "claviger key unregister radio-fw --reason 'vendor destroyed it' --officer-key officer-1.pem",
		"It is in use no more" } },
	  .examples_n = 1 },
	{ .noun = "key", .verb = "list", .summary = "List the inventory of keys",
	  .words = "Every key of the house with class, environment, state, product lines and owner; or those that live elsewhere.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_list,
	  .examples = (const struct example_row[]){ { "claviger key list --product thermostat", "Which keys a product line depends on" },
		{ "claviger key list --elsewhere", "Which keys others hold" } },
	  .examples_n = 2 },
	{ .noun = "key", .verb = "show", .summary = "Show one key with its public half",
	  .words = "Everything known of the key; with --json, \"public_key\" is its SubjectPublicKeyInfo in PEM.",
	  .args = KEY, .args_n = 1, ROWS_ERRORS(READ_ERRORS), .run = run_show,
	  .examples = (const struct example_row[]){ { "claviger key show thermostat-fw --json", "The public key, for a build system" } },
	  .examples_n = 1 },
	MOVE("activate", "Put a key to use", "Moves a key from pre-activation to active (SP 800-57 part 1, 7): from then on it can sign.",
	    "claviger key activate thermostat-fw --officer-key officer-1.pem", "Begin the key's use"),
	MOVE("suspend", "Stop a key's use for now", "Stops every use at once; approvals that are waiting cannot be used until the key is resumed.",
	    "claviger key suspend thermostat-fw --reason 'laptop lost' --officer-key officer-2.pem", "Stop first, investigate then"),
	MOVE("resume", "Allow a suspended key's use again", "Makes a suspended key active again. Suspending takes one officer, resuming a quorum.",
	    "claviger key resume thermostat-fw --officer-key officer-1.pem", "End the suspension"),
	MOVE("deactivate", "End a key's use for good", "The key can protect nothing new; its signatures stay valid (SP 800-57 part 1, 7.4).",
	    "claviger key deactivate thermostat-fw --officer-key officer-1.pem", "Retire the key after rotation"),
	{ .noun = "key", .verb = "compromise", .summary = "Mark a key compromised",
	  .words = "Says that others may hold the key, and since when; it can never be used again.",
	  .args = KEY, .args_n = 1, ROWS_OPTIONS(COMPROMISE_OPTIONS), ROWS_ERRORS(MOVE_ERRORS), .run = run_move,
	  .examples = (const struct example_row[]){ { "claviger key compromise thermostat-fw --since 2026-11-01 --officer-key officer-1.pem",
		"What was signed since that day cannot be trusted" } }, .examples_n = 1 },
	MOVE("destroy", "Destroy a key in the token", "Deletes the private key from the token. The public half and every record stay.",
	    "claviger key destroy thermostat-fw --officer-key officer-1.pem", "Ask for the destruction"),
};

const struct noun_row noun_key = {
	.noun = "key", .page = "claviger-key", .section = 1,
	.summary = "generate keys, list them and change their state", ROWS_COMMANDS(COMMANDS),
};
