/*
 * Certificates: what was sent to be signed is what the profile, the approved
 * parameters and the CA's record make, octet for octet.
 */
#include "config.h"

#include <string.h>
#include "base/b64.h"
#include "base/json.h"
#include "ca/draft.h"
#include "ca/lint.h"
#include "ca/seal.h"
#include "ca/serial.h"
#include "keeper/ca_revoked.h"
#include "keeper/use_ca.h"

struct certifying {
	struct key	*key;		/* that signs */
	struct key	*subject;	/* whose certificate it is; NULL: not of this house */
	struct ca_record *ca;		/* NULL: a root signs itself */
	const struct profile *profile;
	const json_t	*parameters;
	struct blob	 octets;	/* owned: what is to be signed */
	struct tbs	 tbs;		/* borrows them */
	struct sha256	 what;		/* names the use */
	bool		 ca_create;
};

static int
content_read(const struct using *u, struct certifying *c, struct err *err)
{
	TRY(b64_decode(json_str(u->operation, "content", ""), &c->octets,
	    err));
	TRY(tbs_read(c->octets.data, c->octets.len, &c->tbs, err));
	c->what = ca_use_name(&c->key->hash, span_blob(&c->octets));
	return 0;
}

/* A root signs itself: it has no issuer, and is no other CA's key. */
static int
find_root(const struct certifying *c, struct err *err)
{
	const char *name = json_str(c->parameters, "name", "");

	if (!c->ca_create || json_object_get(c->parameters, "issuer") != NULL)
		return err_set(err, EPROOF, "the request names the CA that "
		    "signs");
	if (c->subject != c->key)
		return err_set(err, EPROOF, "a root signs its own key alone");
	for (size_t i = 0; i < c->key->ca_n; i++) {
		if (strcmp(c->key->ca[i].name, name) != 0)
			return err_set(err, EDENIED, "%s is CA %s already",
			    c->key->name, c->key->ca[i].name);
	}
	return 0;
}

/* The CA that signs is the one that was asked for, by one of its certificates. */
static int
find_issuer(const struct using *u, struct certifying *c, struct err *err)
{
	const char *want = json_str(c->parameters, c->ca_create ? "issuer" :
	    "ca", "");
	struct sha256 hash;

	if (json_str(u->operation, "issuer", "")[0] == '\0')
		return find_root(c, err);
	TRY(json_need_hash(u->operation, "issuer", &hash, err));
	c->ca = ca_record_find(c->key, &hash);
	if (c->ca == NULL)
		return err_set(err, EDENIED, "%s has no such CA certificate",
		    c->key->name);
	if (strcmp(c->ca->name, want) != 0)
		return err_set(err, EPROOF, "CA %s was asked for, not %s", want,
		    c->ca->name);
	return 0;
}

/* A request of others proves their key; one that the house holds needs none,
 * and would become a CA that nobody agreed to publish for. */
static int
subject_foreign(const struct certifying *c, struct err *err)
{
	if (!c->ca_create || json_object_get(c->parameters, "csr") == NULL ||
	    c->subject == NULL)
		return 0;
	return err_set(err, EPROOF, "another system's authority was approved, "
	    "and the key is the house's %s", c->subject->name);
}

/* The subject's key is the one that was approved, and is called so. */
static int
find_subject(struct keeper *k, struct certifying *c, struct err *err)
{
	struct sha256 want, got = sha256_of(c->tbs.spki.p, c->tbs.spki.n);
	const char *name = json_str(c->parameters, "subject_key_name", NULL);

	TRY(json_need_hash(c->parameters, "spki", &want, err));
	if (!sha256_equal(&want, &got))
		return err_set(err, EPROOF, "a certificate for another key was "
		    "approved");
	c->subject = keys_find(&k->house.keys, &got);
	TRY(subject_foreign(c, err));
	if (c->ca_create && c->subject == NULL && json_object_get(
	    c->parameters, "csr") == NULL)
		return err_set(err, EPROOF, "an authority of the house was "
		    "approved, and the key is nobody's here");
	if (name == NULL)
		return 0;
	if (c->subject == NULL ? keys_named(&k->house.keys, name) :
	    strcmp(c->subject->name, name) != 0)
		return err_set(err, EPROOF, "the subject's key is not the "
		    "house's key %s", name);
	return 0;
}

