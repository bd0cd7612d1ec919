/*
 * notifier - who is told of requests, as the rest of this folder sees it; its own
 * files share notify.h.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_NOTIFIER_H
#define FLOW_NOTIFIER_H

#include "base/blob.h"
#include "base/json.h"

struct flow;
struct notifier;

/** notifier_new - who is to be told, from the options: nobody where none are named.
 * Errors: those of contacts_read and post_mail_check. */
NODISCARD int notifier_new(struct flow *f, struct err *err);
void notifier_free(struct notifier *n);
NODISCARD int notifier_start(struct flow *f, struct err *err);
void notifier_stop(struct flow *f);
/** notify_changed - a request came to wait, or went on; from any thread. */
void notify_changed(struct flow *f, const char *request, bool waiting);
/** notify_unheard - why nothing that is told reaches anybody; NULL: somebody hears. */
NODISCARD int notify_unheard(struct flow *f, const char **ret, struct err *err);
/** notify_status - {queued, failing, failed, oldest?, why?, unreachable, unsigned}, the last
 * of officers without a contact; null where nobody is told. */
NODISCARD int notify_status(struct flow *f, json_t **ret, struct err *err);
/** notify_metrics - append lines of the Prometheus text form. */
NODISCARD int notify_metrics(struct flow *f, struct blob *ret, struct err *err);

#endif
