/*
 * inventory_product - claviger inventory product: what there is, whose it is, when it ends.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/inventory.h"
#include "cli/options.h"
#include "cli/request.h"
#include "cli/subject.h"

static const struct table_row KEYS[] = {
	{ "KEY", "name" }, { "CLASS", "class" }, { "ALGORITHM", "algorithm" },
	{ "ENVIRONMENT", "environment" }, { "OWNER", "owner" },
	{ "RECOVERY", "recovery" }, { "RESTORED", "restored" },
	{ "STATE", "state" }, { "ACTIVATED", "activated" }, { "ENDS", "ends" }, { "MARKS", "marks" },
};
static const struct table_row ELSEWHERE[] = {
	{ "ELSEWHERE", "name" }, { "CLASS", "class" }, { "AT", "at" },
	{ "CUSTODIAN", "custodian" }, { "OWNER", "owner" },
	{ "RECOVERY", "recovery" }, { "RESTORED", "restored" },
	{ "STATE", "state" }, { "ENDS", "ends" }, { "MARKS", "marks" },
};
static const struct table_row USES[] = {
	{ "KEY", "key" }, { "RULE", "rule" }, { "ACTIONS", "actions" },
	{ "BY", "by" }, { "APPROVALS", "quorum" },
};
static const struct table_row AUTHORITIES[] = {
	{ "AUTHORITY", "name" }, { "KEY", "key" }, { "ISSUER", "issuer" },
	{ "STATE", "state" }, { "ENDS", "not_after" }, { "MARKS", "marks" },
	{ "ISSUED", "issued.total" }, { "GOOD", "issued.good" },
	{ "REVOKED", "issued.revoked" }, { "HELD", "issued.held" },
	{ "EXPIRING", "issued.expiring" }, { "SOONEST", "soonest" },
};
static const struct table_row CERTIFICATES[] = {
	{ "CERTIFICATE", "id" }, { "KEY", "key" }, { "CA", "ca" },
	{ "PROFILE", "profile" }, { "STATUS", "status" },
	{ "ENDS", "not_after" }, { "MARKS", "marks" }, { "SUBJECT", "subject" },
};
static const struct table_row OTHERS[] = {
	{ "OF OTHER CAS", "fingerprint" }, { "ISSUER", "issuer" },
	{ "OWNER", "owner" }, { "STATUS", "status" },
	{ "ENDS", "not_after" }, { "MARKS", "marks" }, { "SUBJECT", "subject" },
};
static const struct table_row COUNTS[] = {
	{ "PARTS", "parts" }, { "TOTAL", "total" },
	{ "EXPIRING", "expiring" }, { "ENDED", "ended" },
};
static const struct table_row FIRMWARE[] = {
	{ "DEVICES", "devices" }, { "RUN VERSION", "version" },
	{ "DIGEST", "digest" },
};
/* The parts of each key after those of the key before. */
static int
parts_take(const json_t *key, const char *name, json_t *all, struct err *err)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(key, name), i, one) {
		TRY(json_set_str(one, "key", json_str(key, "name", "?"), err));
		TRY(shared_copy(key, one, err));
		if (json_array_append(all, one) != 0)
			return err_set(err, ENOMEMORY, "an inventory");
	}
	return 0;
}