/* Whoever answers for certificates does it with a key of the token, where its
 * answers are counted.  A key of kind ca is certified as a CA's or a responder's
 * alone: else who may have a device certified could end what the key is for. */
static int
trade_check(const struct certifying *c, const struct profile *p,
    struct err *err)
{
	const struct key *s = c->subject;
	bool responder = p->kind == PROFILE_OCSP_RESPONDER;

	if (s == NULL || s->kind != KIND_CA)
		return !responder ? 0 : err_set(err, EDENIED, "profile %s is "
		    "for keys of kind ca in the token: elsewhere nobody sees "
		    "what they answer", p->name);
	if (s->ca_n > 0)
		return err_set(err, EDENIED, "%s is a CA's key", s->name);
	if (!responder)
		return err_set(err, EDENIED, "%s is of kind ca: it is "
		    "certified as a CA's or a responder's and for nothing "
		    "else", s->name);
	return !s->certified ? 0 : err_set(err, EDENIED, "%s has a certificate "
	    "for something else: it never answers for OCSP", s->name);
}

/* People guard what certifies itself, and tools ask what is below it.  A root
 * that another has certified, too, is one all the same. */
static int
root_check(const struct certifying *c, const struct profile *p,
    struct err *err)
{
	for (size_t i = 0; i < c->key->ca_n; i++)
		if (issuer_is_root(c->key->ca[i].issuer))
			return profile_root_check(p, err);
	return 0;
}

/* What the profile makes is what the action is for. */
static int
find_profile(struct keeper *k, struct certifying *c, struct err *err)
{
	const struct profile *p;

	TRY(house_profile(&k->house, json_str(c->parameters, "profile", ""),
	    &p, err));
	if (profile_is_ca(p) != c->ca_create)
		return err_set(err, EDENIED, "profile %s makes %s", p->name,
		    profile_kind_word(p->kind));
	if ((p->kind == PROFILE_ROOT) != (c->ca == NULL))
		return err_set(err, EDENIED, "profile %s makes %s", p->name,
		    profile_kind_word(p->kind));
	TRY(root_check(c, p, err));
	c->profile = p;
	return c->ca_create ? 0 : trade_check(c, p, err);
}

/* What a revoked authority signs nobody should believe.  A responder of it
 * still tells what became of the rest. */
static int
revoked_check(const struct keeper *k, const struct certifying *c,
    struct err *err)
{
	if (c->ca == NULL || c->profile->kind == PROFILE_OCSP_RESPONDER)
		return 0;
	return ca_revoked_check(&k->house.keys, c->key, c->ca->name, err);
}

static int
read_all(struct keeper *k, struct using *u, struct certifying *c,
    struct err *err)
{
	c->ca_create = u->request->action == ACTION_CA_CREATE;
	c->parameters = u->request->parameters;
	TRY(ca_key(k, u, c->ca_create ? ACTION_CA_CREATE : ACTION_CERT_ISSUE,
	    &c->key, err));
	return content_read(u, c, err);
}

/* Nobody chooses a serial number, or on which list it will stand. */
static int
serial_find(const struct using *u, const struct certifying *c,
    struct serial *ret, unsigned *ret_partition, struct err *err)
{
	unsigned n = c->ca == NULL ? 1 : c->ca->issuer->partitions;
	json_int_t said = json_int(u->operation, "partition", 0);

	TRY(serial_of(u->request->house, u->request->id, c->parameters, ret,
	    err));
	*ret_partition = serial_partition(ret, n);
	if (said != (json_int_t)*ret_partition)
		return err_set(err, EPROOF, "the certificate belongs to "
		    "partition %u", *ret_partition);
	if (!span_equal(c->tbs.serial, span_of(ret->o, sizeof(ret->o))))
		return err_set(err, EPROOF, "its serial number is not the one "
		    "that the request makes");
	return 0;
}

static int
drafts_equal(const struct using *u, const struct certifying *c,
    struct err *err)
{
	AUTO(blob) *draft = blob_new();
	struct serial serial;
	struct draft_ask ask = { .profile = c->profile,
		.issuer = c->ca == NULL ? NULL : c->ca->issuer,
		.parameters = c->parameters,
		.scheme = hsm_scheme_name(c->key->scheme),
		.serial = span_of(serial.o, sizeof(serial.o)),
		.not_before = c->tbs.not_before, .spki = c->tbs.spki };

