/*
 * tree - folders copied whole, file by file, with a list of what they held.
 *
 * Floor 7.
 */
#include "config.h"

#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/sha256.h"
#include "cli/digest.h"
#include "cli/tree.h"
#include "cli/unfinished.h"

#define CHUNK	(256 * 1024)
#define PATH_MOST 4096

static int
failed(const char *path, struct err *err)
{
	return err_set(err, EIO_, "%s: %s", path, strerror(errno));
}

static int
pour(int in, int out, const char *path, struct err *err)
{
	char *chunk = malloc(CHUNK);
	ssize_t n = -1;
	int rc = 0;

	if (chunk == NULL)
		return err_set(err, ENOMEMORY, "copying");
	while (rc == 0 && (n = read(in, chunk, CHUNK)) > 0) {
		rc = io_write_all(out, chunk, (size_t)n, err);
		if (rc == 0)
			rc = unfinished_stop(err);
	}
	free(chunk);
	if (rc == 0 && n < 0)
		return failed(path, err);
	return rc;
}

static int
keep_owner(int fd, const struct stat *st, const char *path, struct err *err)
{
	if (geteuid() == 0 && fchown(fd, st->st_uid, st->st_gid) != 0)
		return failed(path, err);
	if (fchmod(fd, st->st_mode & 07777) != 0)
		return failed(path, err);
	return 0;
}

static int
copy_file(const char *from, const char *to, const struct stat *st,
    struct err *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int out, rc;

	if (in < 0)
		return failed(from, err);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	rc = out < 0 ? failed(to, err) : pour(in, out, from, err);
	if (rc == 0)
		rc = keep_owner(out, st, to, err);
	if (rc == 0 && fsync(out) != 0)
		rc = failed(to, err);
	close(in);
	if (out >= 0)
		close(out);
	return rc;
}

static int
copy_folder(const char *to, const struct stat *st, struct err *err)
{
	int fd, rc;

	if (mkdir(to, 0700) != 0)
		return errno == EEXIST ? err_set(err, EEXISTS, "%s is there "
		    "already", to) : failed(to, err);
	fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return failed(to, err);
	rc = keep_owner(fd, st, to, err);
	close(fd);
	return rc;
}

static int
note(json_t *into, const char *name, const char *path, struct err *err)
{
	struct digest d;
	json_t *o;

	if (into == NULL)
		return 0;
	TRY(digest_file(path, "sha-256", &d, err));
	TRY(json_build(&o, err, "{s:s, s:I}", "sha256", d.value, "octets",
	    (json_int_t)d.octets));
	return json_set_new(into, name, o, err);
}

/* What a run of the service alone needs: its lock, and a replay (as_of) that
 * one which was killed has left, with what SQLite has beside it. */
