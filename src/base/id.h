/*
 * id - prefixed, sortable identifiers: "req_" and 26 digits of Crockford's
 * base32 in lower case: 48 bits of milliseconds, 80 bits of randomness.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include "base/clock.h"
#include "base/err.h"

#define ID_TEXT	40

/** id_new - make one; @prefix is without its "_", at most 12 letters. Errors: EINTERNAL when the system gives no randomness. */
NODISCARD int id_new(const char *prefix, time_us now, char ret[ID_TEXT], struct err *err);
/** id_check - is it well-formed and of this prefix? */
bool id_check(const char *id, const char *prefix);
/** name_check - a name people choose: [a-z0-9] then [a-z0-9._-], at most 64. */
bool name_check(const char *name);

#endif
