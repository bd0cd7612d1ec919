/*
 * Reading, writing and what may go wrong between, on both engines.
 */
#include "config.h"
#include <pthread.h>
#include <semaphore.h>
#include "tests/unit/engine.h"
#include "tests/unit/ledger_add.h"

struct row {
	int64_t		 seq, time;
	const char	*kind;
	const void	*leaf;
	size_t		 octets;
};

static int
add_row(struct tx *tx, void *ctx, struct err *err)
{
	const struct row *r = ctx;

	return tx_run(tx, "ledger_event_add", PARAMS(v_int(r->seq),
	    v_int(r->time), v_text(r->kind), v_text("ci"), v_text("s"),
	    v_blob(r->leaf, r->octets), v_blob("", 0)), NULL, err);
}

static int
get_row(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(rows) *got = NULL;
	const struct row *r = ctx;
	const void *p;
	size_t n;

	TRY(tx_one(tx, "ledger_page", PARAMS(v_int(r->seq), v_int(INT64_MAX),
	    v_int(1)), &got, err));
	ck_assert_int_eq(rows_int(got, "seq"), r->seq);
	ck_assert_int_eq(rows_int(got, "time"), r->time);
	ck_assert_str_eq(rows_text(got, "kind"), r->kind);
	p = rows_blob(got, "leaf", &n);
	ck_assert_uint_eq(n, r->octets);
	ck_assert_mem_eq(p, r->leaf, n);
	ck_assert(!rows_null(got, "hash"));
	ck_assert_ptr_nonnull(rows_blob(got, "hash", &n));
	ck_assert_uint_eq(n, 0);
	/* Another type's question is answered as a null's. */
	ck_assert_ptr_null(rows_text(got, "leaf"));
	ck_assert_int_eq(rows_int(got, "kind"), 0);
	ck_assert_uint_eq(rows_columns(got), 7);
	ck_assert_str_eq(rows_name(got, 2), "kind");
	return 0;
}

static const struct row ROWS[] = {
	{ 0, 0, "", "", 0 },
	{ 1, INT64_MAX, "k", "\0\1\xff\0", 4 },
	{ 2, INT64_MIN, "Schl\xc3\xbcssel'; DROP TABLE event; --", "a", 1 },
	{ 3, -1, "\xf0\x9f\x97\x9d", "\\x41", 4 },
	{ INT64_MAX - 1, 256, "k", "'", 1 },
};

START_TEST(values_come_back_as_they_went_in)
{
	AUTO(store) *s = engine_store();

	unit_ok(store_write(s, add_row, (void *)&ROWS[_i], &unit_err));
	unit_ok(store_read(s, get_row, (void *)&ROWS[_i], &unit_err));
}
END_TEST

static const struct {
	const char	*why;
	struct row	 row;
	enum err_code	 want;
} CONSTRAINTS[] = {
	{ "a key that is there", { 1, 0, "k", "", 0 }, EEXISTS },
	{ "a null where none may be", { 2, 0, NULL, "", 0 }, ECONFLICT },
};

START_TEST(constraints_have_their_errors)
{
	AUTO(store) *s = engine_store();
	struct row first = { 1, 0, "k", "", 0 };

	unit_ok(store_write(s, add_row, &first, &unit_err));
	unit_fails(store_write(s, add_row, (void *)&CONSTRAINTS[_i].row,
	    &unit_err), CONSTRAINTS[_i].want);
	/* And the next one is served. */
	first.seq = 7;
	unit_ok(store_write(s, add_row, &first, &unit_err));
}
END_TEST

static int
pass_over(struct tx *tx, void *ctx, struct err *err)
{
	struct err ignored;
	int rc = add_row(tx, ctx, &ignored);

	return rc == 0 ? 0 : 0;
}

