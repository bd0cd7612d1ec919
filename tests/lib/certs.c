/*
 * certs - certificates of one CA by the thousand, each with a key of its own or
 * all with one.
 *
 *	certs make N FOLDER	FOLDER/certs.csv: a column "certificate" (base64),
 *				the CA's first; FOLDER/ca.crl: a tenth of them,
 *				as far as a list goes that fits into an event
 *	certs make N FOLDER M	the same, with the first M on the list, more than
 *				there are too
 *	certs make N FOLDER M KEY
 *				the same, but all of one key, whose public half goes
 *				into the file KEY (PEM)
 *	certs read FOLDER	what decoding, parsing and verifying each takes, as
 *				a line of JSON
 */
#include "config.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "ca/key.h"
#include "ca/seal.h"
#include "ca/tbs.h"

#define LISTED	14000
#define DAY	86400L
#define MUST(x)	do { if (!(x)) abort(); } while (0)

static uint64_t
serial_of(long i)
{
	return (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15) >> 1;
}

static void
ext_add(X509 *x, X509 *ca, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, ca, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	MUST(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

/* Those of one key have names of their own: none follows one of the others. */
static bool named_one;

static X509 *
cert_make(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, long i)
{
	X509 *x = X509_new();
	char cn[40];

	if (i == 0)
		snprintf(cn, sizeof(cn), "Bench CA%s", named_one ? " of one" :
		    "");
	else
		snprintf(cn, sizeof(cn), "host-%ld.%sexample", i, named_one ?
		    "one." : "");
	MUST(X509_set_version(x, X509_VERSION_3) == 1 &&
	    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial_of(i + 1))
	    == 1 && X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
	    MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0) == 1);
	if (ca == NULL)
		ca = x;
	X509_set_issuer_name(x, X509_get_subject_name(ca));
	X509_gmtime_adj(X509_getm_notBefore(x), -DAY);
	X509_gmtime_adj(X509_getm_notAfter(x), DAY * (400 + i % 1000));
	X509_set_pubkey(x, key);
	ext_add(x, ca, NID_basic_constraints, ca == x ? "critical,CA:TRUE" :
	    "CA:FALSE");
	ext_add(x, ca, NID_subject_key_identifier, "hash");
	ext_add(x, ca, NID_authority_key_identifier, "keyid");
	MUST(X509_sign(x, ca_key, EVP_sha256()) > 0);
	return x;
}

static void
row_put(FILE *to, X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);
	char *text = b64_encode(der, (size_t)n);

	fprintf(to, "%s\n", text);
	free(text);
	OPENSSL_free(der);
}

static void
entry_add(X509_CRL *list, long i)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	ASN1_TIME *t = X509_gmtime_adj(NULL, -60);

	MUST(ASN1_INTEGER_set_uint64(n, serial_of(i + 1)) == 1 &&
	    X509_REVOKED_set_serialNumber(r, n) == 1 &&
	    X509_REVOKED_set_revocationDate(r, t) == 1 &&
	    X509_CRL_add0_revoked(list, r) == 1);
	ASN1_INTEGER_free(n);
	ASN1_TIME_free(t);
}

static void
list_make(FILE *to, X509 *ca, EVP_PKEY *key, long every, long n)
{
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *from = X509_gmtime_adj(NULL, -60),
	    *until = X509_gmtime_adj(NULL, DAY);
	X509_EXTENSION *number = X509V3_EXT_conf_nid(NULL, NULL,
	    NID_crl_number, "ASN1:INTEGER:1");

	MUST(X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
	    X509_CRL_set_issuer_name(list, X509_get_subject_name(ca)) == 1 &&
	    X509_CRL_set1_lastUpdate(list, from) == 1 &&
	    X509_CRL_set1_nextUpdate(list, until) == 1 &&
	    X509_CRL_add_ext(list, number, -1) == 1);
	for (long i = 1; i <= n; i++)
		entry_add(list, every * i);
	MUST(X509_CRL_sign(list, key, EVP_sha256()) > 0 &&
	    i2d_X509_CRL_fp(to, list) == 1);
	X509_EXTENSION_free(number);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	X509_CRL_free(list);
}

static FILE *
file_open(const char *folder, const char *name, const char *mode)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, mode);
	MUST(f != NULL);
	return f;
}

static EVP_PKEY *
one_key(const char *file)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	FILE *f = fopen(file, "w");

	MUST(f != NULL && PEM_write_PUBKEY(f, k) == 1 && fclose(f) == 0);
	return k;
}

/* @file: of the one key that all bear; NULL: each has its own. */
static void
make(long n, const char *folder, long listed, const char *file)
{
	EVP_PKEY *one = file != NULL ? one_key(file) : NULL;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *ca;
	FILE *csv = file_open(folder, "certs.csv", "w"),
	    *crl = file_open(folder, "ca.crl", "w");

	named_one = one != NULL;
	ca = cert_make(key, NULL, key, 0);
	fprintf(csv, "certificate\n");
	row_put(csv, ca);
	for (long i = 1; i <= n; i++) {
		EVP_PKEY *k = one == NULL ? EVP_EC_gen("P-256") : NULL;
		X509 *x = cert_make(one != NULL ? one : k, ca, key, i);

		row_put(csv, x);
		X509_free(x);
		EVP_PKEY_free(k);
	}
	list_make(crl, ca, key, listed > 0 ? 1 : 10, listed > 0 ? listed :
	    n / 10 < LISTED ? n / 10 : LISTED);
	MUST(fclose(csv) == 0 && fclose(crl) == 0);
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(one);
}

/* The key of the first verifies all. */
static void
one_read(const char *line, EVP_PKEY **ca)
{
	struct blob der = { 0 };
	struct span tbs, algorithm, signature;
	struct cert c;

	MUST(b64_decode(line, &der, NULL) == 0 && cert_read(der.data, der.len,
	    &c, NULL) == 0 && seal_read(span_blob(&der), "it", &tbs,
	    &algorithm, &signature, NULL) == 0);
	if (*ca == NULL)
		MUST(key_pkey(c.tbs.spki, ca, NULL) == 0);
	MUST(seal_verify(tbs, algorithm, signature, *ca, NULL) == 0);
	blob_done(&der);
}

static void
read_all(const char *folder)
{
	FILE *csv = file_open(folder, "certs.csv", "r");
	EVP_PKEY *ca = NULL;
	char line[8192];
	time_us from;
	long n = 0;

	MUST(fgets(line, sizeof(line), csv) != NULL);
	from = clock_mono();
	for (; fgets(line, sizeof(line), csv) != NULL; n++) {
		line[strcspn(line, "\n")] = '\0';
		one_read(line, &ca);
	}
	printf("{\"read\":%ld,\"us\":%lld}\n", n,
	    (long long)(clock_mono() - from));
	EVP_PKEY_free(ca);
	fclose(csv);
}

int
main(int argc, char **argv)
{
	if (argc >= 4 && argc <= 6 && strcmp(argv[1], "make") == 0)
		make(strtol(argv[2], NULL, 10), argv[3],
		    argc > 4 ? strtol(argv[4], NULL, 10) : 0,
		    argc > 5 ? argv[5] : NULL);
	else if (argc == 3 && strcmp(argv[1], "read") == 0)
		read_all(argv[2]);
	else
		return 64;
	return fflush(stdout) == 0 ? 0 : 74;
}
