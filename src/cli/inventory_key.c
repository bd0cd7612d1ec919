/*
 * inventory_key - claviger inventory key: one key, and what would end each
 * right that it gives.
 *
 * Floor 7.
 */
#include <string.h>

#include "base/json.h"
#include "cli/inventory.h"

static const struct table_row ONE[] = {
	{ "key", "name" }, { "hash", "hash" }, { "class", "class" },
	{ "algorithm", "algorithm" }, { "environment", "environment" },
	{ "products", "products" }, { "owner", "owner" },
	{ "recovery", "recovery" }, { "state", "state" },
	{ "exclusive", "exclusive" }, { "exportable", "exportable" },
	{ "where", "uri" }, { "at", "at" }, { "custodian", "custodian" },
	{ "provenance", "provenance" }, { "restored", "restored" },
	{ "note", "note" }, { "activated", "activated" }, { "ends", "ends" },
	{ "marks", "marks" },
};
static const struct table_row WHO[] = {
	{ "RULE", "rule" }, { "ACTIONS", "actions" },
	{ "PRINCIPALS", "principals" }, { "APPROVALS", "quorum" },
};
static const struct table_row WINDOWS[] = {
	{ "WINDOW", "id" }, { "RULE", "rule" }, { "BY", "by" },
	{ "USED", "used" }, { "OF", "uses" }, { "UNTIL", "until" },
	{ "ANY DIGEST", "any_digest" },
};
static const struct table_row REQUESTS[] = {
	{ "REQUEST", "id" }, { "ACTION", "action" },
	{ "REQUESTER", "requester" }, { "STATE", "state" },
	{ "APPROVED", "approvals.have" }, { "OF", "approvals.need" },
	{ "EXPIRES", "expires" },
};
static const struct table_row AUTHORITIES[] = {
	{ "AUTHORITY", "name" }, { "STATE", "state" }, { "ENDS", "not_after" },
	{ "MARKS", "marks" }, { "GOOD", "issued.good" },
	{ "REVOKED", "issued.revoked" }, { "HELD", "issued.held" },
};
static const struct table_row CERTIFICATES[] = {
	{ "CERTIFICATE", "id" }, { "CA", "ca" }, { "PROFILE", "profile" },
	{ "STATUS", "status" }, { "ENDS", "not_after" }, { "MARKS", "marks" },
	{ "CRL OCTETS", "crl_octets" },
};
static const struct table_row USES[] = {
	{ "USED BY", "principal" }, { "RULE", "rule" }, { "TIMES", "count" },
	{ "LAST", "last" },
};
static const struct table_row ENDS[] = {
	{ "TO END", "what" }, { "COMMAND", "command" }, { "RULE", "rule" },
	{ "BY", "by" }, { "APPROVALS", "quorum" },
};

/* What to type for each action that ends something. */
static const struct {
	const char *action, *before, *behind;
} COMMANDS[] = {
	{ "key.suspend", "key suspend ", "" },
	{ "key.deactivate", "key deactivate ", "" },
	{ "key.compromise", "key compromise ", " --since TIME" },
	{ "key.destroy", "key destroy ", "" },
	{ "window.close", "window close ", "" },
	{ "ca.retire", "ca retire ", "" },
	{ "cert.revoke", "cert revoke ", " --reason REASON --yes" },
};

static int
command_set(json_t *row, const char *action, const char *name, struct err *err)
{
	AUTO(blob) *line = blob_new();

	if (line == NULL)
		return err_set(err, ENOMEMORY, "a command");
	for (size_t i = 0; i < NELEM(COMMANDS); i++)
		if (strcmp(COMMANDS[i].action, action) == 0)
			TRY(blob_printf(line, err, "claviger %s%s%s",
			    COMMANDS[i].before, name, COMMANDS[i].behind));
	return json_set_str(row, "command", blob_str(line), err);
}

/* A row for each rule that allows it; one without where none does. */
static int
way_put(const json_t *way, const char *what, const char *name, json_t *all,
    struct err *err)
{
	json_t *rules = json_object_get(way, "rules"), *row;
	size_t i = 0, n = json_array_size(rules);

	do {
		row = i < n ? json_incref(json_array_get(rules, i)) :
		    json_object();
		if (json_array_append_new(all, row) != 0)
			return err_set(err, ENOMEMORY, "an inventory");
		if (n > 0)
			TRY(quorum_set(row, err));
		else
			TRY(json_set_str(row, "rule", "(no rule allows it)",
			    err));
		TRY(json_set_str(row, "what", what, err));
		TRY(command_set(row, json_str(way, "action", ""), name, err));
	} while (++i < n);
	return 0;
}

static int
ways_put(const json_t *part, const char *what, const char *name, json_t *all,
    struct err *err)
{
	const json_t *way;
	size_t i;

	json_array_foreach(json_object_get(part, "end"), i, way)
		TRY(way_put(way, what, json_str(part, name, "?"), all, err));
	return 0;
}

static int
ways_of(const json_t *parts, const char *what, const char *name, json_t *all,
    struct err *err)
{
	const json_t *part;
	size_t i;

	json_array_foreach(parts, i, part)
		TRY(ways_put(part, what, name, all, err));
	return 0;
}

static int
ends_print(const json_t *view, struct err *err)
{
	const json_t *key = json_object_get(view, "key");
	AUTO_JSON *all = json_array();

	if (all == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	TRY(ways_put(key, "the key", "name", all, err));
	TRY(ways_of(json_object_get(view, "windows"), "a window", "id", all,
	    err));
	TRY(ways_of(json_object_get(key, "authorities"), "an authority",
	    "name", all, err));
	TRY(ways_of(json_object_get(key, "certificates"), "a certificate",
	    "id", all, err));
	return parts_list(all, NULL, ROWS(ENDS), err);
}

static int
view_print(const json_t *view, struct err *err)
{
	json_t *key = json_object_get(view, "key");

	TRY(marks_set(key, err));
	as_of_print(view);
	table_one(key, ROWS(ONE));
	TRY(parts_list(json_object_get(json_object_get(view, "who_can"),
	    "rules"), quorum_set, ROWS(WHO), err));
	TRY(parts_list(json_object_get(view, "windows"), NULL, ROWS(WINDOWS),
	    err));
	TRY(parts_list(json_object_get(view, "requests"), NULL,
	    ROWS(REQUESTS), err));
	TRY(parts_list(json_object_get(json_object_get(view, "uses"), "by"),
	    NULL, ROWS(USES), err));
	TRY(parts_list(json_object_get(key, "authorities"), authority_set,
	    ROWS(AUTHORITIES), err));
	TRY(parts_list(json_object_get(key, "certificates"), certificate_set,
	    ROWS(CERTIFICATES), err));
	TRY(ends_print(view, err));
	if (json_array_size(json_object_get(view, "requests")) > 0)
		puts("\nA request ends by its requester (claviger request "
		    "cancel), or by one of its approvers (claviger reject).");
	return 0;
}

int
inventory_run_key(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *view = NULL;
	struct cli *cli = ctx;

	TRY(inventory_get(cli, "/v1/inventory/keys/%s", &view, err));
	TRY(inventory_key_rest(cli, json_object_get(view, "key"), err));
	return cli_answer(cli, view) ? 0 : view_print(view, err);
}
