/*
 * inventory - claviger inventory: its commands.
 *
 * Floor 7.
 */
#include "cli/inventory.h"
#include "cli/nouns.h"
#include "cli/options.h"

static const struct argument_row PRODUCT[] = {
	{ .name = "PRODUCT", .value = V_NAME, .optional = true, .words = "the product line's name; a list of all lines where left out" },
};
static const struct argument_row LINE[] = {
	{ .name = "PRODUCT", .value = V_NAME, .optional = true, .words = "one product line; all where left out" },
};
static const struct argument_row KEY[] = { ARG_KEY };
static const struct argument_row DEVICE[] = { ARG_DEVICE };
static const struct option_row PRODUCT_OPTIONS[] = {
	OPT_WITHIN,
	OPT_AS_OF,
	{ .name = "format", .value = V_CHOICE, .meta = "FORMAT", .choices = "table|json|csv|cyclonedx", .otherwise = "table",
	  .words = "table for people, json as of the interface, csv: a row for each part (RFC 4180), or cyclonedx: a cryptographic bill of materials (CycloneDX 1.6)" },
	{ .name = "output", .letter = 'o', .value = V_FILE, .meta = "FILE", .words = "write it there; not the table" },
};
static const struct option_row ONE_OPTIONS[] = { OPT_WITHIN, OPT_AS_OF };
static const struct option_row GAPS_OPTIONS[] = {
	OPT_AS_OF,
	{ .name = "cursor", .value = V_TEXT, .meta = "CURSOR", .words = "go on behind the page before: its \"next\", or of certificates its \"next_certificate\"" },
	OPT_LIMIT,
};
static const struct option_row SOLVENCY_OPTIONS[] = {
	OPT_AS_OF,
	OPT_CURSOR,
};
static const enum err_code READ_ERRORS[] = { EAUTH, EDENIED, ENOENT_, ERANGE_, EBUSY_, ENOROOM, EUNREACH };
static const enum err_code KEY_ERRORS[] = { EAUTH, EDENIED, ENOKEY, EUNREACH };

