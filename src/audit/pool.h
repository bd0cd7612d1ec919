/*
 * pool - jobs done by several threads; who waits for one helps with others.
 * Private to src/audit.
 */
#ifndef AUDIT_POOL_H
#define AUDIT_POOL_H

#include <stdbool.h>
#include "base/err.h"

struct pool;

struct job {
	void		(*run)(struct job *j);	/* may free it where @forget */
	bool		 forget;		/* nobody waits for it */
	bool		 done;			/* the pool's */
	struct job	*next;			/* the pool's */
};

/* pool_size - its threads, the caller's counted. */
size_t pool_size(const struct pool *p);
/* pool_new - @threads in all, the caller's counted. */
NODISCARD int pool_new(unsigned threads, struct pool **ret, struct err *err);
/* pool_free - finish every job, join. */
void pool_free(struct pool *p);
DEFINE_FREEP(pool)
/* pool_add - at the end of the queue; with more than a bound waiting, the
 * caller does some first. */
void pool_add(struct pool *p, struct job *j);
/* pool_wait - until this one is done. */
void pool_wait(struct pool *p, struct job *j);
/* pool_finish - until all are done. */
void pool_finish(struct pool *p);

#endif