START_TEST(a_failure_that_is_passed_over_is_one)
{
	AUTO(store) *s = engine_store();
	struct row bad = { 1, 0, NULL, "", 0 };
	int rc = store_write(s, pass_over, &bad, &unit_err);

	/* PostgreSQL may tell only when the function has ended. */
	ck_assert(rc == -EINTERNAL || rc == -ECONFLICT);
}
END_TEST

static int
no_such_statement(struct tx *tx, void *ctx, struct err *err)
{
	return tx_run(tx, "no_such_statement", NO_PARAMS, NULL, err);
}

static int
too_few_values(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(rows) *r = NULL;

	return tx_one(tx, "ledger_leaf", NO_PARAMS, &r, err);
}

static int
not_a_table(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(rows) *r = NULL;

	return tx_table(tx, "event; DROP TABLE event", &r, err);
}

START_TEST(bugs_of_callers_are_errors)
{
	AUTO(store) *s = engine_store();
	int rc;

	unit_fails(store_read(s, no_such_statement, NULL, &unit_err),
	    EINTERNAL);
	unit_fails(store_read(s, not_a_table, NULL, &unit_err), EINTERNAL);
	rc = store_read(s, too_few_values, NULL, &unit_err);
	ck_assert(rc == -EINTERNAL || rc == -ESTORE);
	unit_ok(store_ping(s, &unit_err));
}
END_TEST

static int
write_in_a_read(struct tx *tx, void *ctx, struct err *err)
{
	int64_t changed;

	return tx_run(tx, "ledger_event_add", PARAMS(v_int(1), v_int(1),
	    v_text("k"), v_text("a"), v_text("s"), v_blob("", 0),
	    v_blob("", 0)), &changed, err);
}

START_TEST(readers_cannot_write)
{
	AUTO(store) *s = engine_store();

	unit_fails(store_read(s, write_in_a_read, NULL, &unit_err), ESTORE);
	ck_assert_uint_eq(head_of(s).size, 0);
}
END_TEST

static int
nested(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(rows) *a = NULL, *b = NULL;
	bool row;

	TRY(tx_query(tx, "ledger_page", PARAMS(v_int(0), v_int(9), v_int(9)),
	    &a, err));
	for (int i = 0; i < 3; i++) {
		TRY(rows_next(a, &row, err));
		ck_assert(row);
		ck_assert_int_eq(rows_int(a, "seq"), i);
		rows_free(TAKE(b));
		TRY(tx_query(tx, "ledger_page", PARAMS(v_int(i), v_int(9),
		    v_int(9)), &b, err));
		TRY(rows_next(b, &row, err));
		ck_assert_int_eq(rows_int(b, "seq"), i);
	}
	TRY(rows_next(a, &row, err));
	ck_assert(!row);
	TRY(rows_next(a, &row, err));
	ck_assert(!row);
	return 0;
}

START_TEST(a_statement_may_run_inside_itself)
{
	AUTO(store) *s = engine_store();

	unit_ok(store_write(s, add_events, &(struct add){ .n = 3 },
	    &unit_err));
	unit_ok(store_read(s, nested, NULL, &unit_err));
}
END_TEST

static int
changed_rows(struct tx *tx, void *ctx, struct err *err)
{
	int64_t n = -1;

	TRY(tx_run(tx, "ledger_head_set", PARAMS(v_int(0), v_blob("", 0)), &n,
	    err));
	ck_assert_int_eq(n, 1);
	TRY(tx_run(tx, "ledger_checkpoint_put", PARAMS(v_int(1), v_int(5),
	    v_int(0), v_text("n")), &n, err));
	ck_assert_int_eq(n, 1);
	TRY(tx_run(tx, "ledger_checkpoint_put", PARAMS(v_int(1), v_int(4),
	    v_int(0), v_text("n")), &n, err));
	ck_assert_int_eq(n, 0);
	return 0;
}

START_TEST(changes_are_counted)
{
	AUTO(store) *s = engine_store();

	unit_ok(store_write(s, changed_rows, NULL, &unit_err));
}
END_TEST

