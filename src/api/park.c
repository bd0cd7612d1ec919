#include <string.h>
#include "api/server.h"

void
park_init(struct park *p)
{
	pthread_mutex_init(&p->lock, NULL);
	p->first = NULL;
	p->closed = false;
}

void
park_done(struct park *p)
{
	pthread_mutex_destroy(&p->lock);
}

static void
unlink_locked(struct exchange *x)
{
	*x->prev = x->next;
	if (x->next != NULL)
		x->next->prev = x->prev;
	x->next = NULL;
	x->prev = NULL;
}

bool
park_enter(struct park *p, struct exchange *x)
{
	bool open;

	pthread_mutex_lock(&p->lock);
	if ((open = !p->closed)) {
		x->state = EXCHANGE_CHECKING;
		x->woken = false;
		memcpy(x->parked_for, x->waits_for, sizeof(x->parked_for));
		x->next = p->first;
		x->prev = &p->first;
		if (p->first != NULL)
			p->first->prev = &x->next;
		p->first = x;
	}
	pthread_mutex_unlock(&p->lock);
	return open;
}

bool
park_settle(struct park *p, struct exchange *x)
{
	bool sleeps;

	pthread_mutex_lock(&p->lock);
	sleeps = !x->woken && !p->closed;
	x->woken = false;
	if (sleeps)
		x->state = EXCHANGE_PARKED;
	pthread_mutex_unlock(&p->lock);
	return sleeps;
}

void
park_leave(struct park *p, struct exchange *x)
{
	pthread_mutex_lock(&p->lock);
	unlink_locked(x);
	x->state = EXCHANGE_QUEUED;
	pthread_mutex_unlock(&p->lock);
}

static bool
is_called(const struct exchange *x, const char *request, time_us now)
{
	if (request != NULL)
		return strcmp(x->parked_for, request) == 0;
	return x->wait_until <= now;
}

void
park_wake(struct park *p, struct pool *pool, const char *request, time_us now)
{
	struct exchange *x, *next;

	pthread_mutex_lock(&p->lock);
	for (x = p->first; x != NULL; x = next) {
		next = x->next;
		if (!is_called(x, request, now))
			continue;
		if (x->state == EXCHANGE_CHECKING) {
			x->woken = true;
			continue;
		}
		unlink_locked(x);
		x->state = EXCHANGE_QUEUED;
		(void)pool_put(pool, x, true);
	}
	pthread_mutex_unlock(&p->lock);
}

void
park_close(struct park *p, struct pool *pool)
{
	pthread_mutex_lock(&p->lock);
	p->closed = true;
	pthread_mutex_unlock(&p->lock);
	park_wake(p, pool, NULL, INT64_MAX);
}

bool
park_closed(struct park *p)
{
	bool closed;

	pthread_mutex_lock(&p->lock);
	closed = p->closed;
	pthread_mutex_unlock(&p->lock);
	return closed;
}
