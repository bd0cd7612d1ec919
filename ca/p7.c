#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "ca/oid.h"
#include "ca/p7.h"

#define PEM_COLUMNS	64	/* RFC 7468, 2 */

/* X.690, 11.6: as octet strings, the shorter filled up with zeros. */
static int
set_order(const void *a, const void *b)
{
	const struct span *p = a, *q = b;
	int order = memcmp(p->p, q->p, p->n < q->n ? p->n : q->n);

	return order != 0 ? order : (p->n > q->n) - (p->n < q->n);
}

static int
check_certs(const struct span *certs, size_t n, struct err *err)
{
	struct span in, one;
	size_t i;

	if (n == 0 || n > P7_CERTS)
		return err_set(err, ERANGE_, "%zu certificates, not 1 to %d",
		    n, P7_CERTS);
	for (i = 0; i < n; i++) {
		in = certs[i];
		TRY(der_take(&in, DER_SEQUENCE, "a certificate", &one, err));
		TRY(der_end(&in, "a certificate", err));
	}
	return 0;
}

static int
put_signed_data(struct der *w, const struct span *certs, size_t n)
{
	size_t i;

	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_int(w, DER_INTEGER, 1));
	TRY(der_put(w, DER_SET, NULL, 0));	/* no digests */
	TRY(der_open(w, DER_SEQUENCE));
	TRY(oid_put(w, OID_PKCS7_DATA));	/* of nothing */
	TRY(der_close(w));
	TRY(der_open(w, DER_CONTEXT_C(0)));
	for (i = 0; i < n; i++)
		TRY(der_raw(w, certs[i]));
	TRY(der_close(w));
	TRY(der_put(w, DER_SET, NULL, 0));	/* no signers */
	return der_close(w);
}

static int
put_content(struct der *w, const struct span *certs, size_t n)
{
	TRY(der_open(w, DER_SEQUENCE));
	TRY(oid_put(w, OID_PKCS7_SIGNED_DATA));
	TRY(der_open(w, DER_CONTEXT_C(0)));
	TRY(put_signed_data(w, certs, n));
	TRY(der_close(w));
	return der_close(w);
}

int
p7_certs_only(const struct span *certs, size_t n, struct blob *ret,
    struct err *err)
{
	struct span sorted[P7_CERTS];
	size_t from = ret->len;
	struct der w;
	int rc;

	TRY(check_certs(certs, n, err));
	memcpy(sorted, certs, n * sizeof(sorted[0]));
	qsort(sorted, n, sizeof(sorted[0]), set_order);
	der_init(&w, ret, err);
	rc = put_content(&w, sorted, n);
	if (rc != 0)
		blob_cut(ret, from);
	return rc;
}

int
p7_pem(const char *label, struct span der, struct blob *ret, struct err *err)
{
	size_t from = ret->len;
	int rc;

	rc = blob_printf(ret, err, "-----BEGIN %s-----\n", label);
	if (rc == 0)
		rc = b64_lines(der.p, der.n, PEM_COLUMNS, ret, err);
	if (rc == 0)
		rc = blob_printf(ret, err, "-----END %s-----\n", label);
	if (rc != 0)
		blob_cut(ret, from);
	return rc;
}

int
p7_chain(const struct span *certs, size_t n, struct blob *ret,
    struct err *err)
{
	size_t from = ret->len, i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++)
		rc = p7_pem("CERTIFICATE", certs[i], ret, err);
	if (rc != 0)
		blob_cut(ret, from);
	return rc;
}
