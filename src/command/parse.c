/*
 * parse - one command line into values, by the table.
 *
 * Floor 2.  Pure; the result points into argv and the table.
 */
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "command/rows.h"

struct given {
	const struct option_row	*row;
	const char		*text;		/* NULL for flags */
};

struct invocation {
	const struct program_row *program;
	const struct noun_row	 *noun;
	const struct command_row *command;
	bool			  help, version;
	struct given		 *given;	/* owned */
	size_t			  given_n;
	const char		**args;		/* owned; texts are argv's */
	size_t			  args_n;
};

/* Where the reading stands. */
struct reading {
	int		  argc, at;
	char *const	 *argv;
	bool		  ended;	/* "--" was seen */
};

void
invocation_free(struct invocation *in)
{
	if (in == NULL)
		return;
	free(in->given);
	free(in->args);
	free(in);
}

static const char *
next_noun(const void *ctx, size_t i)
{
	const struct program_row *p = ctx;

	return i < p->nouns_n ? p->nouns[i]->noun : NULL;
}

static const char *
next_verb(const void *ctx, size_t i)
{
	const struct noun_row *n = ctx;

	return i < n->commands_n ? n->commands[i].verb : NULL;
}

static const char *
next_option(const void *ctx, size_t i)
{
	const struct invocation *in = ctx;
	size_t own = in->command != NULL ? in->command->options_n : 0;

	if (i < own)
		return in->command->options[i].name;
	return i - own < in->program->common_n ?
	    in->program->common[i - own].name : NULL;
}

/* "claviger key" or "claviger sign", for what comes after "see". */
static void
so_far(const struct invocation *in, char ret[128])
{
	if (in->command != NULL)
		rows_spell(in->program, in->command, ret, 128);
	else
		snprintf(ret, 128, "%s%s%s", in->program->name,
		    in->noun != NULL ? " " : "",
		    in->noun != NULL ? in->noun->noun : "");
}

static int
unknown(const struct invocation *in, const char *kind, const char *word,
    const char *close, struct err *err)
{
	char here[128];

	so_far(in, here);
	if (close != NULL)
		return err_set(err, EUSAGE, "%s has no %s \"%.40s\"; did you "
		    "mean \"%s\"?", here, kind, word, close);
	return err_set(err, EUSAGE, "%s has no %s \"%.40s\"; see \"%s --help\"",
	    here, kind, word, here);
}

static int
add_given(struct invocation *in, const struct option_row *o, const char *text,
    struct err *err)
{
	char what[80];

	snprintf(what, sizeof(what), "--%s", o->name);
	if (text != NULL)
		TRY(value_check(o->value, o->choices, o->min, o->max, what,
		    text, err));
	for (size_t i = 0; i < in->given_n && !o->many; i++)
		if (in->given[i].row == o && o->value != V_FLAG)
			return err_set(err, EUSAGE, "%s is given twice", what);
	in->given[in->given_n].row = o;
	in->given[in->given_n++].text = text;
	return 0;
}

static int
take_value(struct invocation *in, struct reading *r,
    const struct option_row *o, const char *joined, struct err *err)
{
	if (o->value == V_FLAG) {
		if (joined != NULL)
			return err_set(err, EUSAGE, "--%s takes no value",
			    o->name);
		return add_given(in, o, NULL, err);
	}
	if (joined != NULL)
		return add_given(in, o, joined, err);
	if (r->at >= r->argc)
		return err_set(err, EUSAGE, "--%s needs %s %s", o->name,
		    strchr("AEIOU", o->meta[0]) ? "an" : "a", o->meta);
	return add_given(in, o, r->argv[r->at++], err);
}

static int
take_long(struct invocation *in, struct reading *r, const char *word,
    struct err *err)
{
	const char *eq = strchr(word, '=');
	size_t n = eq != NULL ? (size_t)(eq - word) : strlen(word);
	const struct option_row *o;

	if (strcmp(word, "help") == 0) {
		in->help = true;
		return 0;
	}
	/* Alone: beside others it is an option of theirs, or a mistake. */
	if (strcmp(word, "version") == 0 && r->argc == 2) {
		in->version = true;
		return 0;
	}
	o = rows_option(in->program, in->command, word, n);
	if (o == NULL)
		return unknown(in, "option", word,
		    nearest(word, next_option, in), err);
	return take_value(in, r, o, eq != NULL ? eq + 1 : NULL, err);
}

static int
take_short(struct invocation *in, struct reading *r, const char *word,
    struct err *err)
{
	const struct option_row *o;

	if (strcmp(word, "h") == 0) {
		in->help = true;
		return 0;
	}
	o = rows_letter(in->program, in->command, word[0]);
	if (o == NULL)
		return unknown(in, "option", word, NULL, err);
	return take_value(in, r, o, word[1] != '\0' ? word + 1 : NULL, err);
}

static int
take_noun(struct invocation *in, const char *word, struct err *err)
{
	in->noun = rows_noun(in->program, word);
	if (in->noun == NULL)
		return unknown(in, "command", word,
		    nearest(word, next_noun, in->program), err);
	in->command = command_find(in->program, word, NULL);
	return 0;
}

