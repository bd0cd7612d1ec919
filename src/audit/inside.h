/*
 * inside - what an audit knows while it reads.  Private to src/audit.
 *
 * Threads:  everything belongs to the thread that reads, but for what "lock"
 *           guards; proofs are checked by others on values that stay as they
 *           are until the pool has finished.
 */
#ifndef AUDIT_INSIDE_H
#define AUDIT_INSIDE_H

#include <openssl/evp.h>
#include <pthread.h>
#include "ca/number.h"
#include "audit/audit.h"
#include "audit/map.h"
#include "audit/pool.h"
#include "base/merkle.h"
#include "base/note.h"
#include "policy/charter.h"
#include "policy/decide.h"
#include "policy/facts.h"
#include "policy/genesis.h"
#include "policy/keystate.h"
#include "policy/permit.h"
#include "policy/quorum.h"
#include "state/event.h"
#include "wire/entry.h"

#define AUDIT_CHARTERS	4096	/* longest chain */
#define AUDIT_PENDING	512	/* entries that wait for one before them */
#define AUDIT_LIST	1000	/* most of a list in the report */

/* A request or permit, shared with whoever checks its proofs. */
struct held {
	unsigned	 refs;		/* atomic */
	struct request	*request;	/* of its own, or the permit's */
	struct permit	*permit;	/* or NULL */
	/* Of a result in parts, on the reader's thread. */
	int64_t		 told;		/* certificates so far */
	char		 last[NUMBER_HEX];	/* serial number */
	struct number	*found;		/* what its filter finds, in order; owned */
	size_t		 found_n, found_at;	/* found_at: the next to be named */
};

/* What became of a request. */
struct req {
	struct held	*held;		/* NULL: no longer needed */
	struct sha256	 permit;	/* hash of the permit it was used under */
	const struct rule *rule;
	size_t		 charter;	/* index: that decided */
	char		 rule_hash[SHA256_HEX];
	json_t		*approvals;	/* given so far, or NULL */
	uint64_t	 uses, most;
	uint64_t	 ended;		/* entry that closed a window; 0: none */
	unsigned	 part;		/* of a result that comes in several: the last so far */
	bool		 opened, permitted, window, closed, done;
};

/* A request's last decision for one key. */
struct judged {
	const struct rule *rule;	/* or NULL */
	size_t		 charter;
};

/* A key, as the ledger makes it. */
struct akey {
	json_t		*parameters;	/* of key.generate or key.adopt */
	enum key_state	 state;
	bool		 adopted;	/* others may hold it too */
	EVP_PKEY	*public;	/* or NULL; read once, used by all threads */
	char		 hash[SHA256_HEX];
	struct authority *ca;		/* its certificates as a CA, or NULL */
	bool		 responder;	/* it has answered, or is certified to */
	bool		 certified;	/* for something else */
	time_us		 left;		/* when it ceased to be active, last */
};

/* Uses under (rule, key, principal), newest last. */
struct tally {
	time_us		*at;
	size_t		 n, from, room;
};

/* The highest version that was signed; NULL: none. */
struct version_kept {
	json_t		*all;
	json_t		*asked;		/* under rules that ask for it alone */
};

/* What the last use was of: a window's uses come one after the other, and names
 * of maps need not be made and hashed for each. */
struct latest {
	const struct req *request;	/* or NULL */
	char		 key[SHA256_HEX];
	struct judged	*judged;	/* of both */
	struct akey	*signer;	/* of its own hash; or NULL */
};

struct chart {
	struct charter	*charter;
	char		 hex[SHA256_HEX];
};

/* A checkpoint that somebody kept. */
struct seen_kept {
	char		*name;		/* for the report; owned */
	struct checkpoint c;
	bool		 told;		/* what came of it is in the report */
};

struct waiting {
	struct entry	*entry;
	json_t		*doc;
	struct applied	 a;
};

struct audit {
	const struct audit_options *o;
	struct pool	*pool;

	pthread_mutex_t	 lock;		/* over these */
	json_t		*findings;
	uint64_t	 found;		/* findings in all */
	unsigned	 dropped;	/* of these, not listed */
	struct map	 known;		/* proofs that verified, by hash */
	uint64_t	 approvals, signatures, remade;

	json_t		*head;		/* the bundle's first line */
	struct genesis	*genesis;
	struct sha256	 trust;
	uint64_t	 since, size;
	struct checkpoint checkpoint;
	struct merkle_range range;
	uint64_t	 events, decisions;
	time_us		 last;		/* time of the newest event */

