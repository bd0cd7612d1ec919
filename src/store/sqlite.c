/*
 * sqlite - connections, transactions and backup of the embedded engine.
 *
 * WAL with synchronous=FULL: a commit has been fsynced when it returns.
 */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/io.h"

#define WAL_KEEP_OCTETS	"67108864"	/* what a checkpoint leaves of the log */

static bool
is_private(const char *where)
{
	return strcmp(where, ":memory:") == 0;
}

/* May another attempt on the same connection do better? */
static bool
ends_connection(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PROTOCOL:
	case SQLITE_MISUSE:
		return true;
	}
	return false;
}

int
lite_error(struct lite_conn *c, int rc, struct err *err)
{
	const char *words = c->db == NULL ? sqlite3_errstr(rc) :
	    sqlite3_errmsg(c->db);

	if (ends_connection(rc))
		c->base.broken = true;
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return err_set(err, EEXISTS, "%s", words);
	}
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
		return err_set(err, ECONFLICT, "%s", words);
	case SQLITE_NOMEM:
		return err_set(err, ENOMEMORY, "SQLite: %s", words);
	}
	return err_set(err, ESTORE, "SQLite: %s (%d)", words, rc);
}

/* Was the file renamed, replaced or removed under us?  What is written to it
 * then is written for nobody. */
static int
check_there(struct lite_conn *c, struct err *err)
{
	int moved = 0;

	if (c->memory)
		return 0;
	if (sqlite3_file_control(c->db, "main", SQLITE_FCNTL_HAS_MOVED,
	    &moved) == SQLITE_OK && !moved)
		return 0;
	c->base.broken = true;
	return err_set(err, ESTORE, "the database file is gone from its place");
}

static int
exec(struct lite_conn *c, const char *text, struct err *err)
{
	int rc = sqlite3_exec(c->db, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : lite_error(c, rc, err);
}

/* SQLite would make the file with the umask's permissions. */
static int
make_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0) {
		(void)close(fd);
		return 0;
	}
	if (errno == EEXIST)
		return err_set(err, EEXISTS, "%s is there already", path);
	return err_set(err, ESTORE, "%s: %s", path, strerror(errno));
}

/* Of every index some part: a row in a large table is read and written at as
 * many places as it has indexes. */
#define WRITER_KIB	"16384"

static int
set_up(struct lite_conn *c, bool scratch, struct err *err)
{
	static const char *const pragmas[] = {
		"PRAGMA journal_mode = WAL",
		"PRAGMA foreign_keys = ON",
		"PRAGMA trusted_schema = OFF",
		"PRAGMA temp_store = MEMORY",
		("PRAGMA journal_size_limit = " WAL_KEEP_OCTETS),
	};

	for (size_t i = 0; i < NELEM(pragmas); i++)
		TRY(exec(c, pragmas[i], err));
	TRY(exec(c, scratch ? "PRAGMA synchronous = OFF" :
	    "PRAGMA synchronous = FULL", err));
	return exec(c, c->writer ? "PRAGMA cache_size = -" WRITER_KIB :
	    "PRAGMA query_only = ON", err);
}

static int
prepare_all(struct lite_conn *c, struct err *err)
{
	const struct {
		sqlite3_stmt	**st;
		const char	*text;
	} of[] = {
		{ &c->begin, c->writer ? "BEGIN IMMEDIATE" : "BEGIN" },
		{ &c->commit, "COMMIT" },
		{ &c->rollback, "ROLLBACK" },
		{ &c->save, "SAVEPOINT s" },
		{ &c->release, "RELEASE s" },
		{ &c->undo, "ROLLBACK TO s" },
	};

	for (size_t i = 0; i < NELEM(of); i++) {
		int rc = sqlite3_prepare_v3(c->db, of[i].text, -1,
		    SQLITE_PREPARE_PERSISTENT, of[i].st, NULL);

		if (rc != SQLITE_OK)
			return lite_error(c, rc, err);
	}
	c->stmt = calloc(sql_statements_n, sizeof(*c->stmt));
	return c->stmt != NULL ? 0 : err_set(err, ENOMEMORY, "statements");
}

static void
lite_close(struct conn *base)
{
	struct lite_conn *c = (struct lite_conn *)base;

	for (size_t i = 0; c->stmt != NULL && i < sql_statements_n; i++)
		sqlite3_finalize(c->stmt[i].st);
	sqlite3_finalize(c->begin);
	sqlite3_finalize(c->commit);
	sqlite3_finalize(c->rollback);
	sqlite3_finalize(c->save);
	sqlite3_finalize(c->release);
	sqlite3_finalize(c->undo);
	(void)sqlite3_close_v2(c->db);
	free(c->stmt);
	free(c);
}

static int
connect_to(struct lite_conn *c, const char *path,
    const struct store_config *config, struct err *err)
{
	int rc = sqlite3_open_v2(path, &c->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX, NULL);

	if (rc != SQLITE_OK)
		return lite_error(c, rc, err);
	(void)sqlite3_extended_result_codes(c->db, 1);
	(void)sqlite3_busy_timeout(c->db, (int)config->busy_ms);
	(void)sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	TRY(set_up(c, config->scratch, err));
	return prepare_all(c, err);
}

