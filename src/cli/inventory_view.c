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
	return inventory_page(cli, fmt, in_arg(cli->in, 0), NULL, ret, err);
}

int
inventory_page(struct cli *cli, const char *fmt, const char *name,
    const char *cursor, json_t **ret, struct err *err)
{
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, fmt, name));
	rc = path_add(&path, "within", in_str(cli->in, "within"), err);
	if (rc == 0)
		rc = path_add(&path, "cursor", cursor, err);
	if (rc == 0)
		rc = view_get(cli, TAKE(path), ret, err);
	free(path);
	return rc;
}

/* What an answer has a page of: its list, and where that goes on. */
struct paged {
	const char	*list, *more, *next;
};
static const struct paged CERTIFICATES = { "certificates",
	"more_certificates", "next_certificate" };
static const struct paged COPIES = { "copies", "more_copies", "next_copy" };
static const struct paged DEVICES = { "devices", "more_devices",
	"next_device" };

/* The next page's behind those that there are. */
static int
rest_join(json_t *whole, const json_t *page, const struct paged *of,
    struct err *err)
{
	json_t *next = json_object_get(page, of->next);

	if (json_array_extend(json_object_get(whole, of->list),
	    json_object_get(page, of->list)) != 0)
		return err_set(err, ENOMEMORY, "an inventory");
	(void)json_object_del(whole, of->next);
	TRY(json_set_new(whole, of->more, json_boolean(next != NULL), err));
	return next == NULL ? 0 : json_set_new(whole, of->next,
	    json_incref(next), err);
}

/* Of a product line, or, where @key, of a key. */
static int
rest_get(struct cli *cli, const char *name, bool key, const struct paged *of,
    json_t *whole, struct err *err)
{
	const char *fmt = key ? "/v1/inventory/keys/%s" :
	    "/v1/inventory/products/%s", *next;

	while ((next = json_str(whole, of->next, NULL)) != NULL) {
		AUTO_JSON *page = NULL;

		TRY(inventory_page(cli, fmt, name, next, &page, err));
		TRY(rest_join(whole, key ? json_object_get(page, "key") :
		    page, of, err));
	}
	return 0;
}

int
inventory_rest(struct cli *cli, json_t *view, struct err *err)
{
	return rest_get(cli, json_str(view, "product", ""), false,
	    &CERTIFICATES, view, err);
}

int
inventory_key_rest(struct cli *cli, json_t *key, struct err *err)
{
	const char *name = json_str(key, "name", "");

	TRY(rest_get(cli, name, true, &CERTIFICATES, key, err));
	TRY(rest_get(cli, name, true, &COPIES, key, err));
	return rest_get(cli, name, true, &DEVICES, key, err);
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
