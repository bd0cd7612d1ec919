/*
 * found_whose - a private key that lies about and by which somebody comes in, or
 * approves.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_FOUND_WHOSE_H
#define FLOW_FOUND_WHOSE_H

#include "base/json.h"

struct charter;
struct tx;

/** whose_put - {principal, proof, credential} into "of" of a private key's finding, where
 * it is of a credential that counts now: one of the roster, or a client certificate's. */
NODISCARD int whose_put(struct tx *tx, const struct charter *c, json_t *finding,
    struct err *err);
/** whose_found - open findings of such keys, 50 at most of one, with that; appended to @list. */
NODISCARD int whose_found(struct tx *tx, const struct charter *c, json_t *list,
    struct err *err);

#endif
