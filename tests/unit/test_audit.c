/* A bundle is judged by what it proves, and replay makes the same tables. */
#include "config.h"

#include "tests/unit/bundle.h"

START_TEST(an_honest_ledger_verifies)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r;

	world_begin(&w);
	world_everything(&w);
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	ck_assert_int_eq(json_int(json_object_get(r, "checked"), "approvals",
	    0), 19);
	ck_assert_int_eq(json_array_size(json_object_get(r, "unchecked")), 0);
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(an_amended_charter_is_followed)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r;

	world_begin(&w);
	world_key(&w, "development");
	world_amend(&w);
	world_activate(&w);
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(replay_makes_the_same_tables)
{
	struct world w;
	json_t *r;
	char *text;

	world_begin(&w);
	world_everything(&w);
	world_amend(&w);
	unit_ok(audit_replay(w.store, NULL, &r, &unit_err));
	text = json_pretty(r);
	ck_assert_msg(json_flag(r, "ok", false), "%s", text);
	ck_assert_int_ge(json_int(json_object_get(r, "tables"), "request", 0),
	    10);
	free(text);
	json_decref(r);
	engine_sql("UPDATE request SET have = have + 1");
	unit_ok(audit_replay(w.store, NULL, &r, &unit_err));
	ck_assert(!json_flag(r, "ok", true));
	json_decref(r);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("audit",
	UNIT(an_honest_ledger_verifies)
	UNIT(an_amended_charter_is_followed)
	UNIT(replay_makes_the_same_tables))
