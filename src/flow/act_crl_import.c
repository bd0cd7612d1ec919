/*
 * act_crl_import - what another CA has revoked, entered from its list.
 */
#include "base/b64.h"
#include "cert/crl_elsewhere.h"
#include "flow/certify.h"
#include "flow/deed.h"
#include "flow/elsewhere.h"
#include "flow/inside.h"
#include "flow/perform.h"
#include "flow/stage.h"
#include "flow/vain.h"

#define AHEAD	TIME_S(300)	/* how far clocks may differ */

struct listing {
	struct blob	*der;		/* owned: what the body had; empty where it came by itself */
	struct span	 list;		/* whole */
	json_t		*head;		/* owned */
	json_t		*changes;	/* owned: of one that goes into no event; or NULL */
	struct crl_brings brings;
	bool		 newest;	/* it is the newest that was taken already */
};

/* ---- what is asked for ---- */

static int
listing_look(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *l = ctx;

	TRY(asked_wrongly(crl_elsewhere_read(tx, l->list, &l->head, err), err));
	TRY(crl_elsewhere_fits(tx, l->head, &l->newest, err));
	return crl_elsewhere_look(tx, l->head, l->list, l->changes, &l->brings,
	    err);
}

/* Of a clock that is ahead, its own next list would be the older one. */
static int
time_check(const json_t *head, time_us now, struct err *err)
{
	const char *from = json_str(head, "this_update", "");
	time_us t;

	TRY(clock_parse(from, &t, err));
	return t <= now + AHEAD ? 0 : err_set(err, EINPUT, "the list is of %s, "
	    "which is yet to come", from);
}

static int
told(const struct listing *l, time_us now, json_t **ret, struct err *err)
{
	const struct crl_brings *b = &l->brings;
	time_us until;

	TRY(clock_parse(json_str(l->head, "next_update", ""), &until, err));
	return json_build(ret, err, "{s:O, s:I, s:I, s:I, s:I, s:b, s:b}", "list",
	    l->head, "revoked", (json_int_t)b->revoked, "held",
	    (json_int_t)b->held, "released", (json_int_t)b->released, "known",
	    (json_int_t)b->known, "overdue", (int)(until < now),
	    "more", (int)b->more);
}

/* A newer one is taken also where it changes nothing: none before it is then. */
static int
told_put(const struct listing *l, bool dry, time_us now, struct drawn *ret,
    struct err *err)
{
	const struct crl_brings *b = &l->brings;
	bool nothing = l->newest && b->revoked + b->held + b->released == 0;

	if (!dry && !nothing)
		return told(l, now, &ret->extra, err);
	TRY(told(l, now, &ret->known, err));
	TRY(json_set_str(ret->known, "state", "done", err));
	return dry ? json_set_new(ret->known, "dry_run", json_true(), err) : 0;
}

/* One that came by itself is too long for an event, or may be. */
static int
list_take(const struct begun *b, struct listing *l, struct err *err)
{
	const char *text;

	l->list = (struct span){ b->ask->octets, b->ask->octets_n };
	if (l->list.p != NULL) {
		/* What would be is counted to its end. */
		if (!json_flag(b->ask->body, "dry_run", false) &&
		    (l->changes = json_array()) == NULL)
			return err_set(err, ENOMEMORY, "a list");
		return 0;
	}
	TRY(json_need_str(b->ask->body, "crl", &text, err));
	TRY(b64_decode(text, l->der, err));
	l->list = span_blob(l->der);
	return l->list.n <= CRL_OTHER ? 0 : err_set(err, ETOOBIG, "the list has "
	    "over %d octets: send it by itself", CRL_OTHER);
}

/* What the event will have, and what binds it to what was asked for. */
static int
content_put(const struct begun *b, const struct listing *l,
    struct drawn *ret, struct err *err)
{
	struct sha256 h;

	if (l->list.p != b->ask->octets)
		return json_build(&ret->proposal, err, "{s:O}", "crl",
		    json_object_get(b->ask->body, "crl"));
	if (l->changes == NULL)
		return 0;
	TRY(json_hash(l->changes, &h, err));
	TRY(json_set_hash(ret->parameters, "changes", &h, err));
	return json_build(&ret->proposal, err, "{s:O}", "changes", l->changes);
}

static int
listing_draw(const struct begun *b, struct listing *l, struct drawn *ret,
    struct err *err)
{
	const json_t *body = b->ask->body;
	const char *reason = json_str(body, "reason", NULL);

	if (l->der == NULL)
		return err_set(err, ENOMEMORY, "a list");
	/* Who may never do it has nobody read a list, nor learns whose CAs are here. */
	ret->vain = !may_ever(b, NULL);
	if (ret->vain)
		return json_build(&ret->parameters, err, "{s:s*}", "reason",
		    reason);
	TRY(list_take(b, l, err));
	TRY(state_read(b->flow->state, listing_look, l, err));
	TRY(time_check(l->head, b->now, err));
	ret->parameters = json_clone_flat(l->head);
	if (ret->parameters == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(content_put(b, l, ret, err));
	TRY(told_put(l, json_flag(body, "dry_run", false), b->now, ret, err));
	/* What came in since may be on the same list. */
	ret->anew = true;
	return reason == NULL ? 0 : json_set_str(ret->parameters, "reason",
	    reason, err);
}

static int
crl_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	struct listing l = { .der = blob_new() };
	int rc = listing_draw(b, &l, ret, err);

	json_decref(l.head);
	json_decref(l.changes);
	blob_free(l.der);
	return rc;
}

/* ---- doing it ---- */

static int
crl_answer(const char *request, json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:s, s:s}", "request", request, "state",
	    "done");
}

static int
crl_perform(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_CRL_IMPORTED, .actor = g->requester,
	    .subject = json_str(g->parameters, "list", "") };
	struct receipt r;

	TRY(json_build(&data, err, "{s:O*, s:O*}", "crl", json_object_get(
	    g->proposal, "crl"), "changes", json_object_get(g->proposal,
	    "changes")));
	/* While people agreed, another list may have revoked for good. */
	if (json_object_get(data, "changes") != NULL)
		TRY(json_set_new(data, "looked_again", json_true(), err));
	TRY(granted_tell(g, data, err));
	e.data = data;
	TRY(state_commit(g->flow->state, &e, 1, &r, err));
	return crl_answer(g->request_id, ret, err);
}

static int
crl_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return crl_answer(a->id, ret, err);
}

const struct deed deed_crl_import = { "crl.import", crl_draw, NULL,
	crl_perform, crl_result, NULL };
