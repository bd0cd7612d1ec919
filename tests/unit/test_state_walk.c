/* A walk over every key, as inventories take it. */
#include "config.h"

#include "tests/unit/world_all.h"

struct walked {
	const char *product, *hash;
	unsigned n;
	char first[KEY_NAME], last[KEY_NAME];
	time_us activated;
	bool known, unknown;
};

static int
walked_one(void *ctx, const struct key *k, struct err *err)
{
	struct walked *w = ctx;

	if (w->n++ == 0)
		memcpy(w->first, k->name, KEY_NAME);
	/* In order, each once. */
	if (w->n > 1 && strcmp(w->last, k->name) >= 0)
		return err_set(err, EINTERNAL, "%s before %s", w->last,
		    k->name);
	memcpy(w->last, k->name, KEY_NAME);
	return 0;
}

static int
look_walked(struct tx *tx, void *ctx, struct err *err)
{
	struct walked *w = ctx;

	TRY(product_is_known(tx, "camera", &w->known, err));
	TRY(product_is_known(tx, "teapot", &w->unknown, err));
	if (w->hash != NULL)
		TRY(key_activated(tx, w->hash, &w->activated, err));
	return key_each(tx, w->product, walked_one, w, err);
}

/* As many more keys like the one that there is, of its product lines. */
static void
keys_add(unsigned from, unsigned to)
{
	char text[1600];

	snprintf(text, sizeof(text), "WITH RECURSIVE c (n) AS (SELECT %u UNION "
	    "ALL SELECT n + 1 FROM c WHERE n < %u) INSERT INTO key (hash, name,"
	    " class, kind, environment, algorithm, scheme, owner, recovery,"
	    " exportable, exclusive, uri, spki, kcv, products, state,"
	    " state_since, compromised_since, request, created, seq) SELECT "
	    "'hash-' || n, 'more-' || (10000 + n), class, kind, environment,"
	    " algorithm, scheme, owner, recovery, exportable, exclusive, uri,"
	    " spki, kcv, products, state, state_since, compromised_since,"
	    " request, created, seq FROM c CROSS JOIN (SELECT * FROM key WHERE"
	    " name = 'fw') AS one", from, to);
	engine_sql(text);
	snprintf(text, sizeof(text), "INSERT INTO key_product (product, key) "
	    "SELECT 'many', hash FROM key WHERE name >= 'more-%u' AND name <= "
	    "'more-%u'", 10000 + from, 10000 + to);
	engine_sql(text);
}

START_TEST(a_walk_passes_every_key_once)
{
	struct world w;
	struct walked all = { .product = NULL }, camera = { .product =
	    "camera" }, none = { .product = "teapot" }, exact = { .product =
	    "many" }, more = { .product = "many" };

	world_begin(&w);
	world_key(&w, "development");
	camera.hash = w.key;
	unit_ok(state_read(w.state, look_walked, &camera, &unit_err));
	ck_assert_uint_eq(camera.n, 1);
	ck_assert_str_eq(camera.first, "fw");
	ck_assert_int_eq(camera.activated, 0);
	ck_assert(camera.known && !camera.unknown);
	unit_ok(state_read(w.state, look_walked, &none, &unit_err));
	ck_assert_uint_eq(none.n, 0);
	/* As many as are read at once, and one more. */
	keys_add(1, 1000);
	unit_ok(state_read(w.state, look_walked, &exact, &unit_err));
	ck_assert_uint_eq(exact.n, 1000);
	keys_add(1001, 1001);
	unit_ok(state_read(w.state, look_walked, &more, &unit_err));
	ck_assert_uint_eq(more.n, 1001);
	ck_assert_str_eq(more.last, "more-11001");
	unit_ok(state_read(w.state, look_walked, &all, &unit_err));
	ck_assert_uint_eq(all.n, 1002);
	world_end(&w);
}
END_TEST

/* ---- uses, by rule and principal ---- */

static int
use_one(struct tx *tx, uint64_t n, const char *key, const char *rule,
    const char *who, const char *op, struct err *err)
{
	char hash[24];
	struct use u = { .n = n, .hash = hash, .op = op, .key = key,
	    .rule = rule, .principal = who, .time = (time_us)n, .seq = n };

	snprintf(hash, sizeof(hash), "hash %llu", (unsigned long long)n);
	return use_insert(tx, &u, err);
}

