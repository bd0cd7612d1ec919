#include <stdlib.h>
#include "api/server.h"

#define STACK_OCTETS	(512u * 1024)

struct pool {
	pthread_mutex_t	 lock;
	pthread_cond_t	 more;
	struct exchange	*first, **last;
	unsigned	 queued, room;
	unsigned	 owed;		/* exchanges that go on elsewhere and come back */
	unsigned	 idle;		/* threads that wait for more */
	bool		 calling;	/* one of them was woken and has not come yet */
	bool		 stop;
	unsigned	 n;
	pthread_t	 thread[];
};

/*
 * Under the lock: is somebody to be woken?  One at a time; who comes has the
 * next one woken if there is more, so that a burst that few can deal with does
 * not wake everybody.
 */
static bool
call_one(struct pool *p)
{
	if (p->first == NULL || p->idle == 0 || p->calling)
		return false;
	p->calling = true;
	return true;
}

/* Under the lock. */
static void
wait_more(struct pool *p)
{
	while (p->first == NULL && !(p->stop && p->owed == 0)) {
		p->idle++;
		pthread_cond_wait(&p->more, &p->lock);
		p->idle--;
		p->calling = false;
	}
}

static struct exchange *
pool_take(struct pool *p)
{
	struct exchange *x;
	bool call;

	pthread_mutex_lock(&p->lock);
	wait_more(p);
	if ((x = p->first) != NULL) {
		if ((p->first = x->next) == NULL)
			p->last = &p->first;
		x->next = NULL;
		p->queued--;
	}
	call = call_one(p);
	pthread_mutex_unlock(&p->lock);
	if (call)
		pthread_cond_signal(&p->more);
	return x;
}

static void *
pool_work(void *ctx)
{
	struct pool *p = ctx;
	struct MHD_Connection *mhd;
	struct exchange *x;

	while ((x = pool_take(p)) != NULL) {
		mhd = x->mhd;
		/* Once it waits it is another thread's, or nobody's. */
		if (exchange_run(x))
			MHD_resume_connection(mhd);
	}
	return NULL;
}

int
pool_new(unsigned workers, unsigned room, struct pool **ret, struct err *err)
{
	struct pool *p = calloc(1, sizeof(*p) + workers * sizeof(p->thread[0]));
	pthread_attr_t attr;

	if (p == NULL)
		return err_set(err, ENOMEMORY, "the worker pool");
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	p->last = &p->first;
	p->room = room;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_OCTETS);
	while (p->n < workers &&
	    pthread_create(&p->thread[p->n], &attr, pool_work, p) == 0)
		p->n++;
	pthread_attr_destroy(&attr);
	if (p->n < workers) {
		pool_stop(p);
		pool_free(p);
		return err_set(err, ENOMEMORY, "only some of %u workers could "
		    "be started", workers);
	}
	*ret = p;
	return 0;
}

void
pool_stop(struct pool *p)
{
	unsigned i;

	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	for (i = 0; i < p->n; i++)
		pthread_join(p->thread[i], NULL);
	p->n = 0;
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	pthread_cond_destroy(&p->more);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* Under the lock. */
static bool
put(struct pool *p, struct exchange *x)
{
	x->next = NULL;
	*p->last = x;
	p->last = &x->next;
	p->queued++;
	return call_one(p);
}

bool
pool_put(struct pool *p, struct exchange *x, bool always)
{
	bool taken, call = false;

	pthread_mutex_lock(&p->lock);
	taken = !p->stop && (p->queued < p->room || always);
	if (taken)
		call = put(p, x);
	pthread_mutex_unlock(&p->lock);
	/* After the lock: who wakes up must not find it taken. */
	if (call)
		pthread_cond_signal(&p->more);
	return taken;
}

void
pool_owe(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->owed++;
	pthread_mutex_unlock(&p->lock);
}

/* Under the lock: one less; at the end the last one lets all threads go. */
static void
settle(struct pool *p)
{
	p->owed--;
	if (p->stop && p->owed == 0)
		pthread_cond_broadcast(&p->more);
}

void
pool_unowe(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	settle(p);
	pthread_mutex_unlock(&p->lock);
}

void
pool_owed(struct pool *p, struct exchange *x)
{
	bool call;

	pthread_mutex_lock(&p->lock);
	settle(p);
	call = put(p, x);
	pthread_mutex_unlock(&p->lock);
	if (call)
		pthread_cond_signal(&p->more);
}
