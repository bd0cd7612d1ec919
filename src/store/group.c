/*
 * group - many writers, one commit.
 *
 * Whoever finds nobody at work leads: takes all that wait, runs each function
 * under a savepoint in one transaction, commits once, and wakes them with
 * their results.  Those who came meanwhile wait for the next round; the first
 * of them is made its leader.  The time a commit takes is what gathers the
 * next group: there is no timer, so a lone writer never waits.
 *
 * Each waits on a semaphore of its own and not on the lock's condition: it is
 * woken when the lock is free, and need not take it to read its result.
 *
 * Who does not wait cannot lead: for the first of a round that is such a one,
 * a thread of the group's own does, started with the first of them.  And who
 * does not wait is told by another, so that the next round need not wait for that.
 *
 * A savepoint costs SQLite a copy of each page that is touched behind it, and
 * next to none is ever rolled back to.  So a round of such as agreed to be run
 * twice has none at first; where one of them fails, all is taken back, and each
 * gets its own.
 */
#include "store/group.h"

#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include "store/store_private.h"
#include "store/tx.h"

#define WAITING_MAX	4096	/* then EBUSY_: a queue must not hide a stall */

enum job_state { JOB_WAITS, JOB_LEADS, JOB_DONE };

struct job {
	store_fn	*fn;
	void		*ctx;
	struct err	*err;
	int		 rc;
	enum job_state	 state;		/* under the lock; its own after turn */
	sem_t		 turn;
	struct later	*later;		/* nobody waits, and fn may run twice: turn is not used; else NULL */
	struct job	*next;
};

/* A job without a caller's stack. */
struct later {
	struct told	 told;		/* first: freed as such */
	struct job	 job;
};

void
group_init(struct group *g)
{
	*g = (struct group){ .conn = NULL };
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->called, NULL);
	teller_init(&g->teller);
	g->tail = &g->head;
}

void
group_done(struct group *g)
{
	assert(g->head == NULL && !g->led);
	if (g->started) {
		pthread_mutex_lock(&g->lock);
		g->stop = true;
		pthread_cond_signal(&g->called);
		pthread_mutex_unlock(&g->lock);
		pthread_join(g->committer, NULL);
	}
	teller_done(&g->teller);
	pthread_cond_destroy(&g->called);
	if (g->conn != NULL)
		g->conn->driver->close(g->conn);
	pthread_mutex_destroy(&g->lock);
}

static void
drop(struct group *g)
{
	if (g->conn != NULL)
		g->conn->driver->close(g->conn);
	g->conn = NULL;
}

/* A connection that died while nobody used it gets one successor at once. */
static int
begin(struct store *s, struct err *err)
{
	struct group *g = &s->group;
	int rc;

	if (g->conn == NULL)
		TRY(store_connect(s, true, true, &g->conn, err));
	rc = g->conn->driver->begin(g->conn, true, err);
	if (rc == 0 || !g->conn->broken)
		return rc;
	drop(g);
	TRY(store_connect(s, true, true, &g->conn, err));
	return g->conn->driver->begin(g->conn, true, err);
}

/* Run one job; non-zero when the transaction is lost for all. */
static int
run_one(struct tx *tx, struct job *j, bool alone, struct err *err)
{
	struct conn *c = tx->conn;
	const struct driver *d = c->driver;

	if (!alone) {
		TRY(d->save(c, err));
		tx_save(tx);
	}
	j->rc = tx_call(tx, j->fn, j->ctx, j->err);
	if (!d->alive(c) || c->broken)
		return err_set(err, ESTORE, "the transaction was lost");
	if (j->rc == 0)
		return alone ? 0 : d->release(c, err);
	if (alone)
		return 0;
	tx_undo(tx);
	return d->undo(c, err);
}

