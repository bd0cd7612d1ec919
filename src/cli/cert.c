/*
 * cert - claviger cert: certificates issued, found, written to files, revoked.
 *
 * Floor 7.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/io.h"
#include "cli/ask.h"
#include "cli/elsewhere.h"
#include "cli/fetch.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/request.h"
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

/* ---- issuing ---- */

static int
run_issue(void *ctx, const struct invocation *in, struct err *err)
{
	AUTO_JSON *body = json_object(), *result = NULL;
	struct cli *cli = ctx;
	char *path = NULL;
	int rc;

	TRY(body_str(cli, body, "profile", "profile", err));
	TRY(body_csr(cli, body, err));
	TRY(body_subject(cli, body, err));
	TRY(body_strs(cli, body, "san", "san", err));
	TRY(body_str(cli, body, "device", "device", err));
	TRY(body_time(cli, body, "not_after", "not-after", err));
	TRY(body_str(cli, body, "note", "note", err));
	TRY(client_path(&path, err, "/v1/cas/%s/certificates",
	    in_str(in, "ca")));
	rc = ask_once(cli, path, path, body, &result, err);
	free(path);
	TRY(rc);
	return certificate_deliver(cli, result, err);
}

/* ---- finding ---- */

static int
run_list(void *ctx, const struct invocation *in, struct err *err)
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

static int
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

static int
run_show(void *ctx, const struct invocation *in, struct err *err)
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

static int
run_export(void *ctx, const struct invocation *in, struct err *err)
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

/* ---- revoking ---- */

/* All of one CA: a request is about one key. */
static int
which_body(struct cli *cli, json_t *body, char ret_ca[80], struct err *err)
{
	AUTO_JSON *ids = json_array();
	const char *typed;

	for (size_t i = 0; (typed = in_arg(cli->in, i)) != NULL; i++) {
		AUTO_JSON *cert = NULL;
		const char *ca;

		TRY(cert_get(cli, typed, &cert, err));
		if (json_object_get(cert, "ca") == NULL)
			return err_set(err, EUSAGE, "%s was issued by another "
			    "CA: it is revoked there", typed);
		ca = json_str(cert, "ca", "");
		if (i > 0 && strcmp(ca, ret_ca) != 0)
			return err_set(err, EUSAGE, "%s was issued by %s, the "
			    "one before by %s: name those of one CA at a time",
			    typed, ca, ret_ca);
		snprintf(ret_ca, 80, "%s", ca);
		if (json_array_append_new(ids, json_string(json_str(cert, "id",
		    ""))) != 0)
			return err_set(err, ENOMEMORY, "certificates");
	}
	return json_set_new(body, "ids", TAKE(ids), err);
}

/* "FIRST..LAST", or one. */
static int
device_body(const struct cli *cli, json_t *filter, struct err *err)
{
	const char *typed = in_str(cli->in, "device"), *dots;
	AUTO(blob) *first = blob_new();

	if (typed == NULL)
		return 0;
	if (first == NULL)
		return err_set(err, ENOMEMORY, "a range");
	if ((dots = strstr(typed, "..")) == NULL)
		return json_set_str(filter, "device", typed, err);
	TRY(blob_put(first, typed, (size_t)(dots - typed), err));
	TRY(json_set_str(filter, "device", blob_str(first), err));
	return json_set_str(filter, "device_last", dots + 2, err);
}

static int
filter_body(const struct cli *cli, json_t *body, struct err *err)
{
	AUTO_JSON *filter = json_object();

	if (filter == NULL)
		return err_set(err, ENOMEMORY, "request");
	TRY(body_str(cli, filter, "profile", "profile", err));
	TRY(device_body(cli, filter, err));
	TRY(body_str(cli, filter, "key", "key", err));
	TRY(body_str(cli, filter, "by", "by", err));
	TRY(body_str(cli, filter, "batch", "batch", err));
	TRY(body_time(cli, filter, "issued_since", "issued-since", err));
	TRY(body_time(cli, filter, "issued_before", "issued-before", err));
	if (in_flag(cli->in, "expired"))
		TRY(json_set_new(filter, "expired", json_true(), err));
	return json_set_new(body, "filter", TAKE(filter), err);
}

