/*
 * group - many writers, one commit.  Inside src/store only.
 */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include <pthread.h>
#include "store/driver.h"
#include "store/teller.h"

struct job;
struct group {
	pthread_mutex_t	 lock;
	struct job	*head, **tail;	/* on its caller's stack, or owned: later */
	unsigned	 waiting;
	bool		 led;		/* one of the callers is at work, or committer */
	pthread_t	 committer;	/* leads where the next in turn does not wait */
	pthread_cond_t	 called;	/* of calls and stop */
	bool		 started, calls, stop;	/* committer: is there, is to lead, to end */
	struct teller	 teller;	/* of those who do not wait */
	struct conn	*conn;		/* owned; the leader's alone */

	/* Under lock, for metrics. */
	uint64_t	 writes, commits, failed;
};

void group_init(struct group *g);
void group_done(struct group *g);

#endif
