/*
 * keeper - what the parts of claviger-keeper share.
 *
 * Floor 4.  Sees policy, wire, hsm, base.
 * Threads:  everything here belongs to the loop.  Workers (work.h) and the
 *           journal's thread see only what is handed to them.
 *
 * The life of a use:
 *
 *	frame -> message -> judge (charter, proofs, facts) -> reserve -> ticket
 *	  -> worker: token -> journal, in the order of reservation -> fsync
 *	  -> counts become facts -> answer
 *
 * What changes more than counts (states, charters, keys) is a *barrier*:
 * later messages wait until its entry is durable and applied.
 */
#ifndef KEEPER_KEEPER_H
#define KEEPER_KEEPER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/secret.h"
#include "hsm/hsm.h"
#include "keeper/ca_record.h"
#include "keeper/house.h"
#include "keeper/journal.h"
#include "keeper/work.h"
#include "policy/decide.h"
#include "policy/facts.h"
#include "wire/frame.h"
#include "wire/message.h"

struct serve;
struct permits;
struct show;

enum standing { STANDING_AWAITING, STANDING_READY, STANDING_HALTED };

/* To whom an answer goes.  A connection that is gone is never met again. */
struct asker {
	uint64_t	 connection;
	uint32_t	 message;
	bool		 separated;	/* the peer is not of the keeper's own uid */
};

struct keeper;
struct ticket;
typedef void ticket_end(struct keeper *k, struct ticket *t);

struct waiter {
	struct waiter	*next;
	struct asker	 asker;
};

/* One entry on its way into the journal. */
struct ticket {
	struct job	 job;		/* first */
	struct ticket	*next;
	struct asker	 asker;
	struct waiter	*also;		/* who asked for the same meanwhile */
	struct draft	 draft;
	enum entry_op	 op;
	bool		 ready;		/* nothing is missing but its turn */
	bool		 barrier, signs;	/* signs: counted among the reserved */
	int		 rc;		/* why there will be no entry */
	struct err	 why;
	uint64_t	 jump;
	struct blob	 line;		/* its octets, once spelled */
	struct journal_at before, at;
	ticket_end	*end;		/* instead of answering with the entry; may be NULL */
	void		*ctx;		/* for end */

	/* What the token works on. */
	struct hsm	*hsm;		/* borrowed */
	struct sha256	 token_id;
	enum hsm_scheme	 scheme;
	struct blob	 input, signature;
	int		 token_rc;	/* the worker's alone until it is done */
	struct err	 token_why;

	/* What was reserved, to be made fact or undone. */
	struct tally	*tally;
	struct use	*use;
	bool		 limited, raised;
	struct sha256	 limit;
	char		 product[65], track[65], before_version[VERSION_TEXT];
	struct key	*listed;	/* a CRL's key: whose number becomes fact */
	char		 scope[CA_SCOPE], number[NUMBER_HEX];
	bool		 base;		/* deltas may be to it */
	time_us		 began;		/* its thisUpdate */
	json_t		*authorities;	/* owned: that it revokes, or NULL */
};

struct tickets {
	struct ticket	*first, **last;
};

struct mirror_state {
	struct entry_head head;		/* what the token's mirror says */
	struct sha256	 charter, snapshot;
	uint64_t	 size, entries;	/* of the ledger that was last agreed to */
	struct sha256	 root;
	bool		 there;
	bool		 busy;		/* a job is writing it */
	bool		 due;		/* write it as soon as possible */
	time_us		 written;	/* mono */
};

/* How the token was when it was last asked. */
struct pulse {
	time_us		 at;		/* mono: asked or answered */
	bool		 asked;		/* a job asks it now */
	bool		 away;
	struct err	 why;		/* it is away */
};

