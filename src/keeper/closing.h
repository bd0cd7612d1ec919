/*
 * closing - windows that were closed, and until when that must be remembered.
 *
 * Floor 4 (keeper).  Sees base.
 * Threads:  belongs to the keeper's loop.
 *
 * A window that has ended by itself gives nothing out, so its closing is
 * forgotten then.  The window's own permit vouches for that time, and that
 * there is such a window at all.  Where a rule lets windows be opened without
 * approvals, who holds the service could make as many as it likes, so there is
 * a bound.
 */
#ifndef KEEPER_CLOSING_H
#define KEEPER_CLOSING_H

#include <jansson.h>
#include "base/clock.h"
#include "base/id.h"
#include "keeper/map.h"

#define CLOSINGS_MOST	65536		/* of windows that have not ended yet */

struct closing {
	struct sha256	 name;		/* first: hash of the window's id */
	char		 id[ID_TEXT + 25];
	time_us		 until;		/* the window's end */
};

struct closings {
	struct map	 all;		/* owns its records */
};

void closings_done(struct closings *c);
/** closing_find - of this window, or NULL: it was not closed. */
const struct closing *closing_find(const struct closings *c, const char *window);
/** closing_check - may it be closed? Forgets those that have ended. Errors: ECONFLICT (it is closed, or too many are). */
NODISCARD int closing_check(struct closings *c, const char *window, time_us now, struct err *err);
/** closing_put - it is closed. Errors: ENOMEMORY; ECONFLICT, ERANGE_ where no journal of this keeper says so. */
NODISCARD int closing_put(struct closings *c, const char *window, time_us until, struct err *err);
/** closings_forget - those whose window has ended by now. */
void closings_forget(struct closings *c, time_us now);
/** closings_json, closings_load - for the snapshot. */
NODISCARD int closings_json(const struct closings *c, json_t *into, struct err *err);
NODISCARD int closings_load(struct closings *c, const json_t *from, struct err *err);

#endif
