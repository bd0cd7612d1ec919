/*
 * ca - claviger ca: certificate authorities.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "ca/crl.h"
#include "cli/ask.h"
#include "cli/fetch.h"
#include "cli/nouns.h"
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
};
static const struct table_row ONE[] = {
	{ "name", "name" }, { "state", "state" }, { "reason", "reason" },
	{ "subject", "subject" }, { "issuer", "issuer" },
	{ "profile", "profile" }, { "key", "key_name" },
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

static void
print_made(const struct cli *cli, const json_t *ca)
{
	if (cli->json || !cli->quiet)
		print_ca(cli, ca);
}

/* An authority of this house, or the certificate of another system's. */
static int
ca_deliver(struct cli *cli, const json_t *result, struct err *err)
{
	if (in_str(cli->in, "output") != NULL || in_str(cli->in, "csr") != NULL)
		return certificate_deliver(cli, result, err);
	print_made(cli, result);
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

static int
body_urls(struct cli *cli, json_t *body, struct err *err)
{
	TRY(body_where(cli, body, err));
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

static int
run_create(void *ctx, const struct invocation *in, struct err *err)
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

static int
run_import(void *ctx, const struct invocation *in, struct err *err)
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
	print_made(cli, result);
	return 0;
}

static int
run_request(void *ctx, const struct invocation *in, struct err *err)
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
	rc = ask(cli, path, body, NULL, &result, err);
	free(path);
	TRY(rc);
	return ca_deliver(cli, result, err);
}

static int
run_renew(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object();

	return next_ask(ctx, "/v1/cas/%s/renew", body, err);
}

static int
run_rekey(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object();

	TRY(body_str(ctx, body, "name", "name", err));
	TRY(body_str(ctx, body, "key", "key", err));
	TRY(body_where(ctx, body, err));
	return next_ask(ctx, "/v1/cas/%s/rekey", body, err);
}

