/*
 * store_private - what a store is made of.  Inside src/store only.
 *
 * Locks: queue and pool are never held together, nor while the database or a
 * caller's function works.
 */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include <pthread.h>
#include "store/driver.h"
#include "store/group.h"

struct store {
	const struct driver	*driver;
	char			*where;		/* owned: the URL after the scheme */
	struct store_config	 config;
	bool			 shared;	/* readers take the writer's turn */

	struct group		 group;		/* writers */

	pthread_mutex_t		 pool_lock;
	pthread_cond_t		 pool_idle;
	struct conn		*idle;		/* owned list */
	unsigned		 readers;	/* idle and at work */

	uint64_t		 reads, reconnects;	/* atomic */
};

/** store_connect - a new connection, ready for use; counted as reconnect if so. */
NODISCARD int store_connect(struct store *s, bool writer, bool again,
    struct conn **ret, struct err *err);

#endif
