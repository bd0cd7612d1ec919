/*
 * help - claviger-audit help, completion.
 *
 * Floor 7.
 */
#include "auditor/auditor.h"

#define PAGE_DATE	"November 21, 2026"

static int
run_help(void *ctx, const struct invocation *in, struct err *err)
{
	const char *man = in_str(in, "man");
	const struct command_row *c = NULL;

	if (man != NULL)
		return man_page(&auditor_program, man, PAGE_DATE, stdout, err);
	if (in_arg(in, 0) != NULL) {
		c = command_find(&auditor_program, in_arg(in, 0), NULL);
		if (c == NULL)
			return err_set(err, EUSAGE, "there is no command "
			    "\"%.40s\"", in_arg(in, 0));
		help_command(&auditor_program, c, stdout);
		return 0;
	}
	help_program(&auditor_program, stdout);
	return 0;
}

static int
run_completion(void *ctx, const struct invocation *in, struct err *err)
{
	return completion_print(&auditor_program, in_arg(in, 0), stdout, err);
}

static const struct argument_row HELP_ARGS[] = {
	{ .name = "COMMAND", .value = V_TEXT, .optional = true, .words = "what to explain" },
};
static const struct option_row HELP_OPTIONS[] = {
	{ .name = "man", .value = V_TEXT, .meta = "PAGE", .words = "print this manual page in mdoc instead" },
};
static const struct example_row HELP_EXAMPLES[] = {
	{ "claviger-audit help verify", "Explain one command" },
};
static const struct argument_row SHELL_ARGS[] = {
	{ .name = "SHELL", .value = V_CHOICE, .choices = "bash|zsh|fish", .words = "bash, zsh or fish" },
};
static const struct example_row SHELL_EXAMPLES[] = {
	{ "claviger-audit completion bash", "Print completion for bash" },
};
static const enum err_code USAGE[] = { EUSAGE };

static const struct command_row HELP[] = {
	{ .noun = "help", .summary = "Explain the commands",
	  .words = "Lists the commands, or explains one in full.",
	  .args = HELP_ARGS, .args_n = NELEM(HELP_ARGS), .options = HELP_OPTIONS, .options_n = NELEM(HELP_OPTIONS),
	  .examples = HELP_EXAMPLES, .examples_n = NELEM(HELP_EXAMPLES), .errors = USAGE, .errors_n = NELEM(USAGE), .run = run_help },
};
static const struct command_row COMPLETION[] = {
	{ .noun = "completion", .summary = "Print completion for a shell",
	  .words = "Prints a script that makes the shell complete commands and options.",
	  .args = SHELL_ARGS, .args_n = NELEM(SHELL_ARGS), .examples = SHELL_EXAMPLES, .examples_n = NELEM(SHELL_EXAMPLES), .errors = USAGE, .errors_n = NELEM(USAGE), .run = run_completion },
};

const struct noun_row noun_help = { .noun = "help", .page = "claviger-audit-help", .section = 1,
	.summary = "explain the commands", .commands = HELP, .commands_n = NELEM(HELP) };
const struct noun_row noun_completion = { .noun = "completion", .page = "claviger-audit-completion", .section = 1,
	.summary = "complete commands in a shell", .commands = COMPLETION, .commands_n = NELEM(COMPLETION) };
