#include "config.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "ca/name.h"

static X509_NAME *
name_of(struct span name)
{
	const unsigned char *at = name.p;

	return d2i_X509_NAME(NULL, &at, (long)name.n);
}

int
name_same(struct span a, struct span b, bool *ret, struct err *err)
{
	X509_NAME *one, *other;
	bool fine;

	*ret = span_equal(a, b);
	if (*ret)
		return 0;
	one = name_of(a);
	other = name_of(b);
	fine = one != NULL && other != NULL;
	*ret = fine && X509_NAME_cmp(one, other) == 0;
	X509_NAME_free(one);
	X509_NAME_free(other);
	ERR_clear_error();
	return fine ? 0 : err_set(err, EINPUT, "a name cannot be read (RFC 5280, "
	    "4.1.2.4)");
}
