/*
 * publish - what of authorities is published: revocation lists, OCSP answers,
 * their certificates.  A principal of the charter, the publisher, asks for
 * each signature by the way of every action.
 *
 * Floor 5, flow; included by its publish*.c, respond*.c, act_crl.c, act_ocsp.c.
 *
 * Threads:  the publisher's keeps the lists and the responders' certificates
 *           fresh; ANSWERERS sign what is not on the shelf; flow_public and
 *           flow_ocsp run on the listener's and never wait.
 * Locks:    publisher's -> shelf's; neither is held over a call outside.
 */
#ifndef FLOW_PUBLISH_H
#define FLOW_PUBLISH_H

#include <pthread.h>
#include "ca/issuer.h"
#include "flow/certify.h"
#include "shelf/shelf.h"
#include "state/state.h"

struct flow;
struct granted;

#define ANSWERERS	2u
#define QUESTIONS	1024u	/* that wait to be signed for */
#define ANSWERS_KEPT	262144u
#define ANSWERS_ANEW	256u	/* made anew in a second, unasked */

/* Who answers for one authority; constant once made. */
struct responder {
	char		 ca[CERT_NAME];
	uint32_t	 number;	/* of the CA, on the shelf */
	struct ocsp_issuer issuer;
	struct key	*key;		/* owned */
	unsigned char	 key_hash[OCSP_KEY_HASH];
	struct blob	 cert;		/* its certificate; empty: none yet */
	time_us		 not_before, not_after;
	bool		 active;	/* the CA: it can issue a new one */
	bool		 imported;	/* others may have issued certificates of it */
};
struct responders {
	atomic_uint	 refs;
	json_t		*retention;	/* profile: seconds */
	size_t		 n;
	struct responder r[];
};
void responders_free(struct responders *l);
DEFINE_FREEP(responders)

/* A permit for ocsp.sign in hand. */
struct leave {
	char		 key[SHA256_HEX];
	json_t		*document;	/* owned */
	struct sha256	 hash;
	time_us		 from, until;
	struct leave	*next;
};

/* An authority, and when to look at its lists again if nothing changes. */
struct published {
	struct cert_ca	*ca;		/* owned */
	time_us		 due;
};

/* One of an authority's lists. */
struct list_id {
	unsigned	 partition;
	bool		 delta;
};

/* What is served of one list. */
struct list_shown {
	struct number	 number;
	time_us		 this_update, next_update;	/* 0: nothing yet */
	size_t		 octets, entries;
	struct cert_untold untold;	/* of those that the next of it tells */
};
/* Of all lists of one CA. */
struct watched {
	struct watched	*next;
	char		 ca[CERT_NAME];
	time_us		 created, ends;		/* the CA */
	bool		 root, rests;		/* rests: its key signs nothing */
	char		 why[240];		/* some are untold */
	unsigned	 kinds, n;		/* kinds: 2 with deltas */
	struct list_shown list[];		/* by partition, the full one first */
};

struct question;
struct keeping;
/* Questions, as they came. */
struct questions {
	struct question	*first, **last;
	unsigned	 n;
};
struct publisher {
	struct flow	*flow;
	struct shelf	*shelf;
	struct page	*error[OCSP_UNAUTHORIZED + 1];	/* answers that say only this */

	pthread_mutex_t	 lock;		/* over all below */
	pthread_cond_t	 wake, more;	/* of the publisher; of the answerers */
	bool		 stop;
	bool		 poked;		/* there is something to do before the second is over */
	bool		 reload;	/* authorities or their keys changed */
	json_t		*woken;		/* hashes of keys that sign again */
	json_t		*marked;	/* CA: {since, serials: null for any}: not on a list yet */
	bool		 lost;		/* there was no memory to mark one: all are */
	struct responders *now;		/* or NULL */
	struct watched	*watched;	/* owned */
	struct leave	*leave;
	struct questions waited, unwaited;	/* somebody waits for those; the others come behind them */
	time_us		 answered;	/* clock_mono, when the keeper last signed answers */
	struct keeping	*keeping, **keeping_last;	/* owned: answers that go to the store next */
	unsigned	 keeping_n;
	atomic_ullong	 signed_n, kept_n, stored_n, refused_n;
	_Atomic(time_us) refused_at;	/* clock_mono, when leave to answer was */
	_Atomic(time_us) said_at;	/* clock_mono, when the log last had why not */

