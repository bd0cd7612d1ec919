/*
 * cert_pages - certificates on their way into the inventory: a page of each
 * owner and product lines, sent when it is full.
 *
 * Floor 7, cli.
 */
#ifndef CLI_CERT_PAGES_H
#define CLI_CERT_PAGES_H

#include "cli/cert_said.h"
#include "cli/cli.h"
#include "cli/whole.h"

#define CERT_PAGE	100	/* certificates of one */
#define CERT_PAGES	16	/* that are open at a time */

/* Where one stands: people count within their file. */
struct cert_from {
	const char	*file;		/* borrowed, longer than the pages */
	uint64_t	 n;
	bool		 is_line;	/* n is a line, not a number */
};

struct cert_page {
	char		*owner;		/* owned; or NULL */
	json_t		*products;	/* owned */
	bool		 of_row;
	json_t		*certificates;	/* owned: base64 */
	size_t		 octets;
	struct cert_from from[CERT_PAGE];
};

struct cert_pages {
	struct cli	*cli;
	bool		 look;		/* only have the service look at each */
	bool		 together;	/* pages are kept, to be sent as one */
	struct whole	 whole;
	struct cert_page page[CERT_PAGES];
	size_t		 n;		/* that are open */
	json_t		*bad, *waiting;	/* owned */
	int64_t		 bad_n, entered, known;
	struct seen	 seen;		/* what the files said so far */
	int64_t		 repeated;	/* those of which nothing new was said */
};

/** cert_pages_init - @p zeroed; its cert_pages_done is due whatever comes. */
NODISCARD int cert_pages_init(struct cert_pages *p, struct cli *cli,
    struct err *err);
void cert_pages_done(struct cert_pages *p);
/** cert_pages_anew - the same files once more: nothing was said of any. Behind a
 * look for --all-or-nothing several pages are kept, and sent as one. */
void cert_pages_anew(struct cert_pages *p);

/** cert_pages_add - one more; a page that is full goes first. What says nothing
 * new is counted and not sent; another owner than was said before is bad.
 * Errors: those of asking; of a page whose owner the file names, EINPUT makes
 * each of it bad and is none; ETOOBIG: see whole_put. */
NODISCARD int cert_pages_add(struct cert_pages *p, struct span der,
    const struct cert_from *from, const struct cert_whose *whose,
    struct err *err);
/** cert_pages_bad - one that is not sent, and why. */
NODISCARD int cert_pages_bad(struct cert_pages *p,
    const struct cert_from *from, const char *why, struct err *err);
/** cert_pages_send - those that are open. Errors: as cert_pages_add. */
NODISCARD int cert_pages_send(struct cert_pages *p, struct err *err);

#endif
