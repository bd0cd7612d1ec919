/*
 * help - the table, said to people on 80 columns.
 *
 * Floor 2.  Pure but for the FILE.
 */
#include "config.h"

#include <string.h>

#include "command/rows.h"

#define COLUMNS	78

/* Fill @text from column @at on; lines after the first begin at @indent. */
static void
fill(FILE *to, const char *text, size_t at, size_t indent)
{
	while (*text != '\0') {
		size_t word = strcspn(text, " \n");

		if (at > indent && at + 1 + word > COLUMNS) {
			fprintf(to, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			fputc(' ', to);
			at++;
		}
		fwrite(text, 1, word, to);
		at += word;
		text += word;
		if (strncmp(text, "\n\n", 2) == 0) {
			fprintf(to, "\n\n%*s", (int)indent, "");
			at = indent;
		}
		text += strspn(text, " \n");
	}
	fputc('\n', to);
}

static void
option_line(const struct option_row *o, FILE *to)
{
	char left[64], words[512];
	int n;

	n = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s",
	    o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
	    o->letter ? ", " : "  ", o->name, o->meta != NULL ? " " : "",
	    o->meta != NULL ? o->meta : "");
	snprintf(words, sizeof(words), "%s%s%s%s%s%s%s", o->words,
	    o->choices != NULL ? "; one of " : "",
	    o->choices != NULL ? o->choices : "",
	    o->otherwise != NULL ? " (default: " : "",
	    o->otherwise != NULL ? o->otherwise : "",
	    o->otherwise != NULL ? ")" : "",
	    o->many ? "; may be repeated" : "");
	if (n > 28)
		fprintf(to, "%s\n%*s", left, 30, "");
	else
		fprintf(to, "%-30s", left);
	fill(to, words, 30, 30);
}

static void
options(const char *title, const struct option_row *o, size_t n, FILE *to)
{
	if (n == 0)
		return;
	fprintf(to, "\n%s\n", title);
	for (size_t i = 0; i < n; i++)
		option_line(&o[i], to);
}

static void
usage(const struct program_row *p, const struct command_row *c, FILE *to)
{
	char name[128];
	bool optional = false;

	rows_spell(p, c, name, sizeof(name));
	fprintf(to, "usage: %s", name);
	for (size_t i = 0; i < c->options_n; i++)
		if (c->options[i].required)
			fprintf(to, " --%s %s", c->options[i].name,
			    c->options[i].meta);
		else
			optional = true;
	fputs(optional || p->common_n > 0 ? " [options]" : "", to);
	for (size_t i = 0; i < c->args_n; i++)
		fprintf(to, " %s%s%s%s", c->args[i].optional ? "[" : "",
		    c->args[i].name, c->args[i].many ? " ..." : "",
		    c->args[i].optional ? "]" : "");
	fputc('\n', to);
}

static void
exit_codes(const struct command_row *c, FILE *to)
{
	fputs("\nExit status\n  0   done\n", to);
	for (int status = 1; status <= EXIT_MOST; status++)
		for (size_t i = 0; i < c->errors_n; i++)
			if (err_exit(c->errors[i]) == status)
				fprintf(to, "  %-3d %s\n", status,
				    err_text(c->errors[i]));
}

void
help_command(const struct program_row *p, const struct command_row *c,
    FILE *to)
{
	usage(p, c, to);
	fputc('\n', to);
	fill(to, c->words, 0, 0);
	if (c->args_n > 0)
		fputs("\nArguments\n", to);
	for (size_t i = 0; i < c->args_n; i++) {
		fprintf(to, "  %-27s ", c->args[i].name);
		fill(to, c->args[i].words, 30, 30);
	}
	options("Options", c->options, c->options_n, to);
	options("Options of every command", p->common, p->common_n, to);
	if (c->examples_n > 0)
		fputs("\nExamples\n", to);
	for (size_t i = 0; i < c->examples_n; i++) {
		fprintf(to, "  %s\n      ", c->examples[i].line);
		fill(to, c->examples[i].words, 6, 6);
	}
	exit_codes(c, to);
}

static void
command_line(const struct command_row *c, FILE *to)
{
	char left[64];

	snprintf(left, sizeof(left), "  %s%s%s", c->noun,
	    c->verb != NULL ? " " : "", c->verb != NULL ? c->verb : "");
	fprintf(to, "%-26s  ", left);
	fill(to, c->summary, 28, 28);
}

void
help_noun(const struct program_row *p, const struct noun_row *n, FILE *to)
{
	fprintf(to, "usage: %s %s COMMAND [options]\n\n%s.\n\n", p->name,
	    n->noun, n->summary);
	for (size_t i = 0; i < n->commands_n; i++)
		command_line(&n->commands[i], to);
	fprintf(to, "\n\"%s %s COMMAND --help\" says more about each.\n",
	    p->name, n->noun);
}

void
help_program(const struct program_row *p, FILE *to)
{
	fprintf(to, "usage: %s COMMAND [options]\n\n", p->name);
	fill(to, p->words, 0, 0);
	fputs("\nCommands\n", to);
	for (size_t i = 0; i < p->nouns_n; i++)
		for (size_t j = 0; j < p->nouns[i]->commands_n; j++)
			command_line(&p->nouns[i]->commands[j], to);
	options("Options of every command", p->common, p->common_n, to);
	fprintf(to, "\n\"%s COMMAND --help\" says more about each, the manual "
	    "page %s(%d) most;\n\"%s --version\" prints the version.\n",
	    p->name, p->name, p->section, p->name);
}

void
help_version(const struct program_row *p, FILE *to)
{
	fprintf(to, "%s %s\n", p->name, PACKAGE_VERSION);
}
