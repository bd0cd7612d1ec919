/*
 * select - certificates of one authority that are revoked together.
 *
 * Floor 3.  Sees policy, ca, store, base.
 * Threads:  a function belongs to its transaction's thread.
 */
#ifndef CERT_SELECT_H
#define CERT_SELECT_H

#include "cert/row.h"

#define CERT_LOOKED	1000000	/* certificates looked at for one selection */

/*
 * Certificates of one CA by what never changes of them, so that the same
 * selection finds the same ones later; NULL and 0 mean any.  All borrowed.
 */
struct cert_select {
	const char	*ca;
	const char	*profile, *device, *device_last, *spki, *by, *batch;
	const char	*issued_since, *issued_before;	/* times; to the millisecond */
	time_us		 valid_at;	/* not expired then */
	uint64_t	 through;	/* issued by events before this one */
	unsigned	 page;		/* rows read at once; 0: 10,000 */
	unsigned	 most;		/* looked at; 0: CERT_LOOKED */
};
/** cert_select_read - a filter's members, as parameters have them. */
void cert_select_read(const json_t *filter, struct cert_select *ret);
/** cert_select_fn - one of them, in the order of issuing; other than 0 ends it.
 * @expired: left out, but for @valid_at. */
typedef int cert_select_fn(void *ctx, const struct cert_row *row, bool expired,
    struct err *err);
/**
 * cert_select_each - each that is meant.
 * Errors: EINPUT: a time or hash that is none; ERANGE_: more than @most would
 * have to be looked at.
 */
NODISCARD int cert_select_each(struct tx *tx, const struct cert_select *s,
    cert_select_fn *fn, void *ctx, struct err *err);

#endif
