/* What the nouns of floor 3 answer, on the tables that events made. */
#include "config.h"

#include "policy/facts.h"
#include "tests/unit/world_all.h"

/* ---- lists ---- */

struct pages {
	int (*list)(struct tx *, const char *cursor, json_t **, char **,
	    struct err *);
	unsigned n, pages;
};

static int
list_people(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	return people_list(tx, cursor, 2, ret, next, err);
}

static int
list_requests(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	struct asked_filter f = { .action = "key.destroy" };

	return approval_list(tx, &f, cursor, 2, ret, next, err);
}

static int
list_keys(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	struct key_filter f = { .product = "camera", .state = "destroyed" };

	return key_list(tx, &f, cursor, 2, ret, next, err);
}

static int
list_windows(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	return window_list(tx, "closed", cursor, 2, ret, next, err);
}

static int
list_versions(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	return product_list(tx, cursor, 2, ret, next, err);
}

static int
list_credentials(struct tx *tx, const char *cursor, json_t **ret, char **next,
    struct err *err)
{
	return people_credentials(tx, "ci", cursor, 2, ret, next, err);
}

static int
all_pages(struct tx *tx, void *ctx, struct err *err)
{
	struct pages *p = ctx;
	char *cursor = NULL, *next;

	do {
		AUTO_JSON *list = NULL;

		TRY(p->list(tx, cursor, &list, &next, err));
		p->n += (unsigned)json_array_size(list);
		p->pages++;
		free(cursor);
		cursor = next;
	} while (cursor != NULL && p->pages < 100);
	return 0;
}

static const struct {
	const char *why;
	int (*list)(struct tx *, const char *, json_t **, char **,
	    struct err *);
	unsigned n, pages;
} LISTS[] = {
	{ "four people and two tools", list_people, 6, 3 },
	{ "four requests to destroy, two on a page", list_requests, 4, 2 },
	{ "one key, by product and state", list_keys, 1, 1 },
	{ "one window, closed", list_windows, 1, 1 },
	{ "one version, on no track", list_versions, 1, 1 },
	{ "one credential of the tool", list_credentials, 1, 1 },
};

START_TEST(lists_come_in_pages_that_miss_nothing)
{
	struct world w;
	struct pages p = { .list = LISTS[_i].list };

	world_begin(&w);
	world_everything(&w);
	unit_ok(state_read(w.state, all_pages, &p, &unit_err));
	ck_assert_msg(p.n == LISTS[_i].n, "%s: %u", LISTS[_i].why, p.n);
	ck_assert_uint_eq(p.pages, LISTS[_i].pages);
	world_end(&w);
}
END_TEST

/* ---- keys, uses, versions ---- */

struct looked {
	const char *key;
	json_t *history;
	time_us activated;
};

static int
look_history(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	TRY(key_activated(tx, l->key, &l->activated, err));
	return key_history(tx, l->key, &l->history, err);
}

START_TEST(a_key_remembers_its_states)
{
	static const char *const STATES[] = { "pre-activation", "active",
		"suspended", "active", "deactivated", "compromised",
		"destroyed" };
	struct world w;
	struct looked l = { .key = NULL };
	json_t *j;
	time_us first;

	world_begin(&w);
	world_everything(&w);
	l.key = w.key;
	unit_ok(state_read(w.state, look_history, &l, &unit_err));
	ck_assert_uint_eq(json_array_size(l.history), NELEM(STATES));
	for (size_t i = 0; i < NELEM(STATES); i++)
		ck_assert_str_eq(json_str(json_array_get(l.history, i),
		    "state", ""), STATES[i]);
	j = json_array_get(l.history, 5);
	ck_assert_str_eq(json_str(j, "since", ""),
	    "2026-11-01T00:00:00.000000Z");
	/* It was put to use once, however often it was resumed. */
	unit_ok(clock_parse(json_str(json_array_get(l.history, 1), "time", ""),
	    &first, &unit_err));
	ck_assert_int_eq(l.activated, first);
	json_decref(l.history);
	world_end(&w);
}
END_TEST

START_TEST(a_key_is_shown_with_its_public_half)
{
	struct world w;
	struct key *k;
	json_t *j;
	BIO *mem;
	EVP_PKEY *public;
	const char *pem;

	world_begin(&w);
	world_key(&w, "development");
	unit_ok(state_key(w.state, "fw", &k, &unit_err));
	unit_ok(key_json(k, &j, &unit_err));
	pem = json_str(j, "public_key", "");
	mem = BIO_new_mem_buf(pem, -1);
	public = PEM_read_bio_PUBKEY(mem, NULL, NULL, NULL);
	ck_assert_int_eq(EVP_PKEY_eq(public, w.firmware_key), 1);
	ck_assert_str_eq(json_str(j, "exportable", ""), "never");
	ck_assert(json_flag(j, "exclusive", false));
	EVP_PKEY_free(public);
	BIO_free(mem);
	json_decref(j);
	key_free(k);
	world_end(&w);
}
END_TEST

