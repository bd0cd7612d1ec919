/*
 * world_ca - authorities of a world, and what they sign: each entry as the
 * keeper writes it, each event as the service does.
 *
 * What is wrong with a certificate is said by a struct wrong.
 */
#ifndef TESTS_WORLD_CA_H
#define TESTS_WORLD_CA_H

#define WORLD_MORE	"classes/ca.yaml", "classes/ocsp-responder.yaml", \
	"profiles/root.yaml", "profiles/issuing-ca.yaml", \
	"profiles/device.yaml", "profiles/ocsp-responder.yaml"
#include "base/hex.h"
#include "ca/draft.h"
#include "ca/number.h"
#include "ca/profile.h"
#include "ca/seal.h"
#include "ca/serial.h"
#include "tests/unit/bundle.h"

#define WORLD_URLS "crl", "http://pki.example/crl", "delta", \
	"http://pki.example/crl", "ocsp", "http://ocsp.example", "issuer", \
	"http://pki.example/ca.crt"
#define WORLD_PARTITIONS 4

/* A key of the house, and what it is the CA of. */
struct house_key {
	const char	*name;		/* its own, and the CA's */
	EVP_PKEY	*key;
	char		 hash[SHA256_HEX];
	struct issuer	*issuer;	/* once it has a certificate */
	char		 certificate[SHA256_HEX];
};

/* How what is signed differs from what was asked for. */
struct wrong {
	const json_t	*parameters;	/* it is made of these instead */
	const json_t	*profile;	/* and of this profile */
	const char	*serial;	/* given before */
	EVP_PKEY	*signer;	/* another key signs */
	time_us		 begins;	/* later than now */
	const char	*replaces;	/* said by the event */
	const char	*carries;	/* the event's request succeeds this */
};
static UNUSED const struct wrong RIGHT = { .parameters = NULL };

struct pki_world {
	struct world	 w;
	struct house_key root, devices, responder;
	char		 serial[NUMBER_HEX];	/* of the last certificate */
	unsigned	 partition;		/* of the same */
	const char	*batch;		/* of devices' certificates; NULL: none */
	const char	*replaces;	/* place of another authority's; NULL: none */
	time_us		 begins, lasts;	/* of the next list: from now; 0: a day */
	const char	*told_until;	/* by its event, instead */
	const char	*permits;	/* by the next CA; NULL: all */
	const char	*common, *renews, *succeeds;	/* of the next CA; NULL: its
						 * key's name, none, none */
};

static void
pki_key(struct world *w, struct house_key *k, const char *name,
    const char *class)
{
	*k = (struct house_key){ .name = name, .key = EVP_EC_gen("P-256") };
	EVP_PKEY_free(w->firmware_key);
	EVP_PKEY_up_ref(k->key);
	w->firmware_key = k->key;
	w->name = name;
	w->class = class;
	world_key(w, "production");
	world_activate(w);
	memcpy(k->hash, w->key, sizeof(k->hash));
}

static UNUSED void
pki_key_done(struct house_key *k)
{
	EVP_PKEY_free(k->key);
	issuer_free(k->issuer);
}

/* The one that the request makes, or what is said. */
static void
pki_serial(struct pki_world *k, const json_t *q, const char *said)
{
	struct serial s;

	unit_ok(serial_of(json_str(q, "house", ""), json_str(q, "id", ""),
	    json_object_get(q, "parameters"), &s, &unit_err));
	k->partition = serial_partition(&s, WORLD_PARTITIONS);
	if (said != NULL)
		snprintf(k->serial, sizeof(k->serial), "%s", said);
	else
		hex_encode(s.o, sizeof(s.o), k->serial);
}

/* The TBS, and the signature behind it. */
static void
pki_draft(struct pki_world *k, const struct house_key *ca,
    const json_t *q, EVP_PKEY *subject, const struct wrong *x,
    struct blob *ret_tbs, struct blob *ret_signature)
{
	const json_t *parameters = json_object_get(q, "parameters");
	const char *name = json_str(parameters, "profile", "");
	const json_t *doc = x->profile != NULL ? x->profile : json_object_get(
	    json_object_get(charter_json(k->w.charter), "profiles"), name);
	struct blob *spki = world_spki(subject);
	struct number serial;
	struct profile *p;
	time_us now = clock_now() + x->begins;