/* As the authority calls them, also those of a list that it came with. */
static int
serials_body(struct cli *cli, json_t *body, struct err *err)
{
	AUTO_JSON *serials = json_array();
	char plain[SHA256_HEX];
	const char *typed;

	for (size_t i = 0; (typed = in_arg(cli->in, i)) != NULL; i++) {
		hex_plain(typed, plain, sizeof(plain));
		if (strncmp(typed, "crt_", 4) == 0)
			return err_set(err, EUSAGE, "with --ca, serial numbers "
			    "are named: %s says its authority itself", typed);
		if (json_array_append_new(serials, json_string(plain)) != 0)
			return err_set(err, ENOMEMORY, "certificates");
	}
	return json_set_new(body, "serials", TAKE(serials), err);
}

/* What certificates have in common is said of those that are not named. */
static int
filters_check(const struct cli *cli, struct err *err)
{
	static const char *const filters[] = { "profile", "device", "key", "by",
		"batch", "issued-since", "issued-before", "expired" };

	for (size_t i = 0; i < NELEM(filters); i++)
		if (in_given(cli->in, filters[i]))
			return err_set(err, EUSAGE, "--%s goes with --ca, and "
			    "without naming certificates", filters[i]);
	return 0;
}

/* Named one by one, or all of a CA that are so. */
static int
meant_body(struct cli *cli, json_t *body, char ret_ca[80], struct err *err)
{
	const char *ca = in_str(cli->in, "ca");

	if (ca == NULL || in_arg(cli->in, 0) != NULL)
		TRY(filters_check(cli, err));
	if (ca == NULL && in_arg(cli->in, 0) == NULL)
		return err_set(err, EUSAGE, "name certificates, or an "
		    "authority: --ca");
	if (ca == NULL)
		return which_body(cli, body, ret_ca, err);
	snprintf(ret_ca, 80, "%s", ca);
	if (in_arg(cli->in, 0) != NULL)
		return serials_body(cli, body, err);
	return filter_body(cli, body, err);
}

static const struct table_row DRY[] = {
	{ "certificates", "certificates" }, { "of them new", "changing" },
	{ "so already", "unchanged" }, { "expired, left out", "expired" },
	{ "beyond one request", "beyond" }, { "devices", "devices" },
	{ "CRL entries", "crl_entries" }, { "octets of CRL", "crl_octets" },
};
static const struct table_row DRY_PROFILES[] = {
	{ "PROFILE", "profile" }, { "CERTIFICATES", "certificates" },
	{ "OF THEM NEW", "changing" },
};
static const struct table_row DRY_LISTS[] = {
	{ "CRL", "partition" }, { "ENTRIES", "entries" },
	{ "OCTETS", "octets" }, { "GROWS TO", "grows_to" },
};
static const struct table_row DONE[] = {
	{ "request", "request" }, { "ca", "ca" }, { "status", "status" },
	{ "good", "statuses.good" }, { "held", "statuses.held" },
	{ "revoked", "statuses.revoked" },
	{ "certificates", "certificates" }, { "serials", "serials" },
};

static void
print_dry(const json_t *result)
{
	table_one(result, ROWS(DRY));
	printf("\n");
	table_list(json_object_get(result, "profiles"), ROWS(DRY_PROFILES));
	if (json_array_size(json_object_get(result, "partitions")) == 0)
		return;
	printf("\n");
	table_list(json_object_get(result, "partitions"), ROWS(DRY_LISTS));
}

static void
print_change(const struct cli *cli, const json_t *result)
{
	if (cli_answer(cli, result))
		return;
	if (json_flag(result, "dry_run", false))
		print_dry(result);
	else if (!cli->quiet)
		table_one(result, ROWS(DONE));
}

static int
change_post(struct cli *cli, const char *ca, const json_t *body,
    struct err *err)
{
	AUTO_JSON *result = NULL;
	char *path = NULL, fmt[40];
	int rc;

	snprintf(fmt, sizeof(fmt), "/v1/cas/%%s/%s",
	    in_command(cli->in)->verb);
	TRY(client_path(&path, err, fmt, ca));
	rc = ask(cli, path, body, NULL, &result, err);
	free(path);
	TRY(rc);
	print_change(cli, result);
	return 0;
}