static bool
is_of_a_run(const char *name)
{
	static const char *const names[] = { "lock", "as-of.db",
		"as-of.db-wal", "as-of.db-shm", "as-of.db-journal" };

	for (size_t i = 0; i < NELEM(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool
left_out(const FTSENT *e, const char *skip)
{
	if (e->fts_level != 1)
		return false;
	return is_of_a_run(e->fts_name) || (skip != NULL &&
	    strncmp(e->fts_name, skip, strlen(skip)) == 0);
}

/* One entry of the walk; @name is its path below the folder, "" for itself. */
static int
copy_entry(FTS *fts, FTSENT *e, const char *name, const char *to,
    const char *skip, json_t *into, struct err *err)
{
	char at[PATH_MOST];

	if (e->fts_info == FTS_DNR || e->fts_info == FTS_NS ||
	    e->fts_info == FTS_ERR)
		return err_set(err, EIO_, "%s: %s", e->fts_path,
		    strerror(e->fts_errno));
	if (left_out(e, skip)) {
		(void)fts_set(fts, e, FTS_SKIP);
		return 0;
	}
	if (snprintf(at, sizeof(at), "%s%s%s", to, *name != '\0' ? "/" : "",
	    name) >= (int)sizeof(at))
		return err_set(err, ETOOBIG, "the path %.80s... is too long",
		    at);
	if (e->fts_info == FTS_D)
		return copy_folder(at, e->fts_statp, err);
	if (e->fts_info != FTS_F)
		return 0;
	TRY(copy_file(e->fts_path, at, e->fts_statp, err));
	return note(into, name, at, err);
}

static int
walk(const char *from, const char *to, const char *skip, json_t *into,
    struct err *err)
{
	char *roots[] = { (char *)(uintptr_t)from, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t n = strlen(from);
	FTSENT *e;
	int rc = 0;

	if (fts == NULL)
		return failed(from, err);
	while (rc == 0 && (e = fts_read(fts)) != NULL)
		if (e->fts_info != FTS_DP)
			rc = copy_entry(fts, e, e->fts_path + n +
			    (e->fts_path[n] == '/'), to, skip, into, err);
	fts_close(fts);
	return rc;
}

int
tree_copy(const char *from, const char *to, const char *skip, json_t *into,
    struct err *err)
{
	char clean[PATH_MOST];
	size_t n = (size_t)snprintf(clean, sizeof(clean), "%s", from);

	if (n >= sizeof(clean))
		return err_set(err, ETOOBIG, "a path is too long");
	while (n > 1 && clean[n - 1] == '/')
		clean[--n] = '\0';
	TRY(walk(clean, to, skip, into, err));
	return io_sync_tree(to, err);
}

int
file_check(const char *path, const char *sha256, struct err *err)
{
	struct digest d;
	struct stat st;

	if (lstat(path, &st) != 0 && errno == ENOENT)
		return err_set(err, EVERIFY, "%s was backed up, and is missing",
		    path);
	TRY(digest_file(path, "sha-256", &d, err));
	return strcmp(d.value, sha256) == 0 ? 0 : err_set(err, EVERIFY,
	    "%s is not what was backed up", path);
}

/* Whatever would be placed was listed. */
static int
entry_check(FTS *fts, FTSENT *e, const char *name, const json_t *files,
    struct err *err)
{
	/* A backup without token has no folder for one. */
	if (e->fts_level == 0 && e->fts_errno == ENOENT)
		return 0;
	if (e->fts_info == FTS_DNR || e->fts_info == FTS_NS ||
	    e->fts_info == FTS_ERR)
		return err_set(err, EIO_, "%s: %s", e->fts_path,
		    strerror(e->fts_errno));
	if (left_out(e, NULL)) {
		(void)fts_set(fts, e, FTS_SKIP);
		return 0;
	}
	if (e->fts_info == FTS_F && json_object_get(files, name) == NULL)
		return err_set(err, EVERIFY, "%s was not backed up: somebody "
		    "put it there", e->fts_path);
	return 0;
}

static int
nothing_more(const char *folder, const json_t *files, struct err *err)
{
	char *roots[] = { (char *)(uintptr_t)folder, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t n = strlen(folder);
	FTSENT *e;
	int rc = 0;

	if (fts == NULL)
		return failed(folder, err);
	while (rc == 0 && (e = fts_read(fts)) != NULL)
		if (e->fts_info != FTS_DP)
			rc = entry_check(fts, e, e->fts_path + n +
			    (e->fts_path[n] == '/'), files, err);
	fts_close(fts);
	return rc;
}

int
tree_check(const char *folder, const json_t *files, struct err *err)
{
	const char *name;
	json_t *want;

	json_object_foreach((json_t *)(uintptr_t)files, name, want) {
		char path[PATH_MOST];

		snprintf(path, sizeof(path), "%s/%s", folder, name);
		TRY(file_check(path, json_str(want, "sha256", ""), err));
	}
	return nothing_more(folder, files, err);
}

int
tree_holds(const char *folder, bool *ret, struct err *err)
{
	char *roots[] = { (char *)(uintptr_t)folder, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	bool holds = false;
	FTSENT *e;

	if (fts == NULL)
		return failed(folder, err);
	/* What cannot be looked into may hold anything. */
	while (!holds && (e = fts_read(fts)) != NULL)
		holds = e->fts_info != FTS_D && e->fts_info != FTS_DP &&
		    !(e->fts_level == 0 && e->fts_errno == ENOENT);
	fts_close(fts);
	*ret = holds;
	return 0;
}

int
tree_aside(const char *folder, struct err *err)
{
	char to[PATH_MOST], time[TIME_TEXT];
	struct stat st;

	if (lstat(folder, &st) != 0)
		return errno == ENOENT ? 0 : failed(folder, err);
	clock_text(clock_now(), time);
	snprintf(to, sizeof(to), "%s.before-%s", folder, time);
	if (rename(folder, to) != 0)
		return failed(folder, err);
	return 0;
}