static int
run_each(struct tx *tx, struct job *jobs, bool *ret_any, struct err *err)
{
	bool alone = jobs->next == NULL;

	for (struct job *j = jobs; j != NULL; j = j->next) {
		TRY(run_one(tx, j, alone, err));
		*ret_any |= j->rc == 0;
	}
	return 0;
}

/* @ret_all: false where one failed, and the transaction is to be begun again. */
static int
run_together(struct tx *tx, struct job *jobs, bool *ret_all, struct err *err)
{
	*ret_all = true;
	for (struct job *j = jobs; j != NULL && *ret_all; j = j->next) {
		TRY(run_one(tx, j, true, err));
		*ret_all = j->rc == 0;
	}
	return 0;
}

/* Company in which each may run twice. */
static bool
may_try(const struct job *jobs)
{
	const struct job *j = jobs;

	while (j != NULL && j->later != NULL)
		j = j->next;
	return j == NULL && jobs->next != NULL;
}

static int
run_all(struct store *s, struct tx *tx, struct job *jobs, bool *ret_any,
    struct err *err)
{
	struct group *g = &s->group;

	if (may_try(jobs)) {
		TRY(run_together(tx, jobs, ret_any, err));
		if (*ret_any)
			return 0;
		tx_done(tx);
		g->conn->driver->rollback(g->conn);
		TRY(begin(s, err));
		tx_init(tx, g->conn);
	}
	return run_each(tx, jobs, ret_any, err);
}

/* Returns how the transaction as a whole went. */
static int
transact(struct store *s, struct job *jobs, struct err *err)
{
	struct group *g = &s->group;
	struct tx tx;
	bool any = false;
	int rc;

	TRY(begin(s, err));
	tx_init(&tx, g->conn);
	rc = run_all(s, &tx, jobs, &any, err);
	if (rc == 0 && any)
		rc = tx_flush(&tx, err);
	if (rc == 0 && any)
		rc = g->conn->driver->commit(g->conn, err);
	tx_done(&tx);
	if (rc != 0 || !any)
		g->conn->driver->rollback(g->conn);
	if (g->conn->broken)
		drop(g);
	return rc;
}

/* Whoever thought to have succeeded has not; others keep their own reason.
 * Why the commit failed is in the words: to a caller it is the store, or
 * want of memory. */
static void
fail_all(struct job *jobs, const struct err *why)
{
	enum err_code code = why->code == ENOMEMORY ? ENOMEMORY : ESTORE;

	for (struct job *j = jobs; j != NULL; j = j->next) {
		if (j->rc != 0)
			continue;
		j->rc = -(int)code;
		if (j->err == NULL)
			continue;
		*j->err = *why;
		j->err->code = code;
	}
}

static struct job *
take_batch(struct group *g, unsigned most)
{
	struct job *first = g->head, **end = &g->head;
	unsigned n;

	for (n = 0; n < most && *end != NULL; n++)
		end = &(*end)->next;
	g->head = *end;
	if (g->head == NULL)
		g->tail = &g->head;
	*end = NULL;
	g->waiting -= n;
	return first;
}

/* Under the lock: the first in the queue leads, or the committer for it. */
static void
name_leader(struct group *g)
{
	g->led = g->head != NULL;
	if (g->head == NULL)
		return;
	g->head->state = JOB_LEADS;
	g->calls = g->head->later != NULL;
	if (g->calls)
		pthread_cond_signal(&g->called);
}

/* Under the lock: count them; @return who is to be woken to lead, or NULL. */
static struct job *
settle(struct group *g, const struct job *jobs)
{
	bool any = false;

	for (const struct job *j = jobs; j != NULL; j = j->next) {
		if (j->rc == 0)
			g->writes++;
		else
			g->failed++;
		any |= j->rc == 0;
	}
	g->commits += any;
	name_leader(g);
	return g->calls ? NULL : g->head;
}

