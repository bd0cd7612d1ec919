/*
 * show - the keeper is shown what is new in the ledger, and signs checkpoints.
 */
#include <stdlib.h>
#include "base/cond.h"
#include "base/log.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/recover.h"
#include "flow/show.h"
#include "flow/strays.h"
#include "keyring/keyring.h"
#include "state/record.h"
#include "state/state.h"

#define SHOW_EVENTS	4096u
#define HELLO_EVERY	TIME_S(1)
#define SHOW_OCTETS	((size_t)8 << 20)	/* of events in one batch, and one more */

struct batch {
	uint64_t		 from, size;
	struct keyring_event	*event;		/* room for SHOW_EVENTS */
	size_t			 n;
	struct blob		 octets;	/* of the events, end to end */
};

static int
batch_events(struct tx *tx, struct batch *b, struct err *err)
{
	size_t at;

	while (b->n < SHOW_EVENTS && b->from + b->n < b->size &&
	    b->octets.len <= SHOW_OCTETS) {
		at = b->octets.len;
		TRY(record_octets(tx, b->from + b->n, &b->octets, err));
		b->event[b->n++].n = b->octets.len - at;
	}
	at = 0;
	for (size_t i = 0; i < b->n; at += b->event[i++].n)
		b->event[i].octets = b->octets.data + at;
	return 0;
}

static int
batch_read(struct tx *tx, void *ctx, struct err *err)
{
	struct batch *b = ctx;
	struct sha256 root;

	b->n = 0;
	blob_clear(&b->octets);
	TRY(record_head(tx, &b->size, &root, err));
	return batch_events(tx, b, err);
}

/* One message; a checkpoint with the last of them. */
static int
show_batch(struct flow *f, struct batch *b, bool *ret_more, struct err *err)
{
	struct keyring_shown shown;
	char *note = NULL;
	bool final;
	int rc;

	TRY(state_read(f->state, batch_read, b, err));
	final = b->from + b->n >= b->size;
	*ret_more = !final;
	if (b->n == 0 && checkpoint_has(f, b->size))
		return 0;
	shown = (struct keyring_shown){ b->from, b->event, b->n };
	rc = keyring_show(f->keyring, &shown, final, &note, err);
	if (rc == 0) {
		pthread_mutex_lock(&f->lock);
		f->shown = b->from += b->n;
		pthread_mutex_unlock(&f->lock);
	}
	if (rc == 0 && final)
		rc = note != NULL ? checkpoint_take(f, note, err) :
		    err_set(err, EKEEPER, "the keeper gave no checkpoint");
	free(note);
	return rc;
}

static int
show_all(struct flow *f, struct batch *b, struct err *err)
{
	bool more = true;
	int rc = 0;

	atomic_store(&f->uses, 0);
	while (rc == 0 && more)
		rc = show_batch(f, b, &more, err);
	return rc;
}

/*
 * How the keeper and its token stand, each second.  And where: a show that
 * failed may have reached it or not, and a greeting may have come between.
 */
static void
hello_again(struct flow *f)
{
	json_t *hello = NULL, *old;
	struct err none;

	if (keyring_hello(f->keyring, 0, &hello, &none) != 0) {
		json_decref(hello);
		return;
	}
	pthread_mutex_lock(&f->lock);
	f->shown = (uint64_t)json_int(json_object_get(hello, "ledger"), "size",
	    0);
	old = f->hello;
	f->hello = json_incref(hello);
	f->hello_at = clock_now();
	pthread_mutex_unlock(&f->lock);
	json_decref(old);
	lag_look(f, hello);
	json_decref(hello);
}

static void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	blob_done(&b->octets);
	free(b->event);
	free(b);
}

static int
batch_new(struct batch **ret, struct err *err)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return err_set(err, ENOMEMORY, "what is shown");
	b->event = calloc(SHOW_EVENTS, sizeof(*b->event));
	if (b->event == NULL) {
		batch_free(b);
		return err_set(err, ENOMEMORY, "what is shown");
	}
	*ret = b;
	return 0;
}

static void
wait_second(struct flow *f)
{
	time_us until = clock_mono() + TIME_S(1);

	while (!f->stop && !f->want)
		if (!cond_wait(&f->show_now, &f->lock, until))
			break;
	f->want = false;
}

static void *
shower(void *ctx)
{
	struct flow *f = ctx;
	struct batch *b = f->batch;
	struct err err;
	enum err_code last = OK;
	time_us asked = 0;
	bool known;

	pthread_mutex_lock(&f->lock);
	while (!f->stop) {
		wait_second(f);
		b->from = f->shown;
		known = f->shown_known && f->genesis != NULL;
		pthread_mutex_unlock(&f->lock);
		err.code = OK;
		if (known && keyring_ready(f->keyring) &&
		    show_all(f, b, &err) != 0 && err.code != last)
			log_err(LOG_WARN, "showing the ledger to the keeper",
			    &err);
		last = err.code;
		if (keyring_ready(f->keyring))
			strays_look(f);
		if (keyring_ready(f->keyring) && (err.code != OK ||
		    clock_mono() - asked >= HELLO_EVERY)) {
			hello_again(f);
			asked = clock_mono();
		}
		pthread_mutex_lock(&f->lock);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

int
show_start(struct flow *f, struct err *err)
{
	TRY(batch_new(&f->batch, err));
	if (pthread_create(&f->shower, NULL, shower, f) != 0)
		return err_set(err, ENOMEMORY, "a thread");
	f->showing = true;
	return 0;
}

void
show_stop(struct flow *f)
{
	if (!f->showing) {
		batch_free(f->batch);
		f->batch = NULL;
		return;
	}
	pthread_mutex_lock(&f->lock);
	f->stop = true;
	pthread_cond_broadcast(&f->show_now);
	pthread_cond_broadcast(&f->shown_now);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->shower, NULL);
	f->showing = false;
	batch_free(f->batch);
	f->batch = NULL;
}

static void
show_soon(struct flow *f)
{
	pthread_mutex_lock(&f->lock);
	f->want = true;
	pthread_cond_signal(&f->show_now);
	pthread_mutex_unlock(&f->lock);
}

void
keeper_used(struct flow *f)
{
	if (atomic_fetch_add(&f->uses, 1) + 1 == f->o.show_every)
		show_soon(f);
}

int
show_until(struct flow *f, uint64_t size, time_us wait, struct err *err)
{
	bool in_time = true;
	time_us until;
	int rc;

	/* No worker is held for a keeper that is not there. */
	if (!keyring_ready(f->keyring))
		wait = 0;
	until = clock_mono() + wait;
	pthread_mutex_lock(&f->lock);
	while (!f->stop && f->checkpoint_size < size && in_time) {
		f->want = true;
		pthread_cond_signal(&f->show_now);
		in_time = cond_wait(&f->shown_now, &f->lock, until);
	}
	rc = f->checkpoint_size >= size ? 0 : err_set(err, EKEEPER,
	    "the keeper has not signed a checkpoint for it yet");
	pthread_mutex_unlock(&f->lock);
	return rc;
}
