/*
 * inside - what the files of this folder share.
 *
 * Floor 5, flow; included here only.
 *
 * The stages of an action: each needs the one before it, so that a wrong
 * order does not compile.
 */
#ifndef FLOW_INSIDE_H
#define FLOW_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include "base/json.h"
#include "base/secret.h"
#include "ca/number.h"
#include "flow/flow.h"
#include "keyring/keyring.h"
#include "policy/action.h"
#include "policy/charter.h"
#include "policy/decide.h"
#include "policy/permit.h"
#include "policy/quorum.h"
#include "state/record.h"
#include "state/state.h"

struct batch;
struct errands;
struct publisher;
struct notifier;
struct warner;
struct est_labels;
struct known;
struct lineage;
struct lineages;

/* How far the ledger lags behind the journal. */
struct lag {
	uint64_t	 whole;		/* the ledger has every entry up to this */
	uint64_t	 upto;		/* the journal's last entry when that was seen first */
	time_us		 since;		/* when, by clock_mono; 0: it lacked none */
	enum err_code	 told;		/* why the last look failed */
};

struct flow {
	struct state		*state;
	struct store		*store;
	struct keyring		*keyring;
	struct flow_options	 o;
	struct est_labels	*est;		/* constant */
	struct known		*known;		/* keys that must not be certified */
	struct lineages		*lineages;	/* authorities that issue, as they were read */
	char			*folder;	/* of the setup token: founding.json lies beside it */

	pthread_mutex_t		 lock;		/* over all below */
	struct secret		*setup;		/* NULL once founded */
	struct secret		*run;		/* of this run: new tokens are derived from it */
	json_t			*genesis;	/* {"genesis","fingerprint","signatures"} or NULL */
	char			*checkpoint;	/* newest note, or NULL */
	uint64_t		 checkpoint_size;
	json_t			*hello;		/* the keeper's last, or NULL */
	time_us			 hello_at;	/* when it came */
	bool			 hello_asked;	/* somebody's status asks for one now */
	struct err		 keeper_err;	/* why the last welcome failed; OK: it did not */
	json_t			*strays;	/* {strays, absent}: objects of the token that are no keys of ours, and keys that it holds no more; NULL: not looked for */
	time_us			 strays_at;	/* when, by clock_mono; 0: never */
	bool			 strays_wanted;
	json_t			*busy;		/* ids of due requests in somebody's hands */
	json_t			*begun;		/* ids of those that due_begin has performed */
	json_t			*hindered;	/* id of one that is due: why it could not be performed last */
	json_t			*pending;	/* "principal key": REQUEST, see pending.c */
	json_t			*asking;	/* "principal key": what is under way under it, hashed */

	struct errands		*errands;	/* NULL until it is started */
	struct publisher	*publisher;
	struct notifier		*notifier;	/* NULL: nobody is told */
	struct warner		*warner;

	/* The thread that shows the ledger to the keeper. */
	struct batch		*batch;		/* that thread's */
	pthread_t		 shower;
	bool			 showing;	/* it was started */
	pthread_cond_t		 show_now, shown_now;
	bool			 stop, want;
	uint64_t		 shown;		/* size that the keeper has seen */
	bool			 shown_known;
	struct lag		 lag;		/* that thread's */
	atomic_uint		 uses;		/* since the last show */
	atomic_ullong		 signed_n, denied_n;

	atomic_bool		 sweeping;	/* somebody looks for what is due */
	/* Whose alone is: */
	struct sha256		 swept;		/* the charter under which all that waits was looked at */
	char			 awaiting[ID_TEXT];	/* how far the sweep has looked at what awaits content */
};

/* ---- the stages ---- */

struct deed;
struct going;

