/*
 * approve - votes come in: authorised by their proof, whoever delivers them.
 */
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "flow/again.h"
#include "flow/amended.h"
#include "flow/ballot.h"
#include "flow/due.h"
#include "flow/hands.h"
#include "flow/inside.h"
#include "flow/view.h"

static int
vote_check(const struct ballot *b, const struct approval *vote, bool approve,
    time_us now, struct err *err)
{
	struct quorum_ask ask;

	if ((approve && vote->vote != VOTE_APPROVE) ||
	    (!approve && vote->vote != VOTE_REJECT))
		return err_set(err, EPROOF, "the statement's verdict is \"%s\"",
		    vote_name(vote->vote));
	if (b->rule == NULL)
		return err_set(err, EDENIED, "no rule of the present charter allows "
		    "this request any more");
	ballot_ask(b, now, &ask);
	return quorum_add_check(&ask, vote, err);
}

static int
vote_commit(struct flow *f, const struct asked *a, const struct approval *vote,
    bool approve, const json_t *body, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct receipt r;
	struct event e = {
		.kind = approve ? EVENT_REQUEST_APPROVED : EVENT_REQUEST_REJECTED,
		.actor = vote->officer, .subject = a->id,
	};

	TRY(json_build(&data, err, "{s:s, s:O, s:s*}", "request", a->id,
	    "approval", vote->json, "reason", json_str(body, "reason", NULL)));
	e.data = data;
	return state_commit(f->state, &e, 1, &r, err);
}

/* The checkpoint that an officer had seen says nothing about what they approve. */
static bool
says_the_same(const json_t *a, const json_t *b)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)a, name, v)
		if (strcmp(name, "checkpoint") != 0 &&
		    !json_equal(v, json_object_get(b, name)))
			return false;
	return json_object_size(a) == json_object_size(b);
}

/* The same officer's same vote, handed in twice: nothing new, no error. */
static bool
given_already(const struct ballot *b, const struct approval *vote)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (b->given[i]->vote == vote->vote &&
		    strcmp(b->given[i]->officer, vote->officer) == 0 &&
		    says_the_same(b->given[i]->statement, vote->statement))
			return true;
	return false;
}

static int
vote_on(struct flow *f, const struct asked *a, const struct approval *vote,
    bool approve, const json_t *body, struct err *err)
{
	struct ballot b = { 0 };
	int rc = ballot_open(f, a, &b, err);

	if (rc == 0 && !given_already(&b, vote)) {
		rc = vote_check(&b, vote, approve, clock_now(), err);
		if (rc == 0)
			rc = vote_commit(f, a, vote, approve, body, err);
	}
	ballot_done(&b);
	return rc;
}

static int
state_check(const struct asked *a, struct err *err)
{
	if (a->state == REQUEST_WAITING || a->state == REQUEST_DUE ||
	    a->state == REQUEST_DONE)
		return 0;
	return err_set(err, ECONFLICT, "the request is %s",
	    request_state_name(a->state));
}

/* Under a rule that is no more nobody can vote: it ends, and they are told. */
static int
amended_check(struct flow *f, const struct asked *a, struct err *err)
{
	bool ended = false;
	int rc;

	if (a->state == REQUEST_DONE)
		return 0;
	/* Whoever is at it knows by itself. */
	if ((rc = amended_end(f, a->id, &ended, err)) == -EBUSY_)
		return 0;
	TRY(rc);
	return !ended ? 0 : err_set(err, ECONFLICT, "the charter has changed "
	    "the rule %s since it was asked: it has ended, and can be asked "
	    "anew", a->rule);
}

/* The last approval makes it due: it is performed before that is answered. */
static void
perform(struct flow *f, const char *request, bool aside)
{
	struct err why = { .code = OK };
	int rc = aside ? due_begin(f, request, &why) :
	    due_perform(f, request, &why);

	if (rc != 0 && why.code != EBUSY_)
		log_err(LOG_WARN, "performing a request that is due", &why);
}

int
flow_approved(struct flow *f, const char *request, struct answer *ret,
    struct err *err)
{
	/* Before it is read how it stands: what ends in between shows then. */
	bool begun = due_is_begun(f, request);
	json_t *view;

	TRY(view_build(f, request, &view, err));
	*ret = (struct answer){ .code = OK, .http = 200, .body = view,
	    .waiting = begun && strcmp(json_str(view, "state", ""), "due") ==
	    0 };
	snprintf(ret->request, sizeof(ret->request), "%s", request);
	return 0;
}

int
flow_approve(struct flow *f, const char *request, bool approve, bool aside,
    const json_t *body, struct answer *ret, struct err *err)
{
	AUTO(approval) *vote = NULL;
	AUTO(asked) *a = NULL;

	TRY(approval_read(json_object_get(body, "approval"), &vote, err));
	TRY(asked_read(f, request, &a, err));
	TRY(state_check(a, err));
	TRY(amended_check(f, a, err));
	TRY(vote_on(f, a, vote, approve, body, err));
	if (approve)
		perform(f, request, aside);
	return flow_approved(f, request, ret, err);
}

static int
cancel(struct flow *f, const struct caller *who, const char *request,
    const json_t *body, struct err *err)
{
	AUTO(asked) *a = NULL;
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_REQUEST_CANCELLED, .actor = who->id,
	    .subject = request };
	struct receipt r;
	bool awaits;

	TRY(asked_read(f, request, &a, err));
	TRY(due_awaits(f, a, &awaits, err));
	if (a->state != REQUEST_WAITING && !awaits)
		return err_set(err, ECONFLICT, "the request is %s",
		    request_state_name(a->state));
	TRY(json_build(&data, err, "{s:s, s:s*}", "request", a->id,
	    "reason", json_str(body, "reason", NULL)));
	e.data = data;
	return state_commit(f->state, &e, 1, &r, err);
}

int
flow_cancel(struct flow *f, const struct caller *who, const char *request,
    const json_t *body, json_t **ret, struct err *err)
{
	AUTO(asked) *a = NULL;
	int rc;

	TRY(asked_read(f, request, &a, err));
	if (strcmp(a->requester, who->id) != 0)
		return err_set(err, EDENIED, "only %s, who asked, may cancel it; "
		    "officers can reject it", a->requester);
	/* What is being performed meanwhile is not taken back. */
	TRY(hands_on(f, request, err));
	rc = cancel(f, who, request, body, err);
	hands_off(f, request);
	TRY(rc);
	return view_build(f, request, ret, err);
}
