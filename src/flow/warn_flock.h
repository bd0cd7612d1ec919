/*
 * warn_flock - certificates that end, of one sort: few are told one by one, many
 * by their number; inside src/flow only.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_WARN_FLOCK_H
#define FLOW_WARN_FLOCK_H

#include "flow/warn.h"

#define FLOCK_FEW	50	/* told one by one */

/* One that ends. */
struct flock_one {
	char	 subject[ALERT_SUBJECT];
	time_us	 starts, ends;
	json_t	*about;			/* owned: its "name" is of one, the rest of all of the flock */
};
struct flock {
	struct look	*look;
	char		 name[ALERT_SUBJECT];	/* subject of the alert of all */
	char		 of[400];	/* "certificates ..." in words */
	bool		 part;		/* there are more than were looked at */

	/* Zeros at the beginning. */
	struct flock_one few[FLOCK_FEW];
	json_t		*about;		/* owned: of the first */
	time_us		 starts, ends;	/* of the first that is to end, else of the last that has */
	char		 day[16];	/* a calendar: on which they end */
	int64_t		 n, ended;	/* to end; have ended */
};

/** flock_add - those that are to end, the soonest first, then those that have.
 * Steals what @one owns. */
NODISCARD int flock_add(struct flock *f, struct flock_one *one, struct err *err);
/** flock_end - tell of them. */
NODISCARD int flock_end(struct flock *f, struct err *err);
void flock_done(struct flock *f);

#endif
