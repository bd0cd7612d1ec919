/*
 * quota - what the rules let one who uses a key do in a period, and how that
 * stands: by uses, and by devices that got a new key.
 *
 * Floor 5, flow; included by quota*.c, warn_quota.c and inventory_quota.c only.
 */
#ifndef FLOW_QUOTA_H
#define FLOW_QUOTA_H

#include "policy/rule.h"

enum quota_of { QUOTA_USES, QUOTA_REWORK };

/* One limit of a rule, for one who used a key under it; borrowed. */
struct quota {
	enum quota_of	 of;
	const struct rule *rule;
	const char	*hash;		/* the rule's: an amended one counts anew */
	const char	*key;		/* its hash */
	const char	*principal;
	int64_t		 most;
	time_us		 per;
	uint64_t	 used;		/* in the period that ends now */
};
typedef int quota_fn(void *ctx, const struct quota *q, struct err *err);

/* Whose: a key's, under one charter, at one moment. */
struct quota_ask {
	struct tx	*tx;
	const struct charter *charter;
	const char	*key, *class;	/* its hash, and its class */
	time_us		 now;
};
/**
 * quota_each - the limits of those who used this key, by rules that are in force.
 *
 * @ret_more  there are others: 1000 pairs of rule and user are looked at.
 */
NODISCARD int quota_each(const struct quota_ask *a, quota_fn *fn, void *ctx,
    bool *ret_more, struct err *err);
/** quota_near - are so many of so many four fifths? */
bool quota_near(uint64_t used, uint64_t most);
/** quota_is_near - are four fifths of it used? */
bool quota_is_near(const struct quota *q);

/* So many in so long: what a projection is made of. */
struct pace {
	uint64_t	 n;
	time_us		 span;		/* more than 0 */
};
/** quota_pace - of the last 30 days, or since the first use where that was later, but
 * of a day at least: less says little. */
NODISCARD int quota_pace(const struct quota_ask *a, const struct quota *q,
    struct pace *ret, struct err *err);
/** pace_since - the same of @n since then. */
struct pace pace_since(uint64_t n, time_us since, time_us now);
/** pace_until - when so many more are used up, if it goes on so; 0: within a
 * hundred years they are not. */
time_us pace_until(const struct pace *p, uint64_t left, time_us now);
/** pace_in - how many that makes in so long, rounded up. */
uint64_t pace_in(const struct pace *p, time_us span);

#endif
