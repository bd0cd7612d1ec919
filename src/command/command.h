/*
 * command - one table of what a program can be told, and everything that
 * follows from it: the parser, --help, the man pages, shell completion.
 *
 * Floor 2.  Sees base.  Pure but for the FILE it prints to.
 * Threads:  tables are constant; a parse belongs to its caller.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/err.h"

/* What a value must look like; checked by the parser, known to completion. */
enum value_kind {
	V_FLAG,		/* takes none */
	V_TEXT,
	V_NAME,		/* name_check */
	V_COUNT,	/* 0..2^53-1, bounded by min and max */
	V_TIME,		/* RFC 3339 in UTC, a date, or "now" */
	V_DURATION,	/* ISO 8601: P1D, PT4H */
	V_HASH,		/* 64 hexadecimal digits */
	V_CHOICE,	/* one of the row's choices, separated by | */
	V_PAIR,		/* NAME=VALUE */
	V_REQUEST,	/* req_... */
	V_FILE,		/* a path */
	V_FOLDER,
};

struct option_row {
	const char	*name;		/* without dashes */
	char		 letter;	/* 'o' for -o; 0 for none */
	enum value_kind	 value;
	bool		 required, many;
	const char	*meta;		/* "FILE"; NULL for flags */
	const char	*choices;	/* V_CHOICE: "raw|der" */
	const char	*otherwise;	/* default, as text; NULL for none */
	int64_t		 min, max;	/* V_COUNT, where not both 0 */
	const char	*words;		/* a sentence without its full stop */
};

struct argument_row {
	const char	*name;		/* "KEY" */
	enum value_kind	 value;
	bool		 optional, many;
	const char	*choices;
	const char	*words;
};

struct example_row {
	const char	*line;		/* as typed */
	const char	*words;
};

struct invocation;
struct command_row {
	const char	*noun;		/* "key" */
	const char	*verb;		/* "generate"; NULL when the noun acts itself */
	const char	*summary;	/* one line, no full stop */
	const char	*words;		/* paragraphs, separated by "\n\n" */
	const struct argument_row *args;
	size_t		 args_n;
	const struct option_row *options;
	size_t		 options_n;
	const struct example_row *examples;
	size_t		 examples_n;
	const enum err_code *errors;	/* what people meet most, for the exit codes */
	size_t		 errors_n;
	int		(*run)(void *ctx, const struct invocation *in, struct err *err);
};
#define ROWS(a)	(a), NELEM(a)

/* Commands of one noun, and the page that describes them. */
struct noun_row {
	const char	*noun;
	const char	*page;		/* "claviger-key" */
	int		 section;	/* 1 or 8 */
	const char	*summary;
	const struct command_row *commands;
	size_t		 commands_n;
};

struct file_row { const char *path, *words; };
struct variable_row { const char *name, *words; };

struct program_row {
	const char	*name;		/* "claviger" */
	int		 section;
	const char	*summary;
	const char	*words;
	const struct noun_row *const *nouns;
	size_t		 nouns_n;
	const struct option_row *common;	/* taken by every command */
	size_t		 common_n;
	const struct variable_row *variables;
	size_t		 variables_n;
	const struct file_row *files;
	size_t		 files_n;
	const char	*see;		/* "claviger-audit(1) clavigerd(8)" */
};

/** command_find - the row, or NULL; a noun alone is found with verb NULL. */
const struct command_row *command_find(const struct program_row *p,
    const char *noun, const char *verb);

/**
 * command_parse - one command line into values.
 *
 * @argv  borrowed as long as the result lives; argv[0] is the program.
 * Options may stand anywhere after the noun; "--" ends them.
 * Errors: EUSAGE with what to type instead.
 */
NODISCARD int command_parse(const struct program_row *p, int argc,
    char *const argv[], struct invocation **ret, struct err *err);
void invocation_free(struct invocation *in);
DEFINE_FREEP(invocation)

const struct command_row *in_command(const struct invocation *in);
/** in_noun - the noun that was named; NULL when help was asked of the program. */
const struct noun_row *in_noun(const struct invocation *in);
/** in_help, in_version - was help or the version asked for instead? */
bool in_help(const struct invocation *in);
bool in_version(const struct invocation *in);
/** in_str - the value (the last given), the row's default, or NULL. */
const char *in_str(const struct invocation *in, const char *option);
bool in_flag(const struct invocation *in, const char *option);
/** in_given - was it typed, rather than a default? */
bool in_given(const struct invocation *in, const char *option);
int64_t in_count(const struct invocation *in, const char *option, int64_t otherwise);
/** in_many - how often it was given; in_nth - each value. */
size_t in_many(const struct invocation *in, const char *option);
const char *in_nth(const struct invocation *in, const char *option, size_t i);
/** in_arg - positional values in order; NULL past the last. */
const char *in_arg(const struct invocation *in, size_t i);

/** value_check - does the text look like this kind? Errors: EUSAGE. */
NODISCARD int value_check(enum value_kind v, const char *choices, int64_t min,
    int64_t max, const char *what, const char *text, struct err *err);
/** value_time - V_TIME to microseconds; @now stands for "now". */
NODISCARD int value_time(const char *text, time_us now, time_us *ret, struct err *err);

/** help_program, help_noun, help_command - for people, 80 columns. */
void help_program(const struct program_row *p, FILE *to);
/** help_version - one line: the program's name and its version. */
void help_version(const struct program_row *p, FILE *to);
void help_noun(const struct program_row *p, const struct noun_row *n, FILE *to);
void help_command(const struct program_row *p, const struct command_row *c, FILE *to);

/** man_page - an mdoc(7) page by name: the program's or a noun's. Errors: ENOENT_. */
NODISCARD int man_page(const struct program_row *p, const char *page,
    const char *date, FILE *to, struct err *err);

/** completion_print - for "bash", "zsh" or "fish". Errors: EUSAGE. */
NODISCARD int completion_print(const struct program_row *p, const char *shell,
    FILE *to, struct err *err);

/**
 * table_check - every row has its words, names do not collide, defaults are
 * valid, pages are unique.  For the test. Errors: ESCHEMA naming the row.
 */
NODISCARD int table_check(const struct program_row *p, struct err *err);

#endif
