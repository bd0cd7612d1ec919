/*
 * journal_impl - what the files of the journal share.  Floor 4 (keeper).
 */
#ifndef KEEPER_JOURNAL_IMPL_H
#define KEEPER_JOURNAL_IMPL_H

#include <pthread.h>
#include "keeper/journal.h"

struct journal {
	char		*folder;	/* owned */
	int		 wake;		/* borrowed eventfd */
	struct journal_at head;		/* loop only: behind the last appended */
	uint64_t	*segment;	/* loop only: first numbers, ascending */
	size_t		 segment_n, segment_room;
	uint64_t	 syncs, written;	/* under lock */

	pthread_t	 thread;
	bool		 running;
	pthread_mutex_t	 lock;
	pthread_cond_t	 more;		/* there is something to write */
	pthread_cond_t	 taken;		/* the queue is empty again, or writing failed */
	/* Under the lock. */
	struct blob	 queue;		/* lines of one segment */
	struct journal_at queue_at;	/* behind its last line */
	uint64_t	 queue_segment;	/* that the lines belong to */
	struct journal_at durable;
	bool		 stop, failed, dead;
	struct err	 why;
};


/** journal_path - "<folder>/<16 digits>.jsonl" into @ret. */
NODISCARD int journal_path(const struct journal *j, uint64_t segment,
    char ret[JOURNAL_PATH], struct err *err);
/** journal_segments - read the folder's list of segments. */
NODISCARD int journal_segments(struct journal *j, struct err *err);
/** journal_segment_add - remember a new segment. */
NODISCARD int journal_segment_add(struct journal *j, uint64_t first, struct err *err);
/** journal_writer - the thread. */
void *journal_writer(void *journal);

#endif
