#include "config.h"

#include <stdio.h>

#include "base/io.h"
#include "cli/discover.h"
#include "cli/cli.h"
#include "cli/idempotency.h"
#include "cli/inventory.h"
#include "cli/rows_read.h"
#include "cli/statement.h"
#include "evidence/evidence.h"
#include "tests/fault/fault.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

/* ---- a command line */

static int
parses(void *ctx, struct err *err)
{
	static char *argv[] = { (char *)(uintptr_t)"claviger",
		(char *)(uintptr_t)"sign", (char *)(uintptr_t)"--key",
		(char *)(uintptr_t)"k", (char *)(uintptr_t)"image" };
	AUTO(invocation) *in = NULL;
	int rc = command_parse(&cli_program, 5, argv, &in, err);

	fault_holds((rc == 0) == (in != NULL));
	return rc;
}

START_TEST(a_command_line_without_memory)
{
	ck_assert_uint_gt(fault_each(FAULT_MEMORY, parses, NULL), 0);
}
END_TEST

/* ---- a client */

static int
makes(void *ctx, struct err *err)
{
	struct client_options o = { .url = "https://localhost:1",
		.ca_file = "ca", .certificate = "c", .key = "k" };
	AUTO(secret) *token = NULL;
	AUTO(client) *c = NULL;
	char *path = NULL;
	int rc = secret_new("clv_x", 5, &token, err);

	o.token = token;
	if (rc == 0)
		rc = client_new(&o, &c, err);
	if (rc == 0)
		rc = client_path(&path, err, "/v1/keys/%s", "a b");
	free(path);
	return rc;
}

START_TEST(a_client_without_memory)
{
	ck_assert_uint_gt(fault_each(FAULT_MEMORY, makes, NULL), 5);
}
END_TEST

/* ---- what is signed */

#define ZERO64	"0000000000000000000000000000000000000000000000000000000000000000"
static const char VIEW[] = "{\"charter\":\"" ZERO64 "\",\"rule\":{\"name\":\"image\",\"hash\":\"" ZERO64 "\"},"
    "\"document\":{\"format\":\"claviger/request/v1\",\"house\":\"house_01k3m6w0c0h2v7y5t4r3q2p1n0\","
    "\"id\":\"req_01k3m6w0c0h2v7y5t4r3q2p1n0\",\"action\":\"window.close\",\"requester\":\"ci\","
    "\"parameters\":{\"window\":\"req_01k3m6w0c0h2v7y5t4r3q2p1n0\"},"
    "\"created\":\"2026-11-21T08:00:00.000000Z\",\"expires\":\"2026-11-21T09:00:00.000000Z\"}}";

static int
states(void *ctx, struct err *err)
{
	const json_t *view = ctx;
	AUTO_JSON *s = NULL;
	char idem[SHA256_HEX];
	int rc = statement_of(view, VOTE_APPROVE, NULL, &s, err);

	fault_holds((rc == 0) == (s != NULL));
	if (rc == 0)
		rc = idempotency_of("window.close", view, idem, err);
	return rc;
}

START_TEST(a_statement_without_memory)
{
	AUTO_JSON *view = NULL;

	unit_ok(json_read(VIEW, sizeof(VIEW) - 1, &view, &unit_err));
	ck_assert_uint_gt(fault_each(FAULT_MEMORY, states, view), 20);
}
END_TEST

/* ---- rows of a file: each whole, or an error; never less of one */

static const char *const FIELDS[] = { "serial", "keys" };
static const struct rows_what WHAT = { .member = "devices", .fields = FIELDS,
	.fields_n = NELEM(FIELDS), .list = "keys" };

static int
row_next(struct rows_from *from, struct err *err)
{
	AUTO_JSON *row = NULL;
	struct err why;
	uint64_t line;
	bool more = false;

	TRY(rows_from_next(from, &WHAT, &line, &row, &why, &more, err));
	fault_holds(more && line == 2 && why.code == OK &&
	    strcmp(json_str(row, "serial", ""), "T-1") == 0 &&
	    json_array_size(json_object_get(row, "keys")) == 2);
	return 0;
}

static int
reads_rows(void *ctx, struct err *err)
{
	struct cli cli = { .in = ctx };
	struct rows_from from = { .file = NULL };
	int rc = rows_from_open(&cli, &WHAT, in_arg(cli.in, 0), &from, err);

	if (rc == 0)
		rc = row_next(&from, err);
	rows_from_close(&from);
	return rc;
}

START_TEST(rows_without_memory)
{
	static const char text[] = "SN,keys\nT-1,a; b\n";
	char file[200];
	char *argv[] = { (char *)(uintptr_t)"claviger",
		(char *)(uintptr_t)"device", (char *)(uintptr_t)"import", file,
		(char *)(uintptr_t)"--map", (char *)(uintptr_t)"serial=SN" };
	AUTO(invocation) *in = NULL;

	snprintf(file, sizeof(file), "%s", scratch_path("rows.csv"));
	unit_ok(io_write_file(file, 0600, text, sizeof(text) - 1,
	    &unit_err));
	unit_ok(command_parse(&cli_program, 6, argv, &in, &unit_err));
	ck_assert_uint_gt(fault_each(FAULT_MEMORY, reads_rows, in), 5);
}
END_TEST

