/*
 * world_elsewhere - a world whose officers say what lives elsewhere.
 */
#ifndef TESTS_WORLD_ELSEWHERE_H
#define TESTS_WORLD_ELSEWHERE_H

#include "tests/unit/world_key.h"

/* A public key of P-256 that no token has. */
#define WORLD_SPKI "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEyPVtP2LqvJJJD2XikZ8+" \
	"WpIEL/exj5orwzcEeXTAfUN74MP+sdqFZYV4kokzuzt0n/UfIPkzJmxwm2aNUIK0Yg=="

/* Somebody says it, and their rule lets them; parameters stolen. */
static UNUSED int
world_said(struct world *w, enum action a, enum event_kind kind,
    json_t *parameters, struct err *err)
{
	json_t *q = world_request(w, a, "officer-1", parameters), *data;
	const char *name = json_str(json_object_get(q, "parameters"), "name",
	    "");
	struct decision d;
	int rc;

	data = world_json("{s:O, s:s}", "request", q, "name", name);
	json_object_set_new(data, "facts", world_facts(w, q, "officer-1",
	    NULL, &d));
	ck_assert_int_eq(d.verdict, ALLOW);
	json_object_set_new(data, "rule", world_rule(d.rule));
	rc = world_try(w, kind, "officer-1", name, data, NULL, err);
	json_decref(q);
	return rc;
}

/* What is said of a key; @spki base64, or NULL. */
static UNUSED json_t *
world_elsewhere_of(const char *name, const char *at, const char *spki)
{
	return world_json("{s:s, s:s, s:s, s:[s], s:s, s:s*, s:s*}", "name",
	    name, "class", "firmware-signing", "environment", "production",
	    "products", "radio", "at", at, "public_key", spki, "algorithm",
	    spki != NULL ? "ec-p256" : NULL);
}

static UNUSED json_t *
world_elsewhere_which(const char *name)
{
	return world_json("{s:s, s:s, s:s, s:[s], s:s}", "name", name, "class",
	    "firmware-signing", "environment", "production", "products",
	    "radio", "reason", "gone");
}

/* An entry, what is known of it later, and its end. */
static UNUSED void
world_elsewhere(struct world *w)
{
	unit_ok(world_said(w, ACTION_KEY_REGISTER, EVENT_KEY_REGISTERED,
	    world_elsewhere_of("vendor", "a vendor", NULL), &unit_err));
	unit_ok(world_said(w, ACTION_KEY_CORRECT, EVENT_KEY_CORRECTED,
	    world_elsewhere_of("vendor", "another", WORLD_SPKI), &unit_err));
	unit_ok(world_said(w, ACTION_KEY_UNREGISTER, EVENT_KEY_UNREGISTERED,
	    world_elsewhere_which("vendor"), &unit_err));
}

#endif
