/*
 * program - claviger as a whole: its nouns, what every command takes, where
 * it looks.
 *
 * Floor 7.
 */
#include "cli/nouns.h"
#include "cli/options.h"

static const struct noun_row *const ALL[] = {
#define N(n) &noun_##n,
	NOUNS(N)
#undef N
};

static const struct option_row COMMON[] = {
	{ .name = "officer-key", .value = V_TEXT, .many = true, .meta = "KEY",
	  .words = "log in and sign with this officer key: a PEM file that nobody else can read, or a pkcs11: URI; its module "
	    "is that of module-path, else CLAVIGER_PKCS11_MODULE, else those that p11-kit knows (a file in /etc/pkcs11/modules each)" },
	{ .name = "officer", .value = V_NAME, .meta = "OFFICER",
	  .words = "who that officer is; found by the key where left out" },
	{ .name = "json", .value = V_FLAG, .words = "print JSON on standard output, also for failures" },
	OPT_YES,
	{ .name = "quiet", .letter = 'q', .value = V_FLAG, .words = "no progress and no remarks" },
	{ .name = "url", .value = V_TEXT, .meta = "URL", .words = "the service; CLAVIGER_URL where left out" },
	{ .name = "ca-file", .value = V_FILE, .meta = "FILE", .words = "trust anchor of its certificate, in PEM; CLAVIGER_CA_FILE where left out" },
	{ .name = "token-file", .value = V_FILE, .meta = "FILE", .words = "bearer token; CLAVIGER_TOKEN_FILE or CLAVIGER_TOKEN where left out" },
	{ .name = "certificate", .value = V_FILE, .meta = "FILE", .words = "client certificate chain, in PEM; CLAVIGER_CERTIFICATE where left out" },
	{ .name = "tls-key", .value = V_FILE, .meta = "FILE", .words = "its private key, in PEM; CLAVIGER_KEY where left out" },
	{ .name = "fingerprint", .value = V_HASH, .meta = "HASH",
	  .words = "the genesis fingerprint: no other house is spoken to; CLAVIGER_FINGERPRINT where left out" },
	{ .name = "timeout", .value = V_COUNT, .meta = "SECONDS", .otherwise = "45", .min = 1, .max = 3600,
	  .words = "most time for one exchange with the service" },
};

static const struct variable_row VARIABLES[] = {
	{ "CLAVIGER_URL", "Where the service is; https://127.0.0.1:8443 where not set" },
	{ "CLAVIGER_CA_FILE", "Trust anchor of the service's certificate, in PEM" },
	{ "CLAVIGER_TOKEN", "Bearer token; not used together with --officer-key" },
	{ "CLAVIGER_TOKEN_FILE", "File that holds the bearer token; must not be readable by others" },
	{ "CLAVIGER_CERTIFICATE", "Client certificate chain, in PEM" },
	{ "CLAVIGER_KEY", "Private key of the client certificate, in PEM" },
	{ "CLAVIGER_FINGERPRINT", "Fingerprint of the genesis; the house is compared with it before anything is sent" },
	{ "CLAVIGER_SETUP_TOKEN_FILE", "File of the one-time setup token, for claviger init" },
	{ "CLAVIGER_PKCS11_MODULE", "PKCS #11 module for pkcs11: URIs that name none" },
};

const struct program_row cli_program = {
	.name = "claviger", .section = 1,
	.summary = "ask for signatures, approve them, and run the house's charter",
	.words = "claviger speaks to clavigerd, the custodian of a house's keys and certificates. What a key may do "
	    "stands in the house's charter; what needs approvals waits until the officers have signed, with their own "
	    "keys, exactly what was asked.\n\n"
	    "Every command prints for people, or JSON with --json, and ends with an exit status that says what "
	    "happened: 0 done, 75 waiting for approvals or worth trying again, 77 refused.\n\n"
	    "A time is written as 2026-11-21T08:15:00Z, as \"now\", or as a date, which is that day's first moment, UTC.",
	.nouns = ALL, .nouns_n = NELEM(ALL),
	.common = COMMON, .common_n = NELEM(COMMON),
	.variables = VARIABLES, .variables_n = NELEM(VARIABLES),
	.see = "claviger-audit(1), clavigerd(8), claviger-keeper(8)",
};
