/*
 * claviger - the house's commands, for people and for scripts.
 *
 * Floor 7.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/cli.h"

static int
help(const struct invocation *in)
{
	if (in_command(in) != NULL)
		help_command(&cli_program, in_command(in), stdout);
	else if (in_noun(in) != NULL)
		help_noun(&cli_program, in_noun(in), stdout);
	else
		help_program(&cli_program, stdout);
	return 0;
}

static int
run(const struct invocation *in)
{
	struct cli cli = { .program = &cli_program, .in = in,
		.json = in_flag(in, "json"), .quiet = in_flag(in, "quiet"),
		.people = isatty(STDERR_FILENO) == 1 };
	struct err err = { 0 };
	int status = 0;

	if (in_command(in)->run(&cli, in, &err) != 0)
		status = cli_fail(&cli, &err);
	cli_done(&cli);
	if (fflush(stdout) != 0 && status == 0)
		status = err_exit(EIO_);
	return status;
}

/* Before the command line is understood, --json is looked for by hand. */
static bool
wants_json(int argc, char *const argv[])
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

int
main(int argc, char *argv[])
{
	AUTO(invocation) *in = NULL;
	struct err err = { 0 };

	static const struct rlimit none = { 0, 0 };

	(void)signal(SIGPIPE, SIG_IGN);
	/* Officers' keys pass through here, and what lies in files. */
	(void)setrlimit(RLIMIT_CORE, &none);
	if (argc < 2) {
		help_program(&cli_program, stderr);
		return err_exit(EUSAGE);
	}
	if (command_parse(&cli_program, argc, argv, &in, &err) != 0) {
		struct cli cli = { .program = &cli_program,
			.json = wants_json(argc, argv) };

		return cli_fail(&cli, &err);
	}
	if (in_version(in)) {
		help_version(&cli_program, stdout);
		return 0;
	}
	return in_help(in) ? help(in) : run(in);
}
