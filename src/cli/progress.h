/*
 * progress - how a waiting request stands, on one line that renews itself.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/clock.h"
#include "cli/cli.h"

struct progress {
	const struct cli *cli;
	time_us		  began;
	char		  last[400];
	bool		  drawn;
};

/** progress_begin - wait for @request; an interrupt from now on says how to go on. */
void progress_begin(struct progress *p, const struct cli *cli, const char *request);
/** progress_said - client_await's callback; @ctx is a struct progress. */
int progress_said(void *ctx, const json_t *view);
/** progress_end - the line is finished, and an interrupt ends silently again. */
void progress_end(struct progress *p);
/* Of so many, how many are done: a bar that renews itself, on a terminal only. */
struct bar {
	const struct cli *cli;
	uint64_t	  all, from;	/* from: done when it began */
	time_us		  began;
	bool		  drawn;
};
/** bar_begin - an interrupt from now on says how to go on. */
void bar_begin(struct bar *b, const struct cli *cli, uint64_t all);
void bar_said(struct bar *b, uint64_t done);
void bar_end(struct bar *b);
/** bar_line - "[####      ]   1,234 of 3,000, 412/s" in at most @columns. */
void bar_line(uint64_t done, uint64_t all, uint64_t per_s, int columns, char *ret, size_t n);

/** progress_line - "1 of 2 approved; officer-2, officer-3 may still approve". */
void progress_line(const json_t *view, char *ret, size_t n);

#endif
