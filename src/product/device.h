/*
 * device - devices, as their factories say: what they are, and what is in them.
 *
 * Floor 3.  Sees policy, store, base.
 * Threads:  a function belongs to its transaction's thread.
 *
 * One that only got certificates is a device too, and has no row of its own; its
 * product line follows from the authority, where that has one alone.
 */
#ifndef PRODUCT_DEVICE_H
#define PRODUCT_DEVICE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"

struct tx;

/** device_get - {serial, product?, product_by?, batch?, market?, keys, made_at?, firmware?, entered, request?,
 * created?}, where "firmware" is {digest, installed_at, market?}, and "entered" has "factory",
 * "report" and "issuance"; all may be missing: there is none.  "product_by" is "factory": it was said; or
 * "issuance": it is the one line that the key of the authority serves that first issued to it. */
NODISCARD int device_get(struct tx *tx, const char *serial, json_t **ret,
    struct err *err);
/** device_is_known - does the inventory say all that this row says?
 * @ret_there  does it know the device from its factory at all? */
NODISCARD int device_is_known(struct tx *tx, const json_t *row, bool *ret,
    bool *ret_there, struct err *err);

/** device_of_key - another device than this that has the key, as a factory
 * said: by the hash of its SubjectPublicKeyInfo, or by a name that it has here.
 * @ret  of @size octets; "": none. */
NODISCARD int device_of_key(struct tx *tx, const char *hash,
    const char *device, char *ret, size_t size, struct err *err);
/** device_has_key - did a factory say so of this device? */
NODISCARD int device_has_key(struct tx *tx, const char *hash,
    const char *device, bool *ret, struct err *err);

/**
 * device_bearers - [{serial, product?, batch?, market?}] of those that have the key, as factories
 * said, in the order of their serial numbers.
 *
 * @hash      of its SubjectPublicKeyInfo; "": nobody knows.
 * @cursor, @ret_next  as of device_list.
 */
NODISCARD int device_bearers(struct tx *tx, const char *hash,
    const char *name, const char *cursor, unsigned limit, json_t **ret,
    char **ret_next, struct err *err);
/** device_bearers_count - how many these are; looks at an index entry of each. */
NODISCARD int device_bearers_count(struct tx *tx, const char *hash,
    const char *name, int64_t *ret, struct err *err);

/* The product lines that a row concerns. */
struct device_lines {
	const char	*line[2];	/* borrowed from the row, and of @was */
	size_t		 n;		/* 1 or 2 */
	char		 was[72];
};
/** device_lines - the row's own, and another that the device was of; "" where there is neither. */
NODISCARD int device_lines(struct tx *tx, const json_t *row,
    struct device_lines *ret, struct err *err);
/**
 * device_lines_check - are these all that the rows concern?  @lines NULL: nobody has said it.
 * Errors: EPRECOND: since it was asked for, a device came to another.
 */
NODISCARD int device_lines_check(struct tx *tx, const json_t *rows,
    const json_t *lines, struct err *err);

/* One of them at most; NULL: any. */
struct device_filter {
	const char	*product, *batch, *market;
};
/**
 * device_list - devices in the order of their serial numbers.
 *
 * Without a filter also those that only got certificates.
 *
 * @cursor    the last serial number of the page before, or NULL.
 * @ret_next  new; NULL: this was the last.
 * Errors: EINPUT (more than one filter).
 */
NODISCARD int device_list(struct tx *tx, const struct device_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next,
    struct err *err);

/** device_install_known - was this (install_row_read's) reported before? */
NODISCARD int device_install_known(struct tx *tx, const json_t *row,
    bool *ret, struct err *err);
/** device_installs - [{digest, installed_at, market?, request, known, product?, version?, track?, key?, key_name?,
 * signature?}], the newest first: what was signed here is "known". @ret_more: there are older ones. */
NODISCARD int device_installs(struct tx *tx, const char *serial,
    unsigned most, json_t **ret, bool *ret_more, struct err *err);
/**
 * device_firmware - how many devices of a product line run what.
 *
 * Of 100 artifacts at most, and @most devices in all (0: 100,000), a share of
 * them for each artifact, so that none is missing for the many that run
 * another; those of which nothing was reported have no digest.
 *
 * @ret  {devices, at_least, firmware: [{digest?, version?, devices, at_least}], more_firmware}
 */
NODISCARD int device_firmware(struct tx *tx, const char *product,
    unsigned most, json_t **ret, struct err *err);

/* Projections: called by state's apply functions only. */

/* Borrowed. */
struct device_said {
	const json_t	*row;		/* device_row_read's, or install_row_read's */
	const char	*request;
	time_us		 time;
	uint64_t	 seq;
};
/** device_put - a new one; or what is said of one anew: what the row leaves out
 * stays as it was said before. */
NODISCARD int device_put(struct tx *tx, const struct device_said *s,
    struct err *err);
/** device_issued - a certificate was issued to it by an authority with this key (its hash): of a
 * device that nobody has said the product line of it has the key's, if that serves exactly one. */
NODISCARD int device_issued(struct tx *tx, const char *serial, const char *key,
    uint64_t seq, struct err *err);
/** device_install - what is reported of one, whether or not anybody knows it. */
NODISCARD int device_install(struct tx *tx, const struct device_said *s,
    struct err *err);

#endif
