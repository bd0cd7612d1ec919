/*
 * json_text - how JSON spells a string.
 *
 * Floor 1.  Seen by json, json_plain, the keeper's walk and policy's facts only.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <stddef.h>
#include "base/blob.h"

/** json_text_run - how many octets from @s on are printable ASCII that stands
 * for itself: neither a quote nor a backslash. */
size_t json_text_run(const char *s, size_t n);
/**
 * json_text_put - append @s as canonical JSON spells it, with its quotes.
 * Errors: EINPUT - a control character without a short escape; ENOMEMORY.
 */
NODISCARD int json_text_put(const char *s, size_t n, struct blob *ret,
    struct err *err);

#endif
