/*
 * auditor - what the commands of claviger-audit share.
 *
 * Floor 7.  Sees audit, evidence, command, store, base.  Contacts nobody.
 */
#ifndef AUDITOR_AUDITOR_H
#define AUDITOR_AUDITOR_H

#include <jansson.h>
#include <stdbool.h>
#include "base/err.h"
#include "command/command.h"
#include "evidence/evidence.h"

struct auditor {
	const struct invocation	*in;
	bool			 json;
};

extern const struct program_row auditor_program;
extern const struct noun_row noun_verify, noun_verify_evidence, noun_help,
    noun_completion;

/** report_bundle - an audit's report for people: proven, asserted, not excluded. */
void report_bundle(const json_t *report, FILE *to);
/** evidence_json, evidence_people - what evidence proves, for machines and people;
 * @compared: with the artifact. */
NODISCARD int evidence_json(const struct evidence_found *f, bool compared,
    json_t **ret, struct err *err);
void evidence_people(const struct evidence_found *f, bool compared, FILE *to);
/** report_json - pretty, on standard output. */
void report_json(const json_t *report);

#endif