/* 1: who asks for what, under which law. */
struct begun {
	struct flow		*flow;
	const struct ask	*ask;
	const struct deed	*deed;
	enum action		 action;
	struct law		*law;		/* owned */
	struct house		*house;		/* owned */
	time_us			 now;
	char			 id[ID_TEXT];	/* that its request has or will have */
	time_us			 created;
};
/* 2: exactly what: the parameters that are hashed. */
struct drawn {
	const struct begun	*begun;
	json_t			*parameters;	/* owned */
	struct key		*key;		/* owned, or NULL */
	json_t			*proposal;	/* owned: a charter's document, a certificate's request; or NULL */
	json_t			*extra;		/* owned: members for the asker alone (a new token), or NULL */
	json_t			*known;		/* owned: the answer, where nothing need be done for it, or NULL */
	bool			 vain;		/* no rule lets this asker: drawn as far as that shows */
	bool			 idle;		/* it would change nothing: people are not asked for it */
	bool		 anew;		/* done, the same may be asked again: others may have said otherwise since */
};
/* 3: all that a rule may look at. */
struct seen {
	const struct drawn	*drawn;
	struct facts		*facts;		/* owned */
};
/* 4: what the charter says. */
struct decided {
	const struct seen	*seen;
	struct decision		 decision;
};
/* 5: the REQUEST that was fixed. */
struct requested {
	const struct decided	*decided;
	json_t			*request;	/* owned: REQUEST */
	json_t			*proof;		/* owned: the requester's APPROVAL, or NULL */
	const char		*id;
};
/* What performing needs, whether it comes from stage 5 or was approved. */
struct granted {
	struct flow		*flow;
	const struct deed	*deed;
	const char		*requester;
	const char		*request_id;
	const json_t		*request;	/* REQUEST */
	const json_t		*parameters;	/* of it */
	const json_t		*permit;	/* PERMIT */
	struct sha256		 permit_hash;
	const char		*principal;	/* who uses it now */
	const json_t		*use;		/* a window's use: digest, product ...; NULL: parameters */
	const char		*key;		/* hash, or "" */
	const struct key	*held;		/* the same, or NULL: not read yet */
	const json_t		*facts;		/* to be recorded, or NULL */
	const json_t		*content;	/* ed25519: base64, or NULL */
	const json_t		*proposal;
	const char		*rule, *rule_hash;
	const char		*idempotency;	/* "" where none */
	bool			 was_open;	/* it waited: a request.opened tells of it */
};

struct making;
/* Of a deed that is one entry of a key's: its steps, between which no thread
 * need wait; of others lapsed() alone.  All that is not operation() may run on a thread that must not. */
struct steps {
	/* what the keeper is asked for; @m->known instead, where nothing is left to do */
	int		(*operation)(struct making *m, json_t **ret, struct err *err);
	/* the event of the entry that came; @ret_data is owned, and all in @ret
	 * borrowed from it and @m */
	int		(*event)(const struct making *m, const char *idempotency, json_t **ret_data, struct event *ret, struct err *err);
	/* what is answered, once it is durable; may wait, but if @quick only where
	 * the event came another way */
	int		(*answer)(const struct making *m, json_t **ret, struct err *err);
	bool		quick;
	/* has ended what a done request got?  @ret_room: then the same asking may
	 * get another; else ECONFLICT says why not.  NULL: it never ends */
	int		(*lapsed)(const struct drawn *d, const struct asked *a, bool *ret_room, struct err *err);
};

/* What an action is made of; one row each: deed.c. */
struct deed {
	const char	*action;
	/* body into parameters; Errors: input only */
	int		(*draw)(const struct begun *b, struct drawn *ret, struct err *err);
	/* what is refused although policy may allow it; code OK: nothing.
	 * @rule NULL: under a window */
	int		(*fit)(const struct drawn *d, const struct rule *rule, struct err *err);
	/* do it, commit it, say what is answered; make, where there are steps */
	int		(*perform)(const struct granted *g, json_t **ret, struct err *err);
	/* what is answered to whoever asks again once it is done */
	int		(*result)(struct flow *f, const struct asked *a, json_t **ret, struct err *err);
	const struct steps *steps;	/* or NULL */
};
/* The event of what was granted, but for its data, which are owned: of what can be
 * done together with others of its kind. */
typedef int deed_tell(const struct granted *g, json_t **ret_data, struct event *ret, struct err *err);
deed_tell cert_import_tell, device_import_tell, install_report_tell;
/** deed_teller - NULL for a deed that is done alone. */
deed_tell *deed_teller(const struct deed *d);
/** deed_find - NULL for an action that is not asked for here. */
const struct deed *deed_find(const char *action);

/* ---- shared steps ---- */

/** decide - facts and decision for a drawn action by somebody. */
NODISCARD int see(const struct drawn *d, struct seen *ret, struct err *err);
void drawn_done(struct drawn *d);
/** may_ever - is there a rule by which this asker might do it to a @class? */
bool may_ever(const struct begun *b, const char *class);
/** asks_in_vain - is there no rule at all by which they might do it?  Then @ret is
 * set to the refusal, recorded; else it is left.  Takes @key and @parameters. */
