/* model - keys, windows and charters as the keeper's entries make them. */
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/cert.h"
#include "audit/model.h"
#include "base/b64.h"
#include "base/json.h"
#include "policy/facts.h"
#include "policy/made.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

void
akey_done(void *key)
{
	struct akey	*k = key;

	json_decref(k->parameters);
	EVP_PKEY_free(k->public);
	authorities_free(k->ca);
}

struct akey *
model_key(struct audit *a, const struct waiting *w)
{
	const char	*hash = json_str(w->entry->operation, "key", "");
	struct akey	*k = a->latest.signer;

	if (k != NULL && strcmp(k->hash, hash) == 0)
		return k;
	if ((k = map_get(&a->keys, hash)) != NULL) {
		/* A name that is no hash is cut short in it. */
		if (strcmp(k->hash, hash) == 0)
			a->latest.signer = k;
		return k;
	}
	if (a->since > 0)
		audit_unchecked(a, w->a.seq, "key %.12s was generated before "
		    "this bundle begins", hash);
	else
		WRONG(FINDING_STATE, "there is no key %.64s", hash);
	return NULL;
}

/* The same, where the event is about the key. */
static struct akey *
key_of(struct audit *a, const struct waiting *w)
{
	if (strcmp(w->a.subject, json_str(w->entry->operation, "key",
	    "")) != 0)
		WRONG(FINDING_ENTRY, "the event's subject is another key");
	return model_key(a, w);
}

int
model_signed(struct audit *a, const struct waiting *w, const struct req *r,
    size_t charter, struct err *err)
{
	struct akey	*k = key_of(a, w);
	const char	*principal = json_str(w->entry->operation, "principal",
	    "");

	if (strcmp(w->a.actor, principal) != 0)
		WRONG(FINDING_ENTRY, "the event's actor is not the entry's");
	if (r != NULL && r->rule != NULL) {
		TRY(model_limit(a, w, r->rule, err));
		TRY(model_version(a, w, k, charter, r->rule, err));
	}
	if (k == NULL)
		return 0;
	if (!key_state_may_protect(k->state))
		WRONG(FINDING_STATE, "the key was %s",
		    key_state_name(k->state));
	if (k->public == NULL) {
		WRONG(FINDING_RESULT, "the key has no public part");
		return 0;
	}
	/* Ed25519 signs the artifact itself, which no bundle holds. */
	if (strcmp(json_str(k->parameters, "scheme", ""), "ed25519") == 0) {
		a->unseen_content++;
		return 0;
	}
	return proof_signature(a, k, json_object_get(w->entry->operation,
	    "digest"), json_str(w->entry->result, "signature", ""), w->a.seq,
	    w->entry->n, err);
}

static int
spki_take(struct audit *a, const struct waiting *w, struct akey *k,
    struct err *err)
{
	const char	*b64 = json_str(w->entry->result, "spki", NULL);
	AUTO(blob)	*spki = blob_new();
	const unsigned char *der;
	struct sha256	 hash;
	char		 hex[SHA256_HEX];

	if (spki == NULL)
		return err_set(err, ENOMEMORY, "a key");
	if (b64 == NULL)
		return 0;
	if (b64_decode(b64, spki, NULL) != 0) {
		WRONG(FINDING_RESULT, "the public key is not base64");
		return 0;
	}
	hash = sha256_of(spki->data, spki->len);
	sha256_hex(&hash, hex);
	if (strcmp(hex, k->hash) != 0)
		WRONG(FINDING_RESULT, "the key's hash is not its public key's");
	der = spki->data;
	if ((k->public = d2i_PUBKEY(NULL, &der, (long)spki->len)) == NULL)
		WRONG(FINDING_RESULT, "the public key cannot be read");
	return 0;
}

int
model_generated(struct audit *a, const struct waiting *w, const struct req *r,
    struct err *err)
{
	const char	*hash = json_str(w->entry->result, "key", "");
	struct err	 why = { .what = "" };
	struct akey	*k;
	void		*p;

	a->intents++;
	if (strcmp(w->a.subject, hash) != 0)
		WRONG(FINDING_ENTRY, "the event's subject is another key");
	if (made_check(a->genesis, w->entry->n, w->entry->request,
	    &w->entry->permit, w->entry->result, &why) != 0) {
		if (why.code == ENOMEMORY)
			return err_set(err, ENOMEMORY, "a key's proof");
		WRONG(FINDING_MADE, "%s", why.what);
	}
	if (r == NULL)
		return 0;
	TRY(map_put(&a->keys, hash, sizeof(*k), &p, err));
	k = p;
	if (k->parameters != NULL) {
		WRONG(FINDING_RESULT, "this key was generated before");
		return 0;
	}
	k->parameters = json_incref((json_t *)(uintptr_t)
	    r->held->request->parameters);
	k->state = KEY_PREACTIVATION;
	snprintf(k->hash, sizeof(k->hash), "%s", hash);
	k->adopted = w->entry->op == ENTRY_ADOPT;
	if (k->adopted && json_array_append_new(
	    a->not_exclusive, json_string(json_str(k->parameters, "name",
	    ""))) != 0)
		return err_set(err, ENOMEMORY, "a key");
	return spki_take(a, w, k, err);
}

