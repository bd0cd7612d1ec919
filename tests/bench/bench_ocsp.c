#include "config.h"

#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include "tests/bench/bench.h"

/*
 * What OpenSSL alone takes to make and sign an OCSP answer with a P-256 key in
 * memory: what answers on demand are measured against.
 */
struct bare {
	EVP_PKEY	*key;
	X509		*cert;
	OCSP_CERTID	*id;
};

static void
make(struct bare *b)
{
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	X509_NAME *name = X509_NAME_new();

	b->key = EVP_EC_gen("P-256");
	b->cert = X509_new();
	BENCH_OK(b->key == NULL || b->cert == NULL || serial == NULL ||
	    name == NULL);
	BENCH_OK(!X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"responder", -1, -1, 0));
	BENCH_OK(!ASN1_INTEGER_set(serial, 77));
	BENCH_OK(!X509_set_subject_name(b->cert, name));
	BENCH_OK(!X509_set_pubkey(b->cert, b->key));
	b->id = OCSP_cert_id_new(EVP_sha1(), name,
	    X509_get0_pubkey_bitstr(b->cert), serial);
	BENCH_OK(b->id == NULL);
	ASN1_INTEGER_free(serial);
	X509_NAME_free(name);
}

static void
answer(void *ctx, unsigned long n)
{
	const struct bare *b = ctx;
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);
	OCSP_BASICRESP *r;

	for (; n > 0; n--) {
		r = OCSP_BASICRESP_new();
		BENCH_OK(r == NULL || OCSP_basic_add1_status(r, b->id,
		    V_OCSP_CERTSTATUS_GOOD, 0, NULL, now, NULL) == NULL);
		BENCH_OK(!OCSP_basic_sign(r, b->cert, b->key, EVP_sha256(),
		    NULL, OCSP_NOCERTS | OCSP_RESPID_KEY));
		OCSP_BASICRESP_free(r);
	}
	ASN1_TIME_free(now);
}

int
main(void)
{
	struct bare b;

	make(&b);
	bench("ocsp: OCSP_basic_sign alone", answer, &b);
	OCSP_CERTID_free(b.id);
	X509_free(b.cert);
	EVP_PKEY_free(b.key);
	return 0;
}