/* Nobody asks how much memory the engine has; to count it takes one lock for
 * all connections, twice for each piece. */
static void
count_no_memory(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int
lite_open(const char *where, const struct store_config *config, bool writer,
    bool create, struct conn **ret, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct lite_conn *c;
	int rc;

	(void)pthread_once(&once, count_no_memory);
	/* A file that was there and is not must not come back empty. */
	if (create && !is_private(where) && access(where, F_OK) != 0)
		TRY(make_file(where, err));
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return err_set(err, ENOMEMORY, "a connection");
	c->base.driver = &driver_sqlite;
	c->memory = is_private(where);
	c->writer = writer;
	rc = connect_to(c, where, config, err);
	if (rc != 0) {
		lite_close(&c->base);
		return rc;
	}
	*ret = &c->base;
	return 0;
}

/* Step one of the statements above. */
static int
step(struct lite_conn *c, sqlite3_stmt *st, struct err *err)
{
	int rc = sqlite3_step(st), code = 0;

	if (rc != SQLITE_DONE)
		code = lite_error(c, rc, err);
	sqlite3_reset(st);
	return code;
}

static int
lite_begin(struct conn *base, bool write, struct err *err)
{
	struct lite_conn *c = (struct lite_conn *)base;

	TRY(check_there(c, err));
	return step(c, c->begin, err);
}

static int
lite_begin_schema(struct conn *base, struct err *err)
{
	return lite_begin(base, true, err);
}

static int
lite_commit(struct conn *base, struct err *err)
{
	struct lite_conn *c = (struct lite_conn *)base;

	TRY(step(c, c->commit, err));
	return c->writer ? check_there(c, err) : 0;
}

static bool
lite_alive(struct conn *base)
{
	return sqlite3_get_autocommit(((struct lite_conn *)base)->db) == 0;
}

static void
lite_rollback(struct conn *base)
{
	struct lite_conn *c = (struct lite_conn *)base;

	/* Some failures have rolled it back by themselves. */
	if (lite_alive(base) && step(c, c->rollback, NULL) != 0)
		c->base.broken = true;
}

static int
lite_save(struct conn *base, struct err *err)
{
	struct lite_conn *c = (struct lite_conn *)base;

	return step(c, c->save, err);
}

static int
lite_release(struct conn *base, struct err *err)
{
	struct lite_conn *c = (struct lite_conn *)base;

	return step(c, c->release, err);
}

static int
lite_undo(struct conn *base, struct err *err)
{
	struct lite_conn *c = (struct lite_conn *)base;

	TRY(step(c, c->undo, err));
	return step(c, c->release, err);
}

static int
lite_settle(struct conn *base, struct err *err)
{
	return 0;
}

static int
lite_script(struct conn *base, const char *text, struct err *err)
{
	return exec((struct lite_conn *)base, text, err);
}

static int
copy_to(struct lite_conn *c, sqlite3 *to, struct err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", c->db, "main");
	int rc;

	if (b == NULL)
		return err_set(err, ESTORE, "SQLite: %s", sqlite3_errmsg(to));
	/* All of it in one read transaction: writers go on beside it. */
	(void)sqlite3_backup_step(b, -1);
	rc = sqlite3_backup_finish(b);
	if (rc != SQLITE_OK)
		return err_set(err, ESTORE, "SQLite: %s", sqlite3_errstr(rc));
	return 0;
}

static int
sync_folder_of(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int rc;

	if (slash == NULL)
		return io_sync_dir(".", err);
	folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
	if (folder == NULL)
		return err_set(err, ENOMEMORY, "a path");
	rc = io_sync_dir(folder, err);
	free(folder);
	return rc;
}

static int
lite_backup(struct conn *base, const char *path, struct err *err)
{
	sqlite3 *to = NULL;
	int rc;

	TRY(make_file(path, err));
	if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		rc = err_set(err, ESTORE, "%s: cannot be opened", path);
	else
		rc = copy_to((struct lite_conn *)base, to, err);
	(void)sqlite3_close_v2(to);
	if (rc == 0)
		rc = sync_folder_of(path, err);
	if (rc != 0)
		(void)unlink(path);
	return rc;
}

const struct driver driver_sqlite = {
	.name = "sqlite",
	.scheme = "sqlite:",
	.engine = SQL_SQLITE,
	.batch_max = 256,
	.is_private = is_private,
	.open = lite_open,
	.close = lite_close,
	.begin = lite_begin,
	.begin_schema = lite_begin_schema,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.save = lite_save,
	.release = lite_release,
	.undo = lite_undo,
	.settle = lite_settle,
	.alive = lite_alive,
	.script = lite_script,
	.run = lite_run,
	.query = lite_query,
	.query_text = lite_query_text,
	.table = lite_table,
	.next = lite_next,
	.free = lite_free,
	.column = lite_column,
	.value = lite_value,
	.backup = lite_backup,
};