NODISCARD int asks_in_vain(struct flow *f, const struct ask *ask, struct key *key, json_t *parameters, struct answer *ret, struct err *err);
/** request_prepare, request_open - what may become of a fixed request: it is handed back
 * to be signed, or waits for approvals; or else is granted, and done. */
NODISCARD int request_prepare(const struct requested *q, struct answer *ret, struct err *err);
NODISCARD int request_open(const struct requested *q, struct answer *ret, struct err *err);
/** window_find - the open window that covers this use: the one that was named, or any;
 * NULL where none is named and none does; owned.  Errors: of the one that was named,
 * ENOENT_ or those of window_covers. */
NODISCARD int window_find(const struct drawn *w, struct window **ret, struct err *err);
/** window_named - the id of the window that the asker named, or NULL. */
const char *window_named(const struct ask *a);
/** refuse_why - the problem that a decision amounts to. */
enum err_code refuse_why(const struct decision *d, char detail[240]);
/** remembered - what the same Idempotency-Key was answered, as things stand now. */
NODISCARD int remembered(const struct drawn *d, struct answer *ret, bool *ret_known, struct err *err);
/** asked_put - into @parameters, which have no more than was not known: the SHA-256 of
 * the whole body, by which the same asking is found ("asked"). */
NODISCARD int asked_put(const struct begun *b, json_t *parameters, struct err *err);
/** resumed - what a resumed request is answered, where the journal has brought its event meanwhile. */
NODISCARD int resumed(const struct drawn *d, struct answer *ret, bool *ret_known, struct err *err);
/** request_expire - the event that ends it unperformed. */
NODISCARD int request_expire(struct flow *f, const char *id, const char *why, struct err *err);
/**
 * amended_end - end a request that waits, or is due and not begun, where an
 * amendment has changed its rule: what was signed names the one before, so
 * nobody can approve it any more.  @ret: it has ended, by this or before.
 */
NODISCARD int amended_end(struct flow *f, const char *id, bool *ret, struct err *err);
/** amended_sweep - the same for all of them, once for each charter; the tick's. */
void amended_sweep(struct flow *f);
/** answer_asked - what the asker of a stored request is answered now. */
NODISCARD int answer_asked(struct flow *f, const struct asked *a, struct answer *ret, struct err *err);
/** denial_record - the event of a refusal, durable before this returns. */
struct denial {
	const char	*actor, *action, *subject, *idempotency;
	const char	*request, *reason;	/* of an approved one, which it ends; or NULL */
	const json_t	*parameters;
	const struct rule *rule;
	const json_t	*facts, *explanation;
};
NODISCARD int denial_record(struct flow *f, const struct denial *d, struct err *err);

/** seal_make - what a prepared request must come back with, hexadecimal. */
NODISCARD int seal_make(const struct drawn *d, char ret[SHA256_HEX], struct err *err);
/** seal_check - is the request that was handed in the one prepared for this
 * asker, and new?  Errors: EDENIED, ECONFLICT. */
NODISCARD int seal_check(const struct drawn *d, struct err *err);
/**
 * asking_take - its Idempotency-Key into the hands of @g, until asking_let_go: nobody
 * else asks under it meanwhile, and nobody waits for it.  One service's askers only.
 * Errors: EBUSY_ (the same is being asked under it), ECONFLICT (something else is).
 */
NODISCARD int asking_take(struct going *g, struct err *err);
/** asking_let_go - where it was taken. */
void asking_let_go(struct going *g);
/** asked_keeps - does its Idempotency-Key come to stand for something? */
bool asked_keeps(const struct ask *a);
/** asked_mark - what of this counts where it is asked again, hashed. */
NODISCARD int asked_mark(const struct drawn *d, char ret[SHA256_HEX], struct err *err);
/** pending_resume - the id and time of the request that the same asking had; false: it had none. */
bool pending_resume(struct begun *b, const struct drawn *w);
NODISCARD int pending_put(const struct begun *b, json_t *request, struct err *err);
void pending_drop(const struct begun *b);
/** entry_commit - one event that carries an entry; 0 also where it has been recovered
 * already (seq UINT64_MAX then). */
NODISCARD int entry_commit(struct flow *f, const struct event *e, struct receipt *ret, struct err *err);

