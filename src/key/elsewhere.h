/*
 * elsewhere - keys that live elsewhere: in a vendor's HSM, a cloud, on a
 * build server.  What somebody said of each, and perhaps its public half;
 * nothing here can use one.
 *
 * Floor 3.  Sees policy, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef KEY_ELSEWHERE_H
#define KEY_ELSEWHERE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"

struct tx;

/** elsewhere_get - as it is shown, by name or by the hash of its public key; of
 * two with that key the one that has not ended. Errors: ENOKEY. */
NODISCARD int elsewhere_get(struct tx *tx, const char *name_or_hash,
    json_t **ret, struct err *err);
/** elsewhere_named - is there an entry of this name, ended or not? */
NODISCARD int elsewhere_named(struct tx *tx, const char *name, bool *ret,
    struct err *err);

/* Filters are ANDed; NULL means any. */
struct elsewhere_filter {
	const char	*class, *state, *product, *environment;
};
/**
 * elsewhere_list - entries in order of name.
 *
 * @cursor    the last page's *ret_next, or NULL for the first page.
 * @limit     1..1000.
 * @ret_next  cursor of the next page (free()), NULL when this was the last.
 */
NODISCARD int elsewhere_list(struct tx *tx, const struct elsewhere_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err);

/**
 * elsewhere_fits - may the inventory say this?  Names are one space with the
 * keys of the house, and no public key is in it twice while it has not ended.
 *
 * @entry  parameters of key.register (@anew) or key.correct.
 * Errors: EEXISTS (the name); ENOKEY; ECONFLICT (the public key is in it
 * already, or is another; the entry has ended).
 */
NODISCARD int elsewhere_fits(struct tx *tx, const json_t *entry, bool anew,
    struct err *err);
/**
 * elsewhere_living - is it there, not ended, and what @entry "replaces"?
 *
 * @entry  parameters of key.correct or key.unregister.
 * Errors: ENOKEY; ECONFLICT (it has ended); EPRECOND (another came first).
 */
NODISCARD int elsewhere_living(struct tx *tx, const json_t *entry,
    struct err *err);

/* Projections: called by state's apply functions only. */

/* Borrowed. */
struct elsewhere_said {
	const json_t	*entry;		/* the action's parameters */
	const char	*request;
	time_us		 time;
	uint64_t	 seq;
};
/** elsewhere_put - a new entry, or in the place of the one of its name. */
NODISCARD int elsewhere_put(struct tx *tx, const struct elsewhere_said *s,
    struct err *err);
/** elsewhere_end - Errors: ENOKEY, ECONFLICT. */
NODISCARD int elsewhere_end(struct tx *tx, const struct elsewhere_said *s,
    struct err *err);

#endif
