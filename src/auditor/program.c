/*
 * program - claviger-audit's table.
 *
 * Floor 7.
 */
#include "auditor/auditor.h"

static const struct noun_row *const ALL[] = {
	&noun_verify, &noun_verify_evidence, &noun_help, &noun_completion,
};

static const struct option_row COMMON[] = {
	{ .name = "json", .value = V_FLAG, .words = "print the report as JSON" },
};

const struct program_row auditor_program = {
	.name = "claviger-audit", .section = 1,
	.summary = "verify a house's records, trusting its fingerprint alone",
	.words = "claviger-audit checks what Claviger exported, on your own machine and offline. All that it trusts is the "
	    "fingerprint of the house's genesis, which you were given by another way than the files.\n\n"
	    "It says what was proven, what somebody only asserted, and what cannot be excluded. It ends with 0 when "
	    "everything it could check holds, and with 76 when something does not.",
	.nouns = ALL, .nouns_n = NELEM(ALL),
	.common = COMMON, .common_n = NELEM(COMMON),
	.see = "claviger(1), clavigerd(8), claviger-keeper(8)",
};