/* A job vanishes with its caller once it is let go. */
static void
wake_batch(struct group *g, struct job *jobs, const struct job *self)
{
	struct told *told = NULL, **end = &told;

	for (struct job *j = jobs, *next; j != NULL; j = next) {
		next = j->next;
		j->state = JOB_DONE;
		if (j->later != NULL) {
			*end = &j->later->told;
			(*end)->rc = j->rc;
			end = &(*end)->next;
		} else if (j != self) {
			sem_post(&j->turn);
		}
	}
	teller_put(&g->teller, told);
}

/* One round.  @self: one of it, on whose thread this is; NULL: the committer's. */
static void
lead(struct store *s, const struct job *self)
{
	struct group *g = &s->group;
	struct err why = { .code = OK };
	struct job *jobs, *leader;

	pthread_mutex_lock(&g->lock);
	jobs = take_batch(g, s->config.batch);
	pthread_mutex_unlock(&g->lock);
	if (transact(s, jobs, &why) != 0)
		fail_all(jobs, &why);
	pthread_mutex_lock(&g->lock);
	leader = settle(g, jobs);
	pthread_mutex_unlock(&g->lock);
	/* First, since its commit is what the others wait for. */
	if (leader != NULL)
		sem_post(&leader->turn);
	wake_batch(g, jobs, self);
}

static int
enqueue(struct group *g, struct job *j, struct err *err)
{
	if (g->waiting >= WAITING_MAX)
		return err_set(err, EBUSY_, "%u writers are waiting",
		    g->waiting);
	*g->tail = j;
	g->tail = &j->next;
	g->waiting++;
	if (!g->led)
		name_leader(g);
	return 0;
}

static void *
committer(void *store)
{
	struct store *s = store;
	struct group *g = &s->group;

	pthread_mutex_lock(&g->lock);
	for (;;) {
		while (!g->calls && !g->stop)
			pthread_cond_wait(&g->called, &g->lock);
		if (!g->calls)
			break;
		g->calls = false;
		pthread_mutex_unlock(&g->lock);
		lead(s, NULL);
		pthread_mutex_lock(&g->lock);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

/* Under the lock. */
static int
committer_start(struct store *s, struct err *err)
{
	struct group *g = &s->group;

	TRY(teller_start(&g->teller, err));
	if (!g->started &&
	    pthread_create(&g->committer, NULL, committer, s) != 0)
		return err_set(err, EINTERNAL, "no thread that commits");
	g->started = true;
	return 0;
}

int
store_write_later(struct store *s, store_fn *fn, void *ctx, store_done *done,
    struct err *err)
{
	struct group *g = &s->group;
	struct later *l = calloc(1, sizeof(*l));
	int rc;

	if (l == NULL)
		return err_set(err, ENOMEMORY, "a write");
	l->told = (struct told){ .done = done, .ctx = ctx };
	l->job = (struct job){ .fn = fn, .ctx = ctx, .err = &l->told.why,
	    .state = JOB_WAITS, .later = l };
	pthread_mutex_lock(&g->lock);
	rc = committer_start(s, err);
	if (rc == 0)
		rc = enqueue(g, &l->job, err);
	pthread_mutex_unlock(&g->lock);
	if (rc != 0)
		free(l);
	return rc;
}

int
store_write(struct store *s, store_fn *fn, void *ctx, struct err *err)
{
	struct group *g = &s->group;
	struct job j = { .fn = fn, .ctx = ctx, .err = err, .state = JOB_WAITS };
	bool leads;
	int rc;

	sem_init(&j.turn, 0, 0);
	pthread_mutex_lock(&g->lock);
	rc = enqueue(g, &j, err);
	leads = j.state == JOB_LEADS;
	pthread_mutex_unlock(&g->lock);
	if (rc == 0 && !leads)
		while (sem_wait(&j.turn) != 0 && errno == EINTR)
			continue;
	if (rc == 0 && j.state == JOB_LEADS)
		lead(s, &j);
	sem_destroy(&j.turn);
	return rc != 0 ? rc : j.rc;
}
