/*
 * ca - certificates to try ca/ on: fixed keys, the shipped profiles, requests
 * and issuers.  Whoever includes it uses all of it, or what it needs.
 */
#ifndef TESTS_UNIT_CA_H
#define TESTS_UNIT_CA_H

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/hex.h"
#include "base/io.h"
#include "base/yaml.h"
#include "ca/csr.h"
#include "ca/draft.h"
#include "ca/key.h"
#include "ca/name.h"
#include "ca/seal.h"
#include "tests/unit/unit.h"

#define CA_URLS	"{'crl':'http://pki.example/crl/devices'," \
	"'ocsp':'http://ocsp.example','issuer':'http://pki.example/ca.crt'}"

/* Two keys on P-256, of this test alone: the CAs' and the subjects'. */
static UNUSED const char CA_KEY[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9i9XH+2TcTNLEfmC\n"
	"PbABbdKRGQFlaWVfuInMgH1x/cOhRANCAASMi8M88/xrnRX9ELFvxTl4zaeSYBWz\n"
	"mNhfrH3PGPx3ZhTLCBLeCiRtEKZYnkyAeuQBMvZDqN0nDoD40xbLNbgL\n"
	"-----END PRIVATE KEY-----\n";
static UNUSED const char SUBJECT_KEY[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3xnlvG0fb985C6Z9\n"
	"F6sQJKvYoH0fe6xNGV51XAyMEXmhRANCAATj9lOF8XipHBPzBkIz72K5qXFqGnSJ\n"
	"R0FMGFzUqHe8oLzYIrmYoyt3zhivtHYYIznzoMEcC+uD9nZ8XBR/YFB1\n"
	"-----END PRIVATE KEY-----\n";

static UNUSED json_t *
ca_json(const char *text)
{
	char *copy = strdup(text), *p;
	json_error_t e;
	json_t *j;

	for (p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	j = json_loads(copy, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	ck_assert_msg(j != NULL, "%s: %s", copy, e.text);
	free(copy);
	return j;
}

static UNUSED EVP_PKEY *
ca_key(const char *pem)
{
	BIO *b = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *k = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);

	BIO_free(b);
	ck_assert_ptr_nonnull(k);
	return k;
}

/* Its SubjectPublicKeyInfo. */
static UNUSED void
ca_spki(EVP_PKEY *k, struct blob *ret)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(k, &der);

	ck_assert_int_gt(n, 0);
	unit_ok(blob_put(ret, der, (size_t)n, &unit_err));
	OPENSSL_free(der);
}

static UNUSED struct profile *
ca_profile(const char *name)
{
	const char *src = getenv("srcdir");
	struct blob text = { 0 };
	struct profile *p = NULL;
	json_t *j = NULL;
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/ca/profiles/%s.yaml",
	    src == NULL ? "." : src, name);
	unit_ok(io_read_file(path, 1 << 16, &text, &unit_err));
	unit_ok(yaml_read(path, text.data, text.len, &j, NULL, &unit_err));
	unit_ok(profile_read(name, j, &p, &unit_err));
	json_decref(j);
	blob_done(&text);
	return p;
}

static UNUSED void
ca_csr_san(X509_REQ *req, const char *san)
{
	STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL,
	    NID_subject_alt_name, san);

	ck_assert_ptr_nonnull(e);
	sk_X509_EXTENSION_push(list, e);
	ck_assert_int_eq(X509_REQ_add_extensions(req, list), 1);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
}

/* A request as OpenSSL makes them; @cn and @san may be NULL. */
static UNUSED void
ca_csr_der(EVP_PKEY *k, const char *cn, const char *san, struct blob *ret)
{
	const EVP_MD *md = EVP_PKEY_is_a(k, "ED25519") ? NULL : EVP_sha256();
	X509_REQ *req = X509_REQ_new();
	unsigned char *der = NULL;
	int n;

	if (cn != NULL)
		ck_assert_int_eq(X509_NAME_add_entry_by_txt(
		    X509_REQ_get_subject_name(req), "CN", MBSTRING_UTF8,
		    (const unsigned char *)cn, -1, -1, 0), 1);
	X509_REQ_set_pubkey(req, k);
	if (san != NULL)
		ca_csr_san(req, san);
	ck_assert_int_gt(X509_REQ_sign(req, k, md), 0);
	n = i2d_X509_REQ(req, &der);
	unit_ok(blob_put(ret, der, (size_t)n, &unit_err));
	OPENSSL_free(der);
	X509_REQ_free(req);
}

/* What is asked about: a serial, a day, and the key at the end. */
static UNUSED const unsigned char CA_SERIAL[16] = { 0x4a, 0x01, 0x02, 0x03,
	0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f };
#define CA_TIME	TIME_S(INT64_C(1796083200))	/* 2026-12-01 */

static UNUSED void
ca_seal(const struct blob *tbs, struct blob *ret)
{
	EVP_PKEY *k = ca_key(CA_KEY);
	struct blob signature = { 0 };

	unit_ok(seal_sign(span_blob(tbs), k, NULL, "ecdsa-sha256", &signature,
	    &unit_err));
	unit_ok(seal_assemble(span_blob(tbs), "ecdsa-sha256",
	    span_blob(&signature), ret, &unit_err));
	blob_done(&signature);
	EVP_PKEY_free(k);
}

/* A certificate of this profile, its TBS and the whole; either may be NULL. */
static UNUSED void
ca_issue(const struct profile *p, const struct issuer *issuer,
    const json_t *parameters, const char *key, struct blob *ret_tbs,
    struct blob *ret_cert)
{
	struct blob spki = { 0 }, tbs = { 0 };
	EVP_PKEY *k = ca_key(key);
	struct draft_ask ask = { .profile = p, .issuer = issuer,
	    .parameters = parameters, .scheme = "ecdsa-sha256",
	    .serial = { CA_SERIAL, sizeof(CA_SERIAL) },
	    .not_before = CA_TIME, .partition = 3 };

	ca_spki(k, &spki);
	ask.spki = span_blob(&spki);
	unit_ok(draft_tbs(&ask, &tbs, &unit_err));
	if (ret_cert != NULL)
		ca_seal(&tbs, ret_cert);
	if (ret_tbs != NULL)
		unit_ok(blob_put(ret_tbs, tbs.data, tbs.len, &unit_err));
	blob_done(&spki);
	blob_done(&tbs);
	EVP_PKEY_free(k);
}

/* A CA of a shipped profile below @above, or a root: @subject as in JSON. */
static UNUSED struct issuer *
ca_issuer(const char *profile, const struct issuer *above,
    const char *subject)
{
	AUTO(profile) *p = ca_profile(profile);
	AUTO_JSON *urls = ca_json(CA_URLS), *parameters = json_object();
	struct blob cert = { 0 };
	struct issuer *i = NULL;

	json_object_set_new(parameters, "subject", ca_json(subject));
	ca_issue(p, above, parameters, CA_KEY, NULL, &cert);
	unit_ok(issuer_read(span_blob(&cert), urls, 16, &i, &unit_err));
	blob_done(&cert);
	return i;
}

/* The root and the CA that most tests issue by. */
#define CA_ROOT_NAME	"[['organizationName','Example'],['commonName','Root']]"
#define CA_NAME		"[['organizationName','Example'],['commonName','Devices']]"

#endif
