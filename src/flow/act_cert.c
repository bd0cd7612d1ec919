/*
 * act_cert - cert.issue: one certificate for one request, whoever asks twice.
 */
#include <stdio.h>
#include <string.h>
#include "base/b64.h"
#include "flow/certify.h"
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/holder.h"
#include "flow/inside.h"
#include "flow/lineage.h"
#include "flow/making.h"
#include "flow/rework.h"
#include "flow/stage.h"

/* ---- what was asked ---- */

/* Of a batch nobody says for each row which device it is: its subject does. */
static int
device_ask(const struct profile *p, const struct csr *csr, json_t *asked,
    struct err *err)
{
	char device[CERT_DEVICE];

	TRY(device_of(p, csr, device, err));
	return device[0] == '\0' ? 0 : json_set_str(asked, "device", device,
	    err);
}

/* What the profile makes of request and asker. */
static int
names_draw(const struct begun *b, const struct profile *p,
    const struct csr *csr, json_t *ret, struct err *err)
{
	static const char *const names[] = { "subject", "san", "device" };
	AUTO_JSON *asked = json_object(), *drawn = NULL;

	if (asked == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(members_copy(b->ask->body, names, NELEM(names), asked, err));
	if (json_object_get(b->ask->body, "batch") != NULL &&
	    json_object_get(asked, "device") == NULL)
		TRY(device_ask(p, csr, asked, err));
	TRY(asked_wrongly(profile_draw(p, csr, asked, &drawn, err), err));
	return members_copy(drawn, names, NELEM(names), ret, err);
}

static int
csr_draw(const struct begun *b, const struct csr *csr, struct drawn *ret,
    struct err *err)
{
	const struct profile *p;

	TRY(profile_named(b->law, json_str(b->ask->body, "profile", ""), &p,
	    err));
	if (!profile_allows_key(p, csr_algorithm(csr)))
		return err_set(err, EINPUT, "/csr: profile %s, /keys: takes no %s key",
		    p->name, csr_algorithm(csr));
	TRY(csr_hashes(csr, ret->parameters, err));
	return names_draw(b, p, csr, ret->parameters, err);
}

/* ---- what is there already ---- */

#define OTHERS	16	/* authorities of which a device has valid certificates by one profile */

struct there {
	const json_t	*p;
	struct making	*m;		/* gets the CA's lineage, too; or NULL */
	struct cert_row	 row;
	bool		 there;
	bool		 given;		/* row: the batch has given it to this request */
	struct holder	 holder;	/* who else has the key */
	char		 held[ID_TEXT];	/* the device's, on hold; of any authority */
	char		 before[ID_TEXT];	/* for this request, by an authority that the CA followed */
	/* What it has of other authorities for another key, and that is valid. */
	char		 other[OTHERS][CERT_PLACE];
	unsigned	 others;
};

static int
given_read(struct tx *tx, struct there *t, struct err *err)
{
	const char *batch = json_str(t->p, "batch", NULL);
	struct sha256 csr;

	if (batch == NULL)
		return 0;
	TRY(json_need_hash(t->p, "csr", &csr, err));
	TRY(cert_of_batch(tx, batch, &csr, &t->row, &t->given, err));
	if (t->given && strcmp(json_str(t->p, "device", ""),
	    t->row.device) != 0)
		return err_set(err, ECONFLICT, "/csr: the batch has a "
		    "certificate of this request for %s", t->row.device[0] !=
		    '\0' ? t->row.device : "no device");
	return 0;
}

static bool
is_of(const json_t *p, const struct cert_row *row)
{
	struct sha256 csr;

	return json_need_hash(p, "csr", &csr, NULL) == 0 &&
	    sha256_equal(&csr, &row->csr);
}

/* Of this authority, or of another: with the key it asks for now, it may have
 * both; with another it would be two devices that both are this one. */
static int
look(void *ctx, const struct cert_row *row, struct err *err)
{
	struct there *t = ctx;
	struct sha256 spki;
	time_us now = clock_now();

	if (row->status == CERT_HELD && row->not_after >= now)
		memcpy(t->held, row->id, sizeof(t->held));
	if (strcmp(row->ca, json_str(t->p, "ca", "")) == 0) {
		t->row = *row;
		t->there = true;
		return 0;
	}
	TRY(json_need_hash(t->p, "spki", &spki, err));
	if (!cert_valid(row, now) || sha256_equal(&spki, &row->spki))
		return 0;
	if (t->others == OTHERS)
		return err_set(err, ECONFLICT, "device %s has valid certificates "
		    "of more than %d authorities: revoke some first", row->device,
		    OTHERS);
	cert_place(row, t->other[t->others++]);
	return 0;
}

/* Of those that the CA followed. */
static int
line_read(struct tx *tx, struct there *t, const char *device, struct err *err)
{
	const char *profile = json_str(t->p, "profile", "");
	char at[CERT_NAME];
	struct cert_row row;
	bool there;

	TRY(cert_ca_before(tx, json_str(t->p, "ca", ""), at, err));
	for (unsigned i = 0; i < CERT_CHAIN && at[0] != '\0'; i++) {
		TRY(cert_newest(tx, at, profile, device, &row, &there, err));
		if (there && cert_valid(&row, clock_now()) && is_of(t->p, &row))
			memcpy(t->before, row.id, sizeof(t->before));
		TRY(cert_ca_before(tx, at, at, err));
	}
	return 0;
}

static int
there_read(struct tx *tx, void *ctx, struct err *err)
{
	struct there *t = ctx;
	const char *device = json_str(t->p, "device", NULL);

	if (t->m != NULL)
		TRY(lineage_in(t->m->granted->flow, tx, json_str(t->p, "ca",
		    ""), &t->m->line, err));
	TRY(given_read(tx, t, err));
	if (t->given)
		return 0;
	TRY(holder_find(tx, t->p, &t->holder, err));
	if (device == NULL)
		return 0;
	TRY(cert_of_device(tx, device, json_str(t->p, "profile", ""), look, t,
	    err));
	return line_read(tx, t, device, err);
}

static bool
is_same(const struct there *t)
{
	return t->given || is_of(t->p, &t->row);
}

/* The device anew, in place of what it has; what that is of other authorities,
 * is said: people agree to it, and replay ends just that. */
static int
reissue_draw(const struct there *t, json_t *ret, struct err *err)
{
	json_t *places;

	TRY(json_set_new(ret, "reissue", json_true(), err));
	if (t->others == 0)
		return 0;
	TRY(json_set_new(ret, "replaces", places = json_array(), err));
	for (unsigned i = 0; i < t->others; i++)
		if (json_array_append_new(places, json_string(t->other[i])) !=
		    0)
			return err_set(err, ENOMEMORY, "what it replaces");
	return 0;
}

/* The same request again, or the device anew: decided before anybody is asked. */
static int
device_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	struct there t = { .p = ret->parameters };
	bool valid;

	TRY(state_read(b->flow->state, there_read, &t, err));
	valid = t.given || (t.there && cert_valid(&t.row, b->now));
	if (valid && is_same(&t))
		return issued_answer(b->flow, NULL, t.row.id, &ret->known, err);
	/* Whoever names the one before means what that one gave. */
	if (!valid && t.before[0] != '\0' && strcmp(b->ask->subject,
	    json_str(ret->parameters, "ca", "")) != 0)
		return issued_answer(b->flow, NULL, t.before, &ret->known, err);
	return !valid && t.others == 0 ? 0 : reissue_draw(&t, ret->parameters,
	    err);
}

