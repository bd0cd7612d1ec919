/*
 * sandbox - what the keeper gives up before it speaks to anybody.
 *
 * Floor 4 (keeper).  Sees base.
 */
#ifndef KEEPER_SANDBOX_H
#define KEEPER_SANDBOX_H

#include "base/err.h"

/** sandbox_begin - no core, no debugger, nothing swapped where the system lets us. */
void sandbox_begin(void);
/** sandbox_filter - all threads: no network, no programs, no new privileges.
 * Nothing where the build has no libseccomp. */
NODISCARD int sandbox_filter(struct err *err);

#endif
