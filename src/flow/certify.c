/*
 * certify - a certificate made here, octet for octet as the keeper will make
 * it again, and signed there.
 */
#include <stdio.h>
#include <string.h>
#include "base/b64.h"
#include "ca/lint.h"
#include "ca/name.h"
#include "flow/certify.h"

/* Those that there are, as many as a sentence holds. */
static void
profile_names(const struct law *law, char *ret, size_t room)
{
	size_t at = 0, n;

	ret[0] = '\0';
	for (size_t i = 0; i < law->profile_n; i++) {
		const char *name = law->profiles[i]->name;

		n = strlen(name) + 2;
		if (at + n + sizeof(", ...") > room) {
			memcpy(ret + at, ", ...", sizeof(", ..."));
			return;
		}
		at += (size_t)snprintf(ret + at, room - at, "%s%s", i > 0 ?
		    ", " : "", name);
	}
}

int
profile_named(const struct law *law, const char *name,
    const struct profile **ret, struct err *err)
{
	char names[128];

	if ((*ret = law_profile(law, name)) != NULL)
		return 0;
	profile_names(law, names, sizeof(names));
	return err_set(err, EINPUT, "/profile: the charter has no profile "
	    "\"%.64s\"; it has %s", name, names[0] != '\0' ? names : "none");
}

struct ca_asked {
	const char	*name;
	struct cert_ca	*ca;
};

static int
ca_read(struct tx *tx, void *ctx, struct err *err)
{
	struct ca_asked *a = ctx;

	return cert_ca_get(tx, a->name, &a->ca, err);
}

int
ca_named(struct flow *f, const char *name, struct cert_ca **ret,
    struct err *err)
{
	struct ca_asked a = { name, NULL };

	TRY(state_read(f->state, ca_read, &a, err));
	*ret = a.ca;
	return 0;
}

static int
issuing_read(struct tx *tx, void *ctx, struct err *err)
{
	struct ca_asked *a = ctx;
	char next[CERT_NAME];

	TRY(cert_ca_successor(tx, a->name, next, err));
	return cert_ca_get(tx, next[0] != '\0' ? next : a->name, &a->ca, err);
}

int
ca_issuing(struct flow *f, const char *name, struct cert_ca **ret,
    struct err *err)
{
	struct ca_asked a = { name, NULL };

	TRY(state_read(f->state, issuing_read, &a, err));
	*ret = a.ca;
	return 0;
}

int
asked_wrongly(int rc, struct err *err)
{
	if ((rc == -EDENIED || rc == -EPROOF) && err != NULL)
		err->code = EINPUT;
	return rc == -EDENIED || rc == -EPROOF ? -(int)EINPUT : rc;
}

/* ---- the device ---- */

static int
device_take(const char *serial, char ret[CERT_DEVICE], struct err *err)
{
	if (ret[0] != '\0' && strcmp(ret, serial) != 0)
		return err_set(err, EINPUT, "the request's subject names two "
		    "devices, %.64s and %.64s", ret, serial);
	TRY(profile_check_device(serial, err));
	memcpy(ret, serial, strlen(serial) + 1);
	return 0;
}

int
device_of(const struct profile *p, const struct csr *csr,
    char ret[CERT_DEVICE], struct err *err)
{
	const char *serial;

	ret[0] = '\0';
	if (p->device == DEVICE_NONE)
		return 0;
	for (size_t i = 0; i < p->subject_n; i++) {
		if (p->subject[i].from != FROM_DEVICE)
			continue;
		serial = name_get(csr_subject(csr), p->subject[i].attribute);
		if (serial != NULL)
			TRY(device_take(serial, ret, err));
	}
	if (ret[0] == '\0' && p->device == DEVICE_REQUIRED)
		return err_set(err, EINPUT, "the request's subject names no "
		    "device: profile %s has it in the subject (see csrattrs)",
		    p->name);
	return 0;
}

/* ---- drafting ---- */

struct drafting {
	const struct certifying *c;
	const struct profile *profile;
	struct cert_ca	*ca;		/* owned; NULL: a root */
	struct issuer	*issuer;	/* owned; NULL: the same */
	struct issuer	*over[ISSUER_ABOVE];	/* owned: the CAs above it */
	struct issuer_path above;	/* borrows them */
	struct serial	 serial;
	unsigned	 partition;
	struct blob	 tbs;
};

