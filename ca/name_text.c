/*
 * name_text - names as others write them, for people to read; see name.h.
 */
#include "config.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "ca/name.h"

/* Attributes by their numbers: what they are called changes with the library.
 * RFC 4514 otherwise, but in the name's own order; ASCII alone. */
#define FORM	(XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_OID | \
	XN_FLAG_DUMP_UNKNOWN_FIELDS | ASN1_STRFLGS_ESC_2253 | \
	ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_ESC_MSB | \
	ASN1_STRFLGS_UTF8_CONVERT | ASN1_STRFLGS_DUMP_UNKNOWN | \
	ASN1_STRFLGS_DUMP_DER)

int
name_text_other(struct span name, struct blob *ret, struct err *err)
{
	const unsigned char *p = name.p;
	X509_NAME *n = d2i_X509_NAME(NULL, &p, (long)name.n);
	BIO *mem = BIO_new(BIO_s_mem());
	char *text;
	long len;
	int rc = 0;

	if (n == NULL || p != name.p + name.n)
		rc = err_set(err, EINPUT, "not a name (RFC 5280, 4.1.2.4)");
	else if (mem == NULL || X509_NAME_print_ex(mem, n, 0, FORM) < 0)
		rc = err_set(err, ENOMEMORY, "a name");
	else if ((len = BIO_get_mem_data(mem, &text)) > 0)
		rc = blob_put(ret, text, (size_t)len < NAME_TEXT ?
		    (size_t)len : NAME_TEXT, err);
	ERR_clear_error();
	X509_NAME_free(n);
	BIO_free(mem);
	return rc;
}