	pki_serial(k, q, x->serial);
	unit_ok(number_parse(k->serial, &serial, &unit_err));
	unit_ok(profile_read(name, doc, &p, &unit_err));
	unit_ok(draft_tbs(&(struct draft_ask){ .profile = p,
	    .issuer = ca->issuer, .parameters = x->parameters != NULL ?
	    x->parameters : parameters, .scheme = "ecdsa-sha256",
	    .serial = number_span(&serial), .not_before = now - now % TIME_S(1),
	    .partition = k->partition, .spki = span_blob(spki) }, ret_tbs, &unit_err));
	unit_ok(seal_sign(span_blob(ret_tbs), x->signer != NULL ? x->signer :
	    ca->key, NULL, "ecdsa-sha256", ret_signature, &unit_err));
	profile_free(p);
	blob_free(spki);
}

/* The entry of a certificate; @ca->issuer NULL: a root. */
static json_t *
pki_certify(struct pki_world *k, const struct house_key *ca, const json_t *q,
    bool stored, const struct blob *tbs, const struct blob *signature)
{
	const char *who = json_str(q, "requester", "");
	json_t *op = world_json("{s:s, s:s, s:s, s:s, s:i}", "op", "certify",
	    "key", ca->hash, "principal", who, "issuer", ca->certificate,
	    "partition", ca->issuer == NULL ? 0 : (int)k->partition),
	    *result = json_object();

	unit_ok(json_set_b64(op, "content", tbs->data, tbs->len, &unit_err));
	unit_ok(json_set_b64(result, "signature", signature->data,
	    signature->len, &unit_err));
	return world_entry(&k->w, ENTRY_CERTIFY, world_use(&k->w, q, stored, 1,
	    who, op, result));
}

static UNUSED void
pki_issuer(struct house_key *own, const struct blob *tbs,
    const struct blob *signature)
{
	json_t *urls = world_json("{s:s, s:s, s:s, s:s}", WORLD_URLS);
	struct blob whole = { 0 };
	struct sha256 h;

	unit_ok(seal_assemble(span_blob(tbs), "ecdsa-sha256",
	    span_blob(signature), &whole, &unit_err));
	h = sha256_of(whole.data, whole.len);
	issuer_free(own->issuer);
	unit_ok(issuer_read(span_blob(&whole), urls, WORLD_PARTITIONS,
	    &own->issuer, &unit_err));
	sha256_hex(&h, own->certificate);
	json_decref(urls);
	blob_done(&whole);
}

/* Asked for by the lead, and approved by two. */
static UNUSED json_t *
pki_asked(struct pki_world *k, enum action a, json_t *parameters)
{
	json_t *q = world_request(&k->w, a, "release-lead", parameters);

	world_open(&k->w, q, NULL);
	world_approve(&k->w, q, 0);
	world_approve(&k->w, q, 1);
	return q;
}

/* What the event of an authority says of its request: the id, or a whole. */
static UNUSED json_t *
pki_said(const json_t *q, const struct wrong *x)
{
	json_t *whole = json_deep_copy(q);

	if (x->carries == NULL) {
		json_decref(whole);
		return world_json("{s:s}", "request", json_str(q, "id", ""));
	}
	json_object_set_new(json_object_get(whole, "parameters"), "succeeds",
	    json_string(x->carries));
	return world_json("{s:o}", "request", whole);
}

/* A CA of the name that its key has, signed by @above, or a root. */
static UNUSED void
pki_create(struct pki_world *k, const struct house_key *above,
    struct house_key *own, const struct wrong *x)
{
	const struct house_key *by = above != NULL ? above : own;
	struct blob tbs = { 0 }, signature = { 0 };
	json_t *q = pki_asked(k, ACTION_CA_CREATE, world_json("{s:s, s:s, s:s,"
	    " s:s, s:s, s:s, s:s*, s:[[s,s],[s,s]], s:{s:s, s:s, s:s, s:s}, s:i,"
	    " s:o*, s:s*, s:s*}",
	    "key", by->hash, "key_name", by->name, "spki", own->hash,
	    "subject_key_name", own->name, "name", own->name, "profile",
	    above != NULL ? "issuing-ca" : "root", "issuer", above != NULL ?
	    above->name : NULL, "subject", "organizationName", "Example",
	    "commonName", k->common != NULL ? k->common : own->name, "urls",
	    WORLD_URLS, "partitions", WORLD_PARTITIONS, "name_constraints",
	    k->permits == NULL ? NULL : world_json("{s:[s]}", "permitted",
	    k->permits), "renews", k->renews, "succeeds", k->succeeds));

