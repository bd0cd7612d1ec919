/*
 * world_elsewhere - a world whose officers say what lives elsewhere.
 */
#ifndef TESTS_WORLD_ELSEWHERE_H
#define TESTS_WORLD_ELSEWHERE_H

#include "cert/found.h"
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

/* A certificate of nobody's CA, by a key of its own: DER in base64, new, its
 * SHA-256, and that of its public key. */
static UNUSED char *
world_other_key(const char *cn, char ret_print[SHA256_HEX],
    char ret_spki[SHA256_HEX])
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	unsigned char *der = NULL;
	struct sha256 h;
	char *text;
	int n;

	ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)cn, -1, -1, 0), 1);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 77);
	X509_set_version(x, 2);
	X509_set_issuer_name(x, name);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 1000);
	X509_set_pubkey(x, k);
	ck_assert_int_gt(X509_sign(x, k, EVP_sha256()), 0);
	n = i2d_X509(x, &der);
	h = sha256_of(der, (size_t)n);
	sha256_hex(&h, ret_print);
	text = b64_encode(der, (size_t)n);
	OPENSSL_free(der);
	der = NULL;
	n = i2d_PUBKEY(k, &der);
	h = sha256_of(der, (size_t)n);
	sha256_hex(&h, ret_spki);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(k);
	return text;
}

static UNUSED char *
world_other(const char *cn, char ret_print[SHA256_HEX])
{
	char spki[SHA256_HEX];

	return world_other_key(cn, ret_print, spki);
}

/* @content of those that were asked for by their @prints; both stolen. */
static UNUSED int
world_import(struct world *w, json_t *prints, json_t *content,
    const char *product, const char *owner, struct err *err)
{
	json_t *q = world_request(w, ACTION_CERT_IMPORT, "officer-1",
	    world_json("{s:o, s:[s], s:s*}", "certificates", prints,
	    "products", product, "owner", owner)), *data;
	struct decision d;
	int rc;

	data = world_json("{s:O, s:o}", "request", q, "certificates", content);
	json_object_set_new(data, "facts", world_facts(w, q, "officer-1",
	    NULL, &d));
	ck_assert_int_eq(d.verdict, ALLOW);
	json_object_set_new(data, "rule", world_rule(d.rule));
	rc = world_try(w, EVENT_CERT_IMPORTED, "officer-1", json_str(q, "id",
	    ""), data, NULL, err);
	json_decref(q);
	return rc;
}

/* What lies at @place; @print NULL: nobody knows what it is of. */
static UNUSED json_t *
world_finding(const char *kind, const char *place, const char *print)
{
	json_t *f = world_json("{s:s, s:s, s:s, s:s*}", "kind", kind, "form",
	    "pem", "place", place, "fingerprint", print);

	if (print == NULL)
		json_object_set_new(f, "n", json_integer(1));
	if (strcmp(kind, "private-key") == 0)
		json_object_set_new(f, "encrypted", json_false());
	return f;
}

/* The finding's id, and what was said of it: hexadecimal, new. */
static UNUSED json_t *
world_finding_id(const json_t *finding)
{
	char id[SHA256_HEX];

	unit_ok(found_check(finding, id, &unit_err));
	return json_string(id);
}

/* @action on what was found, as @who asked for it and then did; @p is stolen, and
 * @found, which may be NULL. */
static UNUSED int
world_found_try(struct world *w, const char *who, enum action action,
    enum event_kind kind, json_t *p, json_t *found, struct err *err)
{
	json_t *q = world_request(w, action, who, json_incref(p)), *data;
	struct decision d;
	int rc;

