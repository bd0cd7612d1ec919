/*
 * warn_quota - limits of rules, and windows, that are nearly used up: what stops
 * a line is known before it does.
 */
#include <stdio.h>
#include "flow/inside.h"
#include "flow/quota.h"
#include "flow/warn.h"
#include "state/state.h"

struct quotas {
	struct look	 *l;
	const struct key *k;
};

static int
quota_found(const struct quotas *a, const struct quota *q, struct err *err)
{
	const char *of = q->of == QUOTA_USES ? "uses" : "replacements";
	char what[360], subject[ALERT_SUBJECT], span[TIME_SPAN];
	json_t *about;

	clock_span(q->per, span);
	(void)snprintf(what, sizeof(what), "%s: %llu of %lld %s by the rule %s "
	    "with the key %s in %s", q->principal, (unsigned long long)q->used,
	    (long long)q->most, of, q->rule->name, a->k->name, span);
	/* An amended rule counts anew: it is another. */
	(void)snprintf(subject, sizeof(subject), "%s %.16s %s %s", of, q->hash,
	    a->k->hash, q->principal);
	TRY(json_build(&about, err, "{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:s}",
	    "name", a->k->name, "class", a->k->class, "rule", q->rule->name,
	    "principal", q->principal, "counted", of, "used",
	    (json_int_t)q->used, "limit", (json_int_t)q->most, "per_seconds",
	    (json_int_t)(q->per / TIME_S(1)), "what", what));
	return look_found(a->l, WATCH_QUOTA, subject, 0, 0, about, err);
}

static int
quota_look(void *ctx, const struct quota *q, struct err *err)
{
	return quota_is_near(q) ? quota_found(ctx, q, err) : 0;
}

static int
key_look(void *ctx, const struct key *k, struct err *err)
{
	struct quotas a = { .l = ctx, .k = k };
	const struct quota_ask ask = { a.l->tx, a.l->law->charter, k->hash,
		k->class, a.l->now };
	bool more;

	TRY(quota_each(&ask, quota_look, &a, &more, err));
	if (more)
		look_not_whole(a.l, WATCH_QUOTA, 1);
	return 0;
}

/* ---- windows ---- */

#define WINDOW_LEAST	5	/* uses: of fewer none is nearly used up before it is */

static int
window_found(struct look *l, const struct window *w, struct err *err)
{
	const json_t *first = json_array_get(w->keys, 0);
	const char *key = json_str(first, "key_name", "");
	unsigned long long used = window_used(w);
	char class[KEY_NAME], what[320], subject[ALERT_SUBJECT];
	json_t *about;

	TRY(look_class(l, json_str(first, "key", ""), class, err));
	(void)snprintf(what, sizeof(what), "%llu of %llu uses of the window %s "
	    "for the key %s", used, (unsigned long long)w->uses, w->id, key);
	(void)snprintf(subject, sizeof(subject), "window %s", w->id);
	TRY(json_build(&about, err, "{s:s, s:s, s:s*, s:s, s:O, s:s, s:I, s:I,"
	    " s:s}", "name", key, "window", w->id, "class", class[0] != '\0' ?
	    class : NULL, "rule", w->rule, "by", w->by, "counted", "uses",
	    "used", (json_int_t)used, "limit", (json_int_t)w->uses, "what",
	    what));
	return look_found(l, WATCH_QUOTA, subject, 0, 0, about, err);
}

/* Used up as well: until it ends somebody may count on it. */
static int
windows_look(struct look *l, struct err *err)
{
	AUTO(windows) *all = NULL;

	TRY(state_windows(l->flow->state, &all, err));
	for (size_t i = 0; i < all->n; i++) {
		const struct window *w = all->window[i];

		if (w->open && w->until > l->now && w->uses >= WINDOW_LEAST &&
		    quota_near(window_used(w), w->uses) &&
		    !window_is_followed(w, all->window, all->n))
			TRY(window_found(l, w, err));
	}
	if (all->n == STATE_WINDOWS)
		look_not_whole(l, WATCH_QUOTA, 1);
	return 0;
}

int
look_quotas(struct look *l, struct err *err)
{
	TRY(key_each(l->tx, NULL, key_look, l, err));
	return windows_look(l, err);
}
