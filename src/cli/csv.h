/*
 * csv - one row after another, as RFC 4180 has them.
 */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <stdbool.h>
#include "base/blob.h"
#include "base/err.h"

/**
 * csv_put - one field, and what follows it.
 *
 * What a spreadsheet would take for a formula begins with an apostrophe: a
 * name of somebody else's must not calculate on an auditor's machine.
 *
 * @text  or NULL: empty.
 * @last  of its row: then CRLF follows, else a comma.
 */
NODISCARD int csv_put(struct blob *ret, const char *text, bool last,
    struct err *err);

#endif
