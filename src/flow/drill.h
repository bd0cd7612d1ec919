/*
 * drill - when it was shown last that the house can be restored.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_DRILL_H
#define FLOW_DRILL_H

#include "base/clock.h"
#include "base/json.h"

struct charter;
struct restored;

/** drill_newest - the last restore or drill; 0: there was none. @ret_by "restore" or "drill". */
time_us drill_newest(const struct restored *r, const char **ret_by);
/** drill_json - when it was shown last that the house can be restored, by what, and until
 * when that holds: {shown?, by?, principal?, request?, provenance?, founded, due, overdue}. */
NODISCARD int drill_json(const struct restored *r, const struct charter *c, time_us now, json_t **ret, struct err *err);

#endif
