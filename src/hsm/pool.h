/*
 * pool - sessions of one token, lent one caller at a time, and its recovery.
 * Inside src/hsm only.
 *
 * Threads:  share one.
 * Locks:    pool's own, then the handle table's.  While a token is opened
 *           anew nobody holds a session: finalising under a running call is undefined.
 */
#ifndef HSM_POOL_H
#define HSM_POOL_H

#include <pthread.h>

#include "base/clock.h"
#include "base/secret.h"
#include "base/sha256.h"
#include "hsm/token.h"

#define POOL_SESSIONS	16		/* lent at once, unless told */
#define POOL_MOST	256
#define POOL_WAIT	TIME_S(5)
#define POOL_PAUSE	(TIME_S(1) / 4)	/* between two tries to open a token that is away */
#define POOL_REFUSALS	2		/* then the PIN is not tried again: tokens lock */

/* What object a 32-octet id is: handles live as long as their epoch. */
struct handles {
	struct handle {
		struct sha256		 id;
		CK_OBJECT_HANDLE	 object;	/* CK_INVALID_HANDLE: free or forgotten */
		unsigned		 schemes;	/* a bit for each that the key has; HANDLE_UNKNOWN */
		bool			 used;
	}			*row;
	size_t			 rooms, n;	/* rooms: a power of two */
};

struct pool {
	/* Fixed after pool_start. */
	char			*module;
	token_fits		*fits;
	void			*fits_ctx;
	const struct secret	*pin;		/* borrowed; NULL: no login */
	bool			 protected_path;	/* the token asks for the PIN itself */
	time_us			 wait;

	pthread_mutex_t		 lock;		/* all that follows */
	pthread_cond_t		 change;
	bool			 started;	/* lock and change exist */
	struct token		 token;
	bool			 open;		/* token is loaded and logged in */
	bool			 opening;	/* by one thread, for all */
	unsigned		 epoch;		/* how often it has been opened */
	time_us			 last_try;	/* clock_mono */
	time_us			 last_doubt;	/* clock_mono of an opening that an absent key caused */
	unsigned		 recovering;	/* threads that wait for a token: nobody else is lent a session */
	unsigned		 refusals;
	struct err		 last;		/* why it is not open */
	CK_SESSION_HANDLE	 anchor;	/* never lent: with the last session goes the login */
	CK_SESSION_HANDLE	 idle[POOL_MOST];
	unsigned		 n_idle, n_lent, most;
	struct handles		 handles;
};

/* A lent session.  Belongs to one thread. */
struct session {
	CK_FUNCTION_LIST	*f;
	CK_SESSION_HANDLE	 h;
	struct pool		*pool;
	unsigned		 epoch;
	bool			 lost;		/* a call answered so: do not use again */
	bool			 absent;	/* nothing was there where something is expected: is the token? */
};

/** P11 - a call whose failure ends the function and is remembered in the session. */
#define P11(s, err, call, ...) do { \
	CK_RV rv_ = (s)->f->call(__VA_ARGS__); \
	if (rv_ != CKR_OK) \
		return session_error((s), #call, rv_, (err)); \
} while (0)
int session_error(struct session *s, const char *call, CK_RV rv, struct err *err);

/** pool_start - load, log in. @p is filled as above and else zero; pool_stop on failure too. */
NODISCARD int pool_start(struct pool *p, struct err *err);
void pool_stop(struct pool *p);

/**
 * pool_run - do a job with a session; when the token was lost, open it anew
 * and do the job once more.
 */
typedef int pool_job(struct session *s, void *ctx, struct err *err);
NODISCARD int pool_run(struct pool *p, pool_job *job, void *ctx, struct err *err);

/** pool_info - of the token as it was opened last. */
void pool_info(struct pool *p, CK_TOKEN_INFO *ret);

/* Handles that were found before, for the session's epoch. */
#define HANDLE_UNKNOWN	(~0u)		/* schemes that nobody has asked for yet */
CK_OBJECT_HANDLE handle_known(struct session *s, const struct sha256 *id, unsigned *ret_schemes);
void handle_learn(struct session *s, const struct sha256 *id, CK_OBJECT_HANDLE object, unsigned schemes);
void handle_forget(struct session *s, const struct sha256 *id);
/* Under the pool's lock. */
bool handles_grow(struct handles *h);
void handles_clear(struct handles *h);
void handles_done(struct handles *h);

#endif
