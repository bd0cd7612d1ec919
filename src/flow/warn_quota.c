/*
 * warn_quota - limits of rules that are nearly used up: what stops a line is
 * known before it does.
 */
#include <stdio.h>
#include <string.h>
#include "flow/warn.h"
#include "key/use.h"

#define PAIRS	1000u	/* of rule and principal, for one key */

struct quotas {
	struct look	 *l;
	const struct key *k;
};

/* A limit of the rule, and how it stands with one who uses one key. */
struct quota {
	const char	*of;		/* "uses": what is counted */
	int64_t		 most;
	time_us		 per;
	uint64_t	 used;
};

/* Four fifths. */
static bool
is_near(const struct quota *q)
{
	return q->most > 0 && q->used >= (uint64_t)(q->most - q->most / 5);
}

static int
quota_found(const struct quotas *a, const struct rule *rule,
    const struct use_sum *s, const struct quota *q, struct err *err)
{
	char what[360], subject[ALERT_SUBJECT], span[TIME_SPAN];
	json_t *about;

	clock_span(q->per, span);
	(void)snprintf(what, sizeof(what), "%s: %llu of %lld %s by the rule %s "
	    "with the key %s in %s", s->principal, (unsigned long long)q->used,
	    (long long)q->most, q->of, rule->name, a->k->name, span);
	/* An amended rule counts anew: it is another. */
	(void)snprintf(subject, sizeof(subject), "%s %.16s %s %s", q->of, s->rule,
	    a->k->hash, s->principal);
	TRY(json_build(&about, err, "{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:s}",
	    "name", a->k->name, "class", a->k->class, "rule", rule->name,
	    "principal", s->principal, "counted", q->of, "used",
	    (json_int_t)q->used, "limit", (json_int_t)q->most, "per_seconds",
	    (json_int_t)(q->per / TIME_S(1)), "what", what));
	return look_found(a->l, WATCH_QUOTA, subject, 0, 0, about, err);
}

static int
pair_look(void *ctx, const struct use_sum *s, struct err *err)
{
	const struct quotas *a = ctx;
	const struct rule *rule = charter_rule_of(a->l->law->charter,
	    a->k->class, s->rule);
	struct quota uses = { .of = "uses" }, rework = { .of = "replacements" };

	if (rule == NULL)
		return 0;
	uses.most = rule->limit_uses;
	uses.per = rule->limit_per;
	rework.most = rule->rework_uses;
	rework.per = rule->rework_per;
	if (uses.most != 0)
		TRY(use_count(a->l->tx, s->rule, a->k->hash, s->principal,
		    a->l->now - uses.per, &uses.used, err));
	if (rework.most != 0)
		TRY(cert_rework_count(a->l->tx, s->rule, a->k->hash,
		    s->principal, a->l->now - rework.per, &rework.used, err));
	if (is_near(&uses))
		TRY(quota_found(a, rule, s, &uses, err));
	return is_near(&rework) ? quota_found(a, rule, s, &rework, err) : 0;
}

static int
key_look(void *ctx, const struct key *k, struct err *err)
{
	struct quotas a = { .l = ctx, .k = k };
	bool more;

	TRY(use_sums(a.l->tx, k->hash, PAIRS, pair_look, &a, &more, err));
	if (more)
		look_not_whole(a.l, WATCH_QUOTA, 1);
	return 0;
}

int
look_quotas(struct look *l, struct err *err)
{
	return key_each(l->tx, NULL, key_look, l, err);
}
