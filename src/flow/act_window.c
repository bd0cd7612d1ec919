/*
 * act_window - several signatures approved at once, and the end of that.
 */
#include <string.h>
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/stage.h"
#include "policy/roster.h"
#include "policy/window.h"

static const char *const plain[] = { "by", "uses", "digests",
	"any_digest", "product", "track", "reason" };

/* Keys by hash and name; all of one class, so that one rule decides. */
static int
keys_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	AUTO_JSON *keys = json_array();
	const json_t *one;
	json_t *named;
	size_t i;

	json_array_foreach(json_object_get(b->ask->body, "keys"), i, one) {
		AUTO(key) *k = NULL;

		TRY(state_key(b->flow->state, json_string_value(one), &k, err));
		if (ret->key == NULL)
			ret->key = key_ref(k);
		if (strcmp(ret->key->class, k->class) != 0)
			return err_set(err, EINPUT, "/keys: %s and %s are of "
			    "different classes; open a window for each",
			    ret->key->name, k->name);
		TRY(json_build(&named, err, "{s:s, s:s}", "key", k->hash,
		    "key_name", k->name));
		if (json_array_append_new(keys, named) != 0)
			return err_set(err, ENOMEMORY, "a window");
	}
	return json_set_new(ret->parameters, "keys", TAKE(keys), err);
}

static int
open_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	char now[TIME_TEXT];

	if ((ret->parameters = json_object()) == NULL)
		return err_set(err, ENOMEMORY, "a window");
	TRY(members_copy(b->ask->body, plain, NELEM(plain), ret->parameters,
	    err));
	clock_text(b->created, now);
	TRY(json_set_str(ret->parameters, "from", now, err));
	TRY(time_copy(b->ask->body, "from", ret->parameters, err));
	TRY(time_copy(b->ask->body, "until", ret->parameters, err));
	return keys_draw(b, ret, err);
}

/* Officers should not agree to a name that was mistyped, nor to whoever is given it
 * later: who is nobody yet is put on the roster first. */
static int
users_known(const struct drawn *d, struct err *err)
{
	const struct roster *r = charter_roster(d->begun->law->charter);
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(d->parameters, "by"), i, one)
		if (roster_find(r, json_string_value(one)) == NULL)
			return err_set(err, EINPUT, "/by: %.64s is not on the "
			    "roster", json_string_value(one));
	return 0;
}

/* Each key is decided by itself: all must come to the same rule. */
static int
open_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	const struct begun *b = d->begun;
	const struct rule *first = NULL;
	const json_t *one;
	size_t i;

	TRY(users_known(d, err));
	json_array_foreach(json_object_get(d->parameters, "keys"), i, one) {
		AUTO(facts) *f = NULL;
		AUTO(key) *k = NULL;
		struct decision v;

		TRY(state_key(b->flow->state, json_str(one, "key", ""), &k, err));
		TRY(state_facts(b->flow->state, b->ask->action, b->ask->who, k,
		    d->parameters, b->law, b->now, &f, err));
		policy_decide(b->law->charter, b->action, k->class, f, &v);
		if (i > 0 && v.rule != first)
			return err_set(err, ECONFLICT, "the keys fall under "
			    "different rules; open a window for each");
		first = v.rule;
	}
	return first != NULL ? window_bounds(first, d->parameters, err) : 0;
}

static int
window_answer(struct flow *f, const char *request, const char *window,
    json_t **ret, struct err *err)
{
	AUTO(window) *w = NULL;
	AUTO_JSON *shown = NULL;

	TRY(state_window_get(f->state, window, &w, err));
	TRY(window_json(w, &shown, err));
	TRY(json_set_str(shown, "request", request, err));
	TRY(json_set_str(shown, "window", window, err));
	*ret = TAKE(shown);
	return 0;
}

static int
open_perform(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_WINDOW_OPENED, .actor = g->requester,
	    .subject = g->request_id };
	struct receipt r;

	TRY(json_build(&data, err, "{s:s, s:O, s:s*, s:O*}", "request",
	    g->request_id, "permit", g->permit, "idempotency",
	    g->idempotency[0] != '\0' ? g->idempotency : NULL,
	    "facts", g->facts));
	e.data = data;
	TRY(state_commit(g->flow->state, &e, 1, &r, err));
	return window_answer(g->flow, g->request_id, g->request_id, ret, err);
}

static int
open_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return window_answer(f, a->id, a->id, ret, err);
}

const struct deed deed_window_open = { "window.open", open_draw, open_fit,
	open_perform, open_result, NULL };

static int
close_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	return json_build(&ret->parameters, err, "{s:s, s:s*}",
	    "window", b->ask->subject,
	    "reason", json_str(b->ask->body, "reason", NULL));
}

/* One that can still be used. */
static int
window_to_close(struct flow *f, const json_t *parameters, time_us now,
    struct window **ret, struct err *err)
{
	AUTO(window) *w = NULL;

	TRY(state_window_get(f->state, json_str(parameters, "window", ""), &w,
	    err));
	if (!w->open)
		return err_set(err, ECONFLICT, "the window is closed already");
	if (now >= w->until)
		return err_set(err, EEXPIRED, "the window has ended by itself");
	*ret = TAKE(w);
	return 0;
}

static int
close_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	AUTO(window) *w = NULL;

	return window_to_close(d->begun->flow, d->parameters, d->begun->now, &w,
	    err);
}

/* The keeper is told with the window's permit, which says when it ends. */
static int
close_operation(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO(window) *w = NULL;

	TRY(window_to_close(g->flow, g->parameters, clock_now(), &w, err));
	return json_build(ret, err, "{s:s, s:s, s:s, s:O}", "op", "close",
	    "window", w->id, "principal", g->principal,
	    "window_document", w->permit);
}

static int
close_perform(const struct granted *g, json_t **ret, struct err *err)
{
	const char *window = json_str(g->parameters, "window", "");
	AUTO_JSON *entry = NULL;
	json_t *op = NULL;
	struct receipt r;

	TRY(close_operation(g, &op, err));
	TRY(keeper_use(g, op, &entry, err));
	TRY(keeper_event(g, EVENT_WINDOW_CLOSED, window, entry, &r, err));
	return window_answer(g->flow, g->request_id, window, ret, err);
}

static int
close_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return window_answer(f, a->id, json_str(json_object_get(a->request,
	    "parameters"), "window", ""), ret, err);
}

const struct deed deed_window_close = { "window.close", close_draw, close_fit,
	close_perform, close_result, NULL };