	data = world_json("{s:O}", "request", q);
	if (found != NULL)
		json_object_set_new(data, "found", found);
	else
		json_object_set(data, "finding", json_object_get(p,
		    "finding"));
	if (json_object_get(p, "reason") != NULL)
		json_object_set(data, "reason", json_object_get(p, "reason"));
	json_object_set_new(data, "facts", world_facts(w, q, who,
	    NULL, &d));
	ck_assert_int_eq(d.verdict, ALLOW);
	json_object_set_new(data, "rule", world_rule(d.rule));
	rc = world_try(w, kind, who, json_str(p, "finding", json_str(q, "id",
	    "")), data, NULL, err);
	json_decref(p);
	json_decref(q);
	return rc;
}

/* One of them told as what @said is (NULL: as what it is), and one gone; both stolen. */
static UNUSED int
world_report_by(struct world *w, const char *who, json_t *finding,
    json_t *gone, const json_t *said, struct err *err)
{
	json_t *hashes = json_array(), *found = json_array();
	struct sha256 h;
	char hex[SHA256_HEX];

	if (finding != NULL) {
		unit_ok(json_hash(said != NULL ? said : finding, &h,
		    &unit_err));
		sha256_hex(&h, hex);
		json_array_append_new(hashes, json_string(hex));
		json_array_append_new(found, finding);
	}
	return world_found_try(w, who, ACTION_DISCOVERY_REPORT,
	    EVENT_DISCOVERY_REPORTED, world_json("{s:o, s:o}", "found", hashes,
	    "gone", gone != NULL ? world_json("[o]", gone) : json_array()),
	    found, err);
}

static UNUSED int
world_report(struct world *w, json_t *finding, json_t *gone,
    const json_t *said, struct err *err)
{
	return world_report_by(w, "officer-1", finding, gone, said, err);
}

static UNUSED int
world_dismiss(struct world *w, json_t *id, struct err *err)
{
	return world_found_try(w, "officer-1", ACTION_DISCOVERY_DISMISS,
	    EVENT_DISCOVERY_DISMISSED, world_json("{s:o, s:s, s:s, s:s}",
	    "finding", id, "kind", "private-key", "place", "file://h/x",
	    "reason", "it may"), NULL, err);
}

/* A key that lies about: told, dismissed, gone. */
static UNUSED void
world_discovered(struct world *w)
{
	json_t *f = world_finding("private-key", "file://h/x", NULL);

	unit_ok(world_report(w, json_incref(f), NULL, NULL, &unit_err));
	unit_ok(world_dismiss(w, world_finding_id(f), &unit_err));
	unit_ok(world_report(w, NULL, world_finding_id(f), NULL, &unit_err));
	json_decref(f);
}

/* A backup that was restored elsewhere, as an officer says. */
static UNUSED int
world_drilled(struct world *w, const char *at, struct err *err)
{
	return world_found_try(w, "officer-1", ACTION_DRILL_REPORT,
	    EVENT_DRILL_REPORTED, world_json("{s:s, s:s}", "drilled", at,
	    "reason", "verified"), NULL, err);
}

/* An entry, what is known of it later, and its end. */
static UNUSED void
world_elsewhere(struct world *w)
{
	char print[SHA256_HEX], *text;

	unit_ok(world_said(w, ACTION_KEY_REGISTER, EVENT_KEY_REGISTERED,
	    world_elsewhere_of("vendor", "a vendor", NULL), &unit_err));
	unit_ok(world_said(w, ACTION_KEY_CORRECT, EVENT_KEY_CORRECTED,
	    world_elsewhere_of("vendor", "another", WORLD_SPKI), &unit_err));
	unit_ok(world_said(w, ACTION_KEY_UNREGISTER, EVENT_KEY_UNREGISTERED,
	    world_elsewhere_which("vendor"), &unit_err));
	text = world_other("other", print);
	unit_ok(world_import(w, world_json("[s]", print), world_json("[s]",
	    text), "radio", NULL, &unit_err));
	unit_ok(world_import(w, world_json("[s]", print), world_json("[s]",
	    text), "camera", "release-leads", &unit_err));
	free(text);
	world_discovered(w);
	unit_ok(world_drilled(w, "2026-11-21T00:00:00.000000Z", &unit_err));
}

#endif
