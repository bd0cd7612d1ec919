#include "config.h"

#include "ca/csr.h"
#include "ca/name.h"

/* RFC 2986, 4.1: version, subject, key, and no attributes. */
static int
info_put(struct der *w, struct span name, struct span spki)
{
	TRY(der_open(w, DER_SEQUENCE));
	TRY(der_int(w, DER_INTEGER, 0));
	TRY(der_raw(w, name));
	TRY(der_raw(w, spki));
	TRY(der_open(w, DER_CONTEXT_C(0)));
	TRY(der_close(w));
	return der_close(w);
}

int
csr_info(const json_t *subject, struct span spki, struct blob *ret,
    struct err *err)
{
	size_t before = ret->len;
	struct blob name = { 0 };
	struct der w;
	int rc;

	if (json_array_size(subject) == 0)
		return err_set(err, EINPUT, "an authority has a subject "
		    "(RFC 5280, 4.1.2.6)");
	rc = name_der(subject, &name, err);
	der_init(&w, ret, err);
	if (rc == 0)
		rc = info_put(&w, span_blob(&name), spki);
	blob_done(&name);
	if (rc != 0)
		ret->len = before;
	return rc;
}
