/*
 * act_ca - ca.create: an authority of this house, or the certificate of one
 * that another system keeps.
 */
#include <string.h>
#include "flow/certify.h"
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/namesake.h"
#include "flow/publish.h"
#include "flow/stage.h"
#include "keyring/keyring.h"

/* Who signs: the CA above, or who succeeds it; or a root's own key. */
static int
signer_draw(const struct begun *b, const char *issuer, const struct key *own,
    struct drawn *ret, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;

	if (issuer == NULL && own == NULL)
		return err_set(err, EINPUT, "/issuer: a root signs itself, so "
		    "it is none of another system");
	if (issuer != NULL) {
		TRY(ca_issuing(b->flow, issuer, &ca, err));
		TRY(state_key(b->flow->state, ca->key, &ret->key, err));
	} else {
		ret->key = key_ref((struct key *)(uintptr_t)own);
	}
	if (own != NULL)
		TRY(known_draw(b, span_of(own->spki, own->spki_octets), ret,
		    err));
	return json_build(&ret->parameters, err, "{s:s, s:s, s:s*}", "key",
	    ret->key->hash, "key_name", ret->key->name, "issuer",
	    ca != NULL ? ca->name : NULL);
}

static int
place_check(const struct begun *b, const struct profile *p, struct err *err)
{
	if (!profile_is_ca(p))
		return err_set(err, EINPUT, "/profile: %s is no profile of "
		    "authorities but of %s", p->name,
		    profile_kind_word(p->kind));
	if ((p->kind == PROFILE_ROOT) !=
	    (json_object_get(b->ask->body, "issuer") == NULL))
		return err_set(err, EINPUT, "/issuer: a root has none, every "
		    "other authority has one; profile %s is of kind %s",
		    p->name, profile_kind_word(p->kind));
	return 0;
}

static bool
takes_from_csr(const struct profile *p)
{
	for (size_t i = 0; i < p->subject_n; i++)
		if (p->subject[i].from == FROM_CSR)
			return true;
	return false;
}

/* Who does not say the subject means that of the request, where the profile
 * would take it from whoever asks. */
static int
subject_asked(const struct begun *b, const struct profile *p,
    const struct csr *csr, json_t *ret, struct err *err)
{
	static const char *const names[] = { "subject" };

	TRY(members_copy(b->ask->body, names, NELEM(names), ret, err));
	if (csr == NULL || json_object_get(ret, "subject") != NULL ||
	    takes_from_csr(p))
		return 0;
	return json_set_new(ret, "subject", json_deep_copy(csr_subject(csr)),
	    err);
}

/* "issuing" is what people call it, "issuing-ca" the profile that is shipped: a
 * charter's own profile of the shorter name comes first. */
static int
profile_asked(const struct begun *b, const struct profile **ret,
    struct err *err)
{
	const char *name = json_str(b->ask->body, "profile", "");

	if (strcmp(name, "issuing") == 0 && law_profile(b->law, name) == NULL &&
	    (*ret = law_profile(b->law, "issuing-ca")) != NULL)
		return 0;
	return profile_named(b->law, name, ret, err);
}

