/*
 * ca_show - claviger ca publish, list, show.
 *
 * Floor 7.
 */
#include <stdlib.h>

#include "cli/ask.h"
#include "cli/ca.h"
#include "cli/fetch.h"
#include "cli/options.h"
#include "cli/subject.h"
#include "cli/table.h"

static const struct table_row LIST[] = {
	{ "NAME", "name" }, { "STATE", "state" }, { "ISSUER", "issuer" },
	{ "KEY", "key_name" }, { "ENDS", "not_after" },
	{ "SUBJECT", "subject" },
};
static const struct table_row PUBLISHED[] = {
	{ "CA", "ca" }, { "PARTITION", "partition" }, { "STATE", "state" },
	{ "REQUEST", "request" },
};
static const struct table_row LISTS[] = {
	{ "CRL", "partition" }, { "KIND", "kind" }, { "NUMBER", "number" },
	{ "FROM", "this_update" }, { "UNTIL", "next_update" },
	{ "OCTETS", "octets" }, { "ENTRIES", "entries" }, { "LATE", "late" },
	{ "UNTOLD", "untold" }, { "WHY", "waits" },
};
static const struct table_row ONE[] = {
	{ "name", "name" }, { "state", "state" }, { "reason", "reason" },
	{ "subject", "subject" }, { "issuer", "issuer" },
	{ "profile", "profile" }, { "authorities below", "path_length" },
	{ "key", "key_name" },
	{ "responder", "responder" }, { "serial", "serial" },
	{ "begins", "not_before" }, { "ends", "not_after" },
	{ "succeeds", "succeeds" }, { "issues instead", "successor" },
	{ "imported", "imported" }, { "CRLs above", "crl_number" }, { "revoked before", "revoked_before" },
	{ "partitions", "partitions" },
	{ "CRLs", "urls.crl" }, { "deltas", "urls.delta" },
	{ "OCSP", "urls.ocsp" },
	{ "certificate", "urls.issuer" }, { "created", "created" },
	{ "retired", "retired" }, { "fingerprint", "fingerprint" },
};

static const struct table_row CERTIFICATES[] = {
	{ "SERIAL", "serial" }, { "CURRENT", "current" },
	{ "BEGINS", "not_before" }, { "ENDS", "not_after" },
};

/* The newest issues; until when, by which profile, at its full length. */
static void
print_certificates(const json_t *all)
{
	json_t *days = json_object_get(json_array_get(all, 0), "issues_until");
	const char *profile;
	json_t *day;

	if (json_array_size(all) == 0)
		return;
	putchar('\n');
	table_list(all, ROWS(CERTIFICATES));
	json_object_foreach(days, profile, day)
		printf("issues %s at full length until %s\n", profile,
		    json_string_value(day));
}

static void
print_ca(const struct cli *cli, const json_t *ca)
{
	if (cli_answer(cli, ca))
		return;
	table_one(ca, ROWS(ONE));
	if (json_array_size(json_object_get(ca, "lists")) > 0) {
		putchar('\n');
		table_list(json_object_get(ca, "lists"), ROWS(LISTS));
	}
	print_certificates(json_object_get(ca, "certificates"));
	printf("\n%s", json_str(ca, "certificate", ""));
}

void
ca_print_made(const struct cli *cli, const json_t *ca)
{
	if (cli->json || !cli->quiet)
		print_ca(cli, ca);
}

static int
publish_one(struct cli *cli, const char *ca, int64_t partition,
    json_t *all, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	char *path = NULL;
	int rc;

	TRY(body_reason(cli, &body, err));
	TRY(json_set_int(body, "partition", partition, err));
	TRY(client_path(&path, err, "/v1/cas/%s/publish", ca));
	rc = ask(cli, path, body, NULL, &result, err);
	free(path);
	TRY(rc);
	if (json_array_append(all, result) != 0)
		return err_set(err, ENOMEMORY, "a list");
	return 0;
}

/* How many full lists it has. */
static int
lists_of(struct cli *cli, const char *ca, int64_t *ret, struct err *err)
{
	AUTO_JSON *shown = NULL;
	char *path = NULL;
	int rc;

	TRY(client_path(&path, err, "/v1/cas/%s", ca));
	rc = cli_get(cli, &shown, err, path);
	free(path);
	TRY(rc);
	*ret = json_object_get(json_object_get(shown, "urls"), "crl") != NULL ?
	    json_int(shown, "partitions", 1) : 1;
	return 0;
}

int
ca_publish(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *all = json_array(), *o = NULL;
	bool one = in_str(in, "partition") != NULL;
	int64_t from = one ? in_count(in, "partition", 0) : 0, n = from + 1;
	struct cli *cli = ctx;

	if (!one)
		TRY(lists_of(cli, in_arg(in, 0), &n, err));
	for (int64_t i = from; i < n; i++)
		TRY(publish_one(cli, in_arg(in, 0), i, all, err));
	TRY(json_build(&o, err, "{s:O}", "lists", all));
	if (!cli_answer(cli, o))
		table_list(all, ROWS(PUBLISHED));
	return 0;
}

int
ca_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "state", "state" },
		{ "limit", "limit" }, { "cursor", "cursor" } };
	struct cli *cli = ctx;
	AUTO_JSON *list = NULL;

	TRY(fetch_list(cli, "/v1/cas", by, NELEM(by), &list, err));
	page_show(cli, list, "cas", ROWS(LIST));
	return 0;
}

int
ca_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *ca = NULL;
	AUTO(blob) *pem = blob_new();
	struct cli *cli = ctx;

	TRY(fetch_one(cli, "/v1/cas/%s", in_arg(in, 0), &ca, err));
	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	if (!in_flag(in, "chain") && in_str(in, "output") == NULL) {
		print_ca(cli, ca);
		return 0;
	}
	TRY(blob_puts(pem, json_str(ca, in_flag(in, "chain") ? "chain" :
	    "certificate", ""), err));
	return export_deliver(cli, pem, err);
}
