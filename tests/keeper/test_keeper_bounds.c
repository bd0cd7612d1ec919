/*
 * test_keeper_bounds - a hostile service against counts, windows, classes and limits.
 */
#include "config.h"

#include "tests/keeper/hostile.h"

/* The keeper's resident memory, KiB. */
static long
resident(void)
{
	char path[64], line[256];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)rig.pid);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	fclose(f);
	ck_assert_int_gt(kib, 0);
	return kib;
}

/* A window over as many digests as there may be, which nobody approved. */
static json_t *
big_window(void)
{
	json_t *w = window_of(5, "ci"), *digests = json_array(), *p,
	    *image;
	char hex[129];

	p = json_deep_copy(json_object_get(json_object_get(w, "request"),
	    "parameters"));
	json_decref(w);
	for (int i = 0; i < 1024; i++) {
		snprintf(hex, sizeof(hex), "%0128x", i);
		json_array_append_new(digests, json_string(hex));
	}
	image = digest_of(IMAGE.text, "sha-256");
	json_array_set(digests, 0, json_object_get(image, "value"));
	json_decref(image);
	(void)json_object_del(p, "any_digest");
	json_object_set_new(p, "digests", digests);
	return permit(ask("window", ACTION_WINDOW_OPEN, "ci", p), "window", "");
}

/* KiB; 300 such windows are a hundred MiB. A sanitizer keeps what was freed. */
#ifdef __SANITIZE_ADDRESS__
#define KEPT_MOST	(600 * 1024)
#else
#define KEPT_MOST	(30 * 1024)
#endif

/* Whoever may speak to the keeper can hand it documents without end. */
START_TEST(refused_permits_are_not_kept)
{
	struct image i = { prod, "prod", "a", NULL, NULL, NULL };
	json_t *w, *m, *p;
	long before;

	setup();
	w = window_of(2, "ci");
	unit_ok(use(w, sign_operation(&i, "ci")));
	before = resident();
	for (int n = 0; n < 300; n++) {
		p = big_window();
		ck_assert_int_eq(use(p, sign_operation(&IMAGE, "ci")), -EQUORUM);
		json_decref(p);
	}
	ck_assert_int_lt(resident() - before, KEPT_MOST);
	for (int n = 0; n < 2100; n++) {
		p = permit(request_for(&IMAGE), "production-image", "");
		ck_assert_int_eq(use(p, sign_operation(&IMAGE, "ci")), -EQUORUM);
		json_decref(p);
	}
	/* The good one is known still: no document comes with it. */
	i.text = "b";
	m = use_message(w, sign_operation(&i, "ci"));
	json_object_del(m, "permit_document");
	unit_ok(rig_call(m));
	ck_assert_uint_eq(rig_entries("sign"), 2);
	json_decref(w);
}
END_TEST

START_TEST(a_window_is_for_those_it_names)
{
	struct image i = { prod, "prod", "a", NULL, NULL, NULL };
	json_t *w;

	setup();
	w = window_of(5, "ci");
	refused(use(w, sign_operation(&i, "dev-1")), 0, "denied", NULL);
	i.key = dev;
	i.name = "dev";
	refused(use(w, sign_operation(&i, "ci")), 0, "denied", "bad-proof");
	json_decref(w);
}
END_TEST

/* A service that lies shows officers the name of one key and the hash of another. */
START_TEST(a_window_is_for_no_key_under_another_s_name)
{
	struct image i = { prod, "prod", "a", NULL, NULL, NULL };
	json_t *w;

	setup();
	w = window_named(5, "ci", "dev");
	refused(use(w, sign_operation(&i, "ci")), 0, "bad-proof", NULL);
	json_decref(w);
}
END_TEST

static void
add_robot(json_t *charter)
{
	json_t *roster = json_object_get(charter, "roster");

	json_object_set_new(json_object_get(roster, "tools"), "robot-2",
	    json_pack("{s:[s]}", "owners", "officer-3"));
	json_array_append_new(json_object_get(json_object_get(roster,
	    "groups"), "robots"), json_string("robot-2"));
}

