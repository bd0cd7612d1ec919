/*
 * open - what becomes of a fixed request that is not granted at once.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_OPEN_H
#define FLOW_OPEN_H

#include "base/err.h"

struct answer;
struct requested;

/** request_prepare, request_open - what may become of a fixed request: it is handed back
 * to be signed, or waits for approvals; or else is granted, and done. */
NODISCARD int request_prepare(const struct requested *q, struct answer *ret, struct err *err);
NODISCARD int request_open(const struct requested *q, struct answer *ret, struct err *err);

#endif
