/*
 * Keys, the law and windows with one thing failing: the last approval does them, once
 * or not at all.
 */
#include "config.h"

#include "tests/fault/libraries.h"
#include "tests/fault/steps.h"

/* Asked for by the release lead and approved by one. */
static void
open_done(const char *action, const char *subject, json_t *what)
{
	step_clear();
	body = house_prepared(action, "release-lead", subject, what);
	unit_ok(house_ask(action, "release-lead", subject, body, "", &answer,
	    &unit_err));
	ck_assert_msg(answer.code == EQUORUM, "%s: %s", action, answer.detail);
	document = house_document(&answer);
	memcpy(last, answer.request, sizeof(last));
	answer_done(&answer);
	house_approve(document, 0);
	vote = house_vote(document, 1, VOTE_APPROVE);
}

static void
before_generate(unsigned n)
{
	char name[32];

	snprintf(name, sizeof(name), "key-%u", n);
	open_done("key.generate", "", world_json("{s:s, s:s, s:s, s:[s]}",
	    "name", name, "class", "firmware-signing", "environment",
	    "development", "products", "camera"));
}

static void
after_generate(unsigned n)
{
	ck_assert_uint_eq(house_made("key.generated"), 1);
}

static void
before_amend(unsigned n)
{
	json_t *next = json_deep_copy(charter_json(w.charter));
	char name[32];

	snprintf(name, sizeof(name), "Amendment %u", n);
	json_object_set_new(next, "name", json_string(name));
	open_done("charter.amend", "", world_json("{s:o}", "charter", next));
}

/* The law is another now, for officers too. */
static void
after_amend(unsigned n)
{
	struct law *law;
	struct charter *next;

	ck_assert_uint_eq(house_made("charter.amended"), 1);
	unit_ok(state_law(w.state, &law, &unit_err));
	unit_ok(charter_from_json(charter_json(law->charter), &next,
	    &unit_err));
	charter_free(w.charter);
	w.charter = next;
	law_free(law);
}

static void
before_window(unsigned n)
{
	char until[TIME_TEXT];

	clock_text(clock_now() + TIME_S(3600), until);
	open_done("window.open", "", world_json(
	    "{s:[s], s:[s], s:i, s:s, s:b}", "keys", DEV, "by", "ci", "uses",
	    1000, "until", until, "any_digest", 1));
}

static void
after_window(unsigned n)
{
	ck_assert_uint_eq(house_made("window.opened"), 1);
}

static void
window_end(void)
{
	json_t *nothing = json_object();

	unit_ok(house_ask("window.close", "release-lead", last, nothing, "",
	    &answer, &unit_err));
	ck_assert_msg(answer.code == OK, "%s", answer.detail);
	answer_done(&answer);
	json_decref(nothing);
}

static void
after_window_close(unsigned n)
{
	after_window(n);
	window_end();
}

/* Under a window; the development rule would let it through as well. */
static int
run_redeem(unsigned n, struct err *err)
{
	return asked("key.sign", "ci", DEV, "redeem", n, OK, err);
}

static void
after_redeem(unsigned n)
{
	ck_assert_uint_eq(house_made("key.signed"), 1);
	ck_assert_uint_eq(house_made("request.opened"), 0);
}

static void
before_close(unsigned n)
{
	before_window(n);
	house_approve(document, 1);
	step_clear();
	body = json_object();
}

static int
run_close(unsigned n, struct err *err)
{
	char window[ID_TEXT];
	int rc;

	memcpy(window, last, sizeof(window));
	rc = asked("window.close", "release-lead", window, "close", n, OK,
	    err);
	memcpy(last, window, sizeof(last));
	return rc;
}

static void
after_close(unsigned n)
{
	ck_assert_uint_eq(house_made("window.closed"), 1);
}

static int
run_suspend(unsigned n, struct err *err)
{
	return asked("key.suspend", "release-lead", DEV, "suspend", n, OK,
	    err);
}

static void
after_suspend(unsigned n)
{
	ck_assert_uint_eq(house_made("key.suspended"), 1);
	json_decref(house_done("key.resume", DEV, json_object()));
}

static const struct step STEPS[] = {
	{ "a new key", before_generate, run_due, after_generate, 30 },
	{ "a change of the law", before_amend, run_due, after_amend, 30 },
	{ "a window", before_window, run_due, after_window_close, 30 },
	{ "a window's end", before_close, run_close, after_close, 30 },
	{ "a suspension", nothing_asked, run_suspend, after_suspend, 30 },
};

START_TEST(it_is_done_once_or_not_at_all)
{
	step_once(&STEPS[_i]);
}
END_TEST

START_TEST(it_is_done_once_whatever_fails)
{
	step_whatever(&STEPS[_i]);
}
END_TEST

START_TEST(a_use_under_a_window_is_never_one_without_it)
{
	static const struct step step = { "a use under a window", before_sign,
		run_redeem, after_redeem, 100 };

	house_begin();
	before_window(0);
	house_approve(document, 1);
	ck_assert_uint_gt(house_each(&step, FAULT_MEMORY | FAULT_HERE), 10);
	/* None of them was counted by the rule that needs no window. */
	unit_ok(state_read(w.state, house_kinds, &(struct house_kind){
	    "key.signed", 0, 0 }, &unit_err));
	house_end();
}
END_TEST

UNIT_MAIN("fault/flow_done",
	tcase_set_timeout(tc, 600);
	UNIT_ROWS(it_is_done_once_or_not_at_all, STEPS)
	UNIT_ROWS(it_is_done_once_whatever_fails, STEPS)
	UNIT(a_use_under_a_window_is_never_one_without_it))
