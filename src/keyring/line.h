/*
 * line - the connection to the keeper, inside src/keyring only.
 *
 * Threads:  the greeter connects, says hello, calls welcome and waits for the
 *           end; the reader gives answers to those who wait.  Callers send for
 *           themselves: whoever finds nobody sending sends for all that queue up.
 * Locks:    one; no send, recv or callback under it.
 */
#ifndef KEYRING_LINE_H
#define KEYRING_LINE_H

#include <pthread.h>

#include "base/blob.h"
#include "keyring/keyring.h"
#include "wire/frame.h"

#define LINE_CALLS	1024			/* under way at once, unless told */
#define LINE_CALLS_MOST	4096
#define LINE_TIMEOUT	TIME_S(30)
#define LINE_PATIENCE	TIME_S(2)
#define LINE_PAUSE	TIME_S(2)		/* longest between two tries */
#define LINE_END	TIME_S(2)		/* of silence, before a service that ends goes on without */
#define LINE_KNOWN	1024			/* permits remembered as sent */

enum line_state { LINE_DOWN, LINE_GREETING, LINE_READY };

/*
 * Who does not wait for an answer.  came is called under no lock, once, by the
 * reader or the greeter; it owns the place, and reads the answer if @rc is 0.
 * octets are then its entry's alone, canonical, or NULL; came owns them.
 */
struct later;
typedef void later_came(struct keyring *k, struct later *l, int rc, const json_t *answer, struct err *why);
struct later {
	later_came	*came;
	struct blob	*octets;	/* the answer; NULL: why there is none */
	struct err	 why;
	struct later	*next;
};

/* A place for one call.  Its message id is round * LINE_CALLS_MOST + place. */
struct call {
	pthread_cond_t	 come;
	uint32_t	 round;		/* tells a late answer from that of the next call */
	bool		 used;
	bool		 broken;	/* the connection ended before the answer */
	struct blob	*answer;	/* owned until taken */
	struct later	*later;		/* borrowed until it came; NULL: somebody waits */
	time_us		 until;		/* later: when it has waited too long */
	struct call	*next_free;
	struct call	*next_come;	/* the reader's thread alone */
};

struct keyring {
	/* Fixed after open. */
	char			*path;
	time_us			 timeout, patience;
	unsigned		 most;
	keyring_welcome		*welcome;
	void			*welcome_ctx;
	pthread_t		 greeter;
	bool			 started;	/* greeter runs */

	pthread_mutex_t		 provider_lock;	/* of the pointer */
	struct provider		*provider;	/* NULL until a key is bound */

	pthread_mutex_t		 lock;		/* all that follows */
	pthread_cond_t		 change;	/* of state, sending, broken, stop */
	enum line_state		 state;
	bool			 stop;
	bool			 broken;	/* this connection is to be dropped */
	bool			 silent;	/* one waited shortly, in vain; nothing came since */
	uint64_t		 heard;		/* how often anything came */
	time_us			 ending;	/* clock_mono: it ends, and came no further than ending_heard since; 0: it does not end */
	uint64_t		 ending_heard;
	struct err		 why;		/* it is not ready */
	int			 fd;		/* -1: none */
	bool			 sending;	/* somebody is, through out */
	struct frame_writer	*queue, *out;	/* out: owned by who is sending */
	struct frame_reader	*reader;	/* owned by the reader's thread */
	struct call		*calls;		/* most of them */
	struct call		*first_free;
	struct later		*lost;		/* whose answer will not come, not told yet */
	struct sha256		 known[LINE_KNOWN];	/* permits that the keeper has, by their first octets */
};

/** line_wait - under lock: until something changes or @until (clock_mono); false: in vain. */
bool line_wait(struct keyring *k, pthread_cond_t *c, time_us until);
/** line_call - send a message that is spelled already; as keyring_call. */
NODISCARD int line_call(struct keyring *k, const struct blob *message, json_t **ret_answer, struct err *err);
/** line_call_later - send a message; @l is told of the answer. Not where this fails. */
NODISCARD int line_call_later(struct keyring *k, const json_t *request, struct later *l, struct err *err);
/** line_member - the member of an answer that the caller came for. */
NODISCARD int line_member(const json_t *answer, const char *name, json_t **ret, struct err *err);
/** line_ask - call; give the answer out also where it is a refusal; take one member. */
NODISCARD int line_ask(struct keyring *k, const json_t *request, const char *member,
    json_t **ret_member, json_t **ret_answer, struct err *err);
/** line_call_with - the same, with something attached; NULL: nothing. @wait: as in keyring_whole. */
NODISCARD int line_call_with(struct keyring *k, const struct blob *message, const struct blob *attached,
    time_us wait, json_t **ret_answer, struct err *err);
/** line_silent - what is said of it. Fails always: EKEEPER. */
NODISCARD int line_silent(struct err *err);
/** line_break - under lock: this connection is over. */
void line_break(struct keyring *k, const struct err *why);
/** line_thread - start a thread that leaves signals to others. Errors: EINTERNAL. */
NODISCARD int line_thread(pthread_t *ret, void *(*run)(void *), void *arg, struct err *err);
/** line_greeter - the thread that keeps the connection. */
void *line_greeter(void *keyring);

/** call_answered - under lock: put down an answer and take the octets; whose it is, to be woken, or NULL. */
struct call *call_answered(struct keyring *k, struct frame_message *m);
/** call_break_all - under lock: everybody's answer will not come. */
void call_break_all(struct keyring *k);

/** call_give - under lock: a place is free again. */
void call_give(struct keyring *k, struct call *c);
/** later_lose - under lock: its answer will not come, and its place is free. */
void later_lose(struct keyring *k, struct call *c, const char *why);
/** later_expire - under lock: lose those who have waited too long. */
void later_expire(struct keyring *k);
/** later_tell - tell these, in this order. */
void later_tell(struct keyring *k, struct later *first);
/** later_tell_lost - tell all that were lost. */
void later_tell_lost(struct keyring *k);

#endif
