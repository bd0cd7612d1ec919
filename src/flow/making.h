/*
 * making - one entry on its way to the keeper and into the ledger.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_MAKING_H
#define FLOW_MAKING_H

#include "base/json.h"
#include "ca/number.h"
#include "flow/flow.h"
#include "state/state.h"

struct granted;
struct lineage;

#define MAKING_HOLDS	3
#define MAKING_HOLD	400

/*
 * One entry on its way to the keeper and into the ledger, holding no thread.
 * Until it is ready it belongs to whoever works on it.
 */
struct making {
	const struct granted	*granted;	/* borrowed */
	json_t			*known;		/* owned: the answer, where nothing is left to do */
	char			 hold[MAKING_HOLDS][MAKING_HOLD];	/* in our hands until it is durable */
	unsigned		 holds;
	char			 replaces[NUMBER_HEX];	/* a certificate's serial number, or "" */
	struct lineage		*line;		/* owned: of who issues it, or NULL */
	json_t			*entry;		/* owned; NULL: the keeper did not */
	struct blob		*octets;	/* owned: the entry's, canonical; NULL: to be spelled */
	json_t			*data;		/* owned: of the event */
	struct event		 event;
	struct receipt		 receipt;
	bool			 written;	/* its event is durable */
	int			 rc;		/* the keeper's */
	struct err		 why;
	flow_came		*ready;
	void			*ctx;
};

/** make - all of it, on this thread: what a deed of steps has for its perform. */
NODISCARD int make(const struct granted *g, json_t **ret, struct err *err);
/** making_begin - granted, ready and ctx are set; ready is called once, unless this
 * fails, or @ret_known is the answer already (owned; or left alone). */
NODISCARD int making_begin(struct making *m, json_t **ret_known, struct err *err);
/** making_end - what came of it; may wait where something went wrong. */
NODISCARD int making_end(struct making *m, json_t **ret, struct err *err);
/** making_hold - take it into our hands, as hands_on, until it is durable. */
NODISCARD int making_hold(struct making *m, const char *what, struct err *err);
/** making_join - the same, as hands_join. */
NODISCARD int making_join(struct making *m, const char *what, uint64_t *ret_before, struct err *err);
void making_done(struct making *m);

#endif
