/*
 * pulse - is the token there?  Asked each second, so that the house says so before
 * somebody's signature does; asking is also what takes a token back that returned.
 *
 * Floor 4 (keeper).  Sees hsm, base.
 * Threads:  the loop's; the token is asked on the slow worker.
 */
#ifndef KEEPER_PULSE_H
#define KEEPER_PULSE_H

#include "keeper/keeper.h"

#define PULSE_EVERY	TIME_S(1)
#define PULSE_PATIENCE	TIME_S(30)	/* the slow worker may be making an RSA key */

/** pulse_tick - ask when it is time to. */
void pulse_tick(struct keeper *k);
/** pulse_json - {"present"} and, where it is not, {"why"} into what hello says of the token. */
NODISCARD int pulse_json(const struct keeper *k, json_t *token, struct err *err);

#endif
