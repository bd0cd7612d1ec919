/*
 * rows_page - rows on their way to the service: a page of each product line,
 * sent when it is full.
 *
 * Floor 7, cli; included by rows*.c only.
 */
#ifndef CLI_ROWS_PAGE_H
#define CLI_ROWS_PAGE_H

#include "cli/rows.h"
#include "cli/whole.h"

#define ROWS_PAGES	16	/* that are open at a time */

struct rows_page {
	char		*product;	/* owned: the line of its rows; "" : none */
	json_t		*rows;		/* owned */
	size_t		 octets;
	uint64_t	 line[ROWS_PAGE];	/* where each stands */
};

struct rows_pages {
	struct cli	*cli;
	const struct rows_what *what;
	bool		 check;		/* only have the service look at each */
	bool		 together;	/* pages are kept, to be sent as one */
	struct whole	 whole;
	struct rows_page page[ROWS_PAGES];
	size_t		 n;		/* that are open */
	uint64_t	 last;		/* line of what went; 0: nothing did */
	json_t		*bad, *waiting, *artifacts;	/* owned */
	int64_t		 bad_n, entered, changed, known, devices;
};

/** rows_pages_init - @p zeroed; its rows_pages_done is due whatever comes. */
NODISCARD int rows_pages_init(struct rows_pages *p, struct cli *cli,
    const struct rows_what *what, struct err *err);
void rows_pages_done(struct rows_pages *p);

/** rows_pages_anew - the same file once more. Behind a look for --all-or-nothing
 * several pages are kept, and sent as one. */
void rows_pages_anew(struct rows_pages *p);

/** rows_pages_add - one more; a page that is full goes first. @row borrowed,
 * in its one spelling: @octets. Errors: those of asking; ETOOBIG: see whole_put. */
NODISCARD int rows_pages_add(struct rows_pages *p, uint64_t line,
    json_t *row, size_t octets, struct err *err);
/** rows_pages_bad - one that is not sent, and why. */
NODISCARD int rows_pages_bad(struct rows_pages *p, uint64_t line,
    const char *why, struct err *err);
/** rows_pages_send - those that are open. Errors: as rows_pages_add. */
NODISCARD int rows_pages_send(struct rows_pages *p, struct err *err);
/** rows_pages_sent - the line up to which all was sent; 0: not even the first. */
uint64_t rows_pages_sent(const struct rows_pages *p);

#endif
