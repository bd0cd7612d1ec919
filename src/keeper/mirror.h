/*
 * mirror - the token remembers how far the keeper was, in its journal and in
 * the ledger that it was shown: who puts older files back is found out at start.
 *
 * Floor 4 (keeper).  Sees hsm, base.
 * Threads:  the loop's; the token's part runs on the slow worker.
 */
#ifndef KEEPER_MIRROR_H
#define KEEPER_MIRROR_H

#include "keeper/keeper.h"

#define MIRROR_EVERY	1000		/* entries */
#define MIRROR_AGE	TIME_S(60)
#define MIRROR_LAG	8000		/* entries beyond which signing waits for it */

/** mirror_read - at start: of the token and what it was restored over the newer.
 * ret->there is false when there is none. */
NODISCARD int mirror_read(struct keeper *k, struct mirror_state *ret, struct err *err);
/** mirror_write - now, on this thread: at stop, and before the loop runs. */
NODISCARD int mirror_write(struct keeper *k, struct err *err);
/** mirror_tick - begin to write it when it is due. */
void mirror_tick(struct keeper *k);

#endif
