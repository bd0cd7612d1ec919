/*
 * intake - everything that is refused before a handler runs.
 *
 * Floor 6, api.  Plain values in, plain values out: the listener, the unit
 * tests and the fuzz target feed it alike.
 *
 * The HTTP parser below us is lenient (two lengths, a length with a transfer
 * coding, bare line feeds, folded lines): what it lets through is refused
 * here.  RFC 9112, 2.2, 5.2, 6.1, 6.3.
 */
#ifndef API_INTAKE_H
#define API_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include "api/schema.h"
#include "base/err.h"

#define INTAKE_HEADERS	48	/* most fields */
#define INTAKE_OCTETS	16384	/* most octets of the whole header section */
#define INTAKE_URI	4096
#define INTAKE_VALUE	1024	/* of a query, decoded: a place */

struct header {
	const char	*name, *value;
	size_t		 name_n, value_n;
};

/* A request's head, as the parser saw it; borrowed. */
struct head {
	const char	*method, *uri, *version;
	struct header	 field[INTAKE_HEADERS];
	size_t		 n;
	size_t		 octets;	/* of the section on the wire; 0: unknown */
};

/* What is left of it. */
struct admitted {
	size_t		 length;	/* of the body */
	bool		 json;		/* a Content-Type of JSON is there */
	bool		 pkcs10;	/* one of application/pkcs10 */
	bool		 crl;		/* application/pkix-crl, RFC 2585 */
	bool		 ndjson, tar;	/* one of application/x-ndjson, application/x-tar */
	bool		 chunked;	/* the body's length is not stated */
	const char	*bearer;	/* borrowed, or NULL */
	const char	*basic;		/* borrowed, or NULL: still base64 */
	char		 idempotency[129];	/* "" where none */
	unsigned	 wait_s;	/* Prefer: wait=N, 0 where none */
};

/** intake_head - Errors: EINPUT, ELENGTH, EMEDIA, ETOOBIG, EAUTH. */
NODISCARD int intake_head(const struct head *h, struct admitted *ret,
    struct err *err);
/* A name and a password (RFC 7617). */
struct basic {
	char		 user[66];
	char		 password[129];
};
/** intake_basic - admitted's, decoded. Errors: EAUTH; ENOMEMORY. */
NODISCARD int intake_basic(const char *text, struct basic *ret,
    struct err *err);
/**
 * intake_query - "a=1&b=2" into an object of the schema's types.
 * Errors: EINPUT (a name twice, bad escapes), ESCHEMA, ERANGE_.
 */
NODISCARD int intake_query(const char *text, const struct schema *s,
    json_t **ret, struct err *err);
/**
 * intake_body - octets into a checked object; none at all read as {}.
 * Errors: EINPUT, ESCHEMA, ERANGE_, EMEDIA.
 */
NODISCARD int intake_body(const void *p, size_t n, bool json,
    const struct schema *s, json_t **ret, struct err *err);
/**
 * intake_rows - the same of a page of rows, NDJSON: they are the array that the
 * schema's first row names, and the query's members stand beside it.
 *
 * A line that is no object stands there as null.
 */
NODISCARD int intake_rows(const void *p, size_t n, const json_t *query,
    const struct schema *s, json_t **ret, struct err *err);

#endif
