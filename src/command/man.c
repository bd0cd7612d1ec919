/*
 * man - the table as manual pages in mdoc(7).
 *
 * Floor 2.  Pure but for the FILE.
 */
#include <ctype.h>
#include <string.h>

#include "command/rows.h"

/* Text that can hold no macro: what roff would read is escaped. */
static void
text(FILE *to, const char *s)
{
	for (; *s != '\0'; s++)
		switch (*s) {
		case '\\':
			fputs("\\e", to);
			break;
		case '-':
			fputs("\\-", to);
			break;
		case '.':
			fputs("\\&.", to);
			break;
		case '\'':
			fputs("\\(aq", to);
			break;
		case '"':
			fputs("\\(dq", to);
			break;
		default:
			fputc(*s, to);
		}
}

static void
paragraphs(FILE *to, const char *s)
{
	const char *end;

	while ((end = strstr(s, "\n\n")) != NULL) {
		for (; s < end; s++)
			text(to, (char[]){ *s == '\n' ? ' ' : *s, '\0' });
		fputs("\n.Pp\n", to);
		s = end + 2;
	}
	text(to, s);
	fputc('\n', to);
}

static void
sentence(FILE *to, const char *s)
{
	text(to, s);
	fputs(".\n", to);
}

static void
option_item(FILE *to, const struct option_row *o)
{
	fputs(".It ", to);
	if (o->letter != 0)
		fprintf(to, "Fl %c , ", o->letter);
	fputs("Fl Fl ", to);
	text(to, o->name);
	if (o->meta != NULL) {
		fputs(" Ar ", to);
		text(to, o->meta);
	}
	fputc('\n', to);
	sentence(to, o->words);
	if (o->choices != NULL) {
		fputs("One of ", to);
		sentence(to, o->choices);
	}
	if (o->otherwise != NULL) {
		fputs("The default is ", to);
		sentence(to, o->otherwise);
	}
	if (o->many)
		fputs("May be repeated.\n", to);
}

static void
option_list(FILE *to, const struct option_row *o, size_t n)
{
	if (n == 0)
		return;
	fputs(".Bl -tag -width Ds\n", to);
	for (size_t i = 0; i < n; i++)
		option_item(to, &o[i]);
	fputs(".El\n", to);
}

static void
synopsis(const struct program_row *p, const struct command_row *c, FILE *to)
{
	fprintf(to, ".Nm %s%s%s", p->name, c->noun[0] != '\0' ? " " : "",
	    c->noun);
	fprintf(to, "%s%s\n", c->verb != NULL ? " " : "",
	    c->verb != NULL ? c->verb : "");
	for (size_t i = 0; i < c->options_n; i++) {
		const struct option_row *o = &c->options[i];

		fputs(o->required ? "." : ".Op ", to);
		fputs("Fl Fl ", to);
		text(to, o->name);
		if (o->meta != NULL) {
			fputs(" Ar ", to);
			text(to, o->meta);
		}
		fputc('\n', to);
	}
	for (size_t i = 0; i < c->args_n; i++) {
		fputs(c->args[i].optional ? ".Op Ar " : ".Ar ", to);
		text(to, c->args[i].name);
		fputs(c->args[i].many ? " ...\n" : "\n", to);
	}
}

static void
arguments(const struct command_row *c, FILE *to)
{
	if (c->args_n == 0)
		return;
	fputs(".Bl -tag -width Ds\n", to);
	for (size_t i = 0; i < c->args_n; i++) {
		fputs(".It Ar ", to);
		text(to, c->args[i].name);
		fputc('\n', to);
		sentence(to, c->args[i].words);
	}
	fputs(".El\n", to);
}

static void
exit_list(const enum err_code *codes, size_t n, FILE *to)
{
	fputs(".Bl -tag -width Ds\n.It 0\nDone.\n", to);
	for (int status = 1; status <= EXIT_MOST; status++)
		for (size_t i = 0; i < n; i++) {
			if (err_exit(codes[i]) != status)
				continue;
			fprintf(to, ".It %d\n", status);
			sentence(to, err_text(codes[i]));
		}
	fputs(".El\n", to);
}

static void
examples(const struct command_row *c, FILE *to)
{
	for (size_t i = 0; i < c->examples_n; i++) {
		sentence(to, c->examples[i].words);
		fputs(".Bd -literal -offset indent\n", to);
		text(to, c->examples[i].line);
		fputs("\n.Ed\n", to);
	}
}

static void
command_section(const struct program_row *p, const struct command_row *c,
    FILE *to)
{
	fputs(".Ss ", to);
	text(to, p->name);
	fprintf(to, " %s ", c->noun);
	text(to, c->verb != NULL ? c->verb : "");
	fputc('\n', to);
	sentence(to, c->summary);
	fputs(".Pp\n", to);
	paragraphs(to, c->words);
	arguments(c, to);
	option_list(to, c->options, c->options_n);
	examples(c, to);
	fputs("Exit status:\n", to);
	exit_list(c->errors, c->errors_n, to);
}

static void
heading(const char *page, int section, const char *summary, const char *date,
    FILE *to)
{
	fprintf(to, ".Dd %s\n.Dt ", date);
	for (const char *s = page; *s != '\0'; s++)
		fputc(toupper((unsigned char)*s), to);
	fprintf(to, " %d\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", section, page);
	text(to, summary);
	fputc('\n', to);
}

