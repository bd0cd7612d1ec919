/*
 * json - jansson with the house's rules.
 *
 * Canonical JSON (RFC 8785 for what we allow): names sorted by octet, no white
 * space, integers within +-(2^53-1), no reals; names are ASCII; strings are UTF-8 without
 * control characters but \b \t \n \f \r.  Who receives a canonical document
 * canonicalises it again and refuses one that differs in an octet.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"

#define JSON_DEPTH	32	/* deepest nesting that is read */
#define JSON_OCTETS	((size_t)16 << 20)	/* longest text that is read */
#define JSON_INT_MAX	INT64_C(9007199254740991)	/* 2^53-1: RFC 8785, 3.2.2.3 */

static inline UNUSED void json_freep(json_t **p) { json_decref(*p); }
#define AUTO_JSON	__attribute__((cleanup(json_freep))) json_t

/* A member of an object within the outermost one. */
struct json_inner {
	const char	*name;		/* the caller's */
	const char	*p;		/* its value's octets; NULL: none, or not known */
	size_t		 n;
};

/** json_read - parse a JSON object or array: what has a canonical spelling, in
 * any spelling. Errors: EINPUT (with line and column; duplicate names, NUL,
 * reals, too deep), ETOOBIG, ENOMEMORY. */
NODISCARD int json_read(const void *p, size_t n, json_t **ret, struct err *err);
/** json_read_known - the same. @ret_canonical: it is known to be the canonical spelling. */
NODISCARD int json_read_known(const void *p, size_t n, json_t **ret, bool *ret_canonical, struct err *err);
/** json_read_canonical - the same, and refuse any but the canonical spelling. */
NODISCARD int json_read_canonical(const void *p, size_t n, json_t **ret, struct err *err);
/** json_read_inner - the same, and where in @p the value of one member lies. */
NODISCARD int json_read_inner(const void *p, size_t n, struct json_inner *inner, json_t **ret, struct err *err);
/** json_canonical - append the canonical spelling. Errors: EINPUT for what has none. */
NODISCARD int json_canonical(const json_t *j, struct blob *ret, struct err *err);
/** json_put - the same, with members in the order in which they were set. */
NODISCARD int json_put(const json_t *j, struct blob *ret, struct err *err);
/** json_hash - SHA-256 of the canonical spelling. */
NODISCARD int json_hash(const json_t *j, struct sha256 *ret, struct err *err);
/** json_hashes - are these the texts of the hashes of @list's members, in its order?
 * What cannot be hashed is not. */
bool json_hashes(const json_t *list, const json_t *hashes);
/** json_pretty - for people: two spaces, sorted, a final newline. New string (free()), or NULL. */
char *json_pretty(const json_t *j);
/** json_line - for programs: no white space but a final newline. New string (free()), or NULL. */
char *json_line(const json_t *j);
/** json_clone - a copy of all of it, or NULL; json_clone_flat - the members themselves are shared.
 * (json_deep_copy and json_copy may leave out what they have no memory for.) */
json_t *json_clone(const json_t *j);
json_t *json_clone_flat(const json_t *j);

/*
 * Reading objects.  A schema is a table of rows; json_check refuses unknown
 * names, missing ones, wrong types and sizes, and says where: "/rules/2/by".
 */
enum json_want { WANT_STRING, WANT_INTEGER, WANT_BOOL, WANT_OBJECT, WANT_ARRAY,
	WANT_STRINGS /* array of strings */, WANT_ANY };
struct json_row {
	const char	*name;
	enum json_want	 want;
	bool		 required;
	int64_t		 min, max;	/* length or value; 0,0: 0..65536 octets / 0..2^53-1 / 1024 elements */
	const char	*words;		/* what it is, for the API document */
};
NODISCARD int json_check(const json_t *o, const char *where,
    const struct json_row *rows, size_t n, struct err *err);
/** json_rows - the same. @ret: NULL, or room for @n: the value of each row, borrowed; NULL where absent. */
NODISCARD int json_rows(const json_t *o, const char *where,
    const struct json_row *rows, size_t n, const json_t **ret, struct err *err);

/** json_wanted - is the value of this type? */
bool json_wanted(const json_t *v, enum json_want w);
/** json_str, json_int, json_flag - members, or @otherwise where absent or of another type. Borrowed. */
const char *json_str(const json_t *o, const char *name, const char *otherwise);
int64_t json_int(const json_t *o, const char *name, int64_t otherwise);
bool json_flag(const json_t *o, const char *name, bool otherwise);
/** json_has - is this text one of the list? */
bool json_has(const json_t *list, const char *text);
/** json_join - the texts of @more that the list lacks are put behind it. */
NODISCARD int json_join(json_t *list, const json_t *more, struct err *err);
/** json_need_str, json_need_int - members that must be there. Errors: ESCHEMA naming it. */
NODISCARD int json_need_str(const json_t *o, const char *name, const char **ret, struct err *err);
NODISCARD int json_need_int(const json_t *o, const char *name, int64_t *ret, struct err *err);
NODISCARD int json_need_hash(const json_t *o, const char *name, struct sha256 *ret, struct err *err);
/** json_as_hash - the same of the value itself; NULL: it is not there. */
NODISCARD int json_as_hash(const json_t *v, const char *name, struct sha256 *ret, struct err *err);

/**
 * json_build - json_pack that fails in words, e.g. json_build(&j, err,
 * "{s:s, s:I, s:o*}", ...).  A stolen "o" is released on failure too.
 * Where the value is NULL, "*" leaves the member out and "?" makes it null.
 * Errors: ENOMEMORY, also for an "o" that is NULL; EINPUT for strings that
 * are NULL or not UTF-8.
 */
NODISCARD int json_build(json_t **ret, struct err *err, const char *fmt, ...);
/** json_set_* - members from values; hashes as hexadecimal, times as RFC 3339. */
NODISCARD int json_set_hash(json_t *o, const char *name, const struct sha256 *h, struct err *err);
NODISCARD int json_set_b64(json_t *o, const char *name, const void *p, size_t n, struct err *err);
NODISCARD int json_set_time(json_t *o, const char *name, time_us t, struct err *err);
NODISCARD int json_set_str(json_t *o, const char *name, const char *s, struct err *err);
/** json_set_ascii - of what was spelled here and is ASCII: nobody looks again. */
NODISCARD int json_set_ascii(json_t *o, const char *name, const char *s, struct err *err);
NODISCARD int json_set_int(json_t *o, const char *name, int64_t v, struct err *err);
/** json_set_new - steals @v also on failure; NULL @v is ENOMEMORY. */
NODISCARD int json_set_new(json_t *o, const char *name, json_t *v, struct err *err);

#endif
