/*
 * Every statement of src/store/sql is prepared on both engines.
 */
#include "config.h"
#include "store/sql.h"
#include "tests/unit/engine.h"

#ifdef ENGINE_POSTGRESQL

/* BIGINT, TEXT and BYTEA: what store.h hands out. */
static bool
is_known(Oid type)
{
	return type == 20 || type == 25 || type == 17;
}

static void
prepare(PGconn *c, size_t i)
{
	const struct sql_statement *s = &sql_statements[i];
	PGresult *r = PQprepare(c, s->name, s->text[SQL_POSTGRESQL], 0, NULL);

	ck_assert_msg(PQresultStatus(r) == PGRES_COMMAND_OK, "%s: %s",
	    s->name, PQerrorMessage(c));
	PQclear(r);
	r = PQdescribePrepared(c, s->name);
	for (int j = 0; j < PQnparams(r); j++)
		ck_assert_msg(is_known(PQparamtype(r, j)),
		    "%s: $%d is of another type: CAST it", s->name, j + 1);
	for (int j = 0; j < PQnfields(r); j++)
		ck_assert_msg(is_known(PQftype(r, j)),
		    "%s: %s is of another type: CAST it", s->name,
		    PQfname(r, j));
	PQclear(r);
}

START_TEST(every_statement_can_be_prepared)
{
	AUTO(store) *s UNUSED = engine_store();
	PGconn *c = PQconnectdb(engine_url_ + strlen("postgresql:"));

	for (size_t i = 0; i < sql_statements_n; i++)
		prepare(c, i);
	PQfinish(c);
}
END_TEST
#define LOOKS

#else

static void
check_columns(const char *name, sqlite3_stmt *st)
{
	for (int i = 0; i < sqlite3_column_count(st); i++)
		ck_assert_msg(strpbrk(sqlite3_column_name(st, i), " (*'") ==
		    NULL, "%s: column %d needs a name: AS", name, i + 1);
}

START_TEST(every_statement_can_be_prepared)
{
	AUTO(store) *s UNUSED = engine_store();
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(engine_url_ + strlen("sqlite:"), &db),
	    SQLITE_OK);
	for (size_t i = 0; i < sql_statements_n; i++) {
		const char *tail, *text = sql_statements[i].text[SQL_SQLITE];
		sqlite3_stmt *st;

		ck_assert_msg(sqlite3_prepare_v2(db, text, -1, &st, &tail) ==
		    SQLITE_OK, "%s: %s", sql_statements[i].name,
		    sqlite3_errmsg(db));
		ck_assert_msg(strspn(tail, " \n\t") == strlen(tail),
		    "%s: more than one statement", sql_statements[i].name);
		check_columns(sql_statements[i].name, st);
		sqlite3_finalize(st);
	}
	sqlite3_close(db);
}
END_TEST

/* A window's uses are many, and so are an image's requests; what ends is looked at
 * among millions. */
static const struct {
	const char	*name, *how;
} PLANS[] = {
	{ "use_first", "SEARCH entry USING INDEX entry_request (request=?)" },
	{ "use_first_of", "SEARCH entry USING INDEX entry_digest (digest=?)" },
	{ "cert_single_flock", "SEARCH certificate USING INDEX certificate_single (ca=? AND profile>?)" },
	{ "cert_single_flock_behind", "SEARCH certificate USING INDEX certificate_single (ca>?)" },
	{ "elsewhere_cert_flock", "SEARCH elsewhere_certificate USING INDEX elsewhere_certificate_flock (<expr>>?)" },
};

START_TEST(a_use_is_found_by_its_index)
{
	AUTO(store) *s UNUSED = engine_store();
	char text[2000] = "";
	sqlite3_stmt *st;
	sqlite3 *db;

	for (size_t i = 0; i < sql_statements_n; i++)
		if (strcmp(sql_statements[i].name, PLANS[_i].name) == 0)
			snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s",
			    sql_statements[i].text[SQL_SQLITE]);
	ck_assert_int_eq(sqlite3_open(engine_url_ + strlen("sqlite:"), &db),
	    SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, text, -1, &st, NULL),
	    SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
	ck_assert_str_eq((const char *)sqlite3_column_text(st, 3),
	    PLANS[_i].how);
	ck_assert_int_eq(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
	sqlite3_close(db);
}
END_TEST
#define LOOKS	UNIT_ROWS(a_use_is_found_by_its_index, PLANS)

#endif

static bool
is_digits(const char *p)
{
	return *p >= '0' && *p <= '9';
}

/* The parameters of a text, as bits: $1 is bit 0. */
static uint64_t
parameters(const char *text)
{
	uint64_t set = 0;

	for (const char *p = text; (p = strchr(p, '$')) != NULL; p++)
		if (is_digits(p + 1))
			set |= (uint64_t)1 << (atoi(p + 1) - 1);
	return set;
}

START_TEST(parameters_are_numbered_without_a_gap_and_alike)
{
	for (size_t i = 0; i < sql_statements_n; i++) {
		const struct sql_statement *s = &sql_statements[i];
		uint64_t set = parameters(s->text[SQL_SQLITE]);

		ck_assert_msg((set & (set + 1)) == 0 &&
		    set == parameters(s->text[SQL_POSTGRESQL]), "%s", s->name);
		ck_assert_msg(set >> 32 == 0, "%s: more than 32", s->name);
	}
}
END_TEST

START_TEST(names_are_sorted_for_the_search)
{
	for (size_t i = 1; i < sql_statements_n; i++)
		ck_assert_str_lt(sql_statements[i - 1].name,
		    sql_statements[i].name);
}
END_TEST

ENGINE_MAIN("store/statements",
	UNIT(every_statement_can_be_prepared)
	LOOKS
	UNIT(parameters_are_numbered_without_a_gap_and_alike)
	UNIT(names_are_sorted_for_the_search))