	/* The publisher's thread alone. */
	time_us		 anew_at;	/* clock_mono: since then anew_n answers were begun unasked */
	size_t		 anew_n;
	const char	*meant_ca;	/* NULL: none */
	struct list_id	 meant;
	struct published *ca;		/* owned */
	size_t		 ca_n;
	json_t		*wait;		/* CA: no responder's certificate before this time */
	time_us		 loaded;	/* clock_mono */
	time_us		 pruned;	/* clock_mono: kept answers that ended were dropped */
	char		 law[SHA256_HEX];
	pthread_t	 thread, answerer[ANSWERERS];
	bool		 running;
	unsigned	 answerer_n;
};

/** publisher_ask - as the publisher, by the way of every action. Errors: also
 * for a refusal, and EQUORUM for what waits for people. */
NODISCARD int publisher_ask(struct flow *f, const char *action,
    const char *subject, const json_t *body, const char *idempotency,
    struct err *err);
/** pause_after - what only lacks a dependency is tried again soon; a no is not. */
time_us pause_after(enum err_code c);
/** retention_of - profile: how many seconds after its end a revocation stays. */
NODISCARD int retention_of(const struct law *law, json_t **ret, struct err *err);

/* ---- what changed: publish_mark.c ---- */

/**
 * certs_changed - on the committing thread, before its caller can answer: from
 * now on nobody is told "good" who was not told so before.
 */
void certs_changed(void *publisher, enum event_kind kind, const char *ca,
    const json_t *serials);
/** marked_take - what of this CA changed and waited long enough: null, or
 * serial numbers. NULL: nothing; a new reference otherwise. */
json_t *marked_take(struct publisher *p, const char *ca);
/** woken_take - the hashes of keys that were activated or resumed since. */
json_t *woken_take(struct publisher *p);
/** mark_again - look once more after a pause, and then for whatever changed. */
void mark_again(struct publisher *p, const char *ca, time_us pause);

/* ---- authorities: publish_ca.c ---- */

/** cas_load - those that are new or were renewed, and all responders. */
NODISCARD int cas_load(struct flow *f, struct err *err);
void cas_free(struct publisher *p);

/* ---- its thread: publish_pass.c ---- */

void *publish_run(void *flow);

/* ---- lists: publish_due.c, publish_list.c ---- */

struct list_due {
	bool		 due;
	bool		 early;		/* a delta that has to wait for its base, or a second */
	uint64_t	 number;	/* that the next has */
	uint64_t	 base;		/* of a delta; 0: a full list */
	uint64_t	 entries;	/* that the last had */
	time_us		 since;		/* a delta tells what changed from then on */
	time_us		 last;		/* thisUpdate of the last full list; 0: none */
	time_us		 renew;		/* when it is due if nothing changes */
};
/** list_lists - how many full lists a CA has: one, where they have no URL. */
unsigned list_lists(const struct cert_ca *ca);
/** list_deltas - has it deltas to them? */
bool list_deltas(const struct cert_ca *ca);
/**
 * list_due - is a new one of this list due?
 *
 * @thorough  look also for changes since the last: by their time, which finds
 *            those of a few seconds before it again.
 */
NODISCARD int list_due(struct tx *tx, const struct flow_options *o,
    const struct cert_ca *ca, const struct list_id *id, time_us now,
    bool thorough, struct list_due *ret, struct err *err);
/** list_lifetime - from thisUpdate to nextUpdate. */
time_us list_lifetime(const struct flow_options *o, const struct cert_ca *ca,
    const struct list_id *id);
/** list_of_root - did this CA certify itself? */
bool list_of_root(const struct cert_ca *ca);
/** list_allowed - does the charter let its lists last so long? Errors: ERANGE_. */
NODISCARD int list_allowed(const struct flow_options *o,
    const struct charter *law, const char *ca, bool root, bool delta,
    struct err *err);
/** list_renewal - half of what the last list lives, or of what it would live
 * today where that is less. */
