/*
 * act_ca - authorities: made, taken in, and let go.
 */
#include <string.h>
#include "base/b64.h"
#include "flow/certify.h"

/* ---- ca.create ---- */

/* Who signs: the CA above, or a root's own key. */
static int
signer_draw(const struct begun *b, const struct key *own, struct drawn *ret,
    struct err *err)
{
	const char *issuer = json_str(b->ask->body, "issuer", NULL);
	AUTO(cert_ca) *ca = NULL;

	if (issuer == NULL) {
		ret->key = key_ref((struct key *)(uintptr_t)own);
		return 0;
	}
	TRY(ca_named(b->flow, issuer, &ca, err));
	return state_key(b->flow->state, ca->key, &ret->key, err);
}

static int
subject_draw(const struct begun *b, const struct key *own, struct drawn *ret,
    struct err *err)
{
	static const char *const names[] = { "subject" };
	const struct profile *p;
	AUTO_JSON *asked = json_object(), *drawn = NULL;

	TRY(profile_named(b->law, json_str(b->ask->body, "profile", ""), &p,
	    err));
	if (!profile_is_ca(p))
		return err_set(err, EINPUT, "/profile: %s is no profile of "
		    "authorities but of %s", p->name,
		    profile_kind_word(p->kind));
	if ((p->kind == PROFILE_ROOT) !=
	    (json_object_get(b->ask->body, "issuer") == NULL))
		return err_set(err, EINPUT, "/issuer: a root has none, every "
		    "other authority has one; profile %s is of kind %s",
		    p->name, profile_kind_word(p->kind));
	if (!profile_allows_key(p, own->algorithm))
		return err_set(err, EINPUT, "/key: profile %s takes no %s key",
		    p->name, own->algorithm);
	if (asked == NULL)
		return err_set(err, ENOMEMORY, "an authority");
	TRY(members_copy(b->ask->body, names, NELEM(names), asked, err));
	TRY(asked_wrongly(profile_draw(p, NULL, asked, &drawn, err), err));
	return members_copy(drawn, names, NELEM(names), ret->parameters, err);
}

/* What its certificates will say of where to ask: fixed, and so approved. */
static int
urls_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	const json_t *urls = json_object_get(b->ask->body, "urls");

	if (urls != NULL)
		TRY(asked_wrongly(issuer_urls_check(urls, err), err));
	TRY(json_set_new(ret->parameters, "urls", urls != NULL ?
	    json_deep_copy(urls) : json_object(), err));
	return json_set_int(ret->parameters, "partitions",
	    json_int(b->ask->body, "partitions", 1), err);
}

static int
create_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const plain[] = { "name", "profile", "issuer",
	    "path_length", "name_constraints", "responder", "reason" };
	const json_t *body = b->ask->body;
	AUTO(key) *own = NULL;

	TRY(state_key(b->flow->state, json_str(body, "key", ""), &own, err));
	TRY(signer_draw(b, own, ret, err));
	TRY(json_build(&ret->parameters, err, "{s:s, s:s, s:s, s:s}",
	    "key", ret->key->hash, "key_name", ret->key->name,
	    "spki", own->hash, "subject_key_name", own->name));
	TRY(members_copy(body, plain, NELEM(plain), ret->parameters, err));
	TRY(subject_draw(b, own, ret, err));
	TRY(urls_draw(b, ret, err));
	return time_copy(body, "not_after", ret->parameters, err);
}

static int
name_free(struct flow *f, const char *name, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;
	struct err why;
	int rc = ca_named(f, name, &ca, &why);

	if (rc == 0)
		return err_set(err, EEXISTS, "there is an authority named %s "
		    "already", name);
	return rc == -ENOENT_ ? 0 : err_set(err, why.code, "%s", why.what);
}

static int
active_check(const struct key *k, struct err *err)
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
	AUTO(key) *own = NULL;
	struct certifying c = { .flow = b->flow, .law = b->law,
	    .house = b->house->id, .request = b->id, .parameters = p,
	    .key = d->key, .issuer = json_str(p, "issuer", NULL) };

	TRY(name_free(b->flow, json_str(p, "name", ""), err));
	TRY(active_check(d->key, err));
	TRY(state_key(b->flow->state, json_str(p, "spki", ""), &own, err));
	c.spki = span_of(own->spki, own->spki_octets);
	return certify_try(&c, err);
}

static int
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

static int
ca_commit(const struct granted *g, enum event_kind kind, const json_t *entry,
    struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = kind, .actor = g->requester,
	    .subject = json_str(g->parameters, "name", ""), .entry = entry };
	struct receipt r;
	int rc;

	TRY(json_build(&data, err, "{s:s, s:s*, s:s*, s:O*}", "request",
	    g->request_id, "reason", json_str(g->parameters, "reason", NULL),
	    "idempotency", g->idempotency[0] != '\0' ? g->idempotency : NULL,
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
	AUTO(key) *own = NULL;
	AUTO_JSON *entry = NULL;

	TRY(name_free(g->flow, json_str(p, "name", ""), err));
	TRY(state_key(g->flow->state, json_str(p, "spki", ""), &own, err));
	TRY(certify(g, span_of(own->spki, own->spki_octets),
	    json_str(p, "issuer", NULL), &entry, err));
	TRY(ca_commit(g, EVENT_CA_CREATED, entry, err));
	return ca_answer(g->flow, g->request_id, json_str(p, "name", ""), ret,
	    err);
}

static int
made_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return ca_answer(f, a->id, json_str(json_object_get(a->request,
	    "parameters"), "name", ""), ret, err);
}

