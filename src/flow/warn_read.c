/* warn_read - alerts as people and graphs see them, and their acknowledgement. */
#include <stdio.h>
#include <string.h>
#include "flow/inside.h"
#include "flow/warn.h"
#include "flow/warner.h"
#include "policy/charter.h"
#include "policy/roster.h"
#include "state/record.h"
#include "state/state.h"

/* ---- lists ---- */

struct alerts {
	struct alert_filter	 filter;
	const char		*cursor, *id;
	unsigned		 limit;
	json_t			*found;		/* owned */
	char			*next;		/* owned */
};

static int
list_read(struct tx *tx, void *ctx, struct err *err)
{
	struct alerts *a = ctx;

	return alert_list(tx, &a->filter, a->cursor, a->limit, &a->found,
	    &a->next, err);
}

int
flow_alert_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	struct alerts a = { .filter = { json_str(query, "state", NULL),
	    json_str(query, "watch", NULL) }, .cursor = json_str(query,
	    "cursor", NULL), .limit = (unsigned)json_int(query, "limit", 100) };
	int rc;

	TRY(state_read(f->state, list_read, &a, err));
	rc = json_build(ret, err, "{s:O, s:s*}", "alerts", a.found, "next",
	    a.next);
	json_decref(a.found);
	free(a.next);
	return rc;
}

static int
one_read(struct tx *tx, void *ctx, struct err *err)
{
	struct alerts *a = ctx;

	return alert_get(tx, a->id, &a->found, err);
}

/* Who hears of it, as the charter in force has it. */
static int
groups_put(const struct roster *r, const struct group_set *set, json_t *o,
    struct err *err)
{
	json_t *list = json_array();

	TRY(json_set_new(o, "told_groups", list, err));
	for (size_t g = 0; g < r->group_n; g++)
		if ((set->w[g / 64] >> g % 64 & 1) != 0 &&
		    json_array_append_new(list, json_string(r->group[g].name)) !=
		    0)
			return err_set(err, ENOMEMORY, "an alert");
	return 0;
}

/* Of an alert as it is told, all that warn_groups looks at. */
static struct alert
as_alert(const json_t *o)
{
	struct alert a = { .about = json_object_get(o, "about"),
	    .escalated = json_object_get(o, "escalated") != NULL };
	int w = watch_from_name(json_str(o, "watch", ""));

	a.watch = w < 0 ? WATCH_KEY : (enum watch)w;
	return a;
}

static int
one(struct flow *f, const char *id, json_t **ret, struct group_set *ret_told,
    struct err *err)
{
	struct alerts a = { .id = id };
	AUTO(law) *law = NULL;
	struct alert as;
	const char *class;

	TRY(state_law(f->state, &law, err));
	TRY(state_read(f->state, one_read, &a, err));
	*ret = a.found;
	as = as_alert(a.found);
	class = json_str(as.about, "class", NULL);
	*ret_told = warn_groups(law, &as);
	TRY(json_set_str(a.found, "rule", charter_alert(law->charter, as.watch,
	    class)->name, err));
	return groups_put(charter_roster(law->charter), ret_told, a.found, err);
}

int
flow_alert_show(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	struct group_set told;

	TRY(one(f, subject, &o, &told, err));
	*ret = TAKE(o);
	return 0;
}

/* ---- acknowledging ---- */

struct ack {
	const char	*id, *person, *note;
};

static int
ack_write(struct tx *tx, void *ctx, struct err *err)
{
	const struct ack *a = ctx;

	return alert_ack(tx, a->id, a->person, a->note, clock_now(), err);
}

/* Whoever hears of it, and whoever it would be handed on to. */
static int
may_ack(struct flow *f, const struct caller *who, const char *id,
    struct err *err)
{
	AUTO(law) *law = NULL;
	AUTO_JSON *o = NULL;
	const struct principal *p;
	struct group_set told;
	struct alert as;

