/*
 * teller - tells those who did not wait how their write ended.  Inside src/store only.
 *
 * On a thread of its own, so that the next commit begins while it does.
 */
#ifndef STORE_TELLER_H
#define STORE_TELLER_H

#include <pthread.h>
#include "store/store.h"

/* A write without a caller's stack, once it has ended. */
struct told {
	struct told	*next;
	store_done	*done;
	void		*ctx;		/* @done's */
	int		 rc;
	struct err	 why;
};

struct teller {
	pthread_mutex_t	 lock;
	pthread_cond_t	 more;
	struct told	*first, **last;	/* owned */
	pthread_t	 thread;
	bool		 started, stop;
};

void teller_init(struct teller *t);
/** teller_start - unless it was. Errors: EINTERNAL (no thread). */
NODISCARD int teller_start(struct teller *t, struct err *err);
/** teller_put - takes a list in the order of its commit, freed with free() when told. */
void teller_put(struct teller *t, struct told *list);
/** teller_done - when all are told. */
void teller_done(struct teller *t);

#endif
