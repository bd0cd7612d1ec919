/* Writes whose caller does not wait. */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>
#include "base/clock.h"
#include "tests/unit/engine.h"
#include "tests/unit/ledger_add.h"

#define MANY	300

struct told {
	sem_t	 come;
	int	 rc;
	struct err why;
};

static void
tell(void *ctx, int rc, const struct err *why)
{
	struct told *t = ctx;

	t->rc = rc;
	if (rc != 0)
		t->why = *why;
	sem_post(&t->come);
}

/* A write under way: what it writes, and who is told. */
struct way {
	struct told	 told;		/* first: the write's context is all of it */
	bool		 fails;
	unsigned	 runs;
	struct add	 add;
};

static int
write_way(struct tx *tx, void *ctx, struct err *err)
{
	struct way *w = ctx;

	w->runs++;
	TRY(add_events(tx, &w->add, err));
	return w->fails ? err_set(err, EDENIED, "as the test wants") : 0;
}

static void
send(struct store *s, struct way *w)
{
	sem_init(&w->told.come, 0, 0);
	unit_ok(store_write_later(s, write_way, w, tell, &unit_err));
}

static int
end(struct way *w)
{
	sem_wait(&w->told.come);
	ck_assert_int_ne(sem_trywait(&w->told.come), 0);
	return w->told.rc;
}

START_TEST(who_does_not_wait_is_told_when_it_is_durable)
{
	AUTO(store) *s = engine_store();
	AUTO(store) *other = NULL;
	struct way w = { .fails = false };

	unit_ok(store_open(engine_url_, NULL, &other, &unit_err));
	send(s, &w);
	ck_assert_int_eq(end(&w), 0);
	ck_assert_uint_eq(head_of(other).size, 1);
}
END_TEST

START_TEST(one_that_fails_is_told_why_and_leaves_nothing)
{
	AUTO(store) *s = engine_store();
	struct way w = { .fails = true };

	send(s, &w);
	ck_assert_int_eq(end(&w), -EDENIED);
	ck_assert_str_eq(w.told.why.what, "as the test wants");
	ck_assert_uint_eq(head_of(s).size, 0);
}
END_TEST

START_TEST(those_that_come_together_share_a_commit)
{
	static struct way w[MANY];
	AUTO(store) *s = engine_store();
	uint64_t failed = 0;

	for (int i = 0; i < MANY; i++) {
		w[i].fails = i % 7 == 3;
		failed += w[i].fails;
		send(s, &w[i]);
	}
	for (int i = 0; i < MANY; i++)
		ck_assert_int_eq(end(&w[i]), w[i].fails ? -EDENIED : 0);
	ck_assert_uint_eq(head_of(s).size, MANY - failed);
	ck_assert_uint_eq(store_stats(s).failed, failed);
	ck_assert_uint_lt(store_stats(s).commits, MANY / 2);
	/* In the order in which they came. */
	for (int i = 1; i < MANY; i++)
		if (!w[i].fails && !w[i - 1].fails)
			ck_assert_uint_eq(w[i].add.first, w[i - 1].add.first + 1);
}
END_TEST

/* Where one fails, those of its round run once more, each apart. */
START_TEST(nobody_runs_more_than_twice)
{
	static struct way w[MANY];
	AUTO(store) *s = engine_store();
	unsigned twice = 0;

	for (int i = 0; i < MANY; i++) {
		w[i].fails = i == MANY / 2;
		send(s, &w[i]);
	}
	for (int i = 0; i < MANY; i++) {
		ck_assert_int_eq(end(&w[i]), w[i].fails ? -EDENIED : 0);
		ck_assert_uint_ge(w[i].runs, 1);
		ck_assert_uint_le(w[i].runs, 2);
		twice += w[i].runs == 2;
	}
	ck_assert_uint_lt(twice, MANY);
	ck_assert_uint_eq(head_of(s).size, MANY - 1);
}
END_TEST

struct slow {
	struct way	 way;		/* first */
	sem_t		 told, go;
};

