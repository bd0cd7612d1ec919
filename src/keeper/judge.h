/*
 * judge - the decision, taken again: the keeper's charter, its own facts, the
 * proofs in the permit.
 *
 * Floor 4 (keeper).  Sees policy, base.
 * Threads:  belongs to the keeper's loop.
 */
#ifndef KEEPER_JUDGE_H
#define KEEPER_JUDGE_H

#include "keeper/keeper.h"
#include "keeper/permits.h"

/* What is about to be done under the permit.  Borrowed. */
struct deed {
	const struct key *key;		/* or NULL: none yet, or none at all */
	const char	*principal;	/* who asks, the service says */
	const char	*user;		/* whose uses a limit counts; NULL: the principal's */
	const json_t	*digest;	/* {"algorithm","value"}, or NULL */
	const char	*product, *version, *track;	/* or NULL */
	time_us		 now;
};

struct judgement {
	const struct rule *rule;	/* lives with the charter */
	struct blob	 facts;		/* owned: canonical; empty: judged before (a window) */
	json_t		*explanation;	/* owned; of a denial */
};
void judgement_done(struct judgement *j);

/**
 * judge_request - is this request one that may still be used, whatever for?
 * House, form, times, void since a restore, the same that was used before.
 */
NODISCARD int judge_request(struct keeper *k, const struct held *h, time_us now, struct err *err);
/**
 * judge - decide and count the proofs.
 *
 * @ret  initialised by the caller; its rule and explanation are set on refusal too.
 * Errors: EDENIED, ELIMIT, EQUORUM, EREJECTED, EPROOF, EEXPIRED ...
 */
NODISCARD int judge(struct keeper *k, struct held *h, const struct deed *d,
    struct judgement *ret, struct err *err);

#endif
