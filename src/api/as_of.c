/*
 * as_of - the one replay of the house that is kept for a while.
 *
 * A replay may take long and much room, so there is one at a time, of one
 * beginning of the ledger: every time at which the ledger was so long is
 * answered from it.  Another is begun when nobody reads this one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "api/api.h"
#include "api/as_of.h"
#include "base/io.h"
#include "base/log.h"

#define SPARE		(UINT64_C(256) << 20)
#define KEPT		TIME_S(AS_OF_KEPT_S)
#define LEAST		TIME_S(2)	/* so long it is there for those who waited */
#define FAILED		TIME_S(30)	/* so long the same is not tried again */

int
as_of_init(struct as_of *a, struct store *live, const char *folder,
    void (*told)(void *ctx), void *ctx, struct err *err)
{
	size_t n = strlen(folder) + sizeof("/" AS_OF_FILE);

	if ((a->path = malloc(n)) == NULL)
		return err_set(err, ENOMEMORY, "a path");
	snprintf(a->path, n, "%s/" AS_OF_FILE, folder);
	pthread_mutex_init(&a->lock, NULL);
	past_sweep(a->path);
	a->live = live;
	a->folder = folder;
	a->spare = SPARE;
	a->told = told;
	a->ctx = ctx;
	return 0;
}

/* ---- making one ---- */

static bool
is_wanted(struct as_of *a)
{
	bool wanted;

	pthread_mutex_lock(&a->lock);
	wanted = clock_mono() - a->asked < KEPT;
	pthread_mutex_unlock(&a->lock);
	return wanted;
}

static int
go_on(void *ctx, uint64_t done, struct err *err)
{
	struct as_of *a = ctx;
	uint64_t room;

	atomic_store(&a->done, done);
	if (atomic_load(&a->stop))
		return err_set(err, EBUSY_, "the service stops");
	if (!is_wanted(a))
		return err_set(err, EBUSY_, "nobody asks for it any more");
	TRY(io_room(a->folder, &room, err));
	if (room < a->spare)
		return err_set(err, ENOROOM, "as_of replays the ledger into the "
		    "house's folder, and there would be less than %llu MiB "
		    "left on its disk after %llu of %llu events: make room "
		    "there", (unsigned long long)(a->spare >> 20),
		    (unsigned long long)done, (unsigned long long)a->size);
	return 0;
}

static void
made(struct as_of *a, struct past *p, const struct err *why)
{
	pthread_mutex_lock(&a->lock);
	a->past = p;
	/* Given up, it may be tried again at once. */
	a->state = p != NULL ? AS_OF_THERE : why->code == EBUSY_ ?
	    AS_OF_NONE : AS_OF_FAILED;
	a->why = *why;
	a->made = clock_mono();
	pthread_mutex_unlock(&a->lock);
	a->told(a->ctx);
}

/* The thread: it alone has the file while the state is AS_OF_MAKING. */
static void *
make(void *ctx)
{
	struct as_of *a = ctx;
	struct err why = { .code = OK };
	struct past *p = NULL;
	time_us began = clock_mono();

	past_free(TAKE(a->past));
	if (past_make(a->live, a->path, a->size, go_on, a, &p, &why) == 0)
		log_line(LOG_INFO, "replayed the ledger for as_of events=%llu "
		    "seconds=%lld", (unsigned long long)a->size,
		    (long long)((clock_mono() - began) / TIME_S(1)));
	else
		log_err(why.code == EBUSY_ ? LOG_INFO : LOG_ERROR,
		    "replaying the ledger for as_of", &why);
	made(a, p, &why);
	return NULL;
}

/* Under the lock: the last one's thread has nothing left to do. */
static int
begin(struct as_of *a, uint64_t size, struct err *err)
{
	uint64_t was = a->size;

	if (a->started)
		pthread_join(a->thread, NULL);
	a->size = size;
	atomic_store(&a->done, 0);
	a->asked = clock_mono();
	a->started = pthread_create(&a->thread, NULL, make, a) == 0;
	if (!a->started) {
		a->size = was;
		return err_set(err, EBUSY_, "no thread for a replay");
	}
	a->state = AS_OF_MAKING;
	return 0;
}

/* ---- asking for one ---- */

/* Under the lock: who waited for the one that is there reads it first. */
static bool
may_begin(const struct as_of *a, uint64_t size, time_us now)
{
	switch (a->state) {
	case AS_OF_NONE:
		return true;
	case AS_OF_MAKING:
		return false;
	case AS_OF_THERE:
		return a->users == 0 && now - a->made > LEAST;
	case AS_OF_FAILED:
		return a->size != size || now - a->made > FAILED;
	}
	return false;
}

static int
comes(struct as_of *a, bool *ret_comes, struct err *err)
{
	*ret_comes = true;
	return err_set(err, EBUSY_, "the ledger is being replayed: %llu of its "
	    "%llu events so far", (unsigned long long)atomic_load(
	    &a->done), (unsigned long long)a->size);
}

static int
enter_locked(struct as_of *a, uint64_t size, struct past **ret,
    bool *ret_comes, struct err *err)
{
	time_us now = clock_mono();
	bool same = a->state != AS_OF_NONE && a->size == size;

	if (same)
		a->asked = now;
	if (same && a->state == AS_OF_THERE) {
		a->users++;
		*ret = a->past;
		return 0;
	}
	if (same && a->state == AS_OF_MAKING)
		return comes(a, ret_comes, err);
	if (may_begin(a, size, now)) {
		TRY(begin(a, size, err));
		return comes(a, ret_comes, err);
	}
	if (same) {
		*err = a->why;
		return -(int)a->why.code;
	}
	return err_set(err, EBUSY_, "the ledger is being replayed for another "
	    "time, and one replay is made at a time; ask again");
}

int
as_of_enter(struct as_of *a, time_us t, struct past **ret, uint64_t *ret_size,
    bool *ret_comes, struct err *err)
{
	uint64_t size;
	int rc;

	TRY(past_size(a->live, t, &size, err));
	*ret_comes = false;
	pthread_mutex_lock(&a->lock);
	rc = enter_locked(a, size, ret, ret_comes, err);
	pthread_mutex_unlock(&a->lock);
	if (rc == 0)
		*ret_size = size;
	return rc;
}

void
as_of_leave(struct as_of *a)
{
	pthread_mutex_lock(&a->lock);
	a->users--;
	a->asked = clock_mono();
	pthread_mutex_unlock(&a->lock);
}

/* ---- its end ---- */

void
as_of_tick(struct as_of *a)
{
	struct past *gone = NULL;

	pthread_mutex_lock(&a->lock);
	if (a->state == AS_OF_THERE && a->users == 0 &&
	    clock_mono() - a->asked > KEPT) {
		a->state = AS_OF_MAKING;
		gone = TAKE(a->past);
	}
	pthread_mutex_unlock(&a->lock);
	if (gone == NULL)
		return;
	past_free(gone);
	pthread_mutex_lock(&a->lock);
	a->state = AS_OF_NONE;
	pthread_mutex_unlock(&a->lock);
	a->told(a->ctx);
}

void
as_of_stop(struct as_of *a)
{
	if (a->path == NULL)
		return;
	atomic_store(&a->stop, true);
	if (a->started)
		pthread_join(a->thread, NULL);
	past_free(a->past);
	pthread_mutex_destroy(&a->lock);
	free(a->path);
}
