/*
 * A hostile service on the keeper's socket: whatever it says, no signature
 * comes out that officers did not permit, and the refusal says why.
 */
#include "config.h"

#include "tests/keeper/house.h"

static char prod[SHA256_HEX], dev[SHA256_HEX], ca[SHA256_HEX], other[SHA256_HEX];

/* A house with a production, a development and a CA key, all active. */
static void
setup(void)
{
	rig_setup();
	house_found(5);
	house_key("firmware", "prod", "ec-p256", "ecdsa-sha256", "production", prod);
	house_key("firmware", "dev", "ec-p256", "ecdsa-sha256", "development", dev);
	unit_ok(house_move("make", ACTION_KEY_ACTIVATE, prod, "prod", "active", "12"));
	unit_ok(house_move("make", ACTION_KEY_ACTIVATE, dev, "dev", "active", "12"));
}

static void
setup_ca(void)
{
	setup();
	house_key("ca", "root", "ec-p256", "ecdsa-sha256", "production", ca);
	unit_ok(house_move("ca-make", ACTION_KEY_ACTIVATE, ca, "root", "active", "12"));
}

static const struct image IMAGE = { prod, "prod", "image", "gateway", "1.0", NULL };

/* It was refused with one of these codes, and the journal has no signature more. */
static void
refused(int rc, size_t signatures, const char *code, const char *or_code)
{
	const char *got = json_str(rig.answer, "code", "none");

	ck_assert_msg(rc != 0, "the keeper did it");
	ck_assert_msg(strcmp(got, code) == 0 ||
	    (or_code != NULL && strcmp(got, or_code) == 0),
	    "refused as %s (%s), expected %s", got,
	    json_str(rig.answer, "what", ""), code);
	ck_assert_ptr_null(signature_got());
	ck_assert_str_ne(json_str(rig.answer, "what", ""), "");
	ck_assert_uint_eq(rig_entries("sign"), signatures);
}

static json_t *
request_for(const struct image *i)
{
	return ask("production-image", ACTION_KEY_SIGN, "ci", sign_parameters(i));
}

static int
sign_with(const char *officers)
{
	json_t *p = permit(request_for(&IMAGE), "production-image", officers);
	int rc = use(p, sign_operation(&IMAGE, "ci"));

	json_decref(p);
	return rc;
}

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

static int
sign_other(const struct image *approved, const struct image *done)
{
	json_t *p = permit(request_for(approved), "production-image", "12");
	int rc = use(p, sign_operation(done, "ci"));

	json_decref(p);
	return rc;
}

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

/* Ask for an amendment as @charter says; @officers approve. */
static int
amend(json_t *charter, json_t *approved, const char *officers)
{
	struct sha256 next, previous = charter_hash(house.law);
	json_t *params = json_object(), *p, *m;
	int rc;

	unit_ok(json_hash(approved, &next, &unit_err));
	unit_ok(json_set_hash(params, "charter", &next, &unit_err));
	unit_ok(json_set_hash(params, "previous", &previous, &unit_err));
	p = permit(ask("amend", ACTION_CHARTER_AMEND, "officer-1", params),
	    "amend", officers);
	unit_ok(json_build(&m, &unit_err, "{s:s, s:o, s:O}", "do", "amend",
	    "permit_document", p, "charter", charter));
	rc = rig_call(m);
	return rc;
}

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

START_TEST(an_expired_request_is_not_used)
{
	time_us then;
	char id[ID_TEXT];
	json_t *r, *p;
	int rc;

	setup();
	then = clock_now() - TIME_S(10 * 3600);
	unit_ok(id_new("req", then, id, &unit_err));
	unit_ok(request_build(house.id, id, ACTION_KEY_SIGN, "ci",
	    sign_parameters(&IMAGE), then, then + TIME_S(4 * 3600), &r, &unit_err));
	p = permit(r, "production-image", "12");
	rc = use(p, sign_operation(&IMAGE, "ci"));
	refused(rc, 0, "expired", NULL);
	json_decref(p);
	/* Nor one that gives itself a longer life than the rule does. */
	then = clock_now();
	unit_ok(id_new("req", then, id, &unit_err));
	unit_ok(request_build(house.id, id, ACTION_KEY_SIGN, "ci",
	    sign_parameters(&IMAGE), then, then + TIME_S(400 * 3600), &r, &unit_err));
	p = permit(r, "production-image", "12");
	rc = use(p, sign_operation(&IMAGE, "ci"));
	refused(rc, 0, "denied", NULL);
	json_decref(p);
}
END_TEST

