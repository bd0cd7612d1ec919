/*
 * view - a request as callers see it, and who may.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_VIEW_H
#define FLOW_VIEW_H

#include "base/json.h"

struct asked;
struct caller;
struct flow;

/** view_build - a request as callers see it. */
NODISCARD int view_build(struct flow *f, const char *request, json_t **ret, struct err *err);
/** request_may_see - its asker, its approvers, and who may read. Errors: EDENIED. */
NODISCARD int request_may_see(struct flow *f, const struct caller *who, const struct asked *a, struct err *err);

#endif
