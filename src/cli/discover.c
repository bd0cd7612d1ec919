/*
 * discover - claviger discover: keys and certificates that are in no inventory.
 *
 * Floor 7.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/discover.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/table.h"

static const struct table_row FOUND[] = {
	{ "KIND", "kind" }, { "FORM", "form" }, { "ENCRYPTED", "encrypted" },
	{ "ALGORITHM", "algorithm" }, { "FINGERPRINT", "fingerprint" },
	{ "PLACE", "place" },
};

/* ---- scans ---- */

/* A job that sees nothing each night must not look as if all were well. */
int
scan_verdict(const struct scan *s, struct err *err)
{
	size_t passed = json_array_size(s->passed);

	if (passed == 0)
		return 0;
	if (s->things == 0)
		return err_set(err, EIO_, "nothing of it could be looked at");
	return !s->each ? 0 : err_set(err, EIO_, "%zu of %lld could not be "
	    "looked at", passed, (long long)s->things + (long long)passed);
}

/* What was not looked at is told, whatever else was found. */
static void
passed_tell(const struct cli *cli, const struct scan *s)
{
	const json_t *one;
	size_t i;

	json_array_foreach(s->passed, i, one)
		cli_note(cli, "not looked at: %s: %s", json_str(one, "place",
		    ""), json_str(one, "why", ""));
}

static int
shown(struct cli *cli, const struct scan *s, struct err *err)
{
	AUTO_JSON *list = json_array();
	json_t *one, *all;
	const char *id;
	int rc;

	json_object_foreach(s->found, id, one)
		if (json_array_append(list, one) != 0)
			return err_set(err, ENOMEMORY, "findings");
	TRY(json_build(&all, err, "{s:b, s:I, s:O, s:O}", "dry_run", 1,
	    "looked_at", (json_int_t)s->things, "found", list, "passed",
	    s->passed));
	rc = scan_verdict(s, err);
	if (!cli_outcome(cli, all, rc))
		table_list(list, ROWS(FOUND));
	return rc;
}

typedef int scan_fn(struct cli *cli, struct scan *s, struct err *err);

static int
scan_all(struct cli *cli, struct scan *s, scan_fn *fn, struct err *err)
{
	TRY(scan_init(s, err));
	TRY(fn(cli, s, err));
	TRY(scan_end(s, err));
	passed_tell(cli, s);
	return in_flag(cli->in, "dry-run") ? shown(cli, s, err) :
	    scan_report(cli, s, err);
}

static int
scan_run(struct cli *cli, scan_fn *fn, struct err *err)
{
	struct scan s;
	int rc = scan_all(cli, &s, fn, err);

	scan_done(&s);
	return rc;
}

static int
files(struct cli *cli, struct scan *s, struct err *err)
{
	const char *host = in_str(cli->in, "host"), *path;
	char own[256] = "";

	if (host == NULL && gethostname(own, sizeof(own) - 1) != 0)
		return err_set(err, EIO_, "the name of this host: %s; give one "
		    "with --host", strerror(errno));
	for (size_t i = 0; (path = in_arg(cli->in, i)) != NULL; i++)
		TRY(scan_files(s, host != NULL ? host : own, path,
		    &files_bounds, err));
	return 0;
}

static int
run_files(void *ctx, const struct invocation *in, struct err *err)
{
	return scan_run(ctx, files, err);
}

static int
run_tls(void *ctx, const struct invocation *in, struct err *err)
{
	return scan_run(ctx, scan_tls, err);
}

static int
run_token(void *ctx, const struct invocation *in, struct err *err)
{
	return scan_run(ctx, scan_token, err);
}

/* ---- rows ---- */

#define A_FINDING "0f3a5c7e9b1d2f4a6c8e0b2d4f6a8c0e1f3a5c7e9b1d2f4a6c8e0b2d4f6a8c0e"

#define OPT_SCAN \
	{ .name = "dry-run", .value = V_FLAG, .words = "only show what would be told; nobody is asked" }, \
	OPT_REASON, OPT_NO_WAIT, OPT_WAIT