static json_t *
window_of(int uses, const char *by)
{
	char from[TIME_TEXT], until[TIME_TEXT];
	json_t *params;

	clock_text(clock_now() - TIME_S(1), from);
	clock_text(clock_now() + TIME_S(3600), until);
	unit_ok(json_build(&params, &unit_err,
	    "{s:[{s:s, s:s}], s:[s], s:i, s:s, s:s, s:b}", "keys", "key", prod,
	    "key_name", "prod", "by", by, "uses", uses, "from", from,
	    "until", until, "any_digest", 1));
	return permit(ask("window", ACTION_WINDOW_OPEN, "ci", params), "window",
	    "12");
}

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

static void
copy_state(const char *from, const char *to)
{
	const char *const argv[] = { "cp", "-a", scratch_path(from),
		scratch_path(to), NULL };

	ck_assert_int_eq(rig_run(argv), 0);
}

/* Stop, keep a copy, sign more, stop, and put the copy back. */
static void
roll_back(void)
{
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	copy_state("state", "old");
	rig_start();
	unit_ok(sign_with("12"));
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_eq(rename(scratch_path("state"), scratch_path("new")), 0);
	ck_assert_int_eq(rename(scratch_path("old"), scratch_path("state")), 0);
}

START_TEST(a_journal_that_was_rolled_back_halts_the_house)
{
	json_t *p;

	setup();
	p = permit(request_for(&IMAGE), "production-image", "12");
	roll_back();
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	ck_assert_ptr_nonnull(strstr(json_str(rig.answer, "why", ""), "rolled back"));
	refused(use(p, sign_operation(&IMAGE, "ci")), 0, "halted", NULL);
	json_decref(p);
}
END_TEST

START_TEST(a_journal_that_is_gone_halts_the_house)
{
	json_t *m;

	setup();
	ck_assert_int_eq(rig_end(SIGTERM), 0);
	ck_assert_int_eq(rename(scratch_path("state"), scratch_path("gone")), 0);
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	/* And nobody founds another one on the same token. */
	unit_ok(json_build(&m, &unit_err, "{s:s, s:O}", "do", "found",
	    "charter", house.charter));
	ck_assert_int_ne(rig_call(m), 0);
}
END_TEST

START_TEST(a_clock_that_was_set_back_halts_the_house)
{
	json_t *p;

	setup();
	p = permit(request_for(&IMAGE), "production-image", "12");
	(void)rig_end(SIGTERM);
	rig.faketime = "-3600s";
	rig_start();
	ck_assert_str_eq(rig_state(), "halted");
	ck_assert_ptr_nonnull(strstr(json_str(rig.answer, "why", ""), "clock"));
	refused(use(p, sign_operation(&IMAGE, "ci")), 0, "halted", NULL);
	/* Set right again, it goes on. */
	(void)rig_end(SIGTERM);
	rig.faketime = NULL;
	rig_start();
	unit_ok(use(p, sign_operation(&IMAGE, "ci")));
	json_decref(p);
}
END_TEST

START_TEST(a_clock_a_moment_behind_reads_as_the_journals_last_time)
{
	json_t *p, *e;
	char last[TIME_TEXT];

	setup();
	p = permit(request_for(&IMAGE), "production-image", "12");
	unit_ok(sign_with("12"));
	snprintf(last, sizeof(last), "%s", json_str(json_object_get(rig.answer,
	    "entry"), "time", ""));
	(void)rig_end(SIGTERM);
	rig.faketime = "-1.5s";
	rig_start();
	{
		struct image i = IMAGE;

		i.version = "1.1";
		i.text = "next";
		unit_ok(sign_other(&i, &i));
	}
	e = json_object_get(rig.answer, "entry");
	ck_assert_int_ge(strcmp(json_str(e, "time", ""), last), 0);
	json_decref(p);
}
END_TEST

