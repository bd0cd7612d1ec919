/*
 * table - looking rows up, and checking that each says what it must.
 *
 * Floor 2.  Pure.
 */
#include <stdio.h>
#include <string.h>

#include "command/rows.h"

bool
rows_nounless(const struct program_row *p)
{
	return p->nouns_n == 1 && p->nouns[0]->noun[0] == '\0';
}

const struct noun_row *
rows_noun(const struct program_row *p, const char *noun)
{
	for (size_t i = 0; i < p->nouns_n; i++)
		if (strcmp(p->nouns[i]->noun, noun) == 0)
			return p->nouns[i];
	return NULL;
}

const struct command_row *
command_find(const struct program_row *p, const char *noun, const char *verb)
{
	const struct noun_row *n = rows_noun(p, noun);

	if (n == NULL)
		return NULL;
	for (size_t i = 0; i < n->commands_n; i++) {
		const struct command_row *c = &n->commands[i];

		if (c->verb == NULL || verb == NULL) {
			if (c->verb == NULL && verb == NULL)
				return c;
		} else if (strcmp(c->verb, verb) == 0) {
			return c;
		}
	}
	return NULL;
}

static const struct option_row *
by_name(const struct option_row *o, size_t n, const char *name, size_t name_n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(o[i].name) == name_n &&
		    strncmp(o[i].name, name, name_n) == 0)
			return &o[i];
	return NULL;
}

const struct option_row *
rows_option(const struct program_row *p, const struct command_row *c,
    const char *name, size_t name_n)
{
	const struct option_row *o = NULL;

	if (c != NULL)
		o = by_name(c->options, c->options_n, name, name_n);
	if (o == NULL)
		o = by_name(p->common, p->common_n, name, name_n);
	return o;
}

static const struct option_row *
by_letter(const struct option_row *o, size_t n, char letter)
{
	for (size_t i = 0; i < n; i++)
		if (o[i].letter == letter)
			return &o[i];
	return NULL;
}

const struct option_row *
rows_letter(const struct program_row *p, const struct command_row *c,
    char letter)
{
	const struct option_row *o = NULL;

	if (c != NULL)
		o = by_letter(c->options, c->options_n, letter);
	if (o == NULL)
		o = by_letter(p->common, p->common_n, letter);
	return o;
}

void
rows_spell(const struct program_row *p, const struct command_row *c, char *ret,
    size_t n)
{
	snprintf(ret, n, "%s%s%s%s%s", p->name,
	    c->noun[0] != '\0' ? " " : "", c->noun,
	    c->verb != NULL ? " " : "", c->verb != NULL ? c->verb : "");
}

static bool
said(const char *words)
{
	return words != NULL && strlen(words) >= 3;
}

static int
option_check(const char *where, const struct option_row *o, struct err *err)
{
	if (!said(o->words))
		return err_set(err, ESCHEMA, "%s --%s has no words", where,
		    o->name);
	if ((o->value == V_FLAG) != (o->meta == NULL))
		return err_set(err, ESCHEMA, "%s --%s: a value and its name "
		    "belong together", where, o->name);
	if ((o->value == V_CHOICE) != (o->choices != NULL))
		return err_set(err, ESCHEMA, "%s --%s: choices", where, o->name);
	if (o->otherwise != NULL)
		TRY(value_check(o->value, o->choices, o->min, o->max, o->name,
		    o->otherwise, err));
	return 0;
}

static int
options_check(const struct program_row *p, const struct command_row *c,
    const char *where, struct err *err)
{
	for (size_t i = 0; i < c->options_n; i++) {
		const struct option_row *o = &c->options[i];

		TRY(option_check(where, o, err));
		if (by_name(p->common, p->common_n, o->name, strlen(o->name)) ||
		    by_name(c->options, i, o->name, strlen(o->name)))
			return err_set(err, ESCHEMA, "%s --%s is there twice",
			    where, o->name);
		if (o->letter != 0 && (by_letter(c->options, i, o->letter) ||
		    by_letter(p->common, p->common_n, o->letter)))
			return err_set(err, ESCHEMA, "%s -%c is there twice",
			    where, o->letter);
	}
	return 0;
}

static int
args_check(const struct command_row *c, const char *where, struct err *err)
{
	for (size_t i = 0; i < c->args_n; i++) {
		const struct argument_row *a = &c->args[i];

		if (!said(a->words))
			return err_set(err, ESCHEMA, "%s %s has no words",
			    where, a->name);
		if (i + 1 < c->args_n && a->many)
			return err_set(err, ESCHEMA, "%s: only the last "
			    "argument can repeat", where);
		if (i > 0 && c->args[i - 1].optional && !a->optional)
			return err_set(err, ESCHEMA, "%s %s follows an "
			    "optional one", where, a->name);
	}
	return 0;
}

static int
row_check(const struct program_row *p, const struct noun_row *n,
    const struct command_row *c, struct err *err)
{
	char where[128];

	rows_spell(p, c, where, sizeof(where));
	if (strcmp(c->noun, n->noun) != 0)
		return err_set(err, ESCHEMA, "%s stands under %s", where,
		    n->noun);
	if (!said(c->summary) || !said(c->words))
		return err_set(err, ESCHEMA, "%s has no words", where);
	if (c->run == NULL)
		return err_set(err, ESCHEMA, "%s does nothing", where);
	if (c->examples_n == 0 || c->errors_n == 0)
		return err_set(err, ESCHEMA, "%s lacks an example or its exit "
		    "codes", where);
	for (size_t i = 0; i < c->examples_n; i++)
		if (!said(c->examples[i].words) || strncmp(where,
		    c->examples[i].line, strlen(where)) != 0)
			return err_set(err, ESCHEMA, "%s: example %zu is of "
			    "another command or has no words", where, i);
	TRY(options_check(p, c, where, err));
	return args_check(c, where, err);
}

static int
noun_check(const struct program_row *p, size_t at, struct err *err)
{
	const struct noun_row *n = p->nouns[at];

	if (!said(n->summary) || !said(n->page))
		return err_set(err, ESCHEMA, "%s has no words", n->noun);
	for (size_t i = 0; i < at; i++)
		if (strcmp(p->nouns[i]->noun, n->noun) == 0 ||
		    strcmp(p->nouns[i]->page, n->page) == 0)
			return err_set(err, ESCHEMA, "%s is there twice",
			    n->noun);
	for (size_t i = 0; i < n->commands_n; i++) {
		TRY(row_check(p, n, &n->commands[i], err));
		if (command_find(p, n->noun, n->commands[i].verb) !=
		    &n->commands[i])
			return err_set(err, ESCHEMA, "%s %s is there twice",
			    n->noun, n->commands[i].verb);
	}
	return 0;
}

int
table_check(const struct program_row *p, struct err *err)
{
	if (!said(p->summary) || !said(p->words))
		return err_set(err, ESCHEMA, "%s has no words", p->name);
	for (size_t i = 0; i < p->common_n; i++)
		TRY(option_check(p->name, &p->common[i], err));
	for (size_t i = 0; i < p->nouns_n; i++)
		TRY(noun_check(p, i, err));
	for (size_t i = 0; i < p->variables_n; i++)
		if (!said(p->variables[i].words))
			return err_set(err, ESCHEMA, "%s has no words",
			    p->variables[i].name);
	return 0;
}
