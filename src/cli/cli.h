/*
 * cli - what every command of claviger works with.
 *
 * Floor 7.  Sees client, command, evidence, policy, ca, hsm, base.
 * Threads:  one.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include "base/err.h"
#include "client/client.h"
#include "command/command.h"

struct officer;

struct cli {
	const struct program_row *program;
	const struct invocation	*in;
	bool			 json;		/* --json */
	bool			 quiet;		/* --quiet */
	bool			 people;	/* standard error is a terminal */
	struct client		*client;	/* made when first asked for */
	struct officer		*officer;	/* --officer-key, opened once */
	time_us			 session;	/* clock_mono: until when --officer-key need not log in again */
	struct secret		*token;
	json_t			*view;		/* the request that waits, for the exit */
	json_t			*lines;		/* product lines of which was told that nothing else names them */
	json_t			*told;		/* what --json says of a failure, if more than its words */
};

extern const struct program_row cli_program;

/* Every command's function. */
typedef int cli_run(void *ctx, const struct invocation *in, struct err *err);

/** cli_client - the client, logged in by --officer-key where that was given. */
NODISCARD int cli_client(struct cli *cli, struct client **ret, struct err *err);
/** cli_client_bare - the same without logging in. */
NODISCARD int cli_client_bare(struct cli *cli, struct client **ret,
    struct err *err);
void cli_done(struct cli *cli);

/** cli_get - GET and keep the answer. @fmt as client_path. */
NODISCARD int cli_get(struct cli *cli, json_t **ret, struct err *err,
    const char *path);
/** cli_answer - print @j as JSON where --json asks for it; true when it did. */
bool cli_answer(const struct cli *cli, const json_t *j);
/** cli_told_too - onto an answer that is about to be cli_outcome's what was told of a refusal:
 * who was denied learns why. False where memory runs out. */
bool cli_told_too(const struct cli *cli, json_t *answer);
/** cli_outcome - of what came to something and may have failed all the same (@rc): --json has the
 * @answer (taken) either way, and a failure's words are for people; true when it did. */
bool cli_outcome(struct cli *cli, json_t *answer, int rc);
/** cli_done_told - the same of what was done, of which --quiet says nothing. */
bool cli_done_told(const struct cli *cli, const json_t *j);
/** cli_print_json - pretty, on standard output. */
void cli_print_json(const json_t *j);
/** cli_output - the file of --output; NULL: standard output, as "-" is too. */
const char *cli_output(const struct cli *cli);
/** cli_note - a line for people on standard error, unless --quiet. */
void cli_note(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** cli_fail - say what happened, why, and what to do; the exit status. */
int cli_fail(const struct cli *cli, const struct err *err);

#endif