/** grant_perform - at most one at a time for each request. Errors: EBUSY_ (in other hands). */
NODISCARD int due_perform(struct flow *f, const char *request, struct err *err);
/** due_begin - the same, on a thread of its own; options' changed is told when that is
 * over, whatever came of it. Errors: EBUSY_ (too many wait). */
NODISCARD int due_begin(struct flow *f, const char *request, struct err *err);
/** due_is_begun - by due_begin, and is not over yet? */
bool due_is_begun(struct flow *f, const char *request);
/** due_bring - the same, by its asker, with the content that its key signs itself. */
NODISCARD int due_bring(struct flow *f, const char *request, const json_t *content, struct err *err);
/** due_awaits - approved, does it lack what only its asker has? */
NODISCARD int due_awaits(struct flow *f, const struct asked *a, bool *ret, struct err *err);
/** due_hindered - "reason" of @view: why what is due could not be performed when
 * it was tried last; left out where it was not tried, or is done. */
NODISCARD int due_hindered(struct flow *f, const struct asked *a, json_t *view,
    struct err *err);
/** due_is_final - can what is due never succeed after this?  It is ended then; what only
 * lacks a dependency stays due.  @parts of it are done. */
bool due_is_final(unsigned parts, enum err_code c);
/** due_sweep - have performed what is due, and expired what is overdue, unless
 * somebody is at it. */
void due_sweep(struct flow *f);
/** errand_put - have it run on a thread of its own, behind others; @run may wait for
 * the keeper. Errors: EBUSY_ (too many wait). */
typedef void errand_run(void *ctx);
NODISCARD int errand_put(struct flow *f, errand_run *run, void *ctx, struct err *err);
/** errands_start, _stop - their threads; what was put is run before they end. */
NODISCARD int errands_start(struct flow *f, struct err *err);
void errands_stop(struct flow *f);
void errands_free(struct errands *e);

/** view_build - a request as callers see it. */
NODISCARD int view_build(struct flow *f, const char *request, json_t **ret, struct err *err);
/** asked_read - a stored request. Errors: ENOENT_. */
NODISCARD int asked_read(struct flow *f, const char *request, struct asked **ret, struct err *err);
/** votes_read - quorum's ask for a stored request under the present law. */
struct ballot {
	struct law	*law;
	struct house	*house;
	struct request	*request;
	struct approval	*given[PERMIT_APPROVALS];
	size_t		 n;
	struct sha256	*earlier;	/* owned */
	size_t		 earlier_n;
	const struct rule *rule;	/* of the law; NULL: denied now */
	bool		 amended;	/* the rule that it was opened under is in the law no more */
	struct decision	 decision;
	struct facts	*facts;
	struct key	*key;
};
NODISCARD int ballot_open(struct flow *f, const struct asked *a, struct ballot *ret, struct err *err);
void ballot_ask(const struct ballot *b, time_us now, struct quorum_ask *ret);
void ballot_done(struct ballot *b);

/** operation_named - with the Idempotency-Key it was asked for under: where its event is
 * lost, the journal knows it still. */
NODISCARD int operation_named(const struct granted *g, json_t *operation, struct err *err);
/** keeper_use - have the keeper do it under the permit; steals @operation. */
NODISCARD int keeper_use(const struct granted *g, json_t *operation, json_t **ret_entry, struct err *err);
/** keeper_event - the event of what it did, with its entry; where it cannot be
 * committed now, the journal's tail brings it again. */
NODISCARD int keeper_event(const struct granted *g, enum event_kind kind, const char *subject, const json_t *entry, struct receipt *ret, struct err *err);
/** strays_want - look for them again soon; under the lock. */
void strays_want(struct flow *f);
/** strays_look - on the thread that shows: ask the keeper, if it is wanted. */
void strays_look(struct flow *f);
/** strays_ask - ask the keeper now. Errors: EKEEPER, ETOKEN. */
NODISCARD int strays_ask(struct flow *f, json_t **ret, struct err *err);
/** strays_told - {strays, absent} of the last look, new; NULL: there was none. */
json_t *strays_told(struct flow *f);
/** strays_set - "strays" and "absent" of the status, once they were looked for. */
NODISCARD int strays_set(struct flow *f, json_t *status, struct err *err);
/** keeper_used - one more use that the keeper awaits to be shown. */
void keeper_used(struct flow *f);
/** publisher_new - the shelf, and what is on it from the start; publisher_start, _stop: its threads. */
NODISCARD int publisher_new(struct flow *f, struct err *err);
void publisher_free(struct publisher *p);
NODISCARD int publisher_start(struct flow *f, struct err *err);
void publisher_stop(struct flow *f);
/** publisher_metrics - append lines of the Prometheus text form. */
NODISCARD int publisher_metrics(struct publisher *p, struct blob *ret, struct err *err);
/** notifier_new - who is to be told, from the options: nobody where none are named.
 * Errors: those of contacts_read and post_mail_check. */
