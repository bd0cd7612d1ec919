/*
 * publisher - who publishes what authorities have revoked, as the rest of this folder
 * sees it; its own files share publish.h.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_PUBLISHER_H
#define FLOW_PUBLISHER_H

#include "base/blob.h"
#include "base/json.h"

struct charter;
struct flow;
struct publisher;

/** publisher_new - the shelf, and what is on it from the start; publisher_start, _stop: its threads. */
NODISCARD int publisher_new(struct flow *f, struct err *err);
void publisher_free(struct publisher *p);
NODISCARD int publisher_start(struct flow *f, struct err *err);
void publisher_stop(struct flow *f);
/** publisher_metrics - append lines of the Prometheus text form. */
NODISCARD int publisher_metrics(struct publisher *p, struct blob *ret, struct err *err);
/** watch_status - {lists, late, untold, next_update?, warning?} of all that is published,
 * under this charter. */
NODISCARD int watch_status(struct publisher *p, const struct charter *law,
    json_t **ret, struct err *err);
/** watch_late - of each CA with lists that are late: [{ca, lists, late, untold, next_update?, warning}]. */
NODISCARD int watch_late(struct publisher *p, json_t **ret, struct err *err);
/** watch_lists - each list of a CA as it is served; none where nothing is published. */
NODISCARD int watch_lists(struct publisher *p, const char *ca, json_t **ret, struct err *err);

#endif
