/*
 * again - who asks again gets the same request, then its result.
 */
#include <stdio.h>
#include <string.h>
#include "flow/again.h"
#include "flow/amended.h"
#include "flow/deed.h"
#include "flow/inside.h"
#include "flow/perform.h"
#include "flow/stage.h"
#include "flow/view.h"
#include "state/record.h"

struct get {
	const char	*id;
	struct asked	*a;
};

static int
get_one(struct tx *tx, void *ctx, struct err *err)
{
	struct get *g = ctx;

	return approval_get(tx, g->id, &g->a, err);
}

int
asked_read(struct flow *f, const char *request, struct asked **ret,
    struct err *err)
{
	struct get g = { request, NULL };

	TRY(state_read(f->state, get_one, &g, err));
	*ret = g.a;
	return 0;
}

static int
refusal(enum err_code code, const char *request, const char *detail,
    struct answer *ret)
{
	*ret = (struct answer){ .code = code, .http = err_http(code),
	    .body = json_object() };
	snprintf(ret->detail, sizeof(ret->detail), "%s", detail);
	snprintf(ret->request, sizeof(ret->request), "%s", request);
	return 0;
}

static int
still_open(struct flow *f, const struct asked *a, struct answer *ret,
    struct err *err)
{
	json_t *body;

	TRY(view_build(f, a->id, &body, err));
	*ret = (struct answer){ .code = EQUORUM, .http = 202, .body = body,
	    .waiting = true };
	memcpy(ret->request, a->id, sizeof(ret->request));
	return 0;
}

static int
done(struct flow *f, const struct asked *a, struct answer *ret,
    struct err *err)
{
	const struct deed *d = deed_find(a->action);
	json_t *body;
	struct err why = { .code = OK };
	int rc;

	if (d == NULL)
		return err_set(err, ENOENT_, "%s has no result here", a->action);
	rc = d->result(f, a, &body, &why);
	if (rc == -ESTATE)
		return refusal(ESTATE, a->id, why.what, ret);
	if (rc != 0) {
		*err = why;
		return rc;
	}
	*ret = (struct answer){ .code = OK, .http = 200, .body = body };
	memcpy(ret->request, a->id, sizeof(ret->request));
	return 0;
}

int
answer_asked(struct flow *f, const struct asked *a, struct answer *ret,
    struct err *err)
{
	const char *why = a->reason != NULL ? a->reason : "no reason was given";

	switch (a->state) {
	case REQUEST_WAITING:
	case REQUEST_DUE:
		return still_open(f, a, ret, err);
	case REQUEST_DONE:
		return done(f, a, ret, err);
	case REQUEST_REJECTED:
		return refusal(EREJECTED, a->id, why, ret);
	case REQUEST_CANCELLED:
		return refusal(ECONFLICT, a->id, "the request was cancelled", ret);
	case REQUEST_EXPIRED:
		return refusal(EEXPIRED, a->id, why, ret);
	case REQUEST_SUPERSEDED:
		return refusal(ECONFLICT, a->id, why, ret);
	case REQUEST_DENIED:
		return refusal(EDENIED, a->id, why, ret);
	case REQUEST_STATE__N:
		break;
	}
	return err_set(err, EINTERNAL, "a request without a state");
}

int
flow_result(struct flow *f, const struct caller *who, const char *request,
    struct answer *ret, struct err *err)
{
	AUTO(asked) *a = NULL;

	TRY(asked_read(f, request, &a, err));
	if (strcmp(a->requester, who->id) != 0)
		return err_set(err, EDENIED, "%s asked for this, not %s",
		    a->requester, who->id);
	return answer_asked(f, a, ret, err);
}

/* ---- the Idempotency-Key ---- */

struct memory {
	const struct drawn	*drawn;
	char			 id[40];
	uint64_t		 seq;
	struct asked		*a;		/* owned */
	json_t			*event;		/* owned: of a window's use */
	bool			 known;
};

static int
recall(struct tx *tx, void *ctx, struct err *err)
{
	struct memory *m = ctx;
	const struct ask *ask = m->drawn->begun->ask;
	int rc = approval_find(tx, ask->who->id, ask->idempotency, m->id,
	    &m->seq, err);

	if (rc == -ENOENT_)
		return 0;
	TRY(rc);
	TRY(approval_get(tx, m->id, &m->a, err));
	m->known = true;
	if (m->seq != UINT64_MAX && strcmp(m->a->action, "window.open") == 0)
		TRY(record_event(tx, m->seq, &m->event, err));
	return 0;
}