static int
take_word(struct invocation *in, const char *word, struct err *err)
{
	if (in->noun == NULL)
		return take_noun(in, word, err);
	if (in->command == NULL) {
		in->command = command_find(in->program, in->noun->noun, word);
		if (in->command == NULL)
			return unknown(in, "command", word,
			    nearest(word, next_verb, in->noun), err);
		return 0;
	}
	in->args[in->args_n++] = word;
	return 0;
}

static int
take(struct invocation *in, struct reading *r, struct err *err)
{
	const char *word = r->argv[r->at++];

	if (r->ended || word[0] != '-' || word[1] == '\0')
		return take_word(in, word, err);
	if (strcmp(word, "--") == 0) {
		r->ended = true;
		return 0;
	}
	if (word[1] == '-')
		return take_long(in, r, word + 2, err);
	return take_short(in, r, word + 1, err);
}

static int
check_args(const struct invocation *in, struct err *err)
{
	const struct command_row *c = in->command;
	char name[128];

	rows_spell(in->program, c, name, sizeof(name));
	for (size_t i = 0; i < in->args_n; i++) {
		const struct argument_row *a = i < c->args_n ? &c->args[i] :
		    c->args_n > 0 && c->args[c->args_n - 1].many ?
		    &c->args[c->args_n - 1] : NULL;

		if (a == NULL)
			return err_set(err, EUSAGE, "%s does not take "
			    "\"%.40s\"; see \"%s --help\"", name, in->args[i],
			    name);
		/* As a shell's variable that is not set. */
		if (in->args[i][0] == '\0')
			return err_set(err, EUSAGE, "%s is empty", a->name);
		TRY(value_check(a->value, a->choices, 0, 0, a->name,
		    in->args[i], err));
	}
	if (in->args_n < c->args_n && !c->args[in->args_n].optional)
		return err_set(err, EUSAGE, "%s needs %s: %s", name,
		    c->args[in->args_n].name, c->args[in->args_n].words);
	return 0;
}

static int
check_required(const struct invocation *in, struct err *err)
{
	const struct command_row *c = in->command;
	char name[128];

	rows_spell(in->program, c, name, sizeof(name));
	for (size_t i = 0; i < c->options_n; i++)
		if (c->options[i].required && !in_given(in, c->options[i].name))
			return err_set(err, EUSAGE, "%s needs --%s %s: %s",
			    name, c->options[i].name, c->options[i].meta,
			    c->options[i].words);
	return 0;
}

static int
finish(const struct invocation *in, struct err *err)
{
	char here[128];

	if (in->help || in->version)
		return 0;
	if (in->command == NULL) {
		so_far(in, here);
		return err_set(err, EUSAGE, "say what %s should do; "
		    "\"%s --help\" lists it", here, here);
	}
	TRY(check_args(in, err));
	return check_required(in, err);
}

int
command_parse(const struct program_row *p, int argc, char *const argv[],
    struct invocation **ret, struct err *err)
{
	AUTO(invocation) *in = calloc(1, sizeof(*in));
	struct reading r = { .argc = argc, .at = 1, .argv = argv };

	if (in == NULL)
		return err_set(err, ENOMEMORY, "command line");
	in->program = p;
	in->given = calloc((size_t)argc + 1, sizeof(*in->given));
	in->args = calloc((size_t)argc + 1, sizeof(*in->args));
	if (in->given == NULL || in->args == NULL)
		return err_set(err, ENOMEMORY, "command line");
	if (rows_nounless(p)) {
		in->noun = p->nouns[0];
		in->command = &in->noun->commands[0];
	}
	while (r.at < argc)
		TRY(take(in, &r, err));
	TRY(finish(in, err));
	*ret = TAKE(in);
	return 0;
}

const struct command_row *
in_command(const struct invocation *in)
{
	return in->command;
}

const struct noun_row *
in_noun(const struct invocation *in)
{
	return in->noun;
}

bool
in_help(const struct invocation *in)
{
	return in->help;
}

static const struct option_row *
row_of(const struct invocation *in, const char *option)
{
	return rows_option(in->program, in->command, option, strlen(option));
}

size_t
in_many(const struct invocation *in, const char *option)
{
	const struct option_row *o = row_of(in, option);
	size_t n = 0;

	for (size_t i = 0; i < in->given_n; i++)
		n += in->given[i].row == o;
	return n;
}

const char *
in_nth(const struct invocation *in, const char *option, size_t at)
{
	const struct option_row *o = row_of(in, option);

	for (size_t i = 0; i < in->given_n; i++)
		if (in->given[i].row == o && at-- == 0)
			return in->given[i].text;
	return NULL;
}

const char *
in_str(const struct invocation *in, const char *option)
{
	const struct option_row *o = row_of(in, option);
	size_t n = in_many(in, option);

	if (n > 0)
		return in_nth(in, option, n - 1);
	return o != NULL ? o->otherwise : NULL;
}

bool
in_given(const struct invocation *in, const char *option)
{
	return in_many(in, option) > 0;
}

bool
in_flag(const struct invocation *in, const char *option)
{
	return in_given(in, option);
}

int64_t
in_count(const struct invocation *in, const char *option, int64_t otherwise)
{
	const char *text = in_str(in, option);

	return text != NULL ? strtoll(text, NULL, 10) : otherwise;
}

const char *
in_arg(const struct invocation *in, size_t i)
{
	return i < in->args_n ? in->args[i] : NULL;
}

bool
in_version(const struct invocation *in)
{
	return in->version;
}
