/*
 * ca_ask - claviger ca create, import, request, renew, rekey, retire.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "ca/crl.h"
#include "cli/ask.h"
#include "cli/ca.h"
#include "cli/options.h"
#include "cli/subject.h"

/* An authority of this house, or the certificate of another system's. */
static int
ca_deliver(struct cli *cli, const json_t *result, struct err *err)
{
	if (in_str(cli->in, "output") != NULL || in_str(cli->in, "csr") != NULL)
		return certificate_deliver(cli, result, err);
	ca_print_made(cli, result);
	return 0;
}

/* Where the service itself publishes, if it says where others reach it. */
static int
urls_usual(struct cli *cli, const char *ca, json_t *urls,
    struct err *err)
{
	AUTO_JSON *status = NULL;
	AUTO(blob) *text = blob_new();
	const char *base;
	int n;

	if (text == NULL)
		return err_set(err, ENOMEMORY, "a URL");
	TRY(cli_get(cli, &status, err, "/v1/status"));
	if ((base = json_str(status, "public_url", NULL)) == NULL)
		return 0;
	n = (int)strlen(base) - (base[strlen(base) - 1] == '/');
	TRY(blob_printf(text, err, "%.*s/crl/%s", n, base, ca));
	TRY(json_set_str(urls, "crl", blob_str(text), err));
	blob_clear(text);
	TRY(blob_printf(text, err, "%.*s/ocsp", n, base));
	TRY(json_set_str(urls, "ocsp", blob_str(text), err));
	blob_clear(text);
	TRY(blob_printf(text, err, "%.*s/ca/%s.crt", n, base, ca));
	return json_set_str(urls, "issuer", blob_str(text), err);
}

/* Beside the lists that they are to: the service publishes both alike. */
static int
body_deltas(const struct cli *cli, json_t *urls, struct err *err)
{
	const char *crl = json_str(urls, "crl", NULL);

	if (!in_flag(cli->in, "deltas"))
		return 0;
	if (crl == NULL)
		return err_set(err, EUSAGE, "--deltas: to lists that have a "
		    "URL; give --crl-url");
	return json_set_str(urls, "delta", crl, err);
}

static int
urls_given(struct cli *cli, json_t *urls, struct err *err)
{
	static const char *const which[][2] = { { "crl", "crl-url" },
		{ "ocsp", "ocsp-url" }, { "issuer", "issuer-url" } };

	for (size_t i = 0; i < NELEM(which); i++)
		TRY(body_str(cli, urls, which[i][0], which[i][1], err));
	return 0;
}

/* Another system's authority (a request of its own) publishes by itself. */
static int
body_where(struct cli *cli, json_t *body, struct err *err)
{
	AUTO_JSON *urls = json_object();

	TRY(urls_given(cli, urls, err));
	if (json_object_size(urls) == 0 && json_object_get(body, "csr") == NULL)
		TRY(urls_usual(cli, json_str(body, "name", ""), urls, err));
	TRY(body_deltas(cli, urls, err));
	if (json_object_size(urls) == 0)
		return 0;
	return json_set_new(body, "urls", TAKE(urls), err);
}

/* Each certificate points there for its life: people hear of it before they are
 * asked.  It may be somebody else who answers there. */
static void
responder_warn(const struct cli *cli, const json_t *body)
{
	const char *url = json_str(json_object_get(body, "urls"), "ocsp",
	    NULL);

	if (url != NULL && !in_given(cli->in, "responder") &&
	    !in_given(cli->in, "csr"))
		cli_note(cli, "Warning: without --responder this house answers no "
		    "OCSP question about its certificates: somebody else must, "
		    "at %s, for as long as they last.", url);
}

static int
body_urls(struct cli *cli, json_t *body, struct err *err)
{
	TRY(body_where(cli, body, err));
	responder_warn(cli, body);
	ca_lacks_warn(cli, body);
	if (in_str(cli->in, "partitions") != NULL)
		TRY(json_set_int(body, "partitions", in_count(cli->in,
		    "partitions", 1), err));
	TRY(body_str(cli, body, "responder", "responder", err));
	return body_str(cli, body, "reason", "reason", err);
}

static int
body_constraints(const struct cli *cli, json_t *body, struct err *err)
{
	AUTO_JSON *names = json_object();

	TRY(body_strs(cli, names, "permitted", "permit", err));
	TRY(body_strs(cli, names, "excluded", "exclude", err));
	if (json_object_size(names) == 0)
		return 0;
	return json_set_new(body, "name_constraints", TAKE(names), err);
}

/* Whose key it is: of this house, or of whoever sent a request. */
static int
body_key(const struct cli *cli, json_t *body, struct err *err)
{
	bool other = in_str(cli->in, "csr") != NULL;

	if (other == (in_str(cli->in, "key") != NULL))
		return err_set(err, EUSAGE, "--key names a key of this house, "
		    "--csr another system's request: give one of the two");
	return other ? body_csr(cli, body, err) :
	    body_str(cli, body, "key", "key", err);
}

