/*
 * Closing a window: what it permitted is permitted no more, from this entry
 * of the journal on.
 */
#include "config.h"

#include <string.h>
#include "base/json.h"
#include "keeper/use.h"

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

/*
 * When does the window end by itself, so that its closing need be remembered
 * no longer?  The service's word for it could be a lie; the officers' word
 * it is where the permit is good, or was when it was first used.  One that is
 * not good now may be so again under a later charter.
 */
static int
window_end(struct keeper *k, const struct using *u, const json_t *document,
    time_us *ret, struct err *err)
{
	const char *id = json_str(u->operation, "window", "");
	const struct tally *t = tally_find(&k->house.counts, id);
	AUTO(held) *w = NULL;
	struct err why;
	int rc;

	*ret = CLOSED_FOR_EVER;
	if (document == NULL)
		return 0;
	TRY(held_new(document, &w, err));
	if (strcmp(w->permit->request->id, id) != 0 ||
	    w->permit->request->action != ACTION_WINDOW_OPEN)
		return err_set(err, EPROOF, "the document is not of window %s",
		    id);
	if (t == NULL || !sha256_equal(&t->request, &w->request)) {
		rc = window_judge(k, u, w, &why);
		if (rc == -ENOMEMORY)
			return err_set(err, ENOMEMORY, "for a window");
		if (rc != 0)
			return 0;
	}
	*ret = house_forget_after(w->permit->request, NULL);
	return 0;
}

static int
close_ticket(struct keeper *k, struct using *u, time_us until,
    struct ticket **ret, struct err *err)
{
	AUTO(ticket) *t = NULL;
	AUTO_JSON *result = NULL;
	char text[TIME_TEXT];

	clock_text(until, text);
	TRY(json_build(&result, err, "{s:s, s:s*}", "window",
	    json_str(u->operation, "window", ""), "until",
	    until != CLOSED_FOR_EVER ? text : NULL));
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
	if (u->request->action != ACTION_WINDOW_CLOSE)
		return err_set(err, EPROOF, "%s is a request to %s",
		    u->request->id, action_words(u->request->action));
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
	struct ticket *t;
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
	    "window", ""), until, err));
	TRY(judge(k, u->held, &d, &u->judged, err));
	TRY(close_ticket(k, u, until, &t, err));
	ticket_submit(k, t);
	return 0;
}
