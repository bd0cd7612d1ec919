/*
 * approval - requests that wait, the approvals they gather, windows and permits.
 *
 * Floor 3.  Sees policy, store, base.
 * Threads:  a function belongs to its transaction's thread; a struct window is
 *           shared by reference and constant but for its count.
 */
#ifndef APPROVAL_APPROVAL_H
#define APPROVAL_APPROVAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"

struct charter;
struct permit;
struct tx;

/* One row per state of a request: name, word, is it still open? */
#define REQUEST_STATES(S) \
	S(REQUEST_WAITING,    "waiting",    true) \
	S(REQUEST_DUE,        "due",        true) \
	S(REQUEST_DONE,       "done",       false) \
	S(REQUEST_REJECTED,   "rejected",   false) \
	S(REQUEST_CANCELLED,  "cancelled",  false) \
	S(REQUEST_EXPIRED,    "expired",    false) \
	S(REQUEST_SUPERSEDED, "superseded", false) \
	S(REQUEST_DENIED,     "denied",     false)

enum request_state {
#define S(name, word, open) name,
	REQUEST_STATES(S)
#undef S
	REQUEST_STATE__N
};
const char *request_state_name(enum request_state s);
bool request_state_open(enum request_state s);
NODISCARD int request_state_from_name(const char *word, enum request_state *ret, struct err *err);

/* A request as stored; owns what it points to. */
struct asked {
	char		 id[40];
	char		 action[32];
	char		 requester[66];
	char		 key[SHA256_HEX];	/* "" where none */
	char		 rule[66];
	char		 rule_hash[SHA256_HEX];
	char		 charter[SHA256_HEX];	/* in force when it was opened */
	enum request_state state;
	unsigned	 have, need;		/* approvals */
	time_us		 created, expires;
	time_us		 due;			/* when its last approval came; 0 before */
	time_us		 closed;		/* 0 while open */
	uint64_t	 seq, result_seq;	/* events that opened and closed it; result UINT64_MAX while open */
	bool		 stored;		/* false: needed no approval, came with its result */
	char		*reason;		/* of its end other than done, or NULL */
	json_t		*request;		/* REQUEST */
	json_t		*requester_proof;	/* APPROVAL or NULL */
	json_t		*facts;			/* that the decision saw, or NULL */
};
void asked_free(struct asked *a);
DEFINE_FREEP(asked)

/** approval_get - a request by id. Errors: ENOENT_. */
NODISCARD int approval_get(struct tx *tx, const char *id, struct asked **ret, struct err *err);
/** approval_json - what the API shows: {id, state, action, requester, key?, rule, request, approvals:{have,need}, given:[APPROVAL…], …}. */
NODISCARD int approval_json(struct tx *tx, const struct asked *a, json_t **ret, struct err *err);
/** approval_parts - by how many events it has been performed so far, of several; 0: not begun. */
NODISCARD int approval_parts(struct tx *tx, const char *id, unsigned *ret, struct err *err);
/** approval_given - the stored approvals of a request (verdict "approve"), sorted by (officer, credential). */
NODISCARD int approval_given(struct tx *tx, const char *id, json_t **ret, struct err *err);
/** approval_permit - PERMIT from the stored request, requester's proof and approvals. */
NODISCARD int approval_permit(struct tx *tx, const struct asked *a, json_t **ret, struct err *err);

struct asked_filter {
	const char	*state, *action, *requester, *key;	/* NULL: any */
};
/** approval_list - newest first. */
NODISCARD int approval_list(struct tx *tx, const struct asked_filter *f,
    const char *cursor, unsigned limit, json_t **ret, char **ret_next, struct err *err);
/** approval_open_list - what waits or is due for a key: [{id, state, action, requester, rule,
 * approvals:{have,need}, created, expires}]; at most @limit, @ret_more: there are others. */
NODISCARD int approval_open_list(struct tx *tx, const char *key, unsigned limit,
    json_t **ret, bool *ret_more, struct err *err);
/** approval_find - the request that an idempotency key stands for, and the event of its result
 * (UINT64_MAX while there is none). Errors: ENOENT_. */
NODISCARD int approval_find(struct tx *tx, const char *principal, const char *idempotency,
    char ret_id[40], uint64_t *ret_seq, struct err *err);
/** approval_rivals - ids of waiting key.sign requests for the same key, product, track and version,
 * however that was spelt, but another digest. */
NODISCARD int approval_rivals(struct tx *tx, const char *key, const char *product,
    const char *track, const char *version, const char *digest, json_t **ret, struct err *err);
/** approval_rival_due - the first of those that are approved and not performed yet.  Errors: ENOENT_. */
NODISCARD int approval_rival_due(struct tx *tx, const char *key, const char *product,
    const char *track, const char *version, const char *digest, char ret_id[40], struct err *err);
/** approval_due, approval_overdue - ids to perform now; ids that wait past their expiry. At most @limit.
 * approval_awaiting - ids that are due but await content, behind the id @after or from "". */
NODISCARD int approval_due(struct tx *tx, unsigned limit, json_t **ret, struct err *err);
NODISCARD int approval_awaiting(struct tx *tx, const char *after, unsigned limit, json_t **ret, struct err *err);
NODISCARD int approval_overdue(struct tx *tx, time_us now, unsigned limit, json_t **ret, struct err *err);

/* A request that waits for approvals; borrowed by whom it is told to. */
struct request_end {
	const char	*id, *action, *requester;
	const char	*key, *class;		/* of the facts; NULL: of none */
	unsigned	 have, need;		/* approvals */
	time_us		 created, expires;
};
typedef int request_end_fn(void *ctx, const struct request_end *q, struct err *err);
/** approval_ending - what waits for approvals and expires next, after @from and before
 * @until, at most @most.  @ret_until: up to when none is left out; 0: to the last. */
