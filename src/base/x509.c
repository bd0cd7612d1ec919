#include "config.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/x509.h"

static time_us
asn1_us(const ASN1_TIME *t)
{
	int days = 0, seconds = 0;
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	bool ok = epoch != NULL &&
	    ASN1_TIME_diff(&days, &seconds, epoch, t) == 1;

	ASN1_TIME_free(epoch);
	return ok ? TIME_S((int64_t)days * 86400 + seconds) : 0;
}

void
x509_times(const X509 *x, time_us *ret_from, time_us *ret_until)
{
	*ret_from = asn1_us(X509_get0_notBefore(x));
	*ret_until = asn1_us(X509_get0_notAfter(x));
}

int
x509_file_times(const char *path, time_us *ret_from, time_us *ret_until,
    struct err *err)
{
	FILE *f = fopen(path, "re");
	X509 *x;

	if (f == NULL)
		return err_set(err, EIO_, "%s: %s", path, strerror(errno));
	x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	ERR_clear_error();
	if (x == NULL)
		return err_set(err, EINPUT, "%s holds no certificate", path);
	x509_times(x, ret_from, ret_until);
	X509_free(x);
	return 0;
}
