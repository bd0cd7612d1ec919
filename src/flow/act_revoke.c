/*
 * act_revoke - certificates revoked, held and released; first, if asked so,
 * only what that would change.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/certify.h"

#define SERIALS	1000

/* What is meant, and what it would come to. */
struct meant {
	const struct begun *begun;
	const char	*ca;
	enum cert_status to;
	const char	*serial[SERIALS];	/* owned by list */
	size_t		 n;
	json_t		*list;			/* owned: their texts, in order */
	json_t		*devices;		/* owned: a set */
	size_t		 changing, octets;
};

static enum cert_status
status_of(const char *action)
{
	if (strcmp(action, "cert.hold") == 0)
		return CERT_HELD;
	return strcmp(action, "cert.release") == 0 ? CERT_GOOD : CERT_REVOKED;
}

/* One entry of a CRL: serial number, time, reason, date (RFC 5280, 5.3). */
static size_t
entry_octets(const struct cert_row *row, const json_t *body)
{
	size_t n = 2 + 2 + row->serial.n + 15 + 2 + 12;

	return json_object_get(body, "invalid_since") != NULL ? n + 26 : n;
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
	number_hex(&row->serial, hex);
	if (json_array_append_new(m->list, json_string(hex)) != 0)
		return err_set(err, ENOMEMORY, "certificates");
	if (row->status == m->to || row->status == CERT_REVOKED)
		return 0;
	m->changing++;
	m->octets += entry_octets(row, m->begun->ask->body);
	if (row->device[0] == '\0')
		return 0;
	return json_set_new(m->devices, row->device, json_true(), err);
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
		TRY(number_parse(json_string_value(one), &serial, err));
		TRY(cert_by_serial(tx, m->ca, &serial, &row, err));
		TRY(meant_add(m, &row, err));
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
		return err_set(err, EINPUT, "name certificates: /ids, or "
		    "/serials");
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
dry_run(const struct meant *m, struct drawn *ret, struct err *err)
{
	if (!json_flag(m->begun->ask->body, "dry_run", false))
		return 0;
	return json_build(&ret->known, err, "{s:s, s:s, s:b, s:I, s:I, s:I,"
	    " s:I}", "state", "dry-run", "ca", m->ca, "dry_run", 1,
	    "certificates", (json_int_t)json_array_size(json_object_get(
	    ret->parameters, "serials")), "changing", (json_int_t)m->changing,
	    "devices", (json_int_t)json_object_size(m->devices),
	    "crl_octets", (json_int_t)m->octets);
}

static int
meant_draw(struct meant *m, struct drawn *ret, struct err *err)
{
	const struct begun *b = m->begun;

	if ((m->list = json_array()) == NULL ||
	    (m->devices = json_object()) == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(state_read(b->flow->state, meant_read, m, err));
	TRY(serials_set(m, ret->parameters, err));
	TRY(cause_set(m, ret->parameters, err));
	TRY(time_copy(b->ask->body, "invalid_since", ret->parameters, err));
	return dry_run(m, ret, err);
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
	rc = meant_draw(&m, ret, err);
	json_decref(m.list);
	json_decref(m.devices);
	return rc;
}

static int
change_answer(const char *action, const char *request, const json_t *p,
    uint64_t seq, json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:s, s:O, s:s, s:I}",
	    "request", request, "state", "done", "ca", json_str(p, "ca", ""),
	    "serials", json_object_get(p, "serials"),
	    "status", cert_status_name(status_of(action)),
	    "event", (json_int_t)seq);
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

static int
change_perform(const struct granted *g, json_t **ret, struct err *err)
{
	const json_t *p = g->parameters;
	AUTO_JSON *data = NULL;
	struct event e = { .kind = event_of(status_of(g->deed->action)),
	    .actor = g->requester, .subject = json_str(p, "ca", "") };
	struct receipt r;

	TRY(json_build(&data, err, "{s:o, s:s, s:O, s:s*, s:s*, s:s*, s:s*,"
	    " s:O*}", "request", request_member(g), "ca", e.subject,
	    "serials", json_object_get(p, "serials"),
	    "cause", json_str(p, "cause", NULL),
	    "invalid_since", json_str(p, "invalid_since", NULL),
	    "reason", json_str(p, "reason", NULL), "idempotency",
	    g->idempotency[0] != '\0' ? g->idempotency : NULL,
	    "facts", g->facts));
	TRY(granted_rule_set(g, data, err));
	e.data = data;
	TRY(state_commit(g->flow->state, &e, 1, &r, err));
	return change_answer(g->deed->action, g->request_id, p, r.seq, ret, err);
}

static int
change_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return change_answer(a->action, a->id, json_object_get(a->request,
	    "parameters"), a->result_seq, ret, err);
}

#define CHANGE(name, action) \
	const struct deed deed_##name = { action, change_draw, NULL, \
	    change_perform, change_result };
CHANGE(cert_revoke, "cert.revoke")
CHANGE(cert_hold, "cert.hold")
CHANGE(cert_release, "cert.release")
