/*
 * act_revoke - certificates revoked, held and released; first, if asked so,
 * only what that would change.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/certify.h"
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/inside.h"
#include "flow/perform.h"
#include "flow/revoking.h"
#include "flow/stage.h"
#include "flow/vain.h"
#include "flow/view.h"
#include "policy/permit.h"

#define SERIALS	PARAMETERS_PART

/* What is meant, and what it would come to. */
struct meant {
	const struct begun *begun;
	const char	*ca;
	enum cert_status to;
	const char	*serial[SERIALS];	/* owned by list */
	size_t		 n;
	json_t		*list;			/* owned: their texts, in order */
	struct cost	 cost;
};

static enum cert_status
status_of(const char *action)
{
	if (strcmp(action, "cert.hold") == 0)
		return CERT_HELD;
	return strcmp(action, "cert.release") == 0 ? CERT_GOOD : CERT_REVOKED;
}

static int
meant_add(struct meant *m, const struct cert_row *row, struct err *err)
{
	char hex[NUMBER_HEX];

	if (strcmp(row->ca, m->ca) != 0)
		return err_set(err, EINPUT, "/ids: %s was issued by %s, not "
		    "%s", row->id, row->ca, m->ca);
	if (json_array_size(m->list) == SERIALS)
		return err_set(err, ERANGE_, "more than %d certificates at "
		    "once", SERIALS);
	if (row->status != m->to && !cert_step(row, m->to, m->cost.why))
		return err_set(err, ECONFLICT, "%s is %s, for ever: leave it "
		    "out", row->id, cert_status_name(row->status));
	number_hex(&row->serial, hex);
	if (json_array_append_new(m->list, json_string(hex)) != 0)
		return err_set(err, ENOMEMORY, "certificates");
	return cost_add(&m->cost, row, err);
}

/* By its serial number: one of ours, or what came with the CA. */
static int
serial_meant(struct tx *tx, struct meant *m, const struct number *serial,
    struct err *err)
{
	struct cert_row row;
	char hex[NUMBER_HEX];

	TRY(cert_or_listed(tx, m->ca, serial, &row, err));
	number_hex(serial, hex);
	if (row.id[0] == '\0' && row.status == CERT_REVOKED &&
	    !cert_step(&row, m->to, m->cost.why))
		return err_set(err, ECONFLICT, "/serials: %s is on the list "
		    "that %s came with, and stays revoked", hex, m->ca);
	return meant_add(m, &row, err);
}

static int
meant_read(struct tx *tx, void *ctx, struct err *err)
{
	struct meant *m = ctx;
	const json_t *body = m->begun->ask->body, *one;
	struct cert_row row;
	struct number serial;
	size_t i;

	json_array_foreach(json_object_get(body, "ids"), i, one) {
		TRY(cert_by_id(tx, json_string_value(one), &row, err));
		TRY(meant_add(m, &row, err));
	}
	json_array_foreach(json_object_get(body, "serials"), i, one) {
		TRY(number_parse_typed(json_string_value(one), &serial, err));
		TRY(serial_meant(tx, m, &serial, err));
	}
	return 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In order and each once: parameters have one spelling. */
static int
serials_set(struct meant *m, json_t *ret, struct err *err)
{
	AUTO_JSON *list = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach(m->list, i, one)
		m->serial[m->n++] = json_string_value(one);
	if (m->n == 0)
		return err_set(err, EINPUT, "name certificates: /ids, "
		    "/serials, or a /filter");
	qsort(m->serial, m->n, sizeof(m->serial[0]), by_text);
	for (i = 0; i < m->n; i++) {
		if (i > 0 && strcmp(m->serial[i], m->serial[i - 1]) == 0)
			continue;
		if (json_array_append_new(list, json_string(m->serial[i])) != 0)
			return err_set(err, ENOMEMORY, "certificates");
	}
	return json_set_new(ret, "serials", TAKE(list), err);
}

static int
cause_set(const struct meant *m, json_t *ret, struct err *err)
{
	const json_t *body = m->begun->ask->body;
	const char *cause = json_str(body, "cause", NULL);
	enum reason r;

	if (cause == NULL)
		return 0;
	if (m->to != CERT_REVOKED || !reason_from_name(cause, &r) ||
	    r == REASON_HOLD || r == REASON_REMOVE)
		return err_set(err, EINPUT, "/cause: \"%.32s\" is no reason to "
		    "revoke for (RFC 5280, 5.3.1)", cause);
	return json_set_str(ret, "cause", cause, err);
}

static int
named_draw(struct meant *m, struct drawn *ret, struct err *err)
{
	const struct begun *b = m->begun;

	if ((m->list = json_array()) == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(state_read(b->flow->state, meant_read, m, err));
	return serials_set(m, ret->parameters, err);
}

static int
filter_says(const json_t *filter, struct err *err)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)filter, name, v)
		if (json_is_string(v) && json_string_length(v) == 0)
			return err_set(err, EINPUT, "/filter/%.40s is empty",
			    name);
	return 0;
}

/* An empty filter is what is left of one that somebody meant to fill. */
static int
filter_check(const json_t *body, struct err *err)
{
	const json_t *filter = json_object_get(body, "filter");
	size_t says = json_object_size(filter) -
	    (json_object_get(filter, "expired") != NULL);
	bool all = json_flag(body, "all", false);

	if (filter == NULL)
		return all ? err_set(err, EINPUT, "/all goes with a /filter") :
		    0;
	if (json_object_get(body, "ids") != NULL ||
	    json_object_get(body, "serials") != NULL)
		return err_set(err, EINPUT, "name certificates, or a /filter, "
		    "one of the two");
	TRY(filter_says(filter, err));
	if (says == 0 && !all)
		return err_set(err, EINPUT, "/filter says nothing in common: "
		    "with /all true it means all of the authority");
	if (says > 0 && all)
		return err_set(err, EINPUT, "/all, or a /filter that says what "
		    "they have in common: not both");
	return 0;
}

