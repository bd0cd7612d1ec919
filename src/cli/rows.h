/*
 * rows - the rows of a file, NDJSON or CSV, sent a page at a time.
 *
 * Floor 7, cli.
 */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include "cli/cli.h"

#define ROWS_PAGE	500

#define OPT_MAP \
	{ .name = "map", .value = V_TEXT, .many = true, .meta = "MEMBER=COLUMN,...", \
	  .words = "of CSV: the column that has this member, by its title; the member's own name where left out" }
#define OPT_FORMAT \
	{ .name = "format", .value = V_CHOICE, .meta = "FORMAT", .choices = "auto|ndjson|csv", .otherwise = "auto", \
	  .words = "what the file is; auto: by its name, csv where that ends in .csv" }
#define OPT_ALL \
	{ .name = "all-or-nothing", .value = V_FLAG, \
	  .words = "enter nothing where a row is bad or refused: all are looked at first, by the service too (so FILE is read twice, and is no pipe), " \
	    "and then go in by one transaction; at most 16,000 rows (a page has 500 of one product line, and there may be 32) and 12 MiB; " \
	    "more than one page where no rule asks for approvals" }
#define OPT_DRY \
	{ .name = "dry-run", .value = V_FLAG, .words = "only say what would be entered" }
#define ARG_ROWS \
	{ .name = "FILE", .value = V_FILE, .words = "rows, NDJSON or CSV; \"-\" is standard input" }

/* What is sent, and how a row of it is read. */
struct rows_what {
	const char	*action, *path;
	const char	*member;	/* of the body: the array of rows */
	const char	*const *fields;	/* of a row: what a column may be */
	size_t		 fields_n;
	const char	*list;		/* the one of these that is a list; or NULL */
	const char	*const *subject;	/* those that say what a row speaks of */
	size_t		 subject_n;
	/* in its one spelling; or why not */
	int		(*read)(const struct cli *cli, const json_t *row, json_t **ret, struct err *err);
};

/**
 * rows_send - all of the file that the command names, by --map, --format,
 * --all-or-nothing, --dry-run and --reason.
 *
 * A row that says what an earlier one said is counted and not sent; one that
 * says something else of the same is bad. Prints what came of it.
 * Errors: EINPUT (a row is bad; the rest was sent, but for --all-or-nothing);
 *         EQUORUM (a page waits); ETOOBIG (more rows than seen.h remembers, or
 *         than go in together).
 */
NODISCARD int rows_send(struct cli *cli, const struct rows_what *what,
    struct err *err);

#endif
