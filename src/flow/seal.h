/*
 * seal - a prepared request comes back as it was handed out.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_SEAL_H
#define FLOW_SEAL_H

#include "base/err.h"
#include "base/sha256.h"

struct drawn;

/** seal_make - what a prepared request must come back with, hexadecimal. */
NODISCARD int seal_make(const struct drawn *d, char ret[SHA256_HEX], struct err *err);
/** seal_check - is the request that was handed in the one prepared for this
 * asker, and new?  Errors: EDENIED, ECONFLICT. */
NODISCARD int seal_check(const struct drawn *d, struct err *err);

#endif
