/*
 * errand - work that may wait for the keeper, on threads that serve nobody.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_ERRAND_H
#define FLOW_ERRAND_H

#include "base/err.h"

struct errands;
struct flow;

/** errand_put - have it run on a thread of its own, behind others; @run may wait for
 * the keeper. Errors: EBUSY_ (too many wait). */
typedef void errand_run(void *ctx);
NODISCARD int errand_put(struct flow *f, errand_run *run, void *ctx, struct err *err);
/** errands_start, _stop - their threads; what was put is run before they end. */
NODISCARD int errands_start(struct flow *f, struct err *err);
void errands_stop(struct flow *f);
void errands_free(struct errands *e);

#endif