static int
use_some(struct tx *tx, void *ctx, struct err *err)
{
	TRY(use_one(tx, 1001, "k", "a", "ci", "sign", err));
	TRY(use_one(tx, 1002, "k", "b", "ci", "sign", err));
	TRY(use_one(tx, 1003, "k", "a", "line", "certify", err));
	TRY(use_one(tx, 1004, "k", "a", "ci", "sign", err));
	TRY(use_one(tx, 1005, "other", "a", "ci", "sign", err));
	/* No limit counts a list, and no sum. */
	return use_one(tx, 1006, "k", "a", "ci", "crl", err);
}

struct sums {
	unsigned most;
	char text[200];
	bool more;
};

static int
sum_text(void *ctx, const struct use_sum *u, struct err *err)
{
	struct sums *s = ctx;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s/%s:%llu@%lld ", u->rule,
	    u->principal, (unsigned long long)u->count, (long long)u->last);
	return 0;
}

static int
look_sums(struct tx *tx, void *ctx, struct err *err)
{
	struct sums *s = ctx;

	return use_sums(tx, "k", s->most, sum_text, s, &s->more, err);
}

static const struct {
	const char *why;
	unsigned most;
	const char *want;
	bool more;
} SUMS[] = {
	{ "all of them", 1000, "a/ci:2@1004 a/line:1@1003 b/ci:1@1002 ",
	    false },
	{ "exactly as many as may be", 3,
	    "a/ci:2@1004 a/line:1@1003 b/ci:1@1002 ", false },
	{ "one fewer", 2, "a/ci:2@1004 a/line:1@1003 ", true },
};

START_TEST(uses_are_summed_by_rule_and_principal)
{
	AUTO(store) *store = engine_store();
	struct sums s = { .most = SUMS[_i].most };

	unit_ok(store_write(store, use_some, NULL, &unit_err));
	unit_ok(store_read(store, look_sums, &s, &unit_err));
	ck_assert_msg(strcmp(s.text, SUMS[_i].want) == 0, "%s: %s",
	    SUMS[_i].why, s.text);
	ck_assert(s.more == SUMS[_i].more);
}
END_TEST

/* ---- what is open on a key ---- */

struct opens {
	const char *key;
	unsigned limit;
	json_t *list;		/* owned */
	bool more;
};

static int
look_opens(struct tx *tx, void *ctx, struct err *err)
{
	struct opens *o = ctx;

	return approval_open_list(tx, o->key, o->limit, &o->list, &o->more,
	    err);
}

static unsigned
opens_of(struct world *w, const char *key, unsigned limit, bool more)
{
	struct opens o = { .key = key, .limit = limit };
	unsigned n;

	unit_ok(state_read(w->state, look_opens, &o, &unit_err));
	ck_assert(o.more == more);
	n = (unsigned)json_array_size(o.list);
	json_decref(o.list);
	return n;
}

START_TEST(what_is_open_on_a_key_is_listed_while_it_is)
{
	struct world w;
	json_t *one, *two;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	ck_assert_uint_eq(opens_of(&w, w.key, 10, false), 0);
	one = world_request(&w, ACTION_KEY_SIGN, "ci",
	    world_sign_parameters(&w, "one", "1.0"));
	two = world_request(&w, ACTION_KEY_SIGN, "ci",
	    world_sign_parameters(&w, "two", "2.0"));
	world_open(&w, one, NULL);
	world_open(&w, two, NULL);
	ck_assert_uint_eq(opens_of(&w, w.key, 2, false), 2);
	ck_assert_uint_eq(opens_of(&w, w.key, 1, true), 1);
	ck_assert_uint_eq(opens_of(&w, "another", 10, false), 0);
	/* Approved and not yet done is open still; rejected is not. */
	world_approve(&w, one, 2);
	ck_assert_uint_eq(opens_of(&w, w.key, 10, false), 2);
	world_vote(&w, two, 1, VOTE_REJECT, NULL);
	ck_assert_uint_eq(opens_of(&w, w.key, 10, false), 1);
	json_decref(one);
	json_decref(two);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("state/walk",
	UNIT(a_walk_passes_every_key_once)
	UNIT_ROWS(uses_are_summed_by_rule_and_principal, SUMS)
	UNIT(what_is_open_on_a_key_is_listed_while_it_is))
