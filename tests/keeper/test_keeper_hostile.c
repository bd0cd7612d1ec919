/*
 * A hostile service on the keeper's socket: whatever it says, no signature
 * comes out that officers did not permit, and the refusal says why.
 */
#include "config.h"

#include "tests/keeper/hostile.h"

static const struct {
	const char	*why, *officers, *code, *or_code;
} QUORUMS[] = {
	{ "nobody approved", "", "approval-needed", NULL },
	{ "one of two approved", "1", "approval-needed", NULL },
	{ "the same officer approved twice", "11", "malformed", NULL },
	{ "an officer approved who is of another group", "14", "denied", "approval-needed" },
	{ "the tool's owner counts as the requester", "13", "approval-needed", "denied" },
};

START_TEST(it_gets_no_signature_without_the_quorum)
{
	int rc;

	setup();
	rc = sign_with(QUORUMS[_i].officers);
	refused(rc, 0, QUORUMS[_i].code, QUORUMS[_i].or_code);
}
END_TEST

START_TEST(two_of_three_are_enough_and_the_signature_is_good)
{
	setup();
	unit_ok(sign_with("12"));
	ck_assert_ptr_nonnull(signature_got());
	ck_assert_uint_eq(rig_entries("sign"), 1);
}
END_TEST

START_TEST(it_cannot_sign_another_digest_version_product_or_track)
{
	struct image i = IMAGE;

	setup();
	i.text = "another image";
	refused(sign_other(&IMAGE, &i), 0, "bad-proof", NULL);
	i = IMAGE;
	i.version = "2.0";
	refused(sign_other(&IMAGE, &i), 0, "bad-proof", NULL);
	i = IMAGE;
	i.product = "camera";
	refused(sign_other(&IMAGE, &i), 0, "bad-proof", NULL);
	i = IMAGE;
	i.track = "lts";
	refused(sign_other(&IMAGE, &i), 0, "bad-proof", NULL);
}
END_TEST

START_TEST(it_cannot_sign_with_another_key)
{
	struct image i = IMAGE;
	json_t *p;
	int rc;

	setup();
	house_key("firmware", "other", "ec-p256", "ecdsa-sha256", "production", other);
	unit_ok(house_move("make", ACTION_KEY_ACTIVATE, other, "other", "active", "12"));
	i.key = other;
	i.name = "other";
	refused(sign_other(&IMAGE, &i), 0, "bad-proof", NULL);
	/* The name of one key with the hash of another. */
	i.name = "prod";
	p = permit(request_for(&i), "production-image", "12");
	rc = use(p, sign_operation(&i, "ci"));
	refused(rc, 0, "bad-proof", NULL);
	json_decref(p);
}
END_TEST

START_TEST(it_cannot_bring_a_request_of_another_house)
{
	char mine[64];
	json_t *p;
	int rc;

	setup();
	snprintf(mine, sizeof(mine), "%s", house.id);
	unit_ok(id_new("house", clock_now(), house.id, &unit_err));
	p = permit(request_for(&IMAGE), "production-image", "12");
	rc = use(p, sign_operation(&IMAGE, "ci"));
	refused(rc, 0, "other-house", NULL);
	json_decref(p);
}
END_TEST

/* Approvals that were given for one request, under another. */
START_TEST(it_cannot_move_approvals_to_another_request)
{
	json_t *first, *second, *approvals, *p;
	struct image i = IMAGE;
	int rc;

	setup();
	first = permit(request_for(&IMAGE), "production-image", "12");
	i.text = "evil";
	second = request_for(&i);
	approvals = json_object_get(first, "approvals");
	if (permit_build(second, approvals, &p, &unit_err) == 0) {
		rc = use(p, sign_operation(&i, "ci"));
		refused(rc, 0, "bad-proof", NULL);
		json_decref(p);
	}
	json_decref(first);
	json_decref(second);
}
END_TEST

/* The same request id, with something else in it, once it has been used. */
START_TEST(it_cannot_use_a_request_again_as_another)
{
	json_t *request, *changed, *p;
	struct image i = IMAGE;
	int rc;

	setup();
	request = request_for(&IMAGE);
	p = permit(json_incref(request), "production-image", "12");
	unit_ok(use(p, sign_operation(&IMAGE, "ci")));
	json_decref(p);
	i.text = "another";
	i.version = "1.1";
	changed = json_deep_copy(request);
	json_object_set_new(changed, "parameters", sign_parameters(&i));
	p = permit(changed, "production-image", "12");
	rc = use(p, sign_operation(&i, "ci"));
	refused(rc, 1, "bad-proof", NULL);
	json_decref(p);
	json_decref(request);
}
END_TEST

