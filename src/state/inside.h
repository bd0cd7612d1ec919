/*
 * inside - what the files of src/state share.  Private to it.
 */
#ifndef STATE_INSIDE_H
#define STATE_INSIDE_H

#include <pthread.h>
#include "ledger/ledger.h"
#include "state/state.h"
#include "store/store.h"

#define STATE_BUCKETS	4096	/* of each index of keys; a power of two */

/* A charter by hash, from memory or the table. Errors: ENOENT_, ECHARTER. */
NODISCARD int laws_get(struct laws *l, struct tx *tx, const char *hash,
    struct law **ret, struct err *err);
/* The newest charter of the chain. Errors: EGENESIS. */
NODISCARD int laws_newest(struct laws *l, struct tx *tx, struct law **ret,
    struct err *err);
struct law *law_ref(struct law *l);
struct house *house_ref(struct house *h);

struct key_slot {
	struct key	*key;		/* one reference */
	struct key_slot	*next;
};

struct state {
	struct store	*store;		/* borrowed */
	struct ledger	*ledger;	/* borrowed; unused */
	struct people	*people;
	struct laws	*laws;
	state_changed	*changed;	/* or NULL */
	void		*changed_ctx;
	state_certs_changed *certs;	/* or NULL */
	void		*certs_ctx;
	time_us		 last;		/* atomic: time of the newest event */

	pthread_rwlock_t lock;		/* over all below */
	struct house	*house;		/* NULL: not founded */
	struct law	*law;		/* in force; NULL: not founded */
	uint64_t	 generation;	/* of keys: counts invalidations */
	struct key_slot	*by_name[STATE_BUCKETS];
	struct key_slot	*by_hash[STATE_BUCKETS];
	struct window	*window[STATE_WINDOWS];
	size_t		 window_n;

	pthread_mutex_t	 counting;	/* over window[].used; taken before lock */
	uint64_t	 counted;	/* uses of events before this are in it */
};

/* Caches, called after commits. */
NODISCARD int state_load_house(struct state *s, struct err *err);
NODISCARD int state_load_windows(struct state *s, struct err *err);
void state_drop_keys(struct state *s);
void state_count_use(struct state *s, const char *request, uint64_t seq);

/* What an event is before its place is known: octets around seq and time. */
struct leaf_made {
	struct blob	 leaf;		/* as far as seq, head octets; or the whole */
	size_t		 head;
	struct blob	 tail;		/* from behind seq to before time */
	struct sha256	 entry_hash;
};
NODISCARD int event_make(const struct event *e, struct leaf_made *ret, struct err *err);
void leaf_made_done(struct leaf_made *m);
/* Make its leaf whole: canonical octets of the event; anew, where it was. */
NODISCARD int event_leaf(struct leaf_made *m, uint64_t seq, time_us time, struct err *err);

/* One function per kind. */
#define E(name, fn, word, entry, words) \
	NODISCARD int fn##_apply(struct tx *tx, struct laws *laws, \
	    const struct applied *a, struct err *err);
EVENTS(E)
#undef E

/* The version that a signature is of, where its key's are remembered. */
NODISCARD int signed_version_apply(struct tx *tx, struct laws *laws,
    const struct applied *a, struct err *err);
/* The journal's part of an event: a row of entry. */
NODISCARD int entry_apply(struct tx *tx, const struct applied *a, struct err *err);
/* The result of the request that an event names: done, and stored if it was not. */
NODISCARD int result_apply(struct tx *tx, const struct applied *a, struct err *err);
/* The same for a result that comes by several events, in their order: done with the last. */
NODISCARD int part_apply(struct tx *tx, const struct applied *a, unsigned part,
    unsigned parts, struct err *err);
/* The REQUEST that a result carries, or NULL. Borrowed. */
const json_t *carried_request(const struct applied *a);
/* The parameters of the request that an event carries out. */
struct asked_for {
	struct asked	*asked;		/* owned (asked_free); NULL: the event carries it */
	const json_t	*p;		/* borrowed from it or the event */
};
NODISCARD int asked_parameters(struct tx *tx, const struct applied *a,
    struct asked_for *ret, struct err *err);
/* Id of the request that an event names ("" none). Borrowed. */
const char *named_request(const struct applied *a);
void effect_set(const struct applied *a, const char *request, enum request_state now);
/* A rule of any class or of access by its hash, or NULL. */
struct rule;
const struct rule *law_rule(const struct law *l, const char *hash);

#endif