static int
parts_print(const json_t *keys, const char *name, part_set *set,
    const struct table_row *rows, size_t n, struct err *err)
{
	AUTO_JSON *all = json_array();
	const json_t *key;
	size_t i;

	if (all == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	json_array_foreach(keys, i, key)
		TRY(parts_take(key, name, all, err));
	return parts_list(all, set, rows, n, err);
}

#define COUNTED	1000	/* certificates of one key, by the service */

/* They are listed all the same. */
static void
counted_print(const json_t *view)
{
	const json_t *key;
	size_t i;

	json_array_foreach(json_object_get(view, "keys"), i, key)
		if (json_array_size(json_object_get(key, "certificates")) >
		    COUNTED) {
			printf("\nOf the certificates of one key %d are "
			    "counted.\n", COUNTED);
			return;
		}
}

static int
counts_print(const json_t *view, struct err *err)
{
	static const char *const parts[] = { "keys", "elsewhere",
		"authorities", "certificates", "others" };
	json_t *counts = json_object_get(view, "counts"), *one;
	AUTO_JSON *list = json_array();

	for (size_t i = 0; i < NELEM(parts); i++) {
		one = json_object_get(counts, parts[i]);
		TRY(json_set_str(one, "parts", parts[i], err));
		if (json_array_append(list, one) != 0)
			return err_set(err, ENOMEMORY, "counts");
	}
	return parts_list(list, NULL, ROWS(COUNTS), err);
}

/* Those of the token, then those that live elsewhere. */
static int
keys_print(const json_t *keys, struct err *err)
{
	AUTO_JSON *here = json_array(), *elsewhere = json_array();
	json_t *key;
	size_t i;

	json_array_foreach(keys, i, key) {
		TRY(marks_set(key, err));
		if (json_array_append(json_flag(key, "elsewhere", false) ?
		    elsewhere : here, key) != 0)
			return err_set(err, ENOMEMORY, "an inventory");
	}
	table_list(here, ROWS(KEYS));
	return parts_list(elsewhere, NULL, ROWS(ELSEWHERE), err);
}

/* Beyond its bound the service has not looked. */
static int
firmware_print(const json_t *devices, struct err *err)
{
	json_t *list = json_object_get(devices, "firmware"), *one;
	char text[48];
	size_t i;

	json_array_foreach(list, i, one) {
		if (!json_flag(one, "at_least", false))
			continue;
		snprintf(text, sizeof(text), "at least %lld",
		    (long long)json_int(one, "devices", 0));
		TRY(json_set_str(one, "devices", text, err));
	}
	TRY(parts_list(list, NULL, ROWS(FIRMWARE), err));
	if (json_flag(devices, "more_firmware", false))
		printf("\nMore than these %zu artifacts run on its devices.\n",
		    json_array_size(list));
	return 0;
}

static int
product_print(const json_t *view, struct err *err)
{
	json_t *keys = json_object_get(view, "keys");
	const char *looked = json_str(view, "looked_until", NULL);

	as_of_print(view);
	printf("product line %s at %s; expiring: before %s\n",
	    json_str(view, "product", "?"), json_str(view, "time", "?"),
	    json_str(view, "until", "?"));
	TRY(keys_print(keys, err));
	TRY(parts_print(keys, "authority", quorum_set, ROWS(USES), err));
	TRY(parts_print(keys, "authorities", authority_set, ROWS(AUTHORITIES),
	    err));
	TRY(parts_print(keys, "certificates", certificate_set,
	    ROWS(CERTIFICATES), err));
	TRY(parts_list(json_object_get(view, "certificates"), marks_set,
	    ROWS(OTHERS), err));
	TRY(counts_print(view, err));
	counted_print(view);
	TRY(firmware_print(json_object_get(view, "devices"), err));
	if (json_int(json_object_get(view, "counts"), "lacking", 0) > 0)
		printf("\n%lld keys lack something: claviger inventory gaps\n",
		    (long long)json_int(json_object_get(view, "counts"),
		    "lacking", 0));
	if (looked != NULL)
		printf("\nOf what was issued, EXPIRING and SOONEST are told up "
		    "to %s.\n", looked);
	return 0;
}

bool
inventory_is_borne(const json_t *view, const json_t *certificate)
{
	const char *spki = json_str(certificate, "spki", "");
	const json_t *key;
	size_t i;

	json_array_foreach(json_object_get(view, "keys"), i, key)
		if (strcmp(json_str(key, "hash", ""), spki) == 0)
			return true;
	return false;
}

/* The next page's keys behind those that there are. */
static int
page_join(json_t *whole, const json_t *page, struct err *err)
{
	if (json_array_extend(json_object_get(whole, "keys"), json_object_get(
	    page, "keys")) != 0)
		return err_set(err, ENOMEMORY, "an inventory");
	(void)json_object_del(whole, "next");
	return 0;
}

#define PAGE	"/v1/inventory/products/%s?limit=1000"

/* All of it, however many pages it takes. */
static int
product_get(struct cli *cli, const char *product, json_t **ret,
    struct err *err)
{
	AUTO_JSON *whole = NULL;
	json_t *key;
	char *next = NULL;
	size_t i;
	int rc;

	TRY(inventory_page(cli, PAGE, product, NULL, &whole, err));
	while (json_str(whole, "next", NULL) != NULL) {
		AUTO_JSON *page = NULL;

		if ((next = strdup(json_str(whole, "next", ""))) == NULL)
			return err_set(err, ENOMEMORY, "an inventory");
		rc = inventory_page(cli, PAGE, product, next, &page, err);
		free(next);
		TRY(rc);
		TRY(page_join(whole, page, err));
		if (json_object_get(page, "next") != NULL)
			TRY(json_set_new(whole, "next", json_incref(
			    json_object_get(page, "next")), err));
	}
	json_array_foreach(json_object_get(whole, "keys"), i, key)
		TRY(inventory_key_rest(cli, key, err));
	TRY(inventory_rest(cli, whole, err));
	*ret = TAKE(whole);
	return 0;
}

static int
pretty(const json_t *j, struct blob *ret, struct err *err)
{
	char *text = json_pretty(j);
	int rc = text != NULL ? blob_puts(ret, text, err) :
	    err_set(err, ENOMEMORY, "an inventory");

	free(text);
	return rc;
}

static int
product_octets(const json_t *view, const char *format, struct blob *ret,
    struct err *err)
{
	AUTO_JSON *bom = NULL;

	if (strcmp(format, "csv") == 0)
		return inventory_csv(view, ret, err);
	if (strcmp(format, "json") == 0)
		return pretty(view, ret, err);
	TRY(inventory_cbom(view, &bom, err));
	return pretty(bom, ret, err);
}

/* To a file, or to standard output. */
static int
product_export(struct cli *cli, const json_t *view, const char *format,
    struct err *err)
{
	AUTO(blob) *octets = blob_new();

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	TRY(product_octets(view, format, octets, err));
	return export_deliver(cli, octets, err);
}

int
inventory_run_product(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *view = NULL;
	struct cli *cli = ctx;

	if (in_arg(in, 0) == NULL)
		return inventory_lines(cli, err);
	TRY(product_get(cli, in_arg(in, 0), &view, err));
	if (strcmp(in_str(in, "format"), "table") != 0)
		return product_export(cli, view, in_str(in, "format"), err);
	if (in_str(in, "output") != NULL)
		return err_set(err, EUSAGE, "--output goes with --format "
		    "json, csv or cyclonedx");
	return cli_answer(cli, view) ? 0 : product_print(view, err);
}