struct uses {
	const char *key, *rule;
	uint64_t count, count_later;
	char version[PRODUCT_VERSION], digest[130];
	bool signed_there, signed_elsewhere;
};

static int
look_uses(struct tx *tx, void *ctx, struct err *err)
{
	struct uses *u = ctx;
	struct err none;
	char digest[130];

	TRY(use_count(tx, u->rule, u->key, "ci", 0, &u->count, err));
	TRY(use_count(tx, u->rule, u->key, "ci", clock_now(), &u->count_later,
	    err));
	TRY(product_highest(tx, "camera", "", u->version, u->digest, err));
	u->signed_there = use_signed(tx, u->key, "camera", "", "01.0.0", digest,
	    &none) == 0 && strcmp(digest, u->digest) == 0;
	u->signed_elsewhere = use_signed(tx, u->key, "camera", "", "1.1",
	    digest, &none) == 0;
	return 0;
}

START_TEST(uses_are_counted_and_versions_remembered)
{
	struct world w;
	struct uses u = { .count = 0 };
	const struct key_class *c;
	char rule[SHA256_HEX];

	world_begin(&w);
	world_everything(&w);
	c = charter_class(w.charter, "firmware-signing");
	for (size_t i = 0; i < c->rule_n; i++)
		if (strcmp(c->rule[i].name, "production-window") == 0)
			sha256_hex(&c->rule[i].hash, rule);
	u.key = w.key;
	u.rule = rule;
	unit_ok(state_read(w.state, look_uses, &u, &unit_err));
	ck_assert_uint_eq(u.count, 2);
	ck_assert_uint_eq(u.count_later, 0);
	ck_assert_str_eq(u.version, "1.0");
	ck_assert(u.signed_there);
	ck_assert(!u.signed_elsewhere);
	world_end(&w);
}
END_TEST

/* An entry of a rule; @op "crl" is none that a limit counts. */
static int
use_at(struct tx *tx, uint64_t n, const char *op, const char *who,
    struct err *err)
{
	char hash[24];
	struct use u = { .n = n, .hash = hash, .op = op, .key = "k",
	    .rule = "r", .principal = who, .time = (time_us)(n / 2),
	    .seq = n };

	snprintf(hash, sizeof(hash), "hash %llu", (unsigned long long)n);
	return use_insert(tx, &u, err);
}

static int
use_some(struct tx *tx, void *ctx, struct err *err)
{
	/* As a commit may have them: not in the journal's order. */
	static const uint64_t order[] = { 1001, 1003, 1002, 1010, 1005, 1004,
	    1006, 1009, 1007, 1008 };

	for (size_t i = 0; i < NELEM(order); i++)
		TRY(use_at(tx, order[i], order[i] % 3 == 0 ? "certify" : "sign",
		    "ci", err));
	TRY(use_at(tx, 1011, "crl", "ci", err));
	return use_at(tx, 1012, "sign", "other", err);
}

/* Two of the entries have the same time each. */
static int
use_ranges(struct tx *tx, void *ctx, struct err *err)
{
	uint64_t n;

	for (time_us since = 499; since < 507; since++) {
		TRY(use_count(tx, "r", "k", "ci", since, &n, err));
		ck_assert_uint_eq(n, since < 500 ? 10 : since > 504 ? 0 :
		    (uint64_t)(505 - since) * 2 - 1);
	}
	TRY(use_count(tx, "r", "k", "other", 0, &n, err));
	ck_assert_uint_eq(n, 1);
	TRY(use_count(tx, "r", "k", "nobody", 0, &n, err));
	ck_assert_uint_eq(n, 0);
	return 0;
}

START_TEST(uses_are_counted_in_whatever_order_they_come)
{
	struct world w;

	world_begin(&w);
	unit_ok(store_write(w.store, use_some, NULL, &unit_err));
	unit_ok(state_read(w.state, use_ranges, NULL, &unit_err));
	world_end(&w);
}
END_TEST

/* The facts on which ci's next image would be decided. */
static struct facts *
facts_of(struct world *w, const char *version)
{
	struct caller ci = { .id = "ci", .tool = true };
	struct law *law;
	struct key *k;
	struct facts *f;
	json_t *p = world_sign_parameters(w, "next", version);

	json_object_set_new(p, "claims", world_json("{s:s}", "build", "42"));
	unit_ok(state_law(w->state, &law, &unit_err));
	unit_ok(state_key(w->state, "fw", &k, &unit_err));
	unit_ok(state_facts(w->state, "key.sign", &ci, k, p, law, clock_now(),
	    &f, &unit_err));
	law_free(law);
	key_free(k);
	json_decref(p);
	return f;
}

