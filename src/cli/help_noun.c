/*
 * help - claviger help, completion: the table shown.
 *
 * Floor 7.
 */
#include <string.h>

#include "cli/nouns.h"

#define PAGE_DATE	"November 21, 2026"

static int
find(const struct program_row *p, const struct invocation *in,
    const struct noun_row **ret_noun, const struct command_row **ret,
    struct err *err)
{
	const char *noun = in_arg(in, 0), *verb = in_arg(in, 1);

	for (size_t i = 0; i < p->nouns_n; i++)
		if (strcmp(p->nouns[i]->noun, noun) == 0)
			*ret_noun = p->nouns[i];
	*ret = command_find(p, noun, verb);
	if (*ret_noun == NULL || (verb != NULL && *ret == NULL))
		return err_set(err, EUSAGE, "there is no command \"%s%s%s\"",
		    noun, verb != NULL ? " " : "", verb != NULL ? verb : "");
	return 0;
}

static int
run_help(void *ctx, const struct invocation *in, struct err *err)
{
	const struct cli *cli = ctx;
	const struct noun_row *noun = NULL;
	const struct command_row *c;

	if (in_str(in, "man") != NULL)
		return man_page(cli->program, in_str(in, "man"), PAGE_DATE,
		    stdout, err);
	if (in_arg(in, 0) == NULL) {
		help_program(cli->program, stdout);
		return 0;
	}
	TRY(find(cli->program, in, &noun, &c, err));
	if (c != NULL)
		help_command(cli->program, c, stdout);
	else
		help_noun(cli->program, noun, stdout);
	return 0;
}

static int
run_completion(void *ctx, const struct invocation *in, struct err *err)
{
	const struct cli *cli = ctx;

	return completion_print(cli->program, in_arg(in, 0), stdout, err);
}

static const struct argument_row HELP_ARGS[] = {
	{ .name = "NOUN", .value = V_TEXT, .optional = true, .words = "what to explain" },
	{ .name = "VERB", .value = V_TEXT, .optional = true, .words = "and which of its commands" },
};
static const struct option_row HELP_OPTIONS[] = {
	{ .name = "man", .value = V_TEXT, .meta = "PAGE", .words = "print this manual page in mdoc instead" },
};
static const struct example_row HELP_EXAMPLES[] = {
	{ "claviger help key generate", "Explain one command" },
	{ "claviger help --man claviger-sign", "Print a manual page's source" },
};
static const struct argument_row SHELL_ARGS[] = {
	{ .name = "SHELL", .value = V_CHOICE, .choices = "bash|zsh|fish", .words = "bash, zsh or fish" },
};
static const struct example_row SHELL_EXAMPLES[] = {
	{ "claviger completion bash > ~/.local/share/bash-completion/completions/claviger", "Complete claviger's commands in bash" },
};
static const enum err_code USAGE[] = { EUSAGE };

static const struct command_row HELP[] = {
	{ .noun = "help", .summary = "Explain the commands",
	  .words = "Lists the commands, or explains one in full: arguments, options, examples and exit status.",
	  ROWS_ARGS(HELP_ARGS), ROWS_OPTIONS(HELP_OPTIONS), ROWS_EXAMPLES(HELP_EXAMPLES), ROWS_ERRORS(USAGE), .run = run_help },
};
static const struct command_row COMPLETION[] = {
	{ .noun = "completion", .summary = "Print completion for a shell",
	  .words = "Prints a script that makes the shell complete claviger's commands, options and their choices. make install puts "
	    "these where each shell looks for them.",
	  ROWS_ARGS(SHELL_ARGS), ROWS_EXAMPLES(SHELL_EXAMPLES), ROWS_ERRORS(USAGE), .run = run_completion },
};

const struct noun_row noun_help = {
	.noun = "help", .page = "claviger-help", .section = 1,
	.summary = "explain the commands", ROWS_COMMANDS(HELP),
};
const struct noun_row noun_completion = {
	.noun = "completion", .page = "claviger-completion", .section = 1,
	.summary = "complete commands in a shell", ROWS_COMMANDS(COMPLETION),
};
