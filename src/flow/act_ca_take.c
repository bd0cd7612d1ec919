/*
 * act_ca_take - authorities that others certified, and those that are let go.
 */
#include <string.h>
#include "base/b64.h"
#include "flow/certify.h"

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
	TRY(ca_name_free(d->begun->flow, json_str(p, "name", ""), err));
	TRY(key_active(d->key, err));
	TRY(certificate_take(d->proposal, der, err));
	return asked_wrongly(issuer_read(span_blob(der), json_object_get(p,
	    "urls"), (unsigned)json_int(p, "partitions", 1), &i, err), err);
}

static int
import_perform(const struct granted *g, json_t **ret, struct err *err)
{
	const char *name = json_str(g->parameters, "name", ""), *content;
	AUTO_JSON *op = NULL, *entry = NULL;

	TRY(ca_name_free(g->flow, name, err));
	TRY(json_need_str(g->proposal, "certificate", &content, err));
	TRY(json_build(&op, err, "{s:s, s:s, s:s, s:s}", "op", "adopt-ca",
	    "key", g->key, "principal", g->principal, "content", content));
	TRY(keyring_use(g->flow->keyring, &g->permit_hash, g->permit, op,
	    &entry, NULL, err));
	TRY(ca_commit(g, EVENT_CA_IMPORTED, entry, err));
	return ca_answer(g->flow, g->request_id, name, ret, err);
}

static int
import_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return ca_answer(f, a->id, json_str(json_object_get(a->request,
	    "parameters"), "name", ""), ret, err);
}

const struct deed deed_ca_import = { "ca.import", import_draw, import_fit,
	import_perform, import_result };

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