static const struct {
	const char	*why;
	unsigned char	 o[16];
	size_t		 n;
} GARBAGE[] = {
	{ "a length below the smallest", { 0, 0, 0, 1, 0, 0, 0, 1, 0 }, 9 },
	{ "a length of zero", { 0, 0, 0, 0, 0, 0, 0, 1, 0 }, 9 },
	{ "a length above the largest", { 0, 1, 0, 1, 0, 0, 0, 0, 0 }, 9 },
	{ "a length of four gigabytes", { 255, 255, 255, 255, 0, 0, 0, 0, 0 }, 9 },
	{ "flags that mean nothing", { 0, 0, 0, 6, 0, 0, 0, 1, 0xfe, '{' }, 10 },
	{ "text instead of frames", "GET / HTTP/1.1\r", 15 },
};

START_TEST(garbage_ends_the_connection_and_nothing_else)
{
	char c;

	rig_setup();
	ck_assert_int_eq((int)send(rig.fd, GARBAGE[_i].o, GARBAGE[_i].n, 0),
	    (int)GARBAGE[_i].n);
	ck_assert_int_le((int)recv(rig.fd, &c, 1, 0), 0);
	rig_disconnect();
	ck_assert(rig_connect());
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
}
END_TEST

static const struct {
	const char	*why, *text;
} NONSENSE[] = {
	{ "no JSON", "hello" },
	{ "not closed", "{\"do\":\"hello\"" },
	{ "an array", "[]" },
	{ "no verb", "{}" },
	{ "an unknown verb", "{\"do\":\"sign\"}" },
	{ "a verb of another type", "{\"do\":7}" },
	{ "a name twice", "{\"do\":\"hello\",\"do\":\"keys\"}" },
	{ "a use of nothing", "{\"do\":\"use\"}" },
	{ "a show of nothing", "{\"do\":\"show\"}" },
	{ "a tail of nothing", "{\"do\":\"tail\"}" },
	{ "a tail of too much", "{\"do\":\"tail\",\"from\":1,\"limit\":100000}" },
	{ "a tail from below", "{\"do\":\"tail\",\"from\":-1}" },
	{ "an amendment of nothing", "{\"do\":\"amend\"}" },
	{ "a restore of nothing", "{\"do\":\"restore\"}" },
	{ "a founding on nothing", "{\"do\":\"found\"}" },
	{ "a founding on an empty charter", "{\"do\":\"found\",\"charter\":{}}" },
};

START_TEST(nonsense_is_answered_with_its_reason)
{
	json_t *answer;

	rig_setup();
	unit_ok(frame_writer_add(rig.out, 9, NONSENSE[_i].text,
	    strlen(NONSENSE[_i].text), &unit_err));
	unit_ok(frame_writer_flush(rig.out, rig.fd, &unit_err));
	answer = rig_next(NULL);
	ck_assert_ptr_nonnull(answer);
	ck_assert(!json_flag(answer, "ok", true));
	ck_assert_str_ne(json_str(answer, "code", ""), "internal");
	ck_assert_str_ne(json_str(answer, "what", ""), "");
	json_decref(answer);
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
}
END_TEST

/* Unfinished messages without end: the keeper's bound is 8 MiB for all. */
START_TEST(more_unfinished_octets_than_allowed_end_the_connection)
{
	static unsigned char frame[FRAME_LENGTH + FRAME_MAX];
	size_t sent = 0;
	ssize_t n = 0;

	rig_setup();
	frame[1] = 1;		/* 65536 */
	frame[8] = FRAME_MORE;
	while (sent < (64u << 20)) {
		n = send(rig.fd, frame, sizeof(frame), MSG_NOSIGNAL);
		if (n < 0)
			break;
		sent += (size_t)n;
	}
	ck_assert_int_lt((int)n, 0);
	ck_assert_uint_lt(sent, 32u << 20);
	rig_disconnect();
	ck_assert(rig_connect());
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
}
END_TEST

