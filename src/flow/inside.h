/*
 * inside - what a flow holds.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_INSIDE_H
#define FLOW_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include "base/json.h"
#include "flow/flow.h"
#include "flow/recover.h"

struct batch;
struct errands;
struct est_labels;
struct known;
struct lineages;
struct notifier;
struct publisher;
struct secret;
struct warner;

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

#endif