	if (draft == NULL)
		return err_set(err, ENOMEMORY, "for a certificate");
	TRY(serial_find(u, c, &serial, &ask.partition, err));
	TRY(draft_tbs(&ask, draft, err));
	if (!span_equal(span_blob(draft), span_blob(&c->octets)))
		return err_set(err, EPROOF, "this is not the certificate that "
		    "was approved");
	return 0;
}

/* Written once more from what was decided, and read by who did not write it. */
static int
judge_content(const struct keeper *k, const struct using *u,
    const struct certifying *c, struct err *err)
{
	const struct issuer_path *above = NULL;
	struct lint found;

	TRY(profile_check(c->profile, c->parameters, err));
	if (!ca_is_near(c->tbs.not_before, u->now, c->profile->backdate))
		return err_set(err, EDENIED, "it would begin too far from now");
	TRY(drafts_equal(u, c, err));
	if (c->ca != NULL)
		TRY(ca_record_above(&k->house.keys, c->ca, &above, err));
	TRY(ca_lint(&c->tbs, c->profile,
	    c->ca == NULL ? NULL : c->ca->issuer, above, &found, err));
	return lint_refuse(&found, err);
}

/* What will become of the subject's key must be possible before anything is signed. */
static int
judge_subject(struct keeper *k, const struct certifying *c, struct err *err)
{
	static const unsigned char nothing[8];
	AUTO(blob) *whole = blob_new();

	if (whole == NULL)
		return err_set(err, ENOMEMORY, "for a certificate");
	if (!c->ca_create)
		return 0;
	TRY(ca_subject_check(&k->house.keys, c->subject, c->tbs.subject,
	    json_str(c->parameters, "succeeds", NULL), err));
	if (c->subject == NULL)
		return 0;
	if (c->subject->kind != KIND_CA || c->subject->doomed ||
	    c->subject->state == KEY_COMPROMISED ||
	    c->subject->state == KEY_DEACTIVATED ||
	    c->subject->state == KEY_DESTROYED)
		return err_set(err, ESTATE, "%s is %s, of kind %s",
		    c->subject->name, key_state_name(c->subject->state),
		    class_kind_name(c->subject->kind));
	TRY(seal_assemble(span_blob(&c->octets),
	    hsm_scheme_name(c->key->scheme),
	    span_of(nothing, sizeof(nothing)), whole, err));
	return ca_record_check(&k->house.keys, c->subject, c->parameters,
	    span_blob(whole), err);
}

/*
 * A certificate for a key of this house changes what that key is: later
 * messages wait for it.  All others are made side by side.
 */
static int
certify_ticket(struct keeper *k, struct using *u, const struct certifying *c,
    struct ticket **ret, struct err *err)
{
	struct ticket *t;
	int rc;

	TRY(use_draft(k, u, ENTRY_CERTIFY, c->subject != NULL, &t, err));
	rc = ca_input(c->key, span_blob(&c->octets), t, err);
	t->barrier = c->subject != NULL;
	if (rc == 0 && t->barrier)
		rc = ca_unused(k, u, err);
	if (rc == 0 && t->barrier)
		rc = draft_number(&t->draft, DRAFT_USE, 1, err);
	if (rc == 0 && !t->barrier)
		rc = use_reserve(k, u, &c->what, 1, t, err);
	if (rc == 0 && !t->barrier)
		rc = use_limit(k, u, c->key, t, err);
	if (rc != 0) {
		ticket_abandon(k, t);
		return rc;
	}
	*ret = t;
	return 0;
}

static int
certify(struct keeper *k, struct using *u, struct certifying *c,
    struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	struct ticket *t;
	bool done;

	TRY(read_all(k, u, c, err));
	TRY(use_again(k, u, &c->what, &done, err));
	if (done)
		return 0;
	TRY(find_subject(k, c, err));
	TRY(find_issuer(u, c, err));
	TRY(find_profile(k, c, err));
	TRY(revoked_check(k, c, err));
	TRY(ca_ready(k, u->now, err));
	d.key = c->key;
	TRY(judge(k, u->held, &d, &u->judged, err));
	TRY(judge_content(k, u, c, err));
	TRY(judge_subject(k, c, err));
	TRY(certify_ticket(k, u, c, &t, err));
	ticket_sign(k, t);
	return 0;
}

