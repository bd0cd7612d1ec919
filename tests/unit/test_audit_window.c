/* What an audit finds of windows that were closed: the journal's order tells. */
#include "config.h"

#include "tests/unit/bundle.h"

/* A house with an active key and an open window for "a" and "b". */
static json_t *
open_world(struct world *w)
{
	world_begin(w);
	world_key(w, "production");
	world_activate(w);
	return world_window_open(w, 2);
}

static json_t *
report_on(struct world *w, uint64_t since, json_t *chain)
{
	struct audit_options o = { .trust = w->fingerprint };
	struct blob b = { 0 };
	json_t *r;

	bundle_write(w, since, chain, &b);
	r = bundle_judge(b.data, b.len, &o);
	blob_done(&b);
	return r;
}

START_TEST(a_use_behind_the_closing_is_found)
{
	struct world w;
	json_t *q = open_world(&w), *r;

	unit_ok(world_signed(&w, q, true, 1, "ci", "a", NULL, &unit_err));
	world_window_close(&w, q);
	unit_ok(world_signed(&w, q, true, 2, "ci", "b", NULL, &unit_err));
	r = report_on(&w, 0, NULL);
	ck_assert_str_eq(bundle_first(r), "permit");
	ck_assert_int_eq(json_array_size(json_object_get(r, "findings")), 1);
	json_decref(r);
	json_decref(q);
	world_end(&w);
}
END_TEST

/* Committed behind it, but made before. */
START_TEST(a_use_before_the_closing_is_good_whenever_it_is_recorded)
{
	struct world w;
	json_t *q = open_world(&w), *asked, *use, *end, *r;

	asked = world_close_request(&w, q);
	use = world_sign_entry(&w, q, true, 1, "ci", "a", NULL);
	end = world_close_entry(&w, q, asked);
	world_close_event(&w, q, asked, end);
	world_event(&w, EVENT_KEY_SIGNED, "ci", w.key, world_json("{s:s}",
	    "request", json_str(q, "id", "")), use);
	r = report_on(&w, 0, NULL);
	bundle_good(r);
	json_decref(r);
	json_decref(asked);
	json_decref(q);
	world_end(&w);
}
END_TEST

static int
look_head(struct tx *tx, void *ctx, struct err *err)
{
	return ledger_head(tx, ctx, err);
}

START_TEST(a_use_behind_the_closing_is_found_in_a_later_bundle)
{
	struct world w;
	json_t *q = open_world(&w), *r;
	struct ledger_head head;

	unit_ok(state_read(w.state, look_head, &head, &unit_err));
	world_window_close(&w, q);
	unit_ok(world_signed(&w, q, true, 1, "ci", "a", NULL, &unit_err));
	r = report_on(&w, head.size, world_json("[{s:O}]", "charter",
	    charter_json(w.charter)));
	ck_assert(bundle_has(r, "permit"));
	json_decref(r);
	json_decref(q);
	world_end(&w);
}
END_TEST

START_TEST(a_closing_of_no_window_and_a_second_one_are_found)
{
	struct world w;
	json_t *q = open_world(&w), *none, *r;

	none = world_request(&w, ACTION_KEY_DESTROY, "release-lead",
	    world_json("{s:s, s:s}", "key", w.key, "key_name", "fw"));
	world_window_close(&w, none);
	world_window_close(&w, q);
	world_window_close(&w, q);
	r = report_on(&w, 0, NULL);
	ck_assert_str_eq(bundle_first(r), "request");
	ck_assert_int_eq(json_array_size(json_object_get(r, "findings")), 2);
	json_decref(r);
	json_decref(none);
	json_decref(q);
	world_end(&w);
}
END_TEST

