/*
 * spool - a batch on this side of the line: what is to be sent, and what came
 * back, on disk, so that the program or the machine may die at any moment.
 *
 * Floor 7.  Sees base.
 *
 * A folder: batch.json says what it is; rows.ndjson what is sent, in this
 * order; results.ndjson what each row came to; results.part a pass that is
 * under way.  A line is there when its end is.
 */
#ifndef CLI_SPOOL_H
#define CLI_SPOOL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/blob.h"
#include "base/err.h"

#define SPOOL_CHUNK	256u		/* rows of one exchange */
#define SPOOL_LINE	((size_t)256 << 10)	/* longest line of either file */

struct spool {
	char		*folder;
	char		 ca[66], profile[66];
	char		 key[33];	/* the batch's Idempotency-Key */
	int		 lock;
	uint64_t	 rows;		/* in rows.ndjson */
	uint64_t	 passed;	/* of them, by the pass under way */
	FILE		*from;		/* rows.ndjson, behind the last that passed */
	FILE		*old;		/* results.ndjson, at the same place; or NULL */
	FILE		*part;		/* results.part, at its end */
};

/**
 * spool_open - the one in this folder, made where there is none.
 * Errors: ECONFLICT (of another CA or profile), EBUSY_ (somebody is at it), EIO_.
 */
NODISCARD int spool_open(const char *folder, const char *ca,
    const char *profile, struct spool **ret, struct err *err);
void spool_free(struct spool *s);
DEFINE_FREEP(spool)

/** spool_path - of a file in it; new string. */
NODISCARD int spool_path(const struct spool *s, const char *name, char **ret,
    struct err *err);
/** spool_stream - take the requests of a stream, NDJSON or tar, whole; again: those
 * that came behind them since. Errors: EINPUT and others, naming the row;
 * ECONFLICT: it has others in the place of those. */
NODISCARD int spool_stream(struct spool *s, FILE *from, struct err *err);
struct spool_left {
	uint64_t	 none;		/* hold no request */
	uint64_t	 large;		/* over CSRS_ROW octets: none can be so long */
	char		 first[256];	/* of those, its name */
	uint64_t	 named;		/* a name of CSRS_NAME octets or more: no row can have it */
	char		 first_named[256];
};
/** spool_folder - take those of a folder's files that are not there yet.
 * @ret  files that are left where they are. */
NODISCARD int spool_folder(struct spool *s, const char *folder,
    struct spool_left *ret, struct err *err);

/** spool_rows - rows.ndjson from its beginning, for reading and appending. @ret_n: how many. */
NODISCARD int spool_rows(const struct spool *s, FILE **ret, uint64_t *ret_n,
    struct err *err);

/** spool_begin - go on with the pass under way, or begin one. */
NODISCARD int spool_begin(struct spool *s, struct err *err);
/**
 * spool_next - the next row that has no result in this pass.
 *
 * @ret_row  its line, with its end.
 * @ret_old  the result it had before, or empty.
 * @ret_more false: none is left.
 */
NODISCARD int spool_next(struct spool *s, struct blob *ret_row,
    struct blob *ret_old, bool *ret_more, struct err *err);
/** spool_put - results of the next rows, lines; durable on return. */
NODISCARD int spool_put(struct spool *s, const struct blob *lines, size_t n,
    struct err *err);
/** spool_end - every row has a result: they are the results now. */
NODISCARD int spool_end(struct spool *s, struct err *err);
/** spool_line - one line with its end. @ret_more false: none, or not whole. */
NODISCARD int spool_line(FILE *f, struct blob *ret, bool *ret_more,
    struct err *err);

#endif
