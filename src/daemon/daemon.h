/*
 * daemon - clavigerd, put together: what is opened in which order, and closed
 * in the other.
 *
 * Floor 7.  Sees api, flow, state, keyring, store, policy, base.
 * Threads:  the main thread waits for signals and ticks; all others belong to
 *           the floors below.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include "base/err.h"
#include "daemon/settings.h"

struct daemon;			/* opaque */

/** daemon_open - all of it, listening; signals are blocked by the caller. */
NODISCARD int daemon_open(const struct config *c, struct daemon **ret, struct err *err);
/** daemon_run - until a signal ends it. */
void daemon_run(struct daemon *d);
void daemon_free(struct daemon *d);
DEFINE_FREEP(daemon)

/** lock_take - one service per folder. @ret_fd closed to give it back. Errors: EBUSY_, EIO_. */
NODISCARD int lock_take(const char *folder, int *ret_fd, struct err *err);
/** certificate_ensure - make a self-signed pair where both files are missing. Errors: EIO_, EINTERNAL. */
NODISCARD int certificate_ensure(const char *certificate, const char *key, struct err *err);
/** tell - to systemd, where that started us: "READY=1". */
void tell(const char *what);

#endif