static int
run_retire(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = NULL, *result = NULL;

	TRY(body_reason(ctx, &body, err));
	TRY(ask_at(ctx, "/v1/cas/%s/retire", in_arg(in, 0), body, &result,
	    err));
	print_made(ctx, result);
	return 0;
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

static int
run_publish(void *ctx, const struct invocation *in, struct err *err)
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

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
{
	static const struct fetch_by by[] = { { "state", "state" },
		{ "limit", "limit" } };
	struct cli *cli = ctx;
	AUTO_JSON *list = NULL;

	TRY(fetch_list(cli, "/v1/cas", by, NELEM(by), &list, err));
	if (!cli_answer(cli, list))
		table_list(json_object_get(list, "cas"), ROWS(LIST));
	return 0;
}

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
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

#define OPT_WHERE \
	{ .name = "crl-url", .value = V_TEXT, .meta = "URL", \
	  .words = "where its CRLs will be: URL/0.crl, URL/1.crl ...; fixed for its life. Where no URL is given at all, the service's own public ones, if it has public.url set" }, \
	{ .name = "deltas", .value = V_FLAG, \
	  .words = "publish deltas too: small lists of what changed since a full one, URL/0.delta.crl ...; a revocation is then told by a delta, and full lists keep their schedule; fixed for its life" }, \
	{ .name = "ocsp-url", .value = V_TEXT, .meta = "URL", \
	  .words = "where OCSP answers for its certificates will be; fixed for its life" }, \
	{ .name = "issuer-url", .value = V_TEXT, .meta = "URL", \
	  .words = "where its own certificate will be; fixed for its life" }
#define OPT_URLS OPT_WHERE, \
	{ .name = "partitions", .value = V_COUNT, .meta = "N", .min = 1, .max = 4096, \
	  .words = "how many CRLs its certificates are spread over; 1 where left out" }, \
	{ .name = "responder", .value = V_NAME, .meta = "KEY", \
	  .words = "the key that will sign its OCSP answers" }, \
	OPT_REASON, OPT_AGAIN, \
	OPT_NO_WAIT, OPT_WAIT
#define OPT_NOT_AFTER	{ .name = "not-after", .value = V_TIME, .meta = "TIME", .words = "when it ends, if earlier than by the profile" }
#define OPT_OUTPUT(w)	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FILE", .words = w }

static const struct argument_row CA[] = {
	{ .name = "CA", .value = V_NAME, .words = "the authority's name" },
};
static const struct option_row CREATE_OPTIONS[] = {
	{ .name = "name", .value = V_NAME, .required = true, .meta = "NAME", .words = "the new authority's name" },
	{ .name = "profile", .value = V_NAME, .required = true, .meta = "PROFILE", .words = "a profile of the charter, of kind root or issuing-ca; issuing means issuing-ca where no profile is called so" },
	{ .name = "key", .letter = 'k', .value = V_TEXT, .meta = "KEY", .words = "its own key, by name or hash" },
	{ .name = "csr", .value = V_FILE, .meta = "FILE", .words = "instead of a key: the request of another system's authority, PEM or DER; it gets a certificate, and stays theirs" },
	{ .name = "issuer", .value = V_NAME, .meta = "CA", .words = "the authority that signs it; a root has none" },
	OPT_SUBJECT,
	{ .name = "path-length", .value = V_COUNT, .meta = "N", .min = 0, .max = 16, .words = "how many authorities may stand below it" },
	{ .name = "permit", .value = V_TEXT, .many = true, .meta = "TYPE:NAME",
	  .words = "a name that certificates below it may have, and all below that name: dns:example.com, email:example.com, uri:.example.com, ip:10.0.0.0/8; of a type that is given, nothing else" },
	{ .name = "exclude", .value = V_TEXT, .many = true, .meta = "TYPE:NAME", .words = "a name that they may not have, nor what is below it" },
	OPT_NOT_AFTER, OPT_OUTPUT("write the certificate there, PEM"),
	OPT_URLS,
};
static const struct option_row IMPORT_OPTIONS[] = {
	{ .name = "name", .value = V_NAME, .required = true, .meta = "NAME", .words = "the authority's name here" },
	{ .name = "crl", .value = V_FILE, .meta = "FILE",
	  .words = "the newest complete CRL that the system before signed for it, PEM or DER, at most 700,000 octets: what is on it stays revoked, and lists here are numbered above it" },
	{ .name = "crl-number", .value = V_TEXT, .meta = "N",
	  .words = "that list's number, decimal, where the list is not at hand or too long; nothing that it revoked is taken over" },
	{ .name = "only-list", .words = "the list names a distribution point, and yet the system before had no other" },
	OPT_URLS,
};
static const struct argument_row IMPORT_ARGS[] = {
	{ .name = "FILE", .value = V_FILE, .words = "its certificate, PEM" },
};
static const struct option_row REQUEST_OPTIONS[] = {
	{ .name = "key", .letter = 'k', .value = V_TEXT, .required = true, .meta = "KEY", .words = "the authority's key, by name or hash" },
	OPT_SUBJECT, OPT_REASON,
	OPT_AGAIN,
	OPT_NO_WAIT, OPT_WAIT, OPT_OUTPUT("write the request there, PEM"),
};
static const struct option_row RENEW_OPTIONS[] = {
	OPT_NOT_AFTER, OPT_REASON, OPT_NO_WAIT, OPT_WAIT, OPT_OUTPUT("write the certificate there, PEM"),
};
static const struct option_row REKEY_OPTIONS[] = {
	{ .name = "name", .value = V_NAME, .required = true, .meta = "NAME", .words = "the successor's name" },
	{ .name = "key", .letter = 'k', .value = V_TEXT, .required = true, .meta = "KEY", .words = "the successor's key, by name or hash" },
	OPT_WHERE, OPT_NOT_AFTER, OPT_REASON, OPT_NO_WAIT, OPT_WAIT, OPT_OUTPUT("write the certificate there, PEM"),
};
static const struct option_row RETIRE_OPTIONS[] = { OPT_REASON, OPT_NO_WAIT, OPT_WAIT };
static const struct option_row PUBLISH_OPTIONS[] = {
	{ .name = "partition", .value = V_COUNT, .meta = "N", .min = 0, .max = 4095, .words = "only this one of its lists" },
	OPT_REASON, OPT_NO_WAIT, OPT_WAIT,
};
static const struct option_row LIST_OPTIONS[] = {
	{ .name = "state", .value = V_CHOICE, .meta = "STATE", .choices = "active|retired", .words = "only authorities in this state" },
	OPT_LIMIT,
};
static const struct option_row SHOW_OPTIONS[] = {
	{ .name = "chain", .value = V_FLAG, .words = "its certificate and those above it, the root last, as PEM" },
	OPT_OUTPUT("write PEM there"),
};
static const enum err_code ASK_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, EEXISTS, EINPUT, ESTATE };
static const enum err_code READ_ERRORS[] = { EAUTH, ENOENT_, EUNREACH };

