/*
 * Reading the journal: all of it at start, a stretch of it for tail.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "keeper/journal_impl.h"

#define NAME_DIGITS	16
#define NAME_ENDING	".jsonl"

int
journal_path(const struct journal *j, uint64_t segment, char ret[JOURNAL_PATH],
    struct err *err)
{
	int n = snprintf(ret, JOURNAL_PATH, "%s/%016" PRIu64 NAME_ENDING,
	    j->folder, segment);

	if (n < 0 || n >= JOURNAL_PATH)
		return err_set(err, ERANGE_, "the journal's path is too long");
	return 0;
}

int
journal_segment_add(struct journal *j, uint64_t first, struct err *err)
{
	if (j->segment_n == j->segment_room) {
		size_t room = j->segment_room == 0 ? 64 : j->segment_room * 2;
		uint64_t *p = realloc(j->segment, room * sizeof(*p));

		if (p == NULL)
			return err_set(err, ENOMEMORY, "for the list of segments");
		j->segment = p;
		j->segment_room = room;
	}
	j->segment[j->segment_n++] = first;
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

int
journal_segments(struct journal *j, struct err *err)
{
	DIR *d = opendir(j->folder);
	struct dirent *e;
	int rc = 0;

	if (d == NULL)
		return err_set(err, EIO_, "%s: %s", j->folder, strerror(errno));
	while (rc == 0 && (e = readdir(d)) != NULL) {
		if (strlen(e->d_name) != NAME_DIGITS + strlen(NAME_ENDING) ||
		    strspn(e->d_name, "0123456789") != NAME_DIGITS ||
		    strcmp(e->d_name + NAME_DIGITS, NAME_ENDING) != 0)
			continue;
		rc = journal_segment_add(j, strtoull(e->d_name, NULL, 10), err);
	}
	(void)closedir(d);
	if (rc == 0 && j->segment_n > 1)
		qsort(j->segment, j->segment_n, sizeof(*j->segment), by_number);
	return rc;
}

/* A segment's octets, mapped. */
struct mapped {
	unsigned char	*p;		/* NULL: empty */
	size_t		 n;
};

/* Octets of a segment that stay where they are.  Of the newest, what is not
 * durable may be taken back meanwhile, and so may room behind it: to look at
 * a mapped octet that is gone ends the program. */
static uint64_t
settled(struct journal *j, uint64_t segment)
{
	uint64_t n;

	pthread_mutex_lock(&j->lock);
	n = segment < j->durable.segment ? UINT64_MAX :
	    segment == j->durable.segment ? j->durable.offset : 0;
	pthread_mutex_unlock(&j->lock);
	return n;
}

/* @most octets of it. */
static int
map_segment(const struct journal *j, uint64_t segment, uint64_t most,
    struct mapped *ret, struct err *err)
{
	char path[JOURNAL_PATH];
	struct stat st;
	int fd;

