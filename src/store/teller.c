#include "config.h"

#include <stdlib.h>
#include "store/teller.h"

void
teller_init(struct teller *t)
{
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->more, NULL);
	t->first = NULL;
	t->last = &t->first;
	t->started = t->stop = false;
}

/* All that wait; NULL: the end. */
static struct told *
take(struct teller *t)
{
	struct told *all;

	pthread_mutex_lock(&t->lock);
	while (t->first == NULL && !t->stop)
		pthread_cond_wait(&t->more, &t->lock);
	all = t->first;
	t->first = NULL;
	t->last = &t->first;
	pthread_mutex_unlock(&t->lock);
	return all;
}

static void *
teller_main(void *teller)
{
	struct told *one, *next;

	while ((one = take(teller)) != NULL) {
		for (; one != NULL; one = next) {
			next = one->next;
			one->done(one->ctx, one->rc, &one->why);
			free(one);
		}
	}
	return NULL;
}

int
teller_start(struct teller *t, struct err *err)
{
	if (!t->started &&
	    pthread_create(&t->thread, NULL, teller_main, t) != 0)
		return err_set(err, EINTERNAL, "no thread that tells");
	t->started = true;
	return 0;
}

void
teller_put(struct teller *t, struct told *list)
{
	if (list == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	*t->last = list;
	while (*t->last != NULL)
		t->last = &(*t->last)->next;
	pthread_mutex_unlock(&t->lock);
	pthread_cond_signal(&t->more);
}

void
teller_done(struct teller *t)
{
	if (t->started) {
		pthread_mutex_lock(&t->lock);
		t->stop = true;
		pthread_cond_signal(&t->more);
		pthread_mutex_unlock(&t->lock);
		pthread_join(t->thread, NULL);
	}
	pthread_cond_destroy(&t->more);
	pthread_mutex_destroy(&t->lock);
}