/* Without --yes people see first what it would come to. */
static int
run_change(void *ctx, const struct invocation *in, struct err *err)
{
	struct cli *cli = ctx;
	bool dry = in_flag(in, "dry-run") || !in_flag(in, "yes");
	AUTO_JSON *body = json_object();
	char ca[80] = "";

	if (body == NULL)
		return err_set(err, ENOMEMORY, "request");
	TRY(meant_body(cli, body, ca, err));
	TRY(body_str(cli, body, "reason", "note", err));
	if (strcmp(in_command(in)->verb, "revoke") == 0) {
		TRY(body_str(cli, body, "cause", "reason", err));
		TRY(body_time(cli, body, "invalid_since", "invalid-since",
		    err));
	}
	if (dry)
		TRY(json_set_new(body, "dry_run", json_true(), err));
	TRY(change_post(cli, ca, body, err));
	if (dry && !in_flag(in, "dry-run"))
		return err_set(err, EUSAGE, "nothing was changed: give --yes "
		    "to %s", in_command(in)->verb);
	return 0;
}

/* ---- rows ---- */

#define OPT_CHANGE \
	{ .name = "ca", .value = V_NAME, .meta = "CA", .words = "of this authority: those whose serial numbers are named; without any, all, or those that the next options say" }, \
	{ .name = "profile", .value = V_NAME, .meta = "PROFILE", .words = "with --ca: only of this profile" }, \
	{ .name = "device", .value = V_TEXT, .meta = "FIRST..LAST", .words = "with --ca: only of these devices (shorter serial numbers come first), or of one" }, \
	{ .name = "key", .value = V_TEXT, .meta = "KEY", .words = "with --ca: only for this key: the hash of its SubjectPublicKeyInfo, or a name" }, \
	{ .name = "by", .value = V_NAME, .meta = "PRINCIPAL", .words = "with --ca: only what this principal asked for, as the tool of a factory" }, \
	{ .name = "batch", .value = V_TEXT, .meta = "BATCH", .words = "with --ca: only of this batch (bat_...)" }, \
	{ .name = "issued-since", .value = V_TIME, .meta = "TIME", .words = "with --ca: only what was issued then or later" }, \
	{ .name = "issued-before", .value = V_TIME, .meta = "TIME", .words = "with --ca: only what was issued before" }, \
	{ .name = "expired", .value = V_FLAG, .words = "with --ca: also what has expired" }, \
	{ .name = "note", .value = V_TEXT, .meta = "TEXT", .words = "why, for the officers and the ledger" }, \
	{ .name = "dry-run", .value = V_FLAG, .words = "only say how many devices and octets of CRL it comes to" }, \
	OPT_NO_WAIT, OPT_WAIT

