/*
 * warner - who looks for what runs out, as the rest of this folder sees it; its own
 * files share warn.h.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_WARNER_H
#define FLOW_WARNER_H

#include "base/blob.h"
#include "base/json.h"

struct flow;
struct warner;

/** warner_new, warner_start, _stop - who looks for what runs out. */
NODISCARD int warner_new(struct flow *f, struct err *err);
void warner_free(struct warner *w);
NODISCARD int warner_start(struct flow *f, struct err *err);
void warner_stop(struct flow *f);
/** warn_status - {open, acknowledged} of all alerts. */
NODISCARD int warn_status(struct flow *f, json_t **ret, struct err *err);
/** warn_metrics - append lines of the Prometheus text form. */
NODISCARD int warn_metrics(struct flow *f, struct blob *ret, struct err *err);

#endif
