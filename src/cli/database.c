/*
 * database - the house's database as one file, and back.
 *
 * Floor 7.
 */
#include "config.h"

#include <libgen.h>
#include <limits.h>
#include <sqlite3.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/database.h"
#include "cli/tree.h"
#include "cli/unfinished.h"
#include "command/command.h"

#define PATH_MOST	4096
#define SQLITE		"sqlite:"
#define PAGES		4096	/* copied between two looks for a signal */
extern char **environ;

static bool
is_sqlite(const char *url)
{
	return strncmp(url, SQLITE, strlen(SQLITE)) == 0;
}

const char *
database_engine(const char *url)
{
	return is_sqlite(url) ? "sqlite" : "postgresql";
}

static const char *
path_of(const char *url)
{
	return url + strlen(SQLITE);
}

int
database_url(const struct invocation *in, char ret[DATABASE_URL],
    struct err *err)
{
	const char *url = in_str(in, "store");
	int n;

	if (!is_sqlite(url) && strncmp(url, "postgresql:", 11) != 0)
		return err_set(err, EUSAGE, "--store is sqlite:PATH or "
		    "postgresql:CONNINFO");
	n = in_given(in, "store") ? snprintf(ret, DATABASE_URL, "%s", url) :
	    snprintf(ret, DATABASE_URL, SQLITE "%s/%s", in_str(in, "house"),
	    path_of(url));
	return n < DATABASE_URL ? 0 : err_set(err, ETOOBIG, "--store is too "
	    "long");
}

bool
database_name(const char *url, const char *house, char ret[DATABASE_URL])
{
	char path[PATH_MAX], top[PATH_MAX];
	size_t n;

	if (!is_sqlite(url) || realpath(path_of(url), path) == NULL ||
	    realpath(house, top) == NULL)
		return false;
	n = strlen(top);
	if (strncmp(path, top, n) != 0 || path[n] != '/')
		return false;
	snprintf(ret, DATABASE_URL, "%s", path + n + 1);
	return true;
}

static int
sqlite_failed(sqlite3 *db, const char *path, struct err *err)
{
	return err_set(err, ESTORE, "%s: %s", path, db != NULL ?
	    sqlite3_errmsg(db) : "no memory");
}

static int
copy_pages(sqlite3 *from, sqlite3 *to, const char *path, struct err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc, stop;

	if (b == NULL)
		return sqlite_failed(to, path, err);
	do {
		rc = sqlite3_backup_step(b, PAGES);
		stop = unfinished_stop(err);
	} while (rc == SQLITE_OK && stop == 0);
	(void)sqlite3_backup_finish(b);
	TRY(stop);
	return rc == SQLITE_DONE ? 0 : sqlite_failed(to, path, err);
}

/* One file without side files, so that a copy of it is whole. */
static int
sqlite_save(const char *path, const char *file, struct err *err)
{
	sqlite3 *from = NULL, *to = NULL;
	int rc;

	if (sqlite3_open_v2(path, &from, SQLITE_OPEN_READWRITE, NULL) !=
	    SQLITE_OK) {
		rc = sqlite_failed(from, path, err);
		sqlite3_close(from);
		return rc;
	}
	rc = sqlite3_open_v2(file, &to, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE, NULL) != SQLITE_OK ?
	    sqlite_failed(to, file, err) : copy_pages(from, to, file, err);
	if (rc == 0 && sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL,
	    NULL, NULL) != SQLITE_OK)
		rc = sqlite_failed(to, file, err);
	sqlite3_close(to);
	sqlite3_close(from);
	return rc;
}

/* It may be ended by the signals that wait until a folder is whole. */
static int
spawned(char *const argv[], pid_t *ret)
{
	posix_spawnattr_t how;
	sigset_t none;
	int rc;

	if ((rc = posix_spawnattr_init(&how)) != 0)
		return rc;
	sigemptyset(&none);
	(void)posix_spawnattr_setsigmask(&how, &none);
	(void)posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawnp(ret, argv[0], NULL, &how, argv, environ);
	(void)posix_spawnattr_destroy(&how);
	return rc;
}

static int
run(char *const argv[], struct err *err)
{
	int status, rc;
	pid_t pid;

	rc = spawned(argv, &pid);
	if (rc != 0)
		return err_set(err, EIO_, "%s: %s", argv[0], strerror(rc));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(err, EIO_, "%s: %s", argv[0],
			    strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, ESTORE, "%s failed; what it said stands "
		    "above", argv[0]);
	return 0;
}

/* "postgresql://host/db" is libpq's own spelling, "postgresql:host=..." ours. */
static const char *
conninfo(const char *url)
{
	return strncmp(url, "postgresql://", 13) == 0 ? url : url + 11;
}

static char *
word(const char *s)
{
	return (char *)(uintptr_t)s;
}

int
database_save(const char *url, const char *file, struct err *err)
{
	char *dump[] = { word("pg_dump"), word("--format=custom"),
		word("--file"), word(file), word("--dbname"),
		word(conninfo(url)), NULL };

	return is_sqlite(url) ? sqlite_save(path_of(url), file, err) :
	    run(dump, err);
}

int
database_place(const char *url, const char *house, struct err *err)
{
	char path[PATH_MOST];
	size_t n = strlen(house);
	struct stat st;

	if (!is_sqlite(url) || (strncmp(path_of(url), house, n) == 0 &&
	    path_of(url)[n] == '/'))
		return 0;
	snprintf(path, sizeof(path), "%s", path_of(url));
	if (stat(dirname(path), &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(err, ENOENT_, "%s: there is no such folder to "
		    "put the database in", path);
	return 0;
}

static int
sqlite_load(const char *path, const char *file, struct err *err)
{
	char side[PATH_MOST + 8];

	TRY(tree_aside(path, err));
	snprintf(side, sizeof(side), "%s-wal", path);
	TRY(tree_aside(side, err));
	snprintf(side, sizeof(side), "%s-shm", path);
	TRY(tree_aside(side, err));
	return sqlite_save(file, path, err);
}

int
database_load(const char *url, const char *house, const char *file,
    struct err *err)
{
	const char *path = path_of(url);
	char *restore[] = { word("pg_restore"), word("--clean"),
		word("--if-exists"), word("--single-transaction"),
		word("--no-owner"), word("--dbname"), word(conninfo(url)),
		word(file), NULL };
	struct stat st;

	if (!is_sqlite(url))
		return run(restore, err);
	TRY(sqlite_load(path, file, err));
	/* Made by root: it belongs to whoever the folder belongs to. */
	if (stat(house, &st) == 0 && geteuid() == 0 &&
	    chown(path, st.st_uid, st.st_gid) != 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	if (chmod(path, 0600) != 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}