static void
tell_slowly(void *ctx, int rc, const struct err *why)
{
	struct slow *w = ctx;

	sem_post(&w->told);
	sem_wait(&w->go);
	tell(ctx, rc, why);
}

/* Its teller is held up when this returns. */
static void
send_slow(struct store *s, struct slow *w)
{
	sem_init(&w->told, 0, 0);
	sem_init(&w->go, 0, 0);
	sem_init(&w->way.told.come, 0, 0);
	unit_ok(store_write_later(s, write_way, &w->way, tell_slowly, &unit_err));
	sem_wait(&w->told);
}

START_TEST(the_next_commit_does_not_wait_until_all_are_told)
{
	AUTO(store) *s = engine_store();
	AUTO(store) *other = NULL;
	struct slow slow = { .way.fails = false };
	struct way next = { .fails = false };
	time_us until = clock_mono() + TIME_S(30);

	unit_ok(store_open(engine_url_, NULL, &other, &unit_err));
	send_slow(s, &slow);
	send(s, &next);
	while (head_of(other).size < 2 && clock_mono() < until)
		usleep(2000);
	ck_assert_uint_eq(head_of(other).size, 2);
	sem_post(&slow.go);
	ck_assert_int_eq(end(&slow.way), 0);
	ck_assert_int_eq(end(&next), 0);
}
END_TEST

/* Once the store is closing, or as good as. */
static void *
let_go(void *arg)
{
	struct slow *w = arg;

	usleep(50000);
	sem_post(&w->go);
	return NULL;
}

START_TEST(a_store_that_closes_has_told_all)
{
	static struct way w[MANY];
	AUTO(store) *s = engine_store();
	struct slow slow = { .way.fails = false };
	pthread_t t;

	send_slow(s, &slow);
	for (int i = 0; i < MANY; i++)
		send(s, &w[i]);
	while (store_stats(s).writes <= MANY)
		usleep(1000);
	pthread_create(&t, NULL, let_go, &slow);
	store_free(TAKE(s));
	pthread_join(t, NULL);
	ck_assert_int_eq(sem_trywait(&slow.way.told.come), 0);
	for (int i = 0; i < MANY; i++)
		ck_assert_int_eq(sem_trywait(&w[i].told.come), 0);
}
END_TEST

static void *
wait_each(void *arg)
{
	struct store *s = arg;

	for (int i = 0; i < MANY; i++) {
		struct err err;

		if (store_write(s, add_events, &(struct add){ .n = 1 },
		    &err) != 0)
			return (void *)"a write failed";
	}
	return NULL;
}

/* The lead goes to and fro between those who wait and the committer. */
START_TEST(both_kinds_of_writers_go_on_beside_each_other)
{
	static struct way w[MANY];
	AUTO(store) *s = engine_store();
	pthread_t t[3];
	void *why;

	for (size_t i = 0; i < NELEM(t); i++)
		pthread_create(&t[i], NULL, wait_each, s);
	for (int i = 0; i < MANY; i++) {
		send(s, &w[i]);
		if (i % 10 == 9)
			ck_assert_int_eq(end(&w[i]), 0);
	}
	for (size_t i = 0; i < NELEM(t); i++) {
		pthread_join(t[i], &why);
		ck_assert_msg(why == NULL, "%s", (const char *)why);
	}
	for (int i = 0; i < MANY; i++)
		if (i % 10 != 9)
			ck_assert_int_eq(end(&w[i]), 0);
	ck_assert_uint_eq(head_of(s).size, MANY * 4);
}
END_TEST

ENGINE_MAIN("store/later",
	UNIT(who_does_not_wait_is_told_when_it_is_durable)
	UNIT(one_that_fails_is_told_why_and_leaves_nothing)
	UNIT(those_that_come_together_share_a_commit)
	UNIT(nobody_runs_more_than_twice)
	UNIT(the_next_commit_does_not_wait_until_all_are_told)
	UNIT(a_store_that_closes_has_told_all)
	UNIT(both_kinds_of_writers_go_on_beside_each_other))
