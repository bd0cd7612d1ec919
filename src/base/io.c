#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/io.h"

#define TREE_DEPTH	32

static int
io_error(const char *path, struct err *err)
{
	int e = errno;

	return err_set(err, EIO_, "%s: %s", path, strerror(e));
}

static int
open_error(const char *path, struct err *err)
{
	return errno == ENOENT || errno == ENOTDIR ? err_set(err, ENOENT_,
	    "%s: no such file", path) : io_error(path, err);
}

static int
too_big(const char *path, size_t max, struct err *err)
{
	return err_set(err, ETOOBIG, "%s: over %zu octets", path, max);
}

static int
read_fd(int fd, const char *path, size_t max, struct blob *ret,
    struct err *err)
{
	unsigned char chunk[65536];
	size_t done = 0;
	ssize_t got;
	int rc = 0;

	while (rc == 0) {
		got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			rc = io_error(path, err);
		if (got <= 0)
			break;
		done += (size_t)got;
		rc = done > max ?
		    too_big(path, max, err) :
		    blob_put(ret, chunk, (size_t)got, err);
	}
	explicit_bzero(chunk, sizeof(chunk));
	return rc;
}

int
io_read_file(const char *path, size_t max, struct blob *ret, struct err *err)
{
	struct blob all = { 0 };
	int fd, rc;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return open_error(path, err);
	rc = read_fd(fd, path, max, &all, err);
	(void)close(fd);
	if (rc == 0)
		rc = blob_put(ret, all.data, all.len, err);
	blob_done(&all);
	return rc;
}

int
io_check_file(const char *path, size_t max, struct err *err)
{
	struct stat st;

	if (stat(path, &st) != 0 || access(path, R_OK) != 0)
		return open_error(path, err);
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return io_error(path, err);
	}
	return S_ISREG(st.st_mode) && (uintmax_t)st.st_size > max ?
	    too_big(path, max, err) : 0;
}

int
io_write_all(int fd, const void *p, size_t n, struct err *err)
{
	const unsigned char *o = p;
	ssize_t put;

	while (n > 0) {
		put = write(fd, o, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return err_set(err, EIO_, "write: %s", strerror(errno));
		o += put;
		n -= (size_t)put;
	}
	return 0;
}

int
io_sync_dir(const char *path, struct err *err)
{
	int fd, rc = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (fd < 0)
		return io_error(path, err);
	if (fsync(fd) != 0)
		rc = io_error(path, err);
	(void)close(fd);
	return rc;
}

/* The folder that holds @path's last name. */
static int
sync_parent(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int rc;

	if (slash == NULL)
		return io_sync_dir(".", err);
	if (slash == path)
		return io_sync_dir("/", err);
	if ((dir = strndup(path, (size_t)(slash - path))) == NULL)
		return err_set(err, ENOMEMORY, "a path");
	rc = io_sync_dir(dir, err);
	free(dir);
	return rc;
}

static int
fill(int fd, const char *path, mode_t mode, const void *p, size_t n,
    struct err *err)
{
	if (fchmod(fd, mode) != 0)
		return io_error(path, err);
	TRY(io_write_all(fd, p, n, err));
	return fsync(fd) == 0 ? 0 : io_error(path, err);
}

static int
write_beside(char *temp, const char *path, mode_t mode, const void *p,
    size_t n, struct err *err)
{
	int fd, rc;

	if ((fd = mkostemp(temp, O_CLOEXEC)) < 0)
		return io_error(path, err);
	rc = fill(fd, path, mode, p, n, err);
	if (close(fd) != 0 && rc == 0)
		rc = io_error(path, err);
	if (rc == 0 && rename(temp, path) != 0)
		rc = io_error(path, err);
	if (rc != 0)
		(void)unlink(temp);
	return rc;
}

int
io_write_file(const char *path, mode_t mode, const void *p, size_t n,
    struct err *err)
{
	struct blob temp = { 0 };
	int rc;

	rc = blob_printf(&temp, err, "%s.XXXXXX", path);
	if (rc == 0)
		rc = write_beside((char *)temp.data, path, mode, p, n, err);
	blob_done(&temp);
	TRY(rc);
	return sync_parent(path, err);
}

static int sync_below(int fd, const char *path, int depth, struct err *err);

/* One name: links and devices have nothing of ours to make durable. */
static int
sync_entry(int dir, const char *name, int depth, struct err *err)
{
	struct stat st;
	int fd, rc = 0;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return io_error(name, err);
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return 0;
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return io_error(name, err);
	if (S_ISDIR(st.st_mode))
		return sync_below(fd, name, depth + 1, err);
	if (fsync(fd) != 0)
		rc = io_error(name, err);
	(void)close(fd);
	return rc;
}

/* Takes @fd over. */
static int
sync_below(int fd, const char *path, int depth, struct err *err)
{
	struct dirent *d;
	DIR *dir;
	int rc = 0;

	if (depth > TREE_DEPTH || (dir = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return err_set(err, EIO_, "%s: cannot read folder", path);
	}
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			rc = sync_entry(dirfd(dir), d->d_name, depth, err);
	if (rc == 0 && errno != 0)
		rc = io_error(path, err);
	if (rc == 0 && fsync(dirfd(dir)) != 0)
		rc = io_error(path, err);
	(void)closedir(dir);
	return rc;
}

int
io_sync_tree(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	if (fd < 0)
		return io_error(path, err);
	return sync_below(fd, path, 0, err);
}

static int
make_dir(const char *path, mode_t mode, struct err *err)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return io_error(path, err);
	if (stat(path, &st) != 0)
		return io_error(path, err);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, EIO_, "%s: is not a folder", path);
	return 0;
}

int
io_mkdir_p(const char *path, mode_t mode, struct err *err)
{
	char *copy, *p;
	int rc = 0;

	if (path[0] == '\0')
		return err_set(err, EIO_, "a folder without a name");
	if ((copy = strdup(path)) == NULL)
		return err_set(err, ENOMEMORY, "a path");
	for (p = copy + 1; rc == 0 && (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		rc = make_dir(copy, mode, err);
		*p = '/';
	}
	if (rc == 0)
		rc = make_dir(copy, mode, err);
	free(copy);
	return rc;
}

/* Where the file system makes none without a name, it loses it at once. */
int
io_unnamed(const char *folder, int *ret, struct err *err)
{
	char path[4200];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		snprintf(path, sizeof(path), "%s/.unnamed.XXXXXX", folder);
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			(void)unlink(path);
	}
	if (fd < 0)
		return err_set(err, EIO_, "%s: %s", folder, strerror(errno));
	*ret = fd;
	return 0;
}

int
io_room(const char *path, uint64_t *ret, struct err *err)
{
	struct statvfs v;

	if (statvfs(path, &v) != 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	*ret = (uint64_t)v.f_bavail * v.f_frsize;
	return 0;
}
