/*
 * inventory_lines - claviger inventory product without a name: which product lines
 * there are, and what names each.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/inventory.h"
#include "cli/request.h"

static const struct table_row LINES[] = {
	{ "PRODUCT LINE", "product" }, { "IN CHARTER", "charter" },
	{ "SUPPORTED UNTIL", "support_until" }, { "KEYS", "keys" },
	{ "TRACKS", "tracks" }, { "KEYS ELSEWHERE", "elsewhere" },
	{ "OF OTHER CAS", "others" }, { "DEVICES", "devices" },
	{ "MEANT", "nearest" },
};

static int
lines_page(struct cli *cli, const char *cursor, json_t **ret, struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/inventory/products?limit=1000"));
	rc = path_add(&path, "cursor", cursor, err);
	if (rc == 0)
		rc = view_get(cli, TAKE(path), ret, err);
	free(path);
	return rc;
}

static int
lines_join(struct cli *cli, json_t *whole, struct err *err)
{
	AUTO_JSON *page = NULL;
	const json_t *next;

	TRY(lines_page(cli, json_str(whole, "next", NULL), &page, err));
	if (json_object_get(whole, "products") == NULL)
		return json_object_update(whole, page) == 0 ? 0 :
		    err_set(err, ENOMEMORY, "an inventory");
	if (json_array_extend(json_object_get(whole, "products"),
	    json_object_get(page, "products")) != 0)
		return err_set(err, ENOMEMORY, "an inventory");
	(void)json_object_del(whole, "next");
	next = json_object_get(page, "next");
	return next == NULL ? 0 : json_set_new(whole, "next",
	    json_incref((json_t *)(uintptr_t)next), err);
}

int
inventory_lines(struct cli *cli, struct err *err)
{
	const struct invocation *in = cli->in;
	AUTO_JSON *all = json_object();

	if (strcmp(in_str(in, "format"), "table") != 0 ||
	    in_str(in, "output") != NULL || in_given(in, "within"))
		return err_set(err, EUSAGE, "--format, --output and --within "
		    "go with a product line");
	if (all == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	do
		TRY(lines_join(cli, all, err));
	while (json_object_get(all, "next") != NULL);
	if (cli_answer(cli, all))
		return 0;
	as_of_print(all);
	table_list(json_object_get(all, "products"), ROWS(LINES));
	return 0;
}