/* Everything is right, but the statement names a charter that never was. */
START_TEST(approvals_of_a_charter_outside_the_chain_do_not_count)
{
	json_t *changed, *p;
	struct charter *mine;
	int rc;

	setup();
	changed = house_charter_make(6);
	mine = house.law;
	house.law = NULL;
	house_law(changed);
	p = permit(request_for(&IMAGE), "production-image", "12");
	rc = use(p, sign_operation(&IMAGE, "ci"));
	refused(rc, 0, "bad-proof", NULL);
	json_decref(p);
	charter_free(mine);
}
END_TEST

static json_t *
rule_in(json_t *charter, size_t i)
{
	return json_array_get(json_object_get(json_object_get(json_object_get(
	    charter, "classes"), "firmware"), "rules"), i);
}

START_TEST(approvals_under_a_rule_that_has_changed_do_not_count)
{
	json_t *next, *before, *still, *op;
	int rc;

	setup();
	before = permit(request_for(&IMAGE), "production-image", "12");
	still = permit(ask("make", ACTION_KEY_DESTROY, "officer-1",
	    key_parameters(dev, "dev")), "make", "12");
	next = json_deep_copy(house.charter);
	json_object_set_new(rule_in(next, 0), "why", json_string("Other words."));
	unit_ok(amend(next, next, "12"));
	rc = use(before, sign_operation(&IMAGE, "ci"));
	refused(rc, 0, "bad-proof", NULL);
	/* The other rule is the same: its approvals count still. */
	unit_ok(json_build(&op, &unit_err, "{s:s, s:s, s:s}", "op", "destroy",
	    "key", dev, "principal", "officer-1"));
	unit_ok(use(still, op));
	/* And under the new law new approvals do. */
	house_law(next);
	unit_ok(sign_with("12"));
	json_decref(before);
	json_decref(still);
}
END_TEST

START_TEST(an_officer_who_was_removed_does_not_count)
{
	json_t *next, *before, *group;
	int rc;

	setup();
	before = permit(request_for(&IMAGE), "production-image", "12");
	next = json_deep_copy(house.charter);
	group = json_object_get(json_object_get(next, "roster"), "groups");
	json_object_set_new(group, "release",
	    json_pack("[s,s,s]", "officer-1", "officer-3", "officer-4"));
	unit_ok(amend(next, next, "12"));
	rc = use(before, sign_operation(&IMAGE, "ci"));
	refused(rc, 0, "approval-needed", NULL);
	json_decref(before);
	json_decref(next);
}
END_TEST

START_TEST(amendments_need_the_present_charters_quorum)
{
	json_t *next, *evil, *first;

	setup();
	first = json_incref(house.charter);
	next = json_deep_copy(house.charter);
	json_object_set_new(next, "name", json_string("second"));
	evil = json_deep_copy(house.charter);
	json_object_set_new(evil, "name", json_string("evil"));
	refused(amend(next, next, "1"), 0, "approval-needed", NULL);
	refused(amend(evil, next, "12"), 0, "bad-proof", NULL);
	unit_ok(amend(next, next, "12"));
	/* It does not follow any more. */
	refused(amend(evil, evil, "12"), 0, "precondition", "bad-proof");
	house_law(next);
	/* An older charter comes back under no name. */
	refused(amend(first, first, "12"), 0, "charter", NULL);
	json_decref(first);
	json_decref(evil);
}
END_TEST

START_TEST(an_amendment_with_an_error_is_refused)
{
	json_t *bad;

	setup();
	bad = json_deep_copy(house.charter);
	json_object_set_new(json_array_get(json_object_get(rule_in(bad, 0),
	    "approvals"), 0), "count", json_integer(9));
	refused(amend(bad, bad, "12"), 0, "charter", NULL);
	json_decref(bad);
}
END_TEST

static json_t *
request_of(time_us then, time_us life)
{
	json_t *params = sign_parameters(&IMAGE), *r;
	char id[ID_TEXT];

	unit_ok(id_new("req", then, id, &unit_err));
	unit_ok(request_build(house.id, id, ACTION_KEY_SIGN, "ci", params, then,
	    then + life, &r, &unit_err));
	json_decref(params);
	return r;
}

