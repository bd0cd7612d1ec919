/*
 * certify_csr - the key that is certified: of a request of its holder, or of
 * the inventory.
 */
#include <string.h>
#include "base/b64.h"
#include "flow/certify.h"

/* PEM as it is, or DER in base64. */
int
csr_given(const char *text, struct csr **ret, struct err *err)
{
	AUTO(blob) *der = blob_new();

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a request");
	if (strstr(text, "-----BEGIN") != NULL)
		return asked_wrongly(csr_read(text, strlen(text), ret, err),
		    err);
	TRY(b64_decode(text, der, err));
	return asked_wrongly(csr_read(der->data, der->len, ret, err), err);
}

int
csr_hashes(const struct csr *csr, json_t *ret, struct err *err)
{
	struct sha256 spki = csr_spki_hash(csr), hash = csr_hash(csr);

	TRY(json_set_hash(ret, "spki", &spki, err));
	return json_set_hash(ret, "csr", &hash, err);
}

int
csr_propose(const struct csr *csr, struct drawn *ret, struct err *err)
{
	TRY(json_build(&ret->proposal, err, "{}"));
	return json_set_b64(ret->proposal, "csr", csr_der(csr).p,
	    csr_der(csr).n, err);
}

static int
proposed_key(const json_t *p, const json_t *proposal, struct blob *ret,
    struct err *err)
{
	AUTO(blob) *der = blob_new();
	struct sha256 hash;
	const char *text;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(json_need_hash(p, "csr", &hash, err));
	TRY(json_need_str(proposal, "csr", &text, err));
	TRY(b64_decode(text, der, err));
	return csr_key(span_blob(der), &hash, ret, err);
}

int
certified_key(struct flow *f, const json_t *p, const json_t *proposal,
    struct blob *ret, struct err *err)
{
	AUTO(key) *own = NULL;

	if (json_object_get(p, "csr") != NULL && proposal == NULL)
		return err_set(err, EINTERNAL, "the certificate's request is "
		    "lost");
	if (json_object_get(p, "csr") != NULL)
		return proposed_key(p, proposal, ret, err);
	TRY(state_key(f->state, json_str(p, "spki", ""), &own, err));
	return blob_put(ret, own->spki, own->spki_octets, err);
}
