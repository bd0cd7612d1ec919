/*
 * due - what was approved is performed by the service itself, for its
 * requester; what cannot be any more is ended.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "base/log.h"
#include "flow/again.h"
#include "flow/ballot.h"
#include "flow/certify.h"
#include "flow/deed.h"
#include "flow/due.h"
#include "flow/hands.h"
#include "flow/inside.h"
#include "flow/making.h"
#include "flow/refuse.h"
#include "flow/rival.h"
#include "state/record.h"

#define HINDERED_MAX	4096

struct load {
	const char	*id;
	struct asked	*a;		/* owned */
	json_t		*permit;	/* owned */
	json_t		*proposal;	/* owned, or NULL */
	unsigned	 parts;		/* of it that are done already */
	const json_t	*content;	/* that the asker brought, or NULL */
};

static int
load(struct tx *tx, void *ctx, struct err *err)
{
	struct load *l = ctx;
	AUTO_JSON *event = NULL;

	TRY(approval_get(tx, l->id, &l->a, err));
	if (l->a->state != REQUEST_DUE)
		return 0;
	TRY(approval_parts(tx, l->id, &l->parts, err));
	TRY(approval_permit(tx, l->a, &l->permit, err));
	TRY(record_event(tx, l->a->seq, &event, err));
	l->proposal = json_incref(json_object_get(json_object_get(event,
	    "data"), "proposal"));
	return 0;
}

int
request_expire(struct flow *f, const char *id, const char *why,
    struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_REQUEST_EXPIRED, .actor = "service",
	    .subject = id };
	struct receipt r;

	TRY(json_build(&data, err, "{s:s, s:s}", "request", id, "reason", why));
	e.data = data;
	return state_commit(f->state, &e, 1, &r, err);
}

/* Whoever asked learns by which rule, and on which facts. */
static int
deny(struct flow *f, const struct asked *a, const struct ballot *b,
    const char *why, struct err *err)
{
	AUTO_JSON *facts = facts_json(b->facts);
	AUTO_JSON *explanation = decision_explain(&b->decision, b->facts);
	struct denial n = {
		.actor = a->requester, .action = a->action, .subject = a->id,
		.parameters = b->request->parameters, .rule = b->rule,
		.facts = facts, .explanation = explanation,
		.request = a->id, .reason = why,
	};

	return denial_record(f, &n, err);
}

static int
grant_check(const struct ballot *b, const struct asked *a, struct err *err)
{
	struct quorum_ask ask;
	struct quorum got;
	time_us now = clock_now();

	if (b->amended)
		return err_set(err, ECHARTER, "the charter has changed the rule "
		    "%s since: ask anew", a->rule);
	if (b->decision.verdict == DENY) {
		char detail[240];
		enum err_code code = refuse_why(&b->decision, detail);

		return err_set(err, code, "%s", detail);
	}
	if (b->rule != NULL && now > a->due + b->rule->permits_for)
		return err_set(err, EEXPIRED, "it was approved, but could not be "
		    "performed in time");
	/* Approvals were in time when they came; the last made it due. */
	ballot_ask(b, now < a->expires ? now : a->expires, &ask);
	return quorum_check(&ask, &got, err);
}

static int
grant(struct flow *f, const struct load *l, const struct ballot *b,
    struct err *err)
{
	AUTO_JSON *result = NULL, *facts = facts_json(b->facts);
	char rule_hash[SHA256_HEX] = "";
	struct granted g = {
		.flow = f, .deed = deed_find(l->a->action),
		.requester = l->a->requester, .principal = l->a->requester,
		.request_id = l->a->id, .request = l->a->request,
		.parameters = b->request->parameters, .permit = l->permit,
		.key = l->a->key, .facts = facts, .proposal = l->proposal,
		.content = l->content, .rule = l->a->rule, .rule_hash = rule_hash,
		.idempotency = "", .was_open = true,
	};

	if (g.deed == NULL)
		return err_set(err, ENOENT_, "%s is not performed here",
		    l->a->action);
	if (b->rule != NULL) {
		g.rule = b->rule->name;
		sha256_hex(&b->rule->hash, rule_hash);
	}
	TRY(json_hash(l->permit, &g.permit_hash, err));
	return g.deed->perform(&g, &result, err);
}

/* Of what is half done nothing is late, so whatever does not pass ends it. */
bool
due_is_final(unsigned parts, enum err_code c)
{
	if (parts > 0 && err_http(c) < 500 && err_exit(c) != EX_TEMPFAIL)
		return true;
	return c == EEXPIRED || c == EUSED || c == EEXISTS || c == EPRECOND ||
	    c == EHOUSE || c == ECHARTER || c == EDENIED;
}

/* Late is what has not been begun in time. */
static bool
is_late(const struct load *l, const struct ballot *b)
{
	return l->parts == 0 && b->rule != NULL &&
	    clock_now() > l->a->due + b->rule->permits_for;
}

static void
end(struct flow *f, const struct load *l, const struct ballot *b,
    const struct err *why)
{
	struct err err;
	int rc = (why->code == EDENIED || why->code == ESTATE) &&
	    b->facts != NULL ?
	    deny(f, l->a, b, why->what, &err) :
	    request_expire(f, l->a->id, why->what, &err);

	if (rc != 0)
		log_err(LOG_WARN, "ending a request", &err);
}