time_us list_renewal(time_us lifetime, const struct cert_crl *last);
/** list_meant - which list the publisher asks for with this grant.
 * false: the grant is somebody else's. */
bool list_meant(const struct granted *g, struct list_id *ret);
/** list_place - put a signed list on the shelf: @info has its number, times and
 * entries. Takes the contents of @der. */
NODISCARD int list_place(struct flow *f, const char *ca,
    const struct list_id *id, const struct crl_info *info, struct blob *der,
    struct err *err);
/** list_load - all that are kept in the store. */
NODISCARD int list_load(struct flow *f, const struct cert_ca *ca,
    struct err *err);
/**
 * list_pass - ask for what is due of one CA.
 *
 * @changed    array of serial numbers; NULL: any may have changed.
 * @ret_renew  when the first list is due if nothing changes.
 */
NODISCARD int list_pass(struct flow *f, const struct cert_ca *ca,
    const json_t *changed, time_us *ret_renew, struct err *err);

/* ---- what no list tells: publish_untold.c ---- */

/** untold_count - none of this CA's lists could be signed, and this is why:
 * how many wait for one. */
void untold_count(struct flow *f, const struct cert_ca *ca, bool rests,
    const char *why);

/* ---- how lists stand: publish_watch.c ---- */

/** watch_add - from now on over this CA's lists, if this service publishes.
 * Errors: ENOMEMORY. */
NODISCARD int watch_add(struct publisher *p, const struct cert_ca *ca,
    struct err *err);
/** watch_renewed - it ends at another time now. */
void watch_renewed(struct publisher *p, const struct cert_ca *ca);
/** watch_note - this is served now. */
void watch_note(struct publisher *p, const char *ca, const struct list_id *id,
    const struct crl_info *info, size_t octets);
/** watch_untold - so many of each of its partitions no list tells yet, and why;
 * NULL: it is all told.  @return how many more than before. */
uint64_t watch_untold(struct publisher *p, const char *ca,
    const struct cert_untold *of, bool rests, const char *why);
void watch_free(struct publisher *p);
/** watch_metrics - append, of each CA: earliest nextUpdate, highest number, late
 * lists, and how many certificates' changes none tells yet. */
NODISCARD int watch_metrics(struct publisher *p, struct blob *ret,
    struct err *err);

/* ---- responders: respond.c, respond_ask.c, respond_sign.c, respond_keep.c ---- */

/** responders_load - from the store, and in force from now on. */
NODISCARD int responders_load(struct flow *f, const struct law *law,
    const json_t *cas, struct err *err);
/** responders_now - a reference, or NULL. */
struct responders *responders_now(struct publisher *p);
/** responder_refuse - that key signs OCSP answers, and becomes no authority's: the
 * keeper would say so when all had agreed. Errors: ECONFLICT. */
NODISCARD int responder_refuse(struct publisher *p, const struct key *key,
    struct err *err);
/** responder_renew - ask for a responder's certificate. */
NODISCARD int responder_renew(struct flow *f, const struct responder *r,
    struct err *err);
/** leave_keep - what ocsp.sign was granted. */
NODISCARD int leave_keep(const struct granted *g, struct err *err);
void leaves_drop(struct publisher *p);
/** answer_enqueue - have it made.
 * @key       its name on the shelf; NULL: it is not kept.
 * @answered  NULL: nobody waits for it.
 * @return    NULL: it is on the queue; else the answer tryLater. */
struct page *answer_enqueue(struct publisher *p, const void *octets, size_t n,
    struct responders *list, const unsigned char *key,
    flow_answered *answered, void *ctx);
/** answers_renew - have made anew, as far as the queue has room, what ends soon. */
void answers_renew(struct publisher *p);
/** answers_write - those that were signed since the last time, to the store. */
void answers_write(struct flow *f);
/** answers_resume - what was asked for before this start, to be made anew before
 * it ends; what cannot be read, is of no responder's authority, or lasts longer
 * than an answer of now is forgotten. */
void answers_resume(struct flow *f);
/** answers_unwritten - forget them. */
void answers_unwritten(struct publisher *p);
/** answerers_start, answerers_end - their threads; who waits is told to try later. */
NODISCARD int answerers_start(struct publisher *p, struct err *err);
void answerers_end(struct publisher *p);

#endif
