/*
 * read_cert - authorities and certificates, as the interface shows them.
 */
#include <stdlib.h>
#include <string.h>
#include "cert/elsewhere.h"
#include "flow/certify.h"
#include "flow/inside.h"
#include "flow/law.h"
#include "flow/page.h"
#include "flow/publisher.h"
#include "flow/reader.h"
#include "policy/charter.h"
#include "state/state.h"

static int
cas_read(struct tx *tx, struct paged *p, struct err *err)
{

	return cert_ca_list(tx, json_str(p->query, "state", NULL),
	    p->cursor, p->limit, &p->list,
	    &p->next, err);
}

static int
time_of(const json_t *query, const char *name, time_us *ret, struct err *err)
{
	const char *text = json_str(query, name, NULL);

	return text == NULL || clock_parse(text, ret, NULL) == 0 ? 0 :
	    err_set(err, EINPUT, "/%s: expected a time like "
	    "2026-11-21T08:00:00Z", name);
}

static int
certs_read(struct tx *tx, struct paged *p, struct err *err)
{
	const json_t *q = p->query;
	struct cert_filter f = {
#define TEXT(member) .member = json_str(q, #member, NULL)
		TEXT(subject), TEXT(san), TEXT(serial), TEXT(fingerprint),
		TEXT(device), TEXT(ca), TEXT(profile), TEXT(status), TEXT(batch),
#undef TEXT
	};

	TRY(time_of(q, "expires_after", &f.expires_after, err));
	TRY(time_of(q, "expires_before", &f.expires_before, err));
	return cert_list(tx, &f, p->cursor, p->limit, &p->list,
	    &p->next, err);
}

/* What is looked for in certificates of this house alone is not in others. */
static int
others_check(const json_t *q, struct err *err)
{
	static const char *const ours[] = { "subject", "san", "fingerprint",
		"ca", "profile", "status", "batch" };

	for (size_t i = 0; i < NELEM(ours); i++)
		if (json_object_get(q, ours[i]) != NULL)
			return err_set(err, EINPUT, "/%s: certificates of other "
			    "CAs are found by product, key, serial, device and "
			    "expiry",
			    ours[i]);
	return 0;
}

static int
others_read(struct tx *tx, struct paged *p, struct err *err)
{
	const json_t *q = p->query;
	struct cert_elsewhere_filter f = {
		.product = json_str(q, "product", NULL),
		.spki = json_str(q, "key", NULL),
		.serial = json_str(q, "serial", NULL),
		.device = json_str(q, "device", NULL),
	};

	TRY(others_check(q, err));
	TRY(time_of(q, "expires_after", &f.expires_after, err));
	TRY(time_of(q, "expires_before", &f.expires_before, err));
	return cert_elsewhere_list(tx, &f, p->cursor, p->limit, &p->list,
	    &p->next, err);
}

static int
batches_read(struct tx *tx, struct paged *p, struct err *err)
{

	return cert_batch_list(tx, json_str(p->query, "ca", NULL),
	    json_str(p->query, "requester", NULL),
	    p->cursor, p->limit, &p->list,
	    &p->next, err);
}

int
flow_ca_list(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "cas", cas_read, query, ret, err);
}

int
flow_cert_list(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	bool others = json_flag(query, "elsewhere", false);

	if (!others && (json_object_get(query, "product") != NULL ||
	    json_object_get(query, "key") != NULL))
		return err_set(err, EINPUT, "/elsewhere: product and key are "
		    "looked for in certificates of other CAs");
	return list_with(f, "certificates", others ? others_read :
	    certs_read, query, ret, err);
}

int
flow_batch_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "batches", batches_read, query, ret, err);
}

/* ---- one ---- */

struct ca_shown {
	const char	*name;
	struct cert_ca	*ca;
	struct blob	 chain;
	char		 successor[CERT_NAME];
	uint64_t	 listed;
	json_t		*certificates;	/* owned */
};

static int
ca_read_chain(struct tx *tx, void *ctx, struct err *err)
{
	struct ca_shown *s = ctx;

	TRY(cert_ca_get(tx, s->name, &s->ca, err));
	TRY(cert_ca_successor(tx, s->name, s->successor, err));
	TRY(cert_listed_count(tx, s->name, &s->listed, err));
	TRY(cert_ca_certificates(tx, s->name, &s->certificates, err));
	return cert_chain(tx, s->name, &s->chain, err);
}

/*
 * From when on a certificate by this profile would end before it should, or at
 * once: its own end is its last day; 0: it never was in full.
 */
static time_us
last_day(const struct profile *p, time_us end)
{
	if (p->lasts == 0)
		return p->until <= end ? p->until : 0;
	return end - p->lasts + p->backdate + TIME_S(1);
}