START_TEST(facts_tell_where_they_come_from)
{
	struct world w;
	struct facts *f;
	const struct fact_value *v;
	json_t *q;

	world_begin(&w);
	world_key(&w, "development");
	world_activate(&w);
	for (int i = 0; i < 2; i++) {
		q = world_request(&w, ACTION_KEY_SIGN, "ci",
		    world_sign_parameters(&w, "image", NULL));
		unit_ok(world_signed(&w, q, false, 1, "ci", "image", NULL,
		    &unit_err));
		json_decref(q);
	}
	f = facts_of(&w, NULL);
	v = facts_get(f, FACT_COUNT_RULE, NULL);
	ck_assert_int_eq(v->i, 2);
	ck_assert_int_eq(v->from, REPLAYED);
	ck_assert_int_eq(facts_get(f, FACT_KEY_STATE, NULL)->from, REPLAYED);
	ck_assert_int_eq(facts_get(f, FACT_PRINCIPAL_ID, NULL)->from, ASSERTED);
	v = facts_get(f, FACT_CLAIM, "build");
	ck_assert_str_eq(v->s, "42");
	ck_assert_int_eq(v->from, ASSERTED);
	ck_assert_ptr_null(facts_get(f, FACT_HIGHEST_VERSION, NULL));
	facts_free(f);
	world_end(&w);
}
END_TEST

START_TEST(facts_know_the_highest_version_where_a_rule_asks)
{
	struct world w;
	struct facts *f;
	json_t *q;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	f = facts_of(&w, "1.0");
	ck_assert_str_eq(facts_get(f, FACT_HIGHEST_VERSION, NULL)->s, "");
	facts_free(f);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "2.1"));
	world_open(&w, q, NULL);
	world_approve(&w, q, 0);
	world_approve(&w, q, 1);
	unit_ok(world_signed(&w, q, true, 1, "ci", "image", "2.1", &unit_err));
	f = facts_of(&w, "2.2");
	ck_assert_str_eq(facts_get(f, FACT_HIGHEST_VERSION, NULL)->s, "2.1");
	facts_free(f);
	json_decref(q);
	world_end(&w);
}
END_TEST

static int
look_highest(struct tx *tx, void *ctx, struct err *err)
{
	char digest[130];

	return product_highest(tx, "camera", "", ctx, digest, err);
}

static void
highest_is(struct world *w, const char *want)
{
	char version[PRODUCT_VERSION];

	unit_ok(state_read(w->state, look_highest, version, &unit_err));
	ck_assert_str_eq(version, want);
}

START_TEST(what_windows_sign_counts_among_the_versions)
{
	struct world w;
	struct facts *f;
	json_t *q;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_window_open(&w, 2);
	unit_ok(world_signed(&w, q, true, 1, "ci", "a", "2.1", &unit_err));
	f = facts_of(&w, "2.2");
	ck_assert_str_eq(facts_get(f, FACT_HIGHEST_VERSION, NULL)->s, "2.1");
	facts_free(f);
	/* Whatever a window lets through: nothing there compares. */
	unit_ok(world_signed(&w, q, true, 2, "ci", "b", "beta-1", &unit_err));
	highest_is(&w, "2.1");
	json_decref(q);
	world_end(&w);
}
END_TEST

START_TEST(development_raises_no_version_of_production)
{
	struct world w;
	json_t *q;

	world_begin(&w);
	world_key(&w, "development");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", "99.0"));
	unit_ok(world_signed(&w, q, false, 1, "ci", "image", "99.0",
	    &unit_err));
	highest_is(&w, "");
	json_decref(q);
	world_end(&w);
}
END_TEST

/* A database of a service that counted fewer. */
START_TEST(versions_are_made_again_once)
{
	struct world w;
	json_t *q;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_window_open(&w, 2);
	unit_ok(world_signed(&w, q, true, 1, "ci", "a", "2.1", &unit_err));
	unit_ok(world_signed(&w, q, true, 2, "ci", "b", "1.9", &unit_err));
	engine_sql("UPDATE product_version SET version = '0.1'");
	unit_ok(state_versions(w.state, &unit_err));
	highest_is(&w, "2.1");
	engine_sql("UPDATE product_version SET version = '0.1'");
	unit_ok(state_versions(w.state, &unit_err));
	highest_is(&w, "0.1");
	json_decref(q);
	world_end(&w);
}
END_TEST

