/*
 * as_of - the one replay of the house that is kept for a while.
 *
 * Floor 6, api.
 * Threads:  any asks; a thread of its own replays.
 * Locks:    its own -> nothing; @told is called without it.
 */
#ifndef API_AS_OF_H
#define API_AS_OF_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "audit/past.h"

#define AS_OF_KEPT_S	300	/* so long behind the last that asked */

enum as_of_state {
	AS_OF_NONE,
	AS_OF_MAKING,		/* or the one before is going */
	AS_OF_THERE,
	AS_OF_FAILED
};

struct as_of {
	struct store	*live;		/* borrowed */
	char		*path;		/* owned: of the replay's file */
	const char	*folder;	/* borrowed: where it lies */
	uint64_t	 spare;		/* octets of its disk that are left to others */
	void		(*told)(void *ctx);	/* one was made, or not */
	void		*ctx;

	pthread_mutex_t	 lock;		/* over all below */
	enum as_of_state state;
	uint64_t	 size;		/* events: of what is there, or is being made */
	struct past	*past;		/* owned: AS_OF_THERE */
	struct err	 why;		/* AS_OF_FAILED */
	time_us		 made, asked;	/* clock_mono; made: or failed */
	unsigned	 users;		/* of past */
	pthread_t	 thread;
	bool		 started;	/* it is to be joined */

	atomic_bool	 stop;
	atomic_ullong	 done;		/* events, while it is being made */
};

/** as_of_init - of a zeroed one; removes what an earlier run has left. Borrows all. */
NODISCARD int as_of_init(struct as_of *a, struct store *live, const char *folder,
    void (*told)(void *ctx), void *ctx, struct err *err);
/** as_of_stop - give up what is being made, and drop what is there; nobody may be inside. Takes a zeroed one. */
void as_of_stop(struct as_of *a);
/** as_of_tick - each second: drop what nobody has asked for lately. */
void as_of_tick(struct as_of *a);

/**
 * as_of_enter - the house as it was at @t, as far as its ledger tells.
 *
 * @t          no time to come.
 * @ret        to be read from until as_of_leave.
 * @ret_size   events that it was made from.
 * @ret_comes  set with EBUSY_: it is being made, and told of.
 * Errors: ERANGE_ (not founded then), EBUSY_ (being made, or another is), ENOROOM, and what past_make says.
 */
NODISCARD int as_of_enter(struct as_of *a, time_us t, struct past **ret,
    uint64_t *ret_size, bool *ret_comes, struct err *err);
void as_of_leave(struct as_of *a);

#endif
