/*
 * shadow - what the keeper was shown of the ledger: its compact range, and
 * which journal entries stand in it.
 *
 * Floor 4 (keeper).  Sees wire, base.
 * Threads:  belongs to the keeper's loop.
 *
 * Intents and failures have no event; every other entry must be shown.  J is
 * the highest entry with none unshown at or below it.
 */
#ifndef KEEPER_SHADOW_H
#define KEEPER_SHADOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/merkle.h"
#include "wire/entry.h"

#define SHADOW_UNSHOWN	1000		/* uses after which signing stops */
#define SHADOW_AGE	TIME_S(60)	/* from the oldest unshown use */

struct unshown {
	uint64_t	 n;
	struct sha256	 hash;
	time_us		 time;
	bool		 use;		/* a signature */
	bool		 silent;	/* no event carries it */
	bool		 shown;		/* but one before it is not */
	uint64_t	 gap;		/* numbers before it that a restore left out */
};

struct shadow {
	struct merkle_range range;
	uint64_t	 entries;	/* J */
	uint64_t	 head;		/* highest entry noted */
	struct unshown	*list;		/* owned; ascending; all above J */
	size_t		 n, room;
	size_t		 uses;		/* unshown signatures */
};

void shadow_done(struct shadow *s);
/** shadow_copy - a second one, to try on: an unfinished show changes nothing. */
NODISCARD int shadow_copy(const struct shadow *s, struct shadow *ret, struct err *err);
/** shadow_needs - must an entry of this kind be shown in an event? */
bool shadow_needs(enum entry_op op);
/** shadow_note - a durable entry that is to be shown. */
NODISCARD int shadow_note(struct shadow *s, uint64_t n, const struct sha256 *hash,
    time_us time, enum entry_op op, struct err *err);
/** shadow_leaf - the next leaf of the ledger. */
NODISCARD int shadow_leaf(struct shadow *s, const struct sha256 *leaf, struct err *err);
/** shadow_entry - an event carries this entry: the very one in the journal, which
 * none before it carried.  What a restore left out cannot be compared, and may come
 * until the restore is shown.  Errors: EVERIFY. */
NODISCARD int shadow_entry(struct shadow *s, uint64_t n, const struct sha256 *hash, struct err *err);
/** shadow_settle - move J over what is shown. */
void shadow_settle(struct shadow *s);
/** shadow_check - may the keeper still sign?  @reserved uses are being made.
 * Errors: EUNSHOWN. */
NODISCARD int shadow_check(const struct shadow *s, size_t reserved, time_us now, struct err *err);

/** shadow_json, shadow_load - {size, range, entries, shown} that is fsynced. */
NODISCARD int shadow_json(const struct shadow *s, json_t **ret, struct err *err);
NODISCARD int shadow_load(struct shadow *s, const json_t *from, struct err *err);
/** shadow_unshown_json, shadow_unshown_load - the list, for the snapshot. */
NODISCARD int shadow_unshown_json(const struct shadow *s, json_t *into, struct err *err);
NODISCARD int shadow_unshown_load(struct shadow *s, const json_t *from, struct err *err);
/** shadow_apply_shown - after loading: what the fsynced document says was shown. */
void shadow_apply_shown(struct shadow *s, const json_t *from);

#endif
