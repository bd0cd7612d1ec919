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

static int
pki_size_read(struct tx *tx, void *ctx, struct err *err)
{
	struct ledger_head h;

	TRY(ledger_head(tx, &h, err));
	*(uint64_t *)ctx = h.size;
	return 0;
}

/* How many events there are. */
static UNUSED uint64_t
pki_size(struct pki_world *k)
{
	uint64_t n;

	unit_ok(state_read(k->w.state, pki_size_read, &n, &unit_err));
	return n;
}

/* What is asked and done together. */
struct together {
	const char	*filter;	/* with ' for \" */
	const json_t	*serials;
	int		 certificates;
	uint64_t	 through;
	time_us		 valid_after;	/* valid_at, behind the request's time */
};

static json_t *
pki_filter(const char *text)
{
	char json[300];
	json_t *filter;

	snprintf(json, sizeof(json), "%s", text);
	for (char *c = json; (c = strchr(c, '\'')) != NULL;)
		*c = '"';
	unit_ok(json_read(json, strlen(json), &filter, &unit_err));
	return filter;
}

/* Certificates on hold together, by what they have in common: one part. */
static UNUSED void
pki_hold(struct pki_world *k, const struct together *t)
{
	struct decision d;
	struct sha256 h;
	char hex[SHA256_HEX], now[TIME_TEXT];
	json_t *q, *data, *filter = pki_filter(t->filter);
	bool expired = json_flag(filter, "expired", false);

	unit_ok(json_hash(t->serials, &h, &unit_err));
	sha256_hex(&h, hex);
	clock_text(clock_now() + t->valid_after, now);
	q = world_request(&k->w, ACTION_CERT_HOLD, "ci", world_json("{s:s, s:s,"
	    " s:s, s:o, s:{s:I, s:i, s:[s], s:s*}}", "key", k->devices.hash,
	    "key_name", k->devices.name, "ca", k->devices.name, "filter",
	    filter, "selection", "through", (json_int_t)t->through,
	    "certificates", t->certificates, "parts", hex, "valid_at",
	    expired ? NULL : now));
	if (!expired && t->valid_after == 0)
		json_object_set(json_object_get(json_object_get(q,
		    "parameters"), "selection"), "valid_at",
		    json_object_get(q, "created"));
	data = world_json("{s:s, s:O, s:i, s:i, s:O}", "ca", k->devices.name,
	    "serials", t->serials, "part", 1, "parts", 1, "request", q);
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
	struct together t = { .filter = "{'device':'four','device_last':"
	    "'three'}", .certificates = certificates };
	char one[NUMBER_HEX];
	json_t *serials;
	bool first;

	pki_device(k, "three", false, &RIGHT);
	memcpy(one, k->serial, sizeof(one));
	pki_device(k, "four", false, &RIGHT);
	first = (strcmp(one, k->serial) < 0) != backwards;
	serials = world_json("[s, s]", first ? one : k->serial,
	    first ? k->serial : one);
	t.serials = serials;
	t.through = pki_size(k);
	pki_hold(k, &t);
	json_decref(serials);
}

#endif
