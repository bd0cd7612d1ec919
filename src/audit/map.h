/*
 * map - from text to a value of the caller's, for millions of requests.
 * Private to src/audit.
 */
#ifndef AUDIT_MAP_H
#define AUDIT_MAP_H

#include <stddef.h>
#include "base/err.h"

struct map {
	struct map_slot	**bucket;
	size_t		 buckets, n;
};

/* map_put - the value's place for this text, made (zeroed, @octets) if new. */
NODISCARD int map_put(struct map *m, const char *name, size_t octets,
    void **ret, struct err *err);
/* map_get - the value, or NULL. */
void *map_get(const struct map *m, const char *name);
/* map_done - release all; @fn for each value first, may be NULL. */
void map_done(struct map *m, void (*fn)(void *value));
/* map_each - visit all, in no order. */
void map_each(const struct map *m, void (*fn)(const char *name, void *value,
    void *ctx), void *ctx);

#endif
