/*
 * What entries of keys of kind ca do to the house.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/hex.h"
#include "base/json.h"
#include "ca/seal.h"
#include "keeper/ca_revoked.h"
#include "keeper/house.h"
#include "keeper/use_ca.h"

void
house_profiles_done(struct house *h)
{
	for (size_t i = 0; i < h->profile_n; i++)
		profile_free(h->profile[i]);
	free(h->profile);
	h->profile = NULL;
	h->profile_n = 0;
}

int
house_profile(struct house *h, const char *name, const struct profile **ret,
    struct err *err)
{
	const json_t *document = json_object_get(json_object_get(
	    charter_json(h->charter), "profiles"), name);
	struct profile **more, *p;

	for (size_t i = 0; i < h->profile_n; i++) {
		if (strcmp(h->profile[i]->name, name) == 0) {
			*ret = h->profile[i];
			return 0;
		}
	}
	if (document == NULL)
		return err_set(err, EDENIED, "the charter has no profile %s",
		    name);
	more = realloc(h->profile, (h->profile_n + 1) * sizeof(*more));
	if (more == NULL)
		return err_set(err, ENOMEMORY, "for a profile");
	h->profile = more;
	TRY(profile_read(name, document, &p, err));
	h->profile[h->profile_n++] = p;
	*ret = p;
	return 0;
}

int
house_profiles_check(const struct charter *c, struct err *err)
{
	return profile_check_all(json_object_get(charter_json(c), "profiles"),
	    NULL, NULL, err);
}

static int
key_of(struct house *h, const struct entry *e, struct key **ret,
    struct err *err)
{
	struct sha256 hash;

	TRY(json_need_hash(e->operation, "key", &hash, err));
	*ret = keys_find(&h->keys, &hash);
	if (*ret == NULL)
		return err_set(err, EVERIFY, "a use of a key that there is not");
	return 0;
}

static const json_t *
parameters_of(const struct entry *e)
{
	return json_object_get(json_object_get(e->permit_document, "request"),
	    "parameters");
}

static const char *
action_of(const struct entry *e)
{
	return json_str(json_object_get(e->permit_document, "request"),
	    "action", "");
}

/* The whole certificate, of what was signed and the signature. */
static int
certificate_of(const struct key *by, const struct blob *tbs,
    const struct entry *e, struct blob *ret, struct err *err)
{
	AUTO(blob) *signature = blob_new();

	if (signature == NULL)
		return err_set(err, ENOMEMORY, "for a certificate");
	TRY(entry_signature(e, signature, err));
	return seal_assemble(span_blob(tbs), hsm_scheme_name(by->scheme),
	    span_blob(signature), ret, err);
}

/* A certificate for a key of the register: what that makes of it. */
static int
certified(struct house *h, const struct entry *e, const struct key *by,
    const struct blob *tbs, struct key *subject, struct err *err)
{
	const json_t *p = parameters_of(e);
	AUTO(blob) *whole = blob_new();
	const struct profile *profile;

	if (whole == NULL)
		return err_set(err, ENOMEMORY, "for a certificate");
	TRY(house_profile(h, json_str(p, "profile", ""), &profile, err));
	if (profile->kind == PROFILE_OCSP_RESPONDER)
		return ca_responder(subject, err);
	if (strcmp(action_of(e), action_name(ACTION_CA_CREATE)) != 0)
		return ca_certified(subject, err);
	TRY(certificate_of(by, tbs, e, whole, err));
	return ca_record_add(&h->keys, subject, p, span_blob(whole),
	    e->request, err);
}