static int
whole_table(struct tx *tx, void *ctx, struct err *err)
{
	static const char *const want[] = { "A", "_", "a", "b" };
	AUTO(rows) *r = NULL;
	bool row;

	TRY(tx_table(tx, "event", &r, err));
	for (size_t i = 0; i < NELEM(want); i++) {
		TRY(rows_next(r, &row, err));
		ck_assert(row);
		ck_assert_int_eq(rows_value(r, 0).i, (int64_t)i);
		ck_assert_str_eq(rows_value(r, 2).p, want[i]);
	}
	TRY(rows_next(r, &row, err));
	ck_assert(!row);
	return 0;
}

START_TEST(a_table_is_read_in_one_order_everywhere)
{
	static const struct row rows[] = { { 3, 0, "b", "", 0 },
		{ 1, 0, "_", "", 0 }, { 0, 0, "A", "", 0 },
		{ 2, 0, "a", "", 0 } };
	AUTO(store) *s = engine_store();

	for (size_t i = 0; i < NELEM(rows); i++)
		unit_ok(store_write(s, add_row, (void *)&rows[i], &unit_err));
	unit_ok(store_read(s, whole_table, NULL, &unit_err));
}
END_TEST

/* A writer that says it is inside, and stays until it is let go. */
struct gate {
	sem_t	 inside, go;
};

static int
hold(struct tx *tx, void *ctx, struct err *err)
{
	struct gate *g = ctx;

	TRY(add_events(tx, &(struct add){ .n = 1 }, err));
	sem_post(&g->inside);
	sem_wait(&g->go);
	return 0;
}

struct thread {
	pthread_t	 id;
	struct store	*s;
	store_fn	*fn;
	void		*ctx;
	struct err	 err;
	int		 rc;
};

static void *
write_it(void *arg)
{
	struct thread *t = arg;

	t->rc = store_write(t->s, t->fn, t->ctx, &t->err);
	return NULL;
}

static void *
read_it(void *arg)
{
	struct thread *t = arg;

	t->rc = store_read(t->s, t->fn, t->ctx, &t->err);
	return NULL;
}

static void
start(struct thread *t, void *(*how)(void *), struct store *s, store_fn *fn,
    void *ctx)
{
	*t = (struct thread){ .s = s, .fn = fn, .ctx = ctx };
	ck_assert_int_eq(pthread_create(&t->id, NULL, how, t), 0);
}

static int
end(struct thread *t)
{
	pthread_join(t->id, NULL);
	return t->rc;
}

static void
gate_init(struct gate *g)
{
	sem_init(&g->inside, 0, 0);
	sem_init(&g->go, 0, 0);
}

START_TEST(readers_do_not_wait_for_a_writer)
{
	AUTO(store) *s = engine_store();
	struct gate g;
	struct thread t;

	gate_init(&g);
	start(&t, write_it, s, hold, &g);
	sem_wait(&g.inside);
	/* Its event is not committed: nobody sees it. */
	ck_assert_uint_eq(head_of(s).size, 0);
	sem_post(&g.go);
	ck_assert_int_eq(end(&t), 0);
	ck_assert_uint_eq(head_of(s).size, 1);
}
END_TEST

static int
head_twice(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(rows) *a = NULL, *b = NULL;
	struct gate *g = ctx;

	TRY(tx_one(tx, "store_ping", NO_PARAMS, &a, err));
	sem_post(&g->inside);
	sem_wait(&g->go);
	TRY(tx_one(tx, "store_ping", NO_PARAMS, &b, err));
	ck_assert_int_eq(rows_int(a, "size"), rows_int(b, "size"));
	return 0;
}

START_TEST(a_reader_sees_one_moment)
{
	AUTO(store) *s = engine_store();
	struct gate g;
	struct thread t;

	gate_init(&g);
	start(&t, read_it, s, head_twice, &g);
	sem_wait(&g.inside);
	unit_ok(store_write(s, add_events, &(struct add){ .n = 1 },
	    &unit_err));
	sem_post(&g.go);
	ck_assert_int_eq(end(&t), 0);
}
END_TEST