NODISCARD int notifier_new(struct flow *f, struct err *err);
void notifier_free(struct notifier *n);
NODISCARD int notifier_start(struct flow *f, struct err *err);
void notifier_stop(struct flow *f);
/** notify_changed - a request came to wait, or went on; from any thread. */
void notify_changed(struct flow *f, const char *request, bool waiting);
/** notify_unheard - why nothing that is told reaches anybody; NULL: somebody hears. */
NODISCARD int notify_unheard(struct flow *f, const char **ret, struct err *err);
/** notify_status - {queued, failing, failed, oldest?, why?, unreachable}, the last
 * of officers without a contact; null where nobody is told. */
NODISCARD int notify_status(struct flow *f, json_t **ret, struct err *err);
/** notify_metrics - append lines of the Prometheus text form. */
NODISCARD int notify_metrics(struct flow *f, struct blob *ret, struct err *err);
/** warner_new, warner_start, _stop - who looks for what runs out. */
NODISCARD int warner_new(struct flow *f, struct err *err);
void warner_free(struct warner *w);
NODISCARD int warner_start(struct flow *f, struct err *err);
void warner_stop(struct flow *f);
/** warn_status - {open, acknowledged} of all alerts. */
NODISCARD int warn_status(struct flow *f, json_t **ret, struct err *err);
/** warn_metrics - append lines of the Prometheus text form. */
NODISCARD int warn_metrics(struct flow *f, struct blob *ret, struct err *err);
/** watch_status - {lists, late, next_update?, warning?} of all that is published,
 * under this charter. */
NODISCARD int watch_status(struct publisher *p, const struct charter *law,
    json_t **ret, struct err *err);
/** watch_late - of each CA with lists that are late: [{ca, lists, late, next_update?, warning}]. */
NODISCARD int watch_late(struct publisher *p, json_t **ret, struct err *err);
/** keeper_standing - do the keeper and its token answer?  Asked, not remembered.
 * @wait: as in keyring_whole. @ret_hello  owned. Errors: why not. */
NODISCARD int keeper_standing(struct flow *f, time_us wait, json_t **ret_hello, struct err *err);
/** watch_lists - each list of a CA as it is served; none where nothing is published. */
NODISCARD int watch_lists(struct publisher *p, const char *ca, json_t **ret, struct err *err);
/** lag_recover - events of the journal's entries that the ledger lacks, up to number @upto. */
NODISCARD int lag_recover(struct flow *f, struct keyring *k, uint64_t upto, struct err *err);
/** lag_is_old - nothing more of the journal has come for so long that nobody brings
 * it: the ledger has its entries up to @whole, the journal @journal of them.
 * @return true: entries up to l->upto had their time. */
bool lag_is_old(struct lag *l, uint64_t whole, uint64_t journal, time_us now);
/** lag_look - each second, on the thread that shows: recover what nobody brings. */
void lag_look(struct flow *f, const json_t *hello);
/** answers_recover - events of OCSP answers that the journal counts. */
NODISCARD int answers_recover(struct flow *f, struct err *err);
/** show_until - have the ledger shown up to @size; Errors: EKEEPER when it takes too long. */
NODISCARD int show_until(struct flow *f, uint64_t size, time_us wait, struct err *err);
NODISCARD int show_start(struct flow *f, struct err *err);
void show_stop(struct flow *f);
/** genesis_load - from the state into memory, once founded. */
NODISCARD int genesis_load(struct flow *f, struct err *err);
/** founding_resume - the keeper is founded and the ledger is empty: a crash lay between. */
NODISCARD int founding_resume(struct flow *f, struct keyring *k, struct err *err);
/** checkpoint_take - keep the one that the keeper gave; Errors: EVERIFY. */
NODISCARD int checkpoint_take(struct flow *f, const char *note, struct err *err);
/** checkpoint_has - is there one of this size?  The answer that brought it may have been lost on its way. */
bool checkpoint_has(struct flow *f, uint64_t size);
/** checkpoint_load - the newest of the store into memory. */
NODISCARD int checkpoint_load(struct flow *f, struct err *err);
/** hands_on - Errors: EBUSY_ (this request, or the founding, is in other hands). */
NODISCARD int hands_on(struct flow *f, const char *id, struct err *err);
/** hands_join - the same, together with whoever else joined it: @ret_before so many are
 * at it already.  Errors: ENOMEMORY. */
