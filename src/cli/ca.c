/*
 * ca - claviger ca: certificate authorities; its commands' words.
 *
 * Floor 7.
 */
#include "cli/ca.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/subject.h"

#define OPT_WHERE \
	{ .name = "crl-url", .value = V_TEXT, .meta = "URL", \
	  .words = "where its CRLs will be: URL/0.crl, URL/1.crl ...; fixed for its life. Where no URL is given at all, the service's own public ones, if it has public.url set" }, \
	{ .name = "deltas", .value = V_FLAG, \
	  .words = "publish deltas too: small lists of what changed since a full one, URL/0.delta.crl ...; a revocation is then told by a delta, and full lists keep their schedule: who reads no deltas hears of it by the next full one, half of crl.lifetime later at the most; fixed for its life" }, \
	{ .name = "ocsp-url", .value = V_TEXT, .meta = "URL", \
	  .words = "where OCSP answers for its certificates will be; fixed for its life" }, \
	{ .name = "issuer-url", .value = V_TEXT, .meta = "URL", \
	  .words = "where its own certificate will be; fixed for its life" }
#define OPT_URLS OPT_WHERE, \
	{ .name = "partitions", .value = V_COUNT, .meta = "N", .min = 1, .max = 4096, \
	  .words = "how many CRLs its certificates are spread over; 1 where left out" }, \
	{ .name = "responder", .value = V_NAME, .meta = "KEY", \
	  .words = "the key that will sign its OCSP answers; without one the service answers no question about its certificates, and somebody else must, where their OCSP URL is" }, \
	OPT_REASON, OPT_AGAIN, \
	OPT_NO_WAIT, OPT_WAIT