/* ---- an inventory: all of it, or none */

static const char STOCK[] = "{\"product\":\"p\",\"time\":\"2026-11-21T08:00:00.000000Z\",\"keys\":[{\"hash\":\"" ZERO64 "\","
    "\"name\":\"k\",\"class\":\"ca\",\"algorithm\":\"ec-p256\",\"scheme\":\"ecdsa-sha256\",\"environment\":\"production\","
    "\"owner\":\"o\",\"recovery\":\"r\",\"state\":\"active\",\"created\":\"2026-11-21T08:00:00.000000Z\",\"uri\":\"pkcs11:\","
    "\"authority\":[{\"rule\":\"a\",\"approvals\":[{\"count\":2,\"of\":\"o\"}]}],\"gaps\":[{\"gap\":\"product\"}],"
    "\"expiring\":true,\"authorities\":[{\"name\":\"root\",\"state\":\"active\",\"imported\":true,\"subject\":\"CN=R\","
    "\"not_before\":\"2026-11-21T08:00:00.000000Z\",\"not_after\":\"2036-11-21T08:00:00.000000Z\",\"issued\":{\"total\":3}}],"
    "\"certificates\":[{\"id\":\"crt_1\",\"ca\":\"root\",\"subject\":\"=1\",\"status\":\"good\","
    "\"not_before\":\"2026-11-21T08:00:00.000000Z\",\"not_after\":\"2036-11-21T08:00:00.000000Z\"}]}]}";

static char *whole_csv;		/* what came of it first */
static json_t *whole_cbom;

static int
exports(void *ctx, struct err *err)
{
	AUTO_JSON *view = json_clone(ctx), *bom = NULL;
	AUTO(blob) *csv = blob_new();

	if (view == NULL || csv == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	TRY(inventory_cbom(view, &bom, err));
	TRY(inventory_csv(view, csv, err));
	if (whole_csv == NULL) {
		whole_csv = strdup(blob_str(csv));
		whole_cbom = json_incref(bom);
	}
	return whole_csv != NULL && strcmp(whole_csv, blob_str(csv)) == 0 &&
	    json_equal(whole_cbom, bom) ? 0 :
	    err_set(err, EINTERNAL, "something is missing");
}

START_TEST(an_inventory_without_memory)
{
	AUTO_JSON *view = NULL;

	unit_ok(json_read(STOCK, sizeof(STOCK) - 1, &view, &unit_err));
	unit_ok(exports(view, &unit_err));
	ck_assert_ptr_nonnull(strstr(whole_csv, "expiring, no product"));
	ck_assert_ptr_nonnull(strstr(whole_csv, "\"'=1\""));
	ck_assert_uint_eq(json_array_size(json_object_get(whole_cbom,
	    "components")), 5);
	ck_assert_uint_gt(fault_each(FAULT_MEMORY, exports, view), 50);
	free(whole_csv);
	json_decref(whole_cbom);
}
END_TEST

/* ---- a scan: what is not found for want of memory is not told as all of it */

static struct sha256 whole_scan;
static bool scanned;

static int
scans(void *ctx, struct err *err)
{
	struct sha256 told;
	struct scan s;
	int rc = scan_init(&s, err);

	if (rc == 0)
		rc = scan_files(&s, "h", ctx, &files_bounds, err);
	if (rc == 0)
		rc = json_hash(s.found, &told, err);
	scan_done(&s);
	if (rc != 0)
		return rc;
	fault_holds(!scanned || sha256_equal(&told, &whole_scan));
	whole_scan = told;
	scanned = true;
	return 0;
}

START_TEST(a_scan_without_memory)
{
	const char *src = getenv("srcdir");
	char path[400];

	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/trove",
	    src != NULL ? src : ".");
	unit_ok(scans(path, &unit_err));
	ck_assert_uint_gt(fault_each(FAULT_MEMORY, scans, path), 200);
}
END_TEST

/* ---- evidence: want of memory is never a verdict */

static json_t *doc;
static struct sha256 trust;

static int
believes(void *ctx, struct err *err)
{
	struct evidence_found f;
	int rc = evidence_verify(doc, &trust, &f, err);

	if (rc == 0)
		evidence_found_done(&f);
	return rc;
}

START_TEST(evidence_without_memory_is_no_false_evidence)
{
	struct blob text = { 0 };
	char path[512];
	const char *src = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/evidence/first.json",
	    src != NULL ? src : ".");
	unit_ok(io_read_file(path, EVIDENCE_MOST, &text, &unit_err));
	unit_ok(evidence_read(text.data, text.len, &doc, &unit_err));
	unit_ok(json_hash(json_object_get(doc, "genesis"), &trust, &unit_err));
	ck_assert_uint_gt(fault_each(FAULT_MEMORY, believes, NULL), 100);
	json_decref(doc);
	blob_done(&text);
}
END_TEST

UNIT_MAIN("fault/cli",
	UNIT_SCRATCH
	UNIT(rows_without_memory)
	UNIT(a_command_line_without_memory)
	UNIT(a_client_without_memory)
	UNIT(a_statement_without_memory)
	UNIT(an_inventory_without_memory)
	UNIT(a_scan_without_memory)
	tcase_set_timeout(tc, 300);
	UNIT(evidence_without_memory_is_no_false_evidence))
