/*
 * world_cert - authorities and certificates of a world: a journal's entries
 * with real certificates in them.
 */
#ifndef TESTS_WORLD_CERT_H
#define TESTS_WORLD_CERT_H

#include "ca/profile.h"
#include "tests/unit/ca.h"
#include "tests/unit/world_all.h"

struct pki {
	struct world	 w;
	struct profile	*root, *device;
	struct issuer	*issuer;	/* the root, once made */
	unsigned	 n;
	char		 key[SHA256_HEX];
	char		 serial[NUMBER_HEX];	/* of what was made last */
	const char	*batch;		/* of what is issued; NULL: none */
	json_t		*q, *entry;	/* owned: of what was issued last */
};

static UNUSED void
spki_hex(EVP_PKEY *k, char ret[SHA256_HEX])
{
	struct blob spki = { 0 };
	struct sha256 h;

	ca_spki(k, &spki);
	h = sha256_of(spki.data, spki.len);
	sha256_hex(&h, ret);
	blob_done(&spki);
}

/* What the keeper writes for a certify; all but @q as the operation has it. */
static UNUSED json_t *
certify_entry(struct pki *k, const json_t *q, const struct blob *cert)
{
	json_t *permit = world_permit(&k->w, q, false), *op, *result;
	struct sha256 h;
	struct cert c;
	char hex[SHA256_HEX];

	unit_ok(cert_read(cert->data, cert->len, &c, &unit_err));
	hex_encode(c.tbs.serial.p, c.tbs.serial.n, k->serial);
	op = world_json("{s:s, s:s, s:s, s:i}", "op", "certify", "key", k->key,
	    "principal", "ci", "partition", 0);
	unit_ok(json_set_b64(op, "content", c.tbs.whole.p, c.tbs.whole.n,
	    &unit_err));
	result = json_object();
	unit_ok(json_set_b64(result, "signature", c.signature.p,
	    c.signature.n, &unit_err));
	unit_ok(json_hash(permit, &h, &unit_err));
	sha256_hex(&h, hex);
	return world_entry(&k->w, ENTRY_CERTIFY, world_json("{s:s, s:s, s:o,"
	    " s:o, s:o, s:i}", "request", json_str(q, "id", ""), "permit", hex,
	    "permit_document", permit, "operation", op, "result", result,
	    "use", 1));
}

static UNUSED void
draw(struct pki *k, const struct profile *p, const json_t *parameters,
    EVP_PKEY *subject, struct blob *ret)
{
	unsigned char serial[16] = { 0x41, [15] = (unsigned char)k->n++ };
	struct blob spki = { 0 }, tbs = { 0 };
	struct draft_ask ask = { .profile = p, .issuer = k->issuer,
	    .parameters = parameters, .scheme = "ecdsa-sha256",
	    .serial = { serial, 16 }, .not_before = CA_TIME };

	ca_spki(subject, &spki);
	ask.spki = span_blob(&spki);
	unit_ok(draft_tbs(&ask, &tbs, &unit_err));
	ca_seal(&tbs, ret);
	blob_done(&spki);
	blob_done(&tbs);
}

static UNUSED void
make_root(struct pki *k)
{
	EVP_PKEY *key = ca_key(CA_KEY);
	AUTO_JSON *urls = ca_json(CA_URLS);
	struct blob cert = { 0 };
	json_t *q;

	spki_hex(key, k->key);
	q = world_request(&k->w, ACTION_CA_CREATE, "ci", world_json("{s:s, s:s,"
	    " s:s, s:s, s:s, s:s, s:O, s:i, s:o}", "key", k->key, "key_name",
	    "anchor", "spki", k->key, "subject_key_name", "anchor", "name",
	    "root", "profile", "root", "urls", urls, "partitions", 2,
	    "subject", ca_json(CA_ROOT_NAME)));
	draw(k, k->root, json_object_get(q, "parameters"), key, &cert);
	world_event(&k->w, EVENT_CA_CREATED, "ci", "root", world_json("{s:s}",
	    "request", json_str(q, "id", "")), certify_entry(k, q, &cert));
	unit_ok(issuer_read(span_blob(&cert), urls, 2, &k->issuer, &unit_err));
	json_decref(q);
	EVP_PKEY_free(key);
	blob_done(&cert);
}

#define BATCH	"bat_01m7xvyy4462zbt2wj5gb22r42"

/* One of ci's; rows of it by their hashes. */
static UNUSED int
batch_open(struct pki *k, const char *name)
{
	return world_try(&k->w, EVENT_BATCH_OPENED, "ci", "root", world_json(
	    "{s:s, s:s, s:s, s:s}", "batch", BATCH, "ca", "root", "profile",
	    "device", "idempotency", name), NULL, &unit_err);
}

static UNUSED int
batch_count(struct pki *k, json_t *refused, json_t *mended)
{
	return world_try(&k->w, EVENT_BATCH_COUNTED, "ci", "root", world_json(
	    "{s:s, s:o, s:o}", "batch", BATCH, "refused", refused, "mended",
	    mended), NULL, &unit_err);
}

