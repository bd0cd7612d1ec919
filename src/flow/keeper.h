/*
 * keeper - what the keeper is asked to do, and the event of its entry.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_KEEPER_H
#define FLOW_KEEPER_H

#include "base/json.h"
#include "state/event.h"

struct flow;
struct granted;
struct receipt;

/** operation_named - with the Idempotency-Key it was asked for under: where its event is
 * lost, the journal knows it still. */
NODISCARD int operation_named(const struct granted *g, json_t *operation, struct err *err);
/** keeper_use - have the keeper do it under the permit; steals @operation. */
NODISCARD int keeper_use(const struct granted *g, json_t *operation, json_t **ret_entry, struct err *err);
/** keeper_event - the event of what it did, with its entry; where it cannot be
 * committed now, the journal's tail brings it again. */
NODISCARD int keeper_event(const struct granted *g, enum event_kind kind, const char *subject, const json_t *entry, struct receipt *ret, struct err *err);
/** entry_commit - one event that carries an entry; 0 also where it has been recovered
 * already (seq UINT64_MAX then). */
NODISCARD int entry_commit(struct flow *f, const struct event *e, struct receipt *ret, struct err *err);
/** keeper_used - one more use that the keeper awaits to be shown. */
void keeper_used(struct flow *f);
/** keeper_standing - do the keeper and its token answer?  Asked, not remembered.
 * @wait: as in keyring_whole. @ret_hello  owned. Errors: why not. */
NODISCARD int keeper_standing(struct flow *f, time_us wait, json_t **ret_hello, struct err *err);

#endif
