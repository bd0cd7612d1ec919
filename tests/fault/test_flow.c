/*
 * The pipeline with no memory left at any moment, before a real keeper and token:
 * nobody is answered without an event, all is done once, and who asks again gets it.
 */
#include "config.h"

#include "tests/fault/house.h"
#include "tests/fault/libraries.h"

/* ---- a use without approvals */

static void
before_sign(unsigned n)
{
	step_clear();
	body = image("bench", n, "1");
}

static int
run_sign(unsigned n, struct err *err)
{
	return asked("key.sign", "ci", DEV, "sign", n, OK, err);
}

static void
after_sign(unsigned n)
{
	ck_assert_uint_eq(house_made("key.signed"), 1);
	ck_assert_uint_eq(house_made("request.denied"), 0);
}

/* ---- a refusal */

static int
run_denied(unsigned n, struct err *err)
{
	return asked("key.sign", "officer-1", DEV, "denied", n, EDENIED, err);
}

static void
after_denied(unsigned n)
{
	ck_assert_uint_ge(house_made("request.denied"), 1);
	ck_assert_uint_eq(house_made("key.signed"), 0);
}

/* ---- preparing, and what waits */

static void
before_prepare(unsigned n)
{
	before_sign(n);
	json_object_set_new(body, "prepare", json_true());
}

static int
run_prepare(unsigned n, struct err *err)
{
	return asked("key.sign", "ci", KEY, "prepare", n, OK, err);
}

static void
nothing_made(unsigned n)
{
	ck_assert_uint_eq(house_events(), began);
}

static void
before_wait(unsigned n)
{
	step_clear();
	body = image("image", n, "1");
}

static int
run_wait(unsigned n, struct err *err)
{
	return asked("key.sign", "ci", KEY, "wait", n, EQUORUM, err);
}

static void
after_wait(unsigned n)
{
	ck_assert_uint_eq(house_made("request.opened"), 1);
	/* A proof that could not be verified was refused, and is recorded. */
	ck_assert_uint_eq(house_events(), began + 1 +
	    house_made("request.denied"));
	ck_assert_uint_le(house_made("request.denied"), 1);
}

/* A person's request, prepared, signed and handed in. */
static void
before_handed_in(unsigned n)
{
	step_clear();
	body = house_prepared("key.destroy", "release-lead", DEV,
	    json_object());
}

static int
run_handed_in(unsigned n, struct err *err)
{
	int rc;

	if ((rc = asked("key.destroy", "release-lead", DEV, "", n, EQUORUM,
	    err)) != -(int)ECONFLICT)
		return rc;
	/* Without a key of its own, asking again is told that it was taken. */
	return house_made("request.opened") == 1 ? 0 : rc;
}

/* ---- approvals */

static void
before_approve(unsigned n)
{
	open_image("approved", n, "2");
	vote = house_vote(document, 0, VOTE_APPROVE);
}

static int
hand_in(bool approve, const char *state, struct err *err)
{
	int rc = house_hand_in(last, approve, vote, &answer, err);

	fault_holds(rc == 0 || answer.body == NULL);
	/* What failed after the vote was counted is tried again: it is due. */
	if (rc == 0 && strcmp(json_str(answer.body, "state", ""), state) != 0)
		rc = err_set(err, ENOMEMORY, "the request is %s",
		    json_str(answer.body, "state", ""));
	answer_done(&answer);
	return rc;
}

static int
run_approve(unsigned n, struct err *err)
{
	return hand_in(true, "waiting", err);
}

static void
after_approve(unsigned n)
{
	ck_assert_uint_eq(house_made("request.approved"), 1);
	ck_assert_uint_eq(house_events(), began + 1);
}

static void
before_reject(unsigned n)
{
	open_image("rejected", n, "2");
	vote = house_vote(document, 0, VOTE_REJECT);
}

static int
run_reject(unsigned n, struct err *err)
{
	int rc = hand_in(false, "rejected", err);

	/* What was rejected takes no further vote. */
	return rc == -(int)ECONFLICT && house_made("request.rejected") == 1 ?
	    0 : rc;
}

