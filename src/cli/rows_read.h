/*
 * rows_read - the rows of a file as JSON objects.
 *
 * Floor 7, cli; included by rows*.c and cert_import.c only.
 */
#ifndef CLI_ROWS_READ_H
#define CLI_ROWS_READ_H

#include "base/csrs.h"
#include "base/csv.h"
#include "cli/rows.h"

struct rows_from {
	FILE		*file;		/* owned, but for standard input */
	const char	*name;
	bool		 is_csv;
	struct csrs	 lines;
	struct csrs_row	 line;		/* owned */
	struct csv	 csv;
	struct csv_row	 row;		/* owned */
	size_t		 titles;	/* how many the first line has */
	size_t		 column[16];	/* of each field; CSV_FIELDS: it has none */
};

/** rows_is_csv - as --format says, or the file's name. */
bool rows_is_csv(const struct cli *cli, const char *name);
/**
 * rows_from_open - @ret zeroed; its rows_from_close is due whatever comes.
 * @name  borrowed, as long as @ret is open; "-" is standard input.
 * Errors: ENOENT_, EINPUT (no titles, or not those of --map), EUSAGE.
 */
NODISCARD int rows_from_open(const struct cli *cli,
    const struct rows_what *what, const char *name, struct rows_from *ret,
    struct err *err);
/** rows_twice_check - can it be read once more? Errors: EUSAGE: it is no file. */
NODISCARD int rows_twice_check(const struct rows_from *f, struct err *err);
void rows_from_close(struct rows_from *f);

/**
 * rows_from_next - the next row, as it stands there.
 *
 * @ret_line  where it stands.
 * @ret       new; NULL where it is bad: @ret_why says why.
 * @ret_more  false: there are no more.
 */
NODISCARD int rows_from_next(struct rows_from *f,
    const struct rows_what *what, uint64_t *ret_line, json_t **ret,
    struct err *ret_why, bool *ret_more, struct err *err);

#endif
