/*
 * The database locked, gone, full or killed: an error, nothing lost, and
 * service again without a restart.
 */
#include "config.h"
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "base/clock.h"
#include "tests/unit/engine.h"
#include "tests/unit/ledger_add.h"

static const struct store_config hasty = { .busy_ms = 200 };

static struct store *
hasty_store(void)
{
	struct store *s = NULL;

	unit_ok(store_open(engine_url(), &hasty, &s, &unit_err));
	unit_ok(store_write(s, add_events, &(struct add){ .n = 1 },
	    &unit_err));
	return s;
}

static int
add_one(struct store *s)
{
	return store_write(s, add_events, &(struct add){ .n = 1 }, &unit_err);
}

static void
check_ledger(struct store *s, uint64_t size)
{
	struct ledger_head h = head_of(s);
	struct sha256 want = naive_root(0, size);

	ck_assert_uint_eq(h.size, size);
	ck_assert(sha256_equal(&h.root, &want));
}

/* A child that writes until it is killed, and says what it was answered. */
static void
write_for_ever(int out)
{
	AUTO(store) *s = NULL;
	struct add a = { .n = 1 };

	if (store_open(engine_url_, NULL, &s, NULL) != 0)
		_exit(1);
	while (store_write(s, add_events, &a, NULL) == 0)
		if (write(out, &a.first, sizeof(a.first)) < 0)
			_exit(1);
	_exit(1);
}

/* The last event that the child was answered for. */
static uint64_t
kill_after(unsigned answers)
{
	uint64_t seq = 0;
	int out[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(out), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		write_for_ever(out[1]);
	close(out[1]);
	for (unsigned i = 0; i < answers; i++)
		ck_assert_int_eq(read(out[0], &seq, sizeof(seq)),
		    sizeof(seq));
	kill(pid, SIGKILL);
	/* What it said before it died counts too. */
	while (read(out[0], &seq, sizeof(seq)) == sizeof(seq))
		;
	close(out[0]);
	waitpid(pid, &status, 0);
	ck_assert(WIFSIGNALED(status));
	return seq;
}

START_TEST(what_was_answered_survives_a_kill)
{
	struct store *s = engine_store();

	store_free(s);
	for (unsigned i = 0; i < 6; i++) {
		uint64_t seq = kill_after(1 + i * 7);
		struct ledger_head h;

		unit_ok(store_open(engine_url_, NULL, &s, &unit_err));
		h = head_of(s);
		/* One more may have been made durable and not answered. */
		ck_assert_uint_ge(h.size, seq + 1);
		ck_assert_uint_le(h.size, seq + 2);
		check_ledger(s, h.size);
		unit_ok(add_one(s));
		store_free(s);
	}
}
END_TEST

#ifdef ENGINE_POSTGRESQL

static const char *
database(void)
{
	return strstr(engine_url_, "dbname=") + strlen("dbname=");
}

static void
end_sessions(void)
{
	char text[256];

	snprintf(text, sizeof(text), "SELECT pg_terminate_backend(pid, 5000)"
	    " FROM pg_stat_activity WHERE datname = '%s'", database());
	engine_sql_on(pg_conninfo, text);
}

static void
allow(bool connections)
{
	char text[256];

	snprintf(text, sizeof(text), "ALTER DATABASE %s ALLOW_CONNECTIONS %s",
	    database(), connections ? "true" : "false");
	engine_sql_on(pg_conninfo, text);
}

START_TEST(a_locked_head_is_an_error_not_a_stall)
{
	AUTO(store) *s = hasty_store();
	PGconn *c = PQconnectdb(engine_url_ + strlen("postgresql:"));
	time_us began = clock_mono();

	PQclear(PQexec(c, "BEGIN; SELECT size FROM ledger_head FOR UPDATE"));
	unit_fails(add_one(s), ESTORE);
	ck_assert_int_lt(clock_mono() - began, TIME_S(3));
	/* Who only reads does not notice. */
	check_ledger(s, 1);
	PQclear(PQexec(c, "ROLLBACK"));
	unit_ok(add_one(s));
	check_ledger(s, 2);
	PQfinish(c);
}
END_TEST

START_TEST(sessions_that_died_idle_are_not_noticed)
{
	AUTO(store) *s = hasty_store();

	check_ledger(s, 1);
	for (int i = 0; i < 3; i++) {
		end_sessions();
		unit_ok(add_one(s));
		end_sessions();
		check_ledger(s, (uint64_t)i + 2);
	}
	ck_assert_uint_ge(store_stats(s).reconnects, 6);
}
END_TEST

static int
die_within(struct tx *tx, void *ctx, struct err *err)
{
	TRY(add_events(tx, ctx, err));
	end_sessions();
	return 0;
}

START_TEST(a_session_that_dies_at_work_loses_nothing_answered)
{
	AUTO(store) *s = hasty_store();

	unit_fails(store_write(s, die_within, &(struct add){ .n = 1 },
	    &unit_err), ESTORE);
	check_ledger(s, 1);
	unit_ok(add_one(s));
	check_ledger(s, 2);
}
END_TEST

START_TEST(a_server_that_comes_back_is_found_again)
{
	AUTO(store) *s = hasty_store();

	allow(false);
	end_sessions();
	unit_fails(add_one(s), ESTORE);
	unit_fails(store_ping(s, &unit_err), ESTORE);
	unit_fails(add_one(s), ESTORE);
	allow(true);
	unit_ok(store_ping(s, &unit_err));
	unit_ok(add_one(s));
	check_ledger(s, 2);
}
END_TEST

/* Every session of this database stops, or goes on. */
static void
signal_sessions(int signo)
{
	PGconn *c = PQconnectdb(pg_conninfo);
	char text[256];
	PGresult *r;

	snprintf(text, sizeof(text), "SELECT pid FROM pg_stat_activity"
	    " WHERE datname = '%s'", database());
	r = PQexec(c, text);
	ck_assert_int_gt(PQntuples(r), 0);
	for (int i = 0; i < PQntuples(r); i++)
		ck_assert_int_eq(kill(atoi(PQgetvalue(r, i, 0)), signo), 0);
	PQclear(r);
	PQfinish(c);
}

START_TEST(a_session_that_says_nothing_is_given_up)
{
	AUTO(store) *s = hasty_store();
	time_us began = clock_mono();

	signal_sessions(SIGSTOP);
	unit_ok(add_one(s));
	ck_assert_int_lt(clock_mono() - began, TIME_S(5));
	ck_assert_uint_eq(store_stats(s).reconnects, 1);
	check_ledger(s, 2);
	signal_sessions(SIGCONT);
}
END_TEST

static void
signal_server(int signo)
{
	char path[128], digits[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/data/postmaster.pid", pg_dir);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(digits, sizeof(digits), f));
	fclose(f);
	ck_assert_int_eq(kill(atoi(digits), signo), 0);
}

START_TEST(a_server_that_says_nothing_is_not_waited_for)
{
	AUTO(store) *s = hasty_store();
	time_us began;

	signal_sessions(SIGSTOP);
	signal_server(SIGSTOP);
	began = clock_mono();
	unit_fails(add_one(s), ESTORE);
	ck_assert_int_lt(clock_mono() - began, TIME_S(8));
	signal_server(SIGCONT);
	signal_sessions(SIGCONT);
	unit_ok(add_one(s));
	check_ledger(s, 2);
}
END_TEST

#define ENGINE_TESTS \
	UNIT(a_locked_head_is_an_error_not_a_stall) \
	UNIT(sessions_that_died_idle_are_not_noticed) \
	UNIT(a_session_that_dies_at_work_loses_nothing_answered) \
	UNIT(a_server_that_comes_back_is_found_again) \
	UNIT(a_session_that_says_nothing_is_given_up) \
	UNIT(a_server_that_says_nothing_is_not_waited_for)

#else

START_TEST(a_locked_database_is_an_error_not_a_stall)
{
	AUTO(store) *s = hasty_store();
	time_us began = clock_mono();
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(engine_url_ + strlen("sqlite:"), &db),
	    SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL,
	    NULL), SQLITE_OK);
	unit_fails(add_one(s), ESTORE);
	ck_assert_int_lt(clock_mono() - began, TIME_S(3));
	check_ledger(s, 1);
	sqlite3_close(db);
	unit_ok(add_one(s));
	check_ledger(s, 2);
}
END_TEST

