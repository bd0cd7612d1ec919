/*
 * ledger - claviger ledger, claviger audit: what is recorded, and the bundle
 * for whoever checks it.
 *
 * Floor 7.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/merkle.h"
#include "base/note.h"
#include "cli/explain.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/request.h"
#include "cli/table.h"
#include "policy/genesis.h"

static const struct table_row EVENTS[] = {
	{ "SEQ", "seq" }, { "TIME", "time" }, { "KIND", "kind" },
	{ "ACTOR", "actor" }, { "SUBJECT", "subject" },
};

static int
run_events(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/ledger/events?limit=%s",
	    in_str(in, "limit")));
	rc = path_add(&path, "since", in_str(in, "since"), err);
	if (rc == 0)
		rc = path_add(&path, "kind", in_str(in, "kind"), err);
	if (rc == 0)
		rc = path_add(&path, "subject", in_str(in, "subject"), err);
	if (rc == 0)
		rc = cli_get(cli, &j, err, path);
	free(path);
	TRY(rc);
	if (!cli_answer(cli, j))
		table_list(json_object_get(j, "events"), ROWS(EVENTS));
	return 0;
}

static int
genesis_of(struct cli *cli, struct genesis **ret, struct err *err)
{
	AUTO_JSON *j = NULL;

	TRY(cli_get(cli, &j, err, "/v1/genesis"));
	return genesis_read(json_object_get(j, "genesis"), ret, err);
}

static int
proof_of(const json_t *list, struct sha256 ret[MERKLE_PROOF], size_t *ret_n,
    struct err *err)
{
	size_t n = json_array_size(list);

	if (n > MERKLE_PROOF)
		return err_set(err, ESCHEMA, "a proof of %zu hashes", n);
	for (size_t i = 0; i < n; i++) {
		const char *hex = json_string_value(json_array_get(list, i));

		TRY(sha256_parse(hex != NULL ? hex : "", &ret[i], err));
	}
	*ret_n = n;
	return 0;
}

/* The event is in the tree whose head the house's ledger key signed. */
static int
receipt_check(const struct genesis *g, const json_t *j, struct err *err)
{
	const json_t *inc = json_object_get(j, "inclusion");
	struct sha256 proof[MERKLE_PROOF], leaf;
	struct blob octets = { 0 };
	struct checkpoint cp;
	size_t n;
	int rc;

	TRY(note_verify(json_str(j, "checkpoint", ""), g->ledger_key,
	    g->ledger_key_n, &cp, err));
	TRY(proof_of(json_object_get(inc, "proof"), proof, &n, err));
	rc = json_canonical(json_object_get(j, "event"), &octets, err);
	if (rc == 0)
		leaf = merkle_leaf(octets.data, octets.len);
	blob_done(&octets);
	TRY(rc);
	return merkle_check_inclusion(&leaf,
	    (uint64_t)json_int(json_object_get(j, "event"), "seq", 0), cp.size,
	    proof, n, &cp.root, err);
}

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *j = NULL;
	AUTO(genesis) *g = NULL;
	struct cli *cli = ctx;
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/ledger/events/%s", in_arg(in, 0)));
	rc = cli_get(cli, &j, err, path);
	free(path);
	TRY(rc);
	TRY(genesis_of(cli, &g, err));
	TRY(receipt_check(g, j, err));
	if (cli_answer(cli, j))
		return 0;
	cli_print_json(json_object_get(j, "event"));
	cli_note(cli, "It is in the tree of %lld events that the house's "
	    "ledger key signed.", (long long)json_int(json_object_get(j,
	    "inclusion"), "size", 0));
	return 0;
}

static int
run_checkpoint(void *ctx, const struct invocation *in, struct err *err)
{
	const char *file = cli_output(ctx);
	AUTO_JSON *j = NULL;
	AUTO(genesis) *g = NULL;
	struct blob note = { 0 };
	struct checkpoint cp;
	struct cli *cli = ctx;
	struct client *c;
	int rc;

	TRY(cli_client(cli, &c, err));
	TRY(genesis_of(cli, &g, err));
	rc = client_text(c, "/v1/ledger/checkpoint", &note, err);
	if (rc == 0)
		rc = note_verify(blob_str(&note), g->ledger_key,
		    g->ledger_key_n, &cp, err);
	if (rc == 0 && file != NULL)
		rc = io_write_file(file, 0644, note.data, note.len, err);
	if (rc == 0 && cli->json)
		rc = json_build(&j, err, "{s:s, s:I, s:I}", "checkpoint",
		    blob_str(&note), "size", (json_int_t)cp.size, "entries",
		    (json_int_t)cp.entries);
	if (rc == 0 && !cli_answer(cli, j) && file == NULL)
		fputs(blob_str(&note), stdout);
	blob_done(&note);
	return rc;
}