NODISCARD int hands_join(struct flow *f, const char *id, uint64_t *ret_before, struct err *err);
/** hands_wait - as hands_on, once whoever is at it lets go.  It holds the thread: only for
 * what is held no longer than a commit, and never while the keeper is asked.
 * Errors: EBUSY_, after 10 s. */
NODISCARD int hands_wait(struct flow *f, const char *id, struct err *err);
void hands_off(struct flow *f, const char *id);
/** flow_may - facts, law and decision for an action without parameters. */
NODISCARD int flow_may(struct flow *f, const struct caller *who, const char *action, struct facts **ret_facts, struct law **ret_law, struct decision *ret, struct err *err);
/** flow_allows - does the charter let them do what has no parameters, at once?
 * flow_reads - may they read the house's things?  Asked, not recorded. */
NODISCARD int flow_allows(struct flow *f, const struct caller *who, const char *action, bool *ret, struct err *err);
NODISCARD int flow_reads(struct flow *f, const struct caller *who, bool *ret, struct err *err);

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
/** rival_hold - the version that this asks to be signed, into our hands as
 * hands_wait while a request for it is opened, which is for a commit;
 * @ret_held: to be let go by that name, "" where it has none. */
NODISCARD int rival_hold(struct flow *f, const char *action, const json_t *parameters, char ret_held[MAKING_HOLD], struct err *err);
/** rival_sign_hold - the same while it is signed, as hands_on, and behind whatever opens
 * a request for it: who opens one from now on finds it approved, and need not wait. */
NODISCARD int rival_sign_hold(struct flow *f, const char *action, const json_t *parameters, char ret_held[MAKING_HOLD], struct err *err);
void rival_let_go(struct flow *f, const char *held);
/** rival_check - Errors: ECONFLICT (another image was signed as this version). */
NODISCARD int rival_check(struct flow *f, const char *action, const json_t *parameters, struct err *err);
/** rival_find - ids of requests that give way to this, which asks for the same version
 * of another image; NULL where it has none; owned.  Errors: ECONFLICT (one was signed, or
 * is approved). */
NODISCARD int rival_find(const struct drawn *d, json_t **ret, struct err *err);
/** making_hold - take it into our hands, as hands_on, until it is durable. */
NODISCARD int making_hold(struct making *m, const char *what, struct err *err);
/** making_join - the same, as hands_join. */
NODISCARD int making_join(struct making *m, const char *what, uint64_t *ret_before, struct err *err);
void making_done(struct making *m);

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
/** going_conclude - what is answered where what was granted came to nothing: @rc, @why. */
NODISCARD int going_conclude(struct going *g, int rc, struct err *why, struct answer *ret, struct err *err);
/** together_put - instead of its perform: keep its event until all are there. */
NODISCARD int together_put(struct going *g, json_t **ret, struct err *err);
/** pages_apart - does none of these speak of what another speaks of? Errors: EINPUT. */
NODISCARD int pages_apart(const struct ask *asks, size_t n, struct err *err);
/** window_grant - its window grants this use. */
void window_grant(struct going *g);
/** going_aside - have an errand @run: it sets @g->making's rc and why or known, then says that it
 * is ready. @g->later is not NULL, and set. Errors: EBUSY_. */
NODISCARD int going_aside(struct going *g, errand_run *run, struct err *err);
/** request_grant - the charter lets it be done at once. */
NODISCARD int request_grant(struct going *g, const struct requested *q, struct err *err);
/** carry_out - do what was granted, on this thread; or begin it, where others may go
 * on: then @g->later->going is set. */
NODISCARD int carry_out(struct going *g, struct answer *ret, struct err *err);
/** going_end - what came of what was begun; may wait as making_end. */
NODISCARD int going_end(struct going *g, json_t **ret, struct err *err);
/** carried_out - what is answered where @body came of it; takes @body. */
NODISCARD int carried_out(struct going *g, json_t *body, struct answer *ret, struct err *err);
void going_free(struct going *g);

/** signed_result - what a signature's asker is answered. */
NODISCARD int signed_result(struct flow *f, const char *request, const char *digest, json_t **ret, struct err *err);

