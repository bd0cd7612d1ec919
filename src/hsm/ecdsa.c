#include "config.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <stdlib.h>

#include "hsm/hsm.h"

#define HALF_MAX	66	/* P-521 */

static int
put_der(const ECDSA_SIG *sig, struct blob *ret, struct err *err)
{
	unsigned char *der = NULL;
	int n = i2d_ECDSA_SIG(sig, &der), rc;

	if (n <= 0)
		return err_set(err, ENOMEMORY, "a signature");
	rc = blob_put(ret, der, (size_t)n, err);
	OPENSSL_free(der);
	return rc;
}

int
hsm_ecdsa_der(const void *raw, size_t n, struct blob *ret, struct err *err)
{
	const unsigned char *p = raw;
	ECDSA_SIG *sig = NULL;
	BIGNUM *r, *s;
	int rc;

	if (n == 0 || n % 2 != 0 || n > 2 * HALF_MAX)
		return err_set(err, EINPUT, "a raw signature of %zu octets", n);
	r = BN_bin2bn(p, (int)(n / 2), NULL);
	s = BN_bin2bn(p + n / 2, (int)(n / 2), NULL);
	if (r != NULL && s != NULL && (sig = ECDSA_SIG_new()) != NULL &&
	    ECDSA_SIG_set0(sig, r, s) == 1) {
		rc = put_der(sig, ret, err);
	} else {
		BN_free(r);
		BN_free(s);
		rc = err_set(err, ENOMEMORY, "a signature");
	}
	ECDSA_SIG_free(sig);
	return rc;
}

int
hsm_ecdsa_raw(const void *der, size_t n, size_t half, struct blob *ret,
    struct err *err)
{
	const unsigned char *p = der;
	unsigned char raw[2 * HALF_MAX];
	ECDSA_SIG *sig;
	bool fits;

	if (half == 0 || half > HALF_MAX || n > 512)
		return err_set(err, EINPUT, "a signature of %zu octets", n);
	if ((sig = d2i_ECDSA_SIG(NULL, &p, (long)n)) == NULL)
		return err_set(err, EINPUT, "not an ECDSA-Sig-Value");
	fits = p == (const unsigned char *)der + n &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, (int)half) > 0 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + half, (int)half) > 0;
	ECDSA_SIG_free(sig);
	if (!fits)
		return err_set(err, EINPUT, "not an ECDSA-Sig-Value of %zu octets",
		    half);
	return blob_put(ret, raw, 2 * half, err);
}
