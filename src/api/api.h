/*
 * api - the listeners of the house.
 *
 * Floor 6.  Sees flow, audit, policy, base.  Seen by daemon.
 * Threads:  one per listener reads and writes (epoll), a pool of workers runs
 *           the handlers; who waits for a request to move on holds none, nor
 *           does a signature that the keeper and the ledger are at: its end may
 *           run on the thread that committed it.
 * Locks:    park -> pool; watch; metrics.  None is held over a call to flow.
 */
#ifndef API_API_H
#define API_API_H

#include <stddef.h>
#include "base/err.h"

#define AS_OF_FILE	"as-of.db"	/* a replay, in the house's folder; gone at each start */

struct api;			/* opaque */
struct flow;
struct store;

struct api_options {
	struct flow	*flow;		/* borrowed */
	struct store	*store;		/* borrowed: whose ledger is replayed */
	const char	*folder;	/* borrowed: where lies what is too long for memory: bodies, a replay */
	const char	*control_listen, *control_certificate, *control_key;
	const char	*public_listen, *local_listen;	/* "" is off */
	unsigned	 workers, queue, connections, per_address;
	unsigned	 deadline_s, wait_most_s;
	size_t		 body_memory;	/* octets */
};

/** api_open - listen and serve. Errors: EUSAGE (a taken port, an address that is not here), EIO_, EINPUT (certificate). */
NODISCARD int api_open(const struct api_options *o, struct api **ret, struct err *err);
/** api_free - stop accepting, answer what waits, join every thread. */
void api_free(struct api *a);
DEFINE_FREEP(api)
/** api_reload - read certificate and key again; on failure the old stay. */
NODISCARD int api_reload(struct api *a, struct err *err);
/** api_tick - each second: ends waits and slow requests. */
void api_tick(struct api *a);
/** api_changed - a request has moved on: whoever waits for it is answered. */
void api_changed(void *api, const char *request);
/** api_port - the port that a listener got ("control", "public", "local"); 0: off. */
unsigned api_port(const struct api *a, const char *listener);

#endif
