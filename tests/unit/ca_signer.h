/*
 * ca_signer - a CA, and certificates below it, made by OpenSSL alone: what
 * the house writes is judged by what others made.
 */
#ifndef TESTS_CA_SIGNER_H
#define TESTS_CA_SIGNER_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include "base/clock.h"
#include "ca/seal.h"

#define SIGNER_SCHEME	"ecdsa-sha256"
#define SIGNER_FROM	TIME_S(INT64_C(1795248000))	/* 2026-11-21 */
#define SIGNER_DAYS	365

struct signer {
	EVP_PKEY	*key;
	X509		*cert;
	struct blob	 der, name, spki;
	unsigned char	 key_id[20];	/* subjectKeyIdentifier */
};

/* They fail where a test would only say that OpenSSL does not work. */
#define SIGNER_OK(x)	do { if (!(x)) abort(); } while (0)

static inline void
signer_ext(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *e;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	SIGNER_OK(e != NULL && X509_add_ext(cert, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static inline void
signer_blob(struct blob *b, int n, unsigned char *der)
{
	SIGNER_OK(n > 0 && blob_put(b, der, (size_t)n, NULL) == 0);
	OPENSSL_free(der);
}

static inline void
signer_octets(struct signer *s)
{
	unsigned char *der = NULL;
	int n;

	n = i2d_X509(s->cert, &der);
	signer_blob(&s->der, n, der);
	der = NULL;
	n = i2d_X509_NAME(X509_get_subject_name(s->cert), &der);
	signer_blob(&s->name, n, der);
	der = NULL;
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(s->cert), &der);
	signer_blob(&s->spki, n, der);
	SIGNER_OK(EVP_PKEY_get_id(s->key) == EVP_PKEY_EC);
	memcpy(s->key_id, ASN1_STRING_get0_data(
	    X509_get0_subject_key_id(s->cert)), sizeof(s->key_id));
}

/*
 * @issuer  NULL: a root.
 * @ext     nid and value in turn, ended by 0.
 */
static inline void
signer_make(struct signer *s, const struct signer *issuer, const char *cn,
    long serial, const int *nid, const char *const *value)
{
	X509_NAME *name;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->key = EVP_EC_gen("P-256");
	s->cert = X509_new();
	SIGNER_OK(s->key != NULL && s->cert != NULL);
	SIGNER_OK(X509_set_version(s->cert, X509_VERSION_3) == 1);
	SIGNER_OK(ASN1_INTEGER_set(X509_get_serialNumber(s->cert), serial));
	name = X509_get_subject_name(s->cert);
	SIGNER_OK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)cn, -1, -1, 0));
	SIGNER_OK(X509_set_issuer_name(s->cert, issuer == NULL ? name :
	    X509_get_subject_name(issuer->cert)));
	SIGNER_OK(ASN1_TIME_set(X509_getm_notBefore(s->cert),
	    SIGNER_FROM / TIME_S(1)) != NULL);
	SIGNER_OK(ASN1_TIME_set(X509_getm_notAfter(s->cert),
	    SIGNER_FROM / TIME_S(1) + 86400L * SIGNER_DAYS) != NULL);
	SIGNER_OK(X509_set_pubkey(s->cert, s->key) == 1);
	signer_ext(s->cert, s->cert, NID_subject_key_identifier, "hash");
	for (i = 0; nid != NULL && nid[i] != 0; i++)
		signer_ext(s->cert, issuer == NULL ? s->cert : issuer->cert,
		    nid[i], value[i]);
	SIGNER_OK(X509_sign(s->cert, issuer == NULL ? s->key : issuer->key,
	    EVP_sha256()) > 0);
	signer_octets(s);
}

static inline void
signer_root(struct signer *s)
{
	static const int nid[] = { NID_basic_constraints, NID_key_usage, 0 };
	static const char *const value[] = { "critical,CA:TRUE",
		"critical,keyCertSign,cRLSign,digitalSignature" };

	signer_make(s, NULL, "Test CA", 1, nid, value);
}

static inline void
signer_done(struct signer *s)
{
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
	blob_done(&s->der);
	blob_done(&s->name);
	blob_done(&s->spki);
}

/* One of a list; @reason as a number, -1: none. */
static inline UNUSED void
signer_entry(X509_CRL *list, long serial, int reason)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	ASN1_ENUMERATED *e = ASN1_ENUMERATED_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, SIGNER_FROM / TIME_S(1));

	SIGNER_OK(ASN1_INTEGER_set(n, serial) == 1 &&
	    X509_REVOKED_set_serialNumber(r, n) == 1 &&
	    X509_REVOKED_set_revocationDate(r, t) == 1 &&
	    ASN1_ENUMERATED_set(e, reason) == 1);
	if (reason >= 0)
		SIGNER_OK(X509_REVOKED_add1_ext_i2d(r, NID_crl_reason, e, 0,
		    0) == 1);
	SIGNER_OK(X509_CRL_add0_revoked(list, r) == 1);
	ASN1_INTEGER_free(n);
	ASN1_ENUMERATED_free(e);
	ASN1_TIME_free(t);
}

/* A list of version 2 with this number and nothing on it, between seconds. */
static inline UNUSED X509_CRL *
signer_list(const struct signer *s, unsigned long number, time_t from,
    time_t until)
{
	ASN1_TIME *this = ASN1_TIME_set(NULL, from),
	    *next = ASN1_TIME_set(NULL, until);
	X509_CRL *list = X509_CRL_new();
	X509_EXTENSION *e;
	char text[60];

	snprintf(text, sizeof(text), "ASN1:INTEGER:%lu", number);
	e = X509V3_EXT_conf_nid(NULL, NULL, NID_crl_number, text);
	SIGNER_OK(X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
	    X509_CRL_set_issuer_name(list, X509_get_subject_name(s->cert)) ==
	    1 && X509_CRL_set1_lastUpdate(list, this) == 1 &&
	    X509_CRL_set1_nextUpdate(list, next) == 1 && e != NULL &&
	    X509_CRL_add_ext(list, e, -1) == 1);
	X509_EXTENSION_free(e);
	ASN1_TIME_free(this);
	ASN1_TIME_free(next);
	return list;
}

/* Takes @list. */
static inline UNUSED void
signer_list_sign(const struct signer *s, X509_CRL *list, struct blob *ret)
{
	unsigned char *der = NULL;
	int n;

	SIGNER_OK(X509_CRL_sign(list, s->key, EVP_sha256()) > 0);
	n = i2d_X509_CRL(list, &der);
	signer_blob(ret, n, der);
	X509_CRL_free(list);
}

/* Signed by @s as ca/seal does it, and put together. */
static inline UNUSED void
signer_seal(const struct signer *s, struct span tbs, struct blob *ret)
{
	struct blob sig = { 0 };

	SIGNER_OK(seal_sign(tbs, s->key, NULL, SIGNER_SCHEME, &sig,
	    NULL) == 0);
	SIGNER_OK(seal_assemble(tbs, SIGNER_SCHEME, span_blob(&sig), ret,
	    NULL) == 0);
	blob_done(&sig);
}

#endif
