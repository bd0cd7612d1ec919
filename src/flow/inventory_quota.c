/*
 * inventory_quota - how what is counted of a key stands: limits that rules set
 * those who use it, and windows that are open on it.
 *
 * Used, left and renewed are counted.  That it goes on as it did is not: what
 * follows from that is a projection, and named so.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inventory.h"
#include "flow/quota.h"

#define SHOWN	1000	/* of one line; of what lasts */

struct one_key {
	struct quota_view *v;
	const json_t	*row;		/* the key's */
	struct quota_ask ask;
};

static int
put(struct quota_view *v, bool lasts, json_t *row, struct err *err)
{
	TRY(json_set_new(row, "lasts", json_boolean(lasts), err));
	if (lasts && json_array_size(v->list) >= SHOWN) {
		v->more = true;
		return 0;
	}
	return json_array_append(v->list, row) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "quotas");
}

/* What it is, and how far it is used; new. */
static int
row_new(const struct one_key *k, const char *part, const char *name,
    uint64_t used, uint64_t most, const struct pace *pace, json_t **ret,
    struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I,"
	    " s:I}", "part", part, "name", name, "key", json_str(k->row,
	    "name", ""), "class", k->ask.class, "used", (json_int_t)used,
	    "limit", (json_int_t)most, "left", (json_int_t)(used < most ?
	    most - used : 0), "recent", (json_int_t)pace->n, "recent_seconds",
	    (json_int_t)(pace->span / TIME_S(1)));
}

/* ---- limits of rules ---- */

/*
 * It renews itself, so it runs out only where more is used in a period than it
 * has.  What was refused left no use: a pace that reaches it may be any above.
 */
static int
limit_put(void *ctx, const struct quota *q, struct err *err)
{
	const struct one_key *k = ctx;
	uint64_t most = (uint64_t)q->most, expected;
	AUTO_JSON *row = NULL;
	struct pace pace;
	bool lasts;

	TRY(quota_pace(&k->ask, q, &pace, err));
	expected = pace_in(&pace, q->per);
	lasts = expected < most;
	TRY(row_new(k, q->of == QUOTA_USES ? "limit" : "rework", q->rule->name,
	    q->used, most, &pace, &row, err));
	TRY(json_set_str(row, "principal", q->principal, err));
	TRY(json_set_int(row, "per_seconds", q->per / TIME_S(1), err));
	TRY(json_set_int(row, "expected", (int64_t)expected, err));
	TRY(json_set_new(row, "near", json_boolean(quota_is_near(q)), err));
	if (!lasts)
		TRY(json_set_time(row, "used_up", pace_until(&pace, q->used <
		    most ? most - q->used : 0, k->ask.now), err));
	return put(k->v, lasts, row, err);
}

static int
limits_read(struct tx *tx, void *ctx, struct err *err)
{
	struct one_key *k = ctx;
	bool more;

	k->ask.tx = tx;
	TRY(quota_each(&k->ask, limit_put, k, &more, err));
	k->v->more = k->v->more || more;
	return 0;
}

/* ---- windows ---- */

/* It ends as it was meant to, unless it is used up before. */
static int
window_put(struct one_key *k, const struct window *w, struct err *err)
{
	struct quota_view *v = k->v;
	time_us since = w->from > w->opened ? w->from : w->opened, used_up;
	uint64_t used = window_used(w);
	struct pace pace = pace_since(used, since, v->m->now);
	AUTO_JSON *row = NULL;

	TRY(row_new(k, "window", w->id, used, w->uses, &pace, &row, err));
	TRY(json_set_str(row, "rule", w->rule, err));
	TRY(json_set_time(row, "ends", w->until, err));
	used_up = pace_until(&pace, used < w->uses ? w->uses -
	    used : 0, v->m->now);
	if (used_up == 0 || used_up >= w->until || window_is_followed(w,
	    v->windows->window, v->windows->n))
		return put(v, true, row, err);
	TRY(json_set_time(row, "used_up", used_up, err));
	return put(v, false, row, err);
}

static int
windows_put(struct one_key *k, struct err *err)
{
	const struct windows *all = k->v->windows;

	for (size_t i = 0; i < all->n; i++) {
		const struct window *w = all->window[i];

		if (window_has_key(w, k->ask.key) && (w->product == NULL ||
		    strcmp(w->product, k->v->product) == 0))
			TRY(window_put(k, w, err));
	}
	return 0;
}

static int
ids_read(struct tx *tx, void *ctx, struct err *err)
{
	struct quota_view *v = ctx;

	return window_open_ids(tx, v->m->now, &v->ids, err);
}

/* Once for all lines, with their uses: as far as memory goes elsewhere too. */
static int
windows_read(struct quota_view *v, struct err *err)
{
	const json_t *id;
	size_t i;

	TRY(state_read(v->m->state, ids_read, v, err));
	if ((v->windows = calloc(1, sizeof(*v->windows))) == NULL)
		return err_set(err, ENOMEMORY, "windows");
	json_array_foreach(v->ids, i, id) {
		AUTO(window) *w = NULL;

		if (v->windows->n == STATE_WINDOWS) {
			v->more = true;
			return 0;
		}
		TRY(state_window_get(v->m->state, json_string_value(id), &w,
		    err));
		if (window_goes_on(w))
			v->windows->window[v->windows->n++] = TAKE(w);
	}
	return 0;
}

int
inventory_quotas(struct quota_view *v, const json_t *key, struct err *err)
{
	struct one_key k = { .v = v, .row = key, .ask = {
		.charter = v->law->charter, .now = v->m->now,
		.key = json_str(key, "hash", ""),
		.class = json_str(key, "class", "") } };

	/* Nobody uses here what lives elsewhere. */
	if (json_flag(key, "elsewhere", false))
		return 0;
	if (v->windows == NULL)
		TRY(windows_read(v, err));
	TRY(state_read(v->m->state, limits_read, &k, err));
	return windows_put(&k, err);
}

void
quota_view_done(struct quota_view *v)
{
	windows_free(v->windows);
	json_decref(v->ids);
}