START_TEST(too_many_readers_are_told_so)
{
	static const struct store_config one = { .readers = 1, .busy_ms = 200 };
	AUTO(store) *s = NULL;
	struct gate g;
	struct thread t;

	unit_ok(store_open(engine_url(), &one, &s, &unit_err));
	gate_init(&g);
	start(&t, read_it, s, head_twice, &g);
	sem_wait(&g.inside);
	unit_fails(store_ping(s, &unit_err), EBUSY_);
	sem_post(&g.go);
	ck_assert_int_eq(end(&t), 0);
	unit_ok(store_ping(s, &unit_err));
}
END_TEST

static int
fail_after_writing(struct tx *tx, void *ctx, struct err *err)
{
	TRY(add_events(tx, ctx, err));
	return err_set(err, EDENIED, "as the test wants");
}

static int
fail_in_sql(struct tx *tx, void *ctx, struct err *err)
{
	TRY(add_events(tx, ctx, err));
	return add_row(tx, &(struct row){ 0, 0, "k", "", 0 }, err);
}

/* While the first holds the transaction all others queue behind it: so they
 * share the next one. */
START_TEST(who_fails_in_company_is_rolled_back_alone)
{
	AUTO(store) *s = engine_store();
	struct add a[9] = { { .n = 1 } };
	struct thread t[10];
	struct gate g;
	struct sha256 want = naive_root(0, 7);
	struct ledger_head h;

	gate_init(&g);
	start(&t[9], write_it, s, hold, &g);
	sem_wait(&g.inside);
	for (size_t i = 0; i < 9; i++)
		start(&t[i], write_it, s, i % 3 != 1 ? add_events :
		    i == 4 ? fail_in_sql : fail_after_writing, &a[i]);
	/* They are surely there when as many wait as there are. */
	for (unsigned n = 0; n < 9 * 200 && store_stats(s).waiting < 9; n++)
		usleep(1000);
	sem_post(&g.go);
	ck_assert_int_eq(end(&t[9]), 0);
	for (size_t i = 0; i < 9; i++)
		ck_assert_int_eq(end(&t[i]), i % 3 != 1 ? 0 :
		    i == 4 ? -EEXISTS : -EDENIED);
	ck_assert_uint_eq(store_stats(s).commits, 2);
	ck_assert_uint_eq(store_stats(s).writes, 7);
	ck_assert_uint_eq(store_stats(s).failed, 3);
	h = head_of(s);
	ck_assert_uint_eq(h.size, 7);
	ck_assert(sha256_equal(&h.root, &want));
}
END_TEST

#define THREADS	16
#define EACH	25

struct crowd {
	struct store	*s;
	uint64_t	 seqs[EACH];
	unsigned	 refused;
};

static void *
crowd_write(void *arg)
{
	struct crowd *c = arg;
	struct err err;

	for (unsigned i = 0; i < EACH; i++) {
		struct add a = { .n = 1 };
		struct add b = { .n = 2 };

		if (store_write(c->s, add_events, &a, &err) != 0)
			return (void *)"a write failed";
		c->seqs[i] = a.first;
		if (i % 5 == 0 && store_write(c->s, fail_after_writing, &b,
		    &err) == -EDENIED)
			c->refused++;
		if (i % 7 == 0 && store_ping(c->s, &err) != 0)
			return (void *)"a read failed";
	}
	return NULL;
}

static int
check_whole(struct tx *tx, void *ctx, struct err *err)
{
	const struct ledger_head *h = ctx;
	struct merkle_range r;
	struct sha256 leaf, root;
	char text[64];

	merkle_range_init(&r);
	for (uint64_t i = 0; i < h->size; i++) {
		leaf = merkle_leaf(text, add_leaf(i, text));
		TRY(merkle_range_add(&r, &leaf, NULL, NULL, err));
	}
	root = merkle_range_root(&r);
	ck_assert(sha256_equal(&root, &h->root));
	return 0;
}

