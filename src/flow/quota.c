/* quota - limits of rules, and how they stand; see quota.h. */
#include "flow/quota.h"
#include "key/use.h"
#include "policy/charter.h"
#include "state/state.h"

#define PAIRS	1000u	/* of rule and principal, for one key */
#define DAY	TIME_S(86400)
#define LATELY	(30 * DAY)
#define NEVER	(36500 * DAY)

struct quotas {
	const struct quota_ask *ask;
	quota_fn	*fn;
	void		*ctx;
};

bool
quota_near(uint64_t used, uint64_t most)
{
	return used >= most - most / 5;
}

bool
quota_is_near(const struct quota *q)
{
	return quota_near(q->used, (uint64_t)q->most);
}

/* Those after @since. */
static int
count(struct tx *tx, const struct quota *q, time_us since, uint64_t *ret,
    struct err *err)
{
	return (q->of == QUOTA_USES ? use_count : cert_rework_count)(tx,
	    q->hash, q->key, q->principal, since, ret, err);
}

static int
one(const struct quotas *a, struct quota q, struct err *err)
{
	if (q.most == 0)
		return 0;
	TRY(count(a->ask->tx, &q, a->ask->now - q.per, &q.used, err));
	return a->fn(a->ctx, &q, err);
}

static int
pair(void *ctx, const struct use_sum *s, struct err *err)
{
	const struct quotas *a = ctx;
	const struct rule *rule = charter_rule_of(a->ask->charter,
	    a->ask->class, s->rule);
	struct quota q = { .rule = rule, .hash = s->rule, .key = a->ask->key,
		.principal = s->principal };

	if (rule == NULL)
		return 0;
	q.most = rule->limit_uses;
	q.per = rule->limit_per;
	TRY(one(a, q, err));
	q.of = QUOTA_REWORK;
	q.most = rule->rework_uses;
	q.per = rule->rework_per;
	return one(a, q, err);
}

int
quota_each(const struct quota_ask *ask, quota_fn *fn, void *ctx,
    bool *ret_more, struct err *err)
{
	struct quotas a = { ask, fn, ctx };

	return use_sums(ask->tx, ask->key, PAIRS, pair, &a, ret_more, err);
}

/* ---- what comes of it ---- */

struct pace
pace_since(uint64_t n, time_us since, time_us now)
{
	return (struct pace){ n, now - since > DAY ? now - since : DAY };
}

int
quota_pace(const struct quota_ask *a, const struct quota *q,
    struct pace *ret, struct err *err)
{
	time_us first, since;
	uint64_t n;

	TRY(use_began(a->tx, q->hash, q->key, q->principal, &first, err));
	since = first > a->now - LATELY ? first : a->now - LATELY;
	/* The first is one of them. */
	TRY(count(a->tx, q, since - 1, &n, err));
	*ret = pace_since(n, since, a->now);
	return 0;
}

time_us
pace_until(const struct pace *p, uint64_t left, time_us now)
{
	double t = p->n == 0 ? NEVER : (double)left * (double)p->span /
	    (double)p->n;

	return t < NEVER ? now + (time_us)t : 0;
}

uint64_t
pace_in(const struct pace *p, time_us span)
{
	double n = (double)p->n * (double)span / (double)p->span;
	uint64_t whole = (uint64_t)n;

	return whole + (n > (double)whole);
}
