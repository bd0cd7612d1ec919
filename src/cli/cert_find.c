/*
 * cert_find - certificates found, shown, written to files.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "cli/cert.h"
#include "cli/elsewhere.h"
#include "cli/fetch.h"
#include "cli/options.h"
#include "cli/rows.h"
#include "cli/subject.h"
#include "cli/table.h"

static const struct table_row LIST[] = {
	{ "ID", "id" }, { "CA", "ca" }, { "SERIAL", "serial" },
	{ "DEVICE", "device" }, { "STATUS", "status" },
	{ "ENDS", "not_after" }, { "SUBJECT", "subject" },
};
static const struct table_row ONE[] = {
	{ "id", "id" }, { "ca", "ca" }, { "serial", "serial" },
	{ "profile", "profile" }, { "subject", "subject" },
	{ "names", "san" }, { "device", "device" }, { "status", "status" },
	{ "reason", "reason" }, { "revoked", "revoked" },
	{ "invalid since", "invalid_since" }, { "begins", "not_before" },
	{ "ends", "not_after" }, { "request", "request" },
	{ "fingerprint", "fingerprint" }, { "issuer", "issuer" },
	{ "owner", "owner" }, { "products", "products" },
	{ "provenance", "provenance" }, { "version", "version" },
};

int
cert_run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "subject", "subject" },
		{ "san", "san" }, { "serial", "serial" },
		{ "fingerprint", "sha256" }, { "device", "device" },
		{ "ca", "ca" }, { "profile", "profile" },
		{ "status", "status" }, { "batch", "batch" },
		{ "expires_after", "expires-after" },
		{ "expires_before", "expires-before" }, { "limit", "limit" },
		{ "product", "product" }, { "key", "key" },
		{ "cursor", "cursor" } };
	struct cli *cli = ctx;
	AUTO_JSON *list = NULL;

	if (in_flag(in, "elsewhere"))
		return cert_elsewhere_run_list(cli, err);
	TRY(fetch_list(cli, "/v1/certificates", by, NELEM(by), &list, err));
	page_show(cli, list, "certificates", ROWS(LIST));
	return 0;
}

/* A serial number alone may be of several CAs. */
static int
id_of_serial(struct cli *cli, const char *serial, char **ret, struct err *err)
{
	AUTO_JSON *list = NULL;
	const json_t *found;

	TRY(fetch_one(cli, "/v1/certificates?serial=%s", serial, &list, err));
	found = json_object_get(list, "certificates");
	if (json_array_size(found) == 0)
		return err_set(err, ENOENT_, "no certificate that was issued "
		    "here has the serial number %s; one that a CA's last list "
		    "of another system names is meant with --ca", serial);
	if (json_array_size(found) != 1)
		return err_set(err, ECONFLICT, "%zu certificates have the "
		    "serial number %s; name one by its id",
		    json_array_size(found), serial);
	*ret = strdup(json_str(json_array_get(found, 0), "id", ""));
	return *ret != NULL ? 0 : err_set(err, ENOMEMORY, "a certificate");
}

int
cert_get(struct cli *cli, const char *id_or_serial, json_t **ret,
    struct err *err)
{
	char *id = NULL, print[SHA256_HEX + 1];
	int rc;

	hex_plain(id_or_serial, print, sizeof(print));
	if (strncmp(id_or_serial, "crt_", 4) != 0 &&
	    strlen(print) != SHA256_HEX - 1)
		TRY(id_of_serial(cli, id_or_serial, &id, err));
	rc = fetch_one(cli, "/v1/certificates/%s", id != NULL ? id :
	    strlen(print) == SHA256_HEX - 1 ? print : id_or_serial, ret, err);
	free(id);
	return rc;
}

int
cert_run_show(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *cert = NULL;
	struct cli *cli = ctx;

	TRY(cert_get(cli, in_arg(in, 0), &cert, err));
	if (cli_answer(cli, cert))
		return 0;
	table_one(cert, ROWS(ONE));
	printf("\n%s", json_str(cert, "certificate", ""));
	return 0;
}

int
cert_run_export(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *cert = NULL;
	AUTO(blob) *octets = blob_new();
	struct cli *cli = ctx;

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(cert_get(cli, in_arg(in, 0), &cert, err));
	TRY(pem_export(json_str(cert, "certificate", ""), json_str(cert,
	    "chain", ""), in_str(in, "format"), octets, err));
	return export_deliver(cli, octets, err);
}
