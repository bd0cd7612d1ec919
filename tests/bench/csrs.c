/*
 * csrs - requests for certificates, each of a device and a key of its own: one
 * JSON body a line, as the API takes them.
 *
 *   csrs FIRST N
 */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/b64.h"

/* The request's DER; it is the caller's to OPENSSL_free(). */
static int
csr(const char *device, unsigned char **ret)
{
	EVP_PKEY	*key = EVP_EC_gen("P-256");
	X509_REQ	*req = X509_REQ_new();
	X509_NAME	*name = X509_REQ_get_subject_name(req);
	int		 n;

	*ret = NULL;
	if (key == NULL || X509_REQ_set_pubkey(req, key) != 1 ||
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)device, -1, -1, 0) != 1 ||
	    X509_REQ_sign(req, key, EVP_sha256()) <= 0)
		exit(1);
	n = i2d_X509_REQ(req, ret);
	X509_REQ_free(req);
	EVP_PKEY_free(key);
	return n;
}

int
main(int argc, char **argv)
{
	unsigned long	 from = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long	 n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	char		 device[32], *text;
	unsigned char	*der;
	int		 len;

	for (unsigned long i = from; i < from + n; i++) {
		snprintf(device, sizeof(device), "B-%lu", i);
		len = csr(device, &der);
		if ((text = b64_encode(der, (size_t)len)) == NULL)
			return 1;
		printf("{\"profile\":\"device\",\"device\":\"%s\",\"csr\":\"%s\"}\n",
		    device, text);
		free(text);
		OPENSSL_free(der);
	}
	return 0;
}
