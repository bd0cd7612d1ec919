/*
 * version - dot-separated integers, compared as numbers: 2.1.9 < 2.1.10,
 * 3 = 3.0; anything else is refused.  Floor 2, pure.
 */
#ifndef POLICY_VERSION_H
#define POLICY_VERSION_H

#include "base/err.h"

#define VERSION_TEXT	128	/* longest version, with its NUL */

/** version_check - 1..16 parts of 1..18 digits, as "1.2.3". Errors: EINPUT. */
NODISCARD int version_check(const char *v, struct err *err);
/** version_compare - @ret below, at or above 0. Errors: EINPUT. */
NODISCARD int version_compare(const char *a, const char *b, int *ret,
    struct err *err);
/**
 * version_normal - the one spelling of all that compare as equal: no part has
 * leading zeros, and none at the end is zero.  Text that is no version stays
 * as it is; what is longer than a version is cut.
 */
void version_normal(const char *v, char ret[VERSION_TEXT]);

#endif
