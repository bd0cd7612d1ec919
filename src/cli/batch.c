/*
 * batch - claviger batch: certificates by the thousand, over a line that may
 * come and go.
 *
 * Floor 7.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/csrs.h"
#include "base/io.h"
#include "cli/fetch.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/request.h"
#include "cli/submit.h"
#include "cli/table.h"

static const struct table_row LIST[] = {
	{ "ID", "id" }, { "CA", "ca" }, { "PROFILE", "profile" },
	{ "REQUESTER", "requester" }, { "OPENED", "opened" },
};
static const struct table_row ONE[] = {
	{ "id", "id" }, { "ca", "ca" }, { "profile", "profile" },
	{ "requester", "requester" }, { "opened", "opened" },
	{ "name", "name" }, { "done", "done" }, { "waiting", "waiting" },
	{ "failed", "failed" },
};

/* ---- submitting ---- */

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Beside what is sent, unless it is named. */
static int
spool_where(const struct cli *cli, const char *source, char **ret,
    struct err *err)
{
	const char *named = in_str(cli->in, "spool");
	int n;

	if (named == NULL && strcmp(source, "-") == 0)
		return err_set(err, EUSAGE, "what comes from standard input "
		    "needs --spool FOLDER, so that it can go on later");
	if (named != NULL)
		n = asprintf(ret, "%s", named);
	else if (is_folder(source))
		n = asprintf(ret, "%s/.claviger-batch", source);
	else
		n = asprintf(ret, "%s.claviger-batch", source);
	return n >= 0 ? 0 : err_set(err, ENOMEMORY, "a spool");
}

static int
take_file(struct spool *s, const char *source, struct err *err)
{
	FILE *f;
	int rc;

	if (strcmp(source, "-") == 0)
		return spool_stream(s, stdin, err);
	if ((f = fopen(source, "r")) == NULL)
		return err_set(err, errno == ENOENT ? ENOENT_ : EIO_, "%s: %s",
		    source, strerror(errno));
	rc = spool_stream(s, f, err);
	fclose(f);
	return rc;
}

static int
take(struct cli *cli, struct spool *s, const char *source, struct err *err)
{
	struct spool_left left = { 0 };

	if (!is_folder(source))
		return take_file(s, source, err);
	TRY(spool_folder(s, source, &left, err));
	if (left.none > 0)
		cli_note(cli, "%llu files hold no certificate request, and "
		    "stay here.", (unsigned long long)left.none);
	if (left.large > 0)
		cli_note(cli, "Too large for a request, and left here: %s; %llu in "
		    "all.", left.first, (unsigned long long)left.large);
	if (left.named > 0)
		cli_note(cli, "Of a name over %d octets, and left here: %s; %llu in "
		    "all.", CSRS_NAME - 1, left.first_named,
		    (unsigned long long)left.named);
	return 0;
}

/* Certificates go to a folder; results as lines to a file. */
static const char *
certificates_to(const struct cli *cli, const char *source)
{
	const char *o = in_str(cli->in, "output");

	if (o == NULL)
		return is_folder(source) ? source : NULL;
	return is_folder(o) || o[strlen(o) - 1] == '/' ? o : NULL;
}

static int
results_copy(const struct spool *s, const char *to, struct err *err)
{
	char *path = NULL, part[4096];
	FILE *from, *f;
	size_t n;
	bool bad;

	TRY(spool_path(s, "results.ndjson", &path, err));
	from = fopen(path, "r");
	f = strcmp(to, "-") == 0 ? stdout : fopen(to, "w");
	free(path);
	bad = from == NULL || f == NULL;
	while (!bad && (n = fread(part, 1, sizeof(part), from)) > 0)
		bad = fwrite(part, 1, n, f) != n;
	if (from != NULL)
		fclose(from);
	if (f != NULL && (f == stdout ? fflush(f) : fclose(f)) != 0)
		bad = true;
	return bad ? err_set(err, EIO_, "%s: %s", to, strerror(errno)) : 0;
}

