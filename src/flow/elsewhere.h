/*
 * elsewhere - what lives elsewhere, as the actions, the reads and the
 * inventory share it.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_ELSEWHERE_H
#define FLOW_ELSEWHERE_H

#include "flow/flow.h"
#include "key/elsewhere.h"

struct flow;

/** elsewhere_shown - an entry by name or hash; owned. Errors: ENOKEY. */
NODISCARD int elsewhere_shown(struct flow *f, const char *name_or_hash,
    json_t **ret, struct err *err);
/** elsewhere_name_free - may a key of the token be called so? Errors: EEXISTS. */
NODISCARD int elsewhere_name_free(struct flow *f, const char *name,
    struct err *err);
/** elsewhere_may_unset - can a correction take this member back? */
bool elsewhere_may_unset(const char *member);
/** elsewhere_owner - is this a group of the charter? elsewhere_recovery - the
 * procedure of the charter, borrowed, or NULL. */
bool elsewhere_owner(const struct charter *c, const char *group);
const json_t *elsewhere_recovery(const struct charter *c, const char *name);

#define NAME_HOLD	80
/** name_hold - nobody else gives this name meanwhile: hands_off(@ret_hold) ends it.
 * Errors: EBUSY_. */
NODISCARD int name_hold(struct flow *f, const char *name,
    char ret_hold[NAME_HOLD], struct err *err);

#endif
