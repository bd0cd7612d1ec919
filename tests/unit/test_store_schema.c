/*
 * Opening, migrations and backup, on both engines.
 */
#include "config.h"
#include <sys/stat.h>
#include "tests/unit/engine.h"
#include "tests/unit/ledger_add.h"

static int
open_again(struct store **ret)
{
	return store_open(engine_url_, NULL, ret, &unit_err);
}

START_TEST(a_second_opening_changes_nothing)
{
	AUTO(store) *s = engine_store();
	AUTO(store) *beside = NULL, *after = NULL;

	unit_ok(store_write(s, add_events, &(struct add){ .n = 3 },
	    &unit_err));
	unit_ok(open_again(&beside));
	ck_assert_uint_eq(head_of(beside).size, 3);
	store_free(TAKE(beside));
	store_free(TAKE(s));
	unit_ok(open_again(&after));
	ck_assert_uint_eq(head_of(after).size, 3);
	ck_assert_str_eq(store_engine(after),
	    ENGINE_IS_SQLITE ? "sqlite" : "postgresql");
}
END_TEST

static const struct {
	const char	*why, *sql, *says;
} SCHEMAS[] = {
	{ "made by a newer program",
	    "INSERT INTO schema_migration (number, name, hash) SELECT "
	    "MAX(number) + 1, '9999-future', '00' FROM schema_migration",
	    "newer" },
	{ "a migration was edited",
	    "UPDATE schema_migration SET hash = 'x' WHERE number = 1",
	    "0001-ledger is not the one" },
	{ "a migration is not in the list",
	    "DELETE FROM schema_migration WHERE number = 1; "
	    "INSERT INTO schema_migration (number, name, hash) "
	    "VALUES (900, 'x', 'x')",
	    "missing" },
};

START_TEST(a_schema_that_is_not_ours_is_refused)
{
	AUTO(store) *s = engine_store();
	AUTO(store) *again = NULL;

	store_free(TAKE(s));
	engine_sql(SCHEMAS[_i].sql);
	unit_fails(open_again(&again), ESTORE);
	ck_assert_msg(strstr(unit_err.what, SCHEMAS[_i].says) != NULL,
	    "%s: %s", SCHEMAS[_i].why, unit_err.what);
}
END_TEST

START_TEST(a_migration_that_fails_leaves_nothing)
{
	AUTO(store) *s = NULL;

	engine_url();
	engine_sql("CREATE TABLE checkpoint (other BIGINT PRIMARY KEY)");
	unit_fails(open_again(&s), ESTORE);
	ck_assert_ptr_nonnull(strstr(unit_err.what, "0001-ledger"));
	/* All of it can be made once what stood in its way is gone. */
	engine_sql("DROP TABLE checkpoint");
	unit_ok(open_again(&s));
	unit_ok(store_write(s, add_events, &(struct add){ .n = 1 },
	    &unit_err));
}
END_TEST

#ifdef ENGINE_POSTGRESQL
#define OCTET_7	"'\\x37'"
#else
#define OCTET_7	"x'37'"
#endif

static int
look_after(struct tx *tx, void *ctx, struct err *err)
{
	AUTO(rows) *r = NULL, *listed = NULL;
	bool there;

	TRY(tx_query(tx, "device_key_other", PARAMS(v_text("k-1"),
	    v_text("D-2")), &r, err));
	TRY(rows_next(r, &there, err));
	ck_assert(there);
	TRY(tx_one(tx, "cert_listed_get", PARAMS(v_text("kept"),
	    v_blob("7", 1)), &listed, err));
	ck_assert_str_eq(rows_text(listed, "status"), "held");
	return 0;
}

START_TEST(what_was_there_before_is_brought_along)
{
	AUTO(store) *s = NULL;

	engine_before(21);
	engine_sql("INSERT INTO device (serial, product, batch, market, keys, "
	    "made, factory, digest, installed, seen, request, created, seq) "
	    "VALUES ('D-1', '', '', '', '[\"k-1\",\"k-2\",\"k-1\"]', 0, 1, "
	    "'', 0, '', '', 0, 1), ('D-2', '', '', '', '[]', 0, 1, '', 0, '', "
	    "'', 0, 2)");
	engine_sql("INSERT INTO ca_listed (ca, serial, reason, revoked) VALUES "
	    "('kept', " OCTET_7 ", 'certificate-hold', 1)");
	unit_ok(open_again(&s));
	unit_ok(store_read(s, look_after, NULL, &unit_err));
}
END_TEST