static int
summary(const struct submit *s, json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:I, s:I, s:I, s:I}",
	    "batch", s->batch, "spool", s->spool->folder,
	    "rows", (json_int_t)s->spool->rows,
	    "done", (json_int_t)s->count[SUBMIT_DONE],
	    "waiting", (json_int_t)s->count[SUBMIT_WAITS],
	    "failed", (json_int_t)s->count[SUBMIT_REFUSED]);
}

/* The worst of it is what the command ends with. */
static int
verdict(struct submit *s, struct err *err)
{
	if (s->count[SUBMIT_REFUSED] > 0)
		return err_set(err, s->first.code, "%llu of %llu rows; the "
		    "first: %s", (unsigned long long)s->count[SUBMIT_REFUSED],
		    (unsigned long long)s->spool->rows, s->first.what);
	if (s->count[SUBMIT_WAITS] > 0)
		return err_set(err, EQUORUM, "%llu of %llu rows wait; run the "
		    "same line again for their certificates",
		    (unsigned long long)s->count[SUBMIT_WAITS],
		    (unsigned long long)s->spool->rows);
	return 0;
}

static int
report(struct submit *s, struct err *err)
{
	const char *to = in_str(s->cli->in, "output");
	struct cli *cli = s->cli;
	AUTO_JSON *told = NULL;
	int rc;

	if (to != NULL && s->to == NULL)
		TRY(results_copy(s->spool, to, err));
	TRY(summary(s, &told, err));
	if ((rc = verdict(s, err)) != 0) {
		json_decref(cli->told);
		cli->told = TAKE(told);
		return rc;
	}
	if (!cli_answer(cli, told))
		cli_note(cli, "%llu certificates; what each row came to is in "
		    "%s/results.ndjson.", (unsigned long long)
		    s->count[SUBMIT_DONE], s->spool->folder);
	return 0;
}

static int
submit(struct submit *s, const char *source, struct err *err)
{
	TRY(take(s->cli, s->spool, source, err));
	if (s->to != NULL)
		TRY(io_mkdir_p(s->to, 0777, err));
	TRY(submit_pass(s, err));
	return report(s, err);
}

static int
run_submit(void *ctx, const struct invocation *in, struct err *err)
{
	const char *source = in_arg(in, 0);
	struct submit s = { .cli = ctx };
	char *folder = NULL;
	int rc;

	TRY(clock_duration(in_str(in, "patience"), &s.patience, err));
	s.to = certificates_to(ctx, source);
	TRY(spool_where(ctx, source, &folder, err));
	rc = spool_open(folder, in_str(in, "ca"), in_str(in, "profile"),
	    &s.spool, err);
	free(folder);
	if (rc == 0)
		rc = submit(&s, source, err);
	spool_free(s.spool);
	return rc;
}

/* ---- finding ---- */

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "ca", "ca" },
		{ "requester", "requester" }, { "limit", "limit" },
		{ "cursor", "cursor" } };
	struct cli *cli = ctx;
	AUTO_JSON *list = NULL;

	TRY(fetch_list(cli, "/v1/batches", by, NELEM(by), &list, err));
	page_show(cli, list, "batches", ROWS(LIST));
	return 0;
}

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
{
	struct cli *cli = ctx;
	AUTO_JSON *batch = NULL;
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/batches/%s", in_arg(in, 0)));
	rc = cli_get(cli, &batch, err, path);
	free(path);
	TRY(rc);
	if (!cli_answer(cli, batch))
		table_one(batch, ROWS(ONE));
	return 0;
}

/* ---- rows ---- */