static const struct argument_row CERT[] = {
	{ .name = "CERTIFICATE", .value = V_TEXT, .words = "its id (crt_...), or its serial number in hexadecimal, as openssl prints it too; of another CA its SHA-256" },
};
static const struct argument_row CERTS[] = {
	{ .name = "CERTIFICATE", .value = V_TEXT, .optional = true, .many = true, .words = "ids (crt_...), or serial numbers in hexadecimal, as openssl prints them too" },
};
static const struct option_row ISSUE_OPTIONS[] = {
	{ .name = "ca", .value = V_NAME, .required = true, .meta = "CA", .words = "the authority that issues" },
	{ .name = "profile", .value = V_NAME, .required = true, .meta = "PROFILE", .words = "the profile that says what it may be" },
	{ .name = "csr", .value = V_FILE, .required = true, .meta = "FILE", .words = "the PKCS #10 request, PEM or DER" },
	OPT_SUBJECT,
	{ .name = "san", .value = V_TEXT, .many = true, .meta = "TYPE:NAME", .words = "an alternative name: dns:..., ip:..., uri:..., email:..." },
	{ .name = "device", .value = V_TEXT, .meta = "SERIAL", .words = "the device's serial number" },
	{ .name = "not-after", .value = V_TIME, .meta = "TIME", .words = "when it ends, if earlier than by the profile" },
	{ .name = "note", .value = V_TEXT, .meta = "TEXT", .words = "a note to the approvers" },
	OPT_AGAIN,
	OPT_NO_WAIT, OPT_WAIT,
	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FILE", .words = "write the certificate there, PEM" },
};
static const struct option_row LIST_OPTIONS[] = {
	{ .name = "subject", .value = V_TEXT, .meta = "TEXT", .words = "whose common name, no other attribute, begins so, whatever the case" },
	{ .name = "san", .value = V_TEXT, .meta = "TYPE:NAME", .words = "with this alternative name" },
	{ .name = "serial", .value = V_TEXT, .meta = "HEX", .words = "with this serial number, as openssl prints it too (upper case, colons, 0x)" },
	{ .name = "sha256", .value = V_TEXT, .meta = "HASH", .words = "with this SHA-256, as openssl prints it too" },
	{ .name = "device", .value = V_TEXT, .meta = "SERIAL", .words = "of this device" },
	{ .name = "ca", .value = V_NAME, .meta = "CA", .words = "only of this authority" },
	{ .name = "profile", .value = V_NAME, .meta = "PROFILE", .words = "only of this profile" },
	{ .name = "status", .value = V_CHOICE, .meta = "STATUS", .choices = "good|revoked|held", .words = "only with this status" },
	{ .name = "batch", .value = V_TEXT, .meta = "BATCH", .words = "only of this batch (bat_...)" },
	{ .name = "expires-after", .value = V_TIME, .meta = "TIME", .words = "only what ends then or later, the soonest first" },
	{ .name = "expires-before", .value = V_TIME, .meta = "TIME", .words = "only what ends before, the soonest first" },
	{ .name = "elsewhere", .value = V_FLAG, .words = "those of other CAs, the soonest end first; by serial, product, key and expiry" },
	{ .name = "product", .value = V_NAME, .meta = "PRODUCT", .words = "with --elsewhere: only of this product line" },
	{ .name = "key", .value = V_HASH, .meta = "HASH", .words = "with --elsewhere: only with this public key, by its SHA-256" },
	OPT_CURSOR,
	OPT_LIMIT,
};
static const struct argument_row FILES[] = {
	{ .name = "FILE", .value = V_FILE, .optional = true, .many = true, .words = "PEM, DER, PKCS #7 or PKCS #12, each of at most 64 MiB; or CSV of any length" },
};
static const struct option_row IMPORT_OPTIONS[] = {
	{ .name = "product", .value = V_NAME, .many = true, .meta = "PRODUCT", .words = "a product line that they serve; of CSV, where a row names none" },
	{ .name = "owner", .value = V_NAME, .meta = "GROUP", .words = "the group of the charter that answers for them; of CSV, where a row names none" },
	{ .name = "format", .value = V_CHOICE, .meta = "FORMAT", .choices = "auto|certificates|csv", .otherwise = "auto",
	  .words = "what the files are; auto: by their names, csv where one ends in .csv" },
	OPT_MAP,
	{ .name = "crl", .value = V_FILE, .many = true, .meta = "FILE",
	  .words = "what their CA has revoked: its revocation list, PEM or DER, of at most 64 MiB (more than a million entries)" },
	{ .name = "all-or-nothing", .value = V_FLAG,
	  .words = "enter none where one is bad or refused: all are looked at first, by the service too (so files are read twice, and are no pipes), "
	    "and then go in by one transaction; at most 10,000 certificates (a page has 100 of one owner and the same product lines, and there may be 100) and 12 MiB; "
	    "more than one page where no rule asks for approvals. Each list of --crl is taken behind that, by itself" },
	{ .name = "dry-run", .value = V_FLAG, .words = "only say what would be entered" },
	{ .name = "passphrase-file", .value = V_FILE, .meta = "FILE", .words = "where the passphrase of a PKCS #12 is: its first line" },
	OPT_REASON,
	OPT_AGAIN,
	OPT_NO_WAIT, OPT_WAIT,
};
static const struct option_row EXPORT_OPTIONS[] = {
	{ .name = "format", .value = V_CHOICE, .meta = "FORMAT", .choices = "pem|der|chain|p7", .otherwise = "pem",
	  .words = "pem, der, chain (PEM, with all above it) or p7 (PKCS #7, DER, with all above it)" },
	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FILE", .words = "write it there" },
};
static const struct option_row REVOKE_OPTIONS[] = {
	{ .name = "reason", .value = V_CHOICE, .meta = "REASON",
	  .choices = "unspecified|key-compromise|ca-compromise|affiliation-changed|superseded|cessation-of-operation|privilege-withdrawn|aa-compromise",
	  .words = "what CRLs and OCSP answers will say (RFC 5280, 5.3.1)" },
	{ .name = "invalid-since", .value = V_TIME, .meta = "TIME", .words = "from when on it was not to be believed: no time to come" },
	OPT_CHANGE,
};
static const struct option_row CHANGE_OPTIONS[] = { OPT_CHANGE };
static const enum err_code ISSUE_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, EINPUT, ECONFLICT, ELIMIT, ESTATE };
static const enum err_code IMPORT_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, EINPUT, EUSAGE, ENOENT_, EIO_, EUNREACH };
static const enum err_code READ_ERRORS[] = { EAUTH, ENOENT_, EUNREACH };
static const enum err_code CHANGE_ERRORS[] = { EQUORUM, EDENIED, EREJECTED, ENOENT_, EUSAGE };