struct keeper {
	const char	*folder;	/* state; borrowed */
	struct hsm	*hsm;
	struct house	 house;
	struct journal	*journal;
	struct work	*work;
	struct serve	*serve;
	struct permits	*permits;
	struct show	*show;
	struct facts	*facts;		/* used again and again */
	enum standing	 standing;
	char		 why[256];	/* halted: in words */
	bool		 rolled_back;	/* halted because its files are older than the token remembers */
	uint64_t	 generation;	/* of the charter: counts amendments */
	struct tickets	 making;	/* in order of reservation */
	struct tickets	 writing;	/* in order of entries */
	size_t		 reserved;	/* signatures in both */
	struct journal_at applied;	/* behind the last entry that is durable and applied */
	unsigned	 barriers;
	bool		 draining;	/* nothing new begins: a snapshot is due */
	struct deferred	*deferred, **deferred_last;
	size_t		 deferred_n;
	const struct blob *attached;	/* borrowed: to the message at hand; NULL: nothing */
	struct ocsp_count *ocsp;	/* owned: answers to be journaled */
	bool		 stopping;	/* what is counted is journaled now */
	unsigned	 efforts;	/* intents in the token's hands */
	bool		 showing;	/* a checkpoint is being signed */
	bool		 founding;
	struct mirror_state mirror;
	struct pulse	 pulse;
	uint64_t	 snapshot_n;	/* entry of the newest snapshot */
	struct sha256	 snapshot_hash;	/* of its file; zero: none */
	size_t		 snapshot_octets; /* of its file */
	bool		 snapshot_busy;
	time_us		 latest;	/* that keeper_now has given */
	int		 wake;		/* eventfd: workers and journal to loop */
	int		 lock;		/* of the state folder */
};

/** keeper_now - the keeper's time: its clock, but never before the journal.
 * Up to 2 s behind reads as the journal's last time.  Errors: EHALTED. */
NODISCARD int keeper_now(struct keeper *k, time_us *ret, struct err *err);
/** keeper_halt - refuse everything but hello, tail, keys and restore from now on. */
void keeper_halt(struct keeper *k, const char *why);
/** keeper_tick - after each round of the loop: journal, counts, answers, mirror. */
void keeper_tick(struct keeper *k);
/** keeper_idle - nothing is on its way. */
bool keeper_idle(const struct keeper *k);
/** keeper_message - one message came. Takes its octets' meaning, and what is attached. */
void keeper_message(struct keeper *k, const struct asker *from, struct frame_message *m);

/** keeper_deferred - messages that a barrier held back; keeper_drop_deferred - at the end. */
void keeper_deferred(struct keeper *k);
void keeper_drop_deferred(struct keeper *k);

/** answer_text, answer_json (steals), answer_err (steals @explanation), answer_entry -
 * the shapes of an answer. */
void answer_text(struct keeper *k, const struct asker *to, const struct blob *b);
void answer_json(struct keeper *k, const struct asker *to, json_t *answer);
void answer_err(struct keeper *k, const struct asker *to, const struct err *why,
    const struct rule *rule, json_t *explanation);
void answer_entry(struct keeper *k, const struct asker *to, const struct blob *line);

/** ticket_new - for an entry of this kind. */
NODISCARD int ticket_new(const struct asker *from, enum entry_op op, struct ticket **ret, struct err *err);
void ticket_free(struct ticket *t);
DEFINE_FREEP(ticket)
/** ticket_submit - it takes its place; steals it. */
void ticket_submit(struct keeper *k, struct ticket *t);
/** ticket_sign - the same, and a worker has the token sign first. */
void ticket_sign(struct keeper *k, struct ticket *t);
/** ticket_join - another asker for what this ticket makes. */
NODISCARD int ticket_join(struct ticket *t, const struct asker *who, struct err *err);
/** ticket_abandon - undo what it reserved and free it: it was never submitted. */
void ticket_abandon(struct keeper *k, struct ticket *t);
/** tickets_tick - move what can be moved. */
void tickets_tick(struct keeper *k);

/** use_handle, amend_handle ... - the messages; each answers, now or later. */
typedef void message_handler(struct keeper *k, const struct asker *from, const json_t *m);
message_handler hello_handle, found_handle, tail_handle, use_handle,
    amend_handle, show_handle, restore_handle, keys_handle;

#endif