static void
after_reject(unsigned n)
{
	ck_assert_uint_eq(house_made("request.rejected"), 1);
}

static void
before_due(unsigned n)
{
	open_image("due", n, "3");
	house_approve(document, 0);
	vote = house_vote(document, 1, VOTE_APPROVE);
}

static int
run_due(unsigned n, struct err *err)
{
	return hand_in(true, "done", err);
}

static void
after_due(unsigned n)
{
	ck_assert_uint_eq(house_made("request.approved"), 1);
	ck_assert_uint_eq(house_made("key.signed"), 1);
}

/* ---- keys, charter, windows: the last approval does them */

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

static void
nothing_asked(unsigned n)
{
	step_clear();
	body = json_object();
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

/* ---- credentials */

static void
before_issue(unsigned n)
{
	step_clear();
	body = world_json("{s:s, s:s, s:s}", "principal", "ci", "type",
	    "token", "label", "build");
}

static int
run_issue(unsigned n, struct err *err)
{
	return asked("credential.issue", "release-lead", "", "issue", n, OK,
	    err);
}

static void
after_issue(unsigned n)
{
	ck_assert_uint_eq(house_made("credential.issued"), 1);
}

static void
before_devices(unsigned n)
{
	step_clear();
	body = world_json("{s:[{s:s, s:[s]}, {s:s}]}", "devices", "serial",
	    house_serial(n), "keys", "fw", "serial", "");
}

static int
run_devices(unsigned n, struct err *err)
{
	return asked("device.import", "officer-1", "", "devices", n, OK, err);
}

static void
after_devices(unsigned n)
{
	ck_assert_uint_eq(house_made("device.imported"), 1);
}

static void
before_revoke(unsigned n)
{
	before_issue(n);
	unit_ok(house_ask("credential.issue", "release-lead", "", body, "",
	    &answer, &unit_err));
	ck_assert_msg(answer.code == OK, "%s", answer.detail);
	snprintf(last, sizeof(last), "%s", json_str(json_object_get(
	    answer.body, "credential"), "id", ""));
	answer_done(&answer);
	nothing_asked(n);
}

static int
run_revoke(unsigned n, struct err *err)
{
	char id[ID_TEXT];
	int rc;

	memcpy(id, last, sizeof(id));
	rc = asked("credential.revoke", "release-lead", id, "revoke", n, OK,
	    err);
	memcpy(last, id, sizeof(last));
	return rc;
}

static void
after_revoke(unsigned n)
{
	ck_assert_uint_eq(house_made("credential.revoked"), 1);
}

static void
before_cancel(unsigned n)
{
	open_image("cancelled", n, "2");
	nothing_asked(n);
}

static int
run_cancel(unsigned n, struct err *err)
{
	struct caller ci = house_person("ci");
	json_t *view = NULL;
	int rc = flow_cancel(flow, &ci, last, body, &view, err);

	fault_holds((rc == 0) == (view != NULL));
	json_decref(view);
	return rc == -(int)ECONFLICT && house_made("request.cancelled") == 1 ?
	    0 : rc;
}

static void
after_cancel(unsigned n)
{
	ck_assert_uint_eq(house_made("request.cancelled"), 1);
}

/* ---- who */

static json_t *login;
static unsigned logins;		/* with this challenge */

static void
before_login(unsigned n)
{
	json_t *challenge, *said;
	struct blob octets = { 0 }, sig = { 0 };

	step_clear();
	json_decref(login);
	logins = 0;
	body = world_json("{s:s}", "officer", "officer-1");
	unit_ok(flow_login_challenge(flow, body, &challenge, &unit_err));
	said = world_json("{s:s, s:s, s:s, s:O}", "format",
	    "claviger/login/v1", "house", w.house, "officer", "officer-1",
	    "challenge", json_object_get(challenge, "challenge"));
	unit_ok(json_canonical(said, &octets, &unit_err));
	unit_ok(proof_sign(w.person[0], octets.data, octets.len, &sig,
	    &unit_err));
	login = world_json("{s:s, s:O}", "officer", "officer-1", "challenge",
	    json_object_get(challenge, "challenge"));
	unit_ok(json_set_hash(login, "credential", &w.credential[0],
	    &unit_err));
	unit_ok(json_set_b64(login, "signature", sig.data, sig.len,
	    &unit_err));
	json_decref(challenge);
	json_decref(said);
	blob_done(&octets);
	blob_done(&sig);
}

static int
run_challenge(unsigned n, struct err *err)
{
	AUTO_JSON *challenge = NULL;

	return flow_login_challenge(flow, body, &challenge, err);
}

static int
run_login(unsigned n, struct err *err)
{
	AUTO_JSON *session = NULL;
	struct caller who;
	struct presented shown = { 0 };
	char token[PEOPLE_TOKEN];

	/* Who tries again asks for a challenge again, as a client does. */
	if (logins > 0)
		before_login(n);
	logins++;
	TRY(flow_login(flow, login, &session, err));
	snprintf(token, sizeof(token), "%s", json_str(session, "token", ""));
	shown.bearer = token;
	return flow_identify(flow, &shown, &who, err);
}

static const struct step STEPS[] = {
	{ "preparing", before_prepare, run_prepare, nothing_made, 0 },
	{ "what waits", before_wait, run_wait, after_wait, 80 },
	{ "what a person hands in", before_handed_in, run_handed_in,
	    after_wait, 30 },
	{ "a refusal", before_sign, run_denied, after_denied, 60 },
	{ "an approval", before_approve, run_approve, after_approve, 60 },
	{ "a rejection", before_reject, run_reject, after_reject, 30 },
	{ "a withdrawal", before_cancel, run_cancel, after_cancel, 30 },
	{ "a use", before_sign, run_sign, after_sign, 100 },
	{ "an approved use", before_due, run_due, after_due, 60 },
	{ "a new key", before_generate, run_due, after_generate, 30 },
	{ "a change of the law", before_amend, run_due, after_amend, 30 },
	{ "a window", before_window, run_due, after_window_close, 30 },
	{ "a window's end", before_close, run_close, after_close, 30 },
	{ "a suspension", nothing_asked, run_suspend, after_suspend, 30 },
	{ "a new credential", before_issue, run_issue, after_issue, 60 },
	{ "devices", before_devices, run_devices, after_devices, 60 },
	{ "a credential's end", before_revoke, run_revoke, after_revoke, 40 },
	{ "a challenge", before_login, run_challenge, NULL, 0 },
	{ "a login", before_login, run_login, NULL, 0 },
};

START_TEST(it_is_done_once_or_not_at_all)
{
	house_begin();
	ck_assert_uint_gt(house_each(&STEPS[_i], FAULT_MEMORY | FAULT_HERE),
	    10);
	json_decref(login);
	login = NULL;
	house_end();
}
END_TEST

/* Which of them a step meets is its own affair: most meet few. */
START_TEST(it_is_done_once_whatever_fails)
{
	static const unsigned KINDS[] = { FAULT_SQLITE, FAULT_OPENSSL,
	    FAULT_IO | FAULT_RANDOM };
	struct step step = STEPS[_i];
	unsigned n = 0;

	house_begin();
	step.most = 25;
	for (size_t i = 0; i < NELEM(KINDS); i++)
		n += house_each(&step, KINDS[i] | FAULT_HERE);
	ck_assert_uint_gt(n, 0);
	json_decref(login);
	login = NULL;
	house_end();
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

/* Threads of the pipeline's own may be the ones without memory. */
START_TEST(it_is_done_once_whoever_has_no_memory)
{
	static const struct step step = { "a use, whoever fails", before_sign,
		run_sign, after_sign, 80 };

	house_begin();
	ck_assert_uint_gt(house_each(&step, FAULT_MEMORY), 10);
	house_end();
}
END_TEST

UNIT_MAIN("fault/flow",
	tcase_set_timeout(tc, 600);
	UNIT_ROWS(it_is_done_once_or_not_at_all, STEPS)
	UNIT_ROWS(it_is_done_once_whatever_fails, STEPS)
	UNIT(a_use_under_a_window_is_never_one_without_it)
	UNIT(it_is_done_once_whoever_has_no_memory))