	struct chart	*chart;		/* AUDIT_CHARTERS; known, oldest first */
	struct sha256	*chart_hash;	/* the same; quorum_ask.earlier, too */
	size_t		 chart_n;
	size_t		 law;		/* index of what is in force in the journal */
	uint64_t	 chain_entry;	/* that brought the head's last; 0: none */
	size_t		 chain_before;	/* law until then */
	bool		 law_named;	/* by an entry behind the head */

	struct entry_head journal;	/* up to where it was followed */
	uint64_t	 first_entry;
	time_us		 journal_time;
	bool		 journal_begun;
	struct waiting	*pending;	/* AUDIT_PENDING, ascending */
	size_t		 pending_n;
	uint64_t	 intents;	/* missing entries that a result explains */
	uint64_t	 missing;	/* missing entries in all, J or below */
	uint64_t	 highest;
	json_t		*unshown;	/* missing above J: [{from,to}] */

	uint64_t	 hole_n;	/* left out by restores */
	json_t		*holes;		/* the first of them: [{from,to,…}] */

	struct map	 requests;	/* struct req */
	struct map	 judged;	/* struct judged, by "request/key" */
	struct map	 keys;		/* struct akey */
	struct latest	 latest;
	struct map	 versions;	/* struct version_kept, by "product/track" */
	bool		 windows_counted; /* versions: the keeper has shown that it does */
	struct map	 counts;	/* struct tally */
	struct map	 batches;	/* struct abatch, by id */
	struct map	 credentials;	/* char: 1 live, 2 revoked */
	struct map	 asserted;	/* uint64_t, by fact */
	struct facts	*wanted;	/* made anew for each comparison */
	struct map	 profiles;	/* struct profile *, by "charter/name" */
	struct map	 authorities;	/* struct named_ca, by name */
	uint64_t	 authority_n;	/* certificates of all keys' */
	struct map	 certificates;	/* struct issued, by "ca/serial" */
	struct map	 listed;	/* the same of what authorities came with */
	struct map	 words;		/* char: names of many certificates */
	struct map	 devices;	/* serial number of the newest, by "ca/profile/device" */
	struct map	 holders;	/* struct issued *, the newest, by "profile/device" */
	struct map	 revoked;	/* uint64_t: once revoked or held, by "ca/scope" */
	struct map	 lists;		/* struct series (cert_list.c), by "key/subject/scope" */
	struct signed_proofs *batch;	/* signatures not yet handed out, or NULL */
	json_t		*unchecked, *not_exclusive, *seen;
	json_t		*beyond;	/* kept checkpoints that cannot be compared: [TEXT] */
	uint64_t	 unchecked_n, unseen_content;
	struct seen_kept *kept;		/* o->seen_n; or NULL */
	bool		 complete;	/* the bundle was read to its end */
};

