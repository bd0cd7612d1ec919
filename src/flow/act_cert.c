/*
 * act_cert - cert.issue: one certificate for one request, whoever asks twice.
 */
#include <stdio.h>
#include <string.h>
#include "flow/certify.h"
#include "flow/deed.h"
#include "flow/inside.h"
#include "flow/making.h"
#include "flow/rework.h"
#include "flow/stage.h"
#include "flow/there.h"

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
	TRY(there_hold_check(&t, err));
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
	    there_is_same(&t)))
		return issued_answer(g->flow, g->request_id, t.row.id,
		    &m->known, err);
	TRY(there_hold_check(&t, err));
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
