/*
 * cert_said - what the files of a line say of one certificate, over all of
 * them.
 *
 * Floor 7, cli.
 */
#ifndef CLI_CERT_SAID_H
#define CLI_CERT_SAID_H

#include <jansson.h>
#include <stdbool.h>

#include "ca/der.h"
#include "cli/seen.h"

/* Whose they are; borrowed. */
struct cert_whose {
	const char	*owner;		/* or NULL */
	const json_t	*products;	/* array of names */
	bool		 of_row;	/* the file says so, not the command line */
};

enum cert_said {
	CERT_SAID_NEW,		/* to be sent */
	CERT_SAID_AGAIN,	/* nothing that was not said before */
	CERT_SAID_OTHERWISE,	/* another owner than was said before */
};

/** cert_said - of @der: what @whose says of it, and @s knows from now on.
 * Errors: as seen_at. */
NODISCARD int cert_said(struct seen *s, struct span der,
    const struct cert_whose *whose, enum cert_said *ret, struct err *err);

#endif
