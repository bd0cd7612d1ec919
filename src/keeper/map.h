/*
 * map - records found by a hash: the keeper's one table, open addressing.
 *
 * Floor 4 (keeper).  Sees base.
 * Threads:  belongs to one thread.
 *
 * A record begins with its key (struct sha256) and belongs to the caller; the
 * map holds pointers only.  Keys are hashes, so their first octets spread well,
 * unless a peer chooses them: then hash them once more before they come here.
 */
#ifndef KEEPER_MAP_H
#define KEEPER_MAP_H

#include <stddef.h>
#include "base/err.h"
#include "base/sha256.h"

struct map {
	struct sha256	**slot;		/* owned array, borrowed records */
	size_t		  room;		/* 0 or a power of two */
	size_t		  n;
};

/** map_get - the record with this key, or NULL. */
void *map_get(const struct map *m, const struct sha256 *key);
/** map_put - add a record whose key is not there yet. Errors: ENOMEMORY. */
NODISCARD int map_put(struct map *m, void *record, struct err *err);
/** map_remove - forget the record; its owner frees it. */
void map_remove(struct map *m, const struct sha256 *key);
/** map_each - records one by one: start with *at = 0; NULL at the end. No changes meanwhile. */
void *map_each(const struct map *m, size_t *at);
/** map_done - release the table, and each record through @release unless NULL. */
void map_done(struct map *m, void (*release)(void *record));

#endif