START_TEST(a_file_that_is_moved_away_is_missed_until_it_is_back)
{
	AUTO(store) *s = hasty_store();
	const char *path = engine_url_ + strlen("sqlite:");

	check_ledger(s, 1);
	ck_assert_int_eq(rename(path, scratch_path("elsewhere")), 0);
	unit_fails(add_one(s), ESTORE);
	unit_fails(store_ping(s, &unit_err), ESTORE);
	unit_fails(add_one(s), ESTORE);
	ck_assert_int_ne(access(path, F_OK), 0);
	ck_assert_int_eq(rename(scratch_path("elsewhere"), path), 0);
	unit_ok(store_ping(s, &unit_err));
	unit_ok(add_one(s));
	check_ledger(s, 2);
}
END_TEST

static int
move_within(struct tx *tx, void *ctx, struct err *err)
{
	TRY(add_events(tx, &(struct add){ .n = 1 }, err));
	return rename(engine_url_ + strlen("sqlite:"), ctx);
}

START_TEST(a_file_that_moves_during_a_write_is_noticed_before_the_answer)
{
	AUTO(store) *s = hasty_store();

	unit_fails(store_write(s, move_within, (void *)scratch_path("gone"),
	    &unit_err), ESTORE);
}
END_TEST

static int
add_large(struct tx *tx, void *ctx, struct err *err)
{
	static char leaf[LEDGER_LEAF_MAX];
	struct ledger_event e = { .kind = "k", .actor = "a", .subject = "s",
		.leaf = leaf, .leaf_octets = sizeof(leaf) };

	TRY(ledger_next(tx, &e.seq, err));
	return ledger_append(tx, &e, err);
}

START_TEST(a_full_disk_is_an_error_until_there_is_room)
{
	AUTO(store) *s = hasty_store();
	struct rlimit full = { 300000, RLIM_INFINITY };
	struct rlimit room = { RLIM_INFINITY, RLIM_INFINITY };

	check_ledger(s, 1);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
	for (int i = 0; i < 3; i++)
		unit_fails(store_write(s, add_large, NULL, &unit_err),
		    ESTORE);
	check_ledger(s, 1);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &room), 0);
	unit_ok(add_one(s));
	check_ledger(s, 2);
	unit_ok(store_write(s, add_large, NULL, &unit_err));
	ck_assert_uint_eq(head_of(s).size, 3);
}
END_TEST

#define ENGINE_TESTS \
	UNIT(a_locked_database_is_an_error_not_a_stall) \
	UNIT(a_file_that_is_moved_away_is_missed_until_it_is_back) \
	UNIT(a_file_that_moves_during_a_write_is_noticed_before_the_answer) \
	UNIT(a_full_disk_is_an_error_until_there_is_room)

#endif

ENGINE_MAIN("store/failure",
	UNIT(what_was_answered_survives_a_kill)
	ENGINE_TESTS)
