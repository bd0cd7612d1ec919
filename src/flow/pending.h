/*
 * pending - what is under way under an Idempotency-Key.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_PENDING_H
#define FLOW_PENDING_H

#include "base/json.h"

struct begun;
struct drawn;
struct going;

/**
 * asking_take - its Idempotency-Key into the hands of @g, until asking_let_go: nobody
 * else asks under it meanwhile, and nobody waits for it.  One service's askers only.
 * Errors: EBUSY_ (the same is being asked under it), ECONFLICT (something else is).
 */
NODISCARD int asking_take(struct going *g, struct err *err);
/** asking_let_go - where it was taken. */
void asking_let_go(struct going *g);
/** pending_resume - the id and time of the request that the same asking had; false: it had none. */
bool pending_resume(struct begun *b, const struct drawn *w);
NODISCARD int pending_put(const struct begun *b, json_t *request, struct err *err);
void pending_drop(const struct begun *b);

#endif
