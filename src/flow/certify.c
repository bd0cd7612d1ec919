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
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/lineage.h"
#include "flow/making.h"
#include "flow/stage.h"
#include "state/record.h"

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
ca_issues(const struct cert_ca *ca, const struct profile *p, bool *ret,
    struct err *err)
{
	AUTO(issuer) *i = NULL;
	struct err none;

	TRY(issuer_read(span_blob(&ca->der), NULL, 1, &i, err));
	*ret = p->kind != PROFILE_ROOT &&
	    (!profile_is_ca(p) || i->path_length != 0) &&
	    (!issuer_is_root(i) || profile_root_check(p, &none) == 0) &&
	    profile_urls_check(p, ca->urls, &none) == 0;
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
	struct lineage	*line;		/* owned; NULL: a root signs itself */
	struct serial	 serial;
	unsigned	 partition;
	struct blob	 tbs;
};

static void
drafting_done(struct drafting *d)
{
	lineage_free(d->line);
	blob_done(&d->tbs);
}

static const struct issuer *
issuer_of(const struct drafting *d)
{
	return d->line != NULL ? d->line->issuer : NULL;
}

/* What nobody believes any more, or is retired, issues nothing; but of what it
 * issued somebody tells still, for as long as that lasts. */
static int
standing_check(const struct drafting *d, struct err *err)
{
	if (d->profile->kind == PROFILE_OCSP_RESPONDER)
		return 0;
	if (d->line->fallen.code != OK) {
		*err = d->line->fallen;
		return -(int)d->line->fallen.code;
	}
	return d->line->ca->active ? 0 : err_set(err, ECONFLICT, "%s is "
	    "retired and issues no more", d->line->ca->name);
}

static int
issuer_find(struct drafting *d, struct err *err)
{
	const struct certifying *c = d->c;

	if (c->line != NULL)
		d->line = lineage_ref(c->line);
	else if (c->issuer != NULL)
		TRY(lineage_of(c->flow, c->issuer, &d->line, err));
	if (d->line == NULL)
		return 0;
	TRY(standing_check(d, err));
	if (issuer_is_root(d->line->issuer))
		TRY(profile_root_check(d->profile, err));
	d->partition = serial_partition(&d->serial, d->line->ca->partitions);
	return 0;
}

/* As far back as the profile says, but not to before the CA itself. */
static time_us
begin_of(const struct drafting *d)
{
	time_us t = clock_now() - d->profile->backdate;

	if (d->line != NULL && t < d->line->issuer->not_before)
		t = d->line->issuer->not_before;
	return t - t % TIME_S(1);
}

static int
lint(const struct drafting *d, struct err *err)
{
	static const struct issuer_path none;
	struct lint found;
	struct tbs t;

	TRY(tbs_read(d->tbs.data, d->tbs.len, &t, err));
	TRY(ca_lint(&t, d->profile, issuer_of(d), d->line != NULL ?
	    &d->line->above : &none, &found, err));
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
	ask.issuer = issuer_of(d);
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

	if (d->line != NULL)
		sha256_hex(&d->line->ca->fingerprint, issuer);
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:s, s:I}", "op", "certify",
	    "key", g->key, "principal", g->principal, "issuer", issuer,
	    "partition", (json_int_t)d->partition));
	TRY(json_set_b64(o, "content", d->tbs.data, d->tbs.len, err));
	*ret = TAKE(o);
	return 0;
}

int
certify_operation(const struct granted *g, struct span spki,
    struct lineage *line, json_t **ret, struct err *err)
{
	AUTO(law) *law = NULL;
	AUTO(key) *key = NULL;
	struct certifying c = { .flow = g->flow, .house = json_str(g->request,
	    "house", ""), .request = g->request_id,
	    .parameters = g->parameters, .line = line, .spki = spki };
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
	AUTO(lineage) *line = NULL;
	json_t *operation;

	if (issuer != NULL)
		TRY(lineage_of(g->flow, issuer, &line, err));
	TRY(certify_operation(g, spki, line, &operation, err));
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

static int
answer_mark(json_t *doc, const char *request, struct err *err)
{
	TRY(json_set_str(doc, "state", "done", err));
	return request == NULL ? 0 : json_set_str(doc, "request", request,
	    err);
}

int
issued_answer(struct flow *f, const char *request, const char *id,
    json_t **ret, struct err *err)
{
	struct shown s = { id, NULL };
	AUTO_JSON *doc = NULL;

	TRY(state_read(f->state, show, &s, err));
	doc = s.doc;
	TRY(answer_mark(doc, request, err));
	*ret = TAKE(doc);
	return 0;
}

int
made_answer(const struct making *m, json_t **ret, struct err *err)
{
	const struct granted *g = m->granted;
	AUTO(blob) *der = blob_new();
	AUTO_JSON *doc = NULL;
	struct issued i = { .entry = m->entry, .parameters = g->parameters,
	    .ca = m->line->ca->name, .request = g->request_id,
	    .seq = m->receipt.seq };
	struct cert_made made;

	if (der == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(state_certificate(m->entry, der, err));
	i.der = span_blob(der);
	TRY(state_issued(&i, &made, err));
	TRY(cert_made_show(&made, blob_str(&m->line->chain), &doc, err));
	TRY(answer_mark(doc, g->request_id, err));
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
