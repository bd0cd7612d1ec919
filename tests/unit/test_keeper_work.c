/* The keeper's workers: what is done is told in company, and never held up. */
#include "config.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "keeper/work.h"
#include "tests/unit/unit.h"

/* A token's call that returns when it is let go. */
struct held {
	struct job	 job;
	pthread_mutex_t	 lock;
	pthread_cond_t	 change;
	bool		 begun, go;
};

static struct work *work;
static int wake = -1;
static unsigned done;

static void
set(struct held *h, bool *what)
{
	pthread_mutex_lock(&h->lock);
	*what = true;
	pthread_cond_broadcast(&h->change);
	pthread_mutex_unlock(&h->lock);
}

static void
await(struct held *h, const bool *what)
{
	pthread_mutex_lock(&h->lock);
	while (!*what)
		pthread_cond_wait(&h->change, &h->lock);
	pthread_mutex_unlock(&h->lock);
}

static void
hang(struct job *j)
{
	struct held *h = (struct held *)j;

	set(h, &h->begun);
	await(h, &h->go);
}

static void
quick(struct job *j)
{
	(void)j;
}

static void
count(void *ctx, struct job *j)
{
	ck_assert_ptr_eq(ctx, &done);
	(void)j;
	done++;
}

static void
begin(void)
{
	done = 0;
	wake = eventfd(0, EFD_CLOEXEC);
	ck_assert_int_ge(wake, 0);
	unit_ok(work_open(2, wake, &done, &work, &unit_err));
}

static void
end(void)
{
	work_free(work);
	work = NULL;
	(void)close(wake);
}

/* Collect until so many are done; the loop sleeps until it is woken. */
static void
collect(unsigned until)
{
	struct pollfd p = { .fd = wake, .events = POLLIN };
	uint64_t n;

	while (done < until) {
		ck_assert_msg(poll(&p, 1, 60000) == 1, "nobody woke the loop");
		ck_assert_int_eq(read(wake, &n, sizeof(n)), sizeof(n));
		(void)work_collect(work);
	}
}

START_TEST(what_is_done_does_not_wait_for_a_call_that_hangs)
{
	struct held h = { .job = { .run = hang, .done = count },
		.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER };
	struct job j = { .run = quick, .done = count };

	begin();
	work_sign(work, &h.job);
	await(&h, &h.begun);
	work_sign(work, &j);
	collect(1);
	ck_assert_uint_eq(work_waiting(work), 1);
	set(&h, &h.go);
	collect(2);
	ck_assert_uint_eq(work_waiting(work), 0);
	end();
}
END_TEST

START_TEST(all_are_done_once_whatever_is_told_together)
{
	struct job j[100];

	begin();
	for (size_t i = 0; i < NELEM(j); i++) {
		j[i] = (struct job){ .run = quick, .done = count };
		if (i % 10 == 9)
			work_slow(work, &j[i]);
		else
			work_sign(work, &j[i]);
	}
	collect(NELEM(j));
	ck_assert(!work_collect(work));
	ck_assert_uint_eq(done, NELEM(j));
	end();
}
END_TEST

UNIT_MAIN("keeper/work",
	UNIT(what_is_done_does_not_wait_for_a_call_that_hangs)
	UNIT(all_are_done_once_whatever_is_told_together))
