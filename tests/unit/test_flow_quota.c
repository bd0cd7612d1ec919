/* How limits of rules stand, and what their pace leads to. */
#include "config.h"

#include "flow/inventory.h"
#include "flow/quota.h"
#include "key/use.h"
#include "store/store.h"
#include "tests/unit/world.h"

#define DAY	TIME_S(86400)

/* ---- projections ---- */

static const struct {
	const char	*why;
	struct pace	 pace;
	uint64_t	 left;
	time_us		 until;		/* from now; 0: never */
} UNTIL[] = {
	{ "ten a day last for ten days", { 300, 30 * DAY }, 100, 10 * DAY },
	{ "what is used up is so now", { 300, 30 * DAY }, 0, -1 },
	{ "nobody uses it", { 0, 30 * DAY }, 1, 0 },
	{ "in thousands of years is never", { 1, 30 * DAY }, 1000000000, 0 },
};

START_TEST(a_pace_says_when_it_is_used_up)
{
	time_us now = clock_now(), got;

	got = pace_until(&UNTIL[_i].pace, UNTIL[_i].left, now);
	if (UNTIL[_i].until <= 0)
		ck_assert_msg(got == (UNTIL[_i].until == 0 ? 0 : now), "%s",
		    UNTIL[_i].why);
	else
		ck_assert_msg(got == now + UNTIL[_i].until, "%s",
		    UNTIL[_i].why);
}
END_TEST

START_TEST(a_pace_is_of_a_day_at_least)
{
	time_us now = clock_now();
	struct pace p = pace_since(4, now - TIME_S(1), now);

	ck_assert_uint_eq(pace_in(&p, DAY), 4);
	ck_assert_uint_eq(pace_in(&p, DAY / 24), 1);
	p = pace_since(4, now - 4 * DAY, now);
	ck_assert_uint_eq(pace_in(&p, DAY), 1);
}
END_TEST

/* ---- a rule of 200 a day ---- */

struct limited {
	struct world	 w;
	char		 rule[SHA256_HEX];
	const struct rule *is;
	time_us		 now;
	uint64_t	 n;
	/* To be used so many times, so far apart. */
	unsigned	 uses;
	time_us		 each;
};

static void
limited_begin(struct limited *l)
{
	const struct key_class *c;

	memset(l, 0, sizeof(*l));
	world_begin(&l->w);
	c = charter_class(l->w.charter, "firmware-signing");
	for (size_t i = 0; i < c->rule_n; i++)
		if (strcmp(c->rule[i].name, "development-image") == 0)
			l->is = &c->rule[i];
	sha256_hex(&l->is->hash, l->rule);
	ck_assert_int_eq(l->is->limit_uses, 200);
	ck_assert_int_eq(l->is->limit_per, DAY);
	l->now = clock_now();
	l->n = 1000;
}

static int
use_all(struct tx *tx, void *ctx, struct err *err)
{
	struct limited *l = ctx;

	for (unsigned i = 0; i < l->uses; i++) {
		char hash[24];
		struct use u = { .n = l->n, .hash = hash, .op = "sign",
		    .key = "k", .rule = l->rule, .principal = "ci",
		    .time = l->now - (l->uses - 1 - i) * l->each,
		    .seq = l->n };

		snprintf(hash, sizeof(hash), "hash %llu",
		    (unsigned long long)l->n++);
		TRY(use_insert(tx, &u, err));
	}
	return 0;
}

/* The one limit that it has, as the inventory tells it; owned. */
static json_t *
limit_of(struct limited *l, const char *part)
{
	struct moment m = { l->w.state, l->now };
	struct law *law;
	struct quota_view v = { .m = &m, .product = "thermostat",
	    .list = json_array() };
	json_t *key = world_json("{s:s, s:s, s:s}", "name", "bench", "hash",
	    "k", "class", "firmware-signing"), *got;

	unit_ok(store_write(l->w.store, use_all, l, &unit_err));
	unit_ok(state_law(l->w.state, &law, &unit_err));
	v.law = law;
	unit_ok(inventory_quotas(&v, key, &unit_err));
	ck_assert_uint_eq(json_array_size(v.list), 1);
	got = json_incref(json_array_get(v.list, 0));
	ck_assert_str_eq(json_str(got, "part", ""), part);
	ck_assert(!v.more);
	quota_view_done(&v);
	law_free(law);
	json_decref(v.list);
	json_decref(key);
	return got;
}

