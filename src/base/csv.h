/*
 * csv - one row after another, as RFC 4180 has them: written, and read.
 *
 * Floor 1.  Threads: one reader per thread.
 * Bounds:   a row has at most CSV_FIELDS fields and CSV_ROW octets.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/blob.h"
#include "base/err.h"

#define CSV_ROW		((size_t)48 << 10)
#define CSV_FIELDS	64

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

/* Zeroed, but for @from. */
struct csv {
	FILE		*from;		/* borrowed */
	uint64_t	 lines;		/* whose ends were read */
	bool		 begun, end;
};

struct csv_row {
	uint64_t	 line;		/* on which it begins, from 1 on */
	struct blob	 text;		/* of all fields, each with a NUL */
	size_t		 at[CSV_FIELDS];
	size_t		 n;
	struct err	 wrong;		/* code OK: nothing; else the fields are not whole */
};
void csv_row_done(struct csv_row *r);
/** csv_field - by its number; NULL behind the last. */
const char *csv_field(const struct csv_row *r, size_t i);

/**
 * csv_next - the next row; empty lines are none.
 *
 * Lines end with CRLF or LF, and the last may end with the file; a mark of
 * UTF-8 before the first is passed over.  What is wrong with a row is told
 * with it, and the next begins on the line behind.
 *
 * @ret       reset first; its blob keeps its room.
 * @ret_more  false: there are no more.
 * Errors: EIO_, ENOMEMORY.
 */
NODISCARD int csv_next(struct csv *c, struct csv_row *ret, bool *ret_more,
    struct err *err);

#endif
