/* Where a key has gone: where its private half was found, and which devices have it. */
#include "config.h"

#include "product/device.h"
#include "store/store.h"
#include "tests/unit/world_device.h"
#include "tests/unit/world_found.h"

#define OTHER	"00000000000000000000000000000000000000000000000000000000000000aa"

struct looked_for {
	const char	*hash, *name;
	unsigned	 limit;
	char		 seen[400];
	int64_t		 count;
	unsigned	 pages;
};

static void
see(struct looked_for *l, const json_t *list, const char *member)
{
	const json_t *one;
	size_t i;

	ck_assert_uint_le(json_array_size(list), l->limit);
	json_array_foreach((json_t *)(uintptr_t)list, i, one) {
		size_t n = strlen(l->seen);

		snprintf(l->seen + n, sizeof(l->seen) - n, "%s ", json_str(one,
		    member, "-"));
	}
}

/* ---- copies ---- */

static int
look_copies(struct tx *tx, void *ctx, struct err *err)
{
	struct looked_for *l = ctx;
	struct found_filter f = { .key = l->hash };
	char *cursor = NULL, *next = NULL;

	do {
		AUTO_JSON *list = NULL;
		int rc = found_list(tx, &f, cursor, l->limit, &list, &next,
		    err);

		free(cursor);
		TRY(rc);
		see(l, list, "place");
		see(l, list, "state");
		cursor = next;
	} while (cursor != NULL && l->pages++ < 20);
	return found_copies_count(tx, l->hash, &l->count, err);
}

static void
lies(struct world *w, const char *kind, const char *place, const char *print)
{
	unit_ok(world_report(w, world_finding(kind, place, print), NULL, NULL,
	    &unit_err));
}

static json_t *
lying(const char *kind, const char *place, const char *print)
{
	json_t *f = world_finding(kind, place, print), *id =
	    world_finding_id(f);

	json_decref(f);
	return id;
}

START_TEST(a_key_s_copies_are_where_its_private_half_lies)
{
	struct looked_for l = { .limit = 1 };
	char hex[SHA256_HEX];
	struct world w;

	world_begin(&w);
	spki_print(WORLD_SPKI, hex);
	l.hash = hex;
	lies(&w, "private-key", "file://h/a", hex);
	lies(&w, "private-key", "file://h/b", hex);
	lies(&w, "private-key", "file://h/c", hex);
	lies(&w, "private-key", "file://h/d", OTHER);
	lies(&w, "public-key", "file://h/e", hex);
	lies(&w, "token-key", "pkcs11:token=t;object=x", hex);
	/* Whose that is nobody knows: of no key that is not known either. */
	lies(&w, "token-key", "pkcs11:token=t;object=y", NULL);
	unit_ok(world_dismiss(&w, lying("private-key", "file://h/b", hex),
	    &unit_err));
	unit_ok(world_report(&w, NULL, lying("private-key", "file://h/c",
	    hex), NULL, &unit_err));
	unit_ok(state_read(w.state, look_copies, &l, &unit_err));
	ck_assert_str_eq(l.seen, "file://h/a open file://h/b dismissed "
	    "pkcs11:token=t;object=x open ");
	ck_assert_int_eq(l.count, 3);
	l = (struct looked_for){ .hash = "", .limit = 9 };
	unit_ok(state_read(w.state, look_copies, &l, &unit_err));
	ck_assert_str_eq(l.seen, "");
	ck_assert_int_eq(l.count, 0);
	world_end(&w);
}
END_TEST

/* ---- devices ---- */

static int
look_devices(struct tx *tx, void *ctx, struct err *err)
{
	struct looked_for *l = ctx;
	char *cursor = NULL, *next = NULL;

	do {
		AUTO_JSON *list = NULL;
		int rc = device_bearers(tx, l->hash, l->name, cursor,
		    l->limit, &list, &next, err);

		free(cursor);
		TRY(rc);
		see(l, list, "serial");
		cursor = next;
	} while (cursor != NULL && l->pages++ < 20);
	return device_bearers_count(tx, l->hash, l->name, &l->count, err);
}

static void
given(struct world *w, const char *serial, const char *one, const char *other)
{
	unit_ok(world_rows(w, ACTION_DEVICE_IMPORT, EVENT_DEVICE_IMPORTED,
	    world_json("{s:[{s:s, s:[s, s]}]}", "devices", "serial", serial,
	    "keys", one, other), &unit_err));
}