/* audit_find - note what is wrong; @seq, @entry UINT64_MAX and 0 for none. */
void audit_find(struct audit *a, enum audit_finding f, uint64_t seq, uint64_t entry,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* audit_unchecked - note what this bundle cannot tell. */
void audit_unchecked(struct audit *a, uint64_t seq, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* read.c */
NODISCARD int bundle_read(struct audit *a, int fd, struct err *err);
/* head.c: the first line; false: nothing more can be judged. */
bool head_check(struct audit *a, const void *p, size_t n);
void head_signatures(struct audit *a);	/* once the first charter is known */
/* head_is_house - does a checkpoint say that it is of the genesis' house? */
bool head_is_house(const struct audit *a, const struct checkpoint *c);
/* seen.c: begin - before anything is read.  Errors: EINPUT, ENOMEMORY.  Start - once
 * the head is known, check - at each size of the range after that, finish - at the
 * end, also where there was no head.  Errors: ENOMEMORY. */
NODISCARD int seen_begin(struct audit *a, struct err *err);
NODISCARD int seen_start(struct audit *a, struct err *err);
NODISCARD int seen_check(struct audit *a, struct err *err);
NODISCARD int seen_finish(struct audit *a, struct err *err);
void seen_done(struct audit *a);

/* chart.c */
NODISCARD int chart_add(struct audit *a, const json_t *document,
    size_t *ret, struct err *err);
/* index of a known charter, or chart_n. */
size_t chart_of(const struct audit *a, const struct sha256 *hash);
size_t chart_find(const struct audit *a, const char *hex);
const struct rule *chart_rule(const struct audit *a, size_t chart, const char *hash);

/* journal.c: entries in the order of their numbers. Takes entry and doc. */
NODISCARD int journal_take(struct audit *a, struct waiting *w, struct err *err);
NODISCARD int journal_finish(struct audit *a, struct err *err);

/* hole.c: what a restore leaves out. hole_from - the number that an entry follows
 * on, plus one: its own, or the first that it leaves out. */
uint64_t hole_from(const struct entry *e);
void hole_check(struct audit *a, const struct waiting *w);
void hole_tell(const struct audit *a, json_t *list);

/* request.c: an event without entry. */
/* house_is - 0; or noted: it is a request of another house. */
int house_is(struct audit *a, const struct applied *e, const struct request *q);
NODISCARD int event_check(struct audit *a, const struct applied *e, struct err *err);

/* perform.c: the service performed it alone: by a permit, under a rule, and as the
 * request asked. */
NODISCARD int window_event(struct audit *a, const struct applied *e, struct err *err);
NODISCARD int credential_event(struct audit *a, const struct applied *e, struct err *err);
NODISCARD int cert_event(struct audit *a, const struct applied *e, struct err *err);
NODISCARD int said_event(struct audit *a, const struct applied *e, struct err *err);

/* held.c: a request, and copies of its documents. */
NODISCARD int req_of(struct audit *a, const char *id, struct req **ret, struct err *err);
void req_done(void *req);
/* req_settle - it was used for the last time: its documents are let go. */
void req_settle(struct req *r);
/* req_hold - the REQUEST of an event. */
NODISCARD int req_hold(struct req *r, const json_t *request, struct err *err);
NODISCARD int permit_own(const json_t *document, struct permit **ret, struct err *err);
/* req_permit - it is the request's from now on; @p is taken. */
NODISCARD int req_permit(struct req *r, struct permit *p, struct err *err);
void held_drop(struct held *h);
struct held *held_ref(struct held *h);
/* result_fits - what the service did alone is what was asked, or it is found. */
void result_fits(struct audit *a, const struct applied *e, const struct request *q);
/* same_member - there in both, and equal, or in neither. */
bool same_member(const json_t *a, const json_t *b, const char *name);
/* memory_lost - @rc says nothing of what is judged: the audit ends with @err. */
bool memory_lost(int rc, const struct err *why, struct err *err);

/* use.c: an event with entry, in the journal's order. */
NODISCARD int use_check(struct audit *a, const struct waiting *w, struct err *err);
/* chain.c: the charters that the head brings. */
void chain_check(struct audit *a);
/* What is judged again. */
struct judge {
	const struct applied *e;
	uint64_t	 n;		/* entry; 0: none */
	size_t		 charter;
	time_us		 now;
	const char	*rule_hash;	/* as recorded */
	const json_t	*facts;		/* as recorded, or NULL */
	const json_t	*operation_of;	/* the entry, or NULL */
	bool		 keeper;	/* facts by the keeper: state and time are compared too */
	bool		 quorum;	/* are the approvals there, to be counted? */
};
/* decision_check - policy asked again; then its quorum, by others. */
NODISCARD int decision_check(struct audit *a, struct req *r,
    const struct judge *j, struct err *err);
/* asserted_use - a use that was judged with an earlier one: what it says itself. */
NODISCARD int asserted_use(struct audit *a, const struct req *r,
    const json_t *operation, struct err *err);
/* facts_check - what is recorded against what the ledger says. */
void facts_check(struct audit *a, const struct req *r, const struct judge *j,
    const struct facts *f, const json_t *operation);

/* proof.c: by others, later. */
NODISCARD int proof_quorum(struct audit *a, struct held *h, size_t charter,
    const struct rule *rule, time_us now, uint64_t seq, uint64_t n, struct err *err);
NODISCARD int proof_vote(struct audit *a, struct held *h, const json_t *approval,
    size_t charter, const struct rule *rule, time_us now, uint64_t seq, struct err *err);
/* proof_signature - one more in the batch of its key; flush hands the last
 * batch to the pool, drop forgets it. */
void proof_signatures_flush(struct audit *a);
void proof_signatures_drop(struct audit *a);
/* proof_signature_good - one that was verified otherwise is counted. */
void proof_signature_good(struct audit *a);
NODISCARD int proof_signature(struct audit *a, const struct akey *k,
    const json_t *digest, const char *signature, uint64_t seq, uint64_t n, struct err *err);
NODISCARD int proof_genesis(struct audit *a, const json_t *signature,
    uint64_t seq, struct err *err);

#endif
