/*
 * Each call into the engine fails once: what was answered is there, what was
 * refused is not, the tree is whole, and the same store works again.
 */
#include "config.h"
#include <pthread.h>
#include <semaphore.h>
#include "tests/fault/fault.h"
#include "tests/unit/engine.h"
#include "tests/unit/ledger_add.h"

static int countdown;		/* atomic; 0: nothing fails */
static int left;		/* of the countdown when the scenario was over */
static UNUSED int failure;	/* what SQLite answers */

#define MOST	100000
#define EACH	60		/* of the calls that make a schema */
#define STRIDE	5

static bool
due(void)
{
	return __atomic_load_n(&countdown, __ATOMIC_SEQ_CST) > 0 &&
	    __atomic_sub_fetch(&countdown, 1, __ATOMIC_SEQ_CST) == 0;
}

#define WRAP(type, name, failed, params, args) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params \
	{ \
		return due() ? (failed) : __real_##name args; \
	}

#ifdef ENGINE_POSTGRESQL

#include <poll.h>

WRAP(PGconn *, PQconnectdbParams, NULL, (const char *const *k,
    const char *const *v, int x), (k, v, x))
WRAP(int, PQsendQueryParams, 0, (PGconn *c, const char *t, int n,
    const Oid *o, const char *const *v, const int *l, const int *f, int r),
    (c, t, n, o, v, l, f, r))
WRAP(int, PQsendPrepare, 0, (PGconn *c, const char *s, const char *t, int n,
    const Oid *o), (c, s, t, n, o))
WRAP(int, PQsendQueryPrepared, 0, (PGconn *c, const char *s, int n,
    const char *const *v, const int *l, const int *f, int r),
    (c, s, n, v, l, f, r))
WRAP(int, PQsendQuery, 0, (PGconn *c, const char *t), (c, t))
WRAP(int, PQpipelineSync, 0, (PGconn *c), (c))
WRAP(int, PQflush, -1, (PGconn *c), (c))
WRAP(int, PQconsumeInput, 0, (PGconn *c), (c))
WRAP(int, PQsetnonblocking, -1, (PGconn *c, int on), (c, on))
WRAP(int, PQenterPipelineMode, 0, (PGconn *c), (c))
WRAP(int, PQexitPipelineMode, 0, (PGconn *c), (c))
WRAP(int, poll, -1, (struct pollfd *p, nfds_t n, int ms), (p, n, ms))

static const int FAILURES[] = { 0 };

