/*
 * database - the house's database as one file, and back.
 *
 * Floor 7.
 */
#include "config.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/database.h"
#include "cli/tree.h"

#define PATH_MOST	4096
extern char **environ;

static bool
is_sqlite(const char *url)
{
	return strncmp(url, "sqlite:", 7) == 0;
}

static void
sqlite_path(const char *url, const char *house, char ret[PATH_MOST])
{
	const char *path = url + 7;

	if (path[0] == '/')
		snprintf(ret, PATH_MOST, "%s", path);
	else
		snprintf(ret, PATH_MOST, "%s/%s", house, path);
}

const char *
database_name(const char *url, const char *house)
{
	size_t n = strlen(house);

	if (!is_sqlite(url))
		return NULL;
	if (url[7] != '/')
		return url + 7;
	if (strncmp(url + 7, house, n) == 0 && url[7 + n] == '/')
		return url + 7 + n + 1;
	return NULL;
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
	int rc;

	if (b == NULL)
		return sqlite_failed(to, path, err);
	rc = sqlite3_backup_step(b, -1);
	(void)sqlite3_backup_finish(b);
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

static int
run(char *const argv[], struct err *err)
{
	int status, rc;
	pid_t pid;

	rc = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
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
database_save(const char *url, const char *house, const char *file,
    struct err *err)
{
	char path[PATH_MOST];
	char *dump[] = { word("pg_dump"), word("--format=custom"),
		word("--file"), word(file), word("--dbname"),
		word(conninfo(url)), NULL };

	if (!is_sqlite(url) && strncmp(url, "postgresql:", 11) != 0)
		return err_set(err, EUSAGE, "--store is sqlite:PATH or "
		    "postgresql:CONNINFO");
	if (!is_sqlite(url))
		return run(dump, err);
	sqlite_path(url, house, path);
	return sqlite_save(path, file, err);
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
	char path[PATH_MOST];
	char *restore[] = { word("pg_restore"), word("--clean"),
		word("--if-exists"), word("--single-transaction"),
		word("--no-owner"), word("--dbname"), word(conninfo(url)),
		word(file), NULL };
	struct stat st;

	if (!is_sqlite(url))
		return run(restore, err);
	sqlite_path(url, house, path);
	TRY(sqlite_load(path, file, err));
	/* Made by root: it belongs to whoever the folder belongs to. */
	if (stat(house, &st) == 0 && geteuid() == 0 &&
	    chown(path, st.st_uid, st.st_gid) != 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	if (chmod(path, 0600) != 0)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	return 0;
}