int
use_certify(struct keeper *k, struct using *u, struct err *err)
{
	struct certifying c = { 0 };
	int rc = certify(k, u, &c, err);

	blob_done(&c.octets);
	return rc;
}

/* Another list than was approved, or none. */
static int
list_find(const struct using *u, struct blob *der, struct err *err)
{
	const char *text = json_str(u->operation, "crl", NULL);
	struct sha256 want, got;

	if ((text != NULL) !=
	    (json_object_get(u->request->parameters, "crl") != NULL))
		return err_set(err, EPROOF, "the list of the system before %s",
		    text != NULL ? "was not approved" : "is missing");
	if (text == NULL)
		return 0;
	TRY(b64_decode(text, der, err));
	got = sha256_of(der->data, der->len);
	TRY(json_need_hash(u->request->parameters, "crl", &want, err));
	return sha256_equal(&want, &got) ? 0 : err_set(err, EPROOF, "another "
	    "list of the system before was approved");
}

/* What is on it will be on ours, so the CA's key must have said so. */
static int
list_check(const struct using *u, const struct tbs *t, struct err *err)
{
	const json_t *p = u->request->parameters;
	struct crl_of of = { .name = t->subject, .spki = t->spki };
	AUTO(blob) *der = blob_new();
	struct crl_info info;
	char number[NUMBER_HEX];

	if (der == NULL)
		return err_set(err, ENOMEMORY, "for a list");
	TRY(list_find(u, der, err));
	if (der->len == 0)
		return 0;
	TRY(tbs_subject_key_id(t, &of.key_id, err));
	TRY(crl_take_other(span_blob(der), &of, NULL, NULL, &info, err));
	TRY(crl_other_check(&info, u->request->created, json_flag(p,
	    "only_list", false), err));
	number_hex(&info.number, number);
	return strcmp(number, json_str(p, "crl_number", "")) == 0 ? 0 :
	    err_set(err, EPROOF, "the list of the system before has number %s",
	    number);
}

/* A CA's certificate that others signed, or that an earlier system made. */
static int
adopt_check(struct keeper *k, const struct using *u, const struct key *key,
    struct blob *der, struct err *err)
{
	const json_t *p = u->request->parameters;
	struct sha256 want, got;
	struct cert c;

	TRY(b64_decode(json_str(u->operation, "content", ""), der, err));
	got = sha256_of(der->data, der->len);
	TRY(json_need_hash(p, "certificate", &want, err));
	if (!sha256_equal(&want, &got))
		return err_set(err, EPROOF, "another certificate was approved");
	TRY(cert_read(der->data, der->len, &c, err));
	got = sha256_of(c.tbs.spki.p, c.tbs.spki.n);
	if (!sha256_equal(&got, &key->hash))
		return err_set(err, EPROOF, "the certificate is not of %s",
		    key->name);
	if (ca_record_find(key, &want) != NULL)
		return err_set(err, EEXISTS, "%s has it already", key->name);
	TRY(list_check(u, &c.tbs, err));
	TRY(ca_record_take_check(&k->house.keys, span_blob(der), u->now, err));
	return ca_record_check(&k->house.keys, key, p, span_blob(der), err);
}

static int
adopt_ticket(struct keeper *k, struct using *u, struct err *err)
{
	AUTO(ticket) *t = NULL;
	AUTO_JSON *result = NULL;

	TRY(json_build(&result, err, "{s:O}", "certificate",
	    json_object_get(u->request->parameters, "certificate")));
	TRY(use_draft(k, u, ENTRY_ADOPT_CA, true, &t, err));
	TRY(draft_json(&t->draft, DRAFT_RESULT, result, err));
	TRY(draft_number(&t->draft, DRAFT_USE, 1, err));
	t->barrier = true;
	ticket_submit(k, TAKE(t));
	return 0;
}

int
use_adopt_ca(struct keeper *k, struct using *u, struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	AUTO(blob) *der = blob_new();
	struct key *key;
	bool done;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "for a certificate");
	TRY(ca_key(k, u, ACTION_CA_IMPORT, &key, err));
	TRY(use_once(k, u, &done, err));
	if (done)
		return 0;
	TRY(adopt_check(k, u, key, der, err));
	d.key = key;
	TRY(judge(k, u->held, &d, &u->judged, err));
	return adopt_ticket(k, u, err);
}
