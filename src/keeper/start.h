/*
 * start - opening a keeper: token, mirror, snapshot, journal, in this order.
 * Floor 4 (keeper).
 */
#ifndef KEEPER_START_H
#define KEEPER_START_H

#include "keeper/keeper.h"
#include "keeper/options.h"

/**
 * keeper_open - everything but the socket.  State that does not fit the token's
 * mirror is no error here: the keeper is then halted, and says why.
 * @whole  read the whole journal, not from the snapshot on.
 */
NODISCARD int keeper_open(const struct options *o, bool whole, struct keeper **ret, struct err *err);
/** keeper_close - mirror, and release. */
void keeper_close(struct keeper *k);
/** state_lock - the state folder is one keeper's. Errors: ECONFLICT. */
NODISCARD int state_lock(const char *folder, int *ret, struct err *err);

#endif
