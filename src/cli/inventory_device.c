/*
 * inventory_device - claviger inventory device: what is known of one device,
 * and what it was given, in the order of time.
 *
 * Floor 7.
 */
#include "base/json.h"
#include "cli/inventory.h"

static const struct table_row SAID[] = {
	{ "device", "device" }, { "product line", "product" }, { "which says", "product_by" },
	{ "batch", "batch" }, { "market", "market" }, { "made", "made_at" },
	{ "firmware", "firmware.version" }, { "its digest", "firmware.digest" },
	{ "installed", "firmware.installed_at" },
	{ "keys injected", "injected" }, { "entered by", "entered" },
};
static const struct table_row INSTALLED[] = {
	{ "INSTALLED", "installed_at" }, { "VERSION", "version" },
	{ "PRODUCT", "product" }, { "KEY", "key_name" },
	{ "SIGNED BY LEAVE OF", "signature" }, { "MARKET", "market" },
	{ "SIGNED HERE", "known" }, { "DIGEST", "digest" },
};
static const struct table_row CERTIFICATES[] = {
	{ "CERTIFICATE", "id" }, { "CA", "ca" }, { "PROFILE", "profile" },
	{ "STATUS", "status" }, { "REASON", "reason" },
	{ "BEGINS", "not_before" }, { "ENDS", "not_after" },
	{ "MARKS", "marks" }, { "SUPERSEDED BY", "superseded_by" },
};
static const struct table_row OTHERS[] = {
	{ "OF OTHER CAS", "fingerprint" }, { "ISSUER", "issuer" },
	{ "STATUS", "status" }, { "BEGINS", "not_before" },
	{ "ENDS", "not_after" }, { "MARKS", "marks" }, { "SUBJECT", "subject" },
};
static const struct table_row KEYS[] = {
	{ "KEY", "spki" }, { "SINCE", "since" },
	{ "CERTIFICATES", "certificates" },
};
static const struct table_row GRANTS[] = {
	{ "BY LEAVE OF", "request" }, { "ACTION", "action" },
	{ "REQUESTER", "requester" }, { "RULE", "rule" },
	{ "APPROVALS", "approvals" }, { "ASKED", "asked" },
};
static const struct table_row BATCHES[] = {
	{ "BATCH", "id" }, { "CA", "ca" }, { "PROFILE", "profile" },
	{ "REQUESTER", "requester" }, { "OPENED", "opened" },
};

int
inventory_run_device(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *view = NULL;
	struct cli *cli = ctx;

	TRY(inventory_get(cli, "/v1/inventory/devices?device=%s", &view, err));
	if (cli_answer(cli, view))
		return 0;
	as_of_print(view);
	table_one(view, ROWS(SAID));
	TRY(parts_list(json_object_get(view, "installed"), NULL,
	    ROWS(INSTALLED), err));
	TRY(parts_list(json_object_get(view, "certificates"), marks_set,
	    ROWS(CERTIFICATES), err));
	TRY(parts_list(json_object_get(view, "others"), marks_set,
	    ROWS(OTHERS), err));
	TRY(parts_list(json_object_get(view, "keys"), NULL, ROWS(KEYS), err));
	TRY(parts_list(json_object_get(view, "batches"), NULL, ROWS(BATCHES),
	    err));
	TRY(parts_list(json_object_get(view, "grants"), NULL, ROWS(GRANTS),
	    err));
	if (json_flag(view, "more_certificates", false))
		puts("\nThere are older ones: claviger cert list --device");
	if (json_flag(view, "more_others", false))
		puts("\nOther CAs issued more: claviger cert list --elsewhere "
		    "--device");
	return 0;
}