/*
 * Parts that may differ between two askings of the same: made anew each time,
 * meant for people only, or following from what there is by now.
 */
static json_t *
without_fresh(const json_t *parameters)
{
	json_t *o = json_clone_flat(parameters);

	if (o != NULL) {
		json_object_del(o, "hash");
		json_object_del(o, "expires");
		json_object_del(o, "from");
		json_object_del(o, "note");
		json_object_del(o, "reissue");
		json_object_del(o, "replaces");
		json_object_del(o, "selection");
		json_object_del(o, "asked");
		json_object_del(o, "changes");
	}
	return o;
}

int
asked_put(const struct begun *b, json_t *parameters, struct err *err)
{
	static const char *const round[] = { "request", "requester_proof",
		"prepare" };
	AUTO_JSON *o = json_clone_flat(b->ask->body);
	struct sha256 h;

	if (o == NULL)
		return err_set(err, ENOMEMORY, "what is asked");
	/* What is said of the asking, where somebody signs it. */
	for (size_t i = 0; i < NELEM(round); i++)
		(void)json_object_del(o, round[i]);
	TRY(json_hash(o, &h, err));
	return json_set_hash(parameters, "asked", &h, err);
}

/* By the whole body, where parameters have but what was not known. */
static bool
asked_alike(const struct memory *m, const json_t *was, bool *ret)
{
	const char *now = json_str(m->drawn->parameters, "asked", NULL),
	    *then = json_str(was, "asked", NULL);

	if (now == NULL || (then == NULL && m->a->state != REQUEST_DONE))
		return false;
	/* One that was done before requests had it says nothing against it. */
	*ret = then == NULL || strcmp(now, then) == 0;
	return true;
}

int
asked_mark(const struct drawn *d, char ret[SHA256_HEX], struct err *err)
{
	const char *asked = json_str(d->parameters, "asked", NULL);
	AUTO_JSON *same = NULL, *o = NULL;
	struct sha256 h;

	if (asked == NULL && (same = without_fresh(d->parameters)) == NULL)
		return err_set(err, ENOMEMORY, "what is asked");
	TRY(json_build(&o, err, "{s:s, s:s*, s:O*}", "action",
	    d->begun->ask->action, "asked", asked, "same", same));
	TRY(json_hash(o, &h, err));
	sha256_hex(&h, ret);
	return 0;
}

/* Under a window: the OPERATION that was, and what is to be signed as what now. */
static bool
same_use(const json_t *was, const json_t *now)
{
	static const char *const said[] = { "key", "product", "track",
		"version" };

	for (size_t i = 0; i < NELEM(said); i++)
		if (strcmp(json_str(was, said[i], ""), json_str(now, said[i],
		    "")) != 0)
			return false;
	return json_equal(json_object_get(was, "digest"),
	    json_object_get(now, "digest"));
}

static int
is_same(const struct memory *m, bool *ret, struct err *err)
{
	const struct drawn *d = m->drawn;
	const json_t *op, *p = d->parameters;
	AUTO_JSON *was = NULL, *now = NULL;

	if (m->event != NULL) {
		op = json_object_get(json_object_get(json_object_get(m->event,
		    "data"), "entry"), "operation");
		*ret = same_use(op, p);
		return 0;
	}
	op = json_object_get(m->a->request, "parameters");
	*ret = false;
	if (strcmp(m->a->action, d->begun->ask->action) != 0 ||
	    asked_alike(m, op, ret))
		return 0;
	was = without_fresh(op);
	now = without_fresh(p);
	if (was == NULL || now == NULL)
		return err_set(err, ENOMEMORY, "what was asked before");
	*ret = json_equal(was, now);
	return 0;
}

static int
remembered_use(const struct memory *m, struct answer *ret, struct err *err)
{
	struct flow *f = m->drawn->begun->flow;
	struct err why = { .code = OK };
	json_t *body;
	int rc = signed_result(f, m->id, json_str(json_object_get(
	    m->drawn->parameters, "digest"), "value", ""), &body, &why);

	if (rc == -ESTATE)
		return refusal(ESTATE, m->id, why.what, ret);
	if (rc != 0) {
		*err = why;
		return rc;
	}
	*ret = (struct answer){ .code = OK, .http = 200, .body = body };
	snprintf(ret->request, sizeof(ret->request), "%s", m->id);
	return 0;
}

/* What ended but by an officer's no, or done, makes room for a new request. */
static bool
makes_room(enum request_state s)
{
	return s == REQUEST_EXPIRED || s == REQUEST_CANCELLED ||
	    s == REQUEST_SUPERSEDED || s == REQUEST_DENIED;
}

