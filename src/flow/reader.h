/*
 * reader - may they read or do it, by the charter alone; asked, not recorded.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_READER_H
#define FLOW_READER_H

#include <stdbool.h>
#include "base/err.h"

struct caller;
struct flow;

/** flow_allows - does the charter let them do what has no parameters, at once?
 * flow_reads - may they read the house's things?  Asked, not recorded. */
NODISCARD int flow_allows(struct flow *f, const struct caller *who, const char *action, bool *ret, struct err *err);
NODISCARD int flow_reads(struct flow *f, const struct caller *who, bool *ret, struct err *err);

#endif
