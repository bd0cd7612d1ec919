/*
 * A window is closed: from the keeper's answer on nothing is signed under it,
 * whoever holds its permit, and whatever becomes of the keeper.
 */
#include "config.h"

#include "tests/keeper/hostile.h"

static struct image image = { prod, "prod", "a", NULL, NULL, NULL };

static int
use_window(const json_t *w, const char *text)
{
	image.text = text;
	return use(w, sign_operation(&image, "ci"));
}

/* What the closing's entry says. */
static const json_t *
closed_entry(void)
{
	return json_object_get(rig.answer, "entry");
}

static const char *
closed_until(void)
{
	return json_str(json_object_get(closed_entry(), "result"), "until",
	    NULL);
}

static const char *
until_of(const json_t *w)
{
	return json_str(json_object_get(json_object_get(w, "request"),
	    "parameters"), "until", "?");
}

START_TEST(a_closed_window_signs_no_more)
{
	json_t *w;

	setup();
	w = window_of(10, "ci");
	unit_ok(use_window(w, "a"));
	unit_ok(close_window(w, w));
	ck_assert_str_eq(closed_until(), until_of(w));
	ck_assert_ptr_null(json_object_get(json_object_get(closed_entry(),
	    "operation"), "window_document"));
	refused(use_window(w, "b"), 1, "expired", NULL);
	/* As of a suspended key: nor what was made before. */
	refused(use_window(w, "a"), 1, "expired", NULL);
	rig_again(SIGKILL);
	refused(use_window(w, "b"), 1, "expired", NULL);
	rig_again(SIGTERM);
	refused(use_window(w, "b"), 1, "expired", NULL);
	json_decref(w);
}
END_TEST

START_TEST(a_window_that_the_keeper_never_saw_is_closed_too)
{
	json_t *w;

	setup();
	w = window_of(10, "ci");
	unit_ok(close_window(w, w));
	ck_assert_str_eq(closed_until(), until_of(w));
	refused(use_window(w, "a"), 0, "expired", NULL);
	rig_again(SIGKILL);
	refused(use_window(w, "a"), 0, "expired", NULL);
	json_decref(w);
}
END_TEST

/* Or who may close could fill the keeper with ids. */
START_TEST(without_its_document_nothing_is_closed)
{
	json_t *w;

	setup();
	w = window_of(10, "ci");
	ck_assert_int_eq(close_window(w, NULL), -ESCHEMA);
	unit_ok(use_window(w, "a"));
	ck_assert_int_eq(close_window(w, NULL), -ESCHEMA);
	ck_assert_uint_eq(rig_entries("close"), 0);
	json_decref(w);
}
END_TEST

/* A window of the same id that ends at once, to have the closing forgotten. */
static json_t *
shorter(const json_t *w, const char *officers)
{
	json_t *q = json_deep_copy(json_object_get(w, "request"));
	char until[TIME_TEXT];

	clock_text(clock_now() + TIME_S(1), until);
	unit_ok(json_set_str(json_object_get(q, "parameters"), "until", until,
	    &unit_err));
	return permit(q, "window", officers);
}

static const struct {
	const char	*why, *officers;
	bool		 used;
	int		 code;
} FORGED[] = {
	{ "one of two officers says so", "1", false, EQUORUM },
	{ "nobody says so", "", false, EQUORUM },
	{ "nobody says so, and the keeper knows the real one", "", true,
	    EPROOF },
};

START_TEST(only_who_approved_a_window_vouches_for_its_end)
{
	json_t *w, *forged;

	setup();
	w = window_of(10, "ci");
	forged = shorter(w, FORGED[_i].officers);
	if (FORGED[_i].used)
		unit_ok(use_window(w, "a"));
	ck_assert_int_eq(close_window(w, forged), -FORGED[_i].code);
	ck_assert_uint_eq(rig_entries("close"), 0);
	unit_ok(close_window(w, w));
	ck_assert_str_eq(closed_until(), until_of(w));
	refused(use_window(w, "b"), FORGED[_i].used, "expired", NULL);
	json_decref(w);
	json_decref(forged);
}
END_TEST