/* By a request of its holder. */
static int
holder_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	AUTO(csr) *csr = NULL;

	TRY(csr_given(json_str(b->ask->body, "csr", ""), &csr, err));
	TRY(known_draw(b, csr_spki(csr), ret, err));
	TRY(csr_draw(b, csr, ret, err));
	return csr_propose(csr, ret, err);
}

/* For a key of the inventory: that the house has it needs no proof. */
static int
house_draw(const struct begun *b, const char *name, struct drawn *ret,
    struct err *err)
{
	const struct profile *p;
	AUTO(key) *own = NULL;

	TRY(state_key(b->flow->state, name, &own, err));
	TRY(profile_named(b->law, json_str(b->ask->body, "profile", ""), &p,
	    err));
	if (own->state == KEY_COMPROMISED || own->state == KEY_DESTROYED)
		return err_set(err, EINPUT, "/key: %s is %s", own->name,
		    key_state_name(own->state));
	if (own->spki == NULL || !profile_allows_key(p, own->algorithm))
		return err_set(err, EINPUT, "/key: profile %s, /keys: takes no %s key",
		    p->name, own->algorithm);
	TRY(json_set_str(ret->parameters, "spki", own->hash, err));
	return names_draw(b, p, NULL, ret->parameters, err);
}

static int
issue_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const plain[] = { "batch", "note" };
	const json_t *body = b->ask->body;
	const char *own = json_str(body, "key", NULL);
	bool exact = own != NULL || json_object_get(body, "batch") != NULL;
	AUTO(cert_ca) *ca = NULL;

	/* A responder's certificate is its own authority's, whoever succeeds it;
	 * a batch is of one from its beginning to its end. */
	TRY(exact ? ca_named(b->flow, b->ask->subject, &ca, err) :
	    ca_issuing(b->flow, b->ask->subject, &ca, err));
	TRY(state_key(b->flow->state, ca->key, &ret->key, err));
	TRY(json_build(&ret->parameters, err, "{s:s, s:s, s:s, s:s}",
	    "key", ret->key->hash, "key_name", ret->key->name, "ca", ca->name,
	    "profile", json_str(body, "profile", "")));
	TRY(own != NULL ? house_draw(b, own, ret, err) :
	    holder_draw(b, ret, err));
	TRY(members_copy(body, plain, NELEM(plain), ret->parameters, err));
	TRY(time_copy(body, "not_after", ret->parameters, err));
	return device_draw(b, ret, err);
}

