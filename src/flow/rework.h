/*
 * rework - how many devices may have another certificate while the one before
 * is valid: what a rule's "rework" allows in a while, for a key and principal.
 *
 * Floor 5, flow; included by its act_cert.c only.
 */
#ifndef FLOW_REWORK_H
#define FLOW_REWORK_H

#include "flow/inside.h"

/** rework_fit - is there room for one more, if this is one, as things stand?
 * Errors: ECONFLICT. */
NODISCARD int rework_fit(const struct drawn *d, const struct rule *rule,
    struct err *err);
/**
 * rework_hold - take the next of them into our hands until it is durable: two at
 * once must not both be the last.  Waits for whoever makes one by the same rule.
 *
 * Errors: ECONFLICT, as rework_fit; EBUSY_: too many are at it.
 */
NODISCARD int rework_hold(struct making *m, struct err *err);

#endif
