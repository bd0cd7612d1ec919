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
#define ID_REST	10	/* octets that tell ids of one millisecond apart */

/** id_new - make one; @prefix is without its "_", at most 12 letters. Errors: EINTERNAL when the system gives no randomness. */
NODISCARD int id_new(const char *prefix, time_us now, char ret[ID_TEXT], struct err *err);
/** id_of - the id of something that happened then, made of octets that only it has. */
void id_of(const char *prefix, time_us when, const unsigned char rest[ID_REST],
    char ret[ID_TEXT]);
/** id_check - is it well-formed and of this prefix? */
bool id_check(const char *id, const char *prefix);
/** name_check - a name people choose: [a-z0-9] then [a-z0-9._-], at most 64. */
bool name_check(const char *name);

#endif