/* A window names whom it likes; the charter says who there is. */
START_TEST(a_window_is_for_those_whom_the_charter_knows)
{
	struct image i = { prod, "prod", "a", NULL, NULL, NULL };
	json_t *with, *without, *w;

	setup();
	w = window_of(5, "robot-2");
	refused(use(w, sign_operation(&i, "robot-2")), 0, "denied", NULL);
	without = json_deep_copy(house.charter);
	with = json_deep_copy(house.charter);
	add_robot(with);
	unit_ok(amend(with, with, "12"));
	house_law(with);
	unit_ok(use(w, sign_operation(&i, "robot-2")));
	json_object_set_new(without, "name", json_string("Without it again"));
	unit_ok(amend(without, without, "12"));
	house_law(without);
	i.text = "b";
	refused(use(w, sign_operation(&i, "robot-2")), 1, "denied", NULL);
	json_decref(w);
}
END_TEST

/* What the rule looks at differs from use to use: so is each use judged. */
START_TEST(a_window_whose_rule_looks_at_the_use_is_judged_each_time)
{
	struct image i = { prod, "prod", "a", "gateway", NULL, NULL };
	json_t *next, *w;

	setup();
	next = json_deep_copy(house.charter);
	json_object_set_new(rule_in(next, 2), "when", json_pack("{s:s}",
	    "artifact.product", "gateway"));
	unit_ok(amend(next, next, "12"));
	house_law(next);
	w = window_of(5, "ci");
	unit_ok(use(w, sign_operation(&i, "ci")));
	i.text = "b";
	i.product = "bench";
	refused(use(w, sign_operation(&i, "ci")), 1, "denied", NULL);
	i.product = "gateway";
	unit_ok(use(w, sign_operation(&i, "ci")));
	json_decref(w);
}
END_TEST

static bool
second_use_is_judged(json_t *w)
{
	struct image i = { prod, "prod", "first", NULL, NULL, NULL };

	unit_ok(use(w, sign_operation(&i, "ci")));
	i.text = "second";
	unit_ok(use(w, sign_operation(&i, "ci")));
	return json_object_get(json_object_get(rig.answer, "entry"),
	    "facts") != NULL;
}

/* Hours and days pass while a window is open: what was judged carries its facts. */
START_TEST(a_window_whose_rule_has_hours_is_judged_each_time)
{
	json_t *next, *w;

	setup();
	w = window_of(5, "ci");
	ck_assert(!second_use_is_judged(w));
	json_decref(w);
	next = json_deep_copy(house.charter);
	json_object_set_new(rule_in(next, 2), "when", json_pack(
	    "{s:[s,s,s,s,s,s,s]}", "time.weekday", "mon", "tue", "wed", "thu",
	    "fri", "sat", "sun"));
	unit_ok(amend(next, next, "12"));
	house_law(next);
	w = window_of(5, "ci");
	ck_assert(second_use_is_judged(w));
	json_decref(w);
}
END_TEST

START_TEST(a_window_of_two_keys_is_judged_for_each)
{
	struct image i = { dev, "dev", "a", NULL, NULL, NULL };
	json_t *next, *ours, *keys, *w;

	setup();
	/* Blank cheques are for keys of the bench alone. */
	next = json_deep_copy(house.charter);
	json_object_set_new(rule_in(next, 2), "when", json_pack("{s:s}",
	    "key.environment", "development"));
	unit_ok(amend(next, next, "12"));
	house_law(next);
	w = window_of(5, "ci");
	ours = json_deep_copy(json_object_get(json_object_get(w, "request"),
	    "parameters"));
	json_decref(w);
	keys = json_object_get(ours, "keys");
	json_array_append_new(keys, json_pack("{s:s, s:s}", "key", dev,
	    "key_name", "dev"));
	w = permit(ask("window", ACTION_WINDOW_OPEN, "ci", ours), "window",
	    "12");
	unit_ok(use(w, sign_operation(&i, "ci")));
	i.key = prod;
	i.name = "prod";
	refused(use(w, sign_operation(&i, "ci")), 1, "denied", NULL);
	json_decref(w);
}
END_TEST

START_TEST(a_suspended_key_refuses_even_what_it_signed_before)
{
	json_t *p;

	setup();
	p = permit(request_for(&IMAGE), "production-image", "12");
	unit_ok(use(p, sign_operation(&IMAGE, "ci")));
	unit_ok(house_move("stop", ACTION_KEY_SUSPEND, prod, "prod", "suspended", ""));
	refused(use(p, sign_operation(&IMAGE, "ci")), 1, "key-state", NULL);
	/* Resuming takes the quorum. */
	ck_assert_int_ne(house_move("make", ACTION_KEY_RESUME, prod, "prod",
	    "active", "1"), 0);
	refused(use(p, sign_operation(&IMAGE, "ci")), 1, "key-state", NULL);
	unit_ok(house_move("make", ACTION_KEY_RESUME, prod, "prod", "active", "12"));
	unit_ok(use(p, sign_operation(&IMAGE, "ci")));
	ck_assert_uint_eq(rig_entries("sign"), 1);
	json_decref(p);
}
END_TEST

