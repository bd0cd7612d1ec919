/*
 * act_credential - tokens and pinned TLS keys: given, and taken back.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/id.h"
#include "ca/profile.h"
#include "flow/deed.h"
#include "flow/inside.h"
#include "flow/perform.h"
#include "flow/stage.h"

#define LIFETIME_US	TIME_S(90ll * 86400)
#define LIFETIME_MAX_US	TIME_S(3ll * 365 * 86400)

static int
expiry(const struct begun *b, char ret[TIME_TEXT], struct err *err)
{
	const json_t *body = b->ask->body;
	const char *until = json_str(body, "expires", NULL),
	    *lasts = json_str(body, "lifetime", NULL);
	time_us for_us = LIFETIME_US, t;

	if (until != NULL && lasts != NULL)
		return err_set(err, ESCHEMA, "give /expires or /lifetime, not both");
	if (lasts != NULL)
		TRY(clock_duration(lasts, &for_us, err));
	t = b->created + for_us;
	if (until != NULL)
		TRY(clock_parse(until, &t, err));
	if (t <= b->now || t > b->now + LIFETIME_MAX_US)
		return err_set(err, ERANGE_, "/expires: a credential lasts up to "
		    "three years from now");
	clock_text(t, ret);
	return 0;
}

/*
 * The token is shown in the answer only; its hash is kept.  It is derived from
 * a secret of this run and the request's id, so that a prepared request that
 * is handed in signed stands for the same token.
 */
static int
token_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	const struct secret *run = b->flow->run;
	unsigned char mac[SHA256_OCTETS];
	unsigned n = sizeof(mac);
	char token[PEOPLE_TOKEN], *text;
	struct sha256 h;
	int rc;

	if (HMAC(EVP_sha256(), secret_data(run), (int)secret_len(run),
	    (const unsigned char *)b->id, strlen(b->id), mac, &n) == NULL ||
	    (text = b64url_encode(mac, sizeof(mac))) == NULL)
		return err_set(err, ENOMEMORY, "a token");
	snprintf(token, sizeof(token), "clv_%s", text);
	h = sha256_of(token, strlen(token));
	rc = json_build(&ret->extra, err, "{s:s}", "token", token);
	OPENSSL_cleanse(mac, sizeof(mac));
	OPENSSL_cleanse(token, sizeof(token));
	OPENSSL_cleanse(text, strlen(text));
	free(text);
	TRY(rc);
	return json_set_hash(ret->parameters, "hash", &h, err);
}

static int
spki_draw(const char *text, struct drawn *ret, struct err *err)
{
	AUTO(blob) *der = blob_new();
	struct sha256 h;
	const unsigned char *p;
	EVP_PKEY *key;

	if (text == NULL)
		return err_set(err, ESCHEMA, "/spki: is missing; a tls-client "
		    "credential pins a public key");
	if (der == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	TRY(b64_decode(text, der, err));
	p = der->data;
	key = d2i_PUBKEY(NULL, &p, (long)der->len);
	if (key == NULL || p != der->data + der->len) {
		EVP_PKEY_free(key);
		return err_set(err, EINPUT, "/spki: not a public key in DER");
	}
	EVP_PKEY_free(key);
	h = sha256_of(der->data, der->len);
	return json_set_hash(ret->parameters, "hash", &h, err);
}

static int
type_check(const json_t *body, const char *type, struct err *err)
{
	const char *device = json_str(body, "device", NULL);

	if (strcmp(type, "token") != 0 && strcmp(type, "tls-client") != 0 &&
	    strcmp(type, "enrolment") != 0)
		return err_set(err, EINPUT, "/type: \"%.20s\" is none of token, "
		    "tls-client, enrolment", type);
	if (device == NULL)
		return 0;
	if (strcmp(type, "enrolment") != 0)
		return err_set(err, EINPUT, "/device: only an enrolment "
		    "password is for one device");
	return profile_check_device(device, err);
}

static int
issue_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	const json_t *body = b->ask->body;
	const char *type = json_str(body, "type", ""),
	    *who = json_str(body, "principal", "");
	char expires[TIME_TEXT];

	TRY(type_check(body, type, err));
	if (roster_find(charter_roster(b->law->charter), who) == NULL)
		return err_set(err, EINPUT, "/principal: %.64s is not on the roster",
		    who);
	TRY(expiry(b, expires, err));
	TRY(json_build(&ret->parameters, err, "{s:s, s:s, s:s*, s:s*, s:s}",
	    "principal", who, "type", type,
	    "label", json_str(body, "label", NULL), "device",
	    json_str(body, "device", NULL), "expires", expires));
	if (strcmp(type, "tls-client") != 0)
		return token_draw(b, ret, err);
	return spki_draw(json_str(body, "spki", NULL), ret, err);
}

