/*
 * cert_issue - what keys of kind ca certified, and what became of the keys
 * that they certified: in the journal's order.
 */
#include <stdio.h>
#include <string.h>
#include "audit/cert.h"
#include "audit/model.h"
#include "base/b64.h"
#include "base/hex.h"
#include "base/json.h"
#include "ca/seal.h"

#define WRONG(f, ...) audit_find(a, f, w->a.seq, w->entry->n, __VA_ARGS__)

struct certifying {
	const struct req *r;
	const json_t	*p;		/* the request's parameters */
	struct akey	*key;		/* that signs; NULL: made before this bundle */
	struct akey	*subject;	/* certified; NULL: none of the house's */
	struct authority *ca;		/* NULL: a root */
	const struct profile *profile;
	struct blob	 content;
	struct tbs	 tbs;		/* borrows it */
	bool		 create;
};

/* Each of these: false where it was noted that this can be judged no further. */

static bool
root_check(struct audit *a, const struct waiting *w,
    const struct certifying *c)
{
	const char	*name = json_str(c->p, "name", "");

	if (!c->create || json_object_get(c->p, "issuer") != NULL) {
		WRONG(FINDING_AUTHORITY, "the request names an authority, and "
		    "a root's key signed");
		return false;
	}
	if (c->subject != c->key)
		WRONG(FINDING_AUTHORITY, "a root signs its own key alone");
	for (const struct authority *o = c->key->ca; o != NULL; o = o->next)
		if (strcmp(o->name, name) != 0)
			WRONG(FINDING_AUTHORITY, "the key is %s already",
			    o->name);
	return true;
}

static bool
issuer_find(struct audit *a, const struct waiting *w, struct certifying *c)
{
	const char	*hash = json_str(w->entry->operation, "issuer", "");
	const char	*want = json_str(c->p, c->create ? "issuer" : "ca", "");

	if (hash[0] == '\0')
		return root_check(a, w, c);
	if ((c->ca = authority_find(c->key, hash)) == NULL) {
		WRONG(FINDING_AUTHORITY, "the key has no certificate %.12s",
		    hash);
		return false;
	}
	if (strcmp(c->ca->name, want) != 0)
		WRONG(FINDING_AUTHORITY, "%.64s was asked for, and %s signed",
		    want, c->ca->name);
	return true;
}

static void
subject_find(struct audit *a, const struct waiting *w, struct certifying *c)
{
	struct sha256	 hash = sha256_of(c->tbs.spki.p, c->tbs.spki.n);
	const char	*name = json_str(c->p, "subject_key_name", NULL);
	char		 hex[SHA256_HEX];

	sha256_hex(&hash, hex);
	if (strcmp(hex, json_str(c->p, "spki", "")) != 0)
		WRONG(FINDING_CERTIFICATE, "it is for another key than was "
		    "asked for");
	c->subject = map_get(&a->keys, hex);
	if (c->create && c->subject != NULL &&
	    json_object_get(c->p, "csr") != NULL)
		WRONG(FINDING_CERTIFICATE, "another system's authority was "
		    "asked for, and the key is the house's");
	if (c->create && c->subject == NULL && a->since == 0 &&
	    json_object_get(c->p, "csr") == NULL)
		WRONG(FINDING_CERTIFICATE, "an authority of the house was "
		    "asked for, and the key is nobody's here");
	if (c->subject != NULL && name != NULL && strcmp(name,
	    json_str(c->subject->parameters, "name", "")) != 0)
		WRONG(FINDING_CERTIFICATE, "the subject's key is not called "
		    "%.64s", name);
}