int
ca_create(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *result = NULL;
	struct cli *cli = ctx;

	TRY(body_str(cli, body, "name", "name", err));
	TRY(body_str(cli, body, "profile", "profile", err));
	TRY(body_key(cli, body, err));
	TRY(body_str(cli, body, "issuer", "issuer", err));
	TRY(body_subject(cli, body, err));
	if (in_str(in, "path-length") != NULL)
		TRY(json_set_int(body, "path_length", in_count(in,
		    "path-length", 0), err));
	TRY(body_constraints(cli, body, err));
	TRY(body_time(cli, body, "not_after", "not-after", err));
	TRY(body_urls(cli, body, err));
	TRY(ask_once(cli, "ca.create", "/v1/cas", body, &result, err));
	return ca_deliver(cli, result, err);
}

/* How far the lists of the system before went; the service reads theirs. */
static int
body_floor(const struct cli *cli, json_t *body, struct err *err)
{
	const char *file = in_str(cli->in, "crl");
	AUTO(blob) *list = blob_new(), *der = blob_new();

	if (list == NULL || der == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(body_str(cli, body, "crl_number", "crl-number", err));
	if (file == NULL)
		return 0;
	if (in_given(cli->in, "only-list"))
		TRY(json_set_new(body, "only_list", json_true(), err));
	if (json_object_get(body, "crl_number") != NULL)
		return err_set(err, EUSAGE, "--crl says the number already: "
		    "give it or --crl-number");
	TRY(io_read_file(file, 1u << 24, list, err));
	TRY(strstr(blob_str(list), "-----BEGIN") != NULL ?
	    pem_der(blob_str(list), der, err) :
	    blob_put(der, list->data, list->len, err));
	if (der->len > CRL_OTHER)
		return err_set(err, ETOOBIG, "%s has over %d octets: give "
		    "--crl-number, and leave what it revoked to lists of the "
		    "other system", file, CRL_OTHER);
	return json_set_b64(body, "crl", der->data, der->len, err);
}

int
ca_import(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *result = NULL;
	AUTO(blob) *pem = blob_new(), *der = blob_new();
	struct cli *cli = ctx;

	if (pem == NULL || der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(io_read_file(in_arg(in, 0), 1u << 16, pem, err));
	TRY(pem_der(blob_str(pem), der, err));
	TRY(body_str(cli, body, "name", "name", err));
	TRY(json_set_b64(body, "certificate", der->data, der->len, err));
	TRY(body_floor(cli, body, err));
	TRY(body_urls(cli, body, err));
	TRY(ask_once(cli, "ca.import", "/v1/cas/import", body, &result, err));
	ca_print_made(cli, result);
	return 0;
}

int
ca_request(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *result = NULL;
	AUTO(blob) *pem = blob_new();
	struct cli *cli = ctx;
	char *path = NULL;
	int rc;

	if (pem == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(body_subject(cli, body, err));
	TRY(body_str(cli, body, "reason", "reason", err));
	TRY(client_path(&path, err, "/v1/keys/%s/csr", in_str(in, "key")));
	rc = ask_once(cli, path, path, body, &result, err);
	free(path);
	TRY(rc);
	TRY(blob_puts(pem, json_str(result, "csr", ""), err));
	if (in_str(in, "output") == NULL && cli_answer(cli, result))
		return 0;
	TRY(export_deliver(cli, pem, err));
	(void)cli_answer(cli, result);
	return 0;
}

static int
next_ask(struct cli *cli, const char *fmt, json_t *body, struct err *err)
{
	AUTO_JSON *result = NULL;
	char *path = NULL;
	int rc;

	TRY(body_time(cli, body, "not_after", "not-after", err));
	TRY(body_str(cli, body, "reason", "reason", err));
	TRY(client_path(&path, err, fmt, in_arg(cli->in, 0)));
	rc = ask_unless(cli, path, body, &result, err);
	free(path);
	TRY(rc);
	return ca_deliver(cli, result, err);
}

int
ca_renew(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object();

	TRY(body_str(ctx, body, "responder", "responder", err));
	return next_ask(ctx, "/v1/cas/%s/renew", body, err);
}

int
ca_rekey(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object();

	TRY(body_str(ctx, body, "name", "name", err));
	TRY(body_str(ctx, body, "key", "key", err));
	TRY(body_str(ctx, body, "responder", "responder", err));
	TRY(body_where(ctx, body, err));
	return next_ask(ctx, "/v1/cas/%s/rekey", body, err);
}

int
ca_retire(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;

	TRY(body_reason(ctx, &body, err));
	TRY(ask_at(ctx, "/v1/cas/%s/retire", in_arg(in, 0), body, &result,
	    err));
	ca_print_made(ctx, result);
	return 0;
}
