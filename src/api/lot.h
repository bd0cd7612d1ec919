/*
 * lot - a batch of certificates under way.
 *
 * Floor 6, api.
 * Threads:  it is filled and read by the listener's, and worked on by a crew
 *           of its own.
 * Locks:    lots -> lot -> the HTTP library's.
 */
#ifndef API_LOT_H
#define API_LOT_H

#include <microhttpd.h>
#include <pthread.h>
#include "api/schema.h"
#include "base/csrs.h"
#include "flow/flow.h"

#define LOTS	4u		/* under way at once, of different people */

struct api;
struct exchange;
struct lot;			/* opaque */

struct lots {
	pthread_mutex_t	 lock;
	pthread_cond_t	 gone;
	struct lot	*first;
	unsigned	 n;
	bool		 closed;
};
void lots_init(struct lots *all);
/** lots_close - end those under way; nobody begins another. */
void lots_close(struct lots *all);
/** lots_done - once nobody reads any more: wait for the crews. */
void lots_done(struct lots *all);

/**
 * lot_new - room for a batch's rows.
 *
 * @row    their schema.
 * Errors: EBUSY_ (LOTS are under way, or one of theirs), EIO_, ENOMEMORY.
 */
NODISCARD int lot_new(struct api *a, const struct caller *who,
    const struct flow_batch *b, const struct schema *row, enum csrs_kind kind,
    struct lot **ret, struct err *err);
/** lot_take - some more octets of them. Errors: EIO_, ELIMIT (they come too slowly). */
NODISCARD int lot_take(struct lot *l, const void *p, size_t n, struct err *err);
uint64_t lot_octets(const struct lot *l);
/** lot_start - they are whole. Errors: EAUTH (no longer theirs), EKEEPER, EIO_, ENOMEMORY. */
NODISCARD int lot_start(struct lot *l, const struct exchange *x,
    struct err *err);
/** lot_response - what streams the results; then the lot is its. NULL: no memory. */
struct MHD_Response *lot_response(struct lot *l);
/** lot_free - nobody reads it any more; what is begun is ended. */
void lot_free(struct lot *l);

#endif