static void
drafting_done(struct drafting *d)
{
	cert_ca_free(d->ca);
	issuer_free(d->issuer);
	for (size_t i = 0; i < d->above.n; i++)
		issuer_free(d->over[i]);
	blob_done(&d->tbs);
}

/* What nobody believes any more; but of what it issued somebody tells still. */
static int
standing_check(const struct drafting *d, struct tx *tx,
    const struct cert_ca *ca, struct err *err)
{
	struct cert_row row;
	bool there;

	if (d->profile->kind == PROFILE_OCSP_RESPONDER)
		return 0;
	TRY(cert_ca_revoked(tx, ca, &row, &there, err));
	return !there ? 0 : err_set(err, ECONFLICT, "certificate %s of the "
	    "authority %s is %s: nothing is issued by it, nor below it",
	    row.id, ca->name, row.status == CERT_HELD ? "on hold" : "revoked");
}

/* By the names that the ledger has of who signed whom; of an authority that
 * was taken in from elsewhere there is none, and the keeper looks further. */
static int
path_read(struct tx *tx, void *ctx, struct err *err)
{
	struct drafting *d = ctx;
	char at[CERT_NAME];
	size_t n;

	TRY(cert_ca_get(tx, d->c->issuer, &d->ca, err));
	TRY(standing_check(d, tx, d->ca, err));
	memcpy(at, d->ca->issuer, sizeof(at));
	while (at[0] != '\0') {
		AUTO(cert_ca) *up = NULL;

		if ((n = d->above.n) == ISSUER_ABOVE)
			return err_set(err, ETOOBIG, "more than %d authorities "
			    "above %s", ISSUER_ABOVE, d->ca->name);
		TRY(cert_ca_get(tx, at, &up, err));
		TRY(standing_check(d, tx, up, err));
		TRY(issuer_read(span_blob(&up->der), NULL, 1, &d->over[n],
		    err));
		d->above.at[n] = d->over[n];
		d->above.n++;
		memcpy(at, up->issuer, sizeof(at));
	}
	return 0;
}

static int
issuer_find(struct drafting *d, struct err *err)
{
	const struct certifying *c = d->c;

	if (c->issuer == NULL)
		return 0;
	TRY(state_read(c->flow->state, path_read, d, err));
	/* Somebody answers for what it issued for as long as that lasts. */
	if (!d->ca->active && d->profile->kind != PROFILE_OCSP_RESPONDER)
		return err_set(err, ECONFLICT, "%s is retired and issues no "
		    "more", d->ca->name);
	TRY(issuer_read(span_blob(&d->ca->der), d->ca->urls, d->ca->partitions,
	    &d->issuer, err));
	if (issuer_is_root(d->issuer))
		TRY(profile_root_check(d->profile, err));
	d->partition = serial_partition(&d->serial, d->ca->partitions);
	return 0;
}

/* As far back as the profile says, but not to before the CA itself. */
static time_us
begin_of(const struct drafting *d)
{
	time_us t = clock_now() - d->profile->backdate;

	if (d->issuer != NULL && t < d->issuer->not_before)
		t = d->issuer->not_before;
	return t - t % TIME_S(1);
}

static int
lint(const struct drafting *d, struct err *err)
{
	struct lint found;
	struct tbs t;

	TRY(tbs_read(d->tbs.data, d->tbs.len, &t, err));
	TRY(ca_lint(&t, d->profile, d->issuer, &d->above, &found, err));
	return lint_refuse(&found, err);
}

static int
draft(struct drafting *d, struct err *err)
{
	const struct certifying *c = d->c;
	struct draft_ask ask = { .parameters = c->parameters,
	    .scheme = c->key->scheme, .spki = c->spki };

	TRY(serial_of(c->house, c->request, c->parameters, &d->serial, err));
	TRY(profile_named(c->law, json_str(c->parameters, "profile", ""),
	    &d->profile, err));
	TRY(issuer_find(d, err));
	ask.profile = d->profile;
	ask.issuer = d->issuer;
	ask.serial = span_of(d->serial.o, sizeof(d->serial.o));
	ask.not_before = begin_of(d);
	ask.partition = d->partition;
	TRY(draft_tbs(&ask, &d->tbs, err));
	return lint(d, err);
}