/* ---- what is refused ---- */

/* Of a key that somebody else has it never can be made, so nobody waits for it. */
static int
free_check(const struct granted *g, const struct there *t, struct err *err)
{
	int rc = holder_check(&t->holder, key_place(t->p), err);

	if (rc == 0 || !g->was_open || t->holder.compromised[0] == '\0')
		return rc;
	err->code = EDENIED;
	return -(int)EDENIED;
}

/* To put one on hold is to let the device wait, not to let it have another. */
static int
hold_check(const struct there *t, struct err *err)
{
	if (t->held[0] == '\0')
		return 0;
	return err_set(err, ECONFLICT, "certificate %s of device %s is on hold: "
	    "release or revoke it first", t->held, json_str(t->p, "device",
	    ""));
}

/* The certificate as it would be, without the keeper. */
static int
rehearse(const struct drawn *d, struct err *err)
{
	const struct begun *b = d->begun;
	AUTO(blob) *spki = blob_new();
	struct there t = { .p = d->parameters };
	struct certifying c = { .flow = b->flow, .law = b->law,
	    .house = b->house->id, .request = b->id,
	    .parameters = d->parameters, .key = d->key,
	    .issuer = json_str(d->parameters, "ca", "") };

	if (spki == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(state_read(b->flow->state, there_read, &t, err));
	TRY(hold_check(&t, err));
	TRY(holder_check(&t.holder, key_place(t.p), err));
	TRY(certified_key(b->flow, d->parameters, d->proposal, spki, err));
	c.spki = span_blob(spki);
	return certify_try(&c, err);
}

/* People are asked only about what can be made; where nobody is, making it tells. */
static int
issue_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	if (!key_state_may_protect(d->key->state))
		return err_set(err, ESTATE, "key %s of %s is %s", d->key->name,
		    json_str(d->parameters, "ca", ""),
		    key_state_name(d->key->state));
	TRY(certified_fit(d->begun->flow, d->begun->law, d->parameters, err));
	TRY(rework_fit(d, rule, err));
	if (rule != NULL && rule->approvals_n == 0 &&
	    !json_flag(d->begun->ask->body, "prepare", false))
		return 0;
	return rehearse(d, err);
}

/* ---- doing it ---- */

/* Two devices that show one key at once must not both find it free; and what a
 * device has now is what it has at the commit. */
static int
hold(struct making *m, const json_t *p, struct err *err)
{
	const char *device = json_str(p, "device", NULL);
	char what[MAKING_HOLD];

	snprintf(what, sizeof(what), "spki %s", json_str(p, "spki", ""));
	TRY(making_hold(m, what, err));
	if (device == NULL)
		return 0;
	snprintf(what, sizeof(what), "cert %s %s", json_str(p, "profile", ""),
	    device);
	return making_hold(m, what, err);
}

/* Is all that it has of other authorities what was agreed to? */
static bool
others_said(const struct there *t)
{
	const json_t *said = json_object_get(t->p, "replaces"), *one;
	unsigned found = 0;
	size_t at;

	for (unsigned i = 0; i < t->others; i++)
		json_array_foreach(said, at, one)
			found += strcmp(json_string_value(one), t->other[i]) ==
			    0;
	return found == t->others;
}

