/*
 * going - an ask from its first stage to its answer, on one thread or several.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_GOING_H
#define FLOW_GOING_H

#include "flow/errand.h"
#include "flow/making.h"
#include "flow/stage.h"

struct together;

/* An ask from its first stage to its answer, on one thread or several. */
struct going {
	struct ask		 ask;
	const struct flow_later	*later;		/* NULL: one thread.  Only until it is begun */
	struct begun		 begun;
	struct drawn		 drawn;
	struct window		*win;		/* owned; NULL: none covers it */
	json_t			*request, *permit, *facts;	/* owned, where there is none */
	char			 rule_hash[SHA256_HEX];
	struct granted		 granted;	/* by the window, or the charter alone */
	struct making		 making;
	bool			 aside;		/* an errand's: @making.known is what came of it, or rc and why */
	char			 brings[ID_TEXT];	/* aside, content for this request; "": none */
	bool			 asking;	/* its Idempotency-Key is in its hands */
	struct together		*together;	/* borrowed: its event waits for those of others; or NULL */
};

/** going_ask - all stages of @g->ask. Errors: as flow_ask. */
NODISCARD int going_ask(struct going *g, struct flow *f, struct answer *ret, struct err *err);
/** conclude - what is answered where what was granted came to nothing (@tried: @rc,
 * @why), or no window grants it. */
NODISCARD int conclude(struct going *g, bool tried, int rc, struct err *why, struct answer *ret, struct err *err);
/** going_conclude - what is answered where what was granted came to nothing: @rc, @why. */
NODISCARD int going_conclude(struct going *g, int rc, struct err *why, struct answer *ret, struct err *err);
/** going_end - what came of what was begun; may wait as making_end. */
NODISCARD int going_end(struct going *g, json_t **ret, struct err *err);
/** going_aside - have an errand @run: it sets @g->making's rc and why or known, then says that it
 * is ready. @g->later is not NULL, and set. Errors: EBUSY_. */
NODISCARD int going_aside(struct going *g, errand_run *run, struct err *err);
void going_free(struct going *g);
/** together_put - instead of its perform: keep its event until all are there. */
NODISCARD int together_put(struct going *g, json_t **ret, struct err *err);
/** pages_apart - does none of these speak of what another speaks of? Errors: EINPUT. */
NODISCARD int pages_apart(const struct ask *asks, size_t n, struct err *err);

#endif
