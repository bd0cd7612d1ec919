/*
 * lot_crew - the threads that take a batch's rows, and what is counted of them.
 */
#include "api/lot_inside.h"

#define STACK_OCTETS	(512u * 1024)
#define COUNTED		256u	/* most rows of one batch.counted, about */

void
lot_wake(struct lot *l)
{
	if (!l->asleep || (!l->ring[l->told % RING].there && !l->stop))
		return;
	l->asleep = false;
	MHD_resume_connection(l->mhd);
}

/* Under the lock: nothing more is begun. */
static void
end_locked(struct lot *l, const struct err *why)
{
	if (l->why.code == OK && why != NULL)
		l->why = *why;
	l->over = true;
	pthread_cond_broadcast(&l->room);
}

void
lot_end(struct lot *l, const struct err *why)
{
	pthread_mutex_lock(&l->lock);
	end_locked(l, why);
	pthread_mutex_unlock(&l->lock);
}

/* The place of a row in the ring; one stays free for the tail. */
static bool
row_take(struct lot *l, struct csrs_row *row, uint64_t *ret)
{
	struct err err = { .code = OK };
	bool more = false;

	pthread_mutex_lock(&l->lock);
	while (!l->stop && !l->over && l->given - l->told >= RING - 1)
		pthread_cond_wait(&l->room, &l->lock);
	if (!l->stop && !l->over) {
		if (csrs_next(&l->csrs, row, &more, &err) != 0) {
			more = false;
			end_locked(l, &err);
		} else if (!more)
			end_locked(l, NULL);
		else {
			*ret = l->given++;
			turn_take(l, row->n);
		}
	}
	pthread_mutex_unlock(&l->lock);
	return more;
}

static void
slot_put(struct lot *l, uint64_t at, struct slot s)
{
	pthread_mutex_lock(&l->lock);
	s.there = true;
	l->ring[at % RING] = s;
	lot_wake(l);
	pthread_mutex_unlock(&l->lock);
}

/* ---- counting ---- */

/* Those not counted yet, if there are at least so many. */
static void
count_now(struct lot *l, size_t least)
{
	AUTO_JSON *refused = NULL, *mended = NULL;
	struct err why = { .code = OK };
	bool enough;

	pthread_mutex_lock(&l->lock);
	enough = json_array_size(l->refused) + json_array_size(l->mended) >=
	    least;
	if (enough) {
		refused = TAKE(l->refused);
		mended = TAKE(l->mended);
		l->refused = json_array();
		l->mended = json_array();
	}
	pthread_mutex_unlock(&l->lock);
	if (enough && flow_batch_count(l->api->flow, &l->who, &l->batch,
	    refused, mended, &why) != 0)
		lot_end(l, &why);
}

/* The last one closes the door. */
static void
crew_leave(struct lot *l)
{
	bool last;

	pthread_mutex_lock(&l->lock);
	last = --l->crew == 0;
	pthread_mutex_unlock(&l->lock);
	if (last) {
		count_now(l, 1);
		pthread_mutex_lock(&l->lock);
		l->ring[l->given++ % RING] = (struct slot){ .there = true,
		    .outcome = TAIL };
		l->whole = true;
		lot_wake(l);
		pthread_mutex_unlock(&l->lock);
	}
	lot_leave(l);
}

static void *
crew_work(void *ctx)
{
	struct lot *l = ctx;
	struct csrs_row row = { .n = 0 };
	uint64_t at = 0;

	while (row_take(l, &row, &at)) {
		slot_put(l, at, lot_row(l, &row));
		turn_end(l, row.n);
		count_now(l, COUNTED);
	}
	csrs_row_done(&row);
	crew_leave(l);
	return NULL;
}

int
lot_crew(struct lot *l, struct err *err)
{
	pthread_attr_t attr;
	pthread_t one;
	unsigned n;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_OCTETS);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_mutex_lock(&l->lock);
	for (n = 0; n < CREW && pthread_create(&one, &attr, crew_work, l) == 0;
	    n++) {
		l->crew++;
		l->holders++;
	}
	pthread_mutex_unlock(&l->lock);
	pthread_attr_destroy(&attr);
	return n > 0 ? 0 : err_set(err, ENOMEMORY, "threads for a batch");
}
