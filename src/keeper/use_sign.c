/*
 * Signing: a digest that was approved, or one within an approved window.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <openssl/evp.h>
#include "base/b64.h"
#include "base/hex.h"
#include "base/json.h"
#include "keeper/mirror.h"
#include "keeper/use.h"
#include "policy/window.h"

struct signing {
	struct key	*key;
	const json_t	*digest;
	const char	*hex, *product, *version, *track;
	unsigned char	 octets[64];
	size_t		 n;
	struct sha256	 what;		/* names the use: key and digest */
	bool		 window;
};

/* The digests a request may name; a scheme takes the one of its own length. */
static const struct {
	const char	*name;
	size_t		 octets;
} digests[] = {
	{ "sha-256", 32 }, { "sha-384", 48 }, { "sha-512", 64 },
};

static int
read_digest(struct signing *s, struct err *err)
{
	const char *name = json_str(s->digest, "algorithm", "");
	size_t want = hsm_scheme_digest_octets(s->key->scheme);

	s->hex = json_str(s->digest, "value", "");
	if (json_object_size(s->digest) != 2)
		return err_set(err, ESCHEMA, "a digest has algorithm and value");
	for (size_t i = 0; i < NELEM(digests); i++) {
		if (strcmp(digests[i].name, name) == 0)
			s->n = digests[i].octets;
	}
	if (s->n == 0 || (want != 0 && s->n != want))
		return err_set(err, ERANGE_, "%s cannot be signed as %.32s",
		    hsm_scheme_name(s->key->scheme), name);
	return hex_decode(s->hex, s->n, s->octets, err);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* What is asked is, word for word, what was requested and approved. */
static int
matches_request(const struct using *u, const struct signing *s,
    struct err *err)
{
	const json_t *p = u->request->parameters;

	if (!json_equal(json_object_get(p, "digest"), s->digest))
		return err_set(err, EPROOF, "another digest was approved");
	if (!same(json_str(p, "product", NULL), s->product) ||
	    !same(json_str(p, "version", NULL), s->version) ||
	    !same(json_str(p, "track", NULL), s->track))
		return err_set(err, EPROOF, "product, version or track are not "
		    "those of the request");
	if (strcmp(u->principal, u->request->requester) != 0)
		return err_set(err, EDENIED, "%s did not ask for this: %s did",
		    u->principal, u->request->requester);
	return 0;
}

/* Those whom a window names must be in the roster now, not only then; and a
 * closed one gives nothing out, not even what was made under it before. */
static int
within_window(const struct keeper *k, const struct using *u,
    const struct signing *s, struct err *err)
{
	struct window_use w = { .key = &s->key->hash,
		.key_name = s->key->name,
		.principal = u->principal, .digest = s->hex,
		.product = s->product, .track = s->track, .now = u->now };

	if (closing_find(&k->house.counts.closings, u->request->id) != NULL)
		return err_set(err, EEXPIRED, "window %s was closed",
		    u->request->id);
	if (roster_find(charter_roster(k->house.charter), u->principal) == NULL)
		return err_set(err, EDENIED, "%s is not in the charter that is "
		    "in force", u->principal);
	return window_use_check(u->request, &w, err);
}

/* Ed25519 signs the message itself: it must be the one of the digest. */
static int
take_content(const struct using *u, const struct signing *s,
    struct ticket *t, struct err *err)
{
	const char *b64 = json_str(u->operation, "content", NULL);
	unsigned char got[EVP_MAX_MD_SIZE];
	const EVP_MD *md = s->n == 32 ? EVP_sha256() :
	    s->n == 48 ? EVP_sha384() : EVP_sha512();
	unsigned n = 0;

	if (s->key->scheme != HSM_SCHEME_EDDSA && b64 != NULL)
		return err_set(err, ESCHEMA, "only ed25519 signs content");
	if (s->key->scheme != HSM_SCHEME_EDDSA)
		return blob_put(&t->input, s->octets, s->n, err);
	if (b64 == NULL)
		return err_set(err, ESCHEMA, "ed25519 needs the content");
	TRY(b64_decode(b64, &t->input, err));
	if (EVP_Digest(t->input.data, t->input.len, got, &n, md, NULL) != 1)
		return err_set(err, EINTERNAL, "hashing failed");
	if (n != s->n || memcmp(got, s->octets, n) != 0)
		return err_set(err, EPROOF, "the content is not that of the digest");
	return 0;
}

static bool
looks_at_use(const struct match *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (m[i].fact >= FACT_DIGEST && m[i].fact < FACT_CLAIM)
			return true;
	}
	return false;
}

/*
 * Is any window of this class decided by what differs from use to use: time,
 * artifact, counts?  Any rule may be the one that matches next time.
 */
static bool
differs(const struct keeper *k, const char *class)
{
	size_t n;
	const struct rule *r = charter_rules(k->house.charter, class, &n);

	for (size_t i = 0; i < n; i++) {
		if (rule_allows_action(&r[i], ACTION_WINDOW_OPEN) &&
		    (r[i].limit_uses > 0 ||
		    looks_at_use(r[i].when, r[i].when_n) ||
		    looks_at_use(r[i].require, r[i].require_n)))
			return true;
	}
	return false;
}

/*
 * A window is judged once per charter and key, since its keys may fall under
 * different rules; where its class looks at more than these, at each use.
 */
static int
judge_sign(struct keeper *k, struct using *u, const struct signing *s,
    struct err *err)
{
	struct deed d = { .key = s->key, .principal = u->principal,
		.digest = s->digest, .product = s->product,
		.version = s->version, .track = s->track, .now = u->now };

