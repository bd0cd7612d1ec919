/*
 * submit - send a spool's rows and take in what they come to, however often
 * the line goes.
 *
 * Floor 7.
 */
#ifndef CLI_SUBMIT_H
#define CLI_SUBMIT_H

#include <stdint.h>
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/spool.h"

enum submit_outcome { SUBMIT_DONE, SUBMIT_WAITS, SUBMIT_REFUSED, SUBMIT__N };

struct submit {
	struct cli	*cli;
	struct spool	*spool;
	const char	*to;		/* folder for certificates, or NULL */
	time_us		 patience;	/* how long a line that is away is waited for */
	char		 batch[40];	/* its id, once the service has said it */
	uint64_t	 count[SUBMIT__N];
	struct err	 first;		/* why the first row was refused */
};

/** submit_pass - until each row has a result. Errors: EUNREACH (patience is
 * over), and whatever the service says of the whole batch. */
NODISCARD int submit_pass(struct submit *s, struct err *err);
/** submit_name - the file of a row's certificate: "NAME.crt", or "row-N.crt"; where it is free. */
void submit_name(const json_t *result, char *ret, size_t n);

#endif
