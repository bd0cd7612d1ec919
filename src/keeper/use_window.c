/*
 * Closing a window: what it permitted is permitted no more, from this entry
 * of the journal on.
 */
#include "config.h"

#include <string.h>
#include "base/json.h"
#include "keeper/use.h"
#include "policy/quorum.h"
#include "policy/window.h"

/* As at a use of it: the keeper's own charter and facts, and its proofs. */
static int
window_judge(struct keeper *k, const struct using *u, struct held *w,
    struct err *err)
{
	const json_t *first = json_array_get(json_object_get(
	    w->permit->request->parameters, "keys"), 0);
	struct deed d = { .principal = w->permit->request->requester,
		.now = u->now };
	struct judgement judged = { 0 };
	struct sha256 hash;
	int rc;

	TRY(json_need_hash(first, "key", &hash, err));
	d.key = keys_find(&k->house.keys, &hash);
	if (d.key == NULL)
		return err_set(err, ENOKEY, "the keeper holds no such key");
	TRY(judge_request(k, w, u->now, err));
	rc = judge(k, w, &d, &judged, err);
	judgement_done(&judged);
	return rc;
}

/* The rule that its approvals name, where the charter still has it. */
static const struct rule *
window_rule(const struct keeper *k, const struct permit *p)
{
	const struct rule *r;
	struct sha256 hash;

	if (p->approval_n == 0 || json_need_hash(json_object_get(
	    p->approval[0]->statement, "rule"), "hash", &hash, NULL) != 0)
		return NULL;
	r = house_rule(&k->house, &hash);
	return r != NULL && (r->actions & UINT64_C(1) << ACTION_WINDOW_OPEN)
	    != 0 ? r : NULL;
}

/*
 * One that is not good now, since it is night or its key is suspended, may be
 * so again: it is closed where enough people approved it under its rule.
 */
static bool
window_approved(struct keeper *k, const struct using *u, const struct held *w)
{
	const struct permit *p = w->permit;
	const struct rule *r = window_rule(k, p);
	struct quorum_ask ask;
	struct quorum got;

	if (r == NULL || judge_request(k, w, u->now, NULL) != 0)
		return false;
	quorum_ask_permit(k->house.charter, r, house_id(&k->house), p, u->now,
	    &ask);
	ask.earlier = k->house.chain;
	ask.earlier_n = k->house.chain_n - 1;
	return quorum_check(&ask, &got, NULL) == 0 &&
	    window_bounds(r, p->request->parameters, NULL) == 0;
}

/*
 * When does the window end by itself, so that its closing need be remembered
 * no longer?  The service's word for it could be a lie, and so could be the
 * window: who made it vouches for both.
 */
static int
window_end(struct keeper *k, const struct using *u, const json_t *document,
    time_us *ret, struct err *err)
{
	const char *id = json_str(u->operation, "window", "");
	const struct tally *t = tally_find(&k->house.counts, id);
	AUTO(held) *w = NULL;
	int rc = 0;

	TRY(held_new(document, &w, err));
	if (strcmp(w->permit->request->id, id) != 0 ||
	    w->permit->request->action != ACTION_WINDOW_OPEN)
		return err_set(err, EPROOF, "the document is not of window %s",
		    id);
	if (t == NULL || !sha256_equal(&t->request, &w->request))
		rc = window_judge(k, u, w, err);
	if (rc == -ENOMEMORY || (rc != 0 && !window_approved(k, u, w)))
		return rc;
	*ret = house_forget_after(w->permit->request, NULL);
	return *ret > u->now ? 0 : err_set(err, EEXPIRED, "the window has "
	    "ended by itself");
}

static int
close_ticket(struct keeper *k, struct using *u, time_us until,
    struct ticket **ret, struct err *err)
{
	AUTO(ticket) *t = NULL;
	AUTO_JSON *result = NULL;
	char text[TIME_TEXT];

	clock_text(until, text);
	TRY(json_build(&result, err, "{s:s, s:s}", "window",
	    json_str(u->operation, "window", ""), "until", text));
	TRY(use_draft(k, u, ENTRY_CLOSE, true, &t, err));
	TRY(draft_json(&t->draft, DRAFT_RESULT, result, err));
	TRY(draft_number(&t->draft, DRAFT_USE, 1, err));
	t->barrier = true;
	*ret = TAKE(t);
	return 0;
}

static int
close_asked(const struct using *u, struct err *err)
{
	TRY(use_action(u, ACTION_WINDOW_CLOSE, err));
	if (strcmp(json_str(u->request->parameters, "window", ""),
	    json_str(u->operation, "window", "")) != 0)
		return err_set(err, EPROOF, "%s is to close another window",
		    u->request->id);
	return 0;
}

int
use_close(struct keeper *k, struct using *u, struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	AUTO_JSON *document = json_incref(json_object_get(u->operation,
	    "window_document"));
	struct ticket *t = NULL;
	time_us until;
	bool done;

	/* The ledger has it: it is not for the journal. */
	(void)json_object_del(u->operation, "window_document");
	TRY(close_asked(u, err));
	TRY(use_once(k, u, &done, err));
	if (done)
		return 0;
	TRY(window_end(k, u, document, &until, err));
	TRY(closing_check(&k->house.counts.closings, json_str(u->operation,
	    "window", ""), u->now, err));
	TRY(judge(k, u->held, &d, &u->judged, err));
	TRY(close_ticket(k, u, until, &t, err));
	ticket_submit(k, t);
	return 0;
}
