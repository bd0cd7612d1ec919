/* What the beginning of a ledger makes of the house is what the tables were then. */
#include "config.h"

#include <sys/stat.h>
#include "audit/past.h"
#include "audit/remake.h"
#include "ledger/ledger.h"
#include "tests/unit/world_all.h"

#define MOST	64

/* All rows of all tables that replay makes, whatever their order. */
static int
table_sum(struct tx *tx, const char *name, struct sha256 *sum,
    struct err *err)
{
	AUTO(rows) *r = NULL;
	struct blob text = { 0 };
	bool more;

	TRY(tx_table(tx, name, &r, err));
	for (;;) {
		struct sha256 row;

		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		blob_clear(&text);
		TRY(blob_printf(&text, err, "%s", name));
		for (size_t i = 0; i < rows_columns(r); i++) {
			struct value v = rows_value(r, i);

			TRY(blob_printf(&text, err, "|%s=%lld|",
			    rows_name(r, i), (long long)(v.type == VALUE_INT ?
			    v.i : (int64_t)v.n)));
			if (v.type == VALUE_TEXT || v.type == VALUE_BLOB)
				TRY(blob_put(&text, v.p, v.n, err));
		}
		row = sha256_of(text.data, text.len);
		for (size_t i = 0; i < sizeof(row.o); i++)
			sum->o[i] ^= row.o[i];
	}
	blob_done(&text);
	return 0;
}

static int
tables_sum(struct tx *tx, void *ctx, struct err *err)
{
	for (size_t i = 0; i < state_tables_n; i++)
		TRY(table_sum(tx, state_tables[i].name, ctx, err));
	return 0;
}

static struct sha256
sum_of(struct state *s)
{
	struct sha256 sum = { { 0 } };

	unit_ok(state_read(s, tables_sum, &sum, &unit_err));
	return sum;
}

struct then {
	time_us		 t;
	struct sha256	 sum;
	uint64_t	 size;
};

static int
head_of(struct tx *tx, void *ctx, struct err *err)
{
	return ledger_head(tx, ctx, err);
}

static struct ledger_head
head_now(struct world *w)
{
	struct ledger_head h;

	unit_ok(state_read(w->state, head_of, &h, &unit_err));
	return h;
}

static void
remember(struct world *w, struct then *all, size_t *n)
{
	ck_assert_uint_lt(*n, MOST);
	all[*n].t = clock_now();
	all[*n].sum = sum_of(w->state);
	all[*n].size = head_now(w).size;
	(*n)++;
}

/* Of what was kept: the file, and what SQLite puts beside it. */
static bool
is_clear(const char *path)
{
	static const char *const behind[] = { "", "-wal", "-shm", "-journal" };
	char file[512];

	for (size_t i = 0; i < NELEM(behind); i++) {
		snprintf(file, sizeof(file), "%s%s", path, behind[i]);
		if (access(file, F_OK) == 0)
			return false;
	}
	return true;
}

START_TEST(a_beginning_is_the_house_of_then)
{
	const char *path = scratch_path("past");
	struct then all[MOST];
	struct world w;
	size_t n = 0;

	world_begin(&w);
	remember(&w, all, &n);
	world_key(&w, "production");
	remember(&w, all, &n);
	world_activate(&w);
	remember(&w, all, &n);
	world_amend(&w);
	remember(&w, all, &n);
	world_window(&w);
	remember(&w, all, &n);
	world_life(&w);
	remember(&w, all, &n);
	world_devices(&w);
	for (size_t i = 0; i < n; i++) {
		struct past *p;
		struct sha256 sum;
		uint64_t size;

		unit_ok(past_size(w.store, all[i].t, &size, &unit_err));
		ck_assert_uint_eq(size, all[i].size);
		unit_ok(past_make(w.store, path, size, NULL, NULL, &p,
		    &unit_err));
		sum = sum_of(past_state(p));
		ck_assert(sha256_equal(&sum, &all[i].sum));
		past_free(p);
		ck_assert(is_clear(path));
	}
	world_end(&w);
}
END_TEST

struct resting {
	struct store	*again;
	uint64_t	 from, to;
};

static int
rest(struct tx *tx, void *ctx, struct err *err)
{
	const struct resting *r = ctx;

	return remake_rest(tx, r->again, r->from, r->to, err);
}