START_TEST(connections_are_bounded)
{
	int fd[40];
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	unsigned closed = 0;

	rig_setup();
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", scratch_path("keeper.sock"));
	for (int i = 0; i < 40; i++) {
		fd[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		ck_assert_int_eq(connect(fd[i], (struct sockaddr *)&a,
		    sizeof(a)), 0);
	}
	ck_assert_str_eq(rig_state(), "awaiting-genesis");
	for (int i = 0; i < 40; i++) {
		char c;

		if (recv(fd[i], &c, 1, MSG_DONTWAIT) == 0)
			closed++;
		close(fd[i]);
	}
	ck_assert_uint_ge(closed, 20);
}
END_TEST

static void
many(json_t *w, int from, int upto)
{
	struct image i = { prod, "prod", NULL, NULL, NULL, NULL };
	char text[16];

	for (int n = from; n < upto; n++) {
		snprintf(text, sizeof(text), "%d", n);
		i.text = text;
		(void)rig_send(use_message(w, sign_operation(&i, "ci")));
	}
	for (int n = from; n < upto; n++) {
		json_t *answer = rig_next(NULL);

		ck_assert_ptr_nonnull(answer);
		ck_assert_msg(json_flag(answer, "ok", false), "%s",
		    json_str(answer, "what", ""));
		json_decref(answer);
	}
}

START_TEST(a_thousand_uses_without_the_ledger_are_the_last)
{
	struct image i = { prod, "prod", "one more", NULL, NULL, NULL };
	json_t *w;

	setup();
	w = window_of(5000, "ci");
	for (int n = 0; n < 1000; n += 100)
		many(w, n, n + 100);
	refused(use(w, sign_operation(&i, "ci")), 1000, "halted-ledger", NULL);
	rig_again(SIGKILL);
	refused(use(w, sign_operation(&i, "ci")), 1000, "halted-ledger", NULL);
	/* Suspending works all the same. */
	unit_ok(house_move("stop", ACTION_KEY_SUSPEND, dev, "dev", "suspended", ""));
	unit_ok(show_entries(1, 0));
	unit_ok(show_entries(1001, 0));
	ck_assert_ptr_nonnull(json_str(rig.answer, "checkpoint", NULL));
	unit_ok(use(w, sign_operation(&i, "ci")));
	json_decref(w);
}
END_TEST

/* A signature is taken and its event withheld: J stays, and after a minute it is the last. */
START_TEST(a_withheld_event_stops_the_keeper)
{
	struct image i = IMAGE;
	int64_t n;
	json_t *ledger;

	setup();
	unit_ok(sign_with("12"));
	n = json_int(json_object_get(rig.answer, "entry"), "n", 0);
	unit_ok(show_entries(1, n));
	ledger = json_object_get((json_t *)(uintptr_t)rig_hello(), "ledger");
	ck_assert_int_eq(json_int(ledger, "entries", 0), n - 1);
	(void)rig_end(SIGTERM);
	rig.faketime = "+70s";
	rig_start();
	i.version = "1.1";
	i.text = "next";
	refused(sign_other(&i, &i), 1, "halted-ledger", NULL);
}
END_TEST

START_TEST(a_ledger_that_forks_gets_no_checkpoint)
{
	json_t *m;
	char zero[SHA256_HEX];

	setup();
	unit_ok(sign_with("12"));
	unit_ok(show_entries(1, 0));
	ck_assert_ptr_nonnull(json_str(rig.answer, "checkpoint", NULL));
	memset(zero, 'a', sizeof(zero) - 1);
	zero[sizeof(zero) - 1] = '\0';
	/* Another history from the beginning on. */
	unit_ok(json_build(&m, &unit_err, "{s:s, s:i, s:[s], s:{}, s:b}", "do",
	    "show", "from", 0, "leaves", zero, "events", "final", 1));
	unit_ok(rig_call(m));
	ck_assert_ptr_null(json_str(rig.answer, "checkpoint", NULL));
	ck_assert_int_eq(json_int(rig.answer, "size", 0), (int64_t)house.leaves);
	rig_again(SIGKILL);
	unit_ok(json_build(&m, &unit_err, "{s:s, s:i, s:[s], s:{}, s:b}", "do",
	    "show", "from", 0, "leaves", zero, "events", "final", 1));
	unit_ok(rig_call(m));
	ck_assert_ptr_null(json_str(rig.answer, "checkpoint", NULL));
	ck_assert_int_eq(json_int(rig.answer, "size", 0), (int64_t)house.leaves);
}
END_TEST

/* An event with another signature than the journal has. */
START_TEST(an_event_that_is_not_the_entry_is_refused)
{
	json_t *m, *entry, *event, *leaves, *events;
	struct blob text = { 0 };
	struct sha256 leaf;
	char hex[SHA256_HEX];

	setup();
	unit_ok(sign_with("12"));
	entry = json_deep_copy(json_object_get(rig.answer, "entry"));
	json_object_set_new(json_object_get(entry, "result"), "signature",
	    json_string("AAAA"));
	unit_ok(json_build(&event, &unit_err, "{s:{s:o}}", "data", "entry", entry));
	unit_ok(json_canonical(event, &text, &unit_err));
	leaf = merkle_leaf(text.data, text.len);
	blob_done(&text);
	sha256_hex(&leaf, hex);
	leaves = json_pack("[s]", hex);
	events = json_pack("{s:O}", "0", event);
	unit_ok(json_build(&m, &unit_err, "{s:s, s:i, s:o, s:o, s:b}", "do",
	    "show", "from", 0, "leaves", leaves, "events", events, "final", 1));
	ck_assert_int_eq(rig_call(m), -EVERIFY);
	/* And an event that is not its leaf. */
	hex[0] = hex[0] == 'a' ? 'b' : 'a';
	leaves = json_pack("[s]", hex);
	events = json_pack("{s:O}", "0", event);
	unit_ok(json_build(&m, &unit_err, "{s:s, s:i, s:o, s:o, s:b}", "do",
	    "show", "from", 0, "leaves", leaves, "events", events, "final", 1));
	ck_assert_int_eq(rig_call(m), -EVERIFY);
	json_decref(event);
}
END_TEST

UNIT_MAIN("keeper/hostile service",
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, NULL, rig_teardown);
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
	UNIT(a_window_is_for_those_it_names)
	UNIT(a_suspended_key_refuses_even_what_it_signed_before)
	UNIT(a_firmware_key_makes_no_certificate_and_a_ca_key_signs_no_digest)
	UNIT(a_production_key_stays_one_whatever_the_service_calls_it)
	UNIT(a_limit_is_the_keepers_own_count)
	UNIT(versions_only_rise_on_their_track)
	UNIT(a_journal_that_was_rolled_back_halts_the_house)
	UNIT(a_journal_that_is_gone_halts_the_house)
	UNIT(a_clock_that_was_set_back_halts_the_house)
	UNIT(a_clock_a_moment_behind_reads_as_the_journals_last_time)
	UNIT_ROWS(garbage_ends_the_connection_and_nothing_else, GARBAGE)
	UNIT_ROWS(nonsense_is_answered_with_its_reason, NONSENSE)
	UNIT(more_unfinished_octets_than_allowed_end_the_connection)
	UNIT(connections_are_bounded)
	UNIT(a_thousand_uses_without_the_ledger_are_the_last)
	UNIT(a_withheld_event_stops_the_keeper)
	UNIT(a_ledger_that_forks_gets_no_checkpoint)
	UNIT(an_event_that_is_not_the_entry_is_refused))
