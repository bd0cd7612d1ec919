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

ENGINE_MAIN("state/walk",
	UNIT(a_walk_passes_every_key_once))