static const struct command_row COMMANDS[] = {
	{ .noun = "inventory", .verb = "product", .summary = "Show all that a product line depends on",
	  .words = "Every key of the product line: which group answers for it, by which rules and with whose approvals it is used, "
	    "what is done when it is lost, and when its use ends, by its class's cryptoperiod from its activation on. "
	    "Keys that live elsewhere are among them, with the place and who holds them, as somebody said it (\"claviger key register\"). "
	    "Every authority and every certificate of these keys, also those of other CAs, and the certificates of other CAs that name the product line (\"claviger cert import\"), "
	    "the soonest end first: all of them, however many. Of one key a thousand are counted. What stands above, the authorities that certified the line's own up to their roots with their keys, of the house or elsewhere, is marked \"shared\": "
	    "other lines depend on it too. Of what an authority has issued to others, how many there are by "
	    "status, and the next that end; \"claviger cert list --ca\" lists them. Devices and certificates of other "
	    "CAs are counted up to 100000.\n\n"
	    "What ends soon is marked, and so is what has ended and was not put out of use, and what lacks something: see "
	    "\"claviger inventory gaps\". A certificate that a later one follows, of the same authority, profile and subject, is no more to end. A key in the token was restored "
	    "when the house was last restored, or a drill was reported (\"claviger drill report\"), since it was made.\n\n"
	    "Without PRODUCT: every line that anything names, whether the charter does (products.yaml), and how many keys, tracks of signed versions, keys elsewhere, certificates of other "
	    "CAs and devices do. One that only devices, certificates or keys elsewhere name may be a slip of the keyboard: the line that is nearest to it in letters stands beside it.\n\n"
	    "In CSV what a spreadsheet would take for a formula begins with an apostrophe.\n\n"
	    "With --as-of the answer is what this command would have said then; of a JSON answer \"ledger\" has the size and the root of the ledger that it was made from, and "
	    "nothing behind that is in it. The service replays one time at once: who asks for another meanwhile is told to come again (exit 75), and what is replayed is at hand for some minutes.",
	  ROWS_ARGS(PRODUCT), ROWS_OPTIONS(PRODUCT_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = inventory_run_product,
	  .examples = (const struct example_row[]){
		{ "claviger inventory product thermostat", "What it depends on, and what of it ends within a year" },
		{ "claviger inventory product", "Which product lines there are, and what names each" },
		{ "claviger inventory product thermostat --within P90D --json", "For a program, with another term" },
		{ "claviger inventory product thermostat --format csv -o thermostat.csv", "For a spreadsheet" },
		{ "claviger inventory product thermostat --as-of 2026-06-01", "What it depended on when that day began, and whose it was then" },
		{ "claviger inventory product thermostat --format cyclonedx -o thermostat.cdx.json", "Beside the software bill of materials" } },
	  .examples_n = 6 },
	{ .noun = "inventory", .verb = "key", .summary = "Show who may use a key, and what would end that",
	  .words = "Whose the key is, who may use it by which rule, the windows and the requests that are open on it, how often it was used, by whom and "
	    "when last (signatures and certificates, not lists and OCSP answers), its authorities and certificates; the places where its private half was found "
	    "(\"claviger discover\"), but for those where it is gone; and the devices to which it was given, as their factories said, by its name or hash. Then, for the key, each window, authority "
	    "and certificate, what would end it: the command, the rules that allow it, who may ask, and whose approvals it takes; of a certificate, also the octets "
	    "that its entry adds to a revocation list. For what is not here it says whom to ask: of a key that lives elsewhere its custodian, of another CA's certificate its issuer. "
	    "To unregister a key ends its entry alone.",
	  ROWS_ARGS(KEY), ROWS_OPTIONS(ONE_OPTIONS), ROWS_ERRORS(KEY_ERRORS), .run = inventory_run_key,
	  .examples = (const struct example_row[]){ { "claviger inventory key thermostat-fw", "It may have leaked: what can be taken back, and how" } },
	  .examples_n = 1 },
	{ .noun = "inventory", .verb = "device", .summary = "Show all that is known of one device",
	  .words = "What its factory said; the last hundred reports of what runs on it, with version, key and the request under which each was signed. "
	    "Its certificates of all authorities and profiles, the oldest first, with the one that took the place of each; its keys, by "
	    "the hash of their SubjectPublicKeyInfo; the batches that brought them. Then by whose leave each of these came to it: the requests, with rule and requester.",
	  ROWS_ARGS(DEVICE), ROWS_OPTIONS(ONE_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = inventory_run_device,
	  .examples = (const struct example_row[]){ { "claviger inventory device T-4711", "By the serial number that a customer reads out" } },
	  .examples_n = 1 },
	{ .noun = "inventory", .verb = "solvency", .summary = "Show what ends before a product line's support does",
	  .words = "The charter says until when each product line is supported (products.yaml: NAME: { support-until: \"2036-12-31\" }). Every key of the line whose "
	    "use ends before, also those that live elsewhere; every authority, and the last day on which it can still issue each profile that it issues, in full; every certificate, also "
	    "those of other CAs, that no later one follows; the same of what stands above the line (shared). Of devices' certificates, by authority and profile, how many end before, and the first: "
	    "the newest of each device, of the next 50,000 certificates that end (\"at least\" beyond). Each with the day by which somebody has to act: its end less the longest lead that the charter's alerts give such a thing (90 days where they "
	    "say nothing) and that is no more than a third of its life, the soonest first; what lives too short for any is left out. A key that was never used has no end yet. "
	    "Of certificates the thousand to be acted on first are listed; how many more there are is said, and from which day on to act.\n\n"
	    "Then what is counted: limits of rules for each who used a key of the line under them (limit, rework), and windows that are open on it. \"Expected\" is "
	    "what the uses of the last 30 days (or since the first) make in the limit's period: a limit renews itself, and runs out only where that reaches it; what was refused "
	    "left no use, so more cannot be seen. A window ends as it was meant to; it runs out where its uses since it was opened would use it up before. Both are projections, and "
	    "marked so among what ends.\n\n"
	    "A line without a date is a gap, and so is one that nothing serves. "
	    "Without LINE: those that keys serve, that versions were signed for or that the charter names; one that has nothing but devices or certificates of other CAs is "
	    "shown by its name.",
	  ROWS_ARGS(LINE), ROWS_OPTIONS(SOLVENCY_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = inventory_run_solvency,
	  .examples = (const struct example_row[]){ { "claviger inventory solvency thermostat", "What must be replaced within its support" } },
	  .examples_n = 1 },
	{ .noun = "inventory", .verb = "gaps", .summary = "List keys and certificates that lack something",
	  .words = "Keys that are in use, or can be, and lack an owner, a recovery, a rule by which anybody may use them (authority), an end of their use, "
	    "a product line (an authority's key may serve all), or a restore: where the recovery procedure of their class asks for a proof (\"proven\" of recovery.yaml), the house is to be restored, or a drill "
	    "reported (\"claviger drill report\"), so often, and once since the key was made. The first four come from a charter that has no such class any more, or whose class has no rule for the key's environment.\n\n"
	    "Of keys that live elsewhere: whose entry names no group of the charter as owner, no procedure as recovery, no end and no product line; "
	    "whose class has no rule for the use of such a key; whose public key is not known; and whose procedure asks for a proven restore (\"proven\" of recovery.yaml) that is not there, or too old.\n\n"
	    "Of certificates of other CAs, by pages of their own: those that have ended, and that neither a list revokes nor another that ends later goes on for "
	    "(of the same subject and issuer, or with the same public key); then those whose owner is no group of the charter in force; then those that serve no product line. What a list "
	    "revokes lacks nothing. A page looks at 5,000 at most, so it may be short before the last. How many there are is told on the first page, of 5,000 of each sort.",
	  ROWS_OPTIONS(GAPS_OPTIONS), ROWS_ERRORS(READ_ERRORS), .run = inventory_run_gaps,
	  .examples = (const struct example_row[]){ { "claviger inventory gaps", "What nobody answers for, and why" } },
	  .examples_n = 1 },
};

const struct noun_row noun_inventory = {
	.noun = "inventory", .page = "claviger-inventory", .section = 1,
	.summary = "what there is, whose it is, when it ends", ROWS_COMMANDS(COMMANDS),
};
