/*
 * rework - how many devices may have another certificate while the one before
 * is valid: what a rule's "rework" allows in a while, for a key and principal.
 *
 * Floor 5, flow; included by its act_cert.c only.
 */
#ifndef FLOW_REWORK_H
#define FLOW_REWORK_H

#include "policy/rule.h"

struct drawn;
struct making;

/** rework_fit - is there room for one more, if this is one, as things stand?
 * Errors: ECONFLICT. */
NODISCARD int rework_fit(const struct drawn *d, const struct rule *rule,
    struct err *err);
/**
 * rework_hold - take one more of them into our hands until it is durable: of
 * those that are made at once no more get through than there is room for.
 *
 * Errors: ECONFLICT, as rework_fit; EBUSY_: others are making the last.
 */
NODISCARD int rework_hold(struct making *m, struct err *err);

#endif
