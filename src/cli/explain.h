/*
 * explain - the explanation of a decision, for people.
 */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include <jansson.h>
#include <stdio.h>

/** explain_print - verdict's reason, facts with provenance, what would pass. */
void explain_print(const json_t *explanation, FILE *to);
/** explain_facts - "key.environment = production (proven)", a line each. */
void explain_facts(const json_t *facts, FILE *to);
/** explain_line - of it, one line: "  because  @text". */
void explain_line(const char *title, const char *text, FILE *to);
/** explain_change - of a charter, one: "! words", "-" where it is not weaker. */
void explain_change(const json_t *change, FILE *to);
/** explain_value - any JSON value as text of one line (text_spell). */
void explain_value(const json_t *v, FILE *to);

#endif
