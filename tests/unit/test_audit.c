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
	    0), 22);
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

/*
 * What who holds the service alone can do: events of its own invention, whose
 * leaves the keeper signs unseen.  It has no key of the token.
 */
START_TEST(a_key_that_was_never_in_the_token_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r, *q;

	world_begin(&w);
	w.made_by = w.firmware_key;
	world_key(&w, "development");
	world_activate(&w);
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "image", NULL));
	unit_ok(world_signed(&w, q, false, 1, "ci", "image", NULL, &unit_err));
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert_str_eq(bundle_first(r), "key-proof");
	ck_assert_int_eq(json_array_size(json_object_get(r, "findings")), 1);
	json_decref(r);
	json_decref(q);
	blob_done(&b);
	world_end(&w);
}
END_TEST

/* Keys that are made at once reach the ledger in any order. */
START_TEST(an_entry_with_one_unshown_below_is_no_finding)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r;

	world_begin(&w);
	world_key(&w, "development");
	w.journal.n--;		/* the keeper was not shown the one before it */
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(an_entry_that_the_checkpoint_does_not_cover_is_found)
{
	struct world w;
	uint64_t before;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r;

	world_begin(&w);
	before = w.journal.n;
	w.journal.n += 1000;
	world_key(&w, "development");
	w.journal.n = before;	/* the keeper was not shown so many below it */
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert(bundle_has(r, "journal-uncovered"));
	ck_assert(!json_flag(r, "ok", true));
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

START_TEST(intents_explain_what_has_no_event)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r;

	world_begin(&w);
	world_key(&w, "development");
	world_intent(&w, ENTRY_GENERATE_INTENT, w.key_request);
	world_intent(&w, ENTRY_GENERATE_FAILED, w.key_request);
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	bundle_good(r);
	ck_assert_int_eq(json_int(json_object_get(r, "entries"), "silent", 0),
	    3);
	ck_assert_int_eq(json_int(json_object_get(r, "entries"), "explained",
	    0), 1);
	ck_assert_int_eq(json_array_size(json_object_get(r,
	    "cannot_exclude")), 2);
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

/* Nothing came between founding and key, say their numbers. */
START_TEST(a_making_without_its_intent_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 };
	json_t *r;

	world_begin(&w);
	w.no_intents = true;
	world_key(&w, "development");
	bundle_write(&w, 0, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	ck_assert(bundle_has(r, "journal-gap"));
	json_decref(r);
	blob_done(&b);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("audit",
	UNIT(a_key_that_was_never_in_the_token_is_found)
	UNIT(an_entry_with_one_unshown_below_is_no_finding)
	UNIT(an_entry_that_the_checkpoint_does_not_cover_is_found)
	UNIT(intents_explain_what_has_no_event)
	UNIT(a_making_without_its_intent_is_found)
	UNIT(an_honest_ledger_verifies)
	UNIT(an_amended_charter_is_followed)
	UNIT(replay_makes_the_same_tables))