/* The device's certificates that this one is in place of. */
static int
replace(struct making *m, const struct there *t, struct err *err)
{
	bool valid = t->there && cert_valid(&t->row, clock_now());

	if (!valid && t->others == 0)
		return 0;
	if (!json_flag(t->p, "reissue", false) || !others_said(t))
		return err_set(err, ECONFLICT, "device %s got a certificate "
		    "meanwhile; ask again", json_str(t->p, "device", ""));
	TRY(rework_hold(m, err));
	if (valid)
		number_hex(&t->row.serial, m->replaces);
	return 0;
}

static int
issue_operation(struct making *m, json_t **ret, struct err *err)
{
	const struct granted *g = m->granted;
	struct there t = { .p = g->parameters, .m = m };
	AUTO(blob) *spki = blob_new();

	if (spki == NULL)
		return err_set(err, ENOMEMORY, "a certificate");
	TRY(certified_key(g->flow, g->parameters, g->proposal, spki, err));
	TRY(hold(m, g->parameters, err));
	TRY(state_read(g->flow->state, there_read, &t, err));
	if (t.given || (t.there && cert_valid(&t.row, clock_now()) &&
	    is_same(&t)))
		return issued_answer(g->flow, g->request_id, t.row.id,
		    &m->known, err);
	TRY(hold_check(&t, err));
	TRY(free_check(g, &t, err));
	TRY(replace(m, &t, err));
	return certify_operation(g, span_blob(spki), m->line, ret, err);
}

static int
issue_event(const struct making *m, const char *idempotency,
    json_t **ret_data, struct event *ret, struct err *err)
{
	const struct granted *g = m->granted;

	TRY(json_build(ret_data, err, "{s:s, s:s*, s:s*, s:O*, s:s*, s:O*}",
	    "request", g->request_id, "csr", json_str(g->parameters, "csr",
	    NULL), "replaces", m->replaces[0] != '\0' ? m->replaces : NULL,
	    "others", json_object_get(g->parameters, "replaces"),
	    "idempotency", idempotency[0] != '\0' ? idempotency : NULL,
	    "facts", g->facts));
	*ret = (struct event){ .kind = EVENT_CERT_ISSUED, .actor = g->principal,
	    .subject = json_str(g->parameters, "ca", ""), .data = *ret_data,
	    .entry = m->entry };
	return 0;
}

static int
issue_answer(const struct making *m, json_t **ret, struct err *err)
{
	const struct granted *g = m->granted;
	char id[ID_TEXT];

	if (m->receipt.seq != UINT64_MAX)
		return made_answer(m, ret, err);
	/* The journal's tail brought it: its event has another number. */
	TRY(entry_certificate(m->entry, id, err));
	return issued_answer(g->flow, g->request_id, id, ret, err);
}

static int
issue_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	char id[ID_TEXT];

	TRY(result_certificate(f, a, id, err));
	return issued_answer(f, a->id, id, ret, err);
}

struct got {
	char		 id[ID_TEXT];
	struct cert_row	 row;
};

static int
got_read(struct tx *tx, void *ctx, struct err *err)
{
	struct got *g = ctx;

	return cert_by_id(tx, g->id, &g->row, err);
}

/* Where a device has nothing valid by now, the same asking gets it another: its
 * certificates tell how many there are.  Else whoever asks again must mean it:
 * what comes late must not end what the device got since. */
static int
issue_lapsed(const struct drawn *d, const struct asked *a, bool *ret_room,
    struct err *err)
{
	struct flow *f = d->begun->flow;
	struct got g;
	time_us now = clock_now();

	TRY(result_certificate(f, a, g.id, err));
	TRY(state_read(f->state, got_read, &g, err));
	*ret_room = false;
	if (cert_valid(&g.row, now))
		return 0;
	if (g.row.status == CERT_HELD && g.row.not_after >= now)
		return err_set(err, ECONFLICT, "certificate %s, which this request "
		    "got, is on hold: release or revoke it first", g.id);
	*ret_room = g.row.device[0] != '\0' &&
	    !json_flag(d->parameters, "reissue", false);
	return *ret_room ? 0 : err_set(err, ECONFLICT, "certificate %s, which this "
	    "request got, is not valid any more%s; ask with another request, or "
	    "under another Idempotency-Key", g.id, g.row.device[0] != '\0' ?
	    ", and the device has another" : "");
}

static const struct steps issue_steps = { issue_operation, issue_event,
	issue_answer, true, issue_lapsed };
const struct deed deed_cert_issue = { "cert.issue", issue_draw, issue_fit, make,
	issue_result, &issue_steps };