START_TEST(a_crowd_writes_one_ledger)
{
	static bool taken[THREADS * EACH];
	struct crowd c[THREADS] = { { .s = NULL } };
	pthread_t t[THREADS];
	AUTO(store) *s = engine_store();
	AUTO(store) *other = NULL;
	struct ledger_head h;

	/* Half of them on another node. */
	unit_ok(store_open(engine_url_, NULL, &other, &unit_err));
	for (int i = 0; i < THREADS; i++) {
		c[i].s = i % 2 == 0 ? s : other;
		pthread_create(&t[i], NULL, crowd_write, &c[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		void *why;

		pthread_join(t[i], &why);
		ck_assert_msg(why == NULL, "%s", (const char *)why);
		ck_assert_uint_eq(c[i].refused, EACH / 5);
	}
	for (int i = 0; i < THREADS; i++)
		for (int j = 0; j < EACH; j++) {
			ck_assert_uint_lt(c[i].seqs[j], THREADS * EACH);
			ck_assert(!taken[c[i].seqs[j]]);
			taken[c[i].seqs[j]] = true;
		}
	h = head_of(other);
	ck_assert_uint_eq(h.size, THREADS * EACH);
	unit_ok(store_read(s, check_whole, &h, &unit_err));
	ck_assert_uint_le(store_stats(s).commits, THREADS / 2 * EACH);
}
END_TEST

struct counter {
	int	 value;
	bool	 flushed;
};

static int
counter_flush(struct tx *tx, void *memo, struct err *err)
{
	struct counter *c = memo;

	if (c->value == 13)
		return err_set(err, ECONFLICT, "unlucky");
	if (c->flushed)
		return 0;
	c->flushed = true;
	return add_events(tx, &(struct add){ .n = 1 }, err);
}

static const struct memo_kind counter_kind = {
	.octets = sizeof(struct counter), .flush = counter_flush
};

static int
count_in_memo(struct tx *tx, void *ctx, struct err *err)
{
	struct counter *c;
	uint64_t next;

	/* The ledger's memo comes first, and is clean. */
	TRY(ledger_next(tx, &next, err));
	c = tx_memo(tx, &counter_kind);
	ck_assert_ptr_nonnull(c);
	ck_assert_int_eq(c->value, 0);
	c->value = *(int *)ctx;
	ck_assert_ptr_eq(tx_memo(tx, &counter_kind), c);
	return 0;
}

START_TEST(a_memo_is_flushed_before_the_commit)
{
	AUTO(store) *s = engine_store();
	int value = 7;

	unit_ok(store_write(s, count_in_memo, &value, &unit_err));
	/* What one flush put into another's memo is flushed too. */
	ck_assert_uint_eq(head_of(s).size, 1);
	value = 13;
	unit_fails(store_write(s, count_in_memo, &value, &unit_err), ESTORE);
	ck_assert_uint_eq(head_of(s).size, 1);
}
END_TEST

ENGINE_MAIN("store",
	UNIT_ROWS(values_come_back_as_they_went_in, ROWS)
	UNIT_ROWS(constraints_have_their_errors, CONSTRAINTS)
	UNIT(a_failure_that_is_passed_over_is_one)
	UNIT(bugs_of_callers_are_errors)
	UNIT(readers_cannot_write)
	UNIT(a_statement_may_run_inside_itself)
	UNIT(changes_are_counted)
	UNIT(a_table_is_read_in_one_order_everywhere)
	UNIT(readers_do_not_wait_for_a_writer)
	UNIT(a_reader_sees_one_moment)
	UNIT(too_many_readers_are_told_so)
	UNIT(who_fails_in_company_is_rolled_back_alone)
	UNIT(a_crowd_writes_one_ledger)
	UNIT(a_memo_is_flushed_before_the_commit))
