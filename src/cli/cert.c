/*
 * cert - claviger cert: its commands, and issuing.
 *
 * Floor 7.
 */
#include <stdlib.h>

#include "cli/ask.h"
#include "cli/cert.h"
#include "cli/elsewhere.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/rows.h"
#include "cli/subject.h"

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

/* ---- rows ---- */

#define OPT_CHANGE \
	{ .name = "ca", .value = V_NAME, .meta = "CA", .words = "of this authority: those whose serial numbers are named, or those that the next options say" }, \
	{ .name = "all", .value = V_FLAG, .words = "with --ca: every one that has not expired; it goes with no other filter" }, \
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
	{ .name = "subject", .value = V_TEXT, .meta = "TEXT", .words = "whose common name, no other attribute, begins so, whatever the case; also CN=TEXT" },
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
	{ .name = "elsewhere", .value = V_FLAG, .words = "those of other CAs, the soonest end first; by serial, device, product, key and expiry" },
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
	    "A certificate that cannot be read (RFC 5280, and X.509 of versions 1 and 2) is told by file and number, of CSV by line, and so is a file that has none; the rest goes in, and the exit status is 65. "
	    "Where a file is not there, or too long, nothing is entered; where something else stops it, what went in by then is told (\"stopped\"), and the same line again goes on. With "
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
	    "the other filters go with any. With --elsewhere those of other CAs (\"claviger cert import\"), by product line, public key, serial number or the device that they name (serialNumber, urn:device:), and expiry.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = cert_run_list,
	  .examples = (const struct example_row[]){
		{ "claviger cert list --expires-before 2027-01-01T00:00:00Z --ca devices", "What ends soon" } },
	  .examples_n = 1 },
	{ .noun = "cert", .verb = "show", .summary = "Show one certificate",
	  .words = "Everything known of it; with --json also its chain.",
	  ROWS_ARGS(CERT), ROWS_ERRORS(READ_ERRORS), .run = cert_run_show,
	  .examples = (const struct example_row[]){ { "claviger cert show 4a1b2c3d4e5f60718293a4b5c6d7e8f9", "By its serial number" } },
	  .examples_n = 1 },
	{ .noun = "cert", .verb = "export", .summary = "Write a certificate to a file",
	  .words = "In PEM, in DER, in PEM with its chain, or as PKCS #7 with its chain.",
	  ROWS_ARGS(CERT), ROWS_OPTIONS(EXPORT_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = cert_run_export,
	  .examples = (const struct example_row[]){
		{ "claviger cert export crt_01m7xvyy4462zbt2wj5gb22r42 --format chain -o device.pem", "With all above it" } },
	  .examples_n = 1 },
	{ .noun = "cert", .verb = "revoke", .summary = "Revoke certificates",
	  .words = "For ever, also when they have expired. Without --yes it only says what it would come to.\n\n"
	    "With --ca and what they have in common, the service finds them; all of an authority are meant with --all only. Which they are is fixed when it is asked: what is "
	    "issued while approvals are waited for is not among them. One request holds 256,000 of them.\n\n"
	    "It is known where somebody asks by OCSP at once, and on a list when that is signed. While the authority's key rests (suspended) or has been given up, none is: it says so.",
	  ROWS_ARGS(CERTS), ROWS_OPTIONS(REVOKE_OPTIONS), ROWS_ERRORS(CHANGE_ERRORS), .run = cert_run_change,
	  .examples = (const struct example_row[]){
		{ "claviger cert revoke 4a1b2c3d4e5f60718293a4b5c6d7e8f9 --reason key-compromise --yes", "At once" },
		{ "claviger cert revoke --ca devices --by factory-2 --issued-since 2026-11-01T00:00:00Z --dry-run",
		  "What it would come to, had a factory's tool been misused" } },
	  .examples_n = 2 },
	{ .noun = "cert", .verb = "hold", .summary = "Put certificates on hold",
	  .words = "Revoked for now: CRLs say certificate-hold until they are released or revoked. What is revoked is not held.",
	  ROWS_ARGS(CERTS), ROWS_OPTIONS(CHANGE_OPTIONS), ROWS_ERRORS(CHANGE_ERRORS), .run = cert_run_change,
	  .examples = (const struct example_row[]){
		{ "claviger cert hold crt_01m7xvyy4462zbt2wj5gb22r42 --note 'device is missing' --yes", "While somebody looks for it" } },
	  .examples_n = 1 },
	{ .noun = "cert", .verb = "release", .summary = "Release certificates from hold",
	  .words = "What was on hold is good again; what is revoked is so for ever.\n\n"
	    "What another system had on hold when its authority was taken in (\"claviger ca import --crl\") is named by --ca and its serial "
	    "number, also to be revoked. Once released it is good in OCSP answers, and off the lists.",
	  ROWS_ARGS(CERTS), ROWS_OPTIONS(CHANGE_OPTIONS), ROWS_ERRORS(CHANGE_ERRORS), .run = cert_run_change,
	  .examples = (const struct example_row[]){
		{ "claviger cert release crt_01m7xvyy4462zbt2wj5gb22r42 --yes", "It was found" },
		{ "claviger cert release --ca line 1002 --yes", "One that the system before had on hold" } },
	  .examples_n = 2 },
};

const struct noun_row noun_cert = {
	.noun = "cert", .page = "claviger-cert", .section = 1,
	.summary = "issue certificates, find, export and revoke them", ROWS_COMMANDS(COMMANDS),
};
