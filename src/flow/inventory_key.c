/*
 * inventory_key - one key: whose it is, by whose leave it is used, when it ends.
 */
#include <stdio.h>
#include <string.h>
#include "flow/drill.h"
#include "flow/elsewhere.h"
#include "flow/inventory.h"
#include "flow/law.h"
#include "policy/simulate.h"

#define WITHIN_MOST	TIME_S(INT64_C(100) * 365 * 86400)

static const struct { const char *name, *why[GAP_SAID + 1]; } GAP[] = {
#define G(sym, word, why, said) { word, { why, said } },
	GAPS(G)
#undef G
};

const char *
gap_name(enum gap g)
{
	return GAP[g].name;
}

int
inventory_period(const json_t *query, time_us *ret, struct err *err)
{
	const char *text = json_str(query, "within", "P1Y");
	struct err why;

	if (clock_duration(text, ret, &why) != 0)
		return err_set(err, EINPUT, "/within: %s", why.what);
	if (*ret <= 0 || *ret > WITHIN_MOST)
		return err_set(err, ERANGE_, "/within: more than nothing, and "
		    "at most P100Y");
	return 0;
}

int
inventory_look(struct inventory *v, const struct moment *m,
    const json_t *query, struct err *err)
{
	time_us within;

	TRY(inventory_period(query, &within, err));
	v->state = m->state;
	v->now = m->now;
	v->until = m->now + within;
	return 0;
}

int
inventory_read(struct inventory *v, struct tx *tx, struct err *err)
{
	struct restored r;

	v->tx = tx;
	TRY(state_restored(tx, &r, err));
	v->restored = drill_newest(&r, &v->restored_by);
	return 0;
}

/* May it be used, now or later? */
static bool
is_of_use(enum key_state s)
{
	return s == KEY_PREACTIVATION || s == KEY_ACTIVE || s == KEY_SUSPENDED;
}

int
inventory_gaps(const bool lacks[GAP__N], enum gap_of of, json_t *list,
    struct err *err)
{
	json_t *one;

	for (size_t g = 0; g < GAP__N; g++) {
		if (!lacks[g])
			continue;
		TRY(json_build(&one, err, "{s:s, s:s}", "gap", GAP[g].name,
		    "why", GAP[g].why[of]));
		if (json_array_append_new(list, one) != 0)
			return err_set(err, ENOMEMORY, "gaps");
	}
	return 0;
}

/* One that is at its end has an owner still; one that is gone needs nothing. */
static int
gaps_put(const struct inventory *v, const struct key *k,
    const struct key_class *c, const json_t *row, struct err *err)
{
	bool of_use = is_of_use(k->state);
	bool lacks[GAP__N] = {
		[GAP_OWNER] = c == NULL && k->state != KEY_DESTROYED,
		[GAP_RECOVERY] = c == NULL && of_use,
		[GAP_AUTHORITY] = of_use && json_array_size(json_object_get(
		    row, "authority")) == 0,
		[GAP_END] = c == NULL && of_use,
		/* An authority may serve every one. */
		[GAP_PRODUCT] = of_use && json_array_size(k->products) == 0 &&
		    (c == NULL || c->kind != KIND_CA),
	};

	if (of_use && c != NULL)
		TRY(inventory_lacks_restore(v, row, elsewhere_recovery(
		    v->law->charter, c->recovery), &lacks[GAP_RESTORE], err));
	return inventory_gaps(lacks, GAP_HELD, json_object_get(row, "gaps"),
	    err);
}

int
inventory_marks(const struct inventory *v, bool counts, time_us end,
    json_t *o, struct err *err)
{
	TRY(json_set_new(o, "ended", json_boolean(counts && end <= v->now),
	    err));
	return json_set_new(o, "expiring", json_boolean(counts &&
	    end > v->now && end <= v->until), err);
}

/* From its first use on, by what its class says today. */
static int
times_put(const struct inventory *v, const struct key *k,
    const struct key_class *c, json_t *o, struct err *err)
{
	time_us activated, end = 0;

	TRY(key_activated(v->tx, k->hash, &activated, err));
	if (activated != 0)
		TRY(json_set_time(o, "activated", activated, err));
	if (activated != 0 && c != NULL) {
		end = activated + c->cryptoperiod;
		TRY(json_set_time(o, "ends", end, err));
	}
	return inventory_marks(v, is_of_use(k->state) && end != 0, end, o, err);
}

static int
class_put(const struct key_class *c, json_t *o, struct err *err)
{
	if (c == NULL)
		return 0;
	TRY(json_set_str(o, "owner", c->owner, err));
	return json_set_str(o, "recovery", c->recovery, err);
}

/* A backup from before it was made has not got it. */
static int
restored_put(const struct inventory *v, const struct key *k, json_t *o,
    struct err *err)
{
	if (v->restored == 0 || v->restored < k->created)
		return 0;
	TRY(json_set_time(o, "restored", v->restored, err));
	return json_set_str(o, "restored_by", v->restored_by, err);
}

static int
authority_of(const struct inventory *v, const struct key *k, json_t **ret,
    struct err *err)
{
	AUTO(facts) *facts = NULL;

	TRY(key_facts(k, &facts, err));
	return policy_authority(v->law->charter, facts, ret, err);
}

int
inventory_key(const struct inventory *v, const struct key *k, json_t **ret,
    struct err *err)
{
	const struct key_class *c = charter_class(v->law->charter, k->class);
	AUTO_JSON *o = NULL, *authority = NULL;
	char created[TIME_TEXT];

	clock_text(k->created, created);
	TRY(authority_of(v, k, &authority, err));
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:O, s:s,"
	    " s:b, s:s*, s:s*, s:s, s:O, s:[]}", "hash", k->hash,
	    "name", k->name, "class", k->class, "kind", k->kind,
	    "algorithm", k->algorithm, "scheme", k->scheme,
	    "environment", k->environment, "products", k->products,
	    "state", key_state_name(k->state), "exclusive", (int)k->exclusive,
	    "exportable", k->exportable, "uri", k->uri, "created", created,
	    "authority", authority, "gaps"));
	TRY(class_put(c, o, err));
	TRY(times_put(v, k, c, o, err));
	TRY(restored_put(v, k, o, err));
	TRY(gaps_put(v, k, c, o, err));
	*ret = TAKE(o);
	return 0;
}
