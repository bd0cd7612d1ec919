/*
 * artifact - claviger artifact: what was signed, by which key, and why.
 *
 * Floor 7.
 */
#include "cli/fetch.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/table.h"

static const struct table_row LIST[] = {
	{ "DIGEST", "digest" }, { "PRODUCT", "product" },
	{ "VERSION", "version" }, { "TRACK", "track" }, { "KEY", "key_name" },
	{ "BY", "principal" }, { "TIME", "time" }, { "REQUEST", "request" },
};
static const struct table_row ONE[] = {
	{ "digest", "digest" }, { "product", "product" },
	{ "version", "version" }, { "track", "track" },
};
static const struct table_row SIGNATURES[] = {
	{ "KEY", "key_name" }, { "PRODUCT", "product" },
	{ "VERSION", "version" }, { "BY", "principal" }, { "TIME", "time" },
	{ "REQUEST", "request" }, { "EVENT", "event" },
};

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "product", "product" },
		{ "version", "artifact-version" }, { "key", "key" },
		{ "limit", "limit" }, { "cursor", "cursor" } };
	struct cli *cli = ctx;
	AUTO_JSON *list = NULL;

	TRY(fetch_list(cli, "/v1/artifacts", by, NELEM(by), &list, err));
	page_show(cli, list, "artifacts", ROWS(LIST));
	return 0;
}

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
{
	struct cli *cli = ctx;
	AUTO_JSON *artifact = NULL;

	TRY(fetch_one(cli, "/v1/artifacts/%s", in_arg(in, 0), &artifact, err));
	if (cli_answer(cli, artifact))
		return 0;
	table_one(artifact, ROWS(ONE));
	puts("");
	table_list(json_object_get(artifact, "signatures"), ROWS(SIGNATURES));
	return 0;
}

/* ---- rows ---- */

static const struct argument_row DIGEST[] = {
	{ .name = "DIGEST", .value = V_TEXT, .words = "its digest, hexadecimal" },
};
static const struct option_row LIST_OPTIONS[] = {
	{ .name = "product", .value = V_NAME, .meta = "PRODUCT", .words = "only of this product line" },
	{ .name = "artifact-version", .value = V_TEXT, .meta = "VERSION", .words = "only of this version" },
	{ .name = "key", .value = V_TEXT, .meta = "KEY", .words = "only signed by this key: name or hash" },
	OPT_CURSOR,
	OPT_LIMIT,
};
static const enum err_code READ_ERRORS[] = { EAUTH, EDENIED, ENOENT_, EUNREACH };

static const struct command_row COMMANDS[] = {
	{ .noun = "artifact", .verb = "list", .summary = "List what was signed",
	  .words = "Signatures with what was signed: its digest, product line, version and track as whoever asked named them, the key, "
	    "the request that let it through, and when. The newest first. A page looks at 5000 signatures at most, so one that is narrowed "
	    "may be short, or empty, before the last: --cursor goes on.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_list,
	  .examples = (const struct example_row[]){ { "claviger artifact list --product thermostat", "Of one product line" } },
	  .examples_n = 1 },
	{ .noun = "artifact", .verb = "show", .summary = "Show one artifact",
	  .words = "Every signature over this digest, in the order in which they were made.",
	  ROWS_ARGS(DIGEST), ROWS_ERRORS(READ_ERRORS), .run = run_show,
	  .examples = (const struct example_row[]){ { "claviger artifact show \"$(sha256sum image.bin | cut -d' ' -f1)\"", "By its image" } },
	  .examples_n = 1 },
};

const struct noun_row noun_artifact = {
	.noun = "artifact", .page = "claviger-artifact", .section = 1,
	.summary = "what was signed, by which key, under which request", ROWS_COMMANDS(COMMANDS),
};