/* @algorithm of the authority's key; @csr of another system, or NULL. */
static int
subject_draw(const struct begun *b, const char *algorithm,
    const struct csr *csr, json_t *ret, struct err *err)
{
	static const char *const names[] = { "subject" };
	const struct profile *p;
	AUTO_JSON *asked = json_object(), *drawn = NULL;

	TRY(profile_asked(b, &p, err));
	TRY(json_set_str(ret, "profile", p->name, err));
	TRY(place_check(b, p, err));
	if (!profile_allows_key(p, algorithm))
		return err_set(err, EINPUT, "/%s: profile %s, /keys: takes no %s key",
		    csr != NULL ? "csr" : "key", p->name, algorithm);
	if (asked == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(subject_asked(b, p, csr, asked, err));
	TRY(asked_wrongly(profile_draw(p, csr, asked, &drawn, err), err));
	return members_copy(drawn, names, NELEM(names), ret, err);
}

int
urls_of(const json_t *body, int64_t partitions, json_t *ret,
    struct err *err)
{
	const json_t *urls = json_object_get(body, "urls");

	if (urls != NULL)
		TRY(asked_wrongly(issuer_urls_check(urls, err), err));
	TRY(asked_wrongly(issuer_lists_check(urls, (unsigned)partitions, err),
	    err));
	TRY(json_set_new(ret, "urls", urls != NULL ?
	    json_deep_copy(urls) : json_object(), err));
	return json_set_int(ret, "partitions", partitions, err);
}

/* For a key of this house, which becomes an authority. */
static int
own_draw(const struct begun *b, const char *name, struct drawn *ret,
    struct err *err)
{
	static const char *const plain[] = { "responder" };
	AUTO(key) *own = NULL;

	TRY(state_key(b->flow->state, name, &own, err));
	TRY(responder_refuse(b->flow->publisher, own, err));
	TRY(signer_draw(b, json_str(b->ask->body, "issuer", NULL), own, ret,
	    err));
	TRY(json_set_str(ret->parameters, "spki", own->hash, err));
	TRY(json_set_str(ret->parameters, "subject_key_name", own->name, err));
	TRY(subject_draw(b, own->algorithm, NULL, ret->parameters, err));
	TRY(members_copy(b->ask->body, plain, NELEM(plain), ret->parameters,
	    err));
	return urls_of(b->ask->body, json_int(b->ask->body, "partitions", 1),
	    ret->parameters, err);
}

/* What an authority that others keep has with them. */
static int
not_ours(const struct begun *b, const struct csr *csr, struct err *err)
{
	static const char *const ours[] = { "urls", "partitions",
		"responder" };
	struct sha256 spki = csr_spki_hash(csr);
	AUTO(key) *own = NULL;
	char hash[SHA256_HEX];
	int rc;

	for (size_t i = 0; i < NELEM(ours); i++)
		if (json_object_get(b->ask->body, ours[i]) != NULL)
			return err_set(err, EINPUT, "/%s: another system's "
			    "authority publishes by itself", ours[i]);
	sha256_hex(&spki, hash);
	rc = state_key(b->flow->state, hash, &own, err);
	if (rc == 0)
		return err_set(err, EINPUT, "/csr: its key is %s of this "
		    "house, which is asked for by its name", own->name);
	return rc == -ENOKEY ? 0 : rc;
}

/* For a request of another system: a certificate, and no authority here. */
static int
other_draw(const struct begun *b, const char *text, struct drawn *ret,
    struct err *err)
{
	AUTO(csr) *csr = NULL;

	TRY(csr_given(text, &csr, err));
	TRY(not_ours(b, csr, err));
	TRY(signer_draw(b, json_str(b->ask->body, "issuer", NULL), NULL, ret,
	    err));
	TRY(known_draw(b, csr_spki(csr), ret, err));
	TRY(csr_hashes(csr, ret->parameters, err));
	TRY(subject_draw(b, csr_algorithm(csr), csr, ret->parameters, err));
	return csr_propose(csr, ret, err);
}

/* ---- the next certificate, or the next key ---- */

/* Who answers about it may change: certificates do not name them. */
static int
next_responder(const struct begun *b, const json_t *before, json_t *ret,
    struct err *err)
{
	static const char *const names[] = { "responder" };
	const char *asked = json_str(b->ask->body, "responder", NULL);
	AUTO(key) *key = NULL;

	if (asked == NULL)
		return members_copy(before, names, NELEM(names), ret, err);
	TRY(state_key(b->flow->state, asked, &key, err));
	if (strcmp(key->kind, class_kind_name(KIND_CA)) != 0)
		return err_set(err, EINPUT, "/responder: %s is a key of kind "
		    "%s, and signs no OCSP answers", key->name, key->kind);
	return json_set_str(ret, "responder", key->name, err);
}

/* All that stays: the profile's own, and what people approved the last time. */
static int
next_common(const struct begun *b, const json_t *before, struct drawn *ret,
    struct err *err)
{
	static const char *const same[] = { "profile", "subject",
	    "path_length", "name_constraints", "partitions" },
	    *const plain[] = { "reason" };

	TRY(members_copy(before, same, NELEM(same), ret->parameters, err));
	TRY(next_responder(b, before, ret->parameters, err));
	TRY(members_copy(b->ask->body, plain, NELEM(plain), ret->parameters,
	    err));
	return time_copy(b->ask->body, "not_after", ret->parameters, err);
}

static int
renew_draw(const struct begun *b, const struct cert_ca *ca,
    const json_t *before, struct drawn *ret, struct err *err)
{
	static const char *const same[] = { "name", "urls", "spki",
	    "subject_key_name", "succeeds" };
	AUTO(key) *own = NULL;

	TRY(state_key(b->flow->state, ca->key, &own, err));
	TRY(signer_draw(b, json_str(before, "issuer", NULL), own, ret, err));
	TRY(members_copy(before, same, NELEM(same), ret->parameters, err));
	TRY(json_set_hash(ret->parameters, "renews", &ca->fingerprint, err));
	return next_common(b, before, ret, err);
}

/* By another key it is another authority, which goes on for this one. */
static int
rekey_draw(const struct begun *b, const struct cert_ca *ca,
    const json_t *before, struct drawn *ret, struct err *err)
{
	static const char *const asked[] = { "name" };
	const json_t *body = b->ask->body;
	AUTO(key) *own = NULL;

	TRY(state_key(b->flow->state, json_str(body, "key", ""), &own, err));
	if (strcmp(own->hash, ca->key) == 0)
		return err_set(err, EINPUT, "/key: %s has this key; renewing "
		    "keeps it", ca->name);
	TRY(signer_draw(b, json_str(before, "issuer", NULL), own, ret, err));
	TRY(members_copy(body, asked, NELEM(asked), ret->parameters, err));
	TRY(json_set_str(ret->parameters, "spki", own->hash, err));
	TRY(json_set_str(ret->parameters, "subject_key_name", own->name, err));
	TRY(json_set_str(ret->parameters, "succeeds", ca->name, err));
	TRY(next_common(b, before, ret, err));
	return urls_of(body, json_int(before, "partitions", 1),
	    ret->parameters, err);
}

static int
next_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	AUTO_JSON *event = NULL;
	AUTO(cert_ca) *ca = NULL;
	const json_t *before;

	TRY(ca_named(b->flow, b->ask->subject, &ca, err));
	if (ca->imported)
		return err_set(err, EINPUT, "%s was certified by others: ask "
		    "them, and take in what they send", ca->name);
	if (!ca->active)
		return err_set(err, ECONFLICT, "%s is retired", ca->name);
	TRY(event_at(b->flow, ca->seq, &event, err));
	before = json_object_get(json_object_get(json_object_get(
	    json_object_get(json_object_get(event, "data"), "entry"),
	    "permit_document"), "request"), "parameters");
	return json_object_get(b->ask->body, "key") != NULL ?
	    rekey_draw(b, ca, before, ret, err) :
	    renew_draw(b, ca, before, ret, err);
}