int
house_certify(struct house *h, const struct entry *e,
    const struct journal_at *before, const struct rule *rule, struct err *err)
{
	AUTO(blob) *tbs = blob_new();
	struct sha256 spki, what;
	struct key *by, *subject;

	if (tbs == NULL)
		return err_set(err, ENOMEMORY, "for a certificate");
	TRY(key_of(h, e, &by, err));
	TRY(b64_decode(json_str(e->operation, "content", ""), tbs, err));
	what = ca_use_name(&by->hash, span_blob(tbs));
	TRY(house_use(h, e, &what, before, rule, err));
	TRY(house_limit(h, e, rule, &by->hash, err));
	if (e->permit_document == NULL)
		return err_set(err, EVERIFY, "a certificate without its permit");
	TRY(json_need_hash(parameters_of(e), "spki", &spki, err));
	subject = keys_find(&h->keys, &spki);
	return subject == NULL ? 0 : certified(h, e, by, tbs, subject, err);
}

/* It makes nothing of the key; the request is used up. */
int
house_csr(struct house *h, const struct entry *e,
    const struct journal_at *before, const struct rule *rule, struct err *err)
{
	AUTO(blob) *info = blob_new();
	struct sha256 what;
	struct key *key;

	if (info == NULL)
		return err_set(err, ENOMEMORY, "for a request");
	TRY(key_of(h, e, &key, err));
	TRY(b64_decode(json_str(e->operation, "content", ""), info, err));
	what = ca_use_name(&key->hash, span_blob(info));
	TRY(house_use(h, e, &what, before, rule, err));
	return house_limit(h, e, rule, &key->hash, err);
}

int
house_crl(struct house *h, const struct entry *e,
    const struct journal_at *before, const struct rule *rule, struct err *err)
{
	const char *hex = json_str(json_object_get(e->operation, "digest"),
	    "value", "");
	unsigned char digest[64];
	int64_t partition = json_int(e->operation, "partition", -1);
	size_t n = strlen(hex) / 2;
	const struct ca_record *r;
	struct sha256 issuer, what;
	char scope[CA_SCOPE];
	struct key *key;
	time_us began;

	TRY(key_of(h, e, &key, err));
	TRY(json_need_hash(e->operation, "issuer", &issuer, err));
	if (n > sizeof(digest))
		return err_set(err, ERANGE_, "a digest of %zu octets", n);
	TRY(hex_decode(hex, n, digest, err));
	r = ca_record_find(key, &issuer);
	if (r == NULL)
		return err_set(err, EVERIFY, "a list of a CA that there is not");
	TRY(clock_parse(json_str(e->operation, "this_update", ""), &began,
	    err));
	what = use_name(&key->hash, digest, n);
	TRY(house_use(h, e, &what, before, rule, err));
	TRY(house_limit(h, e, rule, &key->hash, err));
	ca_scope(r, partition, scope);
	TRY(ca_series_raise(key, scope, json_str(e->operation, "number",
	    ""), ca_deltas(r, partition) && json_object_get(e->operation,
	    "base") == NULL, began, err));
	return ca_revoked_note(&h->keys, json_object_get(e->operation,
	    "authorities"), err);
}

/* How many there were; the request is known from here on as what it was. */
int
house_ocsp(struct house *h, const struct entry *e,
    const struct journal_at *before, const struct rule *rule, struct err *err)
{
	AUTO(permit) *p = NULL;
	struct sha256 hash;
	struct tally *t;
	struct key *key;

	TRY(key_of(h, e, &key, err));
	TRY(permit_read(e->permit_document, &p, err));
	TRY(json_hash(p->request->json, &hash, err));
	TRY(tally_get(&h->counts, e->request, &hash,
	    house_forget_after(p->request, rule), &t, err));
	return ca_responder(key, err);
}

int
house_adopt_ca(struct house *h, const struct entry *e,
    const struct journal_at *before, const struct rule *rule, struct err *err)
{
	static const struct sha256 once;
	AUTO(blob) *der = blob_new();
	struct key *key;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "for a certificate");
	TRY(key_of(h, e, &key, err));
	TRY(b64_decode(json_str(e->operation, "content", ""), der, err));
	TRY(house_use(h, e, &once, before, rule, err));
	TRY(house_limit(h, e, rule, &key->hash, err));
	if (e->permit_document == NULL)
		return err_set(err, EVERIFY, "a CA without its permit");
	return ca_record_add(&h->keys, key, parameters_of(e), span_blob(der),
	    e->request, err);
}
