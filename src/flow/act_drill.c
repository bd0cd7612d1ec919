/*
 * act_drill - that a backup of the house was restored on another machine is
 * somebody's word: nothing here can see it.
 */
#include <stdio.h>
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/drill.h"
#include "flow/inside.h"
#include "flow/perform.h"
#include "flow/stage.h"
#include "flow/warn.h"
#include "policy/permit.h"
#include "policy/watch.h"

/* ---- when it was shown last ---- */

/* One that was made here is an event of the keeper's; a drill is said. */
time_us
drill_newest(const struct restored *r, const char **ret_by)
{
	*ret_by = r->drilled > r->restored ? "drill" : "restore";
	return r->drilled > r->restored ? r->drilled : r->restored;
}

static time_us
newest(const struct restored *r)
{
	const char *by;

	return drill_newest(r, &by);
}

/* The last restore or drill; the founding where there was none. */
static time_us
drill_shown(const struct restored *r)
{
	return newest(r) != 0 ? newest(r) : r->founded;
}

static int
by_put(const struct restored *r, json_t *o, struct err *err)
{
	const char *by;
	time_us shown = drill_newest(r, &by);

	if (shown == 0)
		return 0;
	TRY(json_set_time(o, "shown", shown, err));
	TRY(json_set_str(o, "by", by, err));
	if (r->drilled <= r->restored)
		return 0;
	TRY(json_set_str(o, "principal", r->principal, err));
	TRY(json_set_str(o, "request", r->request, err));
	return json_set_str(o, "provenance", "asserted", err);
}

int
drill_json(const struct restored *r, const struct charter *c, time_us now,
    json_t **ret, struct err *err)
{
	time_us due = drill_shown(r) + charter_restore_every(c);
	AUTO_JSON *o = NULL;

	TRY(json_build(&o, err, "{s:b}", "overdue", (int)(due <= now)));
	TRY(by_put(r, o, err));
	TRY(json_set_time(o, "founded", r->founded, err));
	TRY(json_set_time(o, "due", due, err));
	*ret = TAKE(o);
	return 0;
}

int
look_backup(struct look *l, struct err *err)
{
	const char *what = "no backup of the house was ever restored, and the "
	    "time for that ends";
	struct restored r;
	time_us from;
	json_t *about;

	TRY(state_restored(l->tx, &r, err));
	from = drill_shown(&r);
	if (newest(&r) != 0)
		what = "the proof that a backup of the house can be restored "
		    "ends";
	TRY(json_build(&about, err, "{s:s, s:s}", "name", "backup", "what",
	    what));
	return look_found(l, WATCH_BACKUP, "house", from, from +
	    charter_restore_every(l->law->charter), about, err);
}

/* ---- saying it ---- */

static int
restored_read(struct tx *tx, void *ctx, struct err *err)
{
	return state_restored(tx, ctx, err);
}

static int
report_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const said[] = { "reason" };

	TRY(json_build(&ret->parameters, err, "{}"));
	TRY(members_copy(b->ask->body, said, NELEM(said), ret->parameters,
	    err));
	TRY(time_copy(b->ask->body, "drilled", ret->parameters, err));
	return parameters_past_check(ret->parameters, b->now, err);
}

static int
report_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	struct restored r;
	time_us drilled;

	TRY(clock_parse(json_str(d->parameters, "drilled", ""), &drilled,
	    err));
	TRY(state_read(d->begun->flow->state, restored_read, &r, err));
	return drilled >= r.founded ? 0 : err_set(err, ERANGE_,
	    "/drilled: before the house was founded it had no backup");
}

static int
report_answer(const char *request, const json_t *parameters, json_t **ret,
    struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:s}", "request", request,
	    "state", "done", "drilled", json_str(parameters, "drilled", ""));
}

static int
report_perform(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_DRILL_REPORTED,
	    .actor = g->requester, .subject = g->request_id };
	struct receipt r;

	TRY(json_build(&data, err, "{}"));
	TRY(granted_tell(g, data, err));
	e.data = data;
	TRY(state_commit(g->flow->state, &e, 1, &r, err));
	return report_answer(g->request_id, g->parameters, ret, err);
}

static int
report_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return report_answer(a->id, json_object_get(a->request, "parameters"),
	    ret, err);
}

const struct deed deed_drill_report = { "drill.report", report_draw,
	report_fit, report_perform, report_result, NULL };