static const struct command_row COMMANDS[] = {
	{ .noun = "cert", .verb = "issue", .summary = "Issue a certificate for a request",
	  .words = "The profile takes from the request, from --subject, --san and --device what it allows, and refuses the rest. "
	    "The request's signature proves that its sender has the key. A profile that takes no names from the "
	    "CSR at all leaves out those that it has; one that takes some refuses the rest.\n\n"
	    "The same device and request give the same certificate again. The same device with another key gets one only within "
	    "the rule's rework quota; the certificate that it had is then superseded and revoked. A key is refused that another device has: by a "
	    "certificate of this house, by what its factory said (\"claviger device import\"), or by a certificate of another CA that names it "
	    "(\"claviger cert import\").",
	  ROWS_OPTIONS(ISSUE_OPTIONS), ROWS_ERRORS(ISSUE_ERRORS), .run = run_issue,
	  .examples = (const struct example_row[]){
		{ "claviger cert issue --ca devices --profile device --csr 4711.csr --device 4711 -o 4711.pem", "On the line, by a tool" },
		{ "claviger cert issue --ca servers --profile tls-server --csr www.csr --no-wait", "One that people approve first" } },
	  .examples_n = 2 },
	{ .noun = "cert", .verb = "import", .summary = "Enter certificates of other CAs",
	  .words = "Every certificate of the files goes into the inventory, as it is: its names, its end and its public key are read from it, what "
	    "product lines and which owner it has is your word. Nothing checks its signature. What is there "
	    "already is left, but for product lines and an owner that are new.\n\n"
	    "CSV (RFC 4180) has the columns' titles on its first line: \"certificate\" (base64 of DER, or PEM, in quotes where it has lines; one "
	    "in each field), and where they differ \"owner\" and \"products\" (several with spaces or semicolons between them). Other columns are "
	    "passed over, and told. A certificate that stands there twice, in whatever files, is entered once; with two owners the second is bad.\n\n"
	    "With --crl what a CA's revocation list names is marked as revoked or held, if it is in the inventory, whoever entered it and when; so is what "
	    "went in by the same line. The list must be signed by a CA whose certificate is there. A newer list brings what was revoked since, and "
	    "releases what it holds no more; one that is older than another that was taken is refused. One that is overdue is taken, and you "
	    "are warned. Deltas are not read.\n\n"
	    "Files are read here and certificates alone are sent, a hundred at a time. Private keys that lie beside them are warned of, and not read. "
	    "A certificate that cannot be read (RFC 5280, and X.509 of versions 1 and 2) is told by file and number, of CSV by line, and so is a file that has none; the rest goes in, and the exit status is 65. With "
	    "--all-or-nothing nothing is entered then.",
	  ROWS_ARGS(FILES), ROWS_OPTIONS(IMPORT_OPTIONS), ROWS_ERRORS(IMPORT_ERRORS), .run = cert_run_import,
	  .examples = (const struct example_row[]){
		{ "claviger cert import servers.pem --product thermostat --owner release-leads", "A bundle" },
		{ "claviger cert import vendor.p12 --passphrase-file vendor.pass --dry-run", "What a vendor's file would bring" },
		{ "claviger cert import ca.pem issued.pem --crl ca.crl", "A whole CA" },
		{ "claviger cert import table.csv --map certificate=PEM,owner=TEAM --product thermostat", "A table that somebody kept" } },
	  .examples_n = 4 },
	{ .noun = "cert", .verb = "list", .summary = "Find certificates",
	  .words = "The newest first; by expiry the soonest first. Look for one of subject, san, serial, sha256, device and batch at a time; "
	    "the other filters go with any. With --elsewhere those of other CAs (\"claviger cert import\"), by product line, public key or serial number, and expiry.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_list,
	  .examples = (const struct example_row[]){
		{ "claviger cert list --expires-before 2027-01-01T00:00:00Z --ca devices", "What ends soon" } },
	  .examples_n = 1 },
	{ .noun = "cert", .verb = "show", .summary = "Show one certificate",
	  .words = "Everything known of it; with --json also its chain.",
	  ROWS_ARGS(CERT), ROWS_ERRORS(READ_ERRORS), .run = run_show,
	  .examples = (const struct example_row[]){ { "claviger cert show 4a1b2c3d4e5f60718293a4b5c6d7e8f9", "By its serial number" } },
	  .examples_n = 1 },
	{ .noun = "cert", .verb = "export", .summary = "Write a certificate to a file",
	  .words = "In PEM, in DER, in PEM with its chain, or as PKCS #7 with its chain.",
	  ROWS_ARGS(CERT), ROWS_OPTIONS(EXPORT_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = run_export,
	  .examples = (const struct example_row[]){
		{ "claviger cert export crt_01m7xvyy4462zbt2wj5gb22r42 --format chain -o device.pem", "With all above it" } },
	  .examples_n = 1 },
	{ .noun = "cert", .verb = "revoke", .summary = "Revoke certificates",
	  .words = "For ever, also when they have expired. Without --yes it only says what it would come to.\n\n"
	    "With --ca and what they have in common, the service finds them. Which they are is fixed when it is asked: what is "
	    "issued while approvals are waited for is not among them. One request holds 256,000 of them.",
	  ROWS_ARGS(CERTS), ROWS_OPTIONS(REVOKE_OPTIONS), ROWS_ERRORS(CHANGE_ERRORS), .run = run_change,
	  .examples = (const struct example_row[]){
		{ "claviger cert revoke 4a1b2c3d4e5f60718293a4b5c6d7e8f9 --reason key-compromise --yes", "At once" },
		{ "claviger cert revoke --ca devices --by factory-2 --issued-since 2026-11-01T00:00:00Z --dry-run",
		  "What it would come to, had a factory's tool been misused" } },
	  .examples_n = 2 },
	{ .noun = "cert", .verb = "hold", .summary = "Put certificates on hold",
	  .words = "Revoked for now: CRLs say certificate-hold until they are released or revoked. What is revoked is not held.",
	  ROWS_ARGS(CERTS), ROWS_OPTIONS(CHANGE_OPTIONS), ROWS_ERRORS(CHANGE_ERRORS), .run = run_change,
	  .examples = (const struct example_row[]){
		{ "claviger cert hold crt_01m7xvyy4462zbt2wj5gb22r42 --note 'device is missing' --yes", "While somebody looks for it" } },
	  .examples_n = 1 },
	{ .noun = "cert", .verb = "release", .summary = "Release certificates from hold",
	  .words = "What was on hold is good again; what is revoked is so for ever.\n\n"
	    "What another system had on hold when its authority was taken in (\"claviger ca import --crl\") is named by --ca and its serial "
	    "number, also to be revoked. Once released it is good in OCSP answers, and off the lists.",
	  ROWS_ARGS(CERTS), ROWS_OPTIONS(CHANGE_OPTIONS), ROWS_ERRORS(CHANGE_ERRORS), .run = run_change,
	  .examples = (const struct example_row[]){
		{ "claviger cert release crt_01m7xvyy4462zbt2wj5gb22r42 --yes", "It was found" },
		{ "claviger cert release --ca line 1002 --yes", "One that the system before had on hold" } },
	  .examples_n = 2 },
};

const struct noun_row noun_cert = {
	.noun = "cert", .page = "claviger-cert", .section = 1,
	.summary = "issue certificates, find, export and revoke them", ROWS_COMMANDS(COMMANDS),
};
