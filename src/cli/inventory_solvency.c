/*
 * inventory_solvency - claviger inventory solvency: what ends before a product
 * line's support does.
 *
 * Floor 7.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "cli/inventory.h"
#include "cli/request.h"

static const struct table_row RUNS_OUT[] = {
	{ "ACT BY", "act_by" }, { "ENDS", "ends" }, { "PART", "part" },
	{ "NAME", "name" }, { "KEY", "key" }, { "PROFILE", "profile" },
	{ "DEVICES", "devices" }, { "OVERDUE", "overdue" },
	{ "PROJECTED", "projected" }, { "SHARED", "shared" },
	{ "ISSUER", "issuer" }, { "SUBJECT", "subject" },
};
static const struct table_row QUOTAS[] = {
	{ "COUNTED", "part" }, { "BY", "name" }, { "KEY", "key" },
	{ "WHO", "principal" }, { "USED", "used" }, { "OF", "limit" },
	{ "RENEWED EACH", "each" }, { "EXPECTED", "expected" },
	{ "ENDS", "ends" }, { "USED UP AT THIS PACE", "used_up" },
};

/* "each": the period after which it counts anew. */
static int
quota_set(json_t *quota, struct err *err)
{
	int64_t per = json_int(quota, "per_seconds", 0);
	char span[TIME_SPAN];

	if (per == 0)
		return 0;
	clock_span(TIME_S(per), span);
	return json_set_str(quota, "each", span, err);
}

/* How many it is about; at least, where not all were looked at. */
static int
devices_set(json_t *part, struct err *err)
{
	int64_t n = json_int(part, "count", 0);
	char text[40];

	if (n == 0)
		return 0;
	(void)snprintf(text, sizeof(text), "%s%lld", json_flag(part,
	    "at_least", false) ? "at least " : "", (long long)n);
	return json_set_str(part, "devices", text, err);
}

static int
lines_get(struct cli *cli, const char *product, json_t **ret,
    struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/inventory/solvency"));
	rc = path_add(&path, "product", product, err);
	if (rc == 0)
		rc = path_add(&path, "cursor", in_str(cli->in, "cursor"), err);
	if (rc == 0)
		rc = view_get(cli, TAKE(path), ret, err);
	free(path);
	return rc;
}

/* What the date alone does not say. */
static const char *
verdict_of(const json_t *line)
{
	if (json_flag(line, "solvent", false))
		return ": nothing ends before";
	return json_object_get(line, "support_until") != NULL &&
	    json_array_size(json_object_get(line, "gaps")) > 0 ?
	    ": nothing serves it" : "";
}

static int
line_print(const json_t *line, struct err *err)
{
	json_t *list = json_object_get(line, "runs_out");

	printf("product line %s, supported until %s%s\n", json_str(line,
	    "product", "?"), json_str(line, "support_until", "nobody has said "
	    "when"), verdict_of(line));
	TRY(parts_list(list, devices_set, ROWS(RUNS_OUT), err));
	if (json_int(line, "unlisted", 0) > 0)
		printf("and %lld certificates more, none to be acted on before "
		    "%s: claviger inventory product %s\n",
		    (long long)json_int(line, "unlisted", 0), json_str(line,
		    "listed_until", "?"), json_str(line, "product", "?"));
	TRY(parts_list(json_object_get(line, "quotas"), quota_set,
	    ROWS(QUOTAS), err));
	puts("");
	return 0;
}

int
inventory_run_solvency(void *ctx, const struct invocation *in,
    struct err *err)
{
	struct cli *cli = ctx;
	AUTO_JSON *lines = NULL;
	const json_t *one;
	size_t i;

	TRY(lines_get(cli, in_arg(in, 0), &lines, err));
	if (cli_answer(cli, lines))
		return 0;
	as_of_print(lines);
	json_array_foreach(json_object_get(lines, "products"), i, one)
		TRY(line_print(one, err));
	if (json_object_get(lines, "next") != NULL)
		cli_note(cli, "there are more: --cursor %s", json_str(lines,
		    "next", "?"));
	return 0;
}
