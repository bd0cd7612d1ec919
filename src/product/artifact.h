/*
 * artifact - what was signed: a digest, and the signatures over it.
 *
 * Floor 3.  Sees policy, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef PRODUCT_ARTIFACT_H
#define PRODUCT_ARTIFACT_H

#include <jansson.h>
#include <stdbool.h>
#include "base/err.h"

struct tx;

/** artifact_get - {digest, product?, version?, track?, signatures, more_signatures}: what the first
 * signature called it, and each that there is over it. Errors: ENOENT_. */
NODISCARD int artifact_get(struct tx *tx, const char *digest, json_t **ret,
    struct err *err);
/** artifact_find - what the first signature called it, or NULL where nobody
 * here signed it: {version?, track?, product?, key, key_name, request ...}. */
NODISCARD int artifact_find(struct tx *tx, const char *digest, json_t **ret,
    struct err *err);

/* NULL: any. @key: name or hash. @most: signatures that a page looks at; 0: 5,000. */
struct artifact_filter {
	const char	*product, *version, *key;
	unsigned	 most;
};
/**
 * artifact_list - signatures, the newest first.
 *
 * A page looks at so many of them at most, so one with a filter may be short,
 * or empty, and not the last.
 *
 * @cursor    of the page before, or NULL.
 * @ret_next  new; NULL: this was the last.
 * Errors: EINPUT (the cursor).
 */
NODISCARD int artifact_list(struct tx *tx, const struct artifact_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err);

#endif
