/* rework - see rework.h. */
#include <stdio.h>
#include "flow/inside.h"
#include "flow/making.h"
#include "flow/rework.h"
#include "flow/stage.h"

struct rework {
	const struct rule	*rule;		/* NULL: a window's */
	const char		*key, *principal, *device;
	uint64_t		 n;		/* made */
	uint64_t		 before;	/* being made by others */
};

static int
check(const struct rework *r, struct err *err)
{
	const struct rule *rule = r->rule;

	if (rule == NULL || rule->rework_uses == 0)
		return err_set(err, ECONFLICT, "device %s has a valid "
		    "certificate for another key or request, and %s lets no "
		    "device have a second one", r->device,
		    rule != NULL ? rule->name : "the window");
	if (r->n >= (uint64_t)rule->rework_uses)
		return err_set(err, ECONFLICT, "device %s has a valid "
		    "certificate; the %lld replacements that rule %s allows in "
		    "%lld seconds are used up", r->device,
		    (long long)rule->rework_uses, rule->name,
		    (long long)(rule->rework_per / TIME_S(1)));
	if (r->n + r->before >= (uint64_t)rule->rework_uses)
		return err_set(err, EBUSY_, "the last of the %lld replacements "
		    "that rule %s allows in %lld seconds are being made",
		    (long long)rule->rework_uses, rule->name,
		    (long long)(rule->rework_per / TIME_S(1)));
	return 0;
}

static int
count(struct tx *tx, void *ctx, struct err *err)
{
	struct rework *r = ctx;
	char hash[SHA256_HEX];

	sha256_hex(&r->rule->hash, hash);
	return cert_rework_count(tx, hash, r->key, r->principal,
	    clock_now() - r->rule->rework_per, &r->n, err);
}

static int
fit(struct flow *f, struct rework *r, struct err *err)
{
	if (r->rule != NULL && r->rule->rework_uses != 0)
		TRY(state_read(f->state, count, r, err));
	return check(r, err);
}

int
rework_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	struct rework r = { .rule = rule, .key = d->key->hash,
	    .principal = d->begun->ask->who->id,
	    .device = json_str(d->parameters, "device", "") };

	if (!json_flag(d->parameters, "reissue", false))
		return 0;
	return fit(d->begun->flow, &r, err);
}

int
rework_hold(struct making *m, struct err *err)
{
	const struct granted *g = m->granted;
	AUTO(law) *law = NULL;
	AUTO(key) *key = NULL;
	struct rework r = { .key = g->key, .principal = g->principal,
	    .device = json_str(g->parameters, "device", "") };
	char what[MAKING_HOLD];

	TRY(state_law(g->flow->state, &law, err));
	TRY(state_key(g->flow->state, g->key, &key, err));
	r.rule = charter_rule_of(law->charter, key->class, g->rule_hash);
	snprintf(what, sizeof(what), "rework %s %s %s", g->rule_hash, g->key,
	    g->principal);
	/* Before the count: who is counted there may be among these, too, but
	 * nobody is in neither. */
	TRY(making_join(m, what, &r.before, err));
	return fit(g->flow, &r, err);
}
