/*
 * inventory - what there is, whose it is, when it ends: rows and their marks.
 *
 * Floor 5, flow; included by inventory*.c only.
 */
#ifndef FLOW_INVENTORY_H
#define FLOW_INVENTORY_H

#include "flow/inside.h"

/* What a key may lack: its word, and what is said of it. */
#define GAPS(G) \
	G(GAP_OWNER,     "owner",     "nobody answers for it: the charter in force has no such class") \
	G(GAP_RECOVERY,  "recovery",  "nothing says what is done when it is lost: the charter in force has no such class") \
	G(GAP_AUTHORITY, "authority", "no rule of the charter in force lets anybody use it") \
	G(GAP_END,       "end",       "nothing says when its use ends: the charter in force has no such class") \
	G(GAP_PRODUCT,   "product",   "it serves no product line")

enum gap {
#define G(sym, word, why) sym,
	GAPS(G)
#undef G
	GAP__N
};
const char *gap_name(enum gap g);

/* One look at the house: of one moment, under one charter. */
struct inventory {
	struct tx		*tx;
	const struct law	*law;		/* borrowed */
	time_us			 now, until;	/* what ends between is soon to end */
	json_t			*authorities;	/* owned: {KEY: [authority...]} */
	json_t			*ending;	/* owned: {CA: {"expiring","soonest"}} */
	time_us			 looked_until;	/* of ending; 0: all were looked at */
};

/** inventory_period - "within" of a query into @ret. Errors: EINPUT, ERANGE_. */
NODISCARD int inventory_period(const json_t *query, time_us *ret, struct err *err);
/** inventory_marks - "ended" and "expiring" of something with this end; neither
 * unless it @counts. */
NODISCARD int inventory_marks(const struct inventory *v, bool counts, time_us end, json_t *o, struct err *err);
/** inventory_key - a key with its class, end, marks and gaps. */
NODISCARD int inventory_key(const struct inventory *v, const struct key *k,
    json_t **ret, struct err *err);
/** inventory_certificates - read what inventory_add needs; freed by inventory_done. */
NODISCARD int inventory_certificates(struct inventory *v, struct err *err);
/** inventory_add - the certificates for this key, and its authorities, to its row. */
NODISCARD int inventory_add(const struct inventory *v, const struct key *k,
    json_t *row, struct err *err);
/** inventory_end_key - "end" of its row, its authorities and its certificates: what would
 * end each, by which rules. */
NODISCARD int inventory_end_key(struct flow *f, const struct inventory *v, const struct key *k, json_t *row, struct err *err);
/** inventory_end_window - the same of a window that is open on it. */
NODISCARD int inventory_end_window(const struct inventory *v, const struct key *k, json_t *window, struct err *err);
void inventory_done(struct inventory *v);

#endif
