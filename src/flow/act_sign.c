/*
 * act_sign - key.sign: a digest signed under the charter, or under a window.
 */
#include <string.h>
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/inside.h"
#include "flow/making.h"
#include "flow/stage.h"
#include "policy/version.h"

/* Members of the body that are parameters as they stand. */
static const char *const plain[] = { "digest", "product", "version", "track",
	"claims", "note", "attempt" };

int
key_named(const struct begun *b, struct drawn *ret, struct err *err)
{
	int rc = state_key(b->flow->state, b->ask->subject, &ret->key, err);

	if (rc == -ENOKEY)
		return err_set(err, ENOKEY, "no key is named \"%.64s\", nor has "
		    "that hash; GET /v1/keys lists them", b->ask->subject);
	TRY(rc);
	return json_build(&ret->parameters, err, "{s:s, s:s}",
	    "key", ret->key->hash, "key_name", ret->key->name);
}

int
members_copy(const json_t *from, const char *const *names, size_t n,
    json_t *to, struct err *err)
{
	json_t *v;
	size_t i;

	for (i = 0; i < n; i++)
		if ((v = json_object_get(from, names[i])) != NULL)
			TRY(json_set_new(to, names[i], json_incref(v), err));
	return 0;
}

/* Times are hashed: callers may spell them shorter, parameters have one way. */
int
time_copy(const json_t *from, const char *name, json_t *to, struct err *err)
{
	const char *given = json_str(from, name, NULL);
	char text[TIME_TEXT];
	struct err why;
	time_us t;

	if (given == NULL)
		return 0;
	if (clock_parse(given, &t, &why) != 0)
		return err_set(err, EINPUT, "/%s: expected a time like "
		    "2026-11-21T08:00:00Z", name);
	clock_text(t, text);
	return json_set_str(to, name, text, err);
}

static int
sign_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	const char *version = json_str(b->ask->body, "version", NULL);

	if (version != NULL)
		TRY(version_check(version, err));
	TRY(key_named(b, ret, err));
	return members_copy(b->ask->body, plain, NELEM(plain), ret->parameters,
	    err);
}

/* A scheme is fixed with its key, and so is what it signs. */
static const char *
digest_wanted(const char *scheme)
{
	return strcmp(scheme, "ecdsa-sha384") == 0 ? "sha-384" : "sha-256";
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
sign_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	const char *algorithm = json_str(json_object_get(d->parameters,
	    "digest"), "algorithm", "");
	const char *wanted = digest_wanted(d->key->scheme);
	bool content = json_object_get(d->begun->ask->body, "content") != NULL;

	TRY(active_check(d->key, err));
	if (strcmp(d->key->scheme, "none") == 0)
		return err_set(err, EINPUT, "key %s is %s and cannot sign",
		    d->key->name, d->key->algorithm);
	if (strcmp(algorithm, wanted) != 0)
		return err_set(err, EINPUT, "/digest/algorithm: key %s signs with "
		    "%s and takes %s", d->key->name, d->key->scheme, wanted);
	if (content != (strcmp(d->key->scheme, "ed25519") == 0))
		return err_set(err, EINPUT, content ? "/content: only ed25519 keys "
		    "take the artifact itself; send its digest alone" :
		    "/content: an ed25519 key signs the artifact itself: send it "
		    "along, base64");
	return 0;
}

static int
sign_operation(struct making *m, json_t **ret, struct err *err)
{
	const struct granted *g = m->granted;
	const json_t *p = g->use != NULL ? g->use : g->parameters;

	return json_build(ret, err, "{s:s, s:s, s:s, s:O, s:s*, s:s*, s:s*,"
	    " s:O*}", "op", "sign", "key", g->key, "principal", g->principal,
	    "digest", json_object_get(p, "digest"),
	    "product", json_str(p, "product", NULL),
	    "version", json_str(p, "version", NULL),
	    "track", json_str(p, "track", NULL), "content", g->content);
}

