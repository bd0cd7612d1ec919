/*
 * house - who the house is, once founded.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_HOUSE_H
#define FLOW_HOUSE_H

#include "base/err.h"

struct flow;
struct keyring;

/** genesis_load - from the state into memory, once founded. */
NODISCARD int genesis_load(struct flow *f, struct err *err);
/** founding_resume - the keeper is founded and the ledger is empty: a crash lay between. */
NODISCARD int founding_resume(struct flow *f, struct keyring *k, struct err *err);

#endif
