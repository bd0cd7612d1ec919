/*
 * people_state - what people.c and session.c share.  Private to src/people.
 */
#ifndef PEOPLE_PEOPLE_STATE_H
#define PEOPLE_PEOPLE_STATE_H

#include <pthread.h>
#include "people/people.h"

#define PEOPLE_SLOTS	4096	/* of the cache; a power of two */
#define PEOPLE_SESSIONS	1024
#define PEOPLE_PROBES	16	/* seats where one session may sit */
#define PEOPLE_CHALLENGES 1024	/* that were used and have not ended yet */

/* Who a hash of a token or of an SPKI stands for. */
struct known {
	bool		 used;
	struct sha256	 hash;
	time_us		 expires;
	struct caller	 who;
};

struct challenge {
	char		 text[PEOPLE_TOKEN];
	time_us		 expires;	/* 0: free */
};

struct people {
	struct store	*store;		/* borrowed */
	pthread_rwlock_t lock;		/* over what follows */
	uint64_t	 generation;	/* counts people_forget */
	struct known	*cache;		/* PEOPLE_SLOTS, direct-mapped */
	struct known	*session;	/* PEOPLE_SESSIONS */
	unsigned	 session_s;	/* how long one lasts */
	struct challenge *challenge;	/* PEOPLE_CHALLENGES */
	unsigned char	 seal[32];	/* secret of this run; constant */
};

/** people_challenge_check - was it given to this officer, not long ago? Errors: EAUTH. */
NODISCARD int people_challenge_check(const struct people *p, const char *officer,
    const char *text, time_us now, struct err *err);
/** people_challenge_use - its one use. Errors: EAUTH (used), EBUSY_. */
NODISCARD int people_challenge_use(struct people *p, const char *text, time_us now,
    struct err *err);

/* people_session - a session by the hash of its token. Errors: EAUTH. */
NODISCARD int people_session(struct people *p, const struct sha256 *hash,
    time_us now, struct caller *ret, struct err *err);

#endif