const struct deed deed_ca_create = { "ca.create", create_draw, create_fit,
	create_perform, made_result };

/* ---- ca.import ---- */

static int
certificate_take(const json_t *body, struct blob *ret, struct err *err)
{
	const char *text;

	TRY(json_need_str(body, "certificate", &text, err));
	return b64_decode(text, ret, err);
}

static int
import_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const plain[] = { "name", "responder", "reason" };
	AUTO(blob) *der = blob_new();
	struct sha256 print, spki;
	struct cert c;
	char key[SHA256_HEX];

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(certificate_take(b->ask->body, der, err));
	TRY(cert_read(der->data, der->len, &c, err));
	spki = sha256_of(c.tbs.spki.p, c.tbs.spki.n);
	sha256_hex(&spki, key);
	TRY(state_key(b->flow->state, key, &ret->key, err));
	TRY(json_build(&ret->parameters, err, "{s:s, s:s}", "key", key,
	    "key_name", ret->key->name));
	print = sha256_of(der->data, der->len);
	TRY(json_set_hash(ret->parameters, "certificate", &print, err));
	TRY(members_copy(b->ask->body, plain, NELEM(plain), ret->parameters,
	    err));
	TRY(urls_draw(b, ret, err));
	TRY(json_build(&ret->proposal, err, "{}"));
	return json_set_b64(ret->proposal, "certificate", der->data, der->len,
	    err);
}

static int
import_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	const json_t *p = d->parameters;
	AUTO(blob) *der = blob_new();
	AUTO(issuer) *i = NULL;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(name_free(d->begun->flow, json_str(p, "name", ""), err));
	TRY(active_check(d->key, err));
	TRY(certificate_take(d->proposal, der, err));
	return asked_wrongly(issuer_read(span_blob(der), json_object_get(p,
	    "urls"), (unsigned)json_int(p, "partitions", 1), &i, err), err);
}

static int
import_perform(const struct granted *g, json_t **ret, struct err *err)
{
	const char *name = json_str(g->parameters, "name", ""), *content;
	AUTO_JSON *op = NULL, *entry = NULL;

	TRY(name_free(g->flow, name, err));
	TRY(json_need_str(g->proposal, "certificate", &content, err));
	TRY(json_build(&op, err, "{s:s, s:s, s:s, s:s}", "op", "adopt-ca",
	    "key", g->key, "principal", g->principal, "content", content));
	TRY(keyring_use(g->flow->keyring, &g->permit_hash, g->permit, op,
	    &entry, NULL, err));
	TRY(ca_commit(g, EVENT_CA_IMPORTED, entry, err));
	return ca_answer(g->flow, g->request_id, name, ret, err);
}

const struct deed deed_ca_import = { "ca.import", import_draw, import_fit,
	import_perform, made_result };

/* ---- ca.retire ---- */

int
ca_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;

	TRY(ca_named(b->flow, b->ask->subject, &ca, err));
	TRY(state_key(b->flow->state, ca->key, &ret->key, err));
	return json_build(&ret->parameters, err, "{s:s, s:s, s:s, s:s*}",
	    "key", ret->key->hash, "key_name", ret->key->name, "ca", ca->name,
	    "reason", json_str(b->ask->body, "reason", NULL));
}

static int
retire_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;

	TRY(ca_named(d->begun->flow, json_str(d->parameters, "ca", ""), &ca,
	    err));
	return ca->active ? 0 : err_set(err, ECONFLICT, "%s is retired already",
	    ca->name);
}

static int
retire_perform(const struct granted *g, json_t **ret, struct err *err)
{
	const char *name = json_str(g->parameters, "ca", "");
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_CA_RETIRED, .actor = g->requester,
	    .subject = name };
	struct receipt r;

	TRY(json_build(&data, err, "{s:o, s:s, s:s*, s:s*, s:O*}", "request",
	    request_member(g), "ca", name,
	    "reason", json_str(g->parameters, "reason", NULL), "idempotency",
	    g->idempotency[0] != '\0' ? g->idempotency : NULL,
	    "facts", g->facts));
	TRY(granted_rule_set(g, data, err));
	e.data = data;
	TRY(state_commit(g->flow->state, &e, 1, &r, err));
	return ca_answer(g->flow, g->request_id, name, ret, err);
}

static int
retire_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return ca_answer(f, a->id, json_str(json_object_get(a->request,
	    "parameters"), "ca", ""), ret, err);
}

const struct deed deed_ca_retire = { "ca.retire", ca_draw, retire_fit,
	retire_perform, retire_result };