int
certify_try(const struct certifying *c, struct err *err)
{
	struct drafting d = { .c = c };
	int rc = draft(&d, err);

	drafting_done(&d);
	return asked_wrongly(rc, err);
}

/* ---- signing ---- */

static int
operation_make(const struct granted *g, const struct drafting *d,
    json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	char issuer[SHA256_HEX] = "";

	if (d->ca != NULL)
		sha256_hex(&d->ca->fingerprint, issuer);
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:s, s:I}", "op", "certify",
	    "key", g->key, "principal", g->principal, "issuer", issuer,
	    "partition", (json_int_t)d->partition));
	TRY(json_set_b64(o, "content", d->tbs.data, d->tbs.len, err));
	*ret = TAKE(o);
	return 0;
}

int
certify_operation(const struct granted *g, struct span spki,
    const char *issuer, json_t **ret, struct err *err)
{
	AUTO(law) *law = NULL;
	AUTO(key) *key = NULL;
	struct certifying c = { .flow = g->flow, .house = json_str(g->request,
	    "house", ""), .request = g->request_id,
	    .parameters = g->parameters, .issuer = issuer, .spki = spki };
	struct drafting d = { .c = &c };
	int rc;

	TRY(state_law(g->flow->state, &law, err));
	TRY(state_key(g->flow->state, g->key, &key, err));
	c.law = law;
	c.key = key;
	rc = asked_wrongly(draft(&d, err), err);
	if (rc == 0)
		rc = operation_make(g, &d, ret, err);
	drafting_done(&d);
	return rc;
}

int
certify(const struct granted *g, struct span spki, const char *issuer,
    json_t **ret_entry, struct err *err)
{
	json_t *operation;

	TRY(certify_operation(g, spki, issuer, &operation, err));
	return keeper_use(g, operation, ret_entry, err);
}

/* ---- answering ---- */

struct shown {
	const char	*id;
	json_t		*doc;
};

static int
show(struct tx *tx, void *ctx, struct err *err)
{
	struct shown *s = ctx;

	return cert_show(tx, s->id, &s->doc, err);
}

int
issued_answer(struct flow *f, const char *request, const char *id,
    json_t **ret, struct err *err)
{
	struct shown s = { id, NULL };
	AUTO_JSON *doc = NULL;

	TRY(state_read(f->state, show, &s, err));
	doc = s.doc;
	TRY(json_set_str(doc, "state", "done", err));
	if (request != NULL)
		TRY(json_set_str(doc, "request", request, err));
	*ret = TAKE(doc);
	return 0;
}

struct event_asked {
	uint64_t	 seq;
	json_t		*event;
};

static int
event_read_seq(struct tx *tx, void *ctx, struct err *err)
{
	struct event_asked *e = ctx;

	return record_event(tx, e->seq, &e->event, err);
}

int
entry_certificate(const json_t *entry, char ret[ID_TEXT], struct err *err)
{
	AUTO(blob) *der = blob_new();
	time_us time;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(state_certificate(entry, der, err));
	TRY(clock_parse(json_str(entry, "time", ""), &time, err));
	cert_id(span_blob(der), time, ret);
	return 0;
}

int
event_at(struct flow *f, uint64_t seq, json_t **ret, struct err *err)
{
	struct event_asked e = { seq, NULL };

	TRY(state_read(f->state, event_read_seq, &e, err));
	*ret = e.event;
	return 0;
}

int
result_entry(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	AUTO_JSON *event = NULL;

	TRY(event_at(f, a->result_seq, &event, err));
	*ret = json_incref(json_object_get(json_object_get(event, "data"),
	    "entry"));
	return 0;
}

int
result_certificate(struct flow *f, const struct asked *a, char ret[ID_TEXT],
    struct err *err)
{
	AUTO_JSON *entry = NULL;

	TRY(result_entry(f, a, &entry, err));
	return entry_certificate(entry, ret, err);
}
