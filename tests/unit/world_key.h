/*
 * world_key - keys of a world: made, moved, used, and the charter amended.
 */
#ifndef TESTS_WORLD_KEY_H
#define TESTS_WORLD_KEY_H

#include "policy/made.h"
#include "tests/unit/world.h"

/* What announces a making or a destruction; it has no event. */
static UNUSED void
world_intent(struct world *w, enum entry_op op, const char *request)
{
	if (w->no_intents)
		return;
	json_array_append_new(w->silent, world_entry(w, op, world_json(
	    "{s:s}", "request", request)));
}

/* What comes of making a key, with the proof by @signer, the keeper's key. */
static UNUSED json_t *
world_made(struct world *w, const json_t *request, EVP_PKEY *signer)
{
	struct made m = { .house = w->house, .intent = w->journal.n,
	    .request = json_str(request, "id", "") };
	struct blob octets = { 0 }, sig = { 0 };
	struct blob *spki = world_spki(w->firmware_key);
	json_t *permit = world_permit(w, request, true), *result;
	char now[TIME_TEXT];

	clock_text(clock_now(), now);
	m.decided = now;
	m.key = sha256_of(spki->data, spki->len);
	unit_ok(json_hash(permit, &m.permit, &unit_err));
	unit_ok(made_octets(&m, &octets, &unit_err));
	unit_ok(proof_sign(signer, octets.data, octets.len, &sig, &unit_err));
	result = world_json("{s:s, s:s, s:I, s:s}", "key", w->key, "uri",
	    "pkcs11:object=fw", "intent", (json_int_t)m.intent, "decided",
	    now);
	unit_ok(json_set_b64(result, "spki", spki->data, spki->len,
	    &unit_err));
	unit_ok(json_set_b64(result, "proof", sig.data, sig.len, &unit_err));
	json_decref(permit);
	blob_done(&octets);
	blob_done(&sig);
	blob_free(spki);
	return result;
}

static const char *
world_key_name(const struct world *w)
{
	return w->name != NULL ? w->name : "fw";
}

/* A key under quorum, activated by an officer: seven events and more. */
static UNUSED void
world_key(struct world *w, const char *environment)
{
	json_t *q = world_request(w, w->adopts ? ACTION_KEY_ADOPT :
	    ACTION_KEY_GENERATE, "release-lead",
	    world_json("{s:s, s:s, s:s, s:s, s:s, s:[s], s:s*}", "name",
	    world_key_name(w), "class", w->class != NULL ? w->class :
	    "firmware-signing", "algorithm", "ec-p256", "scheme",
	    "ecdsa-sha256", "environment", environment, "products", "camera",
	    "object", w->adopts ? "label:fw" : NULL));
	struct blob *spki = world_spki(w->firmware_key);
	struct sha256 hash = sha256_of(spki->data, spki->len);

	sha256_hex(&hash, w->key);
	snprintf(w->key_request, sizeof(w->key_request), "%s",
	    json_str(q, "id", ""));
	world_open(w, q, NULL);
	world_approve(w, q, 0);
	world_approve(w, q, 1);
	world_intent(w, ENTRY_GENERATE_INTENT, w->key_request);
	world_event(w, w->adopts ? EVENT_KEY_ADOPTED : EVENT_KEY_GENERATED,
	    "release-lead", w->key,
	    world_json("{s:s}", "request", w->key_request),
	    world_entry(w, w->adopts ? ENTRY_ADOPT : ENTRY_GENERATE,
	    world_use(w, q, true, 1, "release-lead", world_json("{s:s, s:s}",
	    "op", w->adopts ? "adopt" : "generate",
	    "principal", "release-lead"), world_made(w, q, w->made_by != NULL ?
	    w->made_by : w->keeper_key))));
	json_decref(q);
	blob_free(spki);
}

/* A move that needs no approval of the quickstart's charter, or has it. */
static UNUSED void
world_move(struct world *w, enum action a, enum event_kind kind,
    const char *from, const char *to, const char *who, size_t approvals)
{
	json_t *p = world_json("{s:s, s:s}", "key", w->key, "key_name",
	    world_key_name(w));
	json_t *q, *m;
	const char *id;

	if (a == ACTION_KEY_COMPROMISE)
		json_object_set_new(p, "since",
		    json_string("2026-11-01T00:00:00.000000Z"));
	q = world_request(w, a, who, p);
	id = json_str(q, "id", "");
	if (approvals > 0)
		world_open(w, q, NULL);
	for (size_t i = 0; i < approvals; i++)
		world_approve(w, q, i);
	if (a == ACTION_KEY_DESTROY)
		world_intent(w, ENTRY_DESTROY_INTENT, id);
	m = a == ACTION_KEY_DESTROY ?
	    world_use(w, q, approvals > 0, 1, who, world_json("{s:s, s:s, s:s}",
	    "op", "destroy", "key", w->key, "principal", who),
	    world_json("{s:s}", "key", w->key)) :
	    world_use(w, q, approvals > 0, 1, who, world_json(
	    "{s:s, s:s, s:s, s:s}", "op", "state", "key", w->key, "to", to,
	    "principal", who), world_json("{s:s, s:s}", "from", from, "to",
	    to));
	world_event(w, kind, who, w->key, world_json("{s:s, s:s*}", "request",
	    id, "since", a == ACTION_KEY_COMPROMISE ?
	    "2026-11-01T00:00:00.000000Z" : NULL),
	    world_entry(w, a == ACTION_KEY_DESTROY ? ENTRY_DESTROY :
	    ENTRY_STATE, m));
	json_decref(q);
}