static bool
done_anew(const struct memory *m)
{
	return m->a->state == REQUEST_DONE && m->drawn->anew;
}

/* @ret_room: what it got has ended, and the same asking may get another. */
static int
done_again(const struct drawn *w, const struct asked *a, struct answer *ret,
    bool *ret_room, struct err *err)
{
	const struct deed *d = deed_find(a->action);
	struct err why = { .code = OK };
	int rc = 0;

	if (d != NULL && d->steps != NULL && d->steps->lapsed != NULL)
		rc = d->steps->lapsed(w, a, ret_room, &why);
	if (rc == -ECONFLICT)
		return refusal(ECONFLICT, a->id, why.what, ret);
	if (rc != 0) {
		*err = why;
		return rc;
	}
	return *ret_room ? 0 : done(w->begun->flow, a, ret, err);
}

/* Who names a window by now wants that one, not the officers who were asked. */
static bool
left_for_window(const struct memory *m)
{
	return m->a->state == REQUEST_WAITING &&
	    window_named(m->drawn->begun->ask) != NULL;
}

static int
remembered_request(const struct memory *m, struct answer *ret,
    bool *ret_known, struct err *err)
{
	bool room = false;

	if (left_for_window(m))
		return 0;
	if (m->a->state == REQUEST_DONE)
		TRY(done_again(m->drawn, m->a, ret, &room, err));
	else
		TRY(answer_asked(m->drawn->begun->flow, m->a, ret, err));
	*ret_known = !room;
	return 0;
}

/* Somebody at it may well finish it: then it is as it is. */
static int
overtaken(const struct memory *m, bool *ret, struct err *err)
{
	int rc = 0;

	*ret = false;
	if (m->a->state == REQUEST_WAITING || m->a->state == REQUEST_DUE)
		rc = amended_end(m->drawn->begun->flow, m->id, ret, err);
	return rc == -EBUSY_ ? 0 : rc;
}

/* Who sends a batch has named the batch, not its rows. */
static int
used_otherwise(const struct memory *m, struct err *err)
{
	const json_t *was = json_object_get(m->a->request, "parameters");
	const char *device = json_str(was, "device", NULL);

	if (!asked_in_batch(m->drawn->begun->ask))
		return err_set(err, ECONFLICT, "this Idempotency-Key was used for "
		    "something else (%s)", m->id);
	return err_set(err, ECONFLICT, "an earlier row of this batch has the same "
	    "CSR, and asks for %s%.64s (%s): a CSR is for one certificate in a "
	    "batch, so send this row with a key and CSR of its own",
	    device != NULL ? "device " : "something else", device != NULL ?
	    device : "", m->id);
}

bool
asked_in_batch(const struct ask *a)
{
	return json_object_get(a->body, "batch") != NULL;
}

static int
remembered_answer(const struct memory *m, struct answer *ret, bool *ret_known,
    struct err *err)
{
	bool same = false, ended;

	if (m->event == NULL && makes_room(m->a->state))
		return 0;
	TRY(overtaken(m, &ended, err));
	if (ended)
		return 0;
	TRY(is_same(m, &same, err));
	if (!same)
		return used_otherwise(m, err);
	if (m->event == NULL && (done_anew(m) || m->drawn->known != NULL))
		return 0;
	if (m->event == NULL)
		return remembered_request(m, ret, ret_known, err);
	*ret_known = true;
	return remembered_use(m, ret, err);
}

bool
asked_keeps(const struct ask *a)
{
	return a->idempotency[0] != '\0' && !json_flag(a->body, "prepare",
	    false) && !json_flag(a->body, "dry_run", false);
}

int
remembered(const struct drawn *d, struct answer *ret, bool *ret_known,
    struct err *err)
{
	struct memory m = { .drawn = d };
	int rc;

	*ret_known = false;
	if (!asked_keeps(d->begun->ask))
		return 0;
	rc = state_read(d->begun->flow->state, recall, &m, err);
	if (rc == 0 && m.known)
		rc = remembered_answer(&m, ret, ret_known, err);
	asked_free(m.a);
	json_decref(m.event);
	return rc;
}

int
resumed(const struct drawn *d, struct answer *ret, bool *ret_known,
    struct err *err)
{
	const struct begun *b = d->begun;
	AUTO(asked) *a = NULL;
	int rc;

	if (json_flag(b->ask->body, "prepare", false))
		return 0;
	rc = asked_read(b->flow, b->id, &a, err);
	if (rc == -ENOENT_)
		return 0;
	TRY(rc);
	*ret_known = true;
	return answer_asked(b->flow, a, ret, err);
}
