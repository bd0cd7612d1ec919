/*
 * notify_senders - who delivers to whom: a thread for each channel finds what is
 * due.  Mails go to one server, one after another; to web hooks and gatherers of
 * logs, each of a place of its own, goes a sender each, so that whoever hangs
 * keeps only himself waiting.
 */
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "flow/inside.h"
#include "flow/notify.h"
#include "state/state.h"

#define SENDERS		64	/* of a channel, at a time */
#define SENDERS_LATE	32	/* of these, for who was tried in vain before */

enum place { PLACE_FREE, PLACE_TAKEN, PLACE_LEFT };

struct sender {
	struct senders	*all;
	pthread_t	 thread;
	enum place	 is;		/* notifier's lock */
	struct receiver	 to;
};

struct senders {
	struct notifier	*n;
	enum channel	 by;
	bool		 left;		/* somebody has ended since; notifier's lock */
	struct receiver	 due[2 * SENDERS];	/* as many again as are being told */
	size_t		 due_n;
	struct sender	 sender[SENDERS];
};

static int
due_read(struct tx *tx, void *ctx, struct err *err)
{
	struct senders *a = ctx;

	return notice_receivers(tx, a->by, clock_now(), NELEM(a->due), a->due,
	    &a->due_n, err);
}

static void
due_find(struct senders *a)
{
	struct err err;

	a->due_n = 0;
	if (state_read(a->n->flow->state, due_read, a, &err) != 0)
		log_err(LOG_WARN, "reading notices", &err);
}

/* ---- a sender each ---- */

static void *
sender_run(void *ctx)
{
	struct sender *s = ctx;
	struct senders *a = s->all;

	(void)notify_send(a->n, a->by, s->to.person);
	pthread_mutex_lock(&a->n->lock);
	s->is = PLACE_LEFT;
	a->left = true;
	pthread_cond_broadcast(&a->n->wake);
	pthread_mutex_unlock(&a->n->lock);
	return NULL;
}

/* Within the lock.  NULL: none is free, or free for this one, or he is being told. */
static struct sender *
place_find(struct senders *a, const struct receiver *to)
{
	struct sender *found = NULL;
	unsigned late = 0;

	for (size_t i = 0; i < SENDERS; i++) {
		struct sender *s = &a->sender[i];

		if (s->is == PLACE_FREE) {
			found = s;
			continue;
		}
		if (strcmp(s->to.person, to->person) == 0)
			return NULL;
		late += s->to.late;
	}
	return to->late && late >= SENDERS_LATE ? NULL : found;
}

static void
sender_start(struct senders *a, const struct receiver *to)
{
	struct sender *s;

	pthread_mutex_lock(&a->n->lock);
	if ((s = place_find(a, to)) != NULL) {
		s->all = a;
		s->to = *to;
		if (pthread_create(&s->thread, NULL, sender_run, s) == 0)
			s->is = PLACE_TAKEN;
		else
			log_line(LOG_WARN, "no thread to send a notice");
	}
	pthread_mutex_unlock(&a->n->lock);
}

/* Within the lock: who has left needs it no more. */
static void
places_clear(struct senders *a)
{
	for (size_t i = 0; i < SENDERS; i++)
		if (a->sender[i].is == PLACE_LEFT) {
			pthread_join(a->sender[i].thread, NULL);
			a->sender[i].is = PLACE_FREE;
		}
	a->left = false;
}

/* @return has a place become free meanwhile? */
static bool
each_pass(struct senders *a)
{
	bool left;

	pthread_mutex_lock(&a->n->lock);
	places_clear(a);
	pthread_mutex_unlock(&a->n->lock);
	due_find(a);
	for (size_t i = 0; i < a->due_n; i++)
		sender_start(a, &a->due[i]);
	pthread_mutex_lock(&a->n->lock);
	left = a->left;
	pthread_mutex_unlock(&a->n->lock);
	return left;
}

/* At a stop: each breaks off within a second. */
static void
senders_end(struct senders *a)
{
	for (size_t i = 0; i < SENDERS; i++) {
		bool there;

		pthread_mutex_lock(&a->n->lock);
		there = a->sender[i].is != PLACE_FREE;
		pthread_mutex_unlock(&a->n->lock);
		if (there)
			pthread_join(a->sender[i].thread, NULL);
	}
}

/* ---- one after another ---- */

/* @return may there be more, to be tried at once? */
static bool
one_pass(struct senders *a)
{
	due_find(a);
	for (size_t i = 0; i < a->due_n; i++)
		if (!notify_on(a->n) || !notify_send(a->n, a->by,
		    a->due[i].person))
			return false;
	return a->due_n > 0;
}

static void *
deliver_run(struct notifier *n, enum channel by,
    bool (*pass)(struct senders *a))
{
	struct senders *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		log_line(LOG_ERROR, "no memory to send notices");
		return NULL;
	}
	a->n = n;
	a->by = by;
	do
		while (notify_on(n) && pass(a))
			;
	while (notify_wait(n));
	senders_end(a);
	free(a);
	return NULL;
}

void *
notify_deliver_mail(void *notifier)
{
	return deliver_run(notifier, BY_MAIL, one_pass);
}

void *
notify_deliver_hook(void *notifier)
{
	return deliver_run(notifier, BY_WEBHOOK, each_pass);
}

void *
notify_deliver_syslog(void *notifier)
{
	return deliver_run(notifier, BY_SYSLOG, each_pass);
}
