/*
 * strays - objects of the token that are no keys of ours, and keys that it lacks.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_STRAYS_H
#define FLOW_STRAYS_H

#include "base/json.h"

struct flow;

/** strays_want - look for them again soon; under the lock. */
void strays_want(struct flow *f);
/** strays_look - on the thread that shows: ask the keeper, if it is wanted. */
void strays_look(struct flow *f);
/** strays_ask - ask the keeper now. Errors: EKEEPER, ETOKEN. */
NODISCARD int strays_ask(struct flow *f, json_t **ret, struct err *err);
/** strays_told - {strays, absent} of the last look, new; NULL: there was none. */
json_t *strays_told(struct flow *f);
/** strays_set - "strays" and "absent" of the status, once they were looked for. */
NODISCARD int strays_set(struct flow *f, json_t *status, struct err *err);

#endif
