/*
 * The inventory's views: of now, or as of an earlier time.
 */
#include <stdio.h>
#include <string.h>
#include "api/handle.h"
#include "api/server.h"

#define WAIT_S		10	/* for a replay, where the asker did not say */
#define WAIT_MOST_S	60	/* then they ask again: it is known who still does */

typedef int viewer(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err);

/* What it was made from: nothing behind that is in it. */
static int
origin_set(json_t *view, const struct past *p, uint64_t size, time_us t,
    struct err *err)
{
	char root[SHA256_HEX];
	json_t *ledger;

	sha256_hex(past_root(p), root);
	TRY(json_build(&ledger, err, "{s:I, s:s}", "size", (json_int_t)size,
	    "root", root));
	TRY(json_set_new(view, "ledger", ledger, err));
	return json_set_time(view, "as_of", t, err);
}

static int
view_as_of(struct exchange *x, viewer *fn, const struct past *p, uint64_t size,
    time_us t, struct err *err)
{
	struct moment m = { .state = past_state(p), .now = t };
	AUTO_JSON *j = NULL;

	TRY(fn(&m, exchange_param(x), x->query, &j, err));
	TRY(origin_set(j, p, size, t, err));
	return reply_json(x, 200, TAKE(j), err);
}

/* The refusal stands until it has been made; who does not wait asks again. */
static int
wait_for_it(struct exchange *x, const struct err *why)
{
	AUTO_JSON *more = NULL;

	if (json_build(&more, NULL, "{s:b}", "replaying", 1) != 0)
		more = NULL;
	reply_problem(x, why, more);
	snprintf(x->waits_for, sizeof(x->waits_for), "%s", AS_OF);
	if (x->wait_until == 0)
		x->wait_until = x->began + TIME_S(WAIT_S);
	if (x->wait_until > x->began + TIME_S(WAIT_MOST_S))
		x->wait_until = x->began + TIME_S(WAIT_MOST_S);
	return 0;
}

static int
replayed(struct exchange *x, viewer *fn, const char *as_of, struct err *err)
{
	struct as_of *a = &x->api->as_of;
	struct past *p;
	uint64_t size;
	time_us t;
	bool comes = false;
	int rc;

	TRY(flow_as_of(as_of, &t, err));
	rc = as_of_enter(a, t, &p, &size, &comes, err);
	if (rc != 0)
		return comes ? wait_for_it(x, err) : rc;
	rc = view_as_of(x, fn, p, size, t, err);
	as_of_leave(a);
	return rc;
}

static int
view(struct exchange *x, viewer *fn, struct err *err)
{
	const char *as_of = json_str(x->query, "as_of", NULL);
	struct moment now = flow_now(x->flow);
	json_t *j = NULL;

	if (as_of != NULL)
		return replayed(x, fn, as_of, err);
	TRY(fn(&now, exchange_param(x), x->query, &j, err));
	return reply_json(x, 200, j, err);
}

#define R(name) \
	int handle_##name(struct exchange *x, struct err *err) \
	{ return view(x, flow_##name, err); }
FLOW_VIEWS(R)
#undef R
