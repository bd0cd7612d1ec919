/*
 * errand - what may wait long for the keeper, on threads that nothing else
 * needs: a keeper that hangs holds up neither the timer nor those who serve.
 */
#include <stdlib.h>
#include "flow/errand.h"
#include "flow/inside.h"

#define RUNNERS		8u
#define ERRANDS		256u	/* that wait for one of them */

struct errand {
	errand_run	*run;
	void		*ctx;
};

struct errands {
	pthread_mutex_t	 lock;		/* over all below */
	pthread_cond_t	 more;
	struct errand	 ring[ERRANDS];
	unsigned	 first, n;
	bool		 stop;
	unsigned	 runners;	/* the starter's */
	pthread_t	 runner[RUNNERS];
};

/* What is put is run, also while this ends. */
static bool
next(struct errands *e, struct errand *ret)
{
	bool there;

	pthread_mutex_lock(&e->lock);
	while (e->n == 0 && !e->stop)
		pthread_cond_wait(&e->more, &e->lock);
	if ((there = e->n > 0)) {
		*ret = e->ring[e->first];
		e->first = (e->first + 1) % ERRANDS;
		e->n--;
	}
	pthread_mutex_unlock(&e->lock);
	return there;
}

static void *
runner(void *ctx)
{
	struct errands *e = ctx;
	struct errand one;

	while (next(e, &one))
		one.run(one.ctx);
	return NULL;
}

int
errand_put(struct flow *f, errand_run *run, void *ctx, struct err *err)
{
	struct errands *e = f->errands;
	bool taken;

	pthread_mutex_lock(&e->lock);
	if ((taken = e->n < ERRANDS && !e->stop)) {
		e->ring[(e->first + e->n++) % ERRANDS] = (struct errand){ run,
			ctx };
		pthread_cond_signal(&e->more);
	}
	pthread_mutex_unlock(&e->lock);
	return taken ? 0 : err_set(err, EBUSY_, "too much waits for the keeper");
}

int
errands_start(struct flow *f, struct err *err)
{
	struct errands *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return err_set(err, ENOMEMORY, "errands");
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->more, NULL);
	f->errands = e;
	for (; e->runners < RUNNERS; e->runners++)
		if (pthread_create(&e->runner[e->runners], NULL, runner, e) !=
		    0)
			return err_set(err, ENOMEMORY, "a thread");
	return 0;
}

void
errands_stop(struct flow *f)
{
	struct errands *e = f->errands;

	if (e == NULL)
		return;
	pthread_mutex_lock(&e->lock);
	e->stop = true;
	pthread_cond_broadcast(&e->more);
	pthread_mutex_unlock(&e->lock);
	while (e->runners > 0)
		pthread_join(e->runner[--e->runners], NULL);
}

void
errands_free(struct errands *e)
{
	if (e == NULL)
		return;
	pthread_cond_destroy(&e->more);
	pthread_mutex_destroy(&e->lock);
	free(e);
}
