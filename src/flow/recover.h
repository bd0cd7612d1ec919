/*
 * recover - the ledger gets what of the keeper's journal nobody brings it.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_RECOVER_H
#define FLOW_RECOVER_H

#include "base/clock.h"
#include "base/json.h"

struct flow;
struct keyring;

/* How far the ledger lags behind the journal. */
struct lag {
	uint64_t	 whole;		/* the ledger has every entry up to this */
	uint64_t	 upto;		/* the journal's last entry when that was seen first */
	time_us		 since;		/* when, by clock_mono; 0: it lacked none */
	enum err_code	 told;		/* why the last look failed */
};

/** lag_recover - events of the journal's entries that the ledger lacks, up to number @upto. */
NODISCARD int lag_recover(struct flow *f, struct keyring *k, uint64_t upto, struct err *err);
/** lag_is_old - nothing more of the journal has come for so long that nobody brings
 * it: the ledger has its entries up to @whole, the journal @journal of them.
 * @return true: entries up to l->upto had their time. */
bool lag_is_old(struct lag *l, uint64_t whole, uint64_t journal, time_us now);
/** lag_look - each second, on the thread that shows: recover what nobody brings. */
void lag_look(struct flow *f, const json_t *hello);
/** answers_recover - events of OCSP answers that the journal counts. */
NODISCARD int answers_recover(struct flow *f, struct err *err);

#endif