/* Who may never do it does not learn whether there are any that are so, and
 * has nobody look through all of them. */
static int
which_draw(struct meant *m, struct drawn *ret, struct err *err)
{
	const json_t *body = m->begun->ask->body;
	bool filter = json_object_get(body, "filter") != NULL;

	TRY(filter_check(body, err));
	ret->vain = !may_ever(m->begun, ret->key->class);
	if (ret->vain)
		return 0;
	if (!filter)
		return named_draw(m, ret, err);
	TRY(many_draw(m->begun, m->ca, &m->cost, ret, err));
	return m->cost.never < m->cost.certificates ||
	    json_flag(body, "dry_run", false) ? 0 : err_set(err, ECONFLICT,
	    "each that is so is revoked, for ever");
}

static int
meant_draw(struct meant *m, struct drawn *ret, struct err *err)
{
	const json_t *body = m->begun->ask->body;

	TRY(cause_set(m, ret->parameters, err));
	TRY(time_copy(body, "invalid_since", ret->parameters, err));
	TRY(parameters_past_check(ret->parameters, m->begun->now, err));
	TRY(which_draw(m, ret, err));
	ret->idle = m->to == CERT_GOOD && m->cost.changing == 0;
	return ret->vain || !json_flag(body, "dry_run", false) ? 0 :
	    cost_answer(&m->cost, m->begun->flow, m->ca, &ret->known, err);
}

static int
change_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	struct meant m = { .begun = b, .to = status_of(b->ask->action) };
	AUTO(cert_ca) *ca = NULL;
	int rc;

	TRY(ca_named(b->flow, b->ask->subject, &ca, err));
	m.ca = ca->name;
	TRY(state_key(b->flow->state, ca->key, &ret->key, err));
	TRY(json_build(&ret->parameters, err, "{s:s, s:s, s:s, s:s*}",
	    "key", ret->key->hash, "key_name", ret->key->name, "ca", ca->name,
	    "reason", json_str(b->ask->body, "reason", NULL)));
	rc = cost_init(&m.cost, ca, m.to, b->ask->body, err);
	if (rc == 0)
		rc = meant_draw(&m, ret, err);
	json_decref(m.list);
	cost_done(&m.cost);
	return rc;
}

/* What is revoked or held already may be said once more: that hurts nobody. */
static int
change_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	(void)rule;
	return !d->idle ? 0 : err_set(err, ECONFLICT, "none of these "
	    "certificates is on hold: there is nothing to release");
}

static enum event_kind
event_of(enum cert_status to)
{
	switch (to) {
	case CERT_GOOD:		return EVENT_CERT_RELEASED;
	case CERT_HELD:		return EVENT_CERT_HELD;
	case CERT_REVOKED:	return EVENT_CERT_REVOKED;
	case CERT_STATUS__N:	break;
	}
	return EVENT__N;
}

/* What each event of the change says. */
static int
change_data(const struct granted *g, const json_t *serials, json_t **ret,
    struct err *err)
{
	const json_t *p = g->parameters;

	return json_build(ret, err, "{s:s, s:O, s:s*, s:s*}",
	    "ca", json_str(p, "ca", ""), "serials", serials,
	    "cause", json_str(p, "cause", NULL),
	    "invalid_since", json_str(p, "invalid_since", NULL));
}

static int
change_commit(const struct granted *g, const json_t *data,
    struct receipt *ret, struct err *err)
{
	const struct event e = { .kind = event_of(status_of(g->deed->action)),
	    .actor = g->requester, .subject = json_str(g->parameters, "ca",
	    ""), .data = data };

	return state_commit(g->flow->state, &e, 1, ret, err);
}

static int
part_commit(const struct granted *g, const json_t *serials, unsigned part,
    unsigned parts, struct receipt *ret, struct err *err)
{
	AUTO_JSON *data = NULL;

	TRY(change_data(g, serials, &data, err));
	TRY(json_set_int(data, "part", part, err));
	TRY(json_set_int(data, "parts", parts, err));
	if (part > 1)
		TRY(json_set_str(data, "request", g->request_id, err));
	else
		TRY(granted_tell(g, data, err));
	return change_commit(g, data, ret, err);
}

static int
named_perform(const struct granted *g, struct receipt *ret, struct err *err)
{
	AUTO_JSON *data = NULL;

	TRY(change_data(g, json_object_get(g->parameters, "serials"), &data,
	    err));
	TRY(granted_tell(g, data, err));
	return change_commit(g, data, ret, err);
}

static int
change_perform(const struct granted *g, json_t **ret, struct err *err)
{
	struct receipt r = { 0 };
	bool whole = true;

	if (json_object_get(g->parameters, "selection") != NULL)
		TRY(many_perform(g, part_commit, &r, &whole, err));
	else
		TRY(named_perform(g, &r, err));
	if (!whole)
		return view_build(g->flow, g->request_id, ret, err);
	return revoke_answer(g->flow, g->request_id, g->parameters, r.seq,
	    ret, err);
}

static int
change_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return revoke_answer(f, a->id, json_object_get(a->request,
	    "parameters"), a->result_seq, ret, err);
}

#define CHANGE(name, action) \
	const struct deed deed_##name = { action, change_draw, change_fit, \
	    change_perform, change_result, NULL };
CHANGE(cert_revoke, "cert.revoke")
CHANGE(cert_hold, "cert.hold")
CHANGE(cert_release, "cert.release")
