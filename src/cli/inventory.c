/*
 * inventory - claviger inventory: what there is, whose it is, when it ends.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/inventory.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/request.h"
#include "cli/subject.h"

static const struct table_row KEYS[] = {
	{ "KEY", "name" }, { "CLASS", "class" }, { "ALGORITHM", "algorithm" },
	{ "ENVIRONMENT", "environment" }, { "OWNER", "owner" },
	{ "RECOVERY", "recovery" }, { "STATE", "state" },
	{ "ACTIVATED", "activated" }, { "ENDS", "ends" }, { "MARKS", "marks" },
};
static const struct table_row ELSEWHERE[] = {
	{ "ELSEWHERE", "name" }, { "CLASS", "class" }, { "AT", "at" },
	{ "CUSTODIAN", "custodian" }, { "OWNER", "owner" },
	{ "RECOVERY", "recovery" }, { "RESTORED", "restored" },
	{ "STATE", "state" }, { "ENDS", "ends" }, { "MARKS", "marks" },
};
static const struct table_row USES[] = {
	{ "KEY", "key" }, { "RULE", "rule" }, { "ACTIONS", "actions" },
	{ "BY", "by" }, { "APPROVALS", "quorum" },
};
static const struct table_row AUTHORITIES[] = {
	{ "AUTHORITY", "name" }, { "KEY", "key" }, { "ISSUER", "issuer" },
	{ "STATE", "state" }, { "ENDS", "not_after" }, { "MARKS", "marks" },
	{ "ISSUED", "issued.total" }, { "GOOD", "issued.good" },
	{ "REVOKED", "issued.revoked" }, { "HELD", "issued.held" },
	{ "EXPIRING", "issued.expiring" }, { "SOONEST", "soonest" },
};
static const struct table_row CERTIFICATES[] = {
	{ "CERTIFICATE", "id" }, { "KEY", "key" }, { "CA", "ca" },
	{ "PROFILE", "profile" }, { "STATUS", "status" },
	{ "ENDS", "not_after" }, { "MARKS", "marks" }, { "SUBJECT", "subject" },
};
static const struct table_row OTHERS[] = {
	{ "OF OTHER CAS", "fingerprint" }, { "ISSUER", "issuer" },
	{ "OWNER", "owner" }, { "ENDS", "not_after" }, { "MARKS", "marks" },
	{ "SUBJECT", "subject" },
};
static const struct table_row COUNTS[] = {
	{ "PARTS", "parts" }, { "TOTAL", "total" },
	{ "EXPIRING", "expiring" }, { "ENDED", "ended" },
};
static const struct table_row FIRMWARE[] = {
	{ "DEVICES", "devices" }, { "RUN VERSION", "version" },
	{ "DIGEST", "digest" },
};
static const struct table_row GAPS[] = {
	{ "KEY", "name" }, { "CLASS", "class" },
	{ "ENVIRONMENT", "environment" }, { "STATE", "state" },
	{ "OWNER", "owner" }, { "GAPS", "marks" },
};

static const struct table_row LACKING[] = {
	{ "CERTIFICATE", "fingerprint" }, { "ENDS", "not_after" },
	{ "OWNER", "owner" }, { "GAPS", "marks" }, { "ISSUER", "issuer" },
	{ "SUBJECT", "subject" },
};

/* ---- a product line ---- */

int
marks_set(json_t *part, struct err *err)
{
	AUTO(blob) *marks = blob_new();
	const json_t *one;
	size_t i;

	if (marks == NULL)
		return err_set(err, ENOMEMORY, "marks");
	if (json_flag(part, "expiring", false))
		TRY(blob_puts(marks, "expiring", err));
	if (json_flag(part, "ended", false))
		TRY(blob_puts(marks, "ended", err));
	json_array_foreach(json_object_get(part, "gaps"), i, one)
		TRY(blob_printf(marks, err, "%sno %s", marks->len > 0 ? ", " :
		    "", json_str(one, "gap", "?")));
	return json_set_str(part, "marks", blob_str(marks), err);
}

int
quorum_set(json_t *use, struct err *err)
{
	AUTO(blob) *words = blob_new();
	const json_t *one;
	size_t i;

	if (words == NULL)
		return err_set(err, ENOMEMORY, "a quorum");
	json_array_foreach(json_object_get(use, "approvals"), i, one)
		TRY(blob_printf(words, err, "%s%lld of %s", i > 0 ? ", " : "",
		    (long long)json_int(one, "count", 0), json_str(one, "of",
		    "?")));
	if (words->len == 0)
		TRY(blob_puts(words, "none", err));
	return json_set_str(use, "quorum", blob_str(words), err);
}