static const struct command_row COMMANDS[] = {
	{ .noun = "ca", .verb = "create", .summary = "Make a root, or an authority below one",
	  .words = "What the certificate says is drawn up by the profile, checked by a linter, and signed in the token when the rule "
	    "is satisfied: by the key itself for a root, by the issuer's key otherwise. Both keys must be of kind ca. "
	    "URLs are part of what is approved, and of every certificate that the authority will issue.\n\n"
	    "With --csr another system's authority is certified, whose key is not here: its subject is that of the request where "
	    "--subject does not say it. Its certificate is listed and revoked like any other that the issuer has issued.",
	  ROWS_OPTIONS(CREATE_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = run_create,
	  .examples = (const struct example_row[]){
		{ "claviger ca create --name root --profile root --key root-key --subject O=Example --subject 'CN=Example Root' --officer-key officer-1.pem",
		  "Ask for a root as an officer" },
		{ "claviger ca create --name devices --profile issuing-ca --issuer root --key devices-key --subject O=Example --subject 'CN=Example Devices' "
		  "--crl-url http://pki.example.com/devices --ocsp-url http://ocsp.example.com --officer-key officer-1.pem",
		  "And for an authority below it" },
		{ "claviger ca create --name plant --profile issuing-ca --issuer root --csr plant.csr --permit dns:plant.example.com "
		  "--officer-key officer-1.pem -o plant.pem", "And for one that a plant's own system keeps" } },
	  .examples_n = 3 },
	{ .noun = "ca", .verb = "request", .summary = "Ask others to certify an authority of ours",
	  .words = "Writes a PKCS #10 request (RFC 2986) for a key of kind ca, signed by that key in the token. What they send back is "
	    "taken in by claviger ca import. An authority that is certified already asks again by the subject that it has.",
	  ROWS_OPTIONS(REQUEST_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = run_request,
	  .examples = (const struct example_row[]){
		{ "claviger ca request --key line-key --subject O=Example --subject 'CN=Example Line' -o line.csr --officer-key officer-1.pem",
		  "For a partner's root to sign" } },
	  .examples_n = 1 },
	{ .noun = "ca", .verb = "import", .summary = "Take in an authority that others certified",
	  .words = "For an authority whose key is in the token and whose certificate was made elsewhere.\n\n"
	    "One that another system has kept comes with that system's newest complete CRL (--crl): it must be signed by the authority's key. "
	    "What is on it stays on the first of the lists here, for good, and OCSP answers that it is revoked; and lists have higher numbers, so that whoever holds "
	    "the old one takes them as newer (RFC 5280, 5.2.3). Officers approve the list, which is told once. Let the other system sign no list after it.",
	  ROWS_ARGS(IMPORT_ARGS), ROWS_OPTIONS(IMPORT_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = run_import,
	  .examples = (const struct example_row[]){
		{ "claviger ca import partner.pem --name partner --officer-key officer-1.pem", "Take in a certificate that a partner's root signed" },
		{ "claviger ca import old.pem --name old --crl old.crl --officer-key officer-1.pem", "And an authority that another system kept until now" } },
	  .examples_n = 2 },
	{ .noun = "ca", .verb = "renew", .summary = "Certify an authority's key once more",
	  .words = "Subject, key, URLs and partitions stay; profile and issuer are asked anew for a certificate that begins now. The newest one "
	    "issues, and those before it are good until their ends: lists, OCSP answers and what was issued serve them all. One that others "
	    "certified is renewed by claviger ca request and import, under the same name.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(RENEW_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = run_renew,
	  .examples = (const struct example_row[]){ { "claviger ca renew devices --officer-key officer-1.pem", "Before it can no longer issue at full length" } },
	  .examples_n = 1 },
	{ .noun = "ca", .verb = "rekey", .summary = "Let another key issue in an authority's place",
	  .words = "Makes a successor with a key, lists and URLs of its own; subject, profile, issuer and constraints are those that were approved "
	    "for the first. From then on whoever asks the first one for a certificate (cert issue, EST) gets it from the successor, and the "
	    "first goes on signing its lists and OCSP answers. Rules that name the first by cert.ca should name the successor before. "
	    "Retiring the successor gives issuing back.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(REKEY_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = run_rekey,
	  .examples = (const struct example_row[]){
		{ "claviger ca rekey devices --name devices-2 --key devices-key-2 --officer-key officer-1.pem", "After some years, or a larger key" } },
	  .examples_n = 1 },
	{ .noun = "ca", .verb = "retire", .summary = "Let an authority issue no more",
	  .words = "It keeps signing revocation lists and its responder's certificate, for what it has issued.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(RETIRE_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = run_retire,
	  .examples = (const struct example_row[]){ { "claviger ca retire devices-2025 --officer-key officer-1.pem", "After its successor has taken over" } },
	  .examples_n = 1 },
	{ .noun = "ca", .verb = "publish", .summary = "Sign and publish its full revocation lists now",
	  .words = "The service publishes by itself when something changed and before a list ends; this is for a list that no tool may "
	    "sign, as an offline root's, and before an outage. Where the rule asks for approvals, it waits for them.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(PUBLISH_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = run_publish,
	  .examples = (const struct example_row[]){ { "claviger ca publish root --officer-key officer-1.pem", "A new list of the root's" } },
	  .examples_n = 1 },
	{ .noun = "ca", .verb = "list", .summary = "List the authorities",
	  .words = "Every authority with its state, issuer, key and end.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_list,
	  .examples = (const struct example_row[]){ { "claviger ca list --state active", "Those that issue" } }, .examples_n = 1 },
	{ .noun = "ca", .verb = "show", .summary = "Show one authority",
	  .words = "Everything known of it, which of its certificates is current, until when that one issues at full length, and which authority issues in its place; with --chain the way to the root, for servers and devices to be given.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(SHOW_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_show,
	  .examples = (const struct example_row[]){ { "claviger ca show devices --chain -o chain.pem", "Keep its chain in a file" } }, .examples_n = 1 },
};

const struct noun_row noun_ca = {
	.noun = "ca", .page = "claviger-ca", .section = 1,
	.summary = "make certificate authorities, list and retire them", ROWS_COMMANDS(COMMANDS),
};
