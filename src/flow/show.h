/*
 * show - the keeper is shown the ledger, and its checkpoints are kept.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_SHOW_H
#define FLOW_SHOW_H

#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"

struct flow;

/** show_until - have the ledger shown up to @size; Errors: EKEEPER when it takes too long. */
NODISCARD int show_until(struct flow *f, uint64_t size, time_us wait, struct err *err);
NODISCARD int show_start(struct flow *f, struct err *err);
void show_stop(struct flow *f);
/** checkpoint_take - keep the one that the keeper gave; Errors: EVERIFY. */
NODISCARD int checkpoint_take(struct flow *f, const char *note, struct err *err);
/** checkpoint_has - is there one of this size?  The answer that brought it may have been lost on its way. */
bool checkpoint_has(struct flow *f, uint64_t size);
/** checkpoint_load - the newest of the store into memory. */
NODISCARD int checkpoint_load(struct flow *f, struct err *err);

#endif