static const struct {
	const char	*why, *url;
	enum err_code	 want;
} URLS[] = {
	{ "no engine", "", EUSAGE },
	{ "an engine we do not have", "mysql:host=x", EUSAGE },
	{ "a path alone", "/tmp/x", EUSAGE },
#ifdef ENGINE_POSTGRESQL
	{ "nobody listens", "postgresql:host=/nonexistent", ESTORE },
	{ "not a connection string", "postgresql:host", ESTORE },
	{ "nobody listens, as a URL",
	    "postgresql://%2Fnonexistent/claviger", ESTORE },
#else
	{ "a folder that is not there", "sqlite:/nonexistent/x", ESTORE },
	{ "a folder", "sqlite:/", ESTORE },
	{ "no database", "sqlite:/bin/sh", ESTORE },
#endif
};

START_TEST(a_url_that_leads_nowhere_is_refused)
{
	AUTO(store) *s = NULL;

	unit_fails(store_open(URLS[_i].url, NULL, &s, &unit_err),
	    URLS[_i].want);
	ck_assert_msg(s == NULL, "%s", URLS[_i].why);
}
END_TEST

#ifdef ENGINE_POSTGRESQL

START_TEST(a_url_of_libpqs_own_kind_works)
{
	AUTO(store) *s = NULL;
	char url[512];

	engine_url();
	snprintf(url, sizeof(url), "postgresql://claviger@/%s?host=%s",
	    strstr(engine_url_, "dbname=") + strlen("dbname="), pg_dir);
	unit_ok(store_open(url, NULL, &s, &unit_err));
	unit_ok(store_ping(s, &unit_err));
}
END_TEST

START_TEST(a_session_that_does_not_wait_for_the_disk_is_made_to)
{
	AUTO(store) *s = NULL;
	char text[256];

	engine_url();
	snprintf(text, sizeof(text), "ALTER DATABASE %s SET "
	    "synchronous_commit = off",
	    strstr(engine_url_, "dbname=") + strlen("dbname="));
	engine_sql(text);
	unit_ok(open_again(&s));
	unit_ok(store_write(s, add_events, &(struct add){ .n = 1 },
	    &unit_err));
}
END_TEST

START_TEST(backup_is_left_to_the_engines_own_tools)
{
	AUTO(store) *s = engine_store();

	unit_fails(store_backup(s, scratch_path("copy"), &unit_err), EUSAGE);
}
END_TEST

#define ENGINE_TESTS \
	UNIT(a_url_of_libpqs_own_kind_works) \
	UNIT(a_session_that_does_not_wait_for_the_disk_is_made_to) \
	UNIT(backup_is_left_to_the_engines_own_tools)

#else

START_TEST(a_backup_is_whole_and_ours_alone)
{
	AUTO(store) *s = engine_store();
	AUTO(store) *copy = NULL;
	const char *path = scratch_path("copy");
	struct sha256 want = naive_root(0, 300);
	struct ledger_head h;
	struct stat st;
	char url[512];

	unit_ok(store_write(s, add_events, &(struct add){ .n = 300 },
	    &unit_err));
	unit_ok(store_backup(s, path, &unit_err));
	unit_ok(store_write(s, add_events, &(struct add){ .n = 1 },
	    &unit_err));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	unit_fails(store_backup(s, path, &unit_err), EEXISTS);
	unit_fails(store_backup(s, "/nonexistent/copy", &unit_err), ESTORE);

	snprintf(url, sizeof(url), "sqlite:%s", path);
	unit_ok(store_open(url, NULL, &copy, &unit_err));
	h = head_of(copy);
	ck_assert_uint_eq(h.size, 300);
	ck_assert(sha256_equal(&h.root, &want));
}
END_TEST

START_TEST(the_database_is_ours_alone)
{
	AUTO(store) *s = engine_store();
	struct stat st;

	ck_assert_int_eq(stat(engine_url_ + strlen("sqlite:"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	unit_ok(store_ping(s, &unit_err));
}
END_TEST

START_TEST(a_database_in_memory_works_for_one_process)
{
	AUTO(store) *s = NULL;

	unit_ok(store_open("sqlite::memory:", NULL, &s, &unit_err));
	unit_ok(store_write(s, add_events, &(struct add){ .n = 5 },
	    &unit_err));
	ck_assert_uint_eq(head_of(s).size, 5);
	unit_fails(store_backup(s, scratch_path("copy"), &unit_err), EUSAGE);
}
END_TEST

#define ENGINE_TESTS \
	UNIT(a_backup_is_whole_and_ours_alone) \
	UNIT(the_database_is_ours_alone) \
	UNIT(a_database_in_memory_works_for_one_process)

#endif

ENGINE_MAIN("store/schema",
	UNIT(a_second_opening_changes_nothing)
	UNIT_ROWS(a_schema_that_is_not_ours_is_refused, SCHEMAS)
	UNIT(a_migration_that_fails_leaves_nothing)
	UNIT(what_was_there_before_is_brought_along)
	UNIT_ROWS(a_url_that_leads_nowhere_is_refused, URLS)
	ENGINE_TESTS)