static const struct option_row FILES_OPTIONS[] = {
	{ .name = "host", .value = V_TEXT, .meta = "NAME", .words = "what this host is called in what is told; its own name where it is left out" },
	OPT_SCAN,
};
static const struct option_row TLS_OPTIONS[] = {
	{ .name = "list", .value = V_FILE, .meta = "FILE", .words = "endpoints, a line each; what is behind a # is for people. All are read before any is asked" },
	{ .name = "each", .value = V_DURATION, .meta = "DURATION", .otherwise = "PT10S", .words = "how long each may take to answer" },
	OPT_SCAN,
};
static const struct option_row TOKEN_OPTIONS[] = {
	{ .name = "module", .value = V_FILE, .required = true, .meta = "MODULE.so", .words = "the PKCS #11 module of the token" },
	{ .name = "token", .value = V_TEXT, .required = true, .meta = "LABEL", .words = "the token's label" },
	{ .name = "serial", .value = V_TEXT, .meta = "SERIAL", .words = "its serial number, where several have that label" },
	{ .name = "pin-file", .value = V_FILE, .meta = "FILE", .words = "where its PIN is, readable by you alone; without one only what is public is seen, and nothing taken for gone" },
	OPT_SCAN,
};
static const struct argument_row TLS_ARGS[] = {
	{ .name = "HOST:PORT", .value = V_TEXT, .optional = true, .many = true, .words = "an endpoint; [ADDRESS]:PORT for IPv6" },
};
static const struct argument_row FILES_ARGS[] = {
	{ .name = "FOLDER", .value = V_FOLDER, .many = true, .words = "a folder, with all below it; or one file" },
};
static const struct option_row LIST_OPTIONS[] = {
	{ .name = "state", .value = V_CHOICE, .meta = "STATE", .choices = "open|taken|dismissed|absent|gone", .words = "only in this state; all that are not gone where it is left out" },
	{ .name = "kind", .value = V_CHOICE, .meta = "KIND", .choices = "certificate|private-key|public-key|sealed|token-key|token-secret", .words = "only of this kind" },
	{ .name = "under", .value = V_TEXT, .meta = "PLACE", .words = "only at this place, and below it; tls://HOST is all of its ports" },
	OPT_CURSOR,
	OPT_LIMIT,
};
static const struct option_row DISMISS_OPTIONS[] = {
	{ .name = "reason", .value = V_TEXT, .required = true, .meta = "TEXT", .words = "why it is as it should be, for the officers and the ledger" },
	OPT_NO_WAIT, OPT_WAIT,
};
static const struct option_row IMPORT_OPTIONS[] = {
	{ .name = "product", .value = V_NAME, .many = true, .meta = "PRODUCT", .words = "a product line that it serves" },
	{ .name = "owner", .value = V_NAME, .meta = "GROUP", .words = "the group of the charter that answers for it" },
	OPT_REASON,
	{ .name = "again", .value = V_FLAG, .words = "ask anew after a rejection" },
	OPT_NO_WAIT, OPT_WAIT,
};
static const struct argument_row FINDING_ARGS[] = {
	{ .name = "FINDING", .value = V_HASH, .words = "the finding's id, as claviger discover list has it" },
};
static const enum err_code HOUSE_ERRORS[] = { EAUTH, EDENIED, EKEEPER, ETOKEN, EUNREACH };
static const enum err_code LIST_ERRORS[] = { EAUTH, EDENIED, EUNREACH };
static const enum err_code SHOW_ERRORS[] = { EAUTH, EDENIED, ENOENT_, EUNREACH };
static const enum err_code CHANGE_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, ENOENT_, ECONFLICT };
static const enum err_code TOKEN_ERRORS[] = { EQUORUM, EDENIED, ENOENT_, EAUTH, ETOKEN };
static const enum err_code SCAN_ERRORS[] = { EQUORUM, EDENIED, ENOENT_, ETOOBIG, EIO_, EUNREACH };

#define TOLD "What is in the inventory is only counted, but for private keys in files. Of the rest each is told once, however often it is looked for, and is open until it is in the " \
	"inventory, until somebody dismisses it, or until a later look at the same place, by whoever told it, sees it no more. Nothing gets into the inventory by itself."

