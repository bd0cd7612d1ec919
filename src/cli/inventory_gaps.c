/*
 * inventory_gaps - claviger inventory gaps: what lacks an owner, an end, a recovery.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/inventory.h"
#include "cli/options.h"
#include "cli/request.h"

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

/* Certificates are counted on the first page. */
static void
total_print(const json_t *view)
{
	const json_t *sums = json_object_get(view, "certificate_counts");

	printf("\n%lld keys", (long long)json_int(view, "total", 0));
	if (sums != NULL)
		printf(" and %s%lld certificates of other CAs", json_flag(sums,
		    "at_least", false) ? "at least " : "",
		    (long long)json_int(sums, "total", 0));
	puts(" in all");
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
		total_print(view);
	}
	TRY(parts_list(json_object_get(view, "certificates"), marks_set,
	    ROWS(LACKING), err));
	if (next != NULL)
		cli_note(cli, "there are more certificates: --cursor %s", next);
	return 0;
}

int
inventory_run_gaps(void *ctx, const struct invocation *in, struct err *err)
{
	struct cli *cli = ctx;
	AUTO_JSON *list = NULL;

	TRY(gaps_get(cli, &list, err));
	if (cli_answer(cli, list))
		return 0;
	as_of_print(list);
	return gaps_print(cli, list, err);
}
