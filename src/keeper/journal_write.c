/*
 * The journal's thread: whatever waits is written at once and fsynced once.
 *
 * Zeros are written ahead of the lines: an fsync behind the end of a file also
 * writes the file's new size, in another place of the disk.  Readers take zeros
 * at the end of a segment for room that is not used yet.  While others may look
 * at it nothing that is durable is taken back, nor room of an earlier segment.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "keeper/journal_impl.h"

#define ROOM_LEFT	(64u << 20)	/* octets that are free, else there is no room ahead */

struct writer {
	struct journal	*j;
	int		 fd;		/* -1: no segment is open */
	uint64_t	 segment;
	uint64_t	 end, room;	/* of its lines; of the zeros behind them */
};

static void
close_segment(struct writer *w)
{
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = -1;
}

/* The file of a segment; a new name is made durable with its folder. */
static int
open_segment(struct writer *w, uint64_t segment, uint64_t offset,
    struct err *err)
{
	char path[JOURNAL_PATH];

	if (w->fd >= 0 && w->segment == segment)
		return 0;
	TRY(journal_path(w->j, segment, path, err));
	close_segment(w);
	w->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->fd < 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	w->segment = segment;
	w->end = w->room = offset;
	if (lseek(w->fd, (off_t)offset, SEEK_SET) != (off_t)offset)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return offset == 0 ? io_sync_dir(w->j->folder, err) : 0;
}

static bool
is_spacious(const struct writer *w)
{
	struct statvfs s;

	return fstatvfs(w->fd, &s) == 0 &&
	    s.f_bavail * s.f_frsize >= ROOM_LEFT;
}

/* Room behind @end, for speed: of a disk that is nearly full nothing is taken. */
static void
make_room(struct writer *w, uint64_t end)
{
	static const char zeros[JOURNAL_ROOM_OCTETS];

	if (end <= w->room)
		return;
	w->room = end;
	if (!is_spacious(w))
		return;
	/* What a crash leaves of this is zeros, or nothing. */
	if (pwrite(w->fd, zeros, sizeof(zeros), (off_t)end) ==
	    (ssize_t)sizeof(zeros))
		w->room += sizeof(zeros);
}

/* What is behind @end is given back. */
static int
cut(struct writer *w, uint64_t end)
{
	w->room = end;
	return ftruncate(w->fd, (off_t)end);
}

/* Write and sync one queue.  @ret_dead: the disk's state is not known any more. */
static int
write_queue(struct writer *w, const struct blob *lines, uint64_t segment,
    uint64_t offset, bool *ret_dead, struct err *err)
{
	*ret_dead = false;
	if (open_segment(w, segment, offset, err) != 0) {
		/* All of it once more, the next time. */
		close_segment(w);
		return -EIO_;
	}
	make_room(w, offset + lines->len);
	if (io_write_all(w->fd, lines->data, lines->len, err) != 0) {
		/* A full disk: take back the part that got there. */
		if (cut(w, offset) != 0 ||
		    lseek(w->fd, (off_t)offset, SEEK_SET) != (off_t)offset)
			*ret_dead = true;
		return -EIO_;
	}
	if (fdatasync(w->fd) != 0) {
		/* What a failed fsync left on disk nobody can tell. */
		*ret_dead = true;
		return err_set(err, EIO_, "fsync: %s", strerror(errno));
	}
	w->end = offset + lines->len;
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
	/* Nobody reads any more. */
	if (w.fd >= 0 && w.room > w.end && cut(&w, w.end) != 0)
		log_line(LOG_INFO, "the journal keeps its room: %s",
		    strerror(errno));
	close_segment(&w);
	blob_done(&lines);
	return NULL;
}