	TRY(journal_path(j, segment, path, err));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	*ret = (struct mapped){ 0 };
	if (fstat(fd, &st) == 0 && st.st_size > 0 && most > 0) {
		ret->n = (uint64_t)st.st_size < most ? (size_t)st.st_size :
		    (size_t)most;
		ret->p = mmap(NULL, ret->n, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	(void)close(fd);
	if (ret->p == MAP_FAILED)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}

static void
unmap(struct mapped *m)
{
	if (m->p != NULL)
		(void)munmap(m->p, m->n);
}

/* Whole lines behind one that was cut are no crash's work, which tears the last
 * fsync's lines only: they stay at hand, for who finds that the journal is short. */
static int
keep_tail(const char *path, uint64_t offset, const unsigned char *p, size_t n,
    struct err *err)
{
	char name[JOURNAL_PATH + 32];

	if (memchr(p, '\n', n) == NULL)
		return 0;
	snprintf(name, sizeof(name), "%s.%" PRIu64 ".cut", path, offset);
	log_line(LOG_WARN, "the journal is cut at a line that is not whole; "
	    "what is behind is kept in %s", name);
	return io_write_file(name, 0600, p, n, err);
}

/* What a crash left of a line that nobody was answered for. */
static int
cut_tail(struct journal *j, const struct journal_at *at,
    const unsigned char *p, size_t n, struct err *err)
{
	char path[JOURNAL_PATH];
	int fd, bad;

	TRY(journal_path(j, at->segment, path, err));
	TRY(keep_tail(path, at->offset, p, n, err));
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	bad = fd < 0 || ftruncate(fd, (off_t)at->offset) != 0 || fsync(fd) != 0;
	if (fd >= 0)
		(void)close(fd);
	if (bad)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}

struct replay {
	struct journal	*j;
	journal_line	*each;
	void		*ctx;
	struct journal_at at;
	bool		 last;		/* the newest segment */
};

static int
replay_line(struct replay *r, const unsigned char *p, size_t n,
    struct err *err)
{
	struct journal_at next = r->at;

	next.offset += n + 1;
	/* Number, previous hash and time are checked by whoever reads the entry. */
	TRY(r->each(r->ctx, p, n, &r->at, &next, err));
	r->at = next;
	return 0;
}

/* A line ends with its end, so that no zero behind it is its own: it is room. */
static size_t
without_room(const struct mapped *m)
{
	size_t n = m->n;

	while (n > 0 && m->p[n - 1] == '\0')
		n--;
	return n;
}

static int
replay_segment(struct replay *r, const struct mapped *m, struct err *err)
{
	size_t whole = without_room(m);

	while (r->at.offset < whole) {
		const unsigned char *p = m->p + r->at.offset;
		size_t left = whole - r->at.offset;
		const unsigned char *end = memchr(p, '\n', left);

		/*
		 * A line without its end, or with the zeros of a block that
		 * never reached the disk, was cut by a crash before its fsync.
		 */
		if (r->last && (end == NULL ||
		    memchr(p, '\0', (size_t)(end - p)) != NULL))
			return cut_tail(r->j, &r->at, p, left, err);
		if (end == NULL)
			return err_set(err, EVERIFY, "segment %" PRIu64
			    " of the journal ends within a line", r->at.segment);
		TRY(replay_line(r, p, (size_t)(end - p), err));
	}
	if (r->at.offset > whole)
		return err_set(err, EVERIFY, "segment %" PRIu64
		    " of the journal is shorter than it was", r->at.segment);
	return 0;
}

int
journal_replay(struct journal *j, const struct journal_at *from,
    journal_line *each, void *ctx, struct err *err)
{
	struct replay r = { .j = j, .each = each, .ctx = ctx };
	struct mapped m;
	int rc = 0;

	if (from != NULL)
		r.at = *from;
	for (size_t i = 0; rc == 0 && i < j->segment_n; i++) {
		if (j->segment[i] < r.at.segment)
			continue;
		if (j->segment[i] != r.at.segment) {
			r.at.segment = j->segment[i];
			r.at.offset = 0;
		}
		r.last = i + 1 == j->segment_n;
		TRY(map_segment(j, r.at.segment, UINT64_MAX, &m, err));
		rc = replay_segment(&r, &m, err);
		unmap(&m);
	}
	return rc;
}

/* The segment that holds entry @n, or 0. */
static uint64_t
segment_of(const struct journal *j, uint64_t n, size_t *ret_i)
{
	for (size_t i = j->segment_n; i > 0; i--) {
		if (j->segment[i - 1] <= n) {
			*ret_i = i - 1;
			return j->segment[i - 1];
		}
	}
	*ret_i = 0;
	return j->segment_n == 0 ? 0 : j->segment[0];
}

struct tail {
	uint64_t	 from, upto;
	unsigned	 left;
	size_t		 octets;
	struct blob	*ret;
	bool		 any;
};

static int
tail_segment(struct tail *t, const struct mapped *m, uint64_t first,
    struct err *err)
{
	const unsigned char *p = m->p, *end;
	uint64_t n = first;

	for (; p < m->p + m->n && t->left > 0; p = end + 1, n++) {
		end = memchr(p, '\n', (size_t)(m->p + m->n - p));
		if (end == NULL)
			return 0;
		if (n > t->upto)
			return 0;
		if (n < t->from)
			continue;
		if (t->any)
			TRY(blob_put(t->ret, ",", 1, err));
		TRY(blob_put(t->ret, p, (size_t)(end - p), err));
		t->any = true;
		t->left--;
		if (t->ret->len > t->octets)
			t->left = 0;
	}
	return 0;
}

int
journal_tail(struct journal *j, uint64_t from, unsigned limit, size_t octets,
    struct blob *ret, struct err *err)
{
	struct tail t = { .from = from, .left = limit, .octets = octets,
		.ret = ret };
	struct mapped m;
	size_t i;
	int rc = 0;

	(void)journal_durable(j, &t.upto, NULL);
	TRY(blob_put(ret, "[", 1, err));
	if (segment_of(j, from, &i) == 0 || from > t.upto)
		return blob_put(ret, "]", 1, err);
	for (; rc == 0 && i < j->segment_n && t.left > 0 &&
	    j->segment[i] <= t.upto; i++) {
		TRY(map_segment(j, j->segment[i], settled(j, j->segment[i]),
		    &m, err));
		rc = tail_segment(&t, &m, j->segment[i], err);
		unmap(&m);
	}
	if (rc != 0)
		return rc;
	return blob_put(ret, "]", 1, err);
}

int
journal_at_line(struct journal *j, uint64_t segment, uint64_t offset,
    struct blob *ret, struct err *err)
{
	const unsigned char *end;
	struct mapped m;
	int rc;

	TRY(map_segment(j, segment, settled(j, segment), &m, err));
	end = offset < m.n ? memchr(m.p + offset, '\n', m.n - offset) : NULL;
	rc = end == NULL ? err_set(err, EVERIFY, "an entry is gone from the journal") :
	    blob_put(ret, m.p + offset, (size_t)(end - m.p) - offset, err);
	unmap(&m);
	return rc;
}
