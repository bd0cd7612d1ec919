/*
 * claviger-keeper - the program that alone talks to the token.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif
#include "base/log.h"
#include "keeper/sandbox.h"
#include "keeper/serve.h"
#include "keeper/start.h"

/* SIGTERM and SIGINT become readable; all threads inherit that they are blocked.
 * A closed socket and a file-size limit are writes that fail, as a full disk is. */
static int
catch_signals(int *ret, struct err *err)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0 ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return err_set(err, EINTERNAL, "signals: %s", strerror(errno));
	*ret = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (*ret < 0)
		return err_set(err, EINTERNAL, "signals: %s", strerror(errno));
	return 0;
}

/*
 * Lists and snapshots are large for a moment.  What is so large is mapped, and
 * given back once it is freed; left alone, the allocator would after the first
 * take the next from its heap, and keep that.
 */
static void
tune_memory(void)
{
#ifdef M_MMAP_THRESHOLD
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

static void
tell(const char *state)
{
#ifdef HAVE_SYSTEMD
	(void)sd_notify(0, state);
#else
	(void)state;
#endif
}

static int
serve(const struct options *o, struct keeper *k, int stop, struct err *err)
{
	AUTO(serve) *s = NULL;
	int rc;

	TRY(serve_open(o->value[OPTION_socket], o->service, k->wake, k, &s, err));
	k->serve = s;
	TRY(sandbox_filter(err));
	tell("READY=1");
	rc = serve_run(s, stop, err);
	tell("STOPPING=1");
	return rc;
}

static int
verify(const struct keeper *k)
{
	if (k->standing == STANDING_HALTED) {
		printf("the journal does not verify: %s\n", k->why);
		return err_exit(EVERIFY);
	}
	printf("%" PRIu64 " entries verify\n", k->applied.head.n);
	return 0;
}

static int
run(const struct options *o, struct err *err)
{
	bool only_verify = o->value[OPTION_verify_journal] != NULL;
	struct keeper *k = NULL;
	int stop = -1, rc;

	tune_memory();
	sandbox_begin();
	TRY(catch_signals(&stop, err));
	TRY(keeper_open(o, only_verify, &k, err));
	rc = only_verify ? verify(k) : serve(o, k, stop, err);
	k->serve = NULL;
	keeper_close(k);
	(void)close(stop);
	return rc;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct err err;
	int rc;

	log_open("claviger-keeper", LOG_INFO);
	if (options_read(argc, argv, &o, &err) != 0) {
		log_err(LOG_ERROR, "reading the command line", &err);
		return err_exit(err.code);
	}
	if (o.value[OPTION_help] != NULL) {
		options_help();
		return 0;
	}
	if (o.value[OPTION_man] != NULL) {
		options_man();
		return 0;
	}
	if (o.value[OPTION_version] != NULL) {
		printf("claviger-keeper %s\n", PACKAGE_VERSION);
		return 0;
	}
	rc = run(&o, &err);
	if (rc < 0) {
		log_err(LOG_ERROR, "running", &err);
		return err_exit(err.code);
	}
	return rc;
}
