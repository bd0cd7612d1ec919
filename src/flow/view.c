/*
 * view - a request as its asker, its approvers and its readers see it.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/ballot.h"
#include "flow/deed.h"
#include "flow/due.h"
#include "flow/inside.h"
#include "flow/view.h"
#include "state/record.h"

struct read {
	const char	*id;
	struct asked	*a;		/* owned */
	json_t		*doc;		/* owned: approval_json */
	json_t		*proposal;	/* owned, or NULL */
	json_t		*explanation;	/* owned: of its refusal, or NULL */
};

static int
read_all(struct tx *tx, void *ctx, struct err *err)
{
	struct read *r = ctx;
	AUTO_JSON *event = NULL, *end = NULL;

	TRY(approval_get(tx, r->id, &r->a, err));
	TRY(approval_json(tx, r->a, &r->doc, err));
	if (r->a->state == REQUEST_DENIED) {
		TRY(record_event(tx, r->a->result_seq, &end, err));
		r->explanation = json_incref(json_object_get(
		    json_object_get(end, "data"), "explanation"));
	}
	if (strcmp(r->a->action, "charter.amend") != 0 || !r->a->stored)
		return 0;
	TRY(record_event(tx, r->a->seq, &event, err));
	r->proposal = json_incref(json_object_get(json_object_get(event,
	    "data"), "proposal"));
	return 0;
}

/* Who may still approve: told while it waits, under the law of now. */
static int
still_set(struct flow *f, const struct asked *a, json_t *view,
    struct err *err)
{
	struct ballot b = { 0 };
	struct quorum_ask ask;
	struct quorum got;
	int rc = ballot_open(f, a, &b, err);

	if (rc == 0 && b.rule != NULL) {
		ballot_ask(&b, clock_now(), &ask);
		rc = quorum_check(&ask, &got, err);
		if (rc == 0 || rc == -EQUORUM || rc == -EREJECTED)
			rc = json_set_new(json_object_get(view, "approvals"),
			    "of", quorum_may_still(&ask, &got), err);
		else if (rc != -ENOMEMORY)
			rc = 0;
	}
	ballot_done(&b);
	return rc;
}

static int
result_set(struct flow *f, const struct asked *a, json_t *view,
    struct err *err)
{
	const struct deed *d = deed_find(a->action);
	json_t *result;
	int rc;

	if (a->state != REQUEST_DONE || d == NULL)
		return 0;
	/* A key that is suspended now withholds the result, not the view. */
	rc = d->result(f, a, &result, err);
	if (rc == -ESTATE)
		return 0;
	TRY(rc);
	return json_set_new(view, "result", result, err);
}

/* Who reads it is told what it lacks. */
static int
awaits_set(struct flow *f, const struct asked *a, json_t *view,
    struct err *err)
{
	bool awaits;

	TRY(due_awaits(f, a, &awaits, err));
	return !awaits ? 0 : json_set_str(view, "awaits", "content", err);
}

static int
view_from(struct flow *f, const struct read *r, json_t **ret, struct err *err)
{
	AUTO_JSON *view = json_clone_flat(r->doc);

	if (view == NULL)
		return err_set(err, ENOMEMORY, "a view");
	TRY(json_set_new(view, "document",
	    json_incref(json_object_get(r->doc, "request")), err));
	TRY(json_set_str(view, "request", r->a->id, err));
	if (r->proposal != NULL)
		TRY(json_set_new(view, "proposal", json_incref(r->proposal),
		    err));
	if (r->explanation != NULL)
		TRY(json_set_new(view, "explanation",
		    json_incref(r->explanation), err));
	if (r->a->state == REQUEST_WAITING)
		TRY(still_set(f, r->a, view, err));
	TRY(awaits_set(f, r->a, view, err));
	TRY(due_hindered(f, r->a, view, err));
	TRY(result_set(f, r->a, view, err));
	*ret = TAKE(view);
	return 0;
}

int
view_build(struct flow *f, const char *request, json_t **ret, struct err *err)
{
	struct read r = { .id = request };
	int rc = state_read(f->state, read_all, &r, err);

	if (rc == 0)
		rc = view_from(f, &r, ret, err);
	asked_free(r.a);
	json_decref(r.doc);
	json_decref(r.proposal);
	json_decref(r.explanation);
	return rc;
}