static int
create_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const plain[] = { "name",
	    "path_length", "name_constraints", "reason" };
	const json_t *body = b->ask->body;
	const char *key = json_str(body, "key", NULL),
	    *csr = json_str(body, "csr", NULL);

	if (b->ask->subject != NULL && b->ask->subject[0] != '\0')
		return next_draw(b, ret, err);
	if ((key == NULL) == (csr == NULL))
		return err_set(err, EINPUT, "/key: a key of this house, or a "
		    "csr of another system: one of the two");
	TRY(key != NULL ? own_draw(b, key, ret, err) :
	    other_draw(b, csr, ret, err));
	TRY(members_copy(body, plain, NELEM(plain), ret->parameters, err));
	return time_copy(body, "not_after", ret->parameters, err);
}

int
ca_name_free(struct flow *f, const char *name, const char *key, bool renewal,
    struct err *err)
{
	AUTO(cert_ca) *ca = NULL;
	struct err why;
	int rc = ca_named(f, name, &ca, &why);

	if (rc == -ENOENT_)
		return 0;
	if (rc != 0)
		return err_set(err, why.code, "%s", why.what);
	if (!renewal || strcmp(ca->key, key) != 0)
		return err_set(err, EEXISTS, "there is an authority named %s "
		    "already", name);
	return ca->active ? 0 : err_set(err, ECONFLICT, "%s is retired", name);
}