START_TEST(closed_twice_it_is_closed_once)
{
	json_t *w, *p;
	int64_t n;

	setup();
	w = window_of(10, "ci");
	p = closing_of(w, "officer-1");
	unit_ok(use(p, close_operation(w, "officer-1", w)));
	n = json_int(closed_entry(), "n", 0);
	unit_ok(use(p, close_operation(w, "officer-1", w)));
	ck_assert_int_eq(json_int(closed_entry(), "n", 0), n);
	rig_again(SIGKILL);
	unit_ok(use(p, close_operation(w, "officer-1", w)));
	ck_assert_int_eq(json_int(closed_entry(), "n", 0), n);
	/* Somebody else, who comes too late. */
	ck_assert_int_eq(close_window(w, w), -ECONFLICT);
	ck_assert_uint_eq(rig_entries("close"), 1);
	json_decref(p);
	json_decref(w);
}
END_TEST

/* Each row spoils one thing; the window stays open. */
static const struct {
	const char	*why, *asks, *does, *code;
	bool		 other_window, other_document;
} REFUSALS[] = {
	{ "the rule lets officers close, not tools", "ci", "ci", "denied", false, false },
	{ "another than asked", "officer-1", "officer-2", "denied", false, false },
	{ "a permit to close another window", "officer-1", "officer-1", "bad-proof", true, false },
	{ "the document of another window", "officer-1", "officer-1", "bad-proof", false, true },
};

START_TEST(it_is_closed_only_under_its_own_permit)
{
	json_t *w, *second, *p;

	setup();
	w = window_of(10, "ci");
	second = window_of(10, "ci");
	p = closing_of(REFUSALS[_i].other_window ? second : w, REFUSALS[_i].asks);
	refused(use(p, close_operation(w, REFUSALS[_i].does,
	    REFUSALS[_i].other_document ? second : w)), 0, REFUSALS[_i].code,
	    NULL);
	ck_assert_uint_eq(rig_entries("close"), 0);
	unit_ok(use_window(w, "a"));
	json_decref(p);
	json_decref(w);
	json_decref(second);
}
END_TEST

/* Under no permit, or one for something else. */
START_TEST(a_permit_for_something_else_closes_nothing)
{
	json_t *w, *p, *m;

	setup();
	w = window_of(10, "ci");
	ck_assert_int_eq(use(w, close_operation(w, "ci", w)), -EPROOF);
	p = permit(ask("stop", ACTION_KEY_SUSPEND, "officer-1",
	    key_parameters(prod, "prod")), "stop", "");
	ck_assert_int_eq(use(p, close_operation(w, "officer-1", w)), -EPROOF);
	unit_ok(json_build(&m, &unit_err, "{s:s, s:o}", "do", "use",
	    "operation", close_operation(w, "officer-1", w)));
	ck_assert_int_ne(rig_call(m), 0);
	json_decref(p);
	/* And a permit to close does nothing else. */
	p = closing_of(w, "officer-1");
	ck_assert_int_eq(use(p, sign_operation(&image, "officer-1")), -EPROOF);
	unit_ok(use_window(w, "a"));
	json_decref(p);
	json_decref(w);
}
END_TEST

/* Its place in the journal is what counts, whatever was under way. */
START_TEST(what_was_asked_before_the_closing_stands_before_it)
{
	json_t *w, *p, *answer;
	unsigned good = 0;
	int64_t closed = 0;
	char text[16];

	setup();
	w = window_of(100, "ci");
	p = closing_of(w, "officer-1");
	for (int i = 0; i < 40; i++) {
		if (i == 20)
			(void)rig_send(use_message(p, close_operation(w,
			    "officer-1", w)));
		snprintf(text, sizeof(text), "%d", i);
		image.text = text;
		(void)rig_send(use_message(w, sign_operation(&image, "ci")));
	}
	for (int i = 0; i < 41; i++) {
		answer = rig_next(NULL);
		ck_assert_ptr_nonnull(answer);
		good += json_flag(answer, "ok", false);
		json_decref(answer);
	}
	ck_assert_uint_eq(good, 21);
	ck_assert_uint_eq(rig_entries("sign"), 20);
	unit_ok(use(p, close_operation(w, "officer-1", w)));
	closed = json_int(closed_entry(), "n", 0);
	ck_assert_int_eq(closed, json_int(json_object_get(rig_hello(),
	    "journal"), "n", 0));
	json_decref(p);
	json_decref(w);
}
END_TEST

START_TEST(an_amendment_opens_nothing_again)
{
	json_t *w, *next;

	setup();
	w = window_of(10, "ci");
	unit_ok(close_window(w, w));
	next = json_deep_copy(house.charter);
	json_object_set_new(next, "name", json_string("second"));
	unit_ok(amend(next, next, "12"));
	refused(use_window(w, "a"), 0, "expired", NULL);
	rig_again(SIGKILL);
	refused(use_window(w, "a"), 0, "expired", NULL);
	json_decref(w);
	house_law(next);
}
END_TEST

