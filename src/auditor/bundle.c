/*
 * bundle - claviger-audit verify: a whole ledger, judged.
 *
 * Floor 7.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "auditor/auditor.h"
#include "base/io.h"
#include "base/json.h"
#include "store/store.h"

#define SEEN_MOST	256
#define SEEN_OCTETS	(16u << 20)

struct kept {
	struct audit_seen	 seen[SEEN_MOST];
	struct blob		 text[SEEN_MOST];
	size_t			 n;
};

static int
keep(const struct invocation *in, struct kept *k, struct err *err)
{
	size_t n = in_many(in, "seen");

	if (n > SEEN_MOST)
		return err_set(err, EUSAGE, "--seen is taken at most %d times",
		    SEEN_MOST);
	for (size_t i = 0; i < n; i++) {
		const char *path = in_nth(in, "seen", i);

		k->n = i + 1;
		TRY(io_read_file(path, SEEN_OCTETS, &k->text[i], err));
		k->seen[i] = (struct audit_seen){ path,
			blob_str(&k->text[i]), k->text[i].len };
	}
	return 0;
}

static int
open_bundle(const char *path, int *ret, struct err *err)
{
	*ret = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) :
	    open(path, O_RDONLY | O_CLOEXEC);
	if (*ret < 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}

/* The tables of a live database against what the ledger makes of them. */
static int
replay(const char *url, json_t *report, struct err *err)
{
	AUTO(store) *live = NULL;
	AUTO_JSON *found = NULL;

	TRY(store_open(url, NULL, &live, err));
	TRY(audit_replay(live, NULL, &found, err));
	if (!json_flag(found, "ok", false))
		TRY(json_set_new(report, "ok", json_false(), err));
	return json_set_new(report, "replay", TAKE(found), err);
}

static int
verdict(const struct auditor *a, const json_t *report, struct err *err)
{
	if (a->json)
		report_json(report);
	else
		report_bundle(report, stdout);
	if (json_flag(report, "ok", false))
		return 0;
	return err_set(err, EVERIFY, "%zu findings", json_array_size(
	    json_object_get(report, "findings")));
}

static int
judge(const struct auditor *a, const struct kept *k, json_t **ret,
    struct err *err)
{
	struct audit_options o = {
		.trust = in_str(a->in, "trust"), .seen = k->seen,
		.seen_n = k->n,
		.threads = (unsigned)in_count(a->in, "threads", 0),
	};
	int fd, rc;

	TRY(open_bundle(in_arg(a->in, 0), &fd, err));
	rc = audit_verify(fd, &o, ret, err);
	close(fd);
	return rc;
}

static int
run_verify(void *ctx, const struct invocation *in, struct err *err)
{
	const struct auditor *a = ctx;
	struct kept *k = calloc(1, sizeof(*k));
	AUTO_JSON *report = NULL;
	int rc = k == NULL ? err_set(err, ENOMEMORY, "audit") :
	    keep(in, k, err);

	if (rc == 0)
		rc = judge(a, k, &report, err);
	for (size_t i = 0; k != NULL && i < k->n; i++)
		blob_done(&k->text[i]);
	free(k);
	TRY(rc);
	if (in_str(in, "replay-db") != NULL)
		TRY(replay(in_str(in, "replay-db"), report, err));
	return verdict(a, report, err);
}

static const struct argument_row ARGS[] = {
	{ .name = "BUNDLE", .value = V_FILE, .words = "what claviger audit export wrote; \"-\" is standard input" },
};
static const struct option_row OPTIONS[] = {
	{ .name = "trust", .value = V_HASH, .required = true, .meta = "FINGERPRINT", .words = "the genesis fingerprint, which you were given by another way" },
	{ .name = "seen", .value = V_FILE, .many = true, .meta = "FILE",
	  .words = "a checkpoint or an evidence file that somebody kept: nothing they saw may be gone or changed" },
	{ .name = "replay-db", .value = V_TEXT, .meta = "URL",
	  .words = "also rebuild every table of this live database from its ledger and compare row by row" },
	{ .name = "threads", .value = V_COUNT, .meta = "N", .min = 1, .max = 256, .words = "how many processors to use; all where left out" },
};
static const enum err_code ERRORS_[] = { EVERIFY, EINPUT, EIO_ };
static const struct example_row EXAMPLES[] = {
	{ "claviger-audit verify ledger.bundle --trust 3f5d9c6e0b1a2c4d8e7f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5 --seen last-year.checkpoint",
	  "Verify everything up to the newest checkpoint, and that last year's is part of it" },
};
static const struct command_row ROWS_[] = {
	{ .noun = "verify", .summary = "Verify a whole ledger",
	  .words = "Checks that the genesis is the trusted one, that every event is in the tree that the ledger key signed, that "
	    "the keeper's journal has no gap, that each charter follows from the one before by an approved amendment; "
	    "verifies every approval, takes every decision again and compares.\n\n"
	    "What a restore left out is told under \"Cannot be excluded\", with who approved it: the keeper may have used keys "
	    "that only others remember.\n\n"
	    "A file given to --seen that is neither checkpoint nor evidence is bad input (65), and proves nothing. One of before "
	    "the events that the bundle tells of is no finding: it is told there too, and a full "
	    "bundle can be compared with it. One of behind them is: the bundle is older, or the ledger was cut. So is one "
	    "that the house's ledger key did not sign, or that is of another house. "
	    "Without --seen it cannot be excluded that this is another ledger than others were shown: keep checkpoints, "
	    "and hand them in.",
	  .args = ARGS, .args_n = NELEM(ARGS), .options = OPTIONS, .options_n = NELEM(OPTIONS),
	  .examples = EXAMPLES, .examples_n = NELEM(EXAMPLES), .errors = ERRORS_, .errors_n = NELEM(ERRORS_), .run = run_verify },
};

const struct noun_row noun_verify = { .noun = "verify", .page = "claviger-audit-verify", .section = 1,
	.summary = "verify a whole ledger", .commands = ROWS_, .commands_n = NELEM(ROWS_) };