/* What the profile makes is what the action is for. */
static int
profile_find(struct audit *a, const struct waiting *w, struct certifying *c,
    size_t charter, bool *ret, struct err *err)
{
	struct err	 why = { .what = "" };

	*ret = cert_profile(a, charter, json_str(c->p, "profile", ""),
	    &c->profile, &why) == 0;
	if (why.code == ENOMEMORY)
		return err_set(err, ENOMEMORY, "a profile");
	if (!*ret)
		WRONG(FINDING_CERTIFICATE, "%s", why.what);
	else if (profile_is_ca(c->profile) != c->create || (c->key != NULL &&
	    (c->profile->kind == PROFILE_ROOT) != (c->ca == NULL)))
		WRONG(FINDING_CERTIFICATE, "profile %s makes %s",
		    c->profile->name, profile_kind_word(c->profile->kind));
	return 0;
}

/* A key that certified itself issues for those below it alone. */
static void
self_check(struct audit *a, const struct waiting *w,
    const struct certifying *c)
{
	const struct authority	*o = c->key != NULL ? c->key->ca : NULL;
	struct err		 why = { .what = "" };

	while (o != NULL && !issuer_is_root(o->issuer))
		o = o->next;
	if (o != NULL && profile_root_check(c->profile, &why) != 0)
		WRONG(FINDING_AUTHORITY, "%s", why.what);
}

/* Somebody answers for what it issued; else nothing comes of it any more, but
 * what was about to be signed just then. */
static void
retired_check(struct audit *a, const struct waiting *w,
    const struct certifying *c)
{
	const struct named_ca	*ca = c->ca == NULL ? NULL :
	    map_get(&a->authorities, c->ca->name);

	if (ca != NULL && ca->retired && w->entry->time > ca->since + CERT_NEAR
	    && c->profile->kind != PROFILE_OCSP_RESPONDER)
		WRONG(FINDING_AUTHORITY, "%s was retired before", c->ca->name);
}

void
cert_nothing_else(struct audit *a, const struct waiting *w,
    const struct akey *k)
{
	if (k->responder)
		WRONG(FINDING_AUTHORITY, "the key that became a CA's answers "
		    "for OCSP");
	if (k->certified)
		WRONG(FINDING_AUTHORITY, "the key that became a CA's is "
		    "certified for something else");
}

/* A responder's key is of kind ca and the token's; one of kind ca that is not
 * becoming an authority's is a responder's and certified as nothing else.  Keys
 * that were made before this bundle are not known. */
static void
trade_check(struct audit *a, const struct waiting *w,
    const struct certifying *c, size_t charter)
{
	bool		 responder = c->profile->kind == PROFILE_OCSP_RESPONDER;
	bool		 of_kind = c->subject != NULL &&
			    cert_is_kind_ca(a, charter, c->subject);

	if (responder && !of_kind && (c->subject != NULL || a->since == 0))
		WRONG(FINDING_AUTHORITY, "the key that may answer for OCSP is "
		    "no key of kind ca of the house");
	if (!responder && of_kind)
		WRONG(FINDING_AUTHORITY, "a key of kind ca was certified for "
		    "something else");
	if (responder && of_kind && c->subject->certified)
		WRONG(FINDING_AUTHORITY, "the key that may answer for OCSP is "
		    "certified for something else");
	if (c->subject != NULL && c->subject->ca != NULL)
		WRONG(FINDING_AUTHORITY, "the key that was certified is a "
		    "CA's");
}

/* What an authority's key must be. */
static void
subject_check(struct audit *a, const struct waiting *w,
    const struct certifying *c, size_t charter)
{
	const struct akey	*s = c->subject;

	if (s == NULL)
		return;
	cert_nothing_else(a, w, s);
	if (!cert_is_kind_ca(a, charter, s) || s->state == KEY_COMPROMISED ||
	    s->state == KEY_DEACTIVATED || s->state == KEY_DESTROYED)
		WRONG(FINDING_STATE, "the key that became a CA's was %s",
		    key_state_name(s->state));
}

