/*
 * store - opening, and the pool of readers.
 */
#include "base/cond.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "store/schema.h"
#include "store/store_private.h"
#include "store/tx.h"

#define READERS		8
#define BUSY_MS		5000

static const struct driver *const drivers[] = {
	&driver_sqlite, &driver_postgres
};

static const struct driver *
driver_for(const char *url)
{
	for (size_t i = 0; i < NELEM(drivers); i++)
		if (strncmp(url, drivers[i]->scheme,
		    strlen(drivers[i]->scheme)) == 0)
			return drivers[i];
	return NULL;
}

static void
fill_in(struct store_config *c, const struct driver *d)
{
	if (c->readers == 0)
		c->readers = READERS;
	if (c->busy_ms == 0)
		c->busy_ms = BUSY_MS;
	if (c->batch == 0 || c->batch > d->batch_max)
		c->batch = d->batch_max;
}

static struct store *
store_new(const struct driver *d, const char *where,
    const struct store_config *config)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->driver = d;
	s->where = strdup(where);
	if (config != NULL)
		s->config = *config;
	fill_in(&s->config, d);
	s->shared = d->is_private(where);
	group_init(&s->group);
	pthread_mutex_init(&s->pool_lock, NULL);
	cond_init(&s->pool_idle);
	return s;
}

void
store_free(struct store *s)
{
	if (s == NULL)
		return;
	for (struct conn *c = s->idle, *next; c != NULL; c = next) {
		next = c->next;
		c->driver->close(c);
	}
	/* Last, so that SQLite can fold its log into the database. */
	group_done(&s->group);
	pthread_cond_destroy(&s->pool_idle);
	pthread_mutex_destroy(&s->pool_lock);
	free(s->where);
	free(s);
}

int
store_connect(struct store *s, bool writer, bool again, struct conn **ret,
    struct err *err)
{
	TRY(s->driver->open(s->where, &s->config, writer, !again, ret, err));
	if (again)
		__atomic_add_fetch(&s->reconnects, 1, __ATOMIC_RELAXED);
	return 0;
}

int
store_open(const char *url, const struct store_config *config,
    struct store **ret, struct err *err)
{
	const struct driver *d = driver_for(url);
	AUTO(store) *s = NULL;

	if (d == NULL)
		return err_set(err, EUSAGE, "a store is sqlite:PATH or"
		    " postgresql:CONNINFO");
	s = store_new(d, url + strlen(d->scheme), config);
	if (s == NULL || s->where == NULL)
		return err_set(err, ENOMEMORY, "a store");
	TRY(store_connect(s, true, false, &s->group.conn, err));
	TRY(schema_upgrade(s->group.conn, err));
	*ret = TAKE(s);
	return 0;
}

/* An idle reader, or NULL with the right to make one. */
static int
reader_wait(struct store *s, struct conn **ret, struct err *err)
{
	time_us until = clock_mono() + TIME_S(s->config.busy_ms) / 1000;
	bool in_time = true;

	while (s->idle == NULL && s->readers >= s->config.readers && in_time)
		in_time = cond_wait(&s->pool_idle, &s->pool_lock, until);
	if (s->idle == NULL && s->readers >= s->config.readers)
		return err_set(err, EBUSY_, "all %u readers are at work",
		    s->readers);
	*ret = s->idle;
	if (s->idle != NULL)
		s->idle = s->idle->next;
	else
		s->readers++;
	return 0;
}

static void
reader_give(struct store *s, struct conn *c)
{
	if (c != NULL && c->broken) {
		c->driver->close(c);
		c = NULL;
	}
	pthread_mutex_lock(&s->pool_lock);
	if (c != NULL) {
		c->next = s->idle;
		s->idle = c;
	} else {
		s->readers--;
	}
	pthread_cond_signal(&s->pool_idle);
	pthread_mutex_unlock(&s->pool_lock);
}

/* As the writer's: one that died idle gets one successor at once. */
static int
reader_begin(struct store *s, struct conn **c, struct err *err)
{
	int rc;

	if (*c != NULL) {
		rc = (*c)->driver->begin(*c, false, err);
		if (rc == 0 || !(*c)->broken)
			return rc;
		(*c)->driver->close(*c);
		*c = NULL;
		__atomic_add_fetch(&s->reconnects, 1, __ATOMIC_RELAXED);
	}
	TRY(s->driver->open(s->where, &s->config, false, false, c, err));
	return (*c)->driver->begin(*c, false, err);
}

static int
read_on(struct conn *c, store_fn *fn, void *ctx, struct err *err)
{
	struct tx tx;
	int rc;

	tx_init(&tx, c);
	rc = tx_call(&tx, fn, ctx, err);
	tx_done(&tx);
	c->driver->rollback(c);
	return rc;
}

int
store_read(struct store *s, store_fn *fn, void *ctx, struct err *err)
{
	struct conn *c = NULL;
	int rc;

	__atomic_add_fetch(&s->reads, 1, __ATOMIC_RELAXED);
	if (s->shared)
		return store_write(s, fn, ctx, err);
	pthread_mutex_lock(&s->pool_lock);
	rc = reader_wait(s, &c, err);
	pthread_mutex_unlock(&s->pool_lock);
	if (rc != 0)
		return rc;
	rc = reader_begin(s, &c, err);
	if (rc == 0)
		rc = read_on(c, fn, ctx, err);
	reader_give(s, c);
	return rc;
}

static int
ping(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(rows) *r = NULL;

	return tx_one(tx, "store_ping", NO_PARAMS, &r, err);
}

int
store_ping(struct store *s, struct err *err)
{
	return store_read(s, ping, NULL, err);
}

const char *
store_engine(const struct store *s)
{
	return s->driver->name;
}

int
store_backup(struct store *s, const char *path, struct err *err)
{
	struct conn *c = NULL;
	int rc;

	if (s->driver->backup == NULL)
		return err_set(err, EUSAGE, "a %s database is backed up with"
		    " its own tools (pg_dump --format=custom)", s->driver->name);
	if (s->shared)
		return err_set(err, EUSAGE, "a database in memory is not"
		    " backed up");
	TRY(s->driver->open(s->where, &s->config, false, false, &c, err));
	rc = s->driver->backup(c, path, err);
	c->driver->close(c);
	return rc;
}

struct store_stats
store_stats(struct store *s)
{
	struct store_stats t;

	pthread_mutex_lock(&s->group.lock);
	t.writes = s->group.writes;
	t.commits = s->group.commits;
	t.failed = s->group.failed;
	t.waiting = s->group.waiting;
	pthread_mutex_unlock(&s->group.lock);
	t.reads = __atomic_load_n(&s->reads, __ATOMIC_RELAXED);
	t.reconnects = __atomic_load_n(&s->reconnects, __ATOMIC_RELAXED);
	return t;
}
