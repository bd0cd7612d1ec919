/*
 * The loop's side of the journal: the chain's head and what is queued.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/io.h"
#include "keeper/journal_impl.h"

#define QUEUE_OCTETS	(64u << 20)	/* most that may wait for the disk */

int
journal_open(const char *folder, int wake, struct journal **ret,
    struct err *err)
{
	AUTO(journal) *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return err_set(err, ENOMEMORY, "for the journal");
	if (pthread_mutex_init(&j->lock, NULL) != 0 ||
	    pthread_cond_init(&j->more, NULL) != 0 ||
	    pthread_cond_init(&j->taken, NULL) != 0)
		return err_set(err, EINTERNAL, "no lock for the journal");
	j->wake = wake;
	j->folder = strdup(folder);
	if (j->folder == NULL)
		return err_set(err, ENOMEMORY, "for the journal");
	TRY(io_mkdir_p(folder, 0700, err));
	TRY(journal_segments(j, err));
	*ret = TAKE(j);
	return 0;
}

void
journal_free(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->running) {
		pthread_mutex_lock(&j->lock);
		j->stop = true;
		pthread_cond_signal(&j->more);
		pthread_mutex_unlock(&j->lock);
		pthread_join(j->thread, NULL);
	}
	pthread_cond_destroy(&j->more);
	pthread_cond_destroy(&j->taken);
	pthread_mutex_destroy(&j->lock);
	blob_done(&j->queue);
	free(j->segment);
	free(j->folder);
	free(j);
}

void
journal_set_head(struct journal *j, const struct journal_at *head)
{
	j->head = *head;
}

int
journal_start(struct journal *j, struct err *err)
{
	j->durable = j->head;
	j->queue_at = j->head;
	if (pthread_create(&j->thread, NULL, journal_writer, j) != 0)
		return err_set(err, EINTERNAL, "no thread for the journal");
	j->running = true;
	return 0;
}

/* A segment ends when it is long, and only when nothing of it waits. */
static bool
begins_segment(const struct journal *j)
{
	const struct journal_at *h = &j->head;

	return h->segment == 0 || h->offset >= JOURNAL_SEGMENT_OCTETS ||
	    h->head.n + 1 - h->segment >= JOURNAL_SEGMENT;
}

/* Under the lock: take one line into the queue. */
static int
enqueue(struct journal *j, const void *line, size_t n,
    const struct journal_at *after, struct err *err)
{
	if (j->failed)
		return err_set(err, j->dead ? EHALTED : EIO_, "%s", j->why.what);
	if (j->queue.len > QUEUE_OCTETS)
		return err_set(err, EBUSY_, "the journal's disk is slow");
	/* Lines of two segments never lie in one queue. */
	while (!j->failed && j->queue.len > 0 &&
	    j->queue_segment != after->segment)
		pthread_cond_wait(&j->taken, &j->lock);
	if (j->failed)
		return err_set(err, EIO_, "%s", j->why.what);
	TRY(blob_put(&j->queue, line, n, err));
	if (blob_put(&j->queue, "\n", 1, err) != 0) {
		j->queue.len -= n;
		return -ENOMEMORY;
	}
	j->queue_segment = after->segment;
	j->queue_at = *after;
	return 0;
}

int
journal_append(struct journal *j, struct draft *d, uint64_t jump,
    struct blob *ret_line, struct journal_at *ret_at, struct err *err)
{
	struct journal_at at = j->head;
	size_t from = ret_line->len, n;
	int rc;

	/* Within a segment numbers are consecutive: a jump begins a new one. */
	if (jump != 0 || begins_segment(j)) {
		at.segment = jump != 0 ? jump : at.head.n + 1;
		at.offset = 0;
	}
	if (d->time < at.time)
		d->time = at.time;
	TRY(draft_spell(d, jump != 0 ? jump : at.head.n + 1, &j->head.head.hash,
	    ret_line, err));
	n = ret_line->len - from;
	if (n > ENTRY_MADE)
		return err_set(err, ETOOBIG, "an entry of %zu octets: no event "
		    "could hold it", n);
	at.head.n = jump != 0 ? jump : at.head.n + 1;
	at.head.hash = sha256_of(ret_line->data + from, n);
	at.time = d->time;
	at.offset += n + 1;
	if (at.segment != j->head.segment)
		TRY(journal_segment_add(j, at.segment, err));
	pthread_mutex_lock(&j->lock);
	rc = enqueue(j, ret_line->data + from, n, &at, err);
	if (rc == 0)
		pthread_cond_signal(&j->more);
	pthread_mutex_unlock(&j->lock);
	if (rc != 0) {
		if (at.segment != j->head.segment)
			j->segment_n--;
		return rc;
	}
	j->head = at;
	*ret_at = at;
	return 0;
}

bool
journal_durable(struct journal *j, uint64_t *ret, struct err *err)
{
	bool good;

	pthread_mutex_lock(&j->lock);
	*ret = j->durable.head.n;
	good = !j->failed;
	if (!good && err != NULL)
		*err = j->why;
	pthread_mutex_unlock(&j->lock);
	return good;
}

int
journal_recover(struct journal *j, struct err *err)
{
	int rc = 0;

	pthread_mutex_lock(&j->lock);
	if (j->dead) {
		rc = err_set(err, EHALTED, "the journal could not be made "
		    "durable (%.160s): restart the keeper", j->why.what);
	} else {
		j->failed = false;
		j->head = j->durable;
		while (j->segment_n > 0 &&
		    j->segment[j->segment_n - 1] > j->head.segment)
			j->segment_n--;
	}
	pthread_mutex_unlock(&j->lock);
	return rc;
}

const struct journal_at *
journal_head(const struct journal *j)
{
	return &j->head;
}

void
journal_stats(struct journal *j, uint64_t *ret_syncs, uint64_t *ret_entries)
{
	pthread_mutex_lock(&j->lock);
	*ret_syncs = j->syncs;
	*ret_entries = j->written;
	pthread_mutex_unlock(&j->lock);
}