START_TEST(an_expired_request_is_not_used)
{
	json_t *p;
	int rc;

	setup();
	p = permit(request_of(clock_now() - TIME_S(10 * 3600), TIME_S(4 * 3600)),
	    "production-image", "12");
	rc = use(p, sign_operation(&IMAGE, "ci"));
	refused(rc, 0, "expired", NULL);
	json_decref(p);
	/* Nor one that gives itself a longer life than the rule does. */
	p = permit(request_of(clock_now(), TIME_S(400 * 3600)),
	    "production-image", "12");
	rc = use(p, sign_operation(&IMAGE, "ci"));
	refused(rc, 0, "denied", NULL);
	json_decref(p);
	/* Nor one of tomorrow. */
	p = permit(request_of(clock_now() + TIME_S(3600), TIME_S(3600)),
	    "production-image", "12");
	rc = use(p, sign_operation(&IMAGE, "ci"));
	refused(rc, 0, "denied", NULL);
	json_decref(p);
}
END_TEST

START_TEST(what_is_used_up_stays_used_up_through_a_kill)
{
	struct image i = { prod, "prod", "a", NULL, NULL, NULL };
	json_t *w;
	char first[256];

	setup();
	w = window_of(2, "ci");
	unit_ok(use(w, sign_operation(&i, "ci")));
	snprintf(first, sizeof(first), "%s", signature_got());
	i.text = "b";
	unit_ok(use(w, sign_operation(&i, "ci")));
	i.text = "c";
	refused(use(w, sign_operation(&i, "ci")), 2, "used-up", NULL);
	rig_again(SIGKILL);
	refused(use(w, sign_operation(&i, "ci")), 2, "used-up", NULL);
	/* What was made is given again, and is no use more. */
	i.text = "a";
	unit_ok(use(w, sign_operation(&i, "ci")));
	ck_assert_str_eq(signature_got(), first);
	ck_assert_uint_eq(rig_entries("sign"), 2);
	json_decref(w);
}
END_TEST

START_TEST(uses_at_the_same_time_never_exceed_what_was_approved)
{
	struct image i = { prod, "prod", NULL, NULL, NULL, NULL };
	unsigned good = 0;
	json_t *w;

	setup();
	w = window_of(20, "ci");
	for (int n = 0; n < 60; n++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", n);
		i.text = text;
		(void)rig_send(use_message(w, sign_operation(&i, "ci")));
	}
	for (int n = 0; n < 60; n++) {
		json_t *answer = rig_next(NULL);

		ck_assert_ptr_nonnull(answer);
		if (json_flag(answer, "ok", false))
			good++;
		else
			ck_assert_str_eq(json_str(answer, "code", ""), "used-up");
		json_decref(answer);
	}
	ck_assert_uint_eq(good, 20);
	ck_assert_uint_eq(rig_entries("sign"), 20);
	json_decref(w);
}
END_TEST

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

UNIT_MAIN("keeper/hostile service",
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, house_teardown);
	UNIT_ROWS(it_gets_no_signature_without_the_quorum, QUORUMS)
	UNIT(two_of_three_are_enough_and_the_signature_is_good)
	UNIT(it_cannot_sign_another_digest_version_product_or_track)
	UNIT(it_cannot_sign_with_another_key)
	UNIT(it_cannot_bring_a_request_of_another_house)
	UNIT(it_cannot_move_approvals_to_another_request)
	UNIT(it_cannot_use_a_request_again_as_another)
	UNIT(approvals_of_a_charter_outside_the_chain_do_not_count)
	UNIT(approvals_under_a_rule_that_has_changed_do_not_count)
	UNIT(an_officer_who_was_removed_does_not_count)
	UNIT(amendments_need_the_present_charters_quorum)
	UNIT(an_amendment_with_an_error_is_refused)
	UNIT(an_expired_request_is_not_used)
	UNIT(what_is_used_up_stays_used_up_through_a_kill)
	UNIT(uses_at_the_same_time_never_exceed_what_was_approved)
	UNIT(refused_permits_are_not_kept)
	UNIT(a_window_is_for_those_it_names)
	UNIT(a_window_is_for_those_whom_the_charter_knows)
	UNIT(a_window_whose_rule_looks_at_the_use_is_judged_each_time)
	UNIT(a_window_whose_rule_has_hours_is_judged_each_time)
	UNIT(a_window_of_two_keys_is_judged_for_each)
	UNIT(a_suspended_key_refuses_even_what_it_signed_before)
	UNIT(a_firmware_key_makes_no_certificate_and_a_ca_key_signs_no_digest)
	UNIT(a_production_key_stays_one_whatever_the_service_calls_it)
	UNIT(a_limit_is_the_keepers_own_count)
	UNIT(versions_only_rise_on_their_track))