int
key_active(const struct key *k, struct err *err)
{
	if (key_state_may_protect(k->state))
		return 0;
	return err_set(err, ESTATE, "key %s is %s; only an active key signs",
	    k->name, key_state_name(k->state));
}

static int
create_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	const struct begun *b = d->begun;
	const json_t *p = d->parameters;
	AUTO(blob) *spki = blob_new();
	struct certifying c = { .flow = b->flow, .law = b->law,
	    .house = b->house->id, .request = b->id, .parameters = p,
	    .key = d->key, .issuer = json_str(p, "issuer", NULL) };

	if (spki == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(ca_name_free(b->flow, json_str(p, "name", ""), json_str(p, "spki",
	    ""), json_object_get(p, "renews") != NULL, err));
	TRY(key_active(d->key, err));
	TRY(certified_free(b->flow, p, err));
	TRY(namesake_check(b->flow, p, err));
	TRY(certified_key(b->flow, p, d->proposal, spki, err));
	c.spki = span_blob(spki);
	return certify_try(&c, err);
}

int
ca_answer(struct flow *f, const char *request, const char *name,
    json_t **ret, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;
	AUTO_JSON *shown = NULL;

	TRY(ca_named(f, name, &ca, err));
	TRY(cert_ca_json(ca, &shown, err));
	TRY(json_set_str(shown, "request", request, err));
	*ret = TAKE(shown);
	return 0;
}

int
ca_commit(const struct granted *g, enum event_kind kind, const char *subject,
    const json_t *entry, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = kind, .actor = g->requester,
	    .subject = subject, .entry = entry };
	struct receipt r;
	int rc;

	TRY(json_build(&data, err, "{s:s, s:s*, s:s*, s:s*, s:O*}", "request",
	    g->request_id, "reason", json_str(g->parameters, "reason", NULL),
	    "csr", json_str(g->parameters, "csr", NULL), "idempotency", g->idempotency[0] != '\0' ? g->idempotency : NULL,
	    "facts", g->facts));
	e.data = data;
	rc = entry_commit(g->flow, &e, &r, err);
	if (rc != 0)
		keyring_retry(g->flow->keyring);
	else
		keeper_used(g->flow);
	return rc;
}

static int
create_perform(const struct granted *g, json_t **ret, struct err *err)
{
	const json_t *p = g->parameters;
	AUTO(blob) *spki = blob_new();
	AUTO_JSON *entry = NULL;
	char id[ID_TEXT];

	if (spki == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(ca_name_free(g->flow, json_str(p, "name", ""), json_str(p, "spki",
	    ""), json_object_get(p, "renews") != NULL, err));
	TRY(certified_free(g->flow, p, err));
	TRY(namesake_check(g->flow, p, err));
	TRY(certified_key(g->flow, p, g->proposal, spki, err));
	TRY(certify(g, span_blob(spki), json_str(p, "issuer", NULL), &entry,
	    err));
	TRY(ca_commit(g, EVENT_CA_CREATED, json_str(p, "name", ""), entry,
	    err));
	if (json_object_get(p, "csr") == NULL)
		return ca_answer(g->flow, g->request_id, json_str(p, "name",
		    ""), ret, err);
	TRY(entry_certificate(entry, id, err));
	return issued_answer(g->flow, g->request_id, id, ret, err);
}

static int
create_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	const json_t *p = json_object_get(a->request, "parameters");
	char id[ID_TEXT];

	if (json_object_get(p, "csr") == NULL)
		return ca_answer(f, a->id, json_str(p, "name", ""), ret, err);
	TRY(result_certificate(f, a, id, err));
	return issued_answer(f, a->id, id, ret, err);
}

const struct deed deed_ca_create = { "ca.create", create_draw, create_fit,
	create_perform, create_result, NULL };