	if (!s->window)
		return judge(k, u->held, &d, &u->judged, err);
	if (u->held->judged == k->generation &&
	    sha256_equal(&u->held->judged_key, &s->key->hash)) {
		u->judged.rule = u->held->rule;
		return 0;
	}
	d.principal = u->request->requester;
	d.user = u->principal;
	TRY(judge(k, u->held, &d, &u->judged, err));
	if (differs(k, s->key->class))
		return 0;
	u->held->judged = k->generation;
	u->held->rule = u->judged.rule;
	u->held->judged_key = s->key->hash;
	return 0;
}

/* Limits and versions are taken now, so that none slip past together. */
static int
reserve_more(struct keeper *k, struct using *u, const struct signing *s,
    struct ticket *t, struct err *err)
{
	const char *track = s->track == NULL ? "" : s->track;

	TRY(use_limit(k, u, s->key, t, err));
	if (!house_keeps_version(&k->house, s->key, s->product, s->version))
		return 0;
	(void)snprintf(t->product, sizeof(t->product), "%s", s->product);
	(void)snprintf(t->track, sizeof(t->track), "%s", track);
	TRY(version_raise(&k->house.counts, s->product, track, s->version,
	    t->before_version, err));
	/* Lower ones, as windows let through, hold nothing up. */
	t->raised = strcmp(t->before_version, version_highest(&k->house.counts,
	    s->product, track)) != 0;
	return 0;
}

static int
key_may_sign(const struct signing *s, struct err *err)
{
	if (s->key->kind == KIND_CA)
		return err_set(err, EDENIED, "%s is a key of kind ca: it signs "
		    "no digest, and in no window; certificates, lists and "
		    "answers are sent whole", s->key->name);
	if (s->key->kind != KIND_FIRMWARE_SIGNING)
		return err_set(err, EDENIED, "%s is a key of kind %s: the keeper "
		    "does nothing with it until it can read what it would sign",
		    s->key->name, class_kind_name(s->key->kind));
	if (s->key->doomed)
		return err_set(err, ESTATE, "%s is being destroyed", s->key->name);
	if (s->key->state != KEY_ACTIVE)
		return err_set(err, ESTATE, "%s is %s", s->key->name,
		    key_state_name(s->key->state));
	return 0;
}

static int
sign_read(struct keeper *k, struct using *u, struct signing *s,
    struct err *err)
{
	const json_t *o = u->operation;

	s->window = u->request->action == ACTION_WINDOW_OPEN;
	if (!s->window && u->request->action != ACTION_KEY_SIGN)
		return use_not_for(u, err);
	TRY(use_key(k, u, &s->key, err));
	TRY(key_may_sign(s, err));
	s->digest = json_object_get(o, "digest");
	s->product = json_str(o, "product", NULL);
	s->version = json_str(o, "version", NULL);
	s->track = json_str(o, "track", NULL);
	TRY(read_digest(s, err));
	s->what = use_name(&s->key->hash, s->octets, s->n);
	return s->window ? within_window(k, u, s, err) :
	    matches_request(u, s, err);
}

static int
sign_ticket(struct keeper *k, struct using *u, const struct signing *s,
    struct ticket **ret, struct err *err)
{
	int64_t most = !s->window ? 1 :
	    json_int(u->request->parameters, "uses", 0);
	AUTO_JSON *journaled = json_copy(u->operation);
	struct ticket *t;
	int rc;

	if (journaled == NULL)
		return err_set(err, ENOMEMORY, "for a signature");
	/* The content itself is not for the journal: the digest names it. */
	(void)json_object_del(journaled, "content");
	TRY(use_draft_as(k, u, ENTRY_SIGN, journaled, false, &t, err));
	rc = take_content(u, s, t, err);
	if (rc == 0)
		rc = use_reserve(k, u, &s->what, most, t, err);
	if (rc == 0)
		rc = reserve_more(k, u, s, t, err);
	if (rc != 0) {
		ticket_abandon(k, t);
		return rc;
	}
	t->token_id = s->key->token_id;
	t->scheme = s->key->scheme;
	*ret = t;
	return 0;
}

/* Who asks again for a window's signature asks for the same artifact: what is
 * answered says what was recorded. */
static int
same_artifact(struct keeper *k, const struct using *u,
    const struct signing *s, struct err *err)
{
	const struct tally *t = tally_find(&k->house.counts, u->request->id);
	const struct use *made = t == NULL ? NULL : tally_use(t, &s->what);
	AUTO(blob) *line = blob_new();
	AUTO(entry) *e = NULL;

	if (line == NULL)
		return err_set(err, ENOMEMORY, "an entry");
	if (!s->window || made == NULL || made->at.n == 0)
		return 0;
	TRY(journal_at_line(k->journal, made->at.segment, made->at.offset, line,
	    err));
	TRY(entry_read(line->data, line->len, &e, err));
	if (same(json_str(e->operation, "product", NULL), s->product) &&
	    same(json_str(e->operation, "version", NULL), s->version) &&
	    same(json_str(e->operation, "track", NULL), s->track))
		return 0;
	return err_set(err, ECONFLICT, "under this window the digest was signed "
	    "as another product, version or track");
}

int
use_sign(struct keeper *k, struct using *u, struct err *err)
{
	struct signing s = { 0 };
	struct ticket *t;
	bool done;

	TRY(sign_read(k, u, &s, err));
	TRY(same_artifact(k, u, &s, err));
	TRY(use_again(k, u, &s.what, &done, err));
	if (done)
		return 0;
	if (k->applied.head.n - k->mirror.head.n > MIRROR_LAG)
		return err_set(err, EBUSY_, "the token's mirror is far behind");
	TRY(shadow_check(&k->house.shadow, k->reserved, u->now, err));
	TRY(judge_sign(k, u, &s, err));
	TRY(sign_ticket(k, u, &s, &t, err));
	ticket_sign(k, t);
	return 0;
}