START_TEST(a_firmware_key_makes_no_certificate_and_a_ca_key_signs_no_digest)
{
	struct image i = { ca, "root", "tbs", NULL, NULL, NULL };
	json_t *p, *op;

	setup_ca();
	p = permit(ask("production-image", ACTION_KEY_SIGN, "ci",
	    sign_parameters(&i)), "production-image", "12");
	refused(use(p, sign_operation(&i, "ci")), 0, "denied", NULL);
	json_decref(p);
	/* A request for a certificate, with whatever parameters there may be. */
	p = permit(request_for(&IMAGE), "production-image", "12");
	json_object_set_new(json_object_get(p, "request"), "action",
	    json_string("cert.issue"));
	refused(use(p, sign_operation(&IMAGE, "ci")), 0, "schema", "bad-proof");
	json_decref(p);
	/* And an operation that there is not. */
	op = sign_operation(&IMAGE, "ci");
	json_object_set_new(op, "op", json_string("issue"));
	p = permit(request_for(&IMAGE), "production-image", "12");
	refused(use(p, op), 0, "schema", NULL);
	json_decref(p);
}
END_TEST

START_TEST(a_production_key_stays_one_whatever_the_service_calls_it)
{
	struct image i = { prod, "prod", "x", NULL, NULL, NULL };
	json_t *p, *op;

	setup();
	/* A permit that would do for a development key: nobody approved. */
	p = permit(ask("development-image", ACTION_KEY_SIGN, "ci",
	    sign_parameters(&i)), "development-image", "");
	refused(use(p, sign_operation(&i, "ci")), 0, "denied", "approval-needed");
	op = sign_operation(&i, "ci");
	json_object_set_new(op, "environment", json_string("development"));
	refused(use(p, op), 0, "schema", NULL);
	json_decref(p);
}
END_TEST

START_TEST(a_limit_is_the_keepers_own_count)
{
	struct image i = { dev, "dev", NULL, NULL, NULL, NULL };
	char text[16];

	setup();
	for (int n = 0; n < 8; n++) {
		json_t *p;
		int rc;

		if (n == 3)
			rig_again(SIGKILL);
		snprintf(text, sizeof(text), "%d", n);
		i.text = text;
		p = permit(ask("development-image", ACTION_KEY_SIGN, "ci",
		    sign_parameters(&i)), "development-image", "");
		rc = use(p, sign_operation(&i, "ci"));
		if (n < 5)
			unit_ok(rc);
		else
			refused(rc, 5, "limit-reached", NULL);
		json_decref(p);
	}
}
END_TEST

START_TEST(versions_only_rise_on_their_track)
{
	struct image i = IMAGE;

	setup();
	i.version = "3.0";
	i.text = "three";
	unit_ok(sign_other(&i, &i));
	i.version = "2.1.9";
	i.text = "two";
	ck_assert_int_eq(sign_other(&i, &i), -EDENIED);
	ck_assert_ptr_nonnull(json_object_get(rig.answer, "explanation"));
	ck_assert_str_eq(json_str(rig.answer, "rule", ""), "production-image");
	refused(sign_other(&i, &i), 1, "denied", NULL);
	rig_again(SIGKILL);
	refused(sign_other(&i, &i), 1, "denied", NULL);
	i.track = "lts";
	unit_ok(sign_other(&i, &i));
	i.version = "2.1.10";
	i.text = "ten";
	unit_ok(sign_other(&i, &i));
}
END_TEST

START_TEST(what_a_window_signs_counts_among_the_versions)
{
	struct image i = IMAGE;
	json_t *w;

	setup();
	w = window_of(5, "ci");
	i.version = "3.0";
	i.text = "three";
	unit_ok(use(w, sign_operation(&i, "ci")));
	/* A window asks for no order, and for no number. */
	i.version = "2.0";
	i.text = "two";
	unit_ok(use(w, sign_operation(&i, "ci")));
	i.version = "beta-1";
	i.text = "beta";
	unit_ok(use(w, sign_operation(&i, "ci")));
	i.version = "2.9";
	i.text = "older";
	refused(sign_other(&i, &i), 3, "denied", NULL);
	rig_again(SIGKILL);
	refused(sign_other(&i, &i), 3, "denied", NULL);
	i.version = "3.1";
	unit_ok(sign_other(&i, &i));
	json_decref(w);
}
END_TEST

