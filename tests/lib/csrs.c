/*
 * csrs - certificate requests by the thousand, each with a key of its own.
 *
 *	csrs ndjson|tar N PREFIX [FROM]
 *
 * Writes N requests for devices PREFIX-FROM ... (FROM is 1 where left out) on
 * standard output: rows {"csr", "name"}, or a tar of files PREFIX-I.csr, DER.
 */
#include "config.h"

#include <openssl/ec.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"

static int
request_make(const char *device, unsigned char **ret)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *r = X509_REQ_new();
	X509_NAME *n = X509_REQ_get_subject_name(r);
	int octets;

	X509_REQ_set_version(r, 0);
	X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC,
	    (const unsigned char *)device, -1, -1, 0);
	X509_NAME_add_entry_by_txt(n, "serialNumber", MBSTRING_ASC,
	    (const unsigned char *)device, -1, -1, 0);
	X509_REQ_set_pubkey(r, key);
	X509_REQ_sign(r, key, EVP_sha256());
	octets = i2d_X509_REQ(r, ret);
	X509_REQ_free(r);
	EVP_PKEY_free(key);
	return octets;
}

static void
row_put(const char *device, const unsigned char *der, int octets)
{
	char *text = b64_encode(der, (size_t)octets);

	printf("{\"csr\":\"%s\",\"name\":\"%s\"}\n", text, device);
	free(text);
}

static void
file_put(const char *device, const unsigned char *der, int octets)
{
	static const char zero[512];
	char head[512] = "";
	unsigned sum = 0;

	snprintf(head, 100, "%s.csr", device);
	snprintf(head + 100, 8, "0000644");
	snprintf(head + 108, 8, "0000000");
	snprintf(head + 116, 8, "0000000");
	snprintf(head + 124, 12, "%011o", (unsigned)octets);
	snprintf(head + 136, 12, "00000000000");
	memset(head + 148, ' ', 8);
	head[156] = '0';
	memcpy(head + 257, "ustar\0" "00", 8);
	for (size_t i = 0; i < sizeof(head); i++)
		sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);
	fwrite(head, 1, sizeof(head), stdout);
	fwrite(der, 1, (size_t)octets, stdout);
	fwrite(zero, 1, (512 - (size_t)octets % 512) % 512, stdout);
}

int
main(int argc, char **argv)
{
	static const char zero[1024];
	long n, from;
	bool tar;

	if (argc < 4)
		return 64;
	tar = strcmp(argv[1], "tar") == 0;
	n = strtol(argv[2], NULL, 10);
	from = argc > 4 ? strtol(argv[4], NULL, 10) : 1;
	for (long i = from; i < from + n; i++) {
		unsigned char *der = NULL;
		char device[64];
		int octets;

		snprintf(device, sizeof(device), "%.40s-%ld", argv[3], i);
		octets = request_make(device, &der);
		(tar ? file_put : row_put)(device, der, octets);
		OPENSSL_free(der);
	}
	if (tar)
		fwrite(zero, 1, sizeof(zero), stdout);
	return fflush(stdout) == 0 ? 0 : 74;
}
