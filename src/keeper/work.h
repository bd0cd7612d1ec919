/*
 * work - the threads that wait for the token, so that the loop never does.
 *
 * Floor 4 (keeper).  Sees base.
 * Threads:  work_put and work_done belong to the loop; run is called on a
 *           worker, done on the loop.
 * Locks:    one inside, never held over run or done.
 *
 * Two queues: signatures, taken by several threads; and the slow rest (making
 * keys, the mirror, files), one at a time, so that no signer waits behind it.
 */
#ifndef KEEPER_WORK_H
#define KEEPER_WORK_H

#include <stdbool.h>
#include "base/err.h"

struct work;			/* opaque */
struct job;
typedef void job_run(struct job *j);
typedef void job_done(void *ctx, struct job *j);

/* Embedded in what it works on; whoever put it there owns it again in done. */
struct job {
	struct job	*next;
	job_run		*run;	/* on a worker: touches the job's own things only */
	job_done	*done;	/* on the loop */
};

/**
 * work_open - start the threads.
 * @signers  how many take signatures (at least 1).
 * @wake     eventfd, borrowed: written when a job is done.
 * @ctx      handed to done.
 */
NODISCARD int work_open(unsigned signers, int wake, void *ctx, struct work **ret, struct err *err);
/** work_free - ends after the jobs that are being run; the others' done is not called. */
void work_free(struct work *w);
DEFINE_FREEP(work)
/** work_sign, work_slow - queue a job. */
void work_sign(struct work *w, struct job *j);
void work_slow(struct work *w, struct job *j);
/** work_collect - call done for all that are finished; true when there were any. */
bool work_collect(struct work *w);
/** work_waiting - jobs that are queued or run. */
unsigned work_waiting(struct work *w);

#endif