static const struct {
	const char *why, *path, *value, *code;
} FORGED[] = {
	{ "an event about another window", "subject",
	    "\"req_01j0000000000000000000000a\"", "journal-entry" },
	{ "an operation on another window than was asked for",
	    "data/entry/operation/window", "\"req_01j0000000000000000000000a\"",
	    "permit" },
	{ "a result for another window", "data/entry/result/window",
	    "\"req_01j0000000000000000000000a\"", "journal-entry" },
	{ "a closing that may be forgotten before the window ends",
	    "data/entry/result/until", "\"2026-01-01T00:00:00.000000Z\"",
	    "result" },
	{ "an operation that closes nothing", "data/entry/operation/op",
	    "\"state\"", "journal-entry" },
	{ "somebody else's closing", "data/entry/operation/principal",
	    "\"officer-1\"", "permit" },
	{ "a closing under no permit", "data/entry/permit_document", NULL,
	    "permit" },
	{ "a closing by who may not, as is recorded",
	    "data/entry/facts/principal.id/value", "\"nobody\"", "decision" },
	{ "a rule that the charter does not have", "data/entry/rule/hash",
	    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
	    "decision" },
	{ "a closing without a journal entry", "data/entry", NULL,
	    "event-format" },
};

START_TEST(what_is_forged_of_a_closing_is_found)
{
	struct world w;
	struct audit_options o = { .trust = w.fingerprint };
	struct blob b = { 0 }, bad = { 0 };
	json_t *q = open_world(&w), *r;
	char *text;

	world_window_close(&w, q);
	bundle_write(&w, 0, NULL, &b);
	bundle_forge(&w, &b, "window.closed", FORGED[_i].path, FORGED[_i].value,
	    &bad);
	r = bundle_judge(bad.data, bad.len, &o);
	text = json_pretty(json_object_get(r, "findings"));
	ck_assert_msg(bundle_has(r, FORGED[_i].code), "%s: %s", FORGED[_i].why,
	    text);
	free(text);
	json_decref(r);
	json_decref(q);
	blob_done(&b);
	blob_done(&bad);
	world_end(&w);
}
END_TEST

/* Officers read a name, and the window signed with another key. */
START_TEST(a_window_for_a_key_under_another_name_is_found)
{
	struct world w;
	json_t *q, *r;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	q = world_window_for(&w, world_json("{s:[{s:s, s:s}], s:i, s:b}",
	    "keys", "key", w.key, "key_name", "other", "uses", 2,
	    "any_digest", 1));
	unit_ok(world_signed(&w, q, true, 1, "ci", "a", NULL, &unit_err));
	r = report_on(&w, 0, NULL);
	ck_assert(bundle_has(r, "permit"));
	json_decref(r);
	json_decref(q);
	world_end(&w);
}
END_TEST

/* An older image was approved before the window signed the newer one. */
static void
older_world(struct world *w)
{
	json_t *window, *q;

	world_begin(w);
	world_key(w, "production");
	world_activate(w);
	q = world_request(w, ACTION_KEY_SIGN, "ci", world_sign_parameters(w,
	    "old", "2.0"));
	world_open(w, q, NULL);
	world_approve(w, q, 0);
	world_approve(w, q, 1);
	window = world_window_open(w, 2);
	unit_ok(world_signed(w, window, true, 1, "ci", "a", "2.1", &unit_err));
	unit_ok(world_signed(w, q, true, 1, "ci", "old", "2.0", &unit_err));
	json_decref(window);
	json_decref(q);
}

START_TEST(a_version_below_a_windows_is_found)
{
	struct world w;
	json_t *r;

	older_world(&w);
	r = report_on(&w, 0, NULL);
	ck_assert_str_eq(bundle_first(r), "decision");
	json_decref(r);
	world_end(&w);
}
END_TEST

/* What is said to have been the highest, by a keeper that counted fewer. */
static json_t *
report_saying(struct world *w, const char *highest)
{
	struct audit_options o = { .trust = w->fingerprint };
	struct blob b = { 0 }, bent = { 0 };
	json_t *r;

	bundle_write(w, 0, NULL, &b);
	bundle_forge(w, &b, "key.signed",
	    "data/entry/facts/artifact.highest-version/value", highest, &bent);
	r = bundle_judge(bent.data, bent.len, &o);
	blob_done(&b);
	blob_done(&bent);
	return r;
}