/** key_facts - what its rules may know of a key, whoever asks; new. */
NODISCARD int key_facts(const struct key *k, struct facts **ret, struct err *err);
/** ca_profiles - by which profiles an authority issues: those of what it issued lately (200
 * certificates); where it has issued nothing, those that the rules of its key name; new. */
NODISCARD int ca_profiles(struct tx *tx, const struct law *law, const char *ca, const char *key, json_t **ret, struct err *err);
/** request_may_see - its asker, its approvers, and who may read. Errors: EDENIED. */
NODISCARD int request_may_see(struct flow *f, const struct caller *who, const struct asked *a, struct err *err);

/* A list by pages; a lister reads one, and sets list and next. */
struct paged {
	const char	*cursor;	/* NULL: the first page */
	unsigned	 limit;
	const json_t	*query;		/* borrowed */
	const char	*subject;	/* of whom; NULL: of all */
	json_t		*list;		/* owned */
	char		*next;		/* owned: NULL behind the last */
};
typedef int lister(struct tx *tx, struct paged *p, struct err *err);
/** list_with - what it reads, as {NAME: [...], next?}. */
NODISCARD int list_with(struct flow *f, const char *name, lister *fn, const json_t *query, json_t **ret, struct err *err);

/** drill_json - when it was shown last that the house can be restored, by what, and until
 * when that holds: {shown?, by?, principal?, request?, provenance?, founded, due, overdue}. */
NODISCARD int drill_json(const struct restored *r, const struct charter *c, time_us now, json_t **ret, struct err *err);
/** drill_shown - the last restore or drill; the founding where there was none. */
time_us drill_shown(const struct restored *r);
/** ca_describe - a CA with its certificates and how long each issues, by this state's law. Errors: ENOENT_. */
NODISCARD int ca_describe(struct state *state, const char *name, json_t **ret, struct err *err);
/** key_named - draw: the key that the path names, as parameters. */
NODISCARD int key_named(const struct begun *b, struct drawn *ret, struct err *err);
/** members_copy - those of @names that are there. */
NODISCARD int members_copy(const json_t *from, const char *const *names, size_t n, json_t *to, struct err *err);
/** time_copy - a time, if it is there, in its one spelling. Errors: EINPUT. */
NODISCARD int time_copy(const json_t *from, const char *name, json_t *to, struct err *err);
/**
 * granted_tell - by what leave, into the data of an event that no keeper's entry
 * stands behind: "request" (its id and the permit; or the whole REQUEST, and the
 * rule that let it through, where nothing told of it before), facts and reason.
 */
NODISCARD int granted_tell(const struct granted *g, json_t *data, struct err *err);
/** granted_commit - the event that its deed's teller tells, by itself. */
NODISCARD int granted_commit(const struct granted *g, struct err *err);

/* deeds, by noun: act_*.c */
#define DEEDS(D) \
	D(credential_issue, "credential.issue") \
	D(credential_revoke, "credential.revoke") \
	D(key_generate, "key.generate") D(key_adopt, "key.adopt") D(key_activate, "key.activate") \
	D(key_suspend, "key.suspend") D(key_resume, "key.resume") \
	D(key_deactivate, "key.deactivate") D(key_compromise, "key.compromise") \
	D(key_destroy, "key.destroy") D(key_sign, "key.sign") \
	D(drill_report, "drill.report") D(device_import, "device.import") D(install_report, "install.report") \
	D(cert_import, "cert.import") D(crl_import, "crl.import") D(discovery_report, "discovery.report") D(discovery_dismiss, "discovery.dismiss") D(key_register, "key.register") D(key_correct, "key.correct") D(key_unregister, "key.unregister") \
	D(window_open, "window.open") D(window_close, "window.close") \
	D(charter_amend, "charter.amend") \
	D(ca_create, "ca.create") D(ca_request, "ca.request") D(ca_import, "ca.import") \
	D(ca_retire, "ca.retire") D(cert_issue, "cert.issue") \
	D(cert_revoke, "cert.revoke") D(cert_hold, "cert.hold") \
	D(cert_release, "cert.release") \
	D(crl_sign, "crl.sign") D(ocsp_sign, "ocsp.sign")
#define D(name, action) extern const struct deed deed_##name;
DEEDS(D)
#undef D

/* Releasing what the stages own. */
void begun_done(struct begun *b);

#endif
