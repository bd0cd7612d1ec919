/*
 * past - the house as it was: the beginning of its ledger, replayed.
 *
 * Floor 5, audit.
 * Threads:  one makes it; then all may read its state.
 */
#ifndef AUDIT_PAST_H
#define AUDIT_PAST_H

#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"

struct state;
struct store;

struct past;			/* opaque: what a beginning of the ledger makes of the house */

/**
 * past_size - how many events the ledger had at @t, those of @t with them.
 * Errors: ERANGE_ (the house was not founded then), EGENESIS (nor is it now).
 */
NODISCARD int past_size(struct store *live, time_us t, uint64_t *ret,
    struct err *err);

/** past_go_on - asked now and then, @done events on: non-zero gives it up. */
typedef int past_go_on(void *ctx, uint64_t done, struct err *err);

/**
 * past_make - replay the first @size events into an SQLite file of its own.
 *
 * @live    borrowed for the call.
 * @path    of that file, which must not be there; it goes with the past, or
 *          when this fails.  Others beside it begin with its name.
 * @go_on   or NULL.
 * Errors:  those of @go_on; ELEDGER, ESTORE, ERANGE_ (there are not so many).
 */
NODISCARD int past_make(struct store *live, const char *path, uint64_t size,
    past_go_on *go_on, void *ctx, struct past **ret, struct err *err);
/** past_state - to be read from only; lives as long as the past. */
struct state *past_state(const struct past *p);
/** past_root - of the ledger that it was made from. */
const struct sha256 *past_root(const struct past *p);
void past_free(struct past *p);
DEFINE_FREEP(past)
/** past_sweep - remove what one at this path has left that was not freed. */
void past_sweep(const char *path);

#endif