static const struct {
	const char *why, *hash, *name;
	unsigned limit;
	const char *seen;
	int64_t count;
} BEARERS[] = {
	{ "by hash and by either name, each once", "H", "vendor", 9,
	    "D-1 D-2 D-3 D-4 ", 4 },
	{ "one by one", "H", "vendor", 1, "D-1 D-2 D-3 D-4 ", 4 },
	{ "two by two", "H", "vendor", 2, "D-1 D-2 D-3 D-4 ", 4 },
	{ "under the name that it had before", "H", "before", 9,
	    "D-1 D-2 D-3 D-4 ", 4 },
	{ "one of which nobody knows the public key", "", "cloud", 9, "D-5 ",
	    1 },
	{ "nobody's", OTHER, "nobody", 9, "", 0 },
};

START_TEST(the_devices_that_have_a_key_are_told_once)
{
	struct looked_for l = { .name = BEARERS[_i].name,
	    .limit = BEARERS[_i].limit };
	char hex[SHA256_HEX];
	struct world w;

	world_begin(&w);
	spki_print(WORLD_SPKI, hex);
	l.hash = strcmp(BEARERS[_i].hash, "H") == 0 ? hex : BEARERS[_i].hash;
	unit_ok(world_said(&w, ACTION_KEY_REGISTER, EVENT_KEY_REGISTERED,
	    world_elsewhere_of("before", "a", WORLD_SPKI), &unit_err));
	unit_ok(world_said(&w, ACTION_KEY_UNREGISTER, EVENT_KEY_UNREGISTERED,
	    world_elsewhere_which("before"), &unit_err));
	unit_ok(world_said(&w, ACTION_KEY_REGISTER, EVENT_KEY_REGISTERED,
	    world_elsewhere_of("vendor", "a", WORLD_SPKI), &unit_err));
	given(&w, "D-4", "before", "vendor");
	given(&w, "D-2", "vendor", hex);
	given(&w, "D-1", hex, "x");
	given(&w, "D-3", "before", "y");
	given(&w, "D-5", "cloud", "z");
	unit_ok(state_read(w.state, look_devices, &l, &unit_err));
	ck_assert_msg(strcmp(l.seen, BEARERS[_i].seen) == 0, "%s: %s",
	    BEARERS[_i].why, l.seen);
	ck_assert_int_eq(l.count, BEARERS[_i].count);
	world_end(&w);
}
END_TEST

#ifndef ENGINE_POSTGRESQL
#include "store/sql.h"

/* Of SQLite's words: it goes through this table, and by no index. */
static bool
is_read_through(const char *how)
{
	static const char *const tables[] = { "SCAN device", "SCAN finding",
		"SCAN key", "SCAN elsewhere_key", "SCAN own" };

	for (size_t i = 0; i < NELEM(tables); i++)
		if (strncmp(how, tables[i], strlen(tables[i])) == 0)
			return true;
	return false;
}

START_TEST(where_a_key_has_gone_is_found_by_indexes)
{
	static const char *const names[] = { "device_bearers",
		"device_bearers_count", "finding_copies",
		"finding_copies_count" };
	AUTO(store) *s UNUSED = engine_store();
	char text[2000] = "";
	sqlite3_stmt *st;
	sqlite3 *db;

	for (size_t i = 0; i < sql_statements_n; i++)
		if (strcmp(sql_statements[i].name, names[_i]) == 0)
			snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s",
			    sql_statements[i].text[SQL_SQLITE]);
	ck_assert_int_eq(sqlite3_open(engine_url_ + strlen("sqlite:"), &db),
	    SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, text, -1, &st, NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *how = (const char *)sqlite3_column_text(st, 3);

		ck_assert_msg(!is_read_through(how), "%s: %s", names[_i], how);
		ck_assert_msg(strncmp(how, "SEARCH finding", 14) != 0 ||
		    strstr(how, "finding_fingerprint") != NULL, "%s: %s",
		    names[_i], how);
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
}
END_TEST
#define PLANS	tcase_add_loop_test(tc, where_a_key_has_gone_is_found_by_indexes, 0, 4);
#else
#define PLANS
#endif

ENGINE_MAIN("state/spread",
    UNIT(a_key_s_copies_are_where_its_private_half_lies)
    UNIT_ROWS(the_devices_that_have_a_key_are_told_once, BEARERS)
    PLANS)