NODISCARD int approval_ending(struct tx *tx, time_us from, time_us until, unsigned most,
    request_end_fn *fn, void *ctx, time_us *ret_until, struct err *err);

/* A window: constant but for used; counted. */
struct window {
	unsigned	 refs;			/* atomic */
	uint64_t	 used;			/* atomic; as far as this service knows */
	char		 id[40];
	char		 rule[66];
	struct sha256	 permit_hash;
	char		 permit_hex[SHA256_HEX];
	json_t		*permit;		/* PERMIT; owned */
	struct permit	*read;			/* the same, taken apart; owned */
	uint64_t	 uses;
	time_us		 from, until;
	time_us		 opened, closed;	/* closed: 0 while open */
	bool		 any_digest, open;
	char		*reason;		/* of its end, or NULL */
	const char	*product, *track;	/* in permit; or NULL */
	const json_t	*keys, *by, *digests;	/* in permit; digests NULL where none */
};
struct window *window_ref(struct window *w);
void window_free(struct window *w);
DEFINE_FREEP(window)
/** window_covers - may this principal sign this digest (hex) with this key (hash, and its name) now?
 * Errors: EDENIED with why, EEXPIRED, EUSED, EPROOF (approved under another name). */
NODISCARD int window_covers(const struct window *w, const char *key, const char *key_name,
    const char *principal, const char *digest, const char *product, const char *track, time_us now, struct err *err);
/** window_goes_on - is it open, with uses left?  Whether it has begun, or ended, is another matter. */
bool window_goes_on(const struct window *w);
/** window_follows - does @later go on for what @w is for, when that ends?  All its keys and users, its product and
 * track, any digest if @w takes any; digests that are listed are another release's. */
bool window_follows(const struct window *later, const struct window *w);
/** window_is_followed - by one of all these? */
bool window_is_followed(const struct window *w, struct window *const *all, size_t n);
/** window_has_key - is it for this key (its hash)? */
bool window_has_key(const struct window *w, const char *key);
/** window_used - so many so far, as far as this service knows. */
uint64_t window_used(const struct window *w);
NODISCARD int window_get(struct tx *tx, const char *id, struct window **ret, struct err *err);
/** window_open_ids - ids of windows that were not closed and end after @now. */
NODISCARD int window_open_ids(struct tx *tx, time_us now, json_t **ret, struct err *err);
NODISCARD int window_json(const struct window *w, json_t **ret, struct err *err);
NODISCARD int window_list(struct tx *tx, const char *state, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err);

/* Projections: called by state's apply functions only. */

struct opened {
	const json_t	*request;		/* REQUEST */
	const char	*rule, *rule_hash, *charter;
	const json_t	*requester_proof, *facts;	/* or NULL */
	unsigned	 need;
	time_us		 time;
	uint64_t	 seq;
};
NODISCARD int approval_open(struct tx *tx, const struct opened *o, struct err *err);
/** approval_add - one approval or rejection. Errors: ECONFLICT (closed, or given already). */
NODISCARD int approval_add(struct tx *tx, const char *id, const json_t *approval,
    const char *reason, time_us time, uint64_t seq, struct err *err);
/** approval_count - how many count now, and whether that was the last one needed. */
NODISCARD int approval_count(struct tx *tx, const char *id, unsigned have, bool due,
    time_us time, struct err *err);
/** approval_close - to a closed state. Errors: ECONFLICT unless open (done closes any). */
NODISCARD int approval_close(struct tx *tx, const char *id, enum request_state to,
    const char *reason, time_us time, uint64_t seq, struct err *err);
/** approval_done - the result of a request; one that was never stored is stored with it. */
NODISCARD int approval_done(struct tx *tx, const struct opened *o, struct err *err);
/** approval_begin - it is being performed by several events: one that was never stored is due from now on. */
NODISCARD int approval_begin(struct tx *tx, const struct opened *o, struct err *err);
/** approval_part - the next of these events, counted from 1. Errors: EEXISTS, ECONFLICT (not the next). */
NODISCARD int approval_part(struct tx *tx, const char *id, unsigned part, struct err *err);
/** approval_finish - the same of a stored one; *ret_changed 0: there is none that is not done. */
NODISCARD int approval_finish(struct tx *tx, const char *id, time_us time,
    uint64_t seq, int64_t *ret_changed, struct err *err);
/** approval_remember - @idempotency of this principal stands for a request; seq of
 * its result, or UINT64_MAX while there is none. */
NODISCARD int approval_remember(struct tx *tx, const char *principal, const char *idempotency,
    const char *id, uint64_t seq_or_max, time_us time, struct err *err);
/** approval_remember_late - the same where that was done before, and is told only now: what
 * it has come to stand for meanwhile stays, unless that ended without a result. */
NODISCARD int approval_remember_late(struct tx *tx, const char *principal, const char *idempotency,
    const char *id, uint64_t seq, time_us time, struct err *err);
NODISCARD int window_open(struct tx *tx, const char *id, const json_t *permit,
    const char *rule, time_us time, uint64_t seq, struct err *err);
/** window_close - one that is not open here, as after a restore, stays as it is: the
 * keeper has closed it, whatever this ledger knew of it. */
NODISCARD int window_close(struct tx *tx, const char *id, const char *reason,
    time_us time, uint64_t seq, struct err *err);

#endif
