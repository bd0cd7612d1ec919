/*
 * whole - pages that go in together or not at all (--all-or-nothing).
 *
 * Floor 7, cli.
 */
#ifndef CLI_WHOLE_H
#define CLI_WHOLE_H

#include "cli/cli.h"

#define WHOLE_OCTETS	((size_t)12 << 20)	/* of a body that has them */
#define WHOLE_CERTS	100	/* pages of certificates: 10,000 at most */
#define WHOLE_ROWS	32	/* pages of devices: 16,000 rows at most */

struct whole {
	const char	*action, *path;	/* of one page; with "/pages" behind it of all */
	size_t		 most;		/* pages */
	json_t		*pages;		/* owned */
	size_t		 n, octets;	/* also of those that were only looked at */
};

/** whole_on - does this command ask for it? */
bool whole_on(const struct cli *cli);
/** whole_put - one more; @kept: to be sent later, else only to be counted.
 * Errors: ETOOBIG: more than one transaction may have; nothing was sent. */
NODISCARD int whole_put(struct whole *w, json_t *page, bool kept,
    struct err *err);
/** whole_anew - all was looked at: from the first page on. @return: are there several? */
bool whole_anew(struct whole *w);
/** whole_send - all that were kept. @ret: what was answered of each, new. */
NODISCARD int whole_send(struct whole *w, struct cli *cli, json_t **ret,
    struct err *err);
void whole_done(struct whole *w);

#endif