/* The service keeps digests only: what Ed25519 signs comes from the asker. */
static bool
awaits_content(const struct asked *a, const char *scheme)
{
	return a->state == REQUEST_DUE && scheme != NULL &&
	    strcmp(scheme, "ed25519") == 0 &&
	    strcmp(a->action, "key.sign") == 0;
}

int
due_awaits(struct flow *f, const struct asked *a, bool *ret, struct err *err)
{
	AUTO(key) *k = NULL;

	*ret = false;
	if (a->state != REQUEST_DUE || a->key[0] == '\0')
		return 0;
	TRY(state_key(f->state, a->key, &k, err));
	*ret = awaits_content(a, k->scheme);
	return 0;
}

static bool
lacks_content(const struct load *l, const struct ballot *b)
{
	return l->content == NULL && awaits_content(l->a,
	    b->key != NULL ? b->key->scheme : NULL);
}

/* What is asked of an authority that issues, or is retired by it. */
static const char *
authority_of(const struct load *l, const struct ballot *b)
{
	const json_t *p = b->request->parameters;

	if (strcmp(l->a->action, "ca.create") == 0)
		return json_str(p, "issuer", NULL);
	return strcmp(l->a->action, "cert.issue") == 0 ||
	    strcmp(l->a->action, "ca.retire") == 0 ?
	    json_str(p, "ca", NULL) : NULL;
}

static bool
is_retired(struct flow *f, const char *authority)
{
	AUTO(cert_ca) *ca = NULL;
	struct err none;

	return authority != NULL && ca_named(f, authority, &ca, &none) == 0 &&
	    !ca->active;
}

/* A key's states go one way but for one pair, and an authority is retired for ever:
 * what nothing can lead to any more is over. */
static bool
cannot_be(struct flow *f, const struct load *l, const struct ballot *b,
    int rc)
{
	if (rc == -ECONFLICT)
		return is_retired(f, authority_of(l, b));
	return rc == -ESTATE && b->key != NULL &&
	    (b->key->state == KEY_DESTROYED ||
	    b->key->state == KEY_DEACTIVATED ||
	    b->key->state == KEY_COMPROMISED);
}

/* What it was approved as may be another image by now, that a window let through. */
static int
overtaken_check(struct flow *f, const struct asked *a, struct err *err)
{
	struct err why;
	int rc = rival_check(f, a->action, json_object_get(a->request,
	    "parameters"), &why);

	if (rc == -ECONFLICT)
		return err_set(err, EDENIED, "%s", why.what);
	if (rc != 0)
		*err = why;
	return rc;
}

/* Who asked is told meanwhile why it takes so long: in memory only, since after
 * a start it is soon tried again. */
static void
hindered_set(struct flow *f, const char *request, const char *why)
{
	struct err none;

	pthread_mutex_lock(&f->lock);
	if (why == NULL)
		(void)json_object_del(f->hindered, request);
	else if (json_object_size(f->hindered) < HINDERED_MAX)
		(void)!json_set_str(f->hindered, request, why, &none);
	pthread_mutex_unlock(&f->lock);
}

int
due_hindered(struct flow *f, const struct asked *a, json_t *view,
    struct err *err)
{
	const char *why;
	int rc = 0;

	if (a->state != REQUEST_DUE)
		return 0;
	pthread_mutex_lock(&f->lock);
	if ((why = json_str(f->hindered, a->id, NULL)) != NULL)
		rc = json_set_str(view, "reason", why, err);
	pthread_mutex_unlock(&f->lock);
	return rc;
}

/* What was begun is finished, whatever the charter says by now. */
static int
perform_loaded(struct flow *f, const struct load *l, struct err *err)
{
	struct ballot b = { 0 };
	int rc = ballot_open(f, l->a, &b, err);

	if (rc == 0 && l->parts == 0)
		rc = grant_check(&b, l->a, err);
	if (rc == 0 && l->parts == 0)
		rc = overtaken_check(f, l->a, err);
	if (rc == 0 && !lacks_content(l, &b))
		rc = grant(f, l, &b, err);
	if (rc != 0 && (due_is_final(l->parts, (enum err_code)-rc) ||
	    cannot_be(f, l, &b, rc) || is_late(l, &b))) {
		end(f, l, &b, err);
		hindered_set(f, l->id, NULL);
	} else {
		hindered_set(f, l->id, rc != 0 ? err->what : NULL);
	}
	ballot_done(&b);
	return rc;
}

int
due_perform(struct flow *f, const char *request, struct err *err)
{
	return due_bring(f, request, NULL, err);
}

/* How it stands is read once no other request for its version can change that.
 * One pair of hands for each request: the keeper would count two as one. */
static int
perform_alone(struct flow *f, struct load *l, struct err *err)
{
	AUTO(asked) *a = NULL;
	char held[MAKING_HOLD];
	int rc;

	TRY(asked_read(f, l->id, &a, err));
	TRY(rival_sign_hold(f, a->action, json_object_get(a->request,
	    "parameters"), held, err));
	rc = state_read(f->state, load, l, err);
	if (rc == 0 && l->permit != NULL)
		rc = perform_loaded(f, l, err);
	rival_let_go(f, held);
	return rc;
}

int
due_bring(struct flow *f, const char *request, const json_t *content,
    struct err *err)
{
	struct load l = { .id = request, .content = content };
	int rc;

	TRY(hands_on(f, request, err));
	rc = perform_alone(f, &l, err);
	hands_off(f, request);
	asked_free(l.a);
	json_decref(l.permit);
	json_decref(l.proposal);
	return rc;
}
