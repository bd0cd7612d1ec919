/* world_revoked - what becomes of a world's certificates, one by one and together. */
#ifndef TESTS_WORLD_REVOKED_H
#define TESTS_WORLD_REVOKED_H

#include "tests/unit/world_ca.h"

/* Revoked, held or retired, by the service alone; released under one approval. */
static UNUSED void
pki_change(struct pki_world *k, enum action a, enum event_kind kind,
    const char *who, const char *serial, const char *cause)
{
	struct decision d;
	json_t *q = world_request(&k->w, a, who, world_json("{s:s, s:s, s:s,"
	    " s:o*, s:s*}", "key", k->devices.hash, "key_name",
	    k->devices.name, "ca", k->devices.name, "serials", serial == NULL ?
	    NULL : world_json("[s]", serial), "cause", cause)), *data;
	const json_t *p = json_object_get(q, "parameters");
	json_t *facts = world_facts(&k->w, q, who, NULL, &d);
	bool waits = d.verdict == WAIT;

	if (waits)
		world_open(&k->w, q, NULL);
	for (size_t i = 0; waits && i < (a == ACTION_CA_RETIRE ? 2 : 1); i++)
		world_approve(&k->w, q, i);
	data = world_json("{s:s, s:O*, s:s*, s:o, s:o}", "ca", k->devices.name,
	    "serials", json_object_get(p, "serials"), "cause", cause, "facts",
	    facts, "rule", world_rule(d.rule));
	if (waits) {
		json_object_set(data, "request", json_object_get(q, "id"));
		json_object_set_new(data, "permit", world_permit(&k->w, q,
		    true));
	} else {
		json_object_set(data, "request", q);
	}
	world_event(&k->w, kind, who, k->devices.name, data, NULL);
	json_decref(q);
}

/* Certificates on hold together, by what they have in common: one part. */
static UNUSED void
pki_parts(struct pki_world *k, const char *first, const char *second,
    int certificates)
{
	AUTO_JSON *serials = world_json("[s, s]", first, second);
	struct decision d;
	struct sha256 h;
	char hex[SHA256_HEX];
	json_t *q, *data;

	unit_ok(json_hash(serials, &h, &unit_err));
	sha256_hex(&h, hex);
	q = world_request(&k->w, ACTION_CERT_HOLD, "ci", world_json("{s:s, s:s,"
	    " s:s, s:{s:b}, s:{s:i, s:i, s:[s]}}", "key", k->devices.hash,
	    "key_name", k->devices.name, "ca", k->devices.name, "filter",
	    "expired", 1, "selection", "through", 9, "certificates",
	    certificates, "parts",
	    hex));
	data = world_json("{s:s, s:O, s:i, s:i, s:O}", "ca", k->devices.name,
	    "serials", serials, "part", 1, "parts", 1, "request", q);
	json_object_set_new(data, "facts", world_facts(&k->w, q, "ci", NULL,
	    &d));
	json_object_set_new(data, "rule", world_rule(d.rule));
	world_event(&k->w, EVENT_CERT_HELD, "ci", k->devices.name, data, NULL);
	json_decref(q);
}

/* Two devices' certificates so, their serial numbers in order or not. */
static UNUSED void
pki_in_parts(struct pki_world *k, bool backwards, int certificates)
{
	char one[NUMBER_HEX];
	bool first;

	pki_device(k, "three", false, &RIGHT);
	memcpy(one, k->serial, sizeof(one));
	pki_device(k, "four", false, &RIGHT);
	first = (strcmp(one, k->serial) < 0) != backwards;
	pki_parts(k, first ? one : k->serial, first ? k->serial : one,
	    certificates);
}

#endif