START_TEST(development_raises_no_version_of_production)
{
	struct image i = IMAGE;
	json_t *p;

	setup();
	i.key = dev;
	i.name = "dev";
	i.version = "99.0";
	p = permit(ask("development-image", ACTION_KEY_SIGN, "ci",
	    sign_parameters(&i)), "development-image", "");
	unit_ok(use(p, sign_operation(&i, "ci")));
	json_decref(p);
	i = IMAGE;
	i.version = "1.0";
	unit_ok(sign_other(&i, &i));
}
END_TEST

/* The image's signature, asked for under this Idempotency-Key. */
static int
sign_under(const json_t *p, const char *name)
{
	json_t *op = sign_operation(&IMAGE, "ci");

	json_object_set_new(op, "idempotency", json_string(name));
	return use(p, op);
}

static const char *
journaled_under(void)
{
	return json_str(json_object_get(json_object_get(rig.answer, "entry"),
	    "operation"), "idempotency", NULL);
}

START_TEST(what_it_is_asked_for_under_is_journaled_and_decides_nothing)
{
	char longest[130], first[256];
	json_t *p;

	setup();
	memset(longest, 'k', 129);
	longest[129] = '\0';
	p = permit(request_for(&IMAGE), "production-image", "12");
	refused(sign_under(p, longest), 0, "out-of-range", NULL);
	refused(sign_under(p, ""), 0, "out-of-range", NULL);
	longest[128] = '\0';
	unit_ok(sign_under(p, longest));
	ck_assert_str_eq(journaled_under(), longest);
	snprintf(first, sizeof(first), "%s", signature_got());
	/* It is the same use, whatever it is called, and if it is not. */
	unit_ok(sign_under(p, "another"));
	ck_assert_str_eq(signature_got(), first);
	rig_again(SIGKILL);
	unit_ok(use(p, sign_operation(&IMAGE, "ci")));
	ck_assert_str_eq(signature_got(), first);
	ck_assert_str_eq(journaled_under(), longest);
	ck_assert_uint_eq(rig_entries("sign"), 1);
	json_decref(p);
}
END_TEST

/* What a key's making is asked for under stands in the entry that completes it. */
START_TEST(a_making_says_what_it_was_asked_for_under)
{
	json_t *p, *params, *op;

	setup();
	unit_ok(json_build(&params, &unit_err, "{s:s, s:s, s:s, s:s, s:s,"
	    " s:[s]}", "name", "new", "class", "firmware", "algorithm",
	    "ec-p256", "scheme", "ecdsa-sha256", "environment", "development",
	    "products", "gateway"));
	p = permit(ask("make", ACTION_KEY_GENERATE, "officer-1", params), "make",
	    "12");
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s}", "op", "generate",
	    "principal", "officer-1", "idempotency", "make-1"));
	unit_ok(use(p, op));
	ck_assert_str_eq(json_str(json_object_get(rig.answer, "entry"), "op",
	    ""), "generate");
	ck_assert_str_eq(journaled_under(), "make-1");
	json_decref(p);
}
END_TEST

UNIT_MAIN("keeper/bounds",
	UNIT(what_a_window_signs_counts_among_the_versions)
	UNIT(development_raises_no_version_of_production)
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, house_teardown);
	UNIT(refused_permits_are_not_kept)
	UNIT(what_it_is_asked_for_under_is_journaled_and_decides_nothing)
	UNIT(a_making_says_what_it_was_asked_for_under)
	UNIT(a_window_is_for_those_it_names)
	UNIT(a_window_is_for_no_key_under_another_s_name)
	UNIT(a_window_is_for_those_whom_the_charter_knows)
	UNIT(a_window_whose_rule_looks_at_the_use_is_judged_each_time)
	UNIT(a_window_whose_rule_has_hours_is_judged_each_time)
	UNIT(a_window_of_two_keys_is_judged_for_each)
	UNIT(a_suspended_key_refuses_even_what_it_signed_before)
	UNIT(a_firmware_key_makes_no_certificate_and_a_ca_key_signs_no_digest)
	UNIT(a_production_key_stays_one_whatever_the_service_calls_it)
	UNIT(a_limit_is_the_keepers_own_count)
	UNIT(versions_only_rise_on_their_track))
