/* pool - see pool.h. */
#include <pthread.h>
#include <stdlib.h>
#include "audit/pool.h"

#define POOL_THREADS	64
#define POOL_WAITING	1024	/* jobs that may wait before the caller helps */

struct pool {
	pthread_mutex_t	 lock;		/* over all below */
	pthread_cond_t	 more, less;
	struct job	*first, **last;
	unsigned	 waiting, running;
	bool		 stop;
	pthread_t	 thread[POOL_THREADS];
	unsigned	 n;
};

/* With the lock held, and held again after. */
static bool
run_one(struct pool *p)
{
	struct job	*j = p->first;
	bool		 forget;

	if (j == NULL)
		return false;
	if ((p->first = j->next) == NULL)
		p->last = &p->first;
	p->waiting--;
	p->running++;
	forget = j->forget;
	pthread_mutex_unlock(&p->lock);
	j->run(j);
	pthread_mutex_lock(&p->lock);
	if (!forget)
		j->done = true;
	p->running--;
	pthread_cond_broadcast(&p->less);
	return true;
}

static void *
work(void *arg)
{
	struct pool	*p = arg;

	pthread_mutex_lock(&p->lock);
	while (!p->stop || p->first != NULL)
		if (!run_one(p))
			pthread_cond_wait(&p->more, &p->lock);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

int
pool_new(unsigned threads, struct pool **ret, struct err *err)
{
	struct pool	*p = calloc(1, sizeof(*p));

	if (p == NULL || pthread_mutex_init(&p->lock, NULL) != 0) {
		free(p);
		return err_set(err, ENOMEMORY, "an audit's threads");
	}
	(void)pthread_cond_init(&p->more, NULL);
	(void)pthread_cond_init(&p->less, NULL);
	p->last = &p->first;
	/* One that cannot be had is not missed: the caller works too. */
	while (p->n + 1 < threads && p->n < POOL_THREADS &&
	    pthread_create(&p->thread[p->n], NULL, work, p) == 0)
		p->n++;
	*ret = p;
	return 0;
}

size_t
pool_size(const struct pool *p)
{
	return p->n + 1;
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	pool_finish(p);
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n; i++)
		(void)pthread_join(p->thread[i], NULL);
	pthread_cond_destroy(&p->more);
	pthread_cond_destroy(&p->less);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void
pool_add(struct pool *p, struct job *j)
{
	j->next = NULL;
	j->done = false;
	pthread_mutex_lock(&p->lock);
	*p->last = j;
	p->last = &j->next;
	p->waiting++;
	pthread_cond_signal(&p->more);
	while (p->waiting > POOL_WAITING)
		(void)run_one(p);
	pthread_mutex_unlock(&p->lock);
}

void
pool_wait(struct pool *p, struct job *j)
{
	pthread_mutex_lock(&p->lock);
	while (!j->done)
		if (!run_one(p))
			pthread_cond_wait(&p->less, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void
pool_finish(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	while (p->waiting > 0 || p->running > 0)
		if (!run_one(p))
			pthread_cond_wait(&p->less, &p->lock);
	pthread_mutex_unlock(&p->lock);
}
