/*
 * cert_request - requests that others were to sign: made once more from the
 * subject that was approved, and signed by the very key.
 */
#include <string.h>
#include "audit/cert.h"
#include "base/b64.h"
#include "base/json.h"
#include "ca/csr.h"
#include "ca/seal.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

/* The whole, as it left the house; reading it proves the signature. */
static int
request_whole(const struct waiting *w, const struct akey *k,
    struct blob *ret_info, struct csr **ret, struct err *err)
{
	AUTO(blob)	*signature = blob_new(), *whole = blob_new();

	if (signature == NULL || whole == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(b64_decode(json_str(w->entry->operation, "content", ""), ret_info,
	    err));
	TRY(entry_signature(w->entry, signature, err));
	TRY(seal_assemble(span_blob(ret_info), json_str(k->parameters,
	    "scheme", ""), span_blob(signature), whole, err));
	return csr_read(whole->data, whole->len, ret, err);
}

static int
request_check(const struct waiting *w, const struct akey *k, const json_t *p,
    struct err *err)
{
	AUTO(blob)	*info = blob_new(), *again = blob_new();
	AUTO(csr)	*csr = NULL;
	struct sha256	 spki;
	char		 hex[SHA256_HEX];

	if (info == NULL || again == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(request_whole(w, k, info, &csr, err));
	spki = csr_spki_hash(csr);
	sha256_hex(&spki, hex);
	if (strcmp(hex, k->hash) != 0)
		return err_set(err, EVERIFY, "it is for another key");
	TRY(csr_info(json_object_get(p, "subject"), csr_spki(csr), again,
	    err));
	if (!span_equal(span_blob(info), span_blob(again)))
		return err_set(err, EVERIFY, "its octets are not those that "
		    "the request's subject and the key make");
	return 0;
}

int
cert_requested(struct audit *a, const struct waiting *w, const struct req *r,
    size_t charter, struct err *err)
{
	struct err	 why = { .what = "" };
	struct akey	*k;

	TRY(cert_key(a, w, r, charter, &k, err));
	if (k == NULL)
		return 0;
	cert_nothing_else(a, w, k);
	if (request_check(w, k, r->held->request->parameters, &why) == 0) {
		proof_signature_good(a);
		return 0;
	}
	if (why.code == ENOMEMORY)
		return err_set(err, ENOMEMORY, "a request");
	WRONG(FINDING_CERTIFICATE, "%s", why.what);
	return 0;
}
