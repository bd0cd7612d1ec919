/*
 * perform - what was granted is done, by a window or the charter; and told, where no
 * keeper's entry stands behind it.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_PERFORM_H
#define FLOW_PERFORM_H

#include "base/json.h"

struct answer;
struct ask;
struct drawn;
struct going;
struct granted;
struct requested;
struct window;

/** window_find - the open window that covers this use: the one that was named, or any;
 * NULL where none is named and none does; owned.  Errors: of the one that was named,
 * ENOENT_ or those of window_covers. */
NODISCARD int window_find(const struct drawn *w, struct window **ret, struct err *err);
/** window_named - the id of the window that the asker named, or NULL. */
const char *window_named(const struct ask *a);
/** window_grant - its window grants this use. */
void window_grant(struct going *g);
/** request_grant - the charter lets it be done at once. */
NODISCARD int request_grant(struct going *g, const struct requested *q, struct err *err);
/** carry_out - do what was granted, on this thread; or begin it, where others may go
 * on: then @g->later->going is set. */
NODISCARD int carry_out(struct going *g, struct answer *ret, struct err *err);
/** carried_out - what is answered where @body came of it; takes @body. */
NODISCARD int carried_out(struct going *g, json_t *body, struct answer *ret, struct err *err);
/**
 * granted_tell - by what leave, into the data of an event that no keeper's entry
 * stands behind: "request" (its id and the permit; or the whole REQUEST, and the
 * rule that let it through, where nothing told of it before), facts and reason.
 */
NODISCARD int granted_tell(const struct granted *g, json_t *data, struct err *err);
/** granted_commit - the event that its deed's teller tells, by itself. */
NODISCARD int granted_commit(const struct granted *g, struct err *err);

#endif
