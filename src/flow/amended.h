/*
 * amended - requests whose rule an amendment has changed.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_AMENDED_H
#define FLOW_AMENDED_H

#include <stdbool.h>
#include "base/err.h"

struct flow;

/**
 * amended_end - end a request that waits, or is due and not begun, where an
 * amendment has changed its rule: what was signed names the one before, so
 * nobody can approve it any more.  @ret: it has ended, by this or before.
 */
NODISCARD int amended_end(struct flow *f, const char *id, bool *ret, struct err *err);
/** amended_sweep - the same for all of them, once for each charter; the tick's. */
void amended_sweep(struct flow *f);

#endif
