/*
 * statement - what a person signs, made from what they were shown.
 */
#ifndef CLI_STATEMENT_H
#define CLI_STATEMENT_H

#include "cli/cli.h"
#include "policy/charter.h"
#include "policy/permit.h"

/**
 * statement_of - the STATEMENT, from a view's document, charter and rule.
 * @checkpoint  {"size","root"} that was verified, or NULL.
 * Pure.  Errors: ESCHEMA, EINPUT - the view is not well-formed.
 */
NODISCARD int statement_of(const json_t *view, enum vote v,
    const json_t *checkpoint, json_t **ret, struct err *err);

/** statement_sign - the APPROVAL by --officer-key. */
NODISCARD int statement_sign(struct cli *cli, const json_t *view, enum vote v,
    const json_t *checkpoint, json_t **ret, struct err *err);

/**
 * statement_rule - the rule a view names, in the charter that it names: the
 * charter is hashed and the rule's hash looked up in it.
 *
 * @ret_charter  owns the rule.
 * Errors: EVERIFY - the service's charter is not the one of that hash, or has
 * no such rule.
 */
NODISCARD int statement_rule(struct cli *cli, const json_t *view,
    struct charter **ret_charter, const struct rule **ret_rule,
    struct err *err);

/**
 * statement_checkpoint - the newest checkpoint, verified with the ledger key
 * of the genesis of --fingerprint; NULL where no fingerprint is trusted or
 * the ledger has none yet.
 */
NODISCARD int statement_checkpoint(struct cli *cli, const json_t *view,
    json_t **ret, struct err *err);

#endif