static UNUSED void
world_activate(struct world *w)
{
	world_move(w, ACTION_KEY_ACTIVATE, EVENT_KEY_ACTIVATED,
	    "pre-activation", "active", "officer-3", 0);
}

/* Parameters of key.sign; the digest is that of @image. */
static UNUSED json_t *
world_sign_parameters(struct world *w, const char *image, const char *version)
{
	struct sha256 h = sha256_of(image, strlen(image));
	char hex[SHA256_HEX];

	sha256_hex(&h, hex);
	return world_json("{s:s, s:s, s:{s:s, s:s}, s:s*, s:s*}", "key", w->key,
	    "key_name", world_key_name(w), "digest", "algorithm", "sha-256", "value", hex,
	    "product", version != NULL ? "camera" : NULL, "version", version);
}

/* The firmware key's signature over the digest in the parameters, base64. */
static UNUSED char *
world_signature(struct world *w, const char *image)
{
	struct blob sig = { 0 };
	char *b64;

	unit_ok(proof_sign(w->firmware_key, image, strlen(image), &sig,
	    &unit_err));
	b64 = b64_encode(sig.data, sig.len);
	blob_done(&sig);
	return b64;
}

/* The entry of a signature under a request, stored or not. */
static UNUSED json_t *
world_sign_entry(struct world *w, const json_t *request, bool stored,
    unsigned use, const char *who, const char *image, const char *version)
{
	json_t *p = world_sign_parameters(w, image, version);
	json_t *op = world_json("{s:s, s:s, s:s, s:O, s:s*, s:s*}", "op",
	    "sign", "key", w->key, "principal", who, "digest",
	    json_object_get(p, "digest"), "product", json_str(p, "product",
	    NULL), "version", json_str(p, "version", NULL));
	char *sig = world_signature(w, image);
	json_t *entry = world_entry(w, ENTRY_SIGN, world_use(w, request, stored,
	    use, who, op, world_json("{s:s}", "signature", sig)));

	free(sig);
	json_decref(p);
	return entry;
}

static UNUSED int
world_signed(struct world *w, const json_t *request, bool stored,
    unsigned use, const char *who, const char *image, const char *version,
    struct err *err)
{
	json_t *entry = world_sign_entry(w, request, stored, use, who, image,
	    version);

	return world_try(w, EVENT_KEY_SIGNED, who, w->key, world_json("{s:s}",
	    "request", json_str(request, "id", "")), entry, err);
}

/* The next charter, stolen, under so many approvals. */
static UNUSED void
world_amend_to(struct world *w, json_t *doc, size_t approvals)
{
	struct sha256 before = charter_hash(w->charter), after;
	char old[SHA256_HEX], new[SHA256_HEX];
	struct charter *next;
	json_t *q, *m;

	unit_ok(charter_from_json(doc, &next, &unit_err));
	after = charter_hash(next);
	sha256_hex(&before, old);
	sha256_hex(&after, new);
	q = world_request(w, ACTION_CHARTER_AMEND, "release-lead", world_json(
	    "{s:s, s:s}", "charter", new, "previous", old));
	world_open(w, q, NULL);
	for (size_t i = 0; i < approvals; i++)
		world_approve(w, q, i);
	m = world_use(w, q, true, 1, "release-lead", json_null(), world_json(
	    "{s:s, s:s}", "charter", new, "previous", old));
	json_object_del(m, "operation");
	world_event(w, EVENT_CHARTER_AMENDED, "release-lead", new, world_json(
	    "{s:s, s:O}", "request", json_str(q, "id", ""), "charter",
	    charter_json(next)), world_entry(w, ENTRY_AMEND, m));
	charter_free(w->charter);
	w->charter = next;
	json_decref(doc);
	json_decref(q);
}

/* The charter in force, under another name. */
static UNUSED json_t *
world_renamed(struct world *w, const char *name)
{
	json_t *doc = json_deep_copy(charter_json(w->charter));

	json_object_set_new(doc, "name", json_string(name));
	return doc;
}

/* The next charter, under quorum: the same with another name. */
static UNUSED void
world_amend(struct world *w)
{
	world_amend_to(w, world_renamed(w, "Amended"), 2);
}

#endif