	pki_draft(k, by, q, own->key, x, &tbs, &signature);
	world_event(&k->w, EVENT_CA_CREATED, "release-lead", own->name,
	    pki_said(q, x),
	    pki_certify(k, by, q, true, &tbs, &signature));
	pki_issuer(own, &tbs, &signature);
	json_decref(q);
	blob_done(&tbs);
	blob_done(&signature);
}

/* The devices' authority once more, by the key that it has. */
static UNUSED void
pki_renew(struct pki_world *k, const char *renews)
{
	k->renews = renews;
	pki_create(k, &k->root, &k->devices, &RIGHT);
	k->renews = NULL;
}

/* Another that issues for @name; @common: its subject's. */
static UNUSED void
pki_succeed(struct pki_world *k, const struct house_key *above,
    struct house_key *own, const char *name, const char *common)
{
	k->succeeds = name;
	k->common = common;
	pki_create(k, above, own, &RIGHT);
	k->succeeds = k->common = NULL;
}

/* Of the partition whose lists are told of here: another id, until it is so. */
static UNUSED void
pki_first_partition(struct pki_world *k, json_t *q)
{
	char id[ID_TEXT];

	for (pki_serial(k, q, NULL); k->partition != 0;
	    pki_serial(k, q, NULL)) {
		unit_ok(id_new("req", clock_now(), id, &unit_err));
		unit_ok(json_set_str(q, "id", id, &unit_err));
	}
}

/* A certificate below the root for an authority that others keep. */
static UNUSED void
pki_other(struct pki_world *k, EVP_PKEY *subject)
{
	struct blob tbs = { 0 }, signature = { 0 };
	struct blob *spki = world_spki(subject);
	struct sha256 h = sha256_of(spki->data, spki->len);
	json_t *p = world_json("{s:s, s:s, s:s, s:s, s:s, s:[[s,s],[s,s]]}",
	    "key", k->root.hash, "key_name", k->root.name, "name", "plant",
	    "profile", "issuing-ca", "issuer", k->root.name, "subject",
	    "organizationName", "Example", "commonName", "Plant"), *q;

	unit_ok(json_set_hash(p, "spki", &h, &unit_err));
	unit_ok(json_set_hash(p, "csr", &h, &unit_err));
	q = pki_asked(k, ACTION_CA_CREATE, p);
	pki_draft(k, &k->root, q, subject, &RIGHT, &tbs, &signature);
	world_event(&k->w, EVENT_CA_CREATED, "release-lead", "plant",
	    world_json("{s:s, s:O}", "request", json_str(q, "id", ""), "csr",
	    json_object_get(p, "csr")), pki_certify(k, &k->root, q, true, &tbs,
	    &signature));
	json_decref(q);
	blob_free(spki);
	blob_done(&tbs);
	blob_done(&signature);
}

/* A request to others for a key; @said: of this subject, whatever was asked. */
static UNUSED void
pki_request(struct pki_world *k, const struct house_key *own,
    const char *asked, const char *said, EVP_PKEY *signer)
{
	json_t *p = world_json("{s:s, s:s, s:[[s,s]]}", "key", own->hash,
	    "key_name", own->name, "subject", "commonName", asked), *q, *op,
	    *result = json_object();
	json_t *subject = world_json("[[s,s]]", "commonName", said);
	struct blob info = { 0 }, sig = { 0 };
	struct blob *spki = world_spki(own->key);

	unit_ok(csr_info(subject, span_blob(spki), &info, &unit_err));
	unit_ok(proof_sign(signer != NULL ? signer : own->key, info.data,
	    info.len, &sig, &unit_err));
	q = pki_asked(k, ACTION_CA_REQUEST, p);
	op = world_json("{s:s, s:s, s:s}", "op", "csr", "key", own->hash,
	    "principal", "release-lead");
	unit_ok(json_set_b64(op, "content", info.data, info.len, &unit_err));
	unit_ok(json_set_b64(result, "signature", sig.data, sig.len,
	    &unit_err));
	world_event(&k->w, EVENT_CA_REQUESTED, "release-lead", own->hash,
	    world_json("{s:s}", "request", json_str(q, "id", "")),
	    world_entry(&k->w, ENTRY_CSR, world_use(&k->w, q, true, 1,
	    "release-lead", op, result)));
	json_decref(subject);
	json_decref(q);
	blob_free(spki);
	blob_done(&info);
	blob_done(&sig);
}

/* ---- batches ---- */

