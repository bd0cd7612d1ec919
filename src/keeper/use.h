/*
 * use - what the operations under a permit share.  Floor 4 (keeper).
 */
#ifndef KEEPER_USE_H
#define KEEPER_USE_H

#include "keeper/judge.h"
#include "keeper/keeper.h"

/* One "use" message, taken apart.  Borrowed. */
struct using {
	struct asker	 from;
	struct held	*held;
	bool		 unkept;	/* held: owned, not among the permits yet */
	const struct request *request;
	json_t		*operation;
	const char	*principal;
	time_us		 now;
	struct judgement judged;
	/* Members that the answer to a refusal shall carry stand in judged. */
};

typedef int use_op(struct keeper *k, struct using *u, struct err *err);
use_op use_sign, use_generate, use_state, use_destroy, use_close, use_certify,
    use_crl, use_ocsp, use_adopt_ca, use_csr, use_adopt;

/** use_key - the key the operation names, and the request too where it names one. */
NODISCARD int use_key(struct keeper *k, const struct using *u, struct key **ret, struct err *err);
/**
 * use_again - was exactly this done before under the request?  Then it is
 * answered: 0 with *ret_done true.
 */
NODISCARD int use_again(struct keeper *k, struct using *u, const struct sha256 *what,
    bool *ret_done, struct err *err);
/** use_permit - a message's own permit, which is not kept. */
NODISCARD int use_permit(struct keeper *k, const json_t *m, enum action action, struct using *u, struct err *err);
/** use_action - the request is to do this. Errors: EPROOF, as use_not_for says. */
NODISCARD int use_action(const struct using *u, enum action action, struct err *err);
/** use_not_for - what is asked for is not what the request is for: EPROOF. */
NODISCARD int use_not_for(const struct using *u, struct err *err);
/** use_draft - a ticket with all that entries under a permit have in common. */
NODISCARD int use_draft(struct keeper *k, struct using *u, enum entry_op op,
    bool document, struct ticket **ret, struct err *err);
/** use_draft_as - the same, of an operation that the journal tells otherwise than it was sent. */
NODISCARD int use_draft_as(struct keeper *k, struct using *u, enum entry_op op,
    const json_t *operation, bool document, struct ticket **ret, struct err *err);
/** use_once - for requests that permit one deed: again, or expired, or to be done. */
NODISCARD int use_once(struct keeper *k, struct using *u, bool *ret_done, struct err *err);
/** use_reserve - the tally and its next use, written into the ticket. */
NODISCARD int use_reserve(struct keeper *k, struct using *u, const struct sha256 *what,
    int64_t most, struct ticket *t, struct err *err);
/** use_limit - one use more under the rule's limit, if it has one, for this key. */
NODISCARD int use_limit(struct keeper *k, const struct using *u, const struct key *key,
    struct ticket *t, struct err *err);

#endif
