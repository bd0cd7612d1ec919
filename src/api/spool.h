/*
 * spool - a body that is too long for memory, in a file without a name until it
 * is whole.
 *
 * Floor 6, api.
 */
#ifndef API_SPOOL_H
#define API_SPOOL_H

#include <stddef.h>
#include "base/err.h"

#define SPOOLS	2	/* at a time */

struct api;
struct spool;			/* opaque */

/** spool_new - Errors: EBUSY_ (others are under way), EIO_ (no room). */
NODISCARD int spool_new(struct api *a, struct spool **ret, struct err *err);
/** spool_free - NULL is none. */
void spool_free(struct spool *s);
/** spool_take - some of it. Errors: ETOOBIG over @most; ELIMIT: it takes too long; EIO_. */
NODISCARD int spool_take(struct spool *s, const void *p, size_t n,
    size_t most, struct err *err);
/** spool_map - all of it, to be read until spool_free. Errors: EINPUT: it is empty. */
NODISCARD int spool_map(struct spool *s, const void **ret, size_t *ret_n,
    struct err *err);

#endif
