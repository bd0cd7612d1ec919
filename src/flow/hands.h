/*
 * hands - what only one thread may be at; a request, or the founding, among it.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_HANDS_H
#define FLOW_HANDS_H

#include <stdint.h>
#include "base/err.h"

struct flow;

/** hands_on - Errors: EBUSY_ (this request, or the founding, is in other hands). */
NODISCARD int hands_on(struct flow *f, const char *id, struct err *err);
/** hands_join - the same, together with whoever else joined it: @ret_before so many are
 * at it already.  Errors: ENOMEMORY. */
NODISCARD int hands_join(struct flow *f, const char *id, uint64_t *ret_before, struct err *err);
/** hands_wait - as hands_on, once whoever is at it lets go.  It holds the thread: only for
 * what is held no longer than a commit, and while the keeper is asked only on an errand.
 * Errors: EBUSY_, after 10 s. */
NODISCARD int hands_wait(struct flow *f, const char *id, struct err *err);
void hands_off(struct flow *f, const char *id);

#endif
