/*
 * certificate - a self-signed pair for the first start, so that nothing is
 * ever spoken in the clear; production brings its own.
 */
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>
#include "base/io.h"
#include "base/log.h"
#include "daemon/daemon.h"

#define DAYS	825L

static bool
extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool ok = e != NULL && X509_add_ext(x, e, -1) == 1;

	X509_EXTENSION_free(e);
	return ok;
}

static bool
serial(X509 *x)
{
	unsigned char octets[16];
	BIGNUM *n;
	bool ok;

	if (RAND_bytes(octets, sizeof(octets)) != 1)
		return false;
	octets[0] &= 0x7f;
	n = BN_bin2bn(octets, sizeof(octets), NULL);
	ok = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
	BN_free(n);
	return ok;
}

static bool
fill(X509 *x, EVP_PKEY *key)
{
	static const unsigned char cn[] = "localhost";
	char host[256] = "localhost", names[400];
	X509_NAME *name = X509_get_subject_name(x);

	(void)gethostname(host, sizeof(host) - 1);
	snprintf(names, sizeof(names), "DNS:localhost,DNS:%s,IP:127.0.0.1,IP:::1",
	    host);
	return X509_set_version(x, X509_VERSION_3) == 1 && serial(x) &&
	    X509_gmtime_adj(X509_getm_notBefore(x), -60) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(x), DAYS * 86400) != NULL &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, cn, -1, -1,
	    0) == 1 && X509_set_issuer_name(x, name) == 1 &&
	    X509_set_pubkey(x, key) == 1 &&
	    extension(x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	    extension(x, NID_key_usage,
	    "critical,digitalSignature,keyCertSign") &&
	    extension(x, NID_ext_key_usage, "serverAuth") &&
	    extension(x, NID_subject_alt_name, names);
}

static int
write_pem(BIO *b, const char *path, mode_t mode, struct err *err)
{
	char *p;
	long n = BIO_get_mem_data(b, &p);

	return io_write_file(path, mode, p, (size_t)n, err);
}

static int
make(const char *certificate, const char *path, EVP_PKEY *key, X509 *x,
    struct err *err)
{
	BIO *cert_pem = BIO_new(BIO_s_mem()), *key_pem = BIO_new(BIO_s_mem());
	int rc;

	if (cert_pem == NULL || key_pem == NULL || !fill(x, key) ||
	    X509_sign(x, key, EVP_sha256()) == 0 ||
	    PEM_write_bio_X509(cert_pem, x) != 1 ||
	    PEM_write_bio_PKCS8PrivateKey(key_pem, key, NULL, NULL, 0, NULL,
	    NULL) != 1)
		rc = err_set(err, EINTERNAL, "a certificate could not be made");
	else if ((rc = write_pem(key_pem, path, 0600, err)) == 0)
		rc = write_pem(cert_pem, certificate, 0644, err);
	BIO_free(cert_pem);
	BIO_free(key_pem);
	return rc;
}

int
certificate_ensure(const char *certificate, const char *key, struct err *err)
{
	EVP_PKEY *pair;
	X509 *x;
	int rc;

	if (access(certificate, F_OK) == 0 || access(key, F_OK) == 0)
		return 0;
	pair = EVP_EC_gen("P-256");
	x = X509_new();
	rc = pair == NULL || x == NULL ?
	    err_set(err, ENOMEMORY, "a certificate") :
	    make(certificate, key, pair, x, err);
	X509_free(x);
	EVP_PKEY_free(pair);
	if (rc == 0)
		log_line(LOG_NOTE, "made a self-signed certificate file=%s",
		    certificate);
	return rc;
}
