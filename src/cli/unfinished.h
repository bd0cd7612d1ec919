/*
 * unfinished - a folder that gets its name when it is whole.
 */
#ifndef CLI_UNFINISHED_H
#define CLI_UNFINISHED_H

#include <signal.h>
#include "base/err.h"

#define UNFINISHED_PATH	4032	/* octets; leaves room for the names in it */

struct unfinished {
	char		name[UNFINISHED_PATH];	/* without slashes at its end */
	char		at[UNFINISHED_PATH];	/* where it is made, beside it */
	sigset_t	before;			/* signals that were blocked */
};

/**
 * unfinished_begin - a folder beside @name, for us alone; signals that would
 * end the program wait until unfinished_end.
 * Errors: EEXISTS (there is something called @name), EIO_, ETOOBIG.
 */
NODISCARD int unfinished_begin(struct unfinished *u, const char *name,
    struct err *err);
/**
 * unfinished_end - give it its name where @rc is 0, else remove it with all
 * that is in it; then let the signals in.
 *
 * @return: @rc, or what failed now.  Not at all, where a signal ends the program.
 */
NODISCARD int unfinished_end(struct unfinished *u, int rc, struct err *err);
/** unfinished_stop - fails where a signal waits that would end the program. Errors: EIO_. */
NODISCARD int unfinished_stop(struct err *err);

#endif