#define OPT_NOT_AFTER	{ .name = "not-after", .value = V_TIME, .meta = "TIME", .words = "when it ends, if earlier than by the profile" }
#define OPT_RESPONDER	{ .name = "responder", .value = V_NAME, .meta = "KEY", .words = "the key that will sign its OCSP answers; that of before where left out" }
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
	  .words = "a name that certificates below it may have, of a type that is given nothing else: dns:example.com and all below it, ip:10.0.0.0/8; email:example.com and uri:example.com are that host alone, with a dot in front (uri:.example.com) all below it. A URI without a host, as a device's urn:device:, is permitted by none" },
	{ .name = "exclude", .value = V_TEXT, .many = true, .meta = "TYPE:NAME", .words = "a name that they may not have, said likewise" },
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
	OPT_RESPONDER, OPT_NOT_AFTER, OPT_REASON, OPT_NO_WAIT, OPT_WAIT, OPT_OUTPUT("write the certificate there, PEM"),
};
static const struct option_row REKEY_OPTIONS[] = {
	{ .name = "name", .value = V_NAME, .required = true, .meta = "NAME", .words = "the successor's name" },
	{ .name = "key", .letter = 'k', .value = V_TEXT, .required = true, .meta = "KEY", .words = "the successor's key, by name or hash" },
	OPT_WHERE, OPT_RESPONDER, OPT_NOT_AFTER, OPT_REASON, OPT_NO_WAIT, OPT_WAIT, OPT_OUTPUT("write the certificate there, PEM"),
};
static const struct option_row RETIRE_OPTIONS[] = { OPT_REASON, OPT_NO_WAIT, OPT_WAIT };
static const struct option_row PUBLISH_OPTIONS[] = {
	{ .name = "partition", .value = V_COUNT, .meta = "N", .min = 0, .max = 4095, .words = "only this one of its lists" },
	OPT_REASON, OPT_NO_WAIT, OPT_WAIT,
};
static const struct option_row LIST_OPTIONS[] = {
	{ .name = "state", .value = V_CHOICE, .meta = "STATE", .choices = "active|retired", .words = "only authorities in this state" },
	OPT_CURSOR,
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
	  ROWS_OPTIONS(CREATE_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = ca_create,
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
	  ROWS_OPTIONS(REQUEST_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = ca_request,
	  .examples = (const struct example_row[]){
		{ "claviger ca request --key line-key --subject O=Example --subject 'CN=Example Line' -o line.csr --officer-key officer-1.pem",
		  "For a partner's root to sign" } },
	  .examples_n = 1 },
	{ .noun = "ca", .verb = "import", .summary = "Take in an authority that others certified",
	  .words = "For an authority whose key is in the token and whose certificate was made elsewhere.\n\n"
	    "One that another system has kept comes with that system's newest complete CRL (--crl): it must be signed by the authority's key. "
	    "What is on it stays on the first of the lists here, for good, and OCSP answers that it is revoked; and lists have higher numbers, so that whoever holds "
	    "the old one takes them as newer (RFC 5280, 5.2.3). What was on hold there can be released here (\"claviger cert release --ca\"). Officers approve the list, which is told once. Let the other system sign no list after it.",
	  ROWS_ARGS(IMPORT_ARGS), ROWS_OPTIONS(IMPORT_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = ca_import,
	  .examples = (const struct example_row[]){
		{ "claviger ca import partner.pem --name partner --officer-key officer-1.pem", "Take in a certificate that a partner's root signed" },
		{ "claviger ca import old.pem --name old --crl old.crl --officer-key officer-1.pem", "And an authority that another system kept until now" } },
	  .examples_n = 2 },
	{ .noun = "ca", .verb = "renew", .summary = "Certify an authority's key once more",
	  .words = "Subject, key, URLs and partitions stay; profile and issuer are asked anew for a certificate that begins now. One without a responder is given one so (--responder). The newest one "
	    "issues, and those before it are good until their ends: lists, OCSP answers and what was issued serve them all. One that others "
	    "certified is renewed by claviger ca request and import, under the same name.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(RENEW_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = ca_renew,
	  .examples = (const struct example_row[]){ { "claviger ca renew devices --officer-key officer-1.pem", "Before it can no longer issue at full length" },
		{ "claviger ca renew devices --responder ocsp-1 --officer-key officer-1.pem", "Where its certificates name this house for OCSP, and nobody answers" } },
	  .examples_n = 2 },
	{ .noun = "ca", .verb = "rekey", .summary = "Let another key issue in an authority's place",
	  .words = "Makes a successor with a key, lists and URLs of its own; subject, profile, issuer and constraints are those that were approved "
	    "for the first. From then on whoever asks the first one for a certificate (cert issue, EST) gets it from the successor, and the "
	    "first goes on signing its lists and OCSP answers. Rules that name the first by cert.ca should name the successor before. "
	    "Retiring the successor gives issuing back.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(REKEY_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = ca_rekey,
	  .examples = (const struct example_row[]){
		{ "claviger ca rekey devices --name devices-2 --key devices-key-2 --officer-key officer-1.pem", "After some years, or a larger key" } },
	  .examples_n = 1 },
	{ .noun = "ca", .verb = "retire", .summary = "Let an authority issue no more",
	  .words = "It keeps signing revocation lists and its responder's certificate, for what it has issued.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(RETIRE_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = ca_retire,
	  .examples = (const struct example_row[]){ { "claviger ca retire devices-2025 --officer-key officer-1.pem", "After its successor has taken over" } },
	  .examples_n = 1 },
	{ .noun = "ca", .verb = "publish", .summary = "Sign and publish its full revocation lists now",
	  .words = "The service publishes by itself when something changed and before a list ends; this is for a list that no tool may "
	    "sign, as an offline root's, and before an outage. Where the rule asks for approvals, it waits for them.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(PUBLISH_OPTIONS), ROWS_ERRORS(ASK_ERRORS), .run = ca_publish,
	  .examples = (const struct example_row[]){ { "claviger ca publish root --officer-key officer-1.pem", "A new list of the root's" } },
	  .examples_n = 1 },
	{ .noun = "ca", .verb = "list", .summary = "List the authorities",
	  .words = "Every authority with its state, issuer, key and end.",
	  ROWS_OPTIONS(LIST_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = ca_list,
	  .examples = (const struct example_row[]){ { "claviger ca list --state active", "Those that issue" } }, .examples_n = 1 },
	{ .noun = "ca", .verb = "show", .summary = "Show one authority",
	  .words = "Everything known of it, which of its certificates is current, until when that one issues at full length, and which authority issues in its place; of each list how many certificates that were revoked, held or released it does not tell yet, and why; with --chain the way to the root, for servers and devices to be given.",
	  ROWS_ARGS(CA), ROWS_OPTIONS(SHOW_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = ca_show,
	  .examples = (const struct example_row[]){ { "claviger ca show devices --chain -o chain.pem", "Keep its chain in a file" } }, .examples_n = 1 },
};

const struct noun_row noun_ca = {
	.noun = "ca", .page = "claviger-ca", .section = 1,
	.summary = "make certificate authorities, list and retire them", ROWS_COMMANDS(COMMANDS),
};
