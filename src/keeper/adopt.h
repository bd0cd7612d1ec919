/*
 * adopt - a key that the token has by other means, on its way into the register.
 *
 * Floor 4 (keeper).  Sees ca, hsm, base.
 * Threads:  made on the loop, run on a worker: it shares nothing.
 */
#ifndef KEEPER_ADOPT_H
#define KEEPER_ADOPT_H

#include "keeper/keeper.h"

struct adoption;		/* opaque */

/** adoption_new - from what was asked for. Errors: EINPUT, ENOMEMORY. */
NODISCARD int adoption_new(struct keeper *k, const char *request,
    const json_t *parameters, struct adoption **ret, struct err *err);
void adoption_free(struct adoption *a);
DEFINE_FREEP(adoption)
/**
 * adoption_run - the key proves both its halves, and is called @id from now on.
 *
 * Errors: EEXISTS (a key that the house has, its own two among them), EDENIED
 * (another algorithm, or a bad key), EVERIFY (halves of two keys); hsm_adopt's.
 */
NODISCARD int adoption_run(const struct adoption *a, struct hsm *h,
    const struct sha256 *id, struct hsm_made *ret, struct err *err);

#endif
