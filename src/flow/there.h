/*
 * there - what a request's device and key have already, before a certificate is
 * drawn, tried and made.
 *
 * Floor 5, flow; included by act_cert*.c and there.c only.
 */
#ifndef FLOW_THERE_H
#define FLOW_THERE_H

#include "flow/holder.h"
#include "flow/making.h"

#define OTHERS	16	/* authorities of which a device has valid certificates by one profile */

struct there {
	const json_t	*p;		/* parameters */
	struct making	*m;		/* gets the CA's lineage, too; or NULL */
	struct cert_row	 row;
	bool		 there;
	bool		 given;		/* row: the batch has given it to this request */
	struct holder	 holder;	/* who else has the key */
	char		 held[ID_TEXT];	/* the device's, on hold; of any authority */
	char		 before[ID_TEXT];	/* for this request, by an authority that the CA followed */
	/* What it has of other authorities for another key, and that is valid. */
	char		 other[OTHERS][CERT_PLACE];
	unsigned	 others;
};

/** there_read - all of it, for t->p, in a transaction: @ctx is a struct there. */
NODISCARD int there_read(struct tx *tx, void *ctx, struct err *err);
/** there_is_same - is what is there for this very request? */
bool there_is_same(const struct there *t);
/** there_hold_check - to put one on hold is to let the device wait, not to let it have
 * another.  Errors: ECONFLICT. */
NODISCARD int there_hold_check(const struct there *t, struct err *err);

#endif
