/*
 * pattern - what a value must look like: an extended regular expression of
 * POSIX, of the whole value, without what could cost without bound.
 *
 * Floor 2, pure.  Sees base.  Private to ca/profile*.c.
 */
#ifndef CA_PATTERN_H
#define CA_PATTERN_H

#include <stdbool.h>
#include "base/err.h"

struct pattern;			/* opaque */

#define PATTERN_OCTETS	256
#define PATTERN_REPEAT	255	/* {m,n}: each, and 2048 in all */

/**
 * pattern_new - compile.
 *
 * Anchored at both ends, so it has no ^ or $ outside of brackets.  {m,n}
 * stands behind a character, "." or brackets, never behind a group or another
 * repetition; a backslash only before punctuation (no back references).
 * Errors: EINPUT, ENOMEMORY.
 */
NODISCARD int pattern_new(const char *text, struct pattern **ret,
    struct err *err);
void pattern_free(struct pattern *p);
DEFINE_FREEP(pattern)
bool pattern_matches(const struct pattern *p, const char *value);

#endif