int
model_moved(struct audit *a, const struct waiting *w, const struct req *r,
    struct err *err)
{
	const json_t	*result = w->entry->result;
	bool		 destroy = w->entry->op == ENTRY_DESTROY;
	const char	*to = destroy ? "destroyed" : json_str(result, "to", "");
	struct akey	*k = key_of(a, w);
	enum key_state	 next;
	enum key_move	 move;
	struct err	 why = { .what = "" };

	a->intents += destroy;
	if (k == NULL || r == NULL)
		return 0;
	if (key_move_from_action(action_name(r->held->request->action), &move,
	    &why) != 0 || key_state_next(k->state, move, &next, &why) != 0) {
		WRONG(FINDING_STATE, "%s", why.what);
		return 0;
	}
	if (strcmp(key_state_name(next), to) != 0 || (!destroy &&
	    (strcmp(json_str(result, "from", ""), key_state_name(k->state)) != 0 ||
	    strcmp(json_str(w->entry->operation, "to", ""), to) != 0)))
		WRONG(FINDING_STATE, "the entry moves it from %.20s to %.20s, "
		    "the ledger from %s to %s", json_str(result, "from", ""),
		    to, key_state_name(k->state), key_state_name(next));
	if (key_state_may_protect(k->state))
		k->left = w->entry->time;
	k->state = next;
	return 0;
}

int
model_amended(struct audit *a, const struct waiting *w, const struct req *r,
    struct err *err)
{
	const json_t	*doc = json_object_get(w->a.data, "charter");
	const json_t	*p = r == NULL ? NULL : r->held->request->parameters;
	const char	*previous = a->chart[a->law].hex;
	struct sha256	 hash;
	char		 hex[SHA256_HEX];
	size_t		 next;
	struct err	 why = { .what = "" };

	if (json_hash(doc, &hash, &why) != 0) {
		WRONG(FINDING_CHARTER, "%s", why.what);
		return 0;
	}
	sha256_hex(&hash, hex);
	next = chart_of(a, &hash);
	if (strcmp(json_str(w->entry->result, "charter", ""), hex) != 0 ||
	    strcmp(json_str(w->entry->result, "previous", ""), previous) != 0 ||
	    (p != NULL && (strcmp(json_str(p, "charter", ""), hex) != 0 ||
	    strcmp(json_str(p, "previous", ""), previous) != 0)) ||
	    strcmp(w->a.subject, hex) != 0)
		WRONG(FINDING_CHARTER, "charter %.12s is not what was approved "
		    "to follow %.12s", hex, previous);
	if (next == a->chart_n)
		return 0;
	if (charter_amend_check(a->chart[a->law].charter,
	    a->chart[next].charter, &why) != 0)
		WRONG(FINDING_CHARTER, "%s", why.what);
	a->law = next;
	return 0;
}

/*
 * The keeper forgets a closing when the window has ended: what it was told of
 * that must be what the officers approved.
 */
static bool
ends_so(const struct req *window, const char *until)
{
	return window->held == NULL || strcmp(until, json_str(
	    window->held->request->parameters, "until", "")) == 0;
}

/* Where the permit of its request is not at hand, the journal closes it still. */
int
model_closed(struct audit *a, const struct waiting *w, struct err *err)
{
	const char	*id = json_str(w->entry->operation, "window", "");
	struct req	*r;

	if (strcmp(w->a.subject, id) != 0 || strcmp(id,
	    json_str(w->entry->result, "window", "")) != 0)
		WRONG(FINDING_ENTRY, "event, operation and result name other "
		    "windows");
	TRY(req_of(a, id, &r, err));
	if (!r->window && a->since == 0)
		WRONG(FINDING_REQUEST, "%.40s is no window", id);
	if (r->ended != 0)
		WRONG(FINDING_REQUEST, "entry %llu has closed %.40s",
		    (unsigned long long)r->ended, id);
	if (!ends_so(r, json_str(w->entry->result, "until", "")))
		WRONG(FINDING_RESULT, "%.40s does not end when the entry says",
		    id);
	r->ended = w->entry->n;
	return 0;
}
