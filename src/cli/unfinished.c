/*
 * unfinished - a folder that gets its name when it is whole.
 *
 * Floor 7.  Signals stay blocked meanwhile and are looked for between two
 * pieces of work: no handler could remove a folder.
 */
#include "config.h"

#include <errno.h>
#include <fts.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/unfinished.h"

static const int ENDING[] = { SIGHUP, SIGINT, SIGTERM };

/* Who started us with one ignored (nohup) keeps it off: it would wait too. */
static void
ending_set(sigset_t *ret)
{
	struct sigaction now;

	sigemptyset(ret);
	for (size_t i = 0; i < NELEM(ENDING); i++)
		if (sigaction(ENDING[i], NULL, &now) == 0 &&
		    now.sa_handler != SIG_IGN)
			sigaddset(ret, ENDING[i]);
}

int
unfinished_stop(struct err *err)
{
	sigset_t ending, waiting;

	ending_set(&ending);
	sigpending(&waiting);
	for (size_t i = 0; i < NELEM(ENDING); i++)
		if (sigismember(&ending, ENDING[i]) == 1 &&
		    sigismember(&waiting, ENDING[i]) == 1)
			return err_set(err, EIO_, "%s", strsignal(ENDING[i]));
	return 0;
}

static int
failed(const char *path, struct err *err)
{
	return err_set(err, EIO_, "%s: %s", path, strerror(errno));
}

static int
taken(const char *path, struct err *err)
{
	return err_set(err, EEXISTS, "%s is there already", path);
}

static int
names_set(struct unfinished *u, const char *name, struct err *err)
{
	size_t n = strlen(name);

	while (n > 1 && name[n - 1] == '/')
		n--;
	if (snprintf(u->name, sizeof(u->name), "%.*s", (int)n, name) >=
	    (int)sizeof(u->name) || snprintf(u->at, sizeof(u->at),
	    "%s.unfinished-XXXXXX", u->name) >= (int)sizeof(u->at))
		return err_set(err, ETOOBIG, "a path is too long");
	return 0;
}

int
unfinished_begin(struct unfinished *u, const char *name, struct err *err)
{
	struct stat st;
	sigset_t ending;

	TRY(names_set(u, name, err));
	if (lstat(u->name, &st) == 0)
		return taken(u->name, err);
	ending_set(&ending);
	sigprocmask(SIG_BLOCK, &ending, &u->before);
	if (mkdtemp(u->at) != NULL)
		return 0;
	(void)failed(u->name, err);
	sigprocmask(SIG_SETMASK, &u->before, NULL);
	return -err->code;
}

static int
removed(const char *folder)
{
	char *roots[] = { (char *)(uintptr_t)folder, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;
	int rc = 0;

	if (fts == NULL)
		return -1;
	while ((e = fts_read(fts)) != NULL)
		if (e->fts_info != FTS_D && remove(e->fts_accpath) != 0)
			rc = -1;
	fts_close(fts);
	return rc;
}

static int
named(struct unfinished *u, struct err *err)
{
	char path[UNFINISHED_PATH];

	/* Replaces nothing but an empty folder that was made meanwhile. */
	if (rename(u->at, u->name) != 0)
		return errno == EEXIST || errno == ENOTEMPTY ||
		    errno == ENOTDIR ? taken(u->name, err) :
		    failed(u->name, err);
	memcpy(u->at, u->name, sizeof(u->at));
	memcpy(path, u->name, sizeof(path));
	return io_sync_dir(dirname(path), err);
}

int
unfinished_end(struct unfinished *u, int rc, struct err *err)
{
	struct err why;

	if (rc == 0)
		rc = unfinished_stop(err);
	if (rc == 0)
		rc = named(u, err);
	if (rc != 0 && removed(u->at) != 0) {
		why = *err;
		(void)err_set(err, why.code, "%.120s; remove %s by hand",
		    why.what, u->at);
	}
	sigprocmask(SIG_SETMASK, &u->before, NULL);
	return rc;
}
