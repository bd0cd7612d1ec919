/*
 * snapshot - the house as of one entry, so that a start need not read a long
 * journal.  Its hash stands in the token's mirror.
 *
 * Floor 4 (keeper).  Sees base.
 * Threads:  the loop's; the file is written on the slow worker.
 */
#ifndef KEEPER_SNAPSHOT_H
#define KEEPER_SNAPSHOT_H

#include "keeper/keeper.h"

#define SNAPSHOT_EVERY	4096		/* entries, or half the uses that it must hold */
#define SNAPSHOT_OCTETS	(256u << 20)

/** snapshot_load - the one of this hash, if it is there: @ret_at says up to where. */
NODISCARD int snapshot_load(struct keeper *k, const struct sha256 *hash,
    struct journal_at *ret_at, struct err *err);
/** snapshot_tick - take one when it is due and nothing is under way. */
void snapshot_tick(struct keeper *k);
/** snapshot_clean - remove all but this one and the newest. */
void snapshot_clean(const struct keeper *k, const struct sha256 *keep);

#endif
