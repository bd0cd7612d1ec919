/*
 * draw - from an action's body into the parameters that are hashed.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_DRAW_H
#define FLOW_DRAW_H

#include "base/json.h"

struct begun;
struct drawn;

/** key_named - draw: the key that the path names, as parameters. */
NODISCARD int key_named(const struct begun *b, struct drawn *ret, struct err *err);
/** members_copy - those of @names that are there. */
NODISCARD int members_copy(const json_t *from, const char *const *names, size_t n, json_t *to, struct err *err);
/** time_copy - a time, if it is there, in its one spelling. Errors: EINPUT. */
NODISCARD int time_copy(const json_t *from, const char *name, json_t *to, struct err *err);

#endif