	TRY(state_law(f->state, &law, err));
	TRY(one(f, id, &o, &told, err));
	as = as_alert(o);
	as.escalated = 1;
	told = warn_groups(law, &as);
	p = roster_find(charter_roster(law->charter), who->id);
	if (p != NULL && group_set_meets(&p->groups, &told))
		return 0;
	return err_set(err, EDENIED, "only who is told of it acknowledges it: "
	    "see claviger alert show %s", id);
}

int
flow_alert_ack(struct flow *f, const struct caller *who, const char *id,
    const json_t *body, json_t **ret, struct err *err)
{
	struct ack a = { id, who->id, json_str(body, "note", NULL) };
	AUTO_JSON *o = NULL;
	struct group_set told;

	TRY(may_ack(f, who, id, err));
	TRY(record_apart(f->store, ack_write, &a, err));
	TRY(one(f, id, &o, &told, err));
	*ret = TAKE(o);
	return 0;
}

/* ---- counts ---- */

static int
counts_read(struct tx *tx, void *ctx, struct err *err)
{
	return alert_counts(tx, ctx, err);
}

static int
partial_put(const struct flow *f, json_t *o, struct err *err)
{
	unsigned partial = warner_partial(f->warner);
	json_t *list = json_array();

	if (partial == 0) {
		json_decref(list);
		return 0;
	}
	TRY(json_set_new(o, "not_whole", list, err));
	for (int w = 0; w < WATCH__N; w++)
		if ((partial >> w & 1) != 0 && json_array_append_new(list,
		    json_string(watch_name((enum watch)w))) != 0)
			return err_set(err, ENOMEMORY, "a status");
	return 0;
}

int
warn_status(struct flow *f, json_t **ret, struct err *err)
{
	AUTO_JSON *counts = NULL, *o = NULL;
	const char *watch;
	const json_t *n;
	int64_t open = 0, acked = 0;

	TRY(state_read(f->state, counts_read, &counts, err));
	json_object_foreach(counts, watch, n) {
		open += json_int(n, "open", 0);
		acked += json_int(n, "acknowledged", 0);
	}
	TRY(json_build(&o, err, "{s:I, s:I}", "open", (json_int_t)open,
	    "acknowledged", (json_int_t)acked));
	if (warner_looked(f->warner) != 0)
		TRY(json_set_time(o, "looked", warner_looked(f->warner), err));
	TRY(partial_put(f, o, err));
	*ret = TAKE(o);
	return 0;
}

static int
partial_metrics(const struct flow *f, struct blob *ret, struct err *err)
{
	unsigned partial = warner_partial(f->warner);

	TRY(blob_puts(ret, "# TYPE claviger_look_partial gauge\n", err));
	for (int w = 0; w < WATCH__N; w++)
		TRY(blob_printf(ret, err, "claviger_look_partial{watch=\"%s\"} "
		    "%u\n", watch_name((enum watch)w), partial >> w & 1));
	return 0;
}

int
warn_metrics(struct flow *f, struct blob *ret, struct err *err)
{
	static const char *const states[] = { "open", "acknowledged" };
	AUTO_JSON *counts = NULL;
	const char *watch;
	const json_t *n;

	TRY(state_read(f->state, counts_read, &counts, err));
	TRY(blob_puts(ret, "# TYPE claviger_alerts gauge\n", err));
	json_object_foreach(counts, watch, n)
		for (size_t i = 0; i < NELEM(states); i++)
			TRY(blob_printf(ret, err, "claviger_alerts{watch=\"%s\","
			    "state=\"%s\"} %lld\n", watch, states[i],
			    (long long)json_int(n, states[i], 0)));
	TRY(warner_gaps(f->warner, ret, err));
	TRY(partial_metrics(f, ret, err));
	return blob_printf(ret, err, "# TYPE claviger_look_seconds gauge\n"
	    "claviger_look_seconds %.3f\n"
	    "# TYPE claviger_looked_time_seconds gauge\n"
	    "claviger_looked_time_seconds %lld\n",
	    (double)warner_took(f->warner) / TIME_S(1),
	    (long long)(warner_looked(f->warner) / TIME_S(1)));
}
