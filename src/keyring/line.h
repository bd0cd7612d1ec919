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
#define LINE_KNOWN	1024			/* permits remembered as sent */

enum line_state { LINE_DOWN, LINE_GREETING, LINE_READY };

/* A place for one call.  Its message id is round * LINE_CALLS_MOST + place. */
struct call {
	pthread_cond_t	 come;
	uint32_t	 round;		/* tells a late answer from that of the next call */
	bool		 used;
	bool		 broken;	/* the connection ended before the answer */
	struct blob	*answer;	/* owned until taken */
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
	struct err		 why;		/* it is not ready */
	int			 fd;		/* -1: none */
	bool			 sending;	/* somebody is, through out */
	struct frame_writer	*queue, *out;	/* out: owned by who is sending */
	struct frame_reader	*reader;	/* owned by the reader's thread */
	struct call		*calls;		/* most of them */
	struct call		*first_free;
	struct sha256		 known[LINE_KNOWN];	/* permits that the keeper has, by their first octets */
};

/** line_wait - under lock: until something changes or @until (clock_mono); false: in vain. */
bool line_wait(struct keyring *k, pthread_cond_t *c, time_us until);
/** line_call - send a message that is spelled already; as keyring_call. */
NODISCARD int line_call(struct keyring *k, const struct blob *message, json_t **ret_answer, struct err *err);
/** line_call_with - the same, with something attached; NULL: nothing. */
NODISCARD int line_call_with(struct keyring *k, const struct blob *message, const struct blob *attached,
    json_t **ret_answer, struct err *err);
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

#endif
