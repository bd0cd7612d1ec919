/*
 * exchange - one request and what is answered to it.
 *
 * Floor 6, api.
 * Threads:  belongs to the listener's thread while it is read and answered,
 *           to one worker in between; park.c hands it over.  One that goes on
 *           without a thread is nobody's until it is ready.
 */
#ifndef API_EXCHANGE_H
#define API_EXCHANGE_H

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include "api/intake.h"
#include "api/route.h"
#include "base/blob.h"
#include "base/clock.h"
#include "base/id.h"
#include "flow/flow.h"

struct api;
struct conn;
struct listener;
struct lot;
struct page;
struct spool;

struct reply {
	int		 status;	/* 0: none yet */
	const char	*type;		/* media type; static */
	char		*octets;	/* owned, malloc */
	size_t		 n;
	int		 fd;		/* a file instead; -1: none */
	unsigned	 retry_after_s;	/* 0: none */
	const char	*allow;		/* static, or NULL */
	char		 location[96];
	const char	*challenge;	/* WWW-Authenticate: static, or NULL */
	bool		 close;
};

enum exchange_state {
	EXCHANGE_ADMITTING, EXCHANGE_READING, EXCHANGE_QUEUED, EXCHANGE_CHECKING,
	EXCHANGE_PARKED, EXCHANGE_ANSWERED
};

struct exchange {
	struct api		*api;
	struct flow		*flow;
	struct listener		*at;
	struct conn		*conn;
	struct MHD_Connection	*mhd;
	struct route_match	 match;		/* route NULL: none was found */
	struct admitted		 head;
	struct blob		 octets;	/* of the body */
	size_t			 reserved;	/* of the memory for bodies */
	json_t			*query, *body;	/* checked */
	struct caller	 who;
	bool			 known;
	struct reply		 reply;
	time_us			 began;		/* clock_mono */

	struct lot		*lot;		/* owned until it is answered: its body's */
	char			 batch[ID_TEXT];
	struct spool		*spool;		/* owned: its body, where it is long; or NULL */

	/* Waiting for the keeper and the ledger: exchange.c. */
	struct going		*going;		/* NULL: not */
	struct enrolling	*enrolling;	/* what that is of, where it is by EST; or NULL */
	atomic_uint		 met;		/* of its worker and its being ready: who came */

	struct page		*page;		/* owned: instead of a reply; public.c */
	bool			 waits;		/* the listener's: the page is to come */

	/* Waiting for a request to move on: park.c. */
	enum exchange_state	 state;
	bool			 woken;
	char			 waits_for[ID_TEXT];	/* the worker's */
	char			 parked_for[ID_TEXT];	/* the same, under park's lock */
	time_us			 wait_until;	/* clock_mono; 0: does not wait */
	struct exchange		*next, **prev;
};

/** exchange_run - identify, handle, reply; on a worker. False: it waits now. */
bool exchange_run(struct exchange *x);
/** exchange_ready - what it waited for has come; from any thread. @quick: its end does not wait. */
void exchange_ready(void *exchange, bool quick);
/** exchange_enrolled - what @enrolling came to; handle_est.c. */
NODISCARD int exchange_enrolled(struct exchange *x, struct err *err);
/** exchange_shown - what it says who sends it; borrowed. Errors: EAUTH. */
NODISCARD int exchange_shown(const struct exchange *x, struct presented *ret,
    struct err *err);
/** exchange_admit - is there any rule by which they might do it?  Where there is
 * none, that is answered: its status is set. */
NODISCARD int exchange_admit(struct exchange *x, struct err *err);
/** exchange_param - what the path named, or "". */
const char *exchange_param(const struct exchange *x);
void exchange_free(struct exchange *x);
DEFINE_FREEP(exchange)

/* ---- replies: each sets x->reply whole ---- */

/** reply_json - steals @j also on failure. */
NODISCARD int reply_json(struct exchange *x, int status, json_t *j, struct err *err);
/** reply_octets - copies. */
NODISCARD int reply_octets(struct exchange *x, int status, const char *type,
    const void *p, size_t n, struct err *err);
/** reply_refusal - a refusal: as a problem, with what flow knows of it. */
void reply_refusal(struct exchange *x, const struct answer *a);
/** reply_answer - what flow answered; takes its body; waits where asked to. */
NODISCARD int reply_answer(struct exchange *x, struct answer *a, struct err *err);
/** problem_json - an error as a problem document (RFC 9457); NULL: no memory. */
json_t *problem_json(const struct err *why, const json_t *more);
/** reply_problem - RFC 9457; @more: members to add, or NULL. Never fails: the last resort is static. */
void reply_problem(struct exchange *x, const struct err *why, const json_t *more);
void reply_done(struct reply *r);

#endif