#define BATCH	"bat_01m7xvyy4462zbt2wj5gb22r42"

static UNUSED void
batch_open(struct pki_world *k, const char *who, const char *ca,
    const char *profile)
{
	world_event(&k->w, EVENT_BATCH_OPENED, who, ca, world_json("{s:s, s:s,"
	    " s:s, s:s}", "batch", BATCH, "ca", ca, "profile", profile,
	    "idempotency", who), NULL);
}

static UNUSED void
batch_count(struct pki_world *k, const char *who)
{
	world_event(&k->w, EVENT_BATCH_COUNTED, who, k->devices.name,
	    world_json("{s:s, s:[], s:[]}", "batch", BATCH, "refused",
	    "mended"), NULL);
}

/* A certificate for a key, by who may have it without approval. */
static UNUSED void
pki_issue(struct pki_world *k, const char *who, json_t *parameters,
    EVP_PKEY *subject, const struct wrong *x)
{
	struct blob tbs = { 0 }, signature = { 0 };
	struct blob *spki = world_spki(subject);
	struct sha256 h = sha256_of(spki->data, spki->len);
	json_t *q;

	json_object_update_new(parameters, world_json("{s:s, s:s, s:s}", "key",
	    k->devices.hash, "key_name", k->devices.name, "ca",
	    k->devices.name));
	unit_ok(json_set_hash(parameters, "spki", &h, &unit_err));
	q = world_request(&k->w, ACTION_CERT_ISSUE, who, parameters);
	pki_first_partition(k, q);
	pki_draft(k, &k->devices, q, subject, x, &tbs, &signature);
	world_event(&k->w, EVENT_CERT_ISSUED, who, k->devices.name, world_json(
	    "{s:s, s:s*}", "request", json_str(q, "id", ""), "replaces",
	    x->replaces), pki_certify(k, &k->devices, q, false, &tbs,
	    &signature));
	json_decref(q);
	blob_free(spki);
	blob_done(&tbs);
	blob_done(&signature);
}

/* What the device profile makes of a serial number. */
static json_t *
pki_device_parameters(struct pki_world *k, const char *device)
{
	json_t *asked = world_json("{s:s}", "device", device), *drawn;
	struct profile *p;

	unit_ok(profile_read("device", json_object_get(json_object_get(
	    charter_json(k->w.charter), "profiles"), "device"), &p,
	    &unit_err));
	unit_ok(profile_draw(p, NULL, asked, &drawn, &unit_err));
	json_object_set_new(drawn, "profile", json_string("device"));
	profile_free(p);
	json_decref(asked);
	return drawn;
}

static UNUSED void
pki_device(struct pki_world *k, const char *device, bool again,
    const struct wrong *x)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	json_t *p = pki_device_parameters(k, device);

	if (again)
		json_object_set_new(p, "reissue", json_true());
	if (k->replaces != NULL)
		json_object_set_new(p, "replaces", world_json("[s]",
		    k->replaces));
	if (k->batch != NULL)
		json_object_set_new(p, "batch", json_string(k->batch));
	pki_issue(k, "ci", p, key, x);
	EVP_PKEY_free(key);
}

static UNUSED void
pki_responder_of(struct pki_world *k, EVP_PKEY *key)
{
	pki_issue(k, "publisher", world_json("{s:s, s:[[s,s]], s:[]}",
	    "profile", "ocsp-responder", "subject", "commonName", "Responder",
	    "san"), key, &RIGHT);
}

static UNUSED void
pki_responder(struct pki_world *k)
{
	pki_responder_of(k, k->responder.key);
}

