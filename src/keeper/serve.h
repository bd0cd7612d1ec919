/*
 * serve - the Unix socket: connections, their bounds, the loop.
 *
 * Floor 4 (keeper).  Sees wire, base.
 * Threads:  the loop's; serve_stop from a signal handler.
 */
#ifndef KEEPER_SERVE_H
#define KEEPER_SERVE_H

#include <sys/types.h>
#include "keeper/keeper.h"

#define SERVE_CONNECTIONS	16	/* at once */
#define SERVE_OUTSTANDING	4096	/* messages of one connection without an answer */
#define SERVE_ATTACHING		TIME_S(10)	/* most that one attachment takes to come */

/**
 * serve_open - listen; the socket is 0660.
 *
 * @peer  the uid that may connect.
 * @wake  eventfd of workers and journal.
 */
NODISCARD int serve_open(const char *path, uid_t peer, int wake,
    struct keeper *k, struct serve **ret, struct err *err);
/** serve_free - closes all, and takes the socket away. */
void serve_free(struct serve *s);
DEFINE_FREEP(serve)
/** serve_run - until @stop (an eventfd) is readable and all is answered. */
NODISCARD int serve_run(struct serve *s, int stop, struct err *err);
/** serve_answer - queue an answer; a peer that is gone gets none. */
void serve_answer(struct serve *s, const struct asker *to, const void *p, size_t n);
/** serve_drop - end the connection: it cannot be answered. */
void serve_drop(struct serve *s, const struct asker *to);

#endif