/* @recovered: the entry alone is there, and its event is made of it. */
static UNUSED void
issue(struct pki *k, const char *device, bool recovered)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	AUTO_JSON *asked = world_json("{s:s}", "device", device), *p = NULL;
	struct blob cert = { 0 };
	char spki[SHA256_HEX];
	json_t *q, *entry, *tail;
	size_t n;

	spki_hex(key, spki);
	unit_ok(profile_draw(k->device, NULL, asked, &p, &unit_err));
	json_object_update_new(p, world_json("{s:s, s:s, s:s, s:s, s:s}",
	    "key", k->key, "key_name", "anchor", "ca", "root", "profile",
	    "device", "spki", spki));
	if (k->batch != NULL)
		json_object_set_new(p, "batch", json_string(k->batch));
	q = world_request(&k->w, ACTION_CERT_ISSUE, "ci", json_incref(p));
	draw(k, k->device, p, key, &cert);
	entry = certify_entry(k, q, &cert);
	json_decref(k->q);
	json_decref(k->entry);
	k->q = json_incref(q);
	k->entry = json_incref(entry);
	if (recovered) {
		tail = world_json("[o]", entry);
		unit_ok(state_recover(k->w.state, tail, &n, &unit_err));
		ck_assert_uint_eq(n, 1);
		unit_ok(state_recover(k->w.state, tail, &n, &unit_err));
		ck_assert_uint_eq(n, 0);
		json_decref(tail);
	} else {
		world_event(&k->w, EVENT_CERT_ISSUED, "ci", "root", world_json(
		    "{s:s}", "request", json_str(q, "id", "")), entry);
	}
	json_decref(q);
	EVP_PKEY_free(key);
	blob_done(&cert);
}

/* What the service does alone carries its REQUEST. */
static UNUSED int
change(struct pki *k, enum action a, enum event_kind kind, const char *serial,
    const char *cause)
{
	json_t *q = world_request(&k->w, a, "ci", world_json("{s:s, s:s, s:s,"
	    " s:[s], s:s*}", "key", k->key, "key_name", "anchor", "ca", "root",
	    "serials", serial, "cause", cause));
	int rc = world_try(&k->w, kind, "ci", "root", world_json("{s:O, s:s,"
	    " s:[s], s:s*}", "request", q, "ca", "root", "serials", serial,
	    "cause", cause), NULL, &unit_err);

	json_decref(q);
	return rc;
}

static UNUSED void
retire(struct pki *k)
{
	json_t *q = world_request(&k->w, ACTION_CA_RETIRE, "ci", world_json(
	    "{s:s, s:s, s:s}", "key", k->key, "key_name", "anchor", "ca",
	    "root"));

	world_event(&k->w, EVENT_CA_RETIRED, "ci", "root", world_json(
	    "{s:O, s:s, s:s}", "request", q, "ca", "root", "reason", "over"),
	    NULL);
	json_decref(q);
}

/* A list, with its event or lost but for the entry. */
static UNUSED void
publish(struct pki *k, int number)
{
	json_t *q = world_request(&k->w, ACTION_CRL_SIGN, "ci", world_json(
	    "{s:s, s:s, s:s}", "key", k->key, "key_name", "anchor", "ca",
	    "root"));
	json_t *permit = world_permit(&k->w, q, false);
	struct number n = number_of((uint64_t)number);
	char hex[SHA256_HEX], count[NUMBER_HEX];
	struct sha256 h;

	number_hex(&n, count);
	unit_ok(json_hash(permit, &h, &unit_err));
	sha256_hex(&h, hex);
	world_event(&k->w, EVENT_CRL_PUBLISHED, "ci", "root", world_json(
	    "{s:s, s:i, s:s, s:s, s:s}", "request", json_str(q, "id", ""),
	    "size", 400, "hash", hex, "this_update",
	    "2026-12-01T00:00:00.000000Z", "next_update",
	    "2026-12-08T00:00:00.000000Z"), world_entry(&k->w, ENTRY_CRL,
	    world_json("{s:s, s:s, s:o, s:{s:s, s:s, s:s, s:s, s:i},"
	    " s:{s:s}, s:i}", "request", json_str(q, "id", ""), "permit", hex,
	    "permit_document", permit, "operation", "op", "crl", "key", k->key,
	    "principal", "ci", "number", count, "entries", 1, "result",
	    "signature", "AA==", "use", 1)));
	json_decref(q);
}

static UNUSED void
pki_begin(struct pki *k)
{
	memset(k, 0, sizeof(*k));
	world_begin(&k->w);
	k->root = ca_profile("root");
	k->device = ca_profile("device");
	make_root(k);
}

static UNUSED void
pki_end(struct pki *k)
{
	json_decref(k->q);
	json_decref(k->entry);
	issuer_free(k->issuer);
	profile_free(k->root);
	profile_free(k->device);
	world_end(&k->w);
}

#endif
