/*
 * line - product lines by their names: which there are, and which was meant.
 *
 * Floor 5, flow; inside src/flow only.
 */
#ifndef FLOW_LINE_H
#define FLOW_LINE_H

#include "base/json.h"

struct begun;
struct drawn;

#define LINES_MOST	10000	/* of one house that are looked at */

/** line_nearest - into @o, "nearest": of the names in @all (an object) the one that is close
 * enough to be what was meant; nothing where none is. */
NODISCARD int line_nearest(const json_t *all, const char *name, json_t *o, struct err *err);
/**
 * lines_warn - "unknown_products" into what is answered: lines that these parameters name, and nothing
 * else does: not the charter, and no key, version, certificate or device.
 *
 * [{"product","nearest"?}...]; no member where there is none.
 */
NODISCARD int lines_warn(const struct begun *b, struct drawn *d, struct err *err);

#endif
