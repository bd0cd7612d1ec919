/*
 * inventory_view - a view of the inventory, of now or as of an earlier time.
 *
 * Floor 7.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "cli/inventory.h"
#include "cli/request.h"

#define WAIT_S	25	/* that one asking is held */

/* A replay may take longer than one asking is held and tried again. */
static int
wait_get(struct cli *cli, const char *path, json_t **ret, struct err *err)
{
	struct call call = { .method = "GET", .path = path,
	    .wait_s = in_str(cli->in, "as-of") != NULL ? WAIT_S : 0 };
	struct client *c;
	int rc;

	TRY(cli_client(cli, &c, err));
	for (;;) {
		rc = client_call(c, &call, NULL, ret, err);
		if (rc != -EBUSY_ || !json_flag(client_problem(c),
		    "replaying", false))
			return rc;
		cli_note(cli, "%s", err->what);
	}
}

int
view_get(struct cli *cli, char *path, json_t **ret, struct err *err)
{
	const char *then = in_str(cli->in, "as-of");
	int rc = path_add_time(&path, "as_of", then, err);

	if (rc == 0)
		rc = wait_get(cli, path, ret, err);
	free(path);
	return date_told(then, rc, err);
}

int
inventory_get(struct cli *cli, const char *fmt, json_t **ret, struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, fmt, in_arg(cli->in, 0)));
	rc = path_add(&path, "within", in_str(cli->in, "within"), err);
	if (rc == 0)
		rc = view_get(cli, TAKE(path), ret, err);
	free(path);
	return rc;
}

void
as_of_print(const json_t *view)
{
	const char *then = json_str(view, "as_of", NULL);

	if (then != NULL)
		printf("as of %s, by the first %lld events of the ledger\n\n",
		    then, (long long)json_int(json_object_get(view, "ledger"),
		    "size", 0));
}