/* As a replay of a house that goes on does: the last events at one moment. */
START_TEST(a_beginning_and_the_rest_are_the_whole)
{
	struct world w;
	struct sha256 whole;
	uint64_t size;

	world_begin(&w);
	world_key(&w, "production");
	world_amend(&w);
	world_life(&w);
	whole = sum_of(w.state);
	size = head_now(&w).size;
	for (uint64_t cut = 0; cut <= size; cut += 1 + size / 10) {
		AUTO(store) *again = NULL;
		struct sha256 sum = { { 0 } };

		unit_ok(store_open("sqlite::memory:", NULL, &again,
		    &unit_err));
		unit_ok(remake(w.store, again, cut, NULL, NULL, &unit_err));
		unit_ok(store_read(w.store, rest, &(struct resting){ again,
		    cut, size }, &unit_err));
		unit_ok(store_read(again, tables_sum, &sum, &unit_err));
		ck_assert(sha256_equal(&sum, &whole));
	}
	world_end(&w);
}
END_TEST

START_TEST(its_state_and_root_are_those_of_then)
{
	struct world w;
	struct ledger_head then;
	struct law *old, *law;
	struct past *p;
	struct key *k;

	world_begin(&w);
	world_key(&w, "production");
	then = head_now(&w);
	unit_ok(state_law(w.state, &old, &unit_err));
	world_activate(&w);
	world_amend(&w);
	unit_ok(past_make(w.store, scratch_path("past"), then.size, NULL, NULL,
	    &p, &unit_err));
	ck_assert(sha256_equal(past_root(p), &then.root));
	unit_ok(state_key(past_state(p), w.key, &k, &unit_err));
	ck_assert_int_eq(k->state, KEY_PREACTIVATION);
	unit_ok(state_law(past_state(p), &law, &unit_err));
	ck_assert_str_eq(law->hex, old->hex);
	law_free(law);
	law_free(old);
	key_free(k);
	past_free(p);
	world_end(&w);
}
END_TEST

static int
charters(struct tx *tx, void *ctx, struct err *err)
{
	return state_charters(tx, false, ctx, err);
}

/* Founding is the first of all events, and its charter's time is its own. */
static time_us
founded(struct world *w)
{
	json_t *all;
	time_us t;

	unit_ok(state_read(w->state, charters, &all, &unit_err));
	unit_ok(clock_parse(json_str(json_array_get(all, 0), "time", ""), &t,
	    &unit_err));
	json_decref(all);
	return t;
}

START_TEST(a_time_has_its_size)
{
	struct world w;
	uint64_t size;
	time_us before = clock_now() - 1;

	world_begin(&w);
	unit_fails(past_size(w.store, before, &size, &unit_err), ERANGE_);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "was founded at 20"));
	unit_fails(past_size(w.store, founded(&w) - 1, &size, &unit_err),
	    ERANGE_);
	unit_ok(past_size(w.store, founded(&w), &size, &unit_err));
	ck_assert_uint_eq(size, 1);
	unit_ok(past_size(w.store, clock_now(), &size, &unit_err));
	ck_assert_uint_eq(size, 1);
	unit_ok(past_size(w.store, INT64_MAX - 1, &size, &unit_err));
	ck_assert_uint_eq(size, 1);
	world_end(&w);
}
END_TEST

START_TEST(a_house_that_is_not_founded_has_no_past)
{
	struct store *s = engine_store();
	uint64_t size;

	unit_fails(past_size(s, clock_now(), &size, &unit_err), EGENESIS);
	store_free(s);
}
END_TEST

static unsigned asked;

static int
stop_at_once(void *ctx, uint64_t done, struct err *err)
{
	asked++;
	ck_assert_uint_eq(done, 0);
	return err_set(err, ENOROOM, "no more");
}

START_TEST(what_is_given_up_leaves_nothing)
{
	const char *path = scratch_path("past");
	struct world w;
	struct past *p;
	uint64_t size;

	world_begin(&w);
	world_key(&w, "production");
	size = head_now(&w).size;
	unit_fails(past_make(w.store, path, size, stop_at_once, NULL, &p,
	    &unit_err), ENOROOM);
	ck_assert_str_eq(unit_err.what, "no more");
	ck_assert_uint_eq(asked, 1);
	ck_assert(is_clear(path));
	unit_fails(past_make(w.store, path, size + 1, NULL, NULL, &p,
	    &unit_err), ERANGE_);
	ck_assert(is_clear(path));
	unit_fails(past_make(w.store, scratch_path("none/past"), size, NULL,
	    NULL, &p, &unit_err), ESTORE);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("past",
	UNIT(a_beginning_is_the_house_of_then)
	UNIT(its_state_and_root_are_those_of_then)
	UNIT(a_beginning_and_the_rest_are_the_whole)
	UNIT(a_time_has_its_size)
	UNIT(a_house_that_is_not_founded_has_no_past)
	UNIT(what_is_given_up_leaves_nothing))