static const struct argument_row SOURCE[] = {
	{ .name = "SOURCE", .value = V_FILE, .words = "a folder of requests (.csr .pem .der .p10 .req; PEM or DER), a tar of such, or NDJSON; \"-\" is standard input" },
};
static const struct argument_row BATCH[] = {
	{ .name = "BATCH", .value = V_TEXT, .words = "its id (bat_...)" },
};
static const struct option_row SUBMIT_OPTIONS[] = {
	{ .name = "ca", .value = V_NAME, .required = true, .meta = "CA", .words = "the authority that issues" },
	{ .name = "profile", .value = V_NAME, .required = true, .meta = "PROFILE", .words = "the profile that says what they may be" },
	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FOLDER|FILE",
	  .words = "a folder: write the certificates there, each as NAME.crt, or NAME.ROW.crt where another file has that name; a file (\"-\" is standard output): write there what each row came to, a line of JSON each. A folder's certificates go beside its requests where left out" },
	{ .name = "spool", .value = V_FOLDER, .meta = "FOLDER", .words = "where the batch is kept; SOURCE.claviger-batch, or .claviger-batch in the folder, where left out" },
	{ .name = "patience", .value = V_DURATION, .meta = "DURATION", .otherwise = "PT1H", .words = "how long a service that does not answer is tried again" },
};
static const struct option_row LIST_OPTIONS[] = {
	{ .name = "ca", .value = V_NAME, .meta = "CA", .words = "only of this authority" },
	{ .name = "requester", .value = V_NAME, .meta = "PRINCIPAL", .words = "only of this principal" },
	OPT_CURSOR,
	OPT_LIMIT,
};
static const enum err_code SUBMIT_ERRORS[] = { EQUORUM, EDENIED, EINPUT, ECONFLICT, ELIMIT, EUNREACH, EBUSY_ };
static const enum err_code READ_ERRORS[] = { EAUTH, ENOENT_, EUNREACH };

static const struct command_row COMMANDS[] = {
	{ .noun = "batch", .verb = "submit", .summary = "Have certificates issued for many requests",
	  .words = "Each request is judged as by \"claviger cert issue\", and gets exactly one certificate, whatever happens: the batch lies "
	    "in its spool, on disk, until every row has its result. When the line or the program was cut off, run the same line again; "
	    "it goes on where it was. Rows that were refused, or wait for approvals, are asked for anew by the same line.\n\n"
	    "Of a folder, files that came since are taken in; whatever holds no request stays here, and so does a file with a private key. "
	    "A row of NDJSON is an object with \"csr\" (PEM, or DER in base64) and, where the profile takes them, \"subject\", \"san\", "
	    "\"device\", \"not_after\", \"note\"; \"name\" is yours. Where the device is not named it is the one of the request's subject.\n\n"
	    "The exit status is that of the first row that was refused, or 75 where rows wait.",
	  ROWS_ARGS(SOURCE), ROWS_OPTIONS(SUBMIT_OPTIONS), ROWS_ERRORS(SUBMIT_ERRORS), .run = run_submit,
	  .examples = (const struct example_row[]){
		{ "claviger batch submit requests/ --ca devices --profile device", "A day's requests of the line; certificates come beside them" },
		{ "claviger batch submit today.tar --ca devices --profile device -o certificates/", "From a tar" } },
	  .examples_n = 2 },
	{ .noun = "batch", .verb = "list", .summary = "List batches",
	  .words = "The newest first.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_list,
	  .examples = (const struct example_row[]){ { "claviger batch list --ca devices", "Of one authority" } },
	  .examples_n = 1 },
	{ .noun = "batch", .verb = "show", .summary = "Show one batch",
	  .words = "Who opened it, and how many of its rows have a certificate, wait for approvals, or were refused. "
	    "\"claviger cert list --batch\" lists its certificates.",
	  ROWS_ARGS(BATCH), ROWS_ERRORS(READ_ERRORS), .run = run_show,
	  .examples = (const struct example_row[]){ { "claviger batch show bat_01m7xvyy4462zbt2wj5gb22r42", "By its id" } },
	  .examples_n = 1 },
};

const struct noun_row noun_batch = {
	.noun = "batch", .page = "claviger-batch", .section = 1,
	.summary = "certificates for many requests at once", ROWS_COMMANDS(COMMANDS),
};
