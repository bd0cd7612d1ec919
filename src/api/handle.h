/*
 * handle - one short function per route: take the parts, call flow, reply.
 *
 * Floor 6, api.  Declared from the table; files: handle_*.c.
 */
#ifndef API_HANDLE_H
#define API_HANDLE_H

#include "api/exchange.h"

#define R(method, path, at, access, action, octets, body, query, handler, words) \
	NODISCARD int handle_##handler(struct exchange *x, struct err *err);
ROUTES(R)
#undef R

#endif
