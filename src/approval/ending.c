/* ending - what ends while it is still waited for or used; see approval.h. */
#include <string.h>
#include "approval/approval.h"
#include "base/json.h"
#include "store/store.h"

/* ---- requests that wait ---- */

static const char *
fact(const json_t *facts, const char *name)
{
	return json_str(json_object_get(facts, name), "value", NULL);
}

static int
request_told(const struct rows *r, request_end_fn *fn, void *ctx,
    struct err *err)
{
	const char *text = rows_text(r, "facts");
	AUTO_JSON *facts = NULL;
	struct request_end q = { rows_text(r, "id"), rows_text(r, "action"),
		rows_text(r, "requester"), NULL, NULL,
		(unsigned)rows_int(r, "have"), (unsigned)rows_int(r, "need"),
		rows_int(r, "created"), rows_int(r, "expires") };

	if (text != NULL)
		TRY(json_read(text, strlen(text), &facts, err));
	q.key = fact(facts, "key.name");
	q.class = fact(facts, "key.class");
	return fn(ctx, &q, err);
}

int
approval_ending(struct tx *tx, time_us from, time_us until, unsigned most,
    request_end_fn *fn, void *ctx, time_us *ret_until, struct err *err)
{
	AUTO(rows) *r = NULL;
	time_us last = 0;
	bool more;

	TRY(tx_query(tx, "approval_request_ending", PARAMS(v_int(from),
	    v_int(until), v_int((int64_t)most + 1)), &r, err));
	for (unsigned n = 0;; n++) {
		TRY(rows_next(r, &more, err));
		if (!more || n == most)
			break;
		last = rows_int(r, "expires");
		TRY(request_told(r, fn, ctx, err));
	}
	*ret_until = more ? last : 0;
	return 0;
}

/* ---- windows, and what goes on when they end ---- */

bool
window_goes_on(const struct window *w)
{
	return w->open && window_used(w) < w->uses;
}

/* Names, or keys by hash and name. */
static bool
holds_all(const json_t *all, const json_t *some)
{
	const json_t *a, *s;
	size_t i, k;

	json_array_foreach(some, k, s) {
		json_array_foreach(all, i, a)
			if (json_equal(a, s))
				break;
		if (i == json_array_size(all))
			return false;
	}
	return true;
}

static bool
is_for(const char *only, const char *what)
{
	return only == NULL || (what != NULL && strcmp(only, what) == 0);
}

bool
window_follows(const struct window *later, const struct window *w)
{
	return window_goes_on(later) && later->until > w->until &&
	    (later->any_digest || !w->any_digest) &&
	    is_for(later->product, w->product) &&
	    is_for(later->track, w->track) &&
	    holds_all(later->by, w->by) && holds_all(later->keys, w->keys);
}

bool
window_is_followed(const struct window *w, struct window *const *all,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (window_follows(all[i], w))
			return true;
	return false;
}

bool
window_has_key(const struct window *w, const char *key)
{
	const json_t	*one;
	size_t		 i;

	json_array_foreach(w->keys, i, one)
		if (strcmp(json_str(one, "key", ""), key) == 0)
			return true;
	return false;
}

uint64_t
window_used(const struct window *w)
{
	return __atomic_load_n(&w->used, __ATOMIC_RELAXED);
}