/* ---- audit export */

static int
event_time(struct cli *cli, uint64_t seq, time_us *ret, uint64_t *ret_size,
    struct err *err)
{
	AUTO_JSON *j = NULL;
	char path[80];
	const json_t *first;

	snprintf(path, sizeof(path), "/v1/ledger/events?since=%llu&limit=1",
	    (unsigned long long)seq);
	TRY(cli_get(cli, &j, err, path));
	*ret_size = (uint64_t)json_int(j, "size", 0);
	first = json_array_get(json_object_get(j, "events"), 0);
	if (first == NULL)
		return err_set(err, ENOENT_, "event %llu",
		    (unsigned long long)seq);
	return clock_parse(json_str(first, "time", ""), ret, err);
}

/* The first event at or after a time: events stand in order of time. */
static int
seq_at(struct cli *cli, time_us at, uint64_t *ret, struct err *err)
{
	uint64_t low = 0, high, size;
	time_us t;

	TRY(event_time(cli, 0, &t, &high, err));
	while (low < high) {
		uint64_t mid = low + (high - low) / 2;

		TRY(event_time(cli, mid, &t, &size, err));
		if (t < at)
			low = mid + 1;
		else
			high = mid;
	}
	*ret = low;
	return 0;
}

static int
since_of(struct cli *cli, uint64_t *ret, struct err *err)
{
	const char *text = in_str(cli->in, "since");
	char *end;
	time_us at;

	*ret = 0;
	if (text == NULL)
		return 0;
	*ret = strtoull(text, &end, 10);
	if (*end == '\0' && end != text && text[0] != '-')
		return 0;
	TRY(value_time(text, clock_now(), &at, err));
	return seq_at(cli, at, ret, err);
}

static int
fetch(struct client *c, const char *path, const char *file, struct err *err)
{
	char *beside = NULL;
	FILE *f;
	int rc;

	if (asprintf(&beside, "%s.part", file) < 0)
		return err_set(err, ENOMEMORY, "path");
	f = fopen(beside, "we");
	rc = f == NULL ? err_set(err, EIO_, "%s: %s", beside, strerror(errno)) :
	    client_fetch(c, path, f, err);
	if (f != NULL && fclose(f) != 0 && rc == 0)
		rc = err_set(err, EIO_, "%s: %s", beside, strerror(errno));
	if (rc == 0 && rename(beside, file) != 0)
		rc = err_set(err, EIO_, "%s: %s", file, strerror(errno));
	if (rc != 0)
		(void)unlink(beside);
	free(beside);
	return rc;
}

/* How many events lie before a bundle's end: its last line says. */
static int
bundle_end(const char *file, uint64_t *ret, struct err *err)
{
	char tail[64] = "";
	FILE *f = fopen(file, "re");
	const char *line;
	AUTO_JSON *j = NULL;
	size_t n = 0;

	if (f != NULL && fseek(f, -(long)sizeof(tail), SEEK_END) == 0)
		n = fread(tail, 1, sizeof(tail) - 1, f);
	if (f != NULL)
		(void)fclose(f);
	line = memmem(tail, n, "\n{\"end\":", 8);
	if (line == NULL || json_read(line + 1, n - (size_t)(line + 1 - tail),
	    &j, err) != 0)
		return err_set(err, EVERIFY, "%s has no end", file);
	*ret = (uint64_t)json_int(j, "end", 0);
	return 0;
}

