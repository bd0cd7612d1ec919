/*
 * closing - windows that were closed, and until when that must be remembered.
 *
 * Floor 4 (keeper).  Sees base.
 * Threads:  belongs to the keeper's loop.
 *
 * A window that has ended by itself gives nothing out, so its closing may be
 * forgotten then: where the window's own permit vouches for that time.  Where
 * nothing does, the closing is kept for ever, and of these there is a bound,
 * or who holds the service could fill the keeper's memory.
 */
#ifndef KEEPER_CLOSING_H
#define KEEPER_CLOSING_H

#include <jansson.h>
#include "base/clock.h"
#include "base/id.h"
#include "keeper/map.h"

#define CLOSED_FOR_EVER	((time_us)0)	/* nobody vouches for the window's end */
#define CLOSINGS_KEPT	4096		/* most that are kept for ever */

struct closing {
	struct sha256	 name;		/* first: hash of the window's id */
	char		 id[ID_TEXT + 25];
	time_us		 until;		/* the window's end, or CLOSED_FOR_EVER */
};

struct closings {
	struct map	 all;		/* owns its records */
	size_t		 kept;		/* of these, for ever */
};

void closings_done(struct closings *c);
/** closing_find - of this window, or NULL: it was not closed. */
const struct closing *closing_find(const struct closings *c, const char *window);
/** closing_check - may it be closed? Errors: ECONFLICT (it is closed, or too many are kept). */
NODISCARD int closing_check(const struct closings *c, const char *window, time_us until, struct err *err);
/** closing_put - it is closed. Errors: ENOMEMORY; ECONFLICT, ERANGE_ where no journal of this keeper says so. */
NODISCARD int closing_put(struct closings *c, const char *window, time_us until, struct err *err);
/** closings_forget - those whose window has ended by now. */
void closings_forget(struct closings *c, time_us now);
/** closings_json, closings_load - for the snapshot. */
NODISCARD int closings_json(const struct closings *c, json_t *into, struct err *err);
NODISCARD int closings_load(struct closings *c, const json_t *from, struct err *err);

#endif