/* ---- windows ---- */

static const struct {
	const char *why, *principal, *image;
	time_us after;
	int code;
} WINDOW_USES[] = {
	{ "a named digest by who may", "ci", "a", 0, 0 },
	{ "another digest", "ci", "c", 0, ENOENT_ },
	{ "another principal", "officer-1", "a", 0, ENOENT_ },
	{ "too late", "ci", "a", TIME_S(7200), ENOENT_ },
};

START_TEST(an_open_window_is_found_by_what_it_covers)
{
	struct world w;
	json_t *q;
	char x[SHA256_HEX];
	struct sha256 h;
	struct window *found;
	AUTO(key) *key = NULL;
	int rc;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_window_open(&w, 1);
	h = sha256_of(WINDOW_USES[_i].image, 1);
	sha256_hex(&h, x);
	unit_ok(state_key(w.state, w.key, &key, &unit_err));
	rc = state_window(w.state, key, WINDOW_USES[_i].principal, x, NULL,
	    NULL, clock_now() + WINDOW_USES[_i].after, &found, &unit_err);
	ck_assert_msg(rc == -WINDOW_USES[_i].code, "%s: %d",
	    WINDOW_USES[_i].why, rc);
	if (rc == 0) {
		window_free(found);
		/* Its one use made, it covers nothing more. */
		unit_ok(world_signed(&w, q, true, 1, "ci", "a", NULL,
		    &unit_err));
		unit_fails(state_window(w.state, key, "ci", x, NULL, NULL,
		    clock_now(), &found, &unit_err), ENOENT_);
	}
	json_decref(q);
	world_end(&w);
}
END_TEST

static json_t *
closed_reason(struct world *w, const json_t *window)
{
	struct window *shown;
	json_t *j, *reason;

	unit_ok(state_window_get(w->state, json_str(window, "id", ""), &shown,
	    &unit_err));
	ck_assert(!shown->open);
	unit_ok(window_json(shown, &j, &unit_err));
	reason = json_incref(json_object_get(j, "reason"));
	json_decref(j);
	window_free(shown);
	return reason;
}

/* The keeper has closed it, and a crash has swallowed that. */
START_TEST(a_closing_that_was_lost_comes_back_from_the_journal)
{
	struct world w;
	json_t *q, *asked, *tail, *reason;
	size_t n;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_window_open(&w, 1);
	asked = world_close_request(&w, q);
	tail = world_json("[o]", world_close_entry(&w, q, asked));
	unit_ok(state_recover(w.state, tail, &n, &unit_err));
	ck_assert_uint_eq(n, 1);
	reason = closed_reason(&w, q);
	ck_assert_str_eq(json_string_value(reason), "done");
	unit_ok(state_recover(w.state, tail, &n, &unit_err));
	ck_assert_uint_eq(n, 0);
	json_decref(reason);
	json_decref(asked);
	json_decref(tail);
	json_decref(q);
	world_end(&w);
}
END_TEST

/* A ledger that lost the opening must not stop at the closing. */
START_TEST(a_window_that_the_ledger_does_not_know_is_closed_all_the_same)
{
	struct world w;
	json_t *q, *asked, *tail;
	size_t n;

	world_begin(&w);
	world_key(&w, "production");
	q = world_request(&w, ACTION_KEY_DESTROY, "release-lead", world_json(
	    "{s:s, s:s}", "key", w.key, "key_name", "fw"));
	asked = world_close_request(&w, q);
	tail = world_json("[o]", world_close_entry(&w, q, asked));
	unit_ok(state_recover(w.state, tail, &n, &unit_err));
	ck_assert_uint_eq(n, 1);
	json_decref(asked);
	json_decref(tail);
	json_decref(q);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("state/nouns",
	UNIT_ROWS(lists_come_in_pages_that_miss_nothing, LISTS)
	UNIT(a_key_remembers_its_states)
	UNIT(a_key_is_shown_with_its_public_half)
	UNIT(uses_are_counted_and_versions_remembered)
	UNIT(uses_are_counted_in_whatever_order_they_come)
	UNIT(facts_tell_where_they_come_from)
	UNIT(facts_know_the_highest_version_where_a_rule_asks)
	UNIT(what_windows_sign_counts_among_the_versions)
	UNIT(development_raises_no_version_of_production)
	UNIT(versions_are_made_again_once)
	UNIT_ROWS(an_open_window_is_found_by_what_it_covers, WINDOW_USES)
	UNIT(a_closing_that_was_lost_comes_back_from_the_journal)
	UNIT(a_window_that_the_ledger_does_not_know_is_closed_all_the_same))
