/*
 * json_plain - the JSON that programs send each other, read in one pass.
 *
 * Floor 1.  Seen by json only.
 *
 * Plain: no white space, no escapes, strings of printable ASCII, names of at
 * most 64 octets, integers as canonical JSON spells them.  Every plain text is
 * what json_read reads too, to the same value; whatever is not plain, or is no
 * JSON, is left to the full reader, which also knows how to refuse it.
 */
#ifndef BASE_JSON_PLAIN_H
#define BASE_JSON_PLAIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct json_inner;

/**
 * json_plain - read a plain object or array.
 * @inner       where this member's value lies is told there; or NULL.
 * @ret         the value, owned; NULL: it is not plain.
 * @ret_sorted  do all names stand in order?  Then what was read is the
 *              canonical spelling, because everything else that is plain has
 *              but one.
 * Errors: ENOMEMORY.
 */
NODISCARD int json_plain(const char *p, size_t n, struct json_inner *inner,
    json_t **ret, bool *ret_sorted, struct err *err);

#endif