int
certificate_set(json_t *c, struct err *err)
{
	if (json_flag(c, "elsewhere", false))
		TRY(json_set_str(c, "ca", json_str(c, "issuer", ""), err));
	return marks_set(c, err);
}

int
authority_set(json_t *authority, struct err *err)
{
	const json_t *first = json_array_get(table_member(authority,
	    "issued.soonest"), 0);

	if (first != NULL)
		TRY(json_set_str(authority, "soonest", json_str(first,
		    "not_after", ""), err));
	return marks_set(authority, err);
}

int
parts_list(json_t *parts, part_set *set, const struct table_row *rows,
    size_t n, struct err *err)
{
	json_t *one;
	size_t i;

	if (json_array_size(parts) == 0)
		return 0;
	json_array_foreach(parts, i, one)
		if (set != NULL)
			TRY(set(one, err));
	puts("");
	table_list(parts, rows, n);
	return 0;
}

/* The parts of each key after those of the key before. */
static int
parts_take(const json_t *key, const char *name, json_t *all, struct err *err)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(key, name), i, one) {
		TRY(json_set_str(one, "key", json_str(key, "name", "?"), err));
		if (json_array_append(all, one) != 0)
			return err_set(err, ENOMEMORY, "an inventory");
	}
	return 0;
}

