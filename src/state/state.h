/*
 * state - the only writer: events to the ledger and, in the same
 * transaction, to the tables that are projections of it.
 *
 * Floor 4.  Sees the nouns of floor 3, ledger, policy, ca, wire, store, base.
 * Threads:  share one struct state.
 * Locks:    state's caches -> nothing; never held over a store call.
 */
#ifndef STATE_STATE_H
#define STATE_STATE_H

#include "approval/approval.h"
#include "cert/cert.h"
#include "key/key.h"
#include "key/use.h"
#include "people/people.h"
#include "product/product.h"
#include "state/event.h"

struct charter;
struct facts;
struct ledger;
struct state;
struct store;
struct tx;

/* The charter in force; constant, counted. */
struct law {
	unsigned	 refs;			/* atomic */
	struct charter	*charter;
	struct sha256	 hash;
	char		 hex[SHA256_HEX];
	struct profile	**profiles;
	size_t		 profile_n;
};
void law_free(struct law *l);
DEFINE_FREEP(law)
/** law_profile - of certificates, by name; lives as long as the law. NULL: there is none. */
const struct profile *law_profile(const struct law *l, const char *name);

/* What the house is; constant once founded. */
struct house {
	unsigned	 refs;			/* atomic */
	char		 id[40];
	struct sha256	 fingerprint;
	char		 fingerprint_hex[SHA256_HEX];
	json_t		*genesis;
};
void house_free(struct house *h);
DEFINE_FREEP(house)

/** state_open - borrow store and ledger (their migrations done), load what is cached. */
NODISCARD int state_open(struct store *store, struct ledger *ledger,
    struct state **ret, struct err *err);
/** state_versions - once for each database: the highest versions made again from the
 * ledger, as an earlier service left out those that windows let through. Writes. */
NODISCARD int state_versions(struct state *s, struct err *err);
void state_free(struct state *s);
DEFINE_FREEP(state)

/* ---- writing ---- */

struct receipt {
	uint64_t	 seq;
	time_us		 time;
};

/**
 * state_commit - make @n events happen, all or none, and durable.
 *
 * Time and seq are given inside the transaction; concurrent callers share one
 * commit.  Afterwards the caches are true again and the listener is called.
 *
 * @ret    @n receipts, or NULL.
 * Errors: ECONFLICT, EEXISTS, ENOENT_ (the events do not fit the present
 *         state), ELEDGER, ESTORE (nothing was recorded: do not answer).
 */
NODISCARD int state_commit(struct state *s, const struct event *events, size_t n,
    struct receipt *ret, struct err *err);

/**
 * state_commit_later - the same for one key.signed or cert.issued, and the caller goes on meanwhile.
 *
 * @event  with all that it points to is borrowed until @fn was called.
 * @fn     is called once, with what state_commit would have returned, on the
 *         committing thread: it must neither wait nor read or write the state.
 *         Not called where this fails.
 */
typedef void state_committed(void *ctx, int rc, const struct receipt *r, const struct err *why);
NODISCARD int state_commit_later(struct state *s, const struct event *event,
    state_committed *fn, void *ctx, struct err *err);

/** state_listen - @fn is told of each request that changed, after its commit, on the committing thread. Set once, before use. */
typedef void state_changed(void *ctx, const char *request, enum request_state now);
void state_listen(struct state *s, state_changed *fn, void *ctx);
/**
 * state_listen_certs - @fn is told of each event of an authority, a certificate
 * or a key, after its commit and before the committer goes on, on the
 * committing thread: it must not wait.  Set once, before use.
 *
 * @ca       its name; a key's hash.
 * @serials  array of those whose state changed; NULL: it may be any.
 */
typedef void state_certs_changed(void *ctx, enum event_kind kind, const char *ca, const json_t *serials);
void state_listen_certs(struct state *s, state_certs_changed *fn, void *ctx);

/**
 * state_position - where to ask the keeper's journal from: every entry up to
 * *ret_whole has its event.
 */
NODISCARD int state_position(struct state *s, uint64_t *ret_whole, struct err *err);
/**
 * state_recover - turn journal entries without events into their ordinary
 * events ("recovered":true) and commit them.
 *
 * @entries  array of entries as the keeper's tail answers them.
 * @ret      how many were committed; what needs no event (intents and failures)
 *           is noted, and not counted.
 */
NODISCARD int state_recover(struct state *s, const json_t *entries, size_t *ret,
    struct err *err);

/* ---- reading ---- */

/** state_read - run @fn in a reader's transaction. */
NODISCARD int state_read(struct state *s,
    int (*fn)(struct tx *tx, void *ctx, struct err *err), void *ctx, struct err *err);

