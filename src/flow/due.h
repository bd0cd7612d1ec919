/*
 * due - what was approved and is to be performed.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_DUE_H
#define FLOW_DUE_H

#include "base/json.h"

struct asked;
struct flow;

/** request_expire - the event that ends it unperformed. */
NODISCARD int request_expire(struct flow *f, const char *id, const char *why, struct err *err);
/** due_perform - at most one at a time for each request. Errors: EBUSY_ (in other hands). */
NODISCARD int due_perform(struct flow *f, const char *request, struct err *err);
/** due_begin - the same, on a thread of its own; options' changed is told when that is
 * over, whatever came of it. Errors: EBUSY_ (too many wait). */
NODISCARD int due_begin(struct flow *f, const char *request, struct err *err);
/** due_is_begun - by due_begin, and is not over yet? */
bool due_is_begun(struct flow *f, const char *request);
/** due_bring - the same, by its asker, with the content that its key signs itself. */
NODISCARD int due_bring(struct flow *f, const char *request, const json_t *content, struct err *err);
/** due_awaits - approved, does it lack what only its asker has? */
NODISCARD int due_awaits(struct flow *f, const struct asked *a, bool *ret, struct err *err);
/** due_hindered - "reason" of @view: why what is due could not be performed when
 * it was tried last; left out where it was not tried, or is done. */
NODISCARD int due_hindered(struct flow *f, const struct asked *a, json_t *view,
    struct err *err);
/** due_is_final - can what is due never succeed after this?  It is ended then; what only
 * lacks a dependency stays due.  @parts of it are done. */
bool due_is_final(unsigned parts, enum err_code c);
/** due_sweep - have performed what is due, and expired what is overdue, unless
 * somebody is at it. */
void due_sweep(struct flow *f);

#endif
