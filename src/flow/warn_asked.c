/*
 * warn_asked - what was asked of people and is about to end: requests that wait
 * for their approvals, and windows that they approved.
 */
#include <stdio.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/warn.h"

#define REQUESTS_MOST	5000	/* looked at; those that expire first */

/* ---- requests ---- */

static int
request_look(void *ctx, const struct request_end *q, struct err *err)
{
	struct look *l = ctx;
	char what[320], name[128];
	json_t *about;

	(void)snprintf(name, sizeof(name), "%s%s%s", q->action, q->key != NULL ?
	    " " : "", q->key != NULL ? q->key : "");
	(void)snprintf(what, sizeof(what), "the request %s of %s for %s%s%s, "
	    "with %u of %u approvals, ends", q->id, q->requester, q->action,
	    q->key != NULL ? " with the key " : "", q->key != NULL ? q->key :
	    "", q->have, q->need);
	TRY(json_build(&about, err, "{s:s, s:s, s:s, s:s, s:s*, s:s*, s:i, s:i,"
	    " s:s}", "name", name, "request", q->id, "action", q->action,
	    "requester", q->requester, "key", q->key, "class", q->class,
	    "have", (int)q->have, "need", (int)q->need, "what", what));
	return look_found(l, WATCH_REQUEST, q->id, q->created, q->expires,
	    about, err);
}

int
look_requests(struct look *l, struct err *err)
{
	time_us until;

	TRY(approval_ending(l->tx, l->now, look_horizon(l, WATCH_REQUEST),
	    REQUESTS_MOST, request_look, l, &until, err));
	look_not_whole(l, WATCH_REQUEST, until);
	return 0;
}

/* ---- windows ---- */

static int
window_found(struct look *l, const struct window *w, struct err *err)
{
	const json_t *first = json_array_get(w->keys, 0);
	const char *key = json_str(first, "key_name", "");
	size_t others = json_array_size(w->keys) - 1;
	char class[KEY_NAME], what[320], more[40] = "";
	json_t *about;

	/* Its keys are all of one class. */
	TRY(look_class(l, json_str(first, "key", ""), class, err));
	if (others > 0)
		(void)snprintf(more, sizeof(more), " and %zu other%s", others,
		    others == 1 ? "" : "s");
	(void)snprintf(what, sizeof(what), "the window %s for the key %s%s ends",
	    w->id, key, more);
	TRY(json_build(&about, err, "{s:s, s:s, s:s*, s:O, s:I, s:I, s:s}",
	    "name", key, "window", w->id, "class", class[0] != '\0' ? class :
	    NULL, "by", w->by, "used", (json_int_t)window_used(w), "uses", (json_int_t)w->uses, "what", what));
	return look_found(l, WATCH_WINDOW, w->id, w->from, w->until, about,
	    err);
}

/* From memory: in the tables a window's uses would be counted one by one. */
int
look_windows(struct look *l, struct err *err)
{
	AUTO(windows) *all = NULL;
	time_us until = look_horizon(l, WATCH_WINDOW);

	TRY(state_windows(l->flow->state, &all, err));
	for (size_t i = 0; i < all->n; i++) {
		const struct window *w = all->window[i];

		if (window_goes_on(w) && w->until > l->now &&
		    w->until < until &&
		    !window_is_followed(w, all->window, all->n))
			TRY(window_found(l, w, err));
	}
	if (all->n == STATE_WINDOWS)
		look_not_whole(l, WATCH_WINDOW, 1);
	return 0;
}