static int
sign_event(const struct making *m, const char *idempotency,
    json_t **ret_data, struct event *ret, struct err *err)
{
	const struct granted *g = m->granted;

	TRY(json_build(ret_data, err, "{s:s, s:s*, s:O*}", "request",
	    g->request_id, "idempotency",
	    idempotency[0] != '\0' ? idempotency : NULL, "facts", g->facts));
	*ret = (struct event){ .kind = EVENT_KEY_SIGNED, .actor = g->principal,
	    .subject = g->key, .data = *ret_data, .entry = m->entry };
	return 0;
}

static int
answer_build(const struct granted *g, const struct key *k,
    const json_t *entry, const struct receipt *r, json_t **ret,
    struct err *err)
{
	const json_t *p = g->use != NULL ? g->use : g->parameters;
	char time[TIME_TEXT];

	clock_text(r->time, time);
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s, s:s, s:O, s:O*,"
	    " s:I, s:s}", "request", g->request_id, "state", "done",
	    "key", g->key, "key_hash", g->key, "key_name", k->name,
	    "scheme", k->scheme, "digest", json_object_get(p, "digest"),
	    "signature", json_object_get(json_object_get(entry, "result"),
	    "signature"), "event", (json_int_t)r->seq, "time", time);
}

/* Its event came from the journal's tail: what it says is what happened. */
static int
recovered_build(const struct granted *g, json_t **ret, struct err *err)
{
	const json_t *p = g->use != NULL ? g->use : g->parameters;

	TRY(signed_result(g->flow, g->request_id, json_str(
	    json_object_get(p, "digest"), "value", ""), ret, err));
	return json_set_new(*ret, "recovered", json_true(), err);
}

static int
sign_answer(const struct making *m, json_t **ret, struct err *err)
{
	const struct granted *g = m->granted;
	AUTO(key) *k = NULL;

	atomic_fetch_add(&g->flow->signed_n, 1);
	if (m->receipt.seq == UINT64_MAX)
		return recovered_build(g, ret, err);
	if (g->held == NULL)
		TRY(state_key(g->flow->state, g->key, &k, err));
	return answer_build(g, g->held != NULL ? g->held : k, m->entry,
	    &m->receipt, ret, err);
}

/* ---- asked again ---- */

struct found {
	const char	*request, *digest;
	json_t		*use;		/* owned */
};

static int
find(struct tx *tx, void *ctx, struct err *err)
{
	struct found *f = ctx;

	return use_find(tx, f->request, f->digest, &f->use, err);
}

static int
found_build(struct flow *f, const char *request, const json_t *use,
    json_t **ret, struct err *err)
{
	AUTO(key) *k = NULL;

	TRY(state_key(f->state, json_str(use, "key", ""), &k, err));
	TRY(active_check(k, err));
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s, s:s,"
	    " s:{s:s, s:O*}, s:O*, s:O*, s:O*}",
	    "request", request, "state", "done", "key", k->hash,
	    "key_hash", k->hash, "key_name", k->name, "scheme", k->scheme,
	    "digest", "algorithm", digest_wanted(k->scheme),
	    "value", json_object_get(use, "digest"),
	    "signature", json_object_get(use, "signature"),
	    "event", json_object_get(use, "seq"),
	    "time", json_object_get(use, "time"));
}

int
signed_result(struct flow *f, const char *request, const char *digest,
    json_t **ret, struct err *err)
{
	struct found found = { request, digest, NULL };
	int rc;

	TRY(state_read(f->state, find, &found, err));
	rc = found_build(f, request, found.use, ret, err);
	json_decref(found.use);
	return rc;
}

static int
sign_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return signed_result(f, a->id, NULL, ret, err);
}

static const struct steps sign_steps = { sign_operation, sign_event,
	sign_answer, true, NULL };
const struct deed deed_key_sign = { "key.sign", sign_draw, sign_fit, make,
	sign_result, &sign_steps };