/* A list of the devices' CA: what is signed stands in the entry by its digest. */
static UNUSED void
pki_delta(struct pki_world *k, int partition, const char *number,
    const char *base, int entries, EVP_PKEY *signer)
{
	json_t *p = world_json("{s:s, s:s, s:s}", "key", k->devices.hash,
	    "key_name", k->devices.name, "ca", k->devices.name);
	json_t *q, *result = json_object();
	struct sha256 h = sha256_of(number, strlen(number));
	struct blob sig = { 0 };
	char hex[SHA256_HEX], from[TIME_TEXT], until[TIME_TEXT];
	time_us now = clock_now() + k->w.later + k->begins;

	now -= now % TIME_S(1);
	clock_text(now, from);
	clock_text(now + (k->lasts != 0 ? k->lasts : TIME_S(86400)), until);
	if (partition >= 0 && base == NULL)
		unit_ok(json_set_int(p, "partition", partition, &unit_err));
	q = world_request(&k->w, ACTION_CRL_SIGN, "publisher", p);
	sha256_hex(&h, hex);
	unit_ok(proof_sign(signer != NULL ? signer : k->devices.key, number,
	    strlen(number), &sig, &unit_err));
	unit_ok(json_set_b64(result, "signature", sig.data, sig.len,
	    &unit_err));
	world_event(&k->w, EVENT_CRL_PUBLISHED, "publisher", k->devices.name,
	    world_json("{s:s, s:s, s:s*, s:i, s:i, s:s, s:s, s:s}", "request",
	    json_str(q, "id", ""), "number", number, "base", base,
	    "partition", partition, "size", 4000, "hash", hex,
	    "this_update", from, "next_update", k->told_until != NULL ?
	    k->told_until : until),
	    world_entry(&k->w, ENTRY_CRL,
	    world_use(&k->w, q, false, 1, "publisher", world_json("{s:s, s:s,"
	    " s:s, s:s, s:i, s:s, s:s*, s:i, s:s, s:s, s:{s:s, s:s}}", "op",
	    "crl",
	    "key", k->devices.hash, "principal", "publisher", "issuer",
	    k->devices.certificate, "partition", partition, "number", number,
	    "base", base, "entries", entries, "this_update", from,
	    "next_update", until, "digest", "algorithm",
	    "sha-256", "value", hex), result)));
	json_decref(q);
	blob_done(&sig);
}

static UNUSED void
pki_list(struct pki_world *k, int partition, const char *number, int entries,
    EVP_PKEY *signer)
{
	pki_delta(k, partition, number, NULL, entries, signer);
}

/* Answers by the responder's key, counted twice under one permit. */
static UNUSED void
pki_answers(struct pki_world *k)
{
	json_t *q = world_request(&k->w, ACTION_OCSP_SIGN, "publisher",
	    world_json("{s:s, s:s}", "key", k->responder.hash, "key_name",
	    k->responder.name));

	for (size_t i = 0; i < 2; i++) {
		json_t *m = world_use(&k->w, q, false, 1, "publisher",
		    world_json("{s:s, s:s, s:s, s:i}", "op", "ocsp", "key",
		    k->responder.hash, "principal", "publisher", "answers",
		    64), json_object());

		json_object_del(m, "use");
		json_object_del(m, "result");
		world_event(&k->w, EVENT_OCSP_COUNTED, "publisher",
		    k->responder.hash, world_json("{s:s}", "request",
		    json_str(q, "id", "")), world_entry(&k->w, ENTRY_OCSP, m));
	}
	json_decref(q);
}

/* A root, an issuing CA below it, and a key for answers. */
static UNUSED void
pki_world_begin(struct pki_world *k)
{
	memset(k, 0, sizeof(*k));
	world_begin(&k->w);
	pki_key(&k->w, &k->root, "root", "ca");
	pki_key(&k->w, &k->devices, "devices", "ca");
	pki_key(&k->w, &k->responder, "responder", "ocsp-responder");
	pki_create(k, NULL, &k->root, &RIGHT);
	pki_create(k, &k->root, &k->devices, &RIGHT);
}

static UNUSED void
pki_world_end(struct pki_world *k)
{
	pki_key_done(&k->root);
	pki_key_done(&k->devices);
	pki_key_done(&k->responder);
	world_end(&k->w);
}

static UNUSED json_t *
pki_profile_with(struct pki_world *k, const char *member, json_t *value)
{
	json_t *p = json_deep_copy(json_object_get(json_object_get(
	    charter_json(k->w.charter), "profiles"), "device"));

	json_object_set_new(p, member, value);
	return p;
}

static UNUSED void
pki_amended(struct pki_world *k)
{
	json_t *doc = json_deep_copy(charter_json(k->w.charter));

	json_object_set_new(json_object_get(doc, "profiles"), "device",
	    pki_profile_with(k, "validity", world_json("{s:s}", "for", "P5Y")));
	world_amend_to(&k->w, doc, 2);
}

/* What the auditor says of the bundle from there on. */
static UNUSED json_t *
pki_judged(struct pki_world *k, uint64_t since)
{
	struct audit_options o = { .trust = k->w.fingerprint };
	struct blob b = { 0 };
	json_t *r;

	bundle_write(&k->w, since, NULL, &b);
	r = bundle_judge(b.data, b.len, &o);
	blob_done(&b);
	return r;
}

#endif
