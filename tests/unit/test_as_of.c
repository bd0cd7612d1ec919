/* One replay at a time, kept for a while, and none of it left behind. */
#include "config.h"

#include <fcntl.h>
#include "api/as_of.h"
#include "tests/unit/world_all.h"

static struct world w;
static struct as_of a;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static unsigned told;
static time_us early, late;	/* between events */

static void
on_told(void *ctx)
{
	pthread_mutex_lock(&lock);
	told++;
	pthread_cond_signal(&more);
	pthread_mutex_unlock(&lock);
}

/* It has been told so often in all. */
static void
told_wait(unsigned n)
{
	pthread_mutex_lock(&lock);
	while (told < n)
		pthread_cond_wait(&more, &lock);
	pthread_mutex_unlock(&lock);
	ck_assert_uint_eq(told, n);
}

static void
begin(void)
{
	world_begin(&w);
	early = clock_now();
	world_key(&w, "production");
	late = clock_now();
	told = 0;
	memset(&a, 0, sizeof(a));
	unit_ok(as_of_init(&a, w.store, scratch, on_told, NULL, &unit_err));
	a.spare = 0;
}

static void
end(void)
{
	as_of_stop(&a);
	ck_assert_int_ne(access(scratch_path("as-of.db"), F_OK), 0);
	world_end(&w);
}

static int
enter(time_us t, uint64_t *size, bool *comes, struct err *err)
{
	struct past *p;

	return as_of_enter(&a, t, &p, size, comes, err);
}

/* Another may take the place of what is there at once. */
static void
age(time_us s)
{
	pthread_mutex_lock(&a.lock);
	a.made -= TIME_S(s);
	a.asked -= TIME_S(s);
	pthread_mutex_unlock(&a.lock);
}

START_TEST(it_is_made_for_who_asks_and_is_there_for_all)
{
	struct past *one, *two;
	uint64_t size, same;
	bool comes;

	begin();
	unit_fails(enter(early, &size, &comes, &unit_err), EBUSY_);
	ck_assert(comes);
	told_wait(1);
	unit_ok(as_of_enter(&a, early, &one, &size, &comes, &unit_err));
	unit_ok(as_of_enter(&a, early - 1, &two, &same, &comes, &unit_err));
	ck_assert_ptr_eq(one, two);
	ck_assert_uint_eq(size, 1);
	ck_assert_uint_eq(same, 1);
	as_of_leave(&a);
	as_of_leave(&a);
	end();
}
END_TEST

START_TEST(another_time_waits_for_its_readers)
{
	struct past *p;
	uint64_t size;
	bool comes;

	begin();
	unit_fails(enter(early, &size, &comes, &unit_err), EBUSY_);
	told_wait(1);
	unit_fails(enter(late, &size, &comes, &unit_err), EBUSY_);
	ck_assert(!comes);	/* who waited comes first */
	unit_ok(as_of_enter(&a, early, &p, &size, &comes, &unit_err));
	age(10);
	unit_fails(enter(late, &size, &comes, &unit_err), EBUSY_);
	ck_assert(!comes);	/* it is being read */
	as_of_leave(&a);
	unit_fails(enter(late, &size, &comes, &unit_err), EBUSY_);
	ck_assert(comes);
	told_wait(2);
	unit_ok(as_of_enter(&a, late, &p, &size, &comes, &unit_err));
	ck_assert_uint_gt(size, 1);
	as_of_leave(&a);
	end();
}
END_TEST

START_TEST(a_time_that_cannot_be)
{
	uint64_t size;
	bool comes = true;

	begin();
	unit_fails(enter(early - TIME_S(3600), &size, &comes, &unit_err),
	    ERANGE_);
	ck_assert_int_eq(a.state, AS_OF_NONE);
	end();
}
END_TEST

/* The disk is not filled, and the same is not tried again at once. */
START_TEST(without_room_it_is_refused)
{
	uint64_t size;
	bool comes;

	begin();
	a.spare = UINT64_MAX;
	unit_fails(enter(early, &size, &comes, &unit_err), EBUSY_);
	told_wait(1);
	unit_fails(enter(early, &size, &comes, &unit_err), ENOROOM);
	ck_assert(!comes);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "make room there"));
	ck_assert_int_ne(access(scratch_path("as-of.db"), F_OK), 0);
	a.spare = 0;
	unit_fails(enter(early, &size, &comes, &unit_err), ENOROOM);
	age(60);
	unit_fails(enter(early, &size, &comes, &unit_err), EBUSY_);
	told_wait(2);
	unit_ok(enter(early, &size, &comes, &unit_err));
	as_of_leave(&a);
	end();
}
END_TEST

START_TEST(it_goes_when_nobody_has_asked_for_a_while)
{
	uint64_t size;
	bool comes;

	begin();
	unit_fails(enter(early, &size, &comes, &unit_err), EBUSY_);
	told_wait(1);
	as_of_tick(&a);
	ck_assert_int_eq(a.state, AS_OF_THERE);
	unit_ok(enter(early, &size, &comes, &unit_err));
	age(AS_OF_KEPT_S + 1);
	as_of_tick(&a);
	ck_assert_int_eq(a.state, AS_OF_THERE);	/* it is being read */
	as_of_leave(&a);
	age(AS_OF_KEPT_S + 1);
	as_of_tick(&a);
	ck_assert_int_eq(a.state, AS_OF_NONE);
	ck_assert_int_ne(access(scratch_path("as-of.db"), F_OK), 0);
	told_wait(2);
	unit_fails(enter(early, &size, &comes, &unit_err), EBUSY_);
	told_wait(3);
	end();
}
END_TEST

/* Given up by the service's end or because nobody waits, it is no failure to remember. */
START_TEST(what_is_given_up_may_be_tried_again)
{
	uint64_t size;
	bool comes;

	begin();
	atomic_store(&a.stop, true);
	unit_fails(enter(early, &size, &comes, &unit_err), EBUSY_);
	told_wait(1);
	ck_assert_int_eq(a.state, AS_OF_NONE);
	ck_assert_int_ne(access(scratch_path("as-of.db"), F_OK), 0);
	atomic_store(&a.stop, false);
	unit_fails(enter(early, &size, &comes, &unit_err), EBUSY_);
	told_wait(2);
	ck_assert_int_eq(a.state, AS_OF_THERE);
	end();
}
END_TEST

START_TEST(what_was_left_behind_is_removed)
{
	static const char *const files[] = { "as-of.db", "as-of.db-wal",
		"as-of.db-shm", "as-of.db-journal" };

	for (size_t i = 0; i < NELEM(files); i++) {
		int fd = open(scratch_path(files[i]), O_CREAT | O_WRONLY, 0600);

		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(write(fd, "old", 3), 3);
		close(fd);
	}
	begin();
	for (size_t i = 0; i < NELEM(files); i++)
		ck_assert_int_ne(access(scratch_path(files[i]), F_OK), 0);
	end();
}
END_TEST

ENGINE_MAIN("api/as_of",
	UNIT(it_is_made_for_who_asks_and_is_there_for_all)
	UNIT(another_time_waits_for_its_readers)
	UNIT(a_time_that_cannot_be)
	UNIT(without_room_it_is_refused)
	UNIT(it_goes_when_nobody_has_asked_for_a_while)
	UNIT(what_is_given_up_may_be_tried_again)
	UNIT(what_was_left_behind_is_removed))
