/*
 * complete - the table as completion for bash, zsh and fish.
 *
 * Floor 2.  Pure but for the FILE.
 */
#include <string.h>

#include "command/rows.h"

/* Words within single quotes of a shell. */
static void
quoted(FILE *to, const char *s)
{
	fputc('\'', to);
	for (; *s != '\0'; s++)
		if (*s == '\'')
			fputs("'\\''", to);
		else
			fputc(*s, to);
	fputc('\'', to);
}

static void
ident(FILE *to, const char *s)
{
	for (; *s != '\0'; s++)
		fputc(*s == '-' ? '_' : *s, to);
}

static void
option_names(FILE *to, const struct option_row *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(to, " --%s", o[i].name);
}

/* ---- bash */

/* "cert list --limit": one option means another thing elsewhere. */
static void
bash_pattern(FILE *to, const struct command_row *c, const char *dashes,
    const char *name)
{
	if (c == NULL)
		fprintf(to, "*' %s%s'", dashes, name);
	else
		fprintf(to, "'%s%s%s %s%s'", c->noun, c->verb != NULL ? " " :
		    "", c->verb != NULL ? c->verb : "", dashes, name);
}

static void
bash_words_of(FILE *to, const char *choices)
{
	fputs("($(compgen -W '", to);
	for (const char *s = choices; *s != '\0'; s++)
		fputc(*s == '|' ? ' ' : *s, to);
	fputs("' -- \"$cur\"))", to);
}

static void
bash_value(FILE *to, const struct command_row *c, const struct option_row *o)
{
	const char letter[] = { o->letter, '\0' };

	if (o->value == V_FLAG)
		return;
	fputc('\t', to);
	bash_pattern(to, c, "--", o->name);
	if (o->letter != 0) {
		fputc('|', to);
		bash_pattern(to, c, "-", letter);
	}
	fputs(") COMPREPLY=", to);
	if (o->value == V_CHOICE)
		bash_words_of(to, o->choices);
	else if (o->value == V_FILE || o->value == V_FOLDER)
		fprintf(to, "($(compgen -%c -- \"$cur\"))",
		    o->value == V_FILE ? 'f' : 'd');
	else
		fputs("()", to);
	fputs("; return ;;\n", to);
}

static void
bash_values(FILE *to, const struct program_row *p)
{
	fputs("\tcase \"$noun${verb:+ $verb} $prev\" in\n", to);
	for (size_t i = 0; i < p->nouns_n; i++)
		for (size_t j = 0; j < p->nouns[i]->commands_n; j++) {
			const struct command_row *c = &p->nouns[i]->commands[j];

			for (size_t k = 0; k < c->options_n; k++)
				bash_value(to, c, &c->options[k]);
		}
	for (size_t i = 0; i < p->common_n; i++)
		bash_value(to, NULL, &p->common[i]);
	fputs("\tesac\n", to);
}

static void
bash_command(FILE *to, const struct program_row *p,
    const struct command_row *c)
{
	fprintf(to, "\t'%s%s%s')\n\t\twords='", c->noun,
	    c->verb != NULL ? " " : "", c->verb != NULL ? c->verb : "");
	option_names(to, c->options, c->options_n);
	option_names(to, p->common, p->common_n);
	fputs(" --help' ;;\n", to);
}

static void
bash_words(FILE *to, const struct program_row *p)
{
	fputs("\tcase $noun in\n\t'') words='", to);
	for (size_t i = 0; i < p->nouns_n; i++)
		fprintf(to, "%s ", p->nouns[i]->noun);
	fputs("--help --version' ;;\n", to);
	for (size_t i = 0; i < p->nouns_n; i++) {
		const struct noun_row *n = p->nouns[i];

		if (n->commands[0].verb == NULL)
			continue;
		fprintf(to, "\t'%s') words='", n->noun);
		for (size_t j = 0; j < n->commands_n; j++)
			fprintf(to, "%s ", n->commands[j].verb);
		fputs("--help' ;;\n", to);
	}
	fputs("\tesac\n\tcase \"$noun${verb:+ $verb}\" in\n", to);
	for (size_t i = 0; i < p->nouns_n; i++)
		for (size_t j = 0; j < p->nouns[i]->commands_n; j++)
			bash_command(to, p, &p->nouns[i]->commands[j]);
	fputs("\tesac\n", to);
}

