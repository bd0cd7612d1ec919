/*
 * act_ca - ca.create: an authority of this house, or the certificate of one
 * that another system keeps.
 */
#include <string.h>
#include "flow/certify.h"

/* Who signs: the CA above, or a root's own key. */
static int
signer_draw(const struct begun *b, const struct key *own, struct drawn *ret,
    struct err *err)
{
	const char *issuer = json_str(b->ask->body, "issuer", NULL);
	AUTO(cert_ca) *ca = NULL;

	if (issuer == NULL && own == NULL)
		return err_set(err, EINPUT, "/issuer: a root signs itself, so "
		    "it is none of another system");
	if (issuer == NULL) {
		ret->key = key_ref((struct key *)(uintptr_t)own);
		return 0;
	}
	TRY(ca_named(b->flow, issuer, &ca, err));
	return state_key(b->flow->state, ca->key, &ret->key, err);
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

/* @algorithm of the authority's key; @csr of another system, or NULL. */
static int
subject_draw(const struct begun *b, const char *algorithm,
    const struct csr *csr, json_t *ret, struct err *err)
{
	static const char *const names[] = { "subject" };
	const struct profile *p;
	AUTO_JSON *asked = json_object(), *drawn = NULL;

	TRY(profile_named(b->law, json_str(b->ask->body, "profile", ""), &p,
	    err));
	TRY(place_check(b, p, err));
	if (!profile_allows_key(p, algorithm))
		return err_set(err, EINPUT, "/%s: profile %s takes no %s key",
		    csr != NULL ? "csr" : "key", p->name, algorithm);
	if (asked == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(subject_asked(b, p, csr, asked, err));
	TRY(asked_wrongly(profile_draw(p, csr, asked, &drawn, err), err));
	return members_copy(drawn, names, NELEM(names), ret, err);
}

int
urls_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	const json_t *urls = json_object_get(b->ask->body, "urls");
	int64_t partitions = json_int(b->ask->body, "partitions", 1);

	if (urls != NULL)
		TRY(asked_wrongly(issuer_urls_check(urls, err), err));
	TRY(asked_wrongly(issuer_lists_check(urls, (unsigned)partitions, err),
	    err));
	TRY(json_set_new(ret->parameters, "urls", urls != NULL ?
	    json_deep_copy(urls) : json_object(), err));
	return json_set_int(ret->parameters, "partitions", partitions, err);
}

/* For a key of this house, which becomes an authority. */
static int
own_draw(const struct begun *b, const char *name, struct drawn *ret,
    struct err *err)
{
	static const char *const plain[] = { "responder" };
	AUTO(key) *own = NULL;

	TRY(state_key(b->flow->state, name, &own, err));
	TRY(signer_draw(b, own, ret, err));
	TRY(json_build(&ret->parameters, err, "{s:s, s:s, s:s, s:s}",
	    "key", ret->key->hash, "key_name", ret->key->name,
	    "spki", own->hash, "subject_key_name", own->name));
	TRY(subject_draw(b, own->algorithm, NULL, ret->parameters, err));
	TRY(members_copy(b->ask->body, plain, NELEM(plain), ret->parameters,
	    err));
	return urls_draw(b, ret, err);
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
	TRY(signer_draw(b, NULL, ret, err));
	TRY(json_build(&ret->parameters, err, "{s:s, s:s}", "key",
	    ret->key->hash, "key_name", ret->key->name));
	TRY(csr_hashes(csr, ret->parameters, err));
	TRY(subject_draw(b, csr_algorithm(csr), csr, ret->parameters, err));
	return csr_propose(csr, ret, err);
}

static int
create_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const plain[] = { "name", "profile", "issuer",
	    "path_length", "name_constraints", "reason" };
	const json_t *body = b->ask->body;
	const char *key = json_str(body, "key", NULL),
	    *csr = json_str(body, "csr", NULL);

	if ((key == NULL) == (csr == NULL))
		return err_set(err, EINPUT, "/key: a key of this house, or a "
		    "csr of another system: one of the two");
	TRY(key != NULL ? own_draw(b, key, ret, err) :
	    other_draw(b, csr, ret, err));
	TRY(members_copy(body, plain, NELEM(plain), ret->parameters, err));
	return time_copy(body, "not_after", ret->parameters, err);
}

int
ca_name_free(struct flow *f, const char *name, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;
	struct err why;
	int rc = ca_named(f, name, &ca, &why);

	if (rc == 0)
		return err_set(err, EEXISTS, "there is an authority named %s "
		    "already", name);
	return rc == -ENOENT_ ? 0 : err_set(err, why.code, "%s", why.what);
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
	TRY(ca_name_free(b->flow, json_str(p, "name", ""), err));
	TRY(key_active(d->key, err));
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
	TRY(ca_name_free(g->flow, json_str(p, "name", ""), err));
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
	create_perform, create_result };
