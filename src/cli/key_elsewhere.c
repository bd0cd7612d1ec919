/*
 * key_elsewhere - claviger key register, correct, unregister: keys that live
 * elsewhere.
 *
 * Floor 7.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/io.h"
#include "ca/p7.h"
#include "ca/tbs.h"
#include "cli/ask.h"
#include "cli/elsewhere.h"
#include "cli/options.h"
#include "cli/table.h"

#define FILE_OCTETS	((size_t)1 << 20)

static const struct table_row LIST[] = {
	{ "NAME", "name" }, { "CLASS", "class" }, { "AT", "at" },
	{ "CUSTODIAN", "custodian" }, { "ENVIRONMENT", "environment" },
	{ "STATE", "state" }, { "ENDS", "ends" }, { "PRODUCTS", "products" },
	{ "OWNER", "owner" },
};
static const struct table_row ONE[] = {
	{ "name", "name" }, { "class", "class" }, { "at", "at" },
	{ "custodian", "custodian" }, { "state", "state" },
	{ "since", "state_since" }, { "reason", "reason" },
	{ "environment", "environment" }, { "products", "products" },
	{ "algorithm", "algorithm" }, { "owner", "owner" },
	{ "recovery", "recovery" }, { "restored", "restored" },
	{ "activated", "activated" }, { "ends", "ends" }, { "note", "note" },
	{ "provenance", "provenance" }, { "created", "created" },
	{ "hash", "hash" },
};

void
elsewhere_print(const json_t *entry)
{
	table_one(entry, ROWS(ONE));
}

int
elsewhere_list(struct cli *cli, const struct fetch_by *by, size_t n,
    struct err *err)
{
	AUTO_JSON *list = NULL;

	TRY(fetch_list(cli, "/v1/keys?elsewhere=true", by, n, &list, err));
	page_show(cli, list, "keys", ROWS(LIST));
	return 0;
}

/* ---- its public key ---- */

/* A SubjectPublicKeyInfo as it stands there, octet by octet. */
static int
block_take(const char *label, struct span der, struct blob *ret,
    struct err *err)
{
	struct cert c;

	if (strcmp(label, PEM_STRING_PUBLIC) == 0)
		return blob_put(ret, der.p, der.n, err);
	if (strcmp(label, PEM_STRING_X509) == 0) {
		TRY(cert_read_other(der.p, der.n, &c, err));
		return blob_put(ret, c.tbs.spki.p, c.tbs.spki.n, err);
	}
	return err_set(err, EINPUT, "%s: expected a public key or a "
	    "certificate in PEM%s", label, strstr(label, "PRIVATE") != NULL ?
	    "; a private key is nobody's to show" : "");
}

/* The first block of the file: it is one key's. */
static int
public_take(const struct blob *text, struct blob *ret, struct err *err)
{
	BIO *mem = BIO_new_mem_buf(text->data, (int)text->len);
	char *label = NULL, *header = NULL;
	unsigned char *der = NULL;
	long n = 0;
	int rc;

	if (mem == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	rc = PEM_read_bio(mem, &label, &header, &der, &n) != 1 ?
	    err_set(err, EINPUT, "expected a public key or a certificate in "
	    "PEM") : block_take(label, span_of(der, (size_t)n), ret, err);
	ERR_clear_error();
	OPENSSL_free(label);
	OPENSSL_free(header);
	OPENSSL_clear_free(der, (size_t)n);
	BIO_free(mem);
	return rc;
}

static int
body_public(const struct cli *cli, json_t *body, struct err *err)
{
	const char *file = in_str(cli->in, "public");
	AUTO(blob) *text = blob_new(), *spki = blob_new();
	struct err why;

	if (file == NULL)
		return 0;
	if (text == NULL || spki == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	TRY(io_read_file(file, FILE_OCTETS, text, err));
	if (public_take(text, spki, &why) != 0)
		return err_set(err, why.code, "%s: %s", file, why.what);
	return json_set_b64(body, "public_key", spki->data, spki->len, err);
}

/* ---- asking ---- */

static int
body_said(const struct cli *cli, json_t *body, struct err *err)
{
	static const char *const text[] = { "at", "custodian", "owner",
		"recovery", "note", "reason" }, *const times[] = {
		"activated", "ends", "restored" };

	for (size_t i = 0; i < NELEM(text); i++)
		TRY(body_str(cli, body, text[i], text[i], err));
	for (size_t i = 0; i < NELEM(times); i++)
		TRY(body_time(cli, body, times[i], times[i], err));
	TRY(body_strs(cli, body, "products", "product", err));
	return body_public(cli, body, err);
}

int
key_run_register(void *ctx, const struct invocation *in, struct err *err)
{
	static const char *const which[] = { "name", "class", "environment" };
	AUTO_JSON *body = json_object(), *result = NULL;
	struct cli *cli = ctx;

	for (size_t i = 0; i < NELEM(which); i++)
		TRY(body_str(cli, body, which[i], which[i], err));
	TRY(body_said(cli, body, err));
	TRY(ask_once(cli, "key.register", "/v1/keys/register", body, &result,
	    err));
	if (!cli_done_told(cli, result))
		elsewhere_print(result);
	return 0;
}

int
key_run_correct(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *result = NULL;
	struct cli *cli = ctx;

	TRY(body_said(cli, body, err));
	TRY(body_strs(cli, body, "unset", "unset", err));
	TRY(ask_at(cli, "/v1/keys/%s/correct", in_arg(in, 0), body, &result,
	    err));
	if (!cli_done_told(cli, result))
		elsewhere_print(result);
	return 0;
}

int
key_run_unregister(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;
	struct cli *cli = ctx;

	TRY(body_reason(cli, &body, err));
	TRY(ask_at(cli, "/v1/keys/%s/unregister", in_arg(in, 0), body,
	    &result, err));
	if (!cli_done_told(cli, result))
		elsewhere_print(result);
	return 0;
}
