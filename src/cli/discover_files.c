/*
 * discover_files - a folder, and all the files below it.
 *
 * Floor 7.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/discover.h"

const struct files_bounds files_bounds = {
	.octets = (size_t)16 << 20, .depth = 64, .files = 1000000,
	.things = 1000,
};

struct files {
	struct scan		*scan;
	const struct files_bounds *bound;
	const char		*host, *top;	/* of all that is below it: a place */
	struct blob		 place;		/* of the one that is looked at */
	size_t			 n;
	dev_t			 device;	/* the file system of top */
	bool			 full;
	bool			 enough;	/* of this file */
};

/* A place that is too long to be told is passed over by its beginning. */
static int
place_make(struct files *f, const char *path, struct err *err)
{
	blob_clear(&f->place);
	TRY(blob_puts(&f->place, "file://", err));
	TRY(place_put(&f->place, f->host, "", err));
	return place_put(&f->place, path, "/", err);
}

static int
passed(struct files *f, const char *why, struct err *err)
{
	if (f->place.len > DISCOVER_PLACE)
		blob_cut(&f->place, DISCOVER_PLACE);
	return scan_passed(f->scan, blob_str(&f->place), why, err);
}

static int
item_take(void *ctx, const struct trove_item *item, struct err *err)
{
	struct files *f = ctx;

	if (item->n <= f->bound->things)
		return scan_item(f->scan, blob_str(&f->place), item, err);
	f->enough = true;
	return err_set(err, ELIMIT, "%s", "more");
}

/* All of it, as far as it goes: it may grow or shrink meanwhile. */
static int
octets_read(int fd, size_t n, struct blob *ret, struct err *err)
{
	ssize_t got;

	TRY(blob_reserve(ret, n, err));
	while (ret->len < n) {
		got = read(fd, ret->data + ret->len, n - ret->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, EIO_, "%s", strerror(errno));
		if (got == 0)
			break;
		ret->len += (size_t)got;
		ret->data[ret->len] = '\0';
	}
	return 0;
}

static int
file_read(struct files *f, int fd, struct err *err)
{
	AUTO(blob) *octets = blob_new();
	struct err why;
	struct stat st;
	int rc;

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "a file");
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return 0;
	if ((uintmax_t)st.st_size > f->bound->octets)
		return passed(f, "it is longer than what is read", err);
	if (octets_read(fd, (size_t)st.st_size, octets, &why) != 0)
		return why.code == ENOMEMORY ? err_set(err, ENOMEMORY,
		    "a file") : passed(f, why.what, err);
	f->enough = false;
	rc = trove_each(span_blob(octets), item_take, f, err);
	return rc == -ELIMIT && f->enough ? passed(f, "it holds more things "
	    "than are told of one file", err) : rc;
}

/* By the name that is there now, and no link: what it was a moment ago is
 * nobody's promise. */
static int
file_look(struct files *f, const FTSENT *e, struct err *err)
{
	int fd, rc;

	TRY(place_make(f, e->fts_path, err));
	if (f->n == f->bound->files) {
		f->full = true;
		return scan_passed(f->scan, f->top, "it has more files than "
		    "are looked at: name its folders one by one", err);
	}
	f->n++;
	if (f->place.len > DISCOVER_PLACE)
		return passed(f, "its path is too long", err);
	fd = open(e->fts_accpath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno == ELOOP || errno == ENOENT ? 0 : passed(f,
		    strerror(errno), err);
	f->scan->things++;
	rc = file_read(f, fd, err);
	close(fd);
	return rc;
}

/* What is mounted here is skipped by fts itself, which says nothing of it. */
static int
folder_look(struct files *f, FTS *tree, FTSENT *e, struct err *err)
{
	const char *why = NULL;

	if (e->fts_level == FTS_ROOTLEVEL)
		f->device = e->fts_statp->st_dev;
	if (e->fts_level > f->bound->depth)
		why = "it lies deeper than is looked";
	else if (e->fts_statp->st_dev != f->device)
		why = "another file system";
	if (why == NULL)
		return 0;
	(void)fts_set(tree, e, FTS_SKIP);
	TRY(place_make(f, e->fts_path, err));
	return passed(f, why, err);
}

static int
entry_look(struct files *f, FTS *tree, FTSENT *e, struct err *err)
{
	switch (e->fts_info) {
	case FTS_F:
		return file_look(f, e, err);
	case FTS_D:
		return folder_look(f, tree, e, err);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		TRY(place_make(f, e->fts_path, err));
		return passed(f, strerror(e->fts_errno), err);
	}
	return 0;
}

static int
walk(struct files *f, char *path, struct err *err)
{
	char *const paths[] = { path, NULL };
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_XDEV, NULL);
	FTSENT *e = NULL;
	int rc = 0;

	if (tree == NULL)
		return err_set(err, EIO_, "%s: %s", path,
		    strerror(errno));
	errno = 0;
	while (rc == 0 && !f->full && !f->scan->full &&
	    (errno = 0, e = fts_read(tree)) != NULL)
		rc = entry_look(f, tree, e, err);
	if (rc == 0 && e == NULL && errno != 0)
		rc = err_set(err, EIO_, "%s: %s", path,
		    strerror(errno));
	fts_close(tree);
	return rc;
}

int
scan_files(struct scan *s, const char *host, const char *path,
    const struct files_bounds *b, struct err *err)
{
	struct files f = { .scan = s, .bound = b, .host = host };
	char *real = realpath(path, NULL), *top = NULL;
	int rc;

	if (real == NULL)
		return err_set(err, errno == ENOENT ? ENOENT_ : EIO_, "%s: %s",
		    path, strerror(errno));
	rc = place_make(&f, real, err);
	if (rc == 0 && (top = strdup(blob_str(&f.place))) == NULL)
		rc = err_set(err, ENOMEMORY, "a folder");
	f.top = top;
	if (rc == 0)
		rc = scan_looked(s, top, err);
	if (rc == 0)
		rc = walk(&f, real, err);
	blob_done(&f.place);
	free(top);
	free(real);
	return rc;
}