static int
parts_print(const json_t *keys, const char *name, part_set *set,
    const struct table_row *rows, size_t n, struct err *err)
{
	AUTO_JSON *all = json_array();
	const json_t *key;
	size_t i;

	if (all == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	json_array_foreach(keys, i, key)
		TRY(parts_take(key, name, all, err));
	return parts_list(all, set, rows, n, err);
}

static int
counts_print(const json_t *view, struct err *err)
{
	static const char *const parts[] = { "keys", "elsewhere",
		"authorities", "certificates", "others" };
	json_t *counts = json_object_get(view, "counts"), *one;
	AUTO_JSON *list = json_array();

	for (size_t i = 0; i < NELEM(parts); i++) {
		one = json_object_get(counts, parts[i]);
		TRY(json_set_str(one, "parts", parts[i], err));
		if (json_array_append(list, one) != 0)
			return err_set(err, ENOMEMORY, "counts");
	}
	return parts_list(list, NULL, ROWS(COUNTS), err);
}

/* Those of the token, then those that live elsewhere. */
static int
keys_print(const json_t *keys, struct err *err)
{
	AUTO_JSON *here = json_array(), *elsewhere = json_array();
	json_t *key;
	size_t i;

	json_array_foreach(keys, i, key) {
		TRY(marks_set(key, err));
		if (json_array_append(json_flag(key, "elsewhere", false) ?
		    elsewhere : here, key) != 0)
			return err_set(err, ENOMEMORY, "an inventory");
	}
	table_list(here, ROWS(KEYS));
	return parts_list(elsewhere, NULL, ROWS(ELSEWHERE), err);
}

static int
product_print(const json_t *view, struct err *err)
{
	json_t *keys = json_object_get(view, "keys");
	const char *looked = json_str(view, "looked_until", NULL);

	as_of_print(view);
	printf("product line %s at %s; expiring: before %s\n",
	    json_str(view, "product", "?"), json_str(view, "time", "?"),
	    json_str(view, "until", "?"));
	TRY(keys_print(keys, err));
	TRY(parts_print(keys, "authority", quorum_set, ROWS(USES), err));
	TRY(parts_print(keys, "authorities", authority_set, ROWS(AUTHORITIES),
	    err));
	TRY(parts_print(keys, "certificates", certificate_set,
	    ROWS(CERTIFICATES), err));
	TRY(parts_list(json_object_get(view, "certificates"), marks_set,
	    ROWS(OTHERS), err));
	TRY(counts_print(view, err));
	TRY(parts_list(json_object_get(json_object_get(view, "devices"),
	    "firmware"), NULL, ROWS(FIRMWARE), err));
	if (json_int(json_object_get(view, "counts"), "lacking", 0) > 0)
		printf("\n%lld keys lack something: claviger inventory gaps\n",
		    (long long)json_int(json_object_get(view, "counts"),
		    "lacking", 0));
	if (looked != NULL)
		printf("\nOf what was issued, EXPIRING and SOONEST are told up "
		    "to %s.\n", looked);
	return 0;
}

bool
inventory_is_borne(const json_t *view, const json_t *certificate)
{
	const char *spki = json_str(certificate, "spki", "");
	const json_t *key;
	size_t i;

	json_array_foreach(json_object_get(view, "keys"), i, key)
		if (strcmp(json_str(key, "hash", ""), spki) == 0)
			return true;
	return false;
}

/* The next page's keys behind those that there are. */
static int
page_join(json_t *whole, const json_t *page, struct err *err)
{
	if (json_array_extend(json_object_get(whole, "keys"), json_object_get(
	    page, "keys")) != 0)
		return err_set(err, ENOMEMORY, "an inventory");
	(void)json_object_del(whole, "next");
	return 0;
}

static int
page_get(struct cli *cli, const char *product, const char *cursor,
    json_t **ret, struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/inventory/products/%s", product));
	rc = path_add(&path, "within", in_str(cli->in, "within"), err);
	if (rc == 0)
		rc = path_add(&path, "limit", "1000", err);
	if (rc == 0)
		rc = path_add(&path, "cursor", cursor, err);
	if (rc == 0)
		rc = view_get(cli, TAKE(path), ret, err);
	free(path);
	return rc;
}

/* All of it, however many pages it takes. */
static int
product_get(struct cli *cli, const char *product, json_t **ret,
    struct err *err)
{
	AUTO_JSON *whole = NULL;
	char *next = NULL;
	int rc;

	TRY(page_get(cli, product, NULL, &whole, err));
	while (json_str(whole, "next", NULL) != NULL) {
		AUTO_JSON *page = NULL;

		if ((next = strdup(json_str(whole, "next", ""))) == NULL)
			return err_set(err, ENOMEMORY, "an inventory");
		rc = page_get(cli, product, next, &page, err);
		free(next);
		TRY(rc);
		TRY(page_join(whole, page, err));
		if (json_object_get(page, "next") != NULL)
			TRY(json_set_new(whole, "next", json_incref(
			    json_object_get(page, "next")), err));
	}
	*ret = TAKE(whole);
	return 0;
}

static int
pretty(const json_t *j, struct blob *ret, struct err *err)
{
	char *text = json_pretty(j);
	int rc = text != NULL ? blob_puts(ret, text, err) :
	    err_set(err, ENOMEMORY, "an inventory");

	free(text);
	return rc;
}

static int
product_octets(const json_t *view, const char *format, struct blob *ret,
    struct err *err)
{
	AUTO_JSON *bom = NULL;

	if (strcmp(format, "csv") == 0)
		return inventory_csv(view, ret, err);
	if (strcmp(format, "json") == 0)
		return pretty(view, ret, err);
	TRY(inventory_cbom(view, &bom, err));
	return pretty(bom, ret, err);
}

/* To a file, or to standard output. */
static int
product_export(struct cli *cli, const json_t *view, const char *format,
    struct err *err)
{
	AUTO(blob) *octets = blob_new();

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	TRY(product_octets(view, format, octets, err));
	return export_deliver(cli, octets, err);
}

static int
run_product(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *view = NULL;
	struct cli *cli = ctx;

	TRY(product_get(cli, in_arg(in, 0), &view, err));
	if (strcmp(in_str(in, "format"), "table") != 0)
		return product_export(cli, view, in_str(in, "format"), err);
	if (in_str(in, "output") != NULL)
		return err_set(err, EUSAGE, "--output goes with --format "
		    "json, csv or cyclonedx");
	return cli_answer(cli, view) ? 0 : product_print(view, err);
}

/* ---- gaps ---- */

static int
gaps_get(struct cli *cli, json_t **ret, struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/inventory/gaps"));
	rc = path_add(&path, "limit", in_str(cli->in, "limit"), err);
	if (rc == 0)
		rc = path_add(&path, "cursor", in_str(cli->in, "cursor"), err);
	if (rc == 0)
		rc = view_get(cli, TAKE(path), ret, err);
	free(path);
	return rc;
}

static int
gaps_print(const struct cli *cli, const json_t *view, struct err *err)
{
	json_t *keys = json_object_get(view, "gaps"), *one;
	const char *next = json_str(view, "next_certificate", NULL);
	size_t i;

	json_array_foreach(keys, i, one)
		TRY(marks_set(one, err));
	/* A page of certificates has no keys. */
	if (strchr(in_str(cli->in, "cursor") != NULL ? in_str(cli->in,
	    "cursor") : "", '/') == NULL) {
		table_list(keys, ROWS(GAPS));
		printf("\n%lld keys in all\n", (long long)json_int(view,
		    "total", 0));
	}
	TRY(parts_list(json_object_get(view, "certificates"), marks_set,
	    ROWS(LACKING), err));
	if (next != NULL)
		cli_note(cli, "there are more certificates: --cursor %s", next);
	return 0;
}

static int
run_gaps(void *ctx, const struct invocation *in, struct err *err)
{
	struct cli *cli = ctx;
	AUTO_JSON *list = NULL;

	TRY(gaps_get(cli, &list, err));
	if (cli_answer(cli, list))
		return 0;
	as_of_print(list);
	return gaps_print(cli, list, err);
}

/* ---- rows ---- */

static const struct argument_row PRODUCT[] = {
	{ .name = "PRODUCT", .value = V_NAME, .words = "the product line's name" },
};
static const struct argument_row LINE[] = {
	{ .name = "PRODUCT", .value = V_NAME, .optional = true, .words = "one product line; all where left out" },
};
static const struct argument_row KEY[] = { ARG_KEY };
static const struct argument_row DEVICE[] = { ARG_DEVICE };
static const struct option_row PRODUCT_OPTIONS[] = {
	OPT_WITHIN,
	OPT_AS_OF,
	{ .name = "format", .value = V_CHOICE, .meta = "FORMAT", .choices = "table|json|csv|cyclonedx", .otherwise = "table",
	  .words = "table for people, json as of the interface, csv: a row for each part (RFC 4180), or cyclonedx: a cryptographic bill of materials (CycloneDX 1.6)" },
	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FILE", .words = "write it there; not the table" },
};
static const struct option_row ONE_OPTIONS[] = { OPT_WITHIN, OPT_AS_OF };
static const struct option_row GAPS_OPTIONS[] = {
	OPT_AS_OF,
	{ .name = "cursor", .value = V_TEXT, .meta = "CURSOR", .words = "go on behind the page before: its \"next\", or of certificates its \"next_certificate\"" },
	OPT_LIMIT,
};
static const struct option_row SOLVENCY_OPTIONS[] = {
	OPT_AS_OF,
	OPT_CURSOR,
};
static const enum err_code READ_ERRORS[] = { EAUTH, EDENIED, ENOENT_, ERANGE_, EBUSY_, ENOROOM, EUNREACH };
static const enum err_code KEY_ERRORS[] = { EAUTH, EDENIED, ENOKEY, EUNREACH };

static const struct command_row COMMANDS[] = {
	{ .noun = "inventory", .verb = "product", .summary = "Show all that a product line depends on",
	  .words = "Every key of the product line: which group answers for it, by which rules and with whose approvals it is used, "
	    "what is done when it is lost, and when its use ends, by its class's cryptoperiod from its activation on. "
	    "Keys that live elsewhere are among them, with the place and who holds them, as somebody said it (\"claviger key register\"). "
	    "Every authority and every certificate of these keys, also those of other CAs, and the certificates of other CAs that name the product line (\"claviger cert import\"), a thousand "
	    "at most, the soonest end first. Of what an authority has issued to others, how many there are by "
	    "status, and the next that end; \"claviger cert list --ca\" lists them. Devices and certificates of other "
	    "CAs are counted up to 100000.\n\n"
	    "What ends soon is marked, and so is what has ended and was not put out of use, and what lacks something: see "
	    "\"claviger inventory gaps\".\n\n"
	    "In CSV what a spreadsheet would take for a formula begins with an apostrophe.\n\n"
	    "With --as-of the answer is what this command would have said then; of a JSON answer \"ledger\" has the size and the root of the ledger that it was made from, and "
	    "nothing behind that is in it. The service replays one time at once: who asks for another meanwhile is told to come again (exit 75), and what is replayed is at hand for some minutes.",
	  ROWS_ARGS(PRODUCT), ROWS_OPTIONS(PRODUCT_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_product,
	  .examples = (const struct example_row[]){
		{ "claviger inventory product thermostat", "What it depends on, and what of it ends within a year" },
		{ "claviger inventory product thermostat --within P90D --json", "For a program, with another term" },
		{ "claviger inventory product thermostat --format csv -o thermostat.csv", "For a spreadsheet" },
		{ "claviger inventory product thermostat --as-of 2026-06-01", "What it depended on that day, and whose it was then" },
		{ "claviger inventory product thermostat --format cyclonedx -o thermostat.cdx.json", "Beside the software bill of materials" } },
	  .examples_n = 5 },
	{ .noun = "inventory", .verb = "key", .summary = "Show who may use a key, and what would end that",
	  .words = "Whose the key is, who may use it by which rule, the windows and the requests that are open on it, how often it was used, by whom and "
	    "when last (signatures and certificates, not lists and OCSP answers), its authorities and certificates. Then, for the key, each window, authority "
	    "and certificate, what would end it: the command, the rules that allow it, who may ask, and whose approvals it takes; of a certificate, also the octets "
	    "that its entry adds to a revocation list.",
	  ROWS_ARGS(KEY), ROWS_OPTIONS(ONE_OPTIONS), ROWS_ERRORS(KEY_ERRORS), .run = inventory_run_key,
	  .examples = (const struct example_row[]){ { "claviger inventory key thermostat-fw", "It may have leaked: what can be taken back, and how" } },
	  .examples_n = 1 },
	{ .noun = "inventory", .verb = "device", .summary = "Show all that is known of one device",
	  .words = "What its factory said; the last hundred reports of what runs on it, with version, key and the request under which each was signed. "
	    "Its certificates of all authorities and profiles, the oldest first, with the one that took the place of each; its keys, by "
	    "the hash of their SubjectPublicKeyInfo; the batches that brought them. Then by whose leave each of these came to it: the requests, with rule and requester.",
	  ROWS_ARGS(DEVICE), ROWS_OPTIONS(ONE_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = inventory_run_device,
	  .examples = (const struct example_row[]){ { "claviger inventory device T-4711", "By the serial number that a customer reads out" } },
	  .examples_n = 1 },
	{ .noun = "inventory", .verb = "solvency", .summary = "Show what ends before a product line's support does",
	  .words = "The charter says until when each product line is supported (products.yaml: NAME: { support-until: \"2036-12-31\" }). Every key of the line whose "
	    "use ends before, also those that live elsewhere; every authority, and the last day on which it can still issue each profile that it issues, in full; every certificate, also "
	    "those of other CAs. Each with the day by which somebody has to act: its end less the longest lead that the charter's alerts give such a thing (90 days where they "
	    "say nothing), the soonest first. A key that was never used has no end yet. A line without a date is a gap, and so is one that nothing serves. "
	    "Without LINE: those that keys serve, that versions were signed for or that the charter names; one that has nothing but devices or certificates of other CAs is "
	    "shown by its name.",
	  ROWS_ARGS(LINE), ROWS_OPTIONS(SOLVENCY_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = inventory_run_solvency,
	  .examples = (const struct example_row[]){ { "claviger inventory solvency thermostat", "What must be replaced within its support" } },
	  .examples_n = 1 },
	{ .noun = "inventory", .verb = "gaps", .summary = "List keys and certificates that lack something",
	  .words = "Keys that are in use, or can be, and lack an owner, a recovery, a rule by which anybody may use them (authority), an end of their use, or "
	    "a product line. The first four come from a charter that has no such class any more, or whose class has no rule for the key's environment.\n\n"
	    "Of keys that live elsewhere: whose entry names no group of the charter as owner, no procedure as recovery, no end and no product line; "
	    "whose public key is not known; and whose procedure asks for a proven restore (\"proven\" of recovery.yaml) that is not there, or too old.\n\n"
	    "Of certificates of other CAs, by pages of their own: those that have ended, and that neither a list revokes nor another that ends later goes on for "
	    "(of the same subject and issuer, or with the same public key); then those whose owner is no group of the charter in force. What a list "
	    "revokes lacks nothing. A page looks at 5,000 at most, so it may be short before the last.",
	  ROWS_OPTIONS(GAPS_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_gaps,
	  .examples = (const struct example_row[]){ { "claviger inventory gaps", "What nobody answers for, and why" } },
	  .examples_n = 1 },
};

const struct noun_row noun_inventory = {
	.noun = "inventory", .page = "claviger-inventory", .section = 1,
	.summary = "what there is, whose it is, when it ends", ROWS_COMMANDS(COMMANDS),
};
