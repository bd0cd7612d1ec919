/*
 * product - product lines, their tracks and the highest version signed on each.
 *
 * Floor 3.  Sees policy, store, base.
 */
#ifndef PRODUCT_PRODUCT_H
#define PRODUCT_PRODUCT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"

struct tx;

#define PRODUCT_VERSION	128

/** product_highest - the highest version signed on a track ("" where none) and its digest (hex). */
NODISCARD int product_highest(struct tx *tx, const char *product, const char *track,
    char ret_version[PRODUCT_VERSION], char ret_digest[130], struct err *err);
/** product_is_known - has it a key, or was a version of it signed? */
NODISCARD int product_is_known(struct tx *tx, const char *product, bool *ret,
    struct err *err);
/** product_names - {NAME: true} of each line that a key serves, or a version was signed for. */
NODISCARD int product_names(struct tx *tx, json_t **ret, struct err *err);
/** product_all - the same of every line that anything names: also keys that live elsewhere,
 * certificates of other CAs and devices; behind @behind ("": from the first), @most lines at
 * most. */
NODISCARD int product_all(struct tx *tx, const char *behind, unsigned most,
    json_t **ret, struct err *err);
#define PRODUCT_COUNTED	100000	/* certificates, and devices, of one line */
/** product_counts - {keys, elsewhere, tracks, others, devices} that name a line. */
NODISCARD int product_counts(struct tx *tx, const char *product, json_t **ret,
    struct err *err);
/** product_list - [{product, track, version, digest, request, time}] in order. */
NODISCARD int product_list(struct tx *tx, const char *cursor, unsigned limit,
    json_t **ret, char **ret_next, struct err *err);

struct product_version {
	const char	*product, *track;	/* track "" where none was named */
	const char	*version, *digest, *request;
	time_us		 time;
	uint64_t	 seq;
};
/** product_raise - a version was signed: remembered when higher than the highest. Projection. */
NODISCARD int product_raise(struct tx *tx, const struct product_version *v, struct err *err);

#endif