static void
forget_schema(void)
{
	engine_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

#else

WRAP(int, sqlite3_open_v2, failure, (const char *p, sqlite3 **d, int f,
    const char *v), (p, d, f, v))
WRAP(int, sqlite3_exec, failure, (sqlite3 *d, const char *t,
    int (*fn)(void *, int, char **, char **), void *x, char **e),
    (d, t, fn, x, e))
WRAP(int, sqlite3_prepare_v3, failure, (sqlite3 *d, const char *t, int n,
    unsigned f, sqlite3_stmt **s, const char **e), (d, t, n, f, s, e))
WRAP(int, sqlite3_step, failure, (sqlite3_stmt *s), (s))
WRAP(int, sqlite3_bind_int64, failure, (sqlite3_stmt *s, int i,
    sqlite3_int64 v), (s, i, v))
WRAP(int, sqlite3_bind_text64, failure, (sqlite3_stmt *s, int i,
    const char *p, sqlite3_uint64 n, void (*d)(void *), unsigned char e),
    (s, i, p, n, d, e))
WRAP(int, sqlite3_bind_blob64, failure, (sqlite3_stmt *s, int i,
    const void *p, sqlite3_uint64 n, void (*d)(void *)), (s, i, p, n, d))
WRAP(int, sqlite3_file_control, failure, (sqlite3 *d, const char *n, int op,
    void *p), (d, n, op, p))
WRAP(sqlite3_backup *, sqlite3_backup_init, NULL, (sqlite3 *to,
    const char *a, sqlite3 *from, const char *b), (to, a, from, b))
WRAP(int, sqlite3_backup_finish, (__real_sqlite3_backup_finish(b), failure),
    (sqlite3_backup *b), (b))

int __real_sqlite3_backup_finish(sqlite3_backup *b);

static const int FAILURES[] = { SQLITE_IOERR, SQLITE_FULL, SQLITE_BUSY };

static void
forget_schema(void)
{
	(void)unlink(engine_url_ + strlen("sqlite:"));
	(void)unlink(scratch_path("store-0-wal"));
	(void)unlink(scratch_path("store-0-shm"));
}

#endif

/* What one scenario asked for and was told. */
struct tally {
	unsigned	 asked, answered;
	bool		 silent;	/* a failure came without words */
	pthread_mutex_t	 lock;
};

static int
told(struct tally *t, int rc, const struct err *err)
{
	if (rc != 0 && (err->what[0] == '\0' || rc != -(int)err->code))
		t->silent = true;
	return rc;
}

static void
add_some(struct store *s, struct tally *t, unsigned n)
{
	struct add a = { .n = n };
	struct err err = { .code = OK };
	int rc = store_write(s, add_events, &a, &err);

	pthread_mutex_lock(&t->lock);
	t->asked += n;
	if (told(t, rc, &err) == 0)
		t->answered += n;
	pthread_mutex_unlock(&t->lock);
}

static int
refuse(struct tx *tx, void *ctx, struct err *err)
{
	TRY(add_events(tx, &(struct add){ .n = 2 }, err));
	return err_set(err, EDENIED, "as the test wants");
}

/* Three writers that share a commit, the second of which fails. */
struct company {
	struct store	*s;
	struct tally	*t;
	sem_t		 inside, go;
	unsigned	 done;
	int		 rc;		/* what wake was told */
	struct err	 why;
};

static int
hold(struct tx *tx, void *ctx, struct err *err)
{
	struct company *c = ctx;

	sem_post(&c->inside);
	sem_wait(&c->go);
	return 0;
}

static void *
holder(void *arg)
{
	struct company *c = arg;

	(void)!store_write(c->s, hold, c, NULL);
	sem_post(&c->inside);
	return NULL;
}

static void *
adder(void *arg)
{
	struct company *c = arg;

	add_some(c->s, c->t, 1);
	__atomic_add_fetch(&c->done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void *
refuser(void *arg)
{
	struct company *c = arg;
	struct err err = { .code = OK };

	(void)told(c->t, store_write(c->s, refuse, NULL, &err), &err);
	__atomic_add_fetch(&c->done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void
in_company(struct store *s, struct tally *t)
{
	static void *(*const who[])(void *) = { holder, adder, refuser, adder };
	struct company c = { .s = s, .t = t };
	pthread_t id[NELEM(who)];

	sem_init(&c.inside, 0, 0);
	sem_init(&c.go, 0, 0);
	for (size_t i = 0; i < NELEM(who); i++) {
		pthread_create(&id[i], NULL, who[i], &c);
		if (i == 0)
			sem_wait(&c.inside);
	}
	for (unsigned n = 0; n < 2000 && store_stats(s).waiting +
	    __atomic_load_n(&c.done, __ATOMIC_SEQ_CST) < 3; n++)
		usleep(100);
	sem_post(&c.go);
	for (size_t i = 0; i < NELEM(who); i++)
		pthread_join(id[i], NULL);
}

static void
scenario(struct tally *t, bool fresh)
{
	AUTO(store) *s = NULL;
	struct err err = { .code = OK };
	struct ledger_head h;

	if (told(t, store_open(engine_url_, NULL, &s, &err), &err) != 0)
		return;
	add_some(s, t, 2);
	if (!fresh)
		in_company(s, t);
	(void)told(t, store_read(s, get_head, &h, &err), &err);
	if (ENGINE_IS_SQLITE && !fresh)
		(void)told(t, store_backup(s, scratch_path("copy"), &err),
		    &err);
	/* The same store, with nothing failing any more. */
	left = __atomic_exchange_n(&countdown, 0, __ATOMIC_SEQ_CST);
	unit_ok(store_read(s, get_head, &h, &unit_err));
	add_some(s, t, 1);
}

static void
check_after(const struct tally *t, uint64_t *size, int nth)
{
	AUTO(store) *s = NULL;
	struct ledger_head h;
	struct sha256 want;

	ck_assert_msg(!t->silent, "call %d failed without words", nth);
	unit_ok(store_open(engine_url_, NULL, &s, &unit_err));
	h = head_of(s);
	ck_assert_msg(h.size >= *size + t->answered, "call %d: lost", nth);
	ck_assert_msg(h.size <= *size + t->asked, "call %d: too many", nth);
	want = naive_root(0, h.size);
	ck_assert_msg(sha256_equal(&h.root, &want), "call %d: the tree", nth);
	*size = h.size;
}

static void
once(int nth, bool fresh, uint64_t *size)
{
	struct tally t = { .asked = 0 };

	if (fresh) {
		forget_schema();
		*size = 0;
	}
	(void)unlink(scratch_path("copy"));
	pthread_mutex_init(&t.lock, NULL);
	__atomic_store_n(&countdown, nth, __ATOMIC_SEQ_CST);
	scenario(&t, fresh);
	__atomic_store_n(&countdown, 0, __ATOMIC_SEQ_CST);
	check_after(&t, size, nth);
}

/* Returns how many calls there were to fail. */
static int
fail_each(bool fresh)
{
	uint64_t size = 0;
	int calls;

	once(MOST, fresh, &size);
	calls = MOST - left;
	/* One migration is made like another: of the later ones, a call in each. */
	for (int nth = 1; nth <= calls; nth += fresh && nth > EACH ? STRIDE : 1)
		once(nth, fresh, &size);
	return calls;
}

START_TEST(each_call_into_the_engine_may_fail)
{
	AUTO(store) *s = engine_store();

	store_free(TAKE(s));
	failure = FAILURES[_i];
	ck_assert_int_ge(fail_each(false), 80);
}
END_TEST

START_TEST(each_call_that_makes_the_schema_may_fail)
{
	engine_url();
	failure = FAILURES[_i];
	ck_assert_int_ge(fail_each(true), 40);
}
END_TEST

static void
wake(void *ctx, int rc, const struct err *why)
{
	struct company *c = ctx;

	c->rc = rc;
	if (rc != 0)
		c->why = *why;
	sem_post(&c->inside);
}

static int
add_later(struct tx *tx, void *ctx, struct err *err)
{
	return add_events(tx, &(struct add){ .n = 1 }, err);
}

static int
write_later(struct store *s, struct err *err)
{
	struct company c = { .s = s };

	sem_init(&c.inside, 0, 0);
	TRY(store_write_later(s, add_later, &c, wake, err));
	sem_wait(&c.inside);
	sem_destroy(&c.inside);
	if (c.rc != 0)
		*err = c.why;
	return c.rc;
}

static int
without_memory(void *ctx, struct err *err)
{
	AUTO(store) *s = NULL;
	struct ledger_head h;

	TRY(store_open(engine_url_, NULL, &s, err));
	TRY(store_write(s, add_events, &(struct add){ .n = 2 }, err));
	TRY(write_later(s, err));
	return store_read(s, get_head, &h, err);
}

START_TEST(want_of_memory_is_called_by_its_name)
{
	AUTO(store) *s = engine_store();

	store_free(TAKE(s));
	ck_assert_uint_ge(fault_each(FAULT_MEMORY, without_memory, NULL), 8);
}
END_TEST

ENGINE_MAIN("fault/store",
	UNIT_ROWS(each_call_into_the_engine_may_fail, FAILURES)
	UNIT_ROWS(each_call_that_makes_the_schema_may_fail, FAILURES)
	UNIT(want_of_memory_is_called_by_its_name))