/* Whoever may close needs no key to be there, nor one that may be used. */
START_TEST(a_window_of_a_suspended_key_is_closed)
{
	json_t *w;

	setup();
	w = window_of(10, "ci");
	unit_ok(house_move("stop", ACTION_KEY_SUSPEND, prod, "prod",
	    "suspended", ""));
	unit_ok(close_window(w, w));
	ck_assert_str_eq(closed_until(), until_of(w));
	unit_ok(house_move("make", ACTION_KEY_RESUME, prod, "prod", "active",
	    "12"));
	refused(use_window(w, "a"), 0, "expired", NULL);
	json_decref(w);
}
END_TEST

/* The charter with one thing of its rule for windows changed. */
static void
other_rule(const char *member, json_t *value)
{
	json_t *next = json_deep_copy(house.charter), *rules, *r;
	static unsigned n;
	char name[16];
	size_t i;

	snprintf(name, sizeof(name), "law %u", n++);
	(void)json_object_set_new(next, "name", json_string(name));
	rules = json_object_get(json_object_get(json_object_get(next,
	    "classes"), "firmware"), "rules");
	json_array_foreach(rules, i, r) {
		if (strcmp(json_str(r, "name", ""), "window") == 0)
			(void)json_object_set(r, member, value);
	}
	json_decref(value);
	unit_ok(amend(next, next, "12"));
	house_law(next);
}

static json_t *
only_active(void)
{
	json_t *when;

	unit_ok(json_build(&when, &unit_err, "{s:s}", "key.state", "active"));
	return when;
}

/* The rule says no for now; who approved it vouches for it all the same. */
START_TEST(a_window_that_is_not_good_now_is_closed_by_what_was_approved)
{
	json_t *w, *forged;

	setup();
	other_rule("when", only_active());
	w = window_of(10, "ci");
	forged = shorter(w, "1");
	unit_ok(house_move("stop", ACTION_KEY_SUSPEND, prod, "prod",
	    "suspended", ""));
	ck_assert_int_eq(close_window(w, forged), -EDENIED);
	unit_ok(close_window(w, w));
	ck_assert_str_eq(closed_until(), until_of(w));
	unit_ok(house_move("make", ACTION_KEY_RESUME, prod, "prod", "active",
	    "12"));
	refused(use_window(w, "a"), 0, "expired", NULL);
	json_decref(forged);
	json_decref(w);
}
END_TEST

/* It gives nothing out either. */
START_TEST(a_window_whose_rule_is_gone_is_not_closed)
{
	json_t *w;

	setup();
	w = window_of(10, "ci");
	other_rule("why", json_string("Another night."));
	ck_assert_int_eq(close_window(w, w), -EPROOF);
	ck_assert_int_eq(use_window(w, "a"), -EPROOF);
	other_rule("why", json_string("A build night."));
	unit_ok(close_window(w, w));
	refused(use_window(w, "a"), 0, "expired", NULL);
	json_decref(w);
}
END_TEST

START_TEST(a_window_that_has_ended_is_not_closed)
{
	json_t *w, *ended;

	setup();
	w = window_of(10, "ci");
	ended = shorter(w, "12");
	usleep(1100000);
	ck_assert_int_eq(close_window(w, ended), -EEXPIRED);
	json_decref(ended);
	json_decref(w);
}
END_TEST

UNIT_MAIN("keeper/close",
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, house_teardown);
	UNIT(a_closed_window_signs_no_more)
	UNIT(a_window_that_the_keeper_never_saw_is_closed_too)
	UNIT(without_its_document_nothing_is_closed)
	UNIT_ROWS(only_who_approved_a_window_vouches_for_its_end, FORGED)
	UNIT(closed_twice_it_is_closed_once)
	UNIT_ROWS(it_is_closed_only_under_its_own_permit, REFUSALS)
	UNIT(a_permit_for_something_else_closes_nothing)
	UNIT(what_was_asked_before_the_closing_stands_before_it)
	UNIT(an_amendment_opens_nothing_again)
	UNIT(a_window_of_a_suspended_key_is_closed)
	UNIT(a_window_that_is_not_good_now_is_closed_by_what_was_approved)
	UNIT(a_window_whose_rule_is_gone_is_not_closed)
	UNIT(a_window_that_has_ended_is_not_closed))
