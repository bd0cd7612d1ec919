/*
 * json_scan - what the house's rules refuse in JSON that is else well-formed,
 * found before it is parsed, so that the refusal has its line and column.
 *
 * Floor 1.  Seen by json, json_plain, yaml and the keeper's walk only.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

/**
 * json_scan - refuse reals, integers beyond 2^53-1, nesting over JSON_DEPTH,
 * names that are not printable ASCII, and control characters that canonical
 * JSON has no spelling for.  What is not JSON at all may pass: the parser
 * says it better.
 * @ret_octets  what all strings and names will have together when parsed.
 * Errors: EINPUT "line:column: ...".
 */
NODISCARD int json_scan(const char *p, size_t n, size_t *ret_octets,
    struct err *err);
/** json_scan_name - printable ASCII? */
bool json_scan_name(const char *name);
/** json_scan_integer - exactly -?(0|[1-9][0-9]*), within 2^53-1, not "-0"? */
bool json_scan_integer(const char *p, size_t n, int64_t *ret);

#endif
