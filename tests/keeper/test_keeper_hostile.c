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

START_TEST(it_cannot_have_a_key_compromised_in_the_future)
{
	time_us now = clock_now();
	char text[TIME_TEXT];
	int rc;

	setup();
	house_since = text;
	clock_text(now + TIME_S(3600), text);
	rc = house_move("stop", ACTION_KEY_COMPROMISE, prod, "prod",
	    "compromised", "");
	refused(rc, 0, "out-of-range", NULL);
	clock_text(now, text);
	unit_ok(house_move("stop", ACTION_KEY_COMPROMISE, prod, "prod",
	    "compromised", ""));
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

UNIT_MAIN("keeper/hostile service",
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, house_teardown);
	UNIT_ROWS(it_gets_no_signature_without_the_quorum, QUORUMS)
	UNIT(two_of_three_are_enough_and_the_signature_is_good)
	UNIT(it_cannot_sign_another_digest_version_product_or_track)
	UNIT(it_cannot_sign_with_another_key)
	UNIT(it_cannot_have_a_key_compromised_in_the_future)
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
	UNIT(uses_at_the_same_time_never_exceed_what_was_approved))
