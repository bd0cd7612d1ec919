/*
 * journal - the keeper's own record: hash-chained lines, fsynced before
 * anything is answered.
 *
 * Floor 4 (keeper).  Sees wire, base.
 * Threads:  append, read and replay belong to the keeper's loop; one thread of
 *           its own writes and fsyncs once for all that arrived together.
 * Locks:    one inside, held for copies only, never over a write.
 *
 * Entries lie in segments: <folder>/<number of the first entry, 16 digits>.jsonl,
 * one line of canonical JSON each.  A line that a crash cut is taken away at the next
 * start: nobody was answered for it.
 */
#ifndef KEEPER_JOURNAL_H
#define KEEPER_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/blob.h"
#include "base/clock.h"
#include "base/err.h"
#include "keeper/draft.h"
#include "wire/entry.h"

#define JOURNAL_SEGMENT	8192		/* entries after which a new one begins */
#define JOURNAL_PATH	4096		/* longest path within the state folder */
#define JOURNAL_SEGMENT_OCTETS (64u << 20)
#define JOURNAL_ROOM_OCTETS (256u << 10)	/* of zeros behind its lines, while it is written */

struct journal;			/* opaque */

/* A place in the journal: behind entry head.n, at an octet of a segment. */
struct journal_at {
	struct entry_head head;
	time_us		 time;		/* of that entry; 0 at the beginning */
	uint64_t	 segment;	/* number of its first entry; 0: none yet */
	uint64_t	 offset;	/* where the next line begins */
};

/**
 * journal_open - a journal in this folder, made if need be.
 *
 * @wake  an eventfd, borrowed: written when something has become durable.
 */
NODISCARD int journal_open(const char *folder, int wake, struct journal **ret, struct err *err);
/** journal_free - stops the thread after what is queued has been written. */
void journal_free(struct journal *j);
DEFINE_FREEP(journal)

/** journal_line - one entry of a replay: its octets, and where it stands. */
typedef int journal_line(void *ctx, const void *p, size_t n,
    const struct journal_at *before, const struct journal_at *after, struct err *err);
/**
 * journal_replay - read from a place to the end, checking number, previous hash and time.
 *
 * @from  NULL: from the beginning.
 * A cut last line is removed.  Afterwards the journal goes on from there (journal_start).
 * Errors: EVERIFY where the chain is broken; what @each returns.
 */
NODISCARD int journal_replay(struct journal *j, const struct journal_at *from,
    journal_line *each, void *ctx, struct err *err);
/** journal_set_head - where the entries that were read end, as their reader found it. */
void journal_set_head(struct journal *j, const struct journal_at *head);
/** journal_start - begin to take entries. */
NODISCARD int journal_start(struct journal *j, struct err *err);

/**
 * journal_append - spell the draft as the next entry and queue it.
 *
 * @jump      0, or the number that this entry is to have (a restore leaves a hole).
 * @ret_line  its octets are appended; durable only when journal_durable says so.
 * @ret_at    where it stands.
 * Errors: EIO_ after a failed write, until journal_recover.
 */
NODISCARD int journal_append(struct journal *j, struct draft *d, uint64_t jump,
    struct blob *ret_line, struct journal_at *ret_at, struct err *err);
/** journal_durable - the number of the last entry that is safe on disk; false: writing
 * failed, and what lies above that number is lost (@err says why). */
bool journal_durable(struct journal *j, uint64_t *ret, struct err *err);
/** journal_recover - after a failed write: go on from the durable end. Errors: EHALTED. */
NODISCARD int journal_recover(struct journal *j, struct err *err);
/** journal_head - behind the last appended entry. */
const struct journal_at *journal_head(const struct journal *j);

/**
 * journal_tail - append "[entry,entry...]", durable ones from number @from on.
 * @limit entries and about @octets at most.
 */
NODISCARD int journal_tail(struct journal *j, uint64_t from, unsigned limit,
    size_t octets, struct blob *ret, struct err *err);
/** journal_at_line - append the octets of one durable entry, by its place. */
NODISCARD int journal_at_line(struct journal *j, uint64_t segment, uint64_t offset,
    struct blob *ret, struct err *err);
/** journal_sync_time - microseconds that the last write with its fsync took; how many entries it had. */
void journal_stats(struct journal *j, uint64_t *ret_syncs, uint64_t *ret_entries);

#endif
