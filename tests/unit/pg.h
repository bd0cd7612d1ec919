/*
 * pg - a throw-away PostgreSQL for this test program.
 *
 *	switch (pg_start()) { case 77: skip; case 0: use pg_conninfo; }
 *
 * It ends with the program, however that ends (tests/lib/postgres.sh).
 * Built with $(ENGINE_CPPFLAGS), which says where that is.
 */
#ifndef TESTS_PG_H
#define TESTS_PG_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char pg_conninfo[256];	/* "host=... user=... dbname=postgres" */
static char pg_dir[64];
static pid_t pg_pid;
static int pg_hold = -1;	/* closed: the server goes */

static inline void
pg_child(const int in[2], const int out[2])
{
	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
	execl("/bin/sh", "sh", TESTS_SRCDIR "/tests/lib/postgres.sh", "run",
	    pg_dir, (char *)NULL);
	_exit(127);
}

static inline int
pg_exit_status(void)
{
	int status = 0;

	while (waitpid(pg_pid, &status, 0) < 0)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* 0: it runs; 77: none is installed; else it could not be started. */
static inline int
pg_start(void)
{
	int in[2], out[2];
	FILE *f;
	char *line;

	snprintf(pg_dir, sizeof(pg_dir), "/tmp/claviger-pg.XXXXXX");
	if (mkdtemp(pg_dir) == NULL || pipe2(in, O_CLOEXEC) != 0 ||
	    pipe2(out, O_CLOEXEC) != 0)
		return 1;
	pg_pid = fork();
	if (pg_pid < 0)
		return 1;
	if (pg_pid == 0)
		pg_child(in, out);
	close(in[0]);
	close(out[1]);
	pg_hold = in[1];
	f = fdopen(out[0], "r");
	line = f == NULL ? NULL : fgets(pg_conninfo, sizeof(pg_conninfo), f);
	if (f != NULL)
		fclose(f);
	if (line == NULL) {
		rmdir(pg_dir);
		return pg_exit_status();
	}
	pg_conninfo[strcspn(pg_conninfo, "\n")] = '\0';
	return 0;
}

static inline void
pg_stop(void)
{
	if (pg_hold < 0)
		return;
	close(pg_hold);
	pg_hold = -1;
	(void)pg_exit_status();
}

#endif
