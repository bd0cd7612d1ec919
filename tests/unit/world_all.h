/*
 * world_all - everything that can happen in a house, once.
 */
#ifndef TESTS_WORLD_ALL_H
#define TESTS_WORLD_ALL_H

#include "tests/unit/world_device.h"
#include "tests/unit/world_elsewhere.h"
#include "tests/unit/world_window.h"

/* Two officers sign the genesis. */
static UNUSED void
world_genesis_signed(struct world *w)
{
	struct genesis *g;
	json_t *signature;

	unit_ok(genesis_read(w->genesis, &g, &unit_err));
	for (size_t i = 0; i < 2; i++) {
		unit_ok(genesis_sign(g, world_person[i], w->person[i],
		    &signature, &unit_err));
		world_event(w, EVENT_GENESIS_SIGNED, world_person[i], w->house,
		    signature, NULL);
	}
	genesis_free(g);
}

/* A credential, given and taken. */
static UNUSED void
world_credentials(struct world *w)
{
	const char *cred = "cred_01j0000000000000000000000a";
	struct decision d;
	json_t *q, *data;

	q = world_request(w, ACTION_CREDENTIAL_ISSUE, "release-lead",
	    world_json("{s:s, s:s, s:s, s:s, s:s}", "principal", "ci", "type",
	    "token", "label", "build", "expires",
	    "2099-01-01T00:00:00.000000Z", "hash",
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
	data = world_json("{s:O, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s}}",
	    "request", q, "credential", "id", cred, "principal", "ci", "type",
	    "token", "label", "build", "hash",
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
	    "created", "2026-11-21T00:00:00.000000Z", "expires",
	    "2099-01-01T00:00:00.000000Z");
	json_object_set_new(data, "facts", world_facts(w, q, "release-lead",
	    NULL, &d));
	json_object_set_new(data, "rule", world_rule(d.rule));
	world_event(w, EVENT_CREDENTIAL_ISSUED, "release-lead", cred, data,
	    NULL);
	json_decref(q);
	q = world_request(w, ACTION_CREDENTIAL_REVOKE, "release-lead",
	    world_json("{s:s, s:s}", "credential", cred, "reason", "lost"));
	data = world_json("{s:O, s:s, s:s}", "request", q, "credential", cred,
	    "reason", "lost");
	json_object_set_new(data, "facts", world_facts(w, q, "release-lead",
	    NULL, &d));
	json_object_set_new(data, "rule", world_rule(d.rule));
	world_event(w, EVENT_CREDENTIAL_REVOKED, "release-lead", cred, data,
	    NULL);
	json_decref(q);
}

/* A release under two of three; a rival that gave way; a refusal. */
static UNUSED void
world_releases(struct world *w)
{
	struct decision d;
	json_t *q, *q2, *data;

	q2 = world_request(w, ACTION_KEY_SIGN, "ci", world_sign_parameters(w,
	    "older image", "1.0"));
	world_open(w, q2, NULL);
	q = world_request(w, ACTION_KEY_SIGN, "ci", world_sign_parameters(w,
	    "image", "1.0"));
	world_event(w, EVENT_REQUEST_SUPERSEDED, "ci", json_str(q2, "id", ""),
	    world_json("{s:s}", "request", json_str(q2, "id", "")), NULL);
	world_open(w, q, "ask-1");
	world_approve(w, q, 2);
	world_approve(w, q, 0);
	unit_ok(world_signed(w, q, true, 1, "ci", "image", "1.0", &unit_err));
	json_decref(q);
	json_decref(q2);
	q = world_request(w, ACTION_KEY_SIGN, "officer-1",
	    world_sign_parameters(w, "image", "0.9"));
	data = world_json("{s:s, s:O, s:{s:s}}", "action", "key.sign",
	    "parameters", json_object_get(q, "parameters"), "explanation",
	    "verdict", "deny");
	json_object_set_new(data, "facts", world_facts(w, q, "officer-1", NULL,
	    &d));
	ck_assert_int_eq(d.verdict, DENY);
	world_event(w, EVENT_REQUEST_DENIED, "officer-1", w->key, data, NULL);
	json_decref(q);
}

/* One withdrawn, one run out, one rejected. */
static UNUSED void
world_ended(struct world *w)
{
	json_t *q;

	for (size_t i = 0; i < 3; i++) {
		q = world_request(w, ACTION_KEY_DESTROY, "release-lead",
		    world_json("{s:s, s:s}", "key", w->key, "key_name", "fw"));
		world_open(w, q, NULL);
		if (i == 2)
			unit_ok(world_vote(w, q, 1, VOTE_REJECT, &unit_err));
		else
			world_event(w, i == 0 ? EVENT_REQUEST_CANCELLED :
			    EVENT_REQUEST_EXPIRED, i == 0 ? "release-lead" :
			    "service", json_str(q, "id", ""), world_json(
			    "{s:s}", "request", json_str(q, "id", "")), NULL);
		json_decref(q);
	}
}

/* A window of two named digests, used twice, closed. */
static UNUSED void
world_window(struct world *w)
{
	json_t *q = world_window_open(w, 2);

	unit_ok(world_signed(w, q, true, 1, "ci", "a", NULL, &unit_err));
	unit_ok(world_signed(w, q, true, 2, "ci", "b", NULL, &unit_err));
	world_window_close(w, q);
	json_decref(q);
}

/* A key's whole life, after its use. */
static UNUSED void
world_life(struct world *w)
{
	world_move(w, ACTION_KEY_SUSPEND, EVENT_KEY_SUSPENDED, "active",
	    "suspended", "officer-1", 0);
	world_move(w, ACTION_KEY_RESUME, EVENT_KEY_RESUMED, "suspended",
	    "active", "release-lead", 2);
	world_move(w, ACTION_KEY_DEACTIVATE, EVENT_KEY_DEACTIVATED, "active",
	    "deactivated", "release-lead", 1);
	world_move(w, ACTION_KEY_COMPROMISE, EVENT_KEY_COMPROMISED,
	    "deactivated", "compromised", "release-lead", 1);
	world_move(w, ACTION_KEY_DESTROY, EVENT_KEY_DESTROYED, "compromised",
	    "destroyed", "release-lead", 2);
}

/* Each kind of event but house.restored. */
static UNUSED void
world_everything(struct world *w)
{
	world_genesis_signed(w);
	world_key(w, "production");
	world_activate(w);
	world_credentials(w);
	world_releases(w);
	world_ended(w);
	world_window(w);
	world_life(w);
	world_elsewhere(w);
	world_devices(w);
}

#endif