static int
credential_make(const struct granted *g, const char *id, json_t **ret,
    struct err *err)
{
	const json_t *p = g->parameters;
	char now[TIME_TEXT];

	clock_text(clock_now(), now);
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s*, s:s, s:s, s:s}",
	    "id", id, "principal", json_str(p, "principal", ""),
	    "type", json_str(p, "type", ""), "label", json_str(p, "label", ""),
	    "device", json_str(p, "device", NULL), "hash", json_str(p, "hash", ""), "created", now,
	    "expires", json_str(p, "expires", ""));
}

/* A credential is named after the request that gave it. */
static void
credential_id(const char *request, char ret[ID_TEXT + 2])
{
	snprintf(ret, ID_TEXT + 2, "cred_%s", request + strlen("req_"));
}

struct shown {
	const char	*id;
	json_t		*doc;
};

static int
show(struct tx *tx, void *ctx, struct err *err)
{
	struct shown *s = ctx;

	return people_credential(tx, s->id, &s->doc, err);
}

static int
credential_answer(struct flow *f, const char *request, const char *id,
    json_t **ret, struct err *err)
{
	struct shown s = { id, NULL };

	TRY(state_read(f->state, show, &s, err));
	return json_build(ret, err, "{s:s, s:s, s:o}", "request", request,
	    "state", "done", "credential", s.doc);
}

static int
issue_perform(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO_JSON *made = NULL, *data = NULL;
	char id[ID_TEXT + 2];
	struct event e = { .kind = EVENT_CREDENTIAL_ISSUED,
	    .actor = g->requester, .subject = id };
	struct receipt r;

	credential_id(g->request_id, id);
	TRY(credential_make(g, id, &made, err));
	TRY(json_build(&data, err, "{s:O}", "credential", made));
	TRY(granted_tell(g, data, err));
	e.data = data;
	TRY(state_commit(g->flow->state, &e, 1, &r, err));
	people_forget(state_people(g->flow->state));
	return credential_answer(g->flow, g->request_id, id, ret, err);
}

static int
issue_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	char id[ID_TEXT + 2];

	credential_id(a->id, id);
	return credential_answer(f, a->id, id, ret, err);
}

const struct deed deed_credential_issue = { "credential.issue", issue_draw,
	NULL, issue_perform, issue_result, NULL };

static int
revoke_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	return json_build(&ret->parameters, err, "{s:s, s:s*}",
	    "credential", b->ask->subject,
	    "reason", json_str(b->ask->body, "reason", NULL));
}

static int
revoke_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	struct shown s = { json_str(d->parameters, "credential", ""), NULL };
	bool revoked;

	TRY(state_read(d->begun->flow->state, show, &s, err));
	revoked = json_str(s.doc, "revoked", NULL) != NULL;
	json_decref(s.doc);
	return revoked ? err_set(err, ECONFLICT,
	    "the credential is revoked already") : 0;
}

static int
revoke_perform(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO_JSON *data = NULL;
	const char *id = json_str(g->parameters, "credential", "");
	struct event e = { .kind = EVENT_CREDENTIAL_REVOKED,
	    .actor = g->requester, .subject = id };
	struct receipt r;

	TRY(json_build(&data, err, "{s:s}", "credential", id));
	TRY(granted_tell(g, data, err));
	e.data = data;
	TRY(state_commit(g->flow->state, &e, 1, &r, err));
	people_forget(state_people(g->flow->state));
	return credential_answer(g->flow, g->request_id, id, ret, err);
}

static int
revoke_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return credential_answer(f, a->id, json_str(json_object_get(a->request,
	    "parameters"), "credential", ""), ret, err);
}

const struct deed deed_credential_revoke = { "credential.revoke", revoke_draw,
	revoke_fit, revoke_perform, revoke_result, NULL };
