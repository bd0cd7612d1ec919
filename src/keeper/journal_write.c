/*
 * The journal's thread: whatever waits is written at once and fsynced once.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"
#include "keeper/journal_impl.h"

struct writer {
	struct journal	*j;
	int		 fd;		/* -1: no segment is open */
	uint64_t	 segment;
};

/* The file of a segment; a new name is made durable with its folder. */
static int
open_segment(struct writer *w, uint64_t segment, uint64_t offset,
    struct err *err)
{
	char path[JOURNAL_PATH];

	if (w->fd >= 0 && w->segment == segment)
		return 0;
	TRY(journal_path(w->j, segment, path, err));
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->fd < 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	w->segment = segment;
	if (offset == 0)
		TRY(io_sync_dir(w->j->folder, err));
	if (lseek(w->fd, (off_t)offset, SEEK_SET) != (off_t)offset)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}

/* Write and sync one queue.  @ret_dead: the disk's state is not known any more. */
static int
write_queue(struct writer *w, const struct blob *lines, uint64_t segment,
    uint64_t offset, bool *ret_dead, struct err *err)
{
	*ret_dead = false;
	TRY(open_segment(w, segment, offset, err));
	if (io_write_all(w->fd, lines->data, lines->len, err) != 0) {
		/* A full disk: take back the part that got there. */
		if (ftruncate(w->fd, (off_t)offset) != 0 ||
		    lseek(w->fd, (off_t)offset, SEEK_SET) != (off_t)offset)
			*ret_dead = true;
		return -EIO_;
	}
	if (fdatasync(w->fd) != 0) {
		/* What a failed fsync left on disk nobody can tell. */
		*ret_dead = true;
		return err_set(err, EIO_, "fsync: %s", strerror(errno));
	}
	return 0;
}

static void
finish(struct journal *j, const struct journal_at *upto, int rc, bool dead,
    const struct err *why, uint64_t entries)
{
	uint64_t one = 1;

	pthread_mutex_lock(&j->lock);
	if (rc == 0) {
		j->durable = *upto;
		j->syncs++;
		j->written += entries;
	} else {
		j->failed = true;
		j->dead = dead;
		j->why = *why;
		j->queue.len = 0;
	}
	pthread_cond_signal(&j->taken);
	pthread_mutex_unlock(&j->lock);
	/* An eventfd's counter cannot fill up in practice; a full one wakes too. */
	if (write(j->wake, &one, sizeof(one)) < 0)
		return;
}

void *
journal_writer(void *journal)
{
	struct journal *j = journal;
	struct writer w = { .j = j, .fd = -1 };
	struct blob lines = { 0 };
	bool stop = false;

	while (!stop) {
		struct journal_at upto;
		struct blob empty;
		struct err err = { 0 };
		uint64_t segment, offset, entries;
		bool dead = false;
		int rc;

		pthread_mutex_lock(&j->lock);
		while (!j->stop && (j->queue.len == 0 || j->failed))
			pthread_cond_wait(&j->more, &j->lock);
		stop = j->stop;
		lines.len = 0;
		empty = lines;
		lines = j->queue;
		j->queue = empty;
		upto = j->queue_at;
		segment = j->queue_segment;
		offset = upto.offset - lines.len;
		entries = upto.head.n - j->durable.head.n;
		pthread_cond_signal(&j->taken);
		pthread_mutex_unlock(&j->lock);
		if (lines.len == 0)
			continue;
		rc = write_queue(&w, &lines, segment, offset, &dead, &err);
		finish(j, &upto, rc, dead, &err, entries);
	}
	if (w.fd >= 0)
		(void)close(w.fd);
	blob_done(&lines);
	return NULL;
}