START_TEST(what_an_earlier_keeper_counted_is_told)
{
	struct world w;
	json_t *r;
	char *text;

	older_world(&w);
	r = report_saying(&w, "\"\"");
	bundle_good(r);
	text = json_pretty(json_object_get(r, "unchecked"));
	ck_assert_msg(strstr(text, "earlier keeper") != NULL, "%s", text);
	free(text);
	json_decref(r);
	r = report_saying(&w, "\"1.9\"");
	ck_assert(bundle_has(r, "fact"));
	json_decref(r);
	world_end(&w);
}
END_TEST

START_TEST(a_keeper_that_counts_windows_does_not_stop)
{
	struct world w;
	json_t *window, *q, *later, *r;

	world_begin(&w);
	world_key(&w, "production");
	world_activate(&w);
	window = world_window_open(&w, 2);
	unit_ok(world_signed(&w, window, true, 1, "ci", "a", "2.1", &unit_err));
	q = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(&w,
	    "new", "2.2"));
	later = world_request(&w, ACTION_KEY_SIGN, "ci", world_sign_parameters(
	    &w, "newer", "2.5"));
	for (int i = 0; i < 2; i++) {
		json_t *one = i == 0 ? q : later;

		world_open(&w, one, NULL);
		world_approve(&w, one, 0);
		world_approve(&w, one, 1);
	}
	unit_ok(world_signed(&w, q, true, 1, "ci", "new", "2.2", &unit_err));
	unit_ok(world_signed(&w, window, true, 2, "ci", "b", "3.0", &unit_err));
	unit_ok(world_signed(&w, later, true, 1, "ci", "newer", "2.5",
	    &unit_err));
	r = report_saying(&w, "\"2.2\"");
	ck_assert(bundle_has(r, "fact"));
	json_decref(r);
	json_decref(window);
	json_decref(q);
	json_decref(later);
	world_end(&w);
}
END_TEST

/* Its octets are not looked for where texts do not stand for themselves. */
START_TEST(an_entry_whose_texts_have_escapes_follows_like_any)
{
	static const char reason[] = "\"entry\":{} \\ caf\xc3\xa9";
	struct world w;
	json_t *q = open_world(&w), *next = world_window_open(&w, 1), *r;
	json_t *asked = world_request(&w, ACTION_WINDOW_CLOSE, "release-lead",
	    world_json("{s:s, s:s}", "window", json_str(q, "id", ""),
	    "reason", reason));

	world_event(&w, EVENT_WINDOW_CLOSED, "release-lead", json_str(q, "id",
	    ""), world_json("{s:s, s:s}", "request", json_str(asked, "id", ""),
	    "reason", reason), world_close_entry(&w, q, asked));
	unit_ok(world_signed(&w, next, true, 1, "ci", "a", NULL, &unit_err));
	r = report_on(&w, 0, NULL);
	bundle_good(r);
	json_decref(r);
	json_decref(asked);
	json_decref(next);
	json_decref(q);
	world_end(&w);
}
END_TEST

ENGINE_MAIN("audit/window",
	UNIT(an_entry_whose_texts_have_escapes_follows_like_any)
	UNIT(a_window_for_a_key_under_another_name_is_found)
	UNIT(a_version_below_a_windows_is_found)
	UNIT(what_an_earlier_keeper_counted_is_told)
	UNIT(a_keeper_that_counts_windows_does_not_stop)
	UNIT(a_use_behind_the_closing_is_found)
	UNIT(a_use_before_the_closing_is_good_whenever_it_is_recorded)
	UNIT(a_use_behind_the_closing_is_found_in_a_later_bundle)
	UNIT(a_closing_of_no_window_and_a_second_one_are_found)
	UNIT_ROWS(what_is_forged_of_a_closing_is_found, FORGED))