/** state_law - the charter in force (law_free). Errors: EGENESIS. */
NODISCARD int state_law(struct state *s, struct law **ret, struct err *err);
/** state_law_of - a charter of the chain by hash. Errors: ENOENT_. */
NODISCARD int state_law_of(struct state *s, const char *hash, struct law **ret, struct err *err);
/** state_house - Errors: EGENESIS. */
NODISCARD int state_house(struct state *s, struct house **ret, struct err *err);
/** state_genesis_signatures - [{officer, credential, signature}] so far. */
NODISCARD int state_genesis_signatures(struct tx *tx, json_t **ret, struct err *err);
/* When it was shown last that the house can be restored. */
struct restored {
	time_us		 founded, restored, drilled;	/* 0: never */
	char		 principal[66], request[40];	/* of the newest drill, which is their word */
};
/** state_restored - Errors: EGENESIS. */
NODISCARD int state_restored(struct tx *tx, struct restored *ret, struct err *err);
/** state_charters - the chain, oldest first: [{hash, previous, seq, time, request?, charter?}]; documents only when asked. */
NODISCARD int state_charters(struct tx *tx, bool documents, json_t **ret, struct err *err);
/** state_founded_by - was there a house at @t? Errors: ERANGE_ (with the day of its founding), EGENESIS (nor is there now). */
NODISCARD int state_founded_by(struct tx *tx, time_us t, struct err *err);
/** state_key - by name or hash, from memory (key_free). Errors: ENOKEY. */
NODISCARD int state_key(struct state *s, const char *name_or_hash, struct key **ret, struct err *err);
/** state_people - the house's people, for identification. Borrowed. */
struct people *state_people(struct state *s);
/** state_window - the open window that covers this use (window_free). Errors: ENOENT_ when none does. */
NODISCARD int state_window(struct state *s, const struct key *key, const char *principal,
    const char *digest, const char *product, const char *track, time_us now,
    struct window **ret, struct err *err);
/** state_window_named - a window by id, from memory if it is open, so that no use of
 * it is counted in the tables (window_free). Errors: ENOENT_. */
NODISCARD int state_window_named(struct state *s, const char *id, struct window **ret, struct err *err);
/* Windows that are open; some have ended meanwhile. */
#define STATE_WINDOWS	1000	/* as far as memory goes */
struct windows {
	struct window	*window[STATE_WINDOWS];	/* counted */
	size_t		 n;	/* STATE_WINDOWS: there may be more */
	uint64_t	 next;	/* of those that were read: the ledger's next seq then */
};
void windows_free(struct windows *w);
DEFINE_FREEP(windows)
/** state_windows - all that memory has, with their uses as far as this service knows. */
NODISCARD int state_windows(struct state *s, struct windows **ret, struct err *err);
/** state_window_get - a window by id, open or not (window_free). Errors: ENOENT_. */
NODISCARD int state_window_get(struct state *s, const char *id, struct window **ret, struct err *err);

/**
 * state_facts - everything a rule can look at for this action, each with its
 * provenance: key.* and counts replayed, principal.* proven by the credential's
 * check (asserted by the service to others), artifact.* and claim.* asserted.
 *
 * @action      "key.sign" ...
 * @key         or NULL.
 * @parameters  of the REQUEST; borrowed.
 * @now         for time.* and the counts' period.
 */
NODISCARD int state_facts(struct state *s, const char *action, const struct caller *who,
    const struct key *key, const json_t *parameters, const struct law *law, time_us now,
    struct facts **ret, struct err *err);

/** state_certificate - append the certificate that a keeper's certify entry made. Errors: ESCHEMA, EINPUT. */
NODISCARD int state_certificate(const json_t *entry, struct blob *ret, struct err *err);
/* A certificate's entry, its request's parameters, the event's number; borrowed. */
struct issued {
	const json_t	*entry, *parameters;
	const char	*ca, *request;
	uint64_t	 seq;
	struct span	 der;		/* of state_certificate */
};
/** state_issued - what goes into the tables of it: borrowed from @i. Errors: EINPUT. */
NODISCARD int state_issued(const struct issued *i, struct cert_made *ret, struct err *err);
/** state_counts - for status and metrics: {events, keys:{STATE:n}, requests:{STATE:n}, windows, uses, credentials, denials, charter, halted?...}. */
NODISCARD int state_counts(struct state *s, json_t **ret, struct err *err);

/* ---- projections, for replay (src/audit) ---- */

/* Charters of the chain by hash, as far as they were needed; shared by threads. */
struct laws;
NODISCARD int laws_new(struct laws **ret, struct err *err);
void laws_free(struct laws *l);
DEFINE_FREEP(laws)
/** state_apply - the one apply of this event's kind. Within a write transaction. */
NODISCARD int state_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err);

/* One row per projected table: name, columns it is ordered by. */
struct state_table { const char *name, *order; };
extern const struct state_table state_tables[];
extern const size_t state_tables_n;
/* Tables that replay leaves out, each with why. */
struct state_left_out { const char *name, *why; };
extern const struct state_left_out state_left_out[];
extern const size_t state_left_out_n;

#endif