/* Until when this certificate issues what each profile lets it, in full. */
static int
useful_set(const struct law *law, const struct cert_ca *ca,
    json_t *certificate, struct err *err)
{
	json_t *all = json_object_get(charter_json(law->charter), "profiles");
	AUTO_JSON *days = json_object();
	const char *name;
	json_t *doc;
	time_us end, day;

	TRY(clock_parse(json_str(certificate, "not_after", ""), &end, err));
	json_object_foreach(all, name, doc) {
		AUTO(profile) *p = NULL;
		bool issues;

		TRY(profile_read(name, doc, &p, err));
		TRY(ca_issues(ca, p, &issues, err));
		day = issues ? last_day(p, end) : 0;
		if (day > 0)
			TRY(json_set_time(days, name, day, err));
	}
	return json_set_new(certificate, "issues_until", TAKE(days), err);
}

/* How many authorities may stand below it (RFC 5280, 4.2.1.9). */
static int
path_length_set(const struct cert_ca *ca, json_t *shown, struct err *err)
{
	AUTO(issuer) *i = NULL;

	TRY(issuer_read(span_blob(&ca->der), NULL, 1, &i, err));
	return i->path_length < 0 ? 0 : json_set_int(shown, "path_length",
	    i->path_length, err);
}

static int
ca_shown_json(struct state *state, const struct ca_shown *s, json_t **ret,
    struct err *err)
{
	AUTO_JSON *shown = NULL;
	AUTO(law) *law = NULL;
	json_t *one;
	size_t i;

	TRY(state_law(state, &law, err));
	TRY(cert_ca_json(s->ca, &shown, err));
	TRY(path_length_set(s->ca, shown, err));
	if (s->listed > 0)
		TRY(json_set_int(shown, "revoked_before", (int64_t)s->listed,
		    err));
	json_array_foreach(s->certificates, i, one) {
		TRY(useful_set(law, s->ca, one, err));
		TRY(json_set_new(one, "current", json_boolean(i == 0), err));
	}
	TRY(json_set_new(shown, "certificates", json_incref(s->certificates),
	    err));
	TRY(json_set_str(shown, "chain", blob_str(&s->chain), err));
	if (s->successor[0] != '\0')
		TRY(json_set_str(shown, "successor", s->successor, err));
	*ret = TAKE(shown);
	return 0;
}

int
ca_describe(struct state *state, const char *name, json_t **ret,
    struct err *err)
{
	struct ca_shown s = { .name = name };
	int rc = state_read(state, ca_read_chain, &s, err);

	if (rc == 0)
		rc = ca_shown_json(state, &s, ret, err);
	cert_ca_free(s.ca);
	blob_done(&s.chain);
	json_decref(s.certificates);
	return rc;
}

/* Others' people see no CA that they were not given. */
static int
may_see(struct flow *f, const struct caller *who, struct err *err)
{
	bool may = who->party[0] == '\0';

	if (!may)
		TRY(flow_reads(f, who, &may, err));
	return may ? 0 : err_set(err, EDENIED, "%s may not read certificates",
	    who->id);
}

int
flow_ca_show(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	AUTO_JSON *lists = NULL, *shown = NULL;

	TRY(may_see(f, who, err));
	TRY(watch_lists(f->publisher, subject, &lists, err));
	TRY(ca_describe(f->state, subject, &shown, err));
	TRY(json_set_new(shown, "lists", TAKE(lists), err));
	*ret = TAKE(shown);
	return 0;
}

struct other {
	const char	*print;
	json_t		*doc;
};

static int
other_read(struct tx *tx, void *ctx, struct err *err)
{
	struct other *o = ctx;

	return cert_elsewhere_get(tx, o->print, &o->doc, err);
}

int
flow_cert_show(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	struct other o = { subject, NULL };

	TRY(may_see(f, who, err));
	if (strncmp(subject, "crt_", 4) == 0)
		return issued_answer(f, NULL, subject, ret, err);
	TRY(state_read(f->state, other_read, &o, err));
	*ret = o.doc;
	return 0;
}

struct batch_shown {
	const char	*id;
	json_t		*doc;
};

static int
batch_read(struct tx *tx, void *ctx, struct err *err)
{
	struct batch_shown *s = ctx;

	return cert_batch_show(tx, s->id, &s->doc, err);
}

/* Its requester, and who may read. */
int
flow_batch_show(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	struct batch_shown s = { subject, NULL };
	AUTO_JSON *doc = NULL;

	TRY(state_read(f->state, batch_read, &s, err));
	doc = s.doc;
	if (strcmp(json_str(doc, "requester", ""), who->id) != 0)
		TRY(may_see(f, who, err));
	*ret = TAKE(doc);
	return 0;
}
