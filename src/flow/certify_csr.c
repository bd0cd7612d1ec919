/*
 * certify_csr - the key that is certified: of a request of its holder, or of
 * the inventory.
 */
#include <string.h>
#include "base/b64.h"
#include "flow/certify.h"
#include "flow/holder.h"
#include "flow/inside.h"
#include "flow/stage.h"

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

/* ---- may it be certified? ---- */

const char *
key_place(const json_t *p)
{
	return json_object_get(p, "csr") != NULL ? "/csr" : "/key";
}

struct looking {
	const json_t	*p;
	struct holder	 holder;
};

static int
holder_read(struct tx *tx, void *ctx, struct err *err)
{
	struct looking *l = ctx;

	return holder_find(tx, l->p, &l->holder, err);
}

int
certified_free(struct flow *f, const json_t *p, struct err *err)
{
	bool renewal = json_object_get(p, "renews") != NULL;
	struct looking l = { .p = p };
	struct err why;

	TRY(state_read(f->state, holder_read, &l, err));
	if (holder_check(&l.holder, key_place(p), &why) == 0)
		return 0;
	return err_set(err, why.code, "%s%s", why.what, renewal ?
	    ": claviger ca rekey" : "");
}

/* The keeper would say so too, after people were asked. */
int
certified_fit(struct flow *f, const struct law *law, const json_t *p,
    struct err *err)
{
	const struct profile *profile;
	AUTO(key) *own = NULL;
	bool of_kind, responder;
	int rc = state_key(f->state, json_str(p, "spki", ""), &own, err);

	if (rc != 0 && rc != -ENOKEY)
		return rc;
	TRY(profile_named(law, json_str(p, "profile", ""), &profile, err));
	responder = profile->kind == PROFILE_OCSP_RESPONDER;
	of_kind = rc == 0 && strcmp(own->kind, class_kind_name(KIND_CA)) == 0;
	if (responder == of_kind)
		return 0;
	if (responder)
		return err_set(err, EINPUT, "/profile: %s is for keys of kind "
		    "ca in the token; the service has them certified for an "
		    "authority's responder (RFC 6960, 4.2.2.2)",
		    profile->name);
	return err_set(err, EINPUT, "/key: %s is of kind ca, and is certified "
	    "as an authority's or a responder's alone", own->name);
}