static int
run_export(void *ctx, const struct invocation *in, struct err *err)
{
	const char *file = in_str(in, "output");
	AUTO_JSON *j = NULL;
	struct cli *cli = ctx;
	struct client *c;
	uint64_t since, end, size;
	time_us began;
	char path[80];

	if (cli_output(cli) == NULL)
		return err_set(err, EUSAGE, "a bundle goes to a file: its end "
		    "is read again");
	TRY(cli_client(cli, &c, err));
	TRY(event_time(cli, 0, &began, &size, err));
	TRY(since_of(cli, &since, err));
	snprintf(path, sizeof(path), "/v1/ledger/bundle%s%.0llu",
	    since > 0 ? "?since=" : "", (unsigned long long)since);
	TRY(fetch(c, path, file, err));
	TRY(bundle_end(file, &end, err));
	size = size > end ? size - end : 0;
	TRY(json_build(&j, err, "{s:s, s:I, s:I, s:I}", "bundle", file,
	    "since", (json_int_t)since, "end", (json_int_t)end, "beyond",
	    (json_int_t)size));
	if (cli_answer(cli, j))
		return 0;
	cli_note(cli, "The bundle is in %s. Verify it offline: "
	    "claviger-audit verify %s --trust FINGERPRINT", file, file);
	if (size > 0)
		cli_note(cli, "%llu events more are in the ledger, and no "
		    "checkpoint covers them yet: export again when the keeper "
		    "has signed one.", (unsigned long long)size);
	return 0;
}

static const struct option_row EVENT_OPTIONS[] = {
	{ .name = "since", .value = V_COUNT, .meta = "SEQ", .words = "from this event on" },
	{ .name = "kind", .value = V_TEXT, .meta = "KIND", .words = "only events of this kind, such as key.signed" },
	{ .name = "subject", .value = V_TEXT, .meta = "SUBJECT", .words = "only events about this" },
	OPT_LIMIT,
};
static const struct argument_row SEQ[] = { { .name = "SEQ", .value = V_COUNT, .words = "the event's number" } };
static const struct option_row CHECKPOINT_OPTIONS[] = {
	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FILE", .words = "keep it there, for claviger-audit verify --seen" },
};
static const struct option_row EXPORT_OPTIONS[] = {
	{ .name = "output", .letter = 'o', .value = V_FILE, .required = true, .meta = "BUNDLE", .words = "the file to write" },
	{ .name = "since", .value = V_TEXT, .meta = "T", .words = "leave out what happened before: a time, or an event's number" },
};
static const enum err_code ERRORS_[] = { EAUTH, EDENIED, ENOENT_, EVERIFY };
static const struct example_row EVENT_EXAMPLES[] = { { "claviger ledger events --kind key.signed --limit 20", "Signatures, as recorded" } };
static const struct example_row SHOW_EXAMPLES[] = { { "claviger ledger show 42", "One event, proven to be in the ledger" } };
static const struct example_row CHECKPOINT_EXAMPLES[] = {
	{ "claviger ledger checkpoint -o seen.checkpoint", "Keep the ledger's head, so that nothing seen today can be cut tomorrow" } };
static const struct example_row EXPORT_EXAMPLES[] = { { "claviger audit export -o ledger.bundle", "Everything an auditor needs, offline" } };

static const struct command_row LEDGER[] = {
	{ .noun = "ledger", .verb = "events", .summary = "List events in their order",
	  .words = "What happened: every request, approval, refusal, use and change.",
	  ROWS_OPTIONS(EVENT_OPTIONS), ROWS_EXAMPLES(EVENT_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_events },
	{ .noun = "ledger", .verb = "show", .summary = "Show one event with its proof",
	  .words = "Prints the event after checking that it is in the tree that the house's ledger key signed.",
	  ROWS_ARGS(SEQ), ROWS_EXAMPLES(SHOW_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_show },
	{ .noun = "ledger", .verb = "checkpoint", .summary = "Show the newest signed checkpoint",
	  .words = "Size and root of the ledger, signed by the keeper; its signature is checked here.",
	  ROWS_OPTIONS(CHECKPOINT_OPTIONS), ROWS_EXAMPLES(CHECKPOINT_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_checkpoint },
};
static const struct command_row AUDIT[] = {
	{ .noun = "audit", .verb = "export", .summary = "Export the ledger for an auditor",
	  .words = "Writes genesis, charters and every event into one file that claviger-audit verifies on another machine, "
	    "trusting nothing but the fingerprint. With --since, earlier events are left out: decisions that need them are "
	    "then listed as unchecked.",
	  ROWS_OPTIONS(EXPORT_OPTIONS), ROWS_EXAMPLES(EXPORT_EXAMPLES), ROWS_ERRORS(ERRORS_), .run = run_export },
};

const struct noun_row noun_ledger = { .noun = "ledger", .page = "claviger-ledger", .section = 1,
	.summary = "look into the ledger", ROWS_COMMANDS(LEDGER) };
const struct noun_row noun_audit = { .noun = "audit", .page = "claviger-audit-export", .section = 1,
	.summary = "export the ledger for an auditor", ROWS_COMMANDS(AUDIT) };
