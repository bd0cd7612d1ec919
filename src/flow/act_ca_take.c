/*
 * act_ca_take - authorities that others certify: what they are asked, what
 * they signed; and those that are let go.
 */
#include <string.h>
#include "base/b64.h"
#include "ca/crl.h"
#include "ca/p7.h"
#include "ca/seal.h"
#include "flow/certify.h"
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/perform.h"
#include "flow/namesake.h"
#include "flow/stage.h"

/* ---- ca.request ---- */

static int
csr_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const plain[] = { "subject", "reason" };

	TRY(key_named(b, ret, err));
	return members_copy(b->ask->body, plain, NELEM(plain),
	    ret->parameters, err);
}

static int
info_of(const struct key *k, const json_t *p, struct blob *ret,
    struct err *err)
{
	if (k->spki == NULL || strcmp(k->kind, class_kind_name(KIND_CA)) != 0)
		return err_set(err, EINPUT, "%s is a key of kind %s: it is no "
		    "authority's", k->name, k->kind);
	return csr_info(json_object_get(p, "subject"), span_of(k->spki,
	    k->spki_octets), ret, err);
}

static int
csr_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	AUTO(blob) *info = blob_new();

	if (info == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(info_of(d->key, d->parameters, info, err));
	return key_active(d->key, err);
}

/* The whole of what the keeper signed, for whoever shall certify it. */
static int
csr_answer(struct flow *f, const char *request, const json_t *entry,
    json_t **ret, struct err *err)
{
	AUTO(blob) *info = blob_new(), *signature = blob_new(),
	    *whole = blob_new(), *pem = blob_new();
	AUTO(key) *k = NULL;
	const char *text;

	if (info == NULL || signature == NULL || whole == NULL || pem == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(state_key(f->state, json_str(json_object_get(entry, "operation"),
	    "key", ""), &k, err));
	TRY(b64_decode(json_str(json_object_get(entry, "operation"),
	    "content", ""), info, err));
	TRY(json_need_str(json_object_get(entry, "result"), "signature",
	    &text, err));
	TRY(b64_decode(text, signature, err));
	TRY(seal_assemble(span_blob(info), k->scheme, span_blob(signature),
	    whole, err));
	TRY(p7_pem("CERTIFICATE REQUEST", span_blob(whole), pem, err));
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s}", "request",
	    request, "state", "done", "key", k->hash, "key_name", k->name,
	    "csr", blob_str(pem));
}

static int
csr_perform(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO_JSON *op = NULL, *entry = NULL;
	AUTO(blob) *info = blob_new();
	AUTO(key) *k = NULL;

	if (info == NULL)
		return err_set(err, ENOMEMORY, "a request");
	TRY(state_key(g->flow->state, g->key, &k, err));
	TRY(info_of(k, g->parameters, info, err));
	TRY(json_build(&op, err, "{s:s, s:s, s:s}", "op", "csr", "key",
	    g->key, "principal", g->principal));
	TRY(json_set_b64(op, "content", info->data, info->len, err));
	TRY(keeper_use(g, TAKE(op), &entry, err));
	TRY(ca_commit(g, EVENT_CA_REQUESTED, g->key, entry, err));
	return csr_answer(g->flow, g->request_id, entry, ret, err);
}

static int
csr_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	AUTO_JSON *entry = NULL;

	TRY(result_entry(f, a, &entry, err));
	return csr_answer(f, a->id, entry, ret, err);
}

const struct deed deed_ca_request = { "ca.request", csr_draw, csr_fit,
	csr_perform, csr_result, NULL };

/* ---- ca.import ---- */

static int
certificate_take(const json_t *body, struct blob *ret, struct err *err)
{
	const char *text;

	TRY(json_need_str(body, "certificate", &text, err));
	return b64_decode(text, ret, err);
}

/* The newest list of the system before: ours are numbered above it. */
static int
list_take(const char *text, const struct tbs *t, json_t *parameters,
    time_us now, struct number *ret, struct err *err)
{
	struct crl_of of = { .name = t->subject, .spki = t->spki };
	AUTO(blob) *der = blob_new();
	struct crl_info info;
	struct sha256 hash;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(b64_decode(text, der, err));
	TRY(tbs_subject_key_id(t, &of.key_id, err));
	TRY(asked_wrongly(crl_take_other(span_blob(der), &of, NULL, NULL,
	    &info, err), err));
	TRY(asked_wrongly(crl_other_check(&info, now, json_flag(parameters,
	    "only_list", false), err), err));
	*ret = info.number;
	hash = sha256_of(der->data, der->len);
	return json_set_hash(parameters, "crl", &hash, err);
}

