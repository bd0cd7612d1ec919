/*
 * csrs - certificate requests in a stream: NDJSON, or a tar of files.
 *
 * Floor 1.  Sees blob, json, err.
 * Threads:  one reader per thread.
 * Bounds:   a row has at most CSRS_ROW octets; what is longer is passed over
 *           and told, as is everything in a tar that is no plain file.
 */
#ifndef BASE_CSRS_H
#define BASE_CSRS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/blob.h"
#include "base/err.h"
#include "base/sha256.h"

#define CSRS_ROW	((size_t)48 << 10)
#define CSRS_NAME	200		/* a row's name and its NUL */

enum csrs_kind { CSRS_NDJSON, CSRS_TAR };

struct csrs {
	FILE		*from;		/* borrowed */
	enum csrs_kind	 kind;
	uint64_t	 n;		/* rows so far */
	uint64_t	 lines;		/* of NDJSON, empty ones too */
	bool		 end;
};

struct csrs_row {
	uint64_t	 n;		/* from 1 on */
	uint64_t	 line;		/* of NDJSON: where it stands */
	enum csrs_kind	 kind;
	char		 name[CSRS_NAME];	/* of a tar's file; else "" */
	struct blob	 octets;	/* a line without its end; a file's content */
	struct err	 wrong;		/* code OK: nothing, as far as was read */
};
void csrs_row_done(struct csrs_row *r);

/**
 * csrs_next - the next row; empty lines and a tar's folders are none.
 *
 * @ret       reset first; its blob keeps its room.
 * @ret_more  false: the stream has ended as it should.
 * Errors: EINPUT (a tar that is damaged or ends early), EIO_, ENOMEMORY.
 */
NODISCARD int csrs_next(struct csrs *c, struct csrs_row *ret, bool *ret_more,
    struct err *err);
/** csrs_hash - what tells a row from others. */
struct sha256 csrs_hash(const struct csrs_row *r);
/**
 * csrs_json - a row as an object: a line's own; of a file {"csr", "name"}, the
 * request as PEM, or DER in base64.
 *
 * Errors: the row's own; EINPUT, ESCHEMA.
 */
NODISCARD int csrs_json(const struct csrs_row *r, json_t **ret,
    struct err *err);
/** csrs_file_json - the same of one file's content. @ret {"csr", "name"}. */
NODISCARD int csrs_file_json(const struct blob *octets, const char *name,
    json_t **ret, struct err *err);

/** csrs_tar_next - csrs_next for a tar: tar.c. */
NODISCARD int csrs_tar_next(struct csrs *c, struct csrs_row *ret,
    bool *ret_more, struct err *err);

#endif