static void
see_also(const struct program_row *p, const char *self, FILE *to)
{
	fputs(".Sh SEE ALSO\n", to);
	if (strcmp(self, p->name) != 0)
		fprintf(to, ".Xr %s %d ,\n", p->name, p->section);
	for (size_t i = 0; i < p->nouns_n; i++)
		if (strcmp(p->nouns[i]->page, self) != 0 &&
		    strcmp(self, p->name) == 0 &&
		    strcmp(p->nouns[i]->page, p->name) != 0)
			fprintf(to, ".Xr %s %d ,\n", p->nouns[i]->page,
			    p->nouns[i]->section);
	text(to, p->see);
	fputc('\n', to);
}

static void
noun_page(const struct program_row *p, const struct noun_row *n,
    const char *date, FILE *to)
{
	heading(n->page, n->section, n->summary, date, to);
	fputs(".Sh SYNOPSIS\n", to);
	for (size_t i = 0; i < n->commands_n; i++)
		synopsis(p, &n->commands[i], to);
	fputs(".Sh DESCRIPTION\n", to);
	for (size_t i = 0; i < n->commands_n; i++)
		command_section(p, &n->commands[i], to);
	if (p->common_n > 0) {
		fprintf(to, "Options that every command takes, and the "
		    "environment, are described in\n.Xr %s %d .\n", p->name,
		    p->section);
	}
	see_also(p, n->page, to);
}

static void
index_of_commands(const struct program_row *p, FILE *to)
{
	fputs("The commands are:\n.Bl -tag -width Ds\n", to);
	for (size_t i = 0; i < p->nouns_n; i++)
		for (size_t j = 0; j < p->nouns[i]->commands_n; j++) {
			const struct command_row *c = &p->nouns[i]->commands[j];

			fprintf(to, ".It Cm %s", c->noun);
			fprintf(to, "%s%s\n", c->verb != NULL ? " " : "",
			    c->verb != NULL ? c->verb : "");
			sentence(to, c->summary);
		}
	fputs(".El\n", to);
}

static void
surroundings(const struct program_row *p, FILE *to)
{
	if (p->variables_n > 0) {
		fputs(".Sh ENVIRONMENT\n.Bl -tag -width Ds\n", to);
		for (size_t i = 0; i < p->variables_n; i++) {
			fprintf(to, ".It Ev %s\n", p->variables[i].name);
			sentence(to, p->variables[i].words);
		}
		fputs(".El\n", to);
	}
	if (p->files_n > 0) {
		fputs(".Sh FILES\n.Bl -tag -width Ds\n", to);
		for (size_t i = 0; i < p->files_n; i++) {
			fprintf(to, ".It Pa %s\n", p->files[i].path);
			sentence(to, p->files[i].words);
		}
		fputs(".El\n", to);
	}
}

/* Every row of the error table that has an exit status of its own. */
static void
all_exit_codes(FILE *to)
{
	fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds\n.It 0\nDone.\n", to);
	for (int status = 64; status <= EXIT_MOST; status++) {
		bool first = true;

		for (int c = 1; c < ERR__N; c++) {
			if (err_exit((enum err_code)c) != status)
				continue;
			if (first)
				fprintf(to, ".It %d\n", status);
			first = false;
			sentence(to, err_text((enum err_code)c));
		}
	}
	fputs(".El\n", to);
}

static void
program_page(const struct program_row *p, const char *date, FILE *to)
{
	heading(p->name, p->section, p->summary, date, to);
	fputs(".Sh SYNOPSIS\n", to);
	if (p->nouns_n > 1)
		fprintf(to, ".Nm %s\n.Ar command\n.Op options\n", p->name);
	if (!rows_nounless(p))
		fputs(".Sh DESCRIPTION\n", to);
	if (rows_nounless(p)) {
		synopsis(p, &p->nouns[0]->commands[0], to);
		fputs(".Sh DESCRIPTION\n", to);
	}
	paragraphs(to, p->words);
	if (p->nouns_n > 1) {
		fputs(".Pp\n", to);
		index_of_commands(p, to);
	}
	for (size_t i = 0; i < p->nouns_n; i++)
		if (strcmp(p->nouns[i]->page, p->name) == 0)
			for (size_t j = 0; j < p->nouns[i]->commands_n; j++)
				command_section(p, &p->nouns[i]->commands[j],
				    to);
	if (p->common_n > 0) {
		fputs(".Sh OPTIONS\nEvery command takes these:\n", to);
		option_list(to, p->common, p->common_n);
	}
	fprintf(to, ".Pp\n.Nm %s\n.Fl \\-version\nprints the version.\n",
	    p->name);
	surroundings(p, to);
	all_exit_codes(to);
	see_also(p, p->name, to);
}

int
man_page(const struct program_row *p, const char *page, const char *date,
    FILE *to, struct err *err)
{
	if (strcmp(page, p->name) == 0) {
		program_page(p, date, to);
		return 0;
	}
	for (size_t i = 0; i < p->nouns_n; i++)
		if (strcmp(p->nouns[i]->page, page) == 0) {
			noun_page(p, p->nouns[i], date, to);
			return 0;
		}
	return err_set(err, ENOENT_, "%s has no manual page \"%.40s\"",
	    p->name, page);
}