static int
floor_draw(const json_t *body, const struct tbs *t, json_t *parameters,
    time_us now, struct err *err)
{
	const char *list = json_str(body, "crl", NULL), *number =
	    json_str(body, "crl_number", NULL);
	char hex[NUMBER_HEX];
	struct number n, end;

	if (list == NULL && number == NULL)
		return 0;
	if (list != NULL && number != NULL)
		return err_set(err, EINPUT, "/crl_number: the list says it "
		    "already; give one of the two");
	TRY(list != NULL ? list_take(list, t, parameters, now, &n, err) :
	    number_parse_decimal(number, &n, err));
	TRY(number_add(&n, CRL_ROOM, &end, err));
	number_hex(&n, hex);
	return json_set_str(parameters, "crl_number", hex, err);
}

static int
import_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const plain[] = { "name", "responder", "reason",
		"only_list" };
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
	TRY(floor_draw(b->ask->body, &c.tbs, ret->parameters, b->now, err));
	TRY(urls_of(b->ask->body, json_int(b->ask->body, "partitions", 1),
	    ret->parameters, err));
	TRY(json_build(&ret->proposal, err, "{s:s*}", "crl",
	    json_str(b->ask->body, "crl", NULL)));
	return json_set_b64(ret->proposal, "certificate", der->data, der->len,
	    err);
}

/* Lists that go on have their numbers. */
static bool
may_renew(const json_t *parameters)
{
	return json_object_get(parameters, "crl_number") == NULL;
}

/* Who signed it, where that is an authority of the house. */
struct above {
	const struct issuer *of;
	struct issuer	*found;		/* owned */
};

static int
above_look(void *ctx, const struct cert_ca *ca, struct err *err)
{
	struct above *a = ctx;
	AUTO(issuer) *i = NULL;

	if (a->found != NULL)
		return 0;
	TRY(issuer_read(span_blob(&ca->der), NULL, 1, &i, err));
	if (issuer_signed(i, a->of))
		a->found = TAKE(i);
	return 0;
}

static int
above_read(struct tx *tx, void *ctx, struct err *err)
{
	return cert_ca_each(tx, above_look, ctx, err);
}

static const struct issuer *
above_found(void *ctx, const struct issuer *of)
{
	const struct above *a = ctx;

	(void)of;
	return a->found;
}

/* Before people are asked for what the keeper would refuse. */
static int
take_check(const struct begun *b, const struct issuer *i, struct err *err)
{
	struct above a = { .of = i };
	int rc = state_read(b->flow->state, above_read, &a, err);

	if (rc == 0)
		rc = issuer_take_check(i, b->now, above_found, &a, err);
	issuer_free(a.found);
	return rc;
}

static int
import_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	const json_t *p = d->parameters;
	AUTO(blob) *der = blob_new();
	AUTO(issuer) *i = NULL;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(ca_name_free(d->begun->flow, json_str(p, "name", ""),
	    d->key->hash, may_renew(p), err));
	TRY(key_active(d->key, err));
	TRY(certificate_take(d->proposal, der, err));
	TRY(asked_wrongly(issuer_read(span_blob(der), json_object_get(p,
	    "urls"), (unsigned)json_int(p, "partitions", 1), &i, err), err));
	TRY(asked_wrongly(take_check(d->begun, i, err), err));
	TRY(ca_taken_check(d->begun->flow, d->key->hash, json_str(p,
	    "name", ""), i, err));
	return namesake_check(d->begun->flow, p, err);
}

static int
import_perform(const struct granted *g, json_t **ret, struct err *err)
{
	const char *name = json_str(g->parameters, "name", ""), *content;
	AUTO_JSON *op = NULL, *entry = NULL;

	TRY(ca_name_free(g->flow, name, g->key, may_renew(g->parameters),
	    err));
	TRY(json_need_str(g->proposal, "certificate", &content, err));
	TRY(json_build(&op, err, "{s:s, s:s, s:s, s:s, s:s*}", "op",
	    "adopt-ca", "key", g->key, "principal", g->principal, "content",
	    content, "crl", json_str(g->proposal, "crl", NULL)));
	TRY(keeper_use(g, TAKE(op), &entry, err));
	TRY(ca_commit(g, EVENT_CA_IMPORTED, name, entry, err));
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
	import_perform, import_result, NULL };

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

	TRY(json_build(&data, err, "{s:s}", "ca", name));
	TRY(granted_tell(g, data, err));
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
	retire_perform, retire_result, NULL };