/* By what it ended, whatever is said of it. */
static int
rework_check(struct audit *a, const struct waiting *w,
    const struct certifying *c, struct err *err)
{
	const struct rule	*rule = c->r->rule;
	const struct issued	*made;
	char			 serial[NUMBER_HEX];

	if (rule == NULL || c->create)
		return 0;
	hex_encode(c->tbs.serial.p, c->tbs.serial.n, serial);
	made = cert_issued(a, json_str(c->p, "ca", ""), serial);
	if (rule->rework_uses > 0 && made != NULL && made->rework)
		return model_rework(a, w, rule, CERT_NEAR, err);
	if (rule->rework_uses == 0 && ((made != NULL && made->rework) ||
	    json_flag(c->p, "reissue", false)))
		WRONG(FINDING_DECISION, "rule %s lets no device have a second "
		    "certificate", rule->name);
	return 0;
}

/* What it makes of a key of the house. */
static int
become(struct audit *a, const struct waiting *w, const struct certifying *c,
    struct err *err)
{
	AUTO(blob)	*signature = blob_new(), *whole = blob_new();
	const char	*scheme = seal_scheme(c->tbs.algorithm);
	struct err	 why = { .what = "" };
	int		 rc;

	if (signature == NULL || whole == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	if (c->subject == NULL)
		return 0;
	c->subject->responder |= c->profile->kind == PROFILE_OCSP_RESPONDER;
	c->subject->certified |= !c->create &&
	    c->profile->kind != PROFILE_OCSP_RESPONDER;
	if (!c->create)
		return 0;
	rc = entry_signature(w->entry, signature, &why);
	if (rc == 0)
		rc = seal_assemble(span_blob(&c->content), scheme != NULL ?
		    scheme : "", span_blob(signature), whole, &why);
	if (rc == 0)
		rc = authority_add(a, c->subject, c->p, span_blob(whole), &why);
	if (rc == -ENOMEMORY)
		return err_set(err, ENOMEMORY, "an authority");
	if (rc != 0)
		WRONG(FINDING_AUTHORITY, "%s", why.what);
	return 0;
}

static int
content_read(struct audit *a, const struct waiting *w, struct certifying *c,
    bool *ret, struct err *err)
{
	struct err	 why = { .what = "" };
	int		 rc = b64_decode(json_str(w->entry->operation,
			    "content", ""), &c->content, &why);

	if (rc == 0)
		rc = tbs_read(c->content.data, c->content.len, &c->tbs, &why);
	if (rc == -ENOMEMORY)
		return err_set(err, ENOMEMORY, "a certificate");
	*ret = rc == 0;
	if (rc != 0)
		WRONG(FINDING_CERTIFICATE, "%s", why.what);
	return 0;
}

static int
certified(struct audit *a, const struct waiting *w, struct certifying *c,
    size_t charter, struct err *err)
{
	struct remake	 m = { .held = c->r->held, .key = c->key,
		.signature = json_str(w->entry->result, "signature", ""),
		.partition = (unsigned)json_int(w->entry->operation,
		"partition", 0), .now = w->entry->time, .seq = w->a.seq,
		.entry = w->entry->n };
	struct err	 why = { .what = "" };
	bool		 go;

	TRY(content_read(a, w, c, &go, err));
	if (!go)
		return 0;
	subject_find(a, w, c);
	if (c->key != NULL && !issuer_find(a, w, c))
		return 0;
	TRY(profile_find(a, w, c, charter, &go, err));
	if (!go)
		return 0;
	self_check(a, w, c);
	retired_check(a, w, c);
	TRY(rework_check(a, w, c, err));
	if (c->create)
		subject_check(a, w, c, charter);
	else
		trade_check(a, w, c, charter);
	if (c->create)
		cert_line(a, w, c->subject, c->p, &c->tbs);
	else
		batch_check(a, w, c->p, c->r->held->request->requester);
	m.profile = c->profile;
	m.issuer = c->ca == NULL ? NULL : c->ca->issuer;
	m.content = span_blob(&c->content);
	if (c->ca != NULL && authority_above(a, c->ca, &m.above, &why) != 0)
		WRONG(FINDING_AUTHORITY, "%s", why.what);
	if (c->key != NULL)
		TRY(cert_remake(a, &m, err));
	return become(a, w, c, err);
}

int
cert_certified(struct audit *a, const struct waiting *w, const struct req *r,
    size_t charter, struct err *err)
{
	struct certifying	 c = { .r = r,
		.p = r->held->request->parameters,
		.create = r->held->request->action == ACTION_CA_CREATE };
	int			 rc;

	TRY(cert_key(a, w, r, charter, &c.key, err));
	rc = certified(a, w, &c, charter, err);
	blob_done(&c.content);
	return rc;
}

/* ---- adopted ---- */

/* The last list of the system before, by which there are entries on ours. */
static int
list_check(const struct waiting *w, const struct request *q,
    const struct tbs *t, struct err *err)
{
	const json_t	*p = q->parameters;
	const char	*text = json_str(w->entry->operation, "crl", NULL),
			*want = json_str(p, "crl", NULL);
	struct crl_of	 of = { .name = t->subject, .spki = t->spki };
	AUTO(blob)	*der = blob_new();
	struct crl_info	 info;
	struct sha256	 hash;
	char		 hex[SHA256_HEX];

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a list");
	if (text == NULL && want == NULL)
		return 0;
	TRY(b64_decode(text != NULL ? text : "", der, err));
	hash = sha256_of(der->data, der->len);
	sha256_hex(&hash, hex);
	if (want == NULL || strcmp(hex, want) != 0)
		return err_set(err, EVERIFY, "another list of the system "
		    "before was approved");
	TRY(tbs_subject_key_id(t, &of.key_id, err));
	TRY(crl_take_other(span_blob(der), &of, NULL, NULL, &info, err));
	TRY(crl_other_check(&info, q->created, json_flag(p, "only_list", false),
	    err));
	number_hex(&info.number, hex);
	return strcmp(hex, json_str(p, "crl_number", "")) == 0 ? 0 :
	    err_set(err, EVERIFY, "the list of the system before has number "
	    "%s", hex);
}

static int
adopt_check(struct audit *a, struct akey *k, const struct waiting *w,
    const struct request *q, struct err *err)
{
	const json_t	*p = q->parameters;
	AUTO(blob)	*der = blob_new();
	const char	*want = json_str(p, "certificate", "");
	struct sha256	 hash;
	struct cert	 c;
	char		 hex[SHA256_HEX];

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(b64_decode(json_str(w->entry->operation, "content", ""), der,
	    err));
	hash = sha256_of(der->data, der->len);
	sha256_hex(&hash, hex);
	if (strcmp(hex, want) != 0 || strcmp(hex, json_str(w->entry->result,
	    "certificate", "")) != 0)
		return err_set(err, EVERIFY, "%.12s was asked for, and %.12s "
		    "taken in", want, hex);
	TRY(cert_read(der->data, der->len, &c, err));
	hash = sha256_of(c.tbs.spki.p, c.tbs.spki.n);
	sha256_hex(&hash, hex);
	if (strcmp(hex, k->hash) != 0)
		return err_set(err, EVERIFY, "the certificate is another "
		    "key's");
	if (authority_find(k, want) != NULL)
		return err_set(err, EVERIFY, "it was taken in before");
	TRY(list_check(w, q, &c.tbs, err));
	TRY(authority_take_check(a, span_blob(der), w->entry->time, err));
	return authority_add(a, k, p, span_blob(der), err);
}

int
cert_adopted(struct audit *a, const struct waiting *w, const struct req *r,
    size_t charter, struct err *err)
{
	struct err	 why = { .what = "" };
	struct akey	*k;

	TRY(cert_key(a, w, r, charter, &k, err));
	if (k == NULL)
		return 0;
	cert_nothing_else(a, w, k);
	if (adopt_check(a, k, w, r->held->request, &why) == 0)
		return 0;
	if (why.code == ENOMEMORY)
		return err_set(err, ENOMEMORY, "an authority");
	WRONG(FINDING_AUTHORITY, "%s", why.what);
	return 0;
}