static void
bash(const struct program_row *p, FILE *to)
{
	fprintf(to, "# bash completion for %s: made from its command table.\n_",
	    p->name);
	ident(to, p->name);
	fputs("()\n{\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev= noun= verb= words= w\n"
	    "\t((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	    "\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	    "\t\tcase $w in\n\t\t-*) ;;\n"
	    "\t\t*) if [ -z \"$noun\" ]; then noun=$w; "
	    "elif [ -z \"$verb\" ]; then verb=$w; fi ;;\n"
	    "\t\tesac\n\tdone\n", to);
	for (size_t i = 0; i < p->nouns_n; i++)
		if (p->nouns[i]->commands[0].verb == NULL)
			fprintf(to, "\t[ \"$noun\" = '%s' ] && verb=\n",
			    p->nouns[i]->noun);
	bash_values(to, p);
	bash_words(to, p);
	fputs("\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	    "\t[ ${#COMPREPLY[@]} -gt 0 ] || [ \"${cur#-}\" != \"$cur\" ] ||\n"
	    "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -F _", to);
	ident(to, p->name);
	fprintf(to, " %s\n", p->name);
}

/* ---- zsh */

/* Within _arguments a colon and brackets end the words. */
static void
zsh_words(FILE *to, const char *s)
{
	for (; *s != '\0'; s++)
		if (strchr(":[]\\", *s) != NULL)
			fprintf(to, "\\%c", *s);
		else if (*s == '\'')
			fputs("'\\''", to);
		else
			fputc(*s, to);
}

static void
zsh_action(FILE *to, const struct option_row *o)
{
	fputc(':', to);
	zsh_words(to, o->meta);
	fputc(':', to);
	if (o->value == V_FILE)
		fputs("_files", to);
	if (o->value == V_FOLDER)
		fputs("_files -/", to);
	if (o->value == V_CHOICE) {
		fputc('(', to);
		for (const char *s = o->choices; *s != '\0'; s++)
			fputc(*s == '|' ? ' ' : *s, to);
		fputc(')', to);
	}
}

static void
zsh_options(FILE *to, const struct option_row *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fprintf(to, " \\\n\t\t\t'%s--%s[", o[i].many ? "*" : "",
		    o[i].name);
		zsh_words(to, o[i].words);
		fputc(']', to);
		if (o[i].meta != NULL)
			zsh_action(to, &o[i]);
		fputc('\'', to);
	}
}

static void
zsh_noun(FILE *to, const struct program_row *p, const struct noun_row *n)
{
	for (size_t j = 0; j < n->commands_n; j++) {
		const struct command_row *c = &n->commands[j];

		fprintf(to, "\t\t'%s%s%s') _arguments", n->noun,
		    c->verb != NULL ? " " : "", c->verb != NULL ? c->verb : "");
		zsh_options(to, c->options, c->options_n);
		zsh_options(to, p->common, p->common_n);
		fputs(" '*:file:_files' ;;\n", to);
	}
}

static void
zsh_describe(FILE *to, const char *what, const struct noun_row *const *nouns,
    size_t n, const struct noun_row *verbs)
{
	fprintf(to, "_describe %s \"(", what);
	for (size_t i = 0; i < n; i++)
		fprintf(to, "%s ", nouns[i]->noun);
	for (size_t i = 0; verbs != NULL && i < verbs->commands_n; i++)
		fprintf(to, "%s ", verbs->commands[i].verb);
	fputs(")\" ;;\n", to);
}

static void
zsh(const struct program_row *p, FILE *to)
{
	fprintf(to, "#compdef %s\n# made from the command table.\n_", p->name);
	ident(to, p->name);
	fputs("()\n{\n\tlocal noun=${words[2]} verb=${words[3]}\n"
	    "\tif ((CURRENT == 2)); then case 1 in 1) ", to);
	zsh_describe(to, "command", p->nouns, p->nouns_n, NULL);
	fputs("\tesac; return; fi\n\tif ((CURRENT == 3)); then case $noun in\n",
	    to);
	for (size_t i = 0; i < p->nouns_n; i++)
		if (p->nouns[i]->commands[0].verb != NULL) {
			fprintf(to, "\t\t%s) ", p->nouns[i]->noun);
			zsh_describe(to, "command", NULL, 0, p->nouns[i]);
		}
	fputs("\tesac; fi\n\tcase $noun in\n", to);
	for (size_t i = 0; i < p->nouns_n; i++)
		if (p->nouns[i]->commands[0].verb == NULL)
			fprintf(to, "\t%s) verb= ;;\n", p->nouns[i]->noun);
	fputs("\tesac\n\tcase \"$noun${verb:+ $verb}\" in\n", to);
	for (size_t i = 0; i < p->nouns_n; i++)
		zsh_noun(to, p, p->nouns[i]);
	fputs("\tesac\n}\n_", to);
	ident(to, p->name);
	fputs(" \"$@\"\n", to);
}

/* ---- fish */

static void
fish_option(FILE *to, const struct program_row *p, const struct command_row *c,
    const struct option_row *o)
{
	fprintf(to, "complete -c %s", p->name);
	if (c != NULL)
		fprintf(to, " -n '__fish_seen_subcommand_from %s%s%s'", c->noun,
		    c->verb != NULL ? "; and __fish_seen_subcommand_from " : "",
		    c->verb != NULL ? c->verb : "");
	fprintf(to, " -l %s", o->name);
	if (o->letter != 0)
		fprintf(to, " -s %c", o->letter);
	if (o->value == V_CHOICE) {
		fputs(" -x -a '", to);
		for (const char *s = o->choices; *s != '\0'; s++)
			fputc(*s == '|' ? ' ' : *s, to);
		fputc('\'', to);
	} else if (o->value != V_FLAG) {
		fputs(o->value == V_FILE || o->value == V_FOLDER ? " -r" :
		    " -x", to);
	}
	fputs(" -d ", to);
	quoted(to, o->words);
	fputc('\n', to);
}

static void
fish(const struct program_row *p, FILE *to)
{
	fprintf(to, "# fish completion for %s: made from its command table.\n",
	    p->name);
	for (size_t i = 0; i < p->nouns_n; i++) {
		const struct noun_row *n = p->nouns[i];

		fprintf(to, "complete -c %s -n __fish_use_subcommand -a %s -d ",
		    p->name, n->noun);
		quoted(to, n->summary);
		fputc('\n', to);
		for (size_t j = 0; j < n->commands_n; j++) {
			const struct command_row *c = &n->commands[j];

			if (c->verb != NULL) {
				fprintf(to, "complete -c %s -n "
				    "'__fish_seen_subcommand_from %s' -a %s -d ",
				    p->name, n->noun, c->verb);
				quoted(to, c->summary);
				fputc('\n', to);
			}
			for (size_t k = 0; k < c->options_n; k++)
				fish_option(to, p, c, &c->options[k]);
		}
	}
	for (size_t i = 0; i < p->common_n; i++)
		fish_option(to, p, NULL, &p->common[i]);
}

int
completion_print(const struct program_row *p, const char *shell, FILE *to,
    struct err *err)
{
	if (strcmp(shell, "bash") == 0)
		bash(p, to);
	else if (strcmp(shell, "zsh") == 0)
		zsh(p, to);
	else if (strcmp(shell, "fish") == 0)
		fish(p, to);
	else
		return err_set(err, EUSAGE, "completion is made for bash, zsh "
		    "and fish, not \"%.20s\"", shell);
	return 0;
}
