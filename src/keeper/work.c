#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/cond.h"
#include "keeper/work.h"

#define SIGNERS_MAX	16
#define TOGETHER	(TIME_S(1) / 1000)	/* longest that what has ended waits for more */

struct queue {
	struct job	*first, **last;
	unsigned	 running;	/* taken, and not yet done */
	pthread_cond_t	 more;
};

struct work {
	void		*ctx;
	int		 wake;
	pthread_mutex_t	 lock;
	struct queue	 sign, slow;
	struct queue	 done;
	time_us		 until;		/* longest that the first of done waits */
	unsigned	 waiting;
	bool		 stop, woken;
	pthread_t	 thread[SIGNERS_MAX + 1];
	unsigned	 thread_n;
};

static int
queue_init(struct queue *q)
{
	q->first = NULL;
	q->last = &q->first;
	return cond_init(&q->more);
}

static void
queue_put(struct queue *q, struct job *j)
{
	j->next = NULL;
	*q->last = j;
	q->last = &j->next;
}

static struct job *
queue_take(struct queue *q)
{
	struct job *j = q->first;

	if (j != NULL && (q->first = j->next) == NULL)
		q->last = &q->first;
	return j;
}

/* Under the lock. */
static void
wake(struct work *w)
{
	uint64_t one = 1;

	if (!w->woken && write(w->wake, &one, sizeof(one)) == sizeof(one))
		w->woken = true;
}

/*
 * Under the lock.  Each wake-up costs an fsync of the journal, which serves
 * many as well as one: while a quick token has more to do or is at it, what it
 * has done waits a little.  A slow token's job began longer ago than that.
 */
static void
finish(struct work *w, struct job *j, time_us began, bool more)
{
	if (w->done.first == NULL)
		w->until = began + TOGETHER;
	queue_put(&w->done, j);
	if (!more || clock_mono() >= w->until)
		wake(w);
}

/* Under the lock: the next job.  What is done does not wait for one that hangs. */
static struct job *
next(struct work *w, struct queue *q)
{
	while (!w->stop && q->first == NULL) {
		if (w->done.first == NULL || w->woken)
			(void)pthread_cond_wait(&q->more, &w->lock);
		else if (!cond_wait(&q->more, &w->lock, w->until))
			wake(w);
	}
	return w->stop ? NULL : queue_take(q);
}

static void *
worker(struct work *w, struct queue *q)
{
	struct job *j;
	time_us began;

	pthread_mutex_lock(&w->lock);
	while ((j = next(w, q)) != NULL) {
		q->running++;
		pthread_mutex_unlock(&w->lock);
		began = clock_mono();
		j->run(j);
		pthread_mutex_lock(&w->lock);
		q->running--;
		finish(w, j, began, q->first != NULL || q->running > 0);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void *
signer_main(void *work)
{
	struct work *w = work;

	return worker(w, &w->sign);
}

static void *
slow_main(void *work)
{
	struct work *w = work;

	return worker(w, &w->slow);
}

static int
start(struct work *w, void *(*fn)(void *), struct err *err)
{
	if (pthread_create(&w->thread[w->thread_n], NULL, fn, w) != 0)
		return err_set(err, EINTERNAL, "no thread for the token");
	w->thread_n++;
	return 0;
}

int
work_open(unsigned signers, int wake, void *ctx, struct work **ret,
    struct err *err)
{
	AUTO(work) *w = NULL;
	struct work *new = calloc(1, sizeof(*new));

	if (new == NULL)
		return err_set(err, ENOMEMORY, "for the workers");
	if (pthread_mutex_init(&new->lock, NULL) != 0 ||
	    queue_init(&new->sign) != 0 || queue_init(&new->slow) != 0 ||
	    queue_init(&new->done) != 0) {
		free(new);
		return err_set(err, EINTERNAL, "no locks for the workers");
	}
	w = new;
	w->wake = wake;
	w->ctx = ctx;
	TRY(start(w, slow_main, err));
	for (unsigned i = 0; i < signers && i < SIGNERS_MAX; i++)
		TRY(start(w, signer_main, err));
	*ret = TAKE(w);
	return 0;
}

void
work_free(struct work *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->sign.more);
	pthread_cond_broadcast(&w->slow.more);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->thread_n; i++)
		pthread_join(w->thread[i], NULL);
	pthread_cond_destroy(&w->sign.more);
	pthread_cond_destroy(&w->slow.more);
	pthread_cond_destroy(&w->done.more);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

static void
put(struct work *w, struct queue *q, struct job *j)
{
	pthread_mutex_lock(&w->lock);
	queue_put(q, j);
	w->waiting++;
	pthread_mutex_unlock(&w->lock);
	pthread_cond_signal(&q->more);
}

void
work_sign(struct work *w, struct job *j)
{
	put(w, &w->sign, j);
}

void
work_slow(struct work *w, struct job *j)
{
	put(w, &w->slow, j);
}

bool
work_collect(struct work *w)
{
	struct job *all, *j;

	pthread_mutex_lock(&w->lock);
	w->woken = false;
	all = w->done.first;
	w->done.first = NULL;
	w->done.last = &w->done.first;
	for (j = all; j != NULL; j = j->next)
		w->waiting--;
	pthread_mutex_unlock(&w->lock);
	j = all;
	while (j != NULL) {
		struct job *next = j->next;

		j->done(w->ctx, j);
		j = next;
	}
	return all != NULL;
}

unsigned
work_waiting(struct work *w)
{
	unsigned n;

	pthread_mutex_lock(&w->lock);
	n = w->waiting;
	pthread_mutex_unlock(&w->lock);
	return n;
}
