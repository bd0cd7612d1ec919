/*
 * inventory_key - claviger inventory key: one key, and what would end each
 * right that it gives.
 *
 * Floor 7.
 */
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
static const struct table_row COPIES[] = {
	{ "COPY", "place" }, { "KIND", "kind" }, { "FORM", "form" },
	{ "ENCRYPTED", "encrypted" }, { "STATE", "state" },
	{ "SINCE", "state_since" }, { "TOLD BY", "told_by" },
};
static const struct table_row DEVICES[] = {
	{ "DEVICE", "serial" }, { "PRODUCT", "product" }, { "BATCH", "batch" },
	{ "MARKET", "market" },
};

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
	TRY(parts_list(json_object_get(key, "copies"), NULL, ROWS(COPIES),
	    err));
	TRY(parts_list(json_object_get(key, "devices"), NULL, ROWS(DEVICES),
	    err));
	TRY(inventory_ends_print(view, err));
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
