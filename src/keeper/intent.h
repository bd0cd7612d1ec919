/*
 * intent - what was journaled as begun: keys to be made or destroyed.
 *
 * Floor 4 (keeper).  Sees wire, hsm, base.
 * Threads:  belongs to the loop; the token's part runs on the slow worker.
 */
#ifndef KEEPER_INTENT_H
#define KEEPER_INTENT_H

#include "keeper/keeper.h"

/** intent_name - of the key that an intent makes; "" for others. */
const char *intent_name(const json_t *intent);
/** intent_begin - a ticket's end: the intent is durable, the token may begin. */
void intent_begin(struct keeper *k, struct ticket *t);
/** intent_again - try the token's part once more. Errors: EBUSY_ while it runs. */
NODISCARD int intent_again(struct keeper *k, const char *request,
    const struct asker *from, struct err *err);
/** intent_resolve - at start: complete or give up what a crash left. */
NODISCARD int intent_resolve(struct keeper *k, struct err *err);

#endif
