#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "api/server.h"

/* An idle connection may stay so long; the library's own bound is on silence. */
#define IDLE_S	75u

void
watch_init(struct watch *w)
{
	pthread_mutex_init(&w->lock, NULL);
	w->first = NULL;
	w->n = 0;
}

void
watch_done(struct watch *w)
{
	pthread_mutex_destroy(&w->lock);
}

struct conn *
conn_new(struct api *a, int fd)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->api = a;
	c->fd = fd;
	conn_phase(c, CONN_HEAD);
	pthread_mutex_lock(&a->watch.lock);
	c->next = a->watch.first;
	c->prev = &a->watch.first;
	if (c->next != NULL)
		c->next->prev = &c->next;
	a->watch.first = c;
	a->watch.n++;
	pthread_mutex_unlock(&a->watch.lock);
	return c;
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->api->watch.lock);
	*c->prev = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	c->api->watch.n--;
	pthread_mutex_unlock(&c->api->watch.lock);
	free(c->uri);
	free(c->spki);
	free(c->certificate);
	free(c);
}

void
conn_uri(struct conn *c, const char *uri)
{
	size_t n = strlen(uri) + 1;

	/* The same room serves the requests that follow. */
	if (c->uri == NULL || n > c->uri_room) {
		free(c->uri);
		c->uri = malloc(n);
		c->uri_room = n;
	}
	if (c->uri != NULL)
		memcpy(c->uri, uri, n);
}

void
conn_phase(struct conn *c, enum conn_phase phase)
{
	atomic_store(&c->phase, phase);
	atomic_store(&c->since, clock_mono());
}

void
conn_took(struct conn *c, size_t octets)
{
	time_us now = clock_mono(), since = atomic_load(&c->since) +
	    (time_us)octets * TIME_S(1) / 1024;

	atomic_store(&c->since, since < now ? since : now);
}

static bool
is_slow(const struct conn *c, time_us now, unsigned deadline_s)
{
	time_us waited = now - atomic_load(&c->since);

	switch (atomic_load(&c->phase)) {
	case CONN_HEAD:
		return waited > TIME_S(IDLE_S);
	case CONN_BODY:
		return waited > TIME_S(deadline_s);
	case CONN_WORK:
		return false;
	case CONN_REPLY:
		/* A bundle is long; silence within it is the library's to end. */
		return waited > TIME_S(3600);
	}
	return false;
}

/*
 * The socket is shut, not closed: the listener's thread finds it at its end
 * and lets go of it.  It stays open as long as it is on this list.
 */
void
watch_tick(struct watch *w, time_us now, unsigned deadline_s)
{
	struct conn *c;

	pthread_mutex_lock(&w->lock);
	for (c = w->first; c != NULL; c = c->next)
		if (is_slow(c, now, deadline_s)) {
			shutdown(c->fd, SHUT_RDWR);
			atomic_fetch_add(&c->api->metrics.slow, 1);
		}
	pthread_mutex_unlock(&w->lock);
}