static const struct {
	const char	*why;
	unsigned	 uses;
	time_us		 each;
	int64_t		 used, expected, recent;
	bool		 lasts, near;
} PACES[] = {
	{ "one a day lasts", 40, DAY, 1, 2, 31, true, false },
	{ "all of it in its first hour may be more than it has", 200,
	    TIME_S(10), 200, 200, 200, false, true },
	{ "most of it does not run out, and is told of today", 160,
	    TIME_S(10), 160, 160, 160, true, true },
	{ "all of it, each day, is as much as can be seen", 2400, DAY / 200,
	    200, 201, 2400, false, true },
};

START_TEST(a_limit_that_renews_itself_lasts_unless_its_pace_reaches_it)
{
	struct limited l;
	json_t *got;

	limited_begin(&l);
	l.uses = PACES[_i].uses;
	l.each = PACES[_i].each;
	got = limit_of(&l, "limit");
	ck_assert_msg(json_int(got, "used", -1) == PACES[_i].used, "%s: %lld",
	    PACES[_i].why, (long long)json_int(got, "used", -1));
	ck_assert_int_eq(json_int(got, "expected", -1), PACES[_i].expected);
	ck_assert_int_eq(json_int(got, "recent", -1), PACES[_i].recent);
	ck_assert_int_eq(json_int(got, "limit", -1), 200);
	ck_assert_int_eq(json_int(got, "per_seconds", -1), 86400);
	ck_assert_int_eq(json_flag(got, "near", false), PACES[_i].near);
	ck_assert_msg(json_flag(got, "lasts", false) == PACES[_i].lasts, "%s",
	    PACES[_i].why);
	ck_assert_int_eq(json_object_get(got, "used_up") == NULL,
	    PACES[_i].lasts);
	json_decref(got);
	world_end(&l.w);
}
END_TEST

START_TEST(what_nobody_used_and_what_lives_elsewhere_has_no_quota)
{
	struct limited l;
	struct moment m;
	struct law *law;
	struct quota_view v = { .m = &m, .product = "thermostat",
	    .list = json_array() };
	json_t *key = world_json("{s:s, s:s, s:s}", "name", "bench", "hash",
	    "k", "class", "firmware-signing");

	limited_begin(&l);
	m = (struct moment){ l.w.state, l.now };
	unit_ok(state_law(l.w.state, &law, &unit_err));
	v.law = law;
	unit_ok(inventory_quotas(&v, key, &unit_err));
	l.uses = 3;
	unit_ok(store_write(l.w.store, use_all, &l, &unit_err));
	unit_ok(json_set_new(key, "elsewhere", json_true(), &unit_err));
	unit_ok(inventory_quotas(&v, key, &unit_err));
	ck_assert_uint_eq(json_array_size(v.list), 0);
	unit_ok(json_set_new(key, "elsewhere", json_false(), &unit_err));
	unit_ok(inventory_quotas(&v, key, &unit_err));
	ck_assert_uint_eq(json_array_size(v.list), 1);
	quota_view_done(&v);
	law_free(law);
	json_decref(v.list);
	json_decref(key);
	world_end(&l.w);
}
END_TEST

ENGINE_MAIN("flow/quota",
	UNIT_ROWS(a_pace_says_when_it_is_used_up, UNTIL)
	UNIT(a_pace_is_of_a_day_at_least)
	UNIT_ROWS(a_limit_that_renews_itself_lasts_unless_its_pace_reaches_it, PACES)
	UNIT(what_nobody_used_and_what_lives_elsewhere_has_no_quota))
