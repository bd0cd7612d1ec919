/*
 * endpoint - the certificates that a TLS server shows.
 *
 * Floor 2.  Sees base.
 * Threads:  one at a time in each; libcurl is begun by whoever is first.
 *
 * Nobody is believed: the chain is taken as it is shown, whether or not it leads
 * anywhere and whatever name it bears; TLS 1.0 will do, and any length of key.
 */
#ifndef CLIENT_ENDPOINT_H
#define CLIENT_ENDPOINT_H

#include "base/err.h"

/* One certificate, PEM, the server's own first.  Other than 0 ends it. */
typedef int endpoint_fn(void *ctx, const char *pem, struct err *err);

/**
 * endpoint_check - is it HOST:PORT, or [ADDRESS]:PORT of IPv6? Errors: EINPUT.
 */
NODISCARD int endpoint_check(const char *endpoint, struct err *err);
/**
 * endpoint_shown - connect, shake hands, say nothing, hang up.  The name is sent
 * as SNI (RFC 6066, 3) where it is one.
 *
 * @wait_ms  for all of it.
 * Errors: EINPUT; EUNREACH with the reason; ENOMEMORY; those of @fn.
 */
NODISCARD int endpoint_shown(const char *endpoint, long wait_ms,
    endpoint_fn *fn, void *ctx, struct err *err);

#endif
