#include "config.h"

#include "ca/ext.h"
#include "ca/ocsp_part.h"

int
ocsp_nonce_read(struct span value, struct span *ret, struct err *err)
{
	TRY(der_take(&value, DER_OCTET_STRING, "the nonce", ret, err));
	TRY(der_end(&value, "the nonce", err));
	if (ret->n == 0 || ret->n > OCSP_NONCE)
		return err_set(err, EINPUT, "a nonce of %zu octets, not of 1 "
		    "to %d (RFC 9654, 2.1)", ret->n, OCSP_NONCE);
	return 0;
}

/* An explicitly tagged list; only the nonce is ours, where there may be one. */
static int
read_extensions(struct span *in, unsigned tag, struct span *ret_nonce,
    struct err *err)
{
	struct span wrapped;
	struct exts all;
	size_t i;

	if (!der_is(in, tag))
		return 0;
	TRY(der_take(in, tag, "extensions", &wrapped, err));
	TRY(ext_list(&wrapped, &all, err));
	TRY(der_end(&wrapped, "extensions", err));
	for (i = 0; i < all.n; i++)
		if (ret_nonce != NULL && oid_is(all.e[i].oid, OID_OCSP_NONCE))
			TRY(ocsp_nonce_read(all.e[i].value, ret_nonce, err));
		else
			TRY(ext_unknown(&all.e[i], err));
	return 0;
}

static int
read_list(struct span list, struct ocsp_request *r, struct err *err)
{
	struct span one;

	r->n = 0;
	do {
		if (r->n == OCSP_REQUESTS)
			return err_set(err, ETOOBIG, "more than %d requests "
			    "in one", OCSP_REQUESTS);
		TRY(der_take(&list, DER_SEQUENCE, "a Request", &one, err));
		TRY(ocsp_certid_take(&one, &r->id[r->n], err));
		TRY(read_extensions(&one, DER_CONTEXT_C(0), NULL, err));
		TRY(der_end(&one, "a Request", err));
		r->n++;
	} while (list.n > 0);
	return 0;
}

static int
skip_version(struct span *in, struct err *err)
{
	struct span wrapped, content;
	int64_t v = 0;

	if (!der_is(in, DER_CONTEXT_C(0)))
		return 0;
	TRY(der_take(in, DER_CONTEXT_C(0), "the version", &wrapped, err));
	TRY(der_take(&wrapped, DER_INTEGER, "the version", &content, err));
	TRY(der_end(&wrapped, "the version", err));
	TRY(der_int_read(content, "the version", &v, err));
	/* DER leaves 0 out, but some client may not. */
	return v == 0 ? 0 : err_set(err, EINPUT, "not version 1 (RFC 6960, "
	    "4.1.1)");
}

static int
read_tbs(struct span body, struct ocsp_request *r, struct err *err)
{
	struct span list, name;

	TRY(skip_version(&body, err));
	if (der_is(&body, DER_CONTEXT_C(1)))
		TRY(der_take(&body, DER_CONTEXT_C(1), "requestorName", &name,
		    err));
	TRY(der_take(&body, DER_SEQUENCE, "requestList", &list, err));
	TRY(read_list(list, r, err));
	TRY(read_extensions(&body, DER_CONTEXT_C(2), &r->nonce, err));
	return der_end(&body, "a TBSRequest", err);
}

int
ocsp_request_read(struct span request, struct ocsp_request *ret,
    struct err *err)
{
	struct span body, tbs, signature;

	if (request.n > OCSP_REQUEST_OCTETS)
		return err_set(err, ETOOBIG, "a request of %zu octets, not of "
		    "at most %d", request.n, OCSP_REQUEST_OCTETS);
	ret->nonce = span_of(NULL, 0);
	TRY(der_take(&request, DER_SEQUENCE, "an OCSPRequest", &body, err));
	TRY(der_end(&request, "an OCSPRequest", err));
	TRY(der_take(&body, DER_SEQUENCE, "a TBSRequest", &tbs, err));
	TRY(read_tbs(tbs, ret, err));
	/* RFC 6960, 4.1.2: who asks is nobody's business here. */
	if (der_is(&body, DER_CONTEXT_C(0)))
		TRY(der_take(&body, DER_CONTEXT_C(0), "optionalSignature",
		    &signature, err));
	return der_end(&body, "an OCSPRequest", err);
}
