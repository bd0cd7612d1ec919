/*
 * Credentials, devices and logins with one thing failing: each comes to be once, or
 * not at all.
 */
#include "config.h"

#include "tests/fault/libraries.h"
#include "tests/fault/steps.h"

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

static void
login_forget(void)
{
	json_decref(login);
	login = NULL;
}

static const struct step STEPS[] = {
	{ "a new credential", before_issue, run_issue, after_issue, 60 },
	{ "devices", before_devices, run_devices, after_devices, 60 },
	{ "a credential's end", before_revoke, run_revoke, after_revoke, 40 },
	{ "a challenge", before_login, run_challenge, NULL, 0 },
	{ "a login", before_login, run_login, NULL, 0 },
};

START_TEST(it_is_done_once_or_not_at_all)
{
	step_once(&STEPS[_i]);
	login_forget();
}
END_TEST

START_TEST(it_is_done_once_whatever_fails)
{
	step_whatever(&STEPS[_i]);
	login_forget();
}
END_TEST

UNIT_MAIN("fault/flow_who",
	tcase_set_timeout(tc, 600);
	UNIT_ROWS(it_is_done_once_or_not_at_all, STEPS)
	UNIT_ROWS(it_is_done_once_whatever_fails, STEPS))