static const struct command_row COMMANDS[] = {
	{ .noun = "discover", .verb = "files", .summary = "Look for keys and certificates in files",
	  .words = "Certificates, public keys, and private keys in the forms of PKCS #8, PKCS #1, SEC 1, OpenSSH, PuTTY and PGP, PEM or DER, and PEM that stands in base64 within another file, as in a "
	    "configuration, or in text of UTF-16; PKCS #7 and PKCS #12; DER in base64 alone; private keys in JSON (JWK); Java's key stores by their beginning. Of a private key that is not encrypted the public half is made, and only its SHA-256 is told; no passphrase is tried, not even the empty one. "
	    "No private key leaves this program. What is compressed (zip, tar.gz, tar.xz and others) is not looked into: unpack it first; in a tar that is not, only PEM is found.\n\n"
	    "No symbolic link is followed, and no other file system looked at. Files of more than 16 MiB, folders deeper than 64, all beyond a million files, a thousand things of one "
	    "file and 10,000 things in all are not looked at, nor is what cannot be read: each is told, and what was found there before is not taken for gone.\n\n" TOLD,
	  ROWS_ARGS(FILES_ARGS), ROWS_OPTIONS(FILES_OPTIONS), ROWS_ERRORS(SCAN_ERRORS), .run = run_files,
	  .examples = (const struct example_row[]){
		{ "claviger discover files /srv/build /etc/ssl --dry-run", "What lies there" },
		{ "claviger discover files /home --host build-3", "Tell the house of it" } },
	  .examples_n = 2 },
	{ .noun = "discover", .verb = "tls", .summary = "Look at the certificates that servers show",
	  .words = "Each endpoint is asked for TLS at once, with its name (SNI), in TLS 1.0 if it speaks nothing newer and with keys of any length, no client certificate and no proxy. Nothing is said to it: "
	    "the connection ends. What it shows is taken as it is shown, the whole chain: nobody is believed, and whether the chain leads to an "
	    "anchor or bears the name is not looked at. One that does not answer is told, and what was found there before is not taken for gone; then the others are told of all the same, and the exit status is 74.\n\n" TOLD,
	  ROWS_ARGS(TLS_ARGS), ROWS_OPTIONS(TLS_OPTIONS), ROWS_ERRORS(SCAN_ERRORS), .run = run_tls,
	  .examples = (const struct example_row[]){
		{ "claviger discover tls updates.example.com:443 10.0.0.7:8443", "Two servers" },
		{ "claviger discover tls --list endpoints.txt --each PT3S", "All of them" } },
	  .examples_n = 2 },
	{ .noun = "discover", .verb = "token", .summary = "Look at what a PKCS #11 token holds",
	  .words = "Key pairs and halves of them, secret keys and certificates; keys are compared with the inventory by their public half. Of a key that lives elsewhere and is in the inventory it is told "
	    "once that it is there, so that a later look at the whole token misses it when it is gone; and one whose entry says that it is in this token (--at pkcs11:token=...;object=...) is missed also where it was never seen. Where --token alone "
	    "says which token it is, what was told of another serial number under this label is gone: that token was made anew. For a token that the house does not "
	    "use: what its own holds it tells itself (\"claviger discover house\").\n\n" TOLD,
	  ROWS_OPTIONS(TOKEN_OPTIONS), ROWS_ERRORS(TOKEN_ERRORS), .run = run_token,
	  .examples = (const struct example_row[]){
		{ "claviger discover token --module /usr/lib/softhsm/libsofthsm2.so --token factory --pin-file factory.pin", "Another token" } },
	  .examples_n = 1 },
	{ .noun = "discover", .verb = "house", .summary = "Compare the house's own token with its keys",
	  .words = "What it holds that is no key of the house: halves that a crash left, and what others put there. And keys of the house that it holds no more. The keeper looks "
	    "now; the service has it look each hour, and each time that they meet. Both are told as alerts (finding).",
	  ROWS_ERRORS(HOUSE_ERRORS), .run = discover_run_house,
	  .examples = (const struct example_row[]){
		{ "claviger discover house", "Whether they agree" } },
	  .examples_n = 1 },
	{ .noun = "discover", .verb = "list", .summary = "List what was found",
	  .words = "By place. Open: nobody has said anything of it. Taken: it is in the inventory by now. Absent: an entry of the inventory (claviger key register) lacks it, since a "
	    "look at the whole token, by whoever told it, did not see its key, or saw it no more; until that is there again, the entry ends, or is said to be elsewhere. A private key in a file never is: whatever the inventory "
	    "says of its key, a copy of it lies there. It is open until it is dismissed or gone, and shown with the key: where that is said to be, or that it is of "
	    "the house, or which certificate it belongs to.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(LIST_ERRORS), .run = discover_run_list,
	  .examples = (const struct example_row[]){
		{ "claviger discover list --state open --kind private-key", "Private keys that lie about" },
		{ "claviger discover list --state absent", "Keys of the inventory that their tokens hold no more" } },
	  .examples_n = 2 },
	{ .noun = "discover", .verb = "show", .summary = "Show one finding",
	  .words = "What it is, where it lies, and what became of it; a certificate with its octets, PEM.",
	  ROWS_ARGS(FINDING_ARGS), ROWS_ERRORS(SHOW_ERRORS), .run = discover_run_show,
	  .examples = (const struct example_row[]){
		{ "claviger discover show " A_FINDING, "All that was told of it" } },
	  .examples_n = 1 },
	{ .noun = "discover", .verb = "dismiss", .summary = "Say that a finding is as it should be",
	  .words = "Nobody is told of it any more, also if it goes and comes again.",
	  ROWS_ARGS(FINDING_ARGS), ROWS_OPTIONS(DISMISS_OPTIONS), ROWS_ERRORS(CHANGE_ERRORS), .run = discover_run_dismiss,
	  .examples = (const struct example_row[]){
		{ "claviger discover dismiss " A_FINDING " --reason \"a test's key\"", "A key that protects nothing" } },
	  .examples_n = 1 },
	{ .noun = "discover", .verb = "import", .summary = "Enter a certificate that was found",
	  .words = "As claviger cert import does, with the octets that were told; then the finding is taken, wherever it was found. Keys are entered with "
	    "claviger key register.",
	  ROWS_ARGS(FINDING_ARGS), ROWS_OPTIONS(IMPORT_OPTIONS), ROWS_ERRORS(CHANGE_ERRORS), .run = discover_run_import,
	  .examples = (const struct example_row[]){
		{ "claviger discover import " A_FINDING " --product thermostat --owner release-leads", "Whose it is, and what it serves" } },
	  .examples_n = 1 },
};

const struct noun_row noun_discover = {
	.noun = "discover", .page = "claviger-discover", .section = 1,
	.summary = "keys and certificates that are in no inventory", ROWS_COMMANDS(COMMANDS),
};
