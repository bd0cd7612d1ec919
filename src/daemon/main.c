/*
 * clavigerd - the service: HTTP, policy, store, ledger.
 */
#include "config.h"

#include <getopt.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/log.h"
#include "daemon/settings.h"
#include "daemon/daemon.h"
#include "flow/flow.h"

enum { OPT_CONFIG = 'c', OPT_SET = 's', OPT_HELP = 'h', OPT_VERSION = 'V',
	OPT_CHECK = 256, OPT_MAN };

static const struct option options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "set", required_argument, NULL, OPT_SET },
	{ "check-config", no_argument, NULL, OPT_CHECK },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "man", no_argument, NULL, OPT_MAN },
	{ NULL, 0, NULL, 0 },
};

struct invocation {
	bool	check, done;
};

static void
help(void)
{
	printf("Usage: clavigerd --config FILE [--set KEY=VALUE]...\n\n"
	    "Serves a house of keys over HTTPS.  It listens on loopback unless "
	    "told otherwise.\n\n"
	    "  -c, --config FILE    settings, one \"KEY: VALUE\" a line\n"
	    "  -s, --set KEY=VALUE  one setting, instead of the file's\n"
	    "      --check-config   print the settings in force and end\n"
	    "  -h, --help           this text\n"
	    "  -V, --version        the version\n\nSettings:\n");
	config_help(stdout);
	printf("\nSIGHUP reads the TLS certificate again; SIGTERM ends the "
	    "service.\n");
}

static int
option(int o, const char *value, struct config *c, struct invocation *in,
    struct err *err)
{
	switch (o) {
	case OPT_CONFIG:
		return config_read(c, value, err);
	case OPT_SET:
		return 0;	/* after all files: a second pass */
	case OPT_CHECK:
		in->check = true;
		return 0;
	case OPT_HELP:
		help();
		break;
	case OPT_VERSION:
		printf("clavigerd %s\n", PACKAGE_VERSION);
		break;
	case OPT_MAN:
		man_page(stdout);
		break;
	default:
		return err_set(err, EUSAGE, "see clavigerd --help");
	}
	in->done = true;
	return 0;
}

static int
read_options(int argc, char **argv, struct config *c, struct invocation *in,
    struct err *err)
{
	int o;

	while ((o = getopt_long(argc, argv, "c:s:hV", options, NULL)) != -1) {
		TRY(option(o, optarg, c, in, err));
		if (in->done)
			return 0;
	}
	if (optind < argc)
		return err_set(err, EUSAGE, "\"%.60s\" is one word too many; see "
		    "clavigerd --help", argv[optind]);
	optind = 1;
	while ((o = getopt_long(argc, argv, "c:s:hV", options, NULL)) != -1)
		if (o == OPT_SET)
			TRY(config_set(c, optarg, err));
	return config_finish(c, err);
}

static void
block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	/* Every thread inherits this: signals come to the main loop alone. */
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/*
 * Documents are made on one thread and released on another, all day: a few
 * arenas, and memory that is kept, spare the allocator its locks and trims.
 */
static void
tune_memory(void)
{
#ifdef M_ARENA_MAX
	(void)mallopt(M_ARENA_MAX, 4);
	(void)mallopt(M_TRIM_THRESHOLD, 32 << 20);
	(void)mallopt(M_TOP_PAD, 1 << 20);
#endif
}

static int
serve(const struct config *c, struct err *err)
{
	AUTO(daemon) *d = NULL;
	int level;

	TRY(config_level(c->log_level, &level, err));
	log_open("clavigerd", (enum log_level)level);
	umask(077);
	tune_memory();
	block_signals();
	TRY(daemon_open(c, &d, err));
	daemon_run(d);
	return 0;
}

int
main(int argc, char **argv)
{
	AUTO(config) *c = NULL;
	struct invocation in = { false, false };
	struct err err = { .code = OK };
	int rc;

	log_open("clavigerd", LOG_INFO);
	rc = config_new(&c, &err);
	if (rc == 0)
		rc = read_options(argc, argv, c, &in, &err);
	/* What is only read when the service starts. */
	if (rc == 0 && in.check && !in.done)
		rc = flow_labels_check(c->est_labels, &err);
	if (rc == 0 && in.check && !in.done)
		config_print(c, stdout);
	else if (rc == 0 && !in.done)
		rc = serve(c, &err);
	if (rc == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "clavigerd: %s: %s\n", err_text(err.code), err.what);
	return err_exit(err.code);
}
