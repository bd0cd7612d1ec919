/* alert - alerts as they are stored; see alert.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "alert/alert.h"
#include "base/json.h"
#include "store/store.h"

void
alert_done(struct alert *a)
{
	json_decref(a->about);
	a->about = NULL;
}

static int
watch_column(const struct rows *r, enum watch *ret, struct err *err)
{
	const char *name = rows_text(r, "watch");
	int w = name != NULL ? watch_from_name(name) : -1;

	if (w < 0)
		return err_set(err, ESTORE, "column watch is damaged");
	*ret = (enum watch)w;
	return 0;
}

static int
alert_read(const struct rows *r, struct alert *ret, struct err *err)
{
	const char *about = rows_text(r, "about");

	memset(ret, 0, sizeof(*ret));
	TRY(rows_copy(r, "id", ret->id, sizeof(ret->id), err));
	TRY(rows_copy(r, "subject", ret->subject, sizeof(ret->subject), err));
	TRY(watch_column(r, &ret->watch, err));
	ret->threshold = rows_int(r, "threshold");
	ret->ends = rows_int(r, "ends");
	ret->raised = rows_int(r, "raised");
	ret->changed = rows_int(r, "changed");
	ret->told = rows_int(r, "told");
	ret->escalated = rows_int(r, "escalated");
	ret->acked = rows_int(r, "acked");
	ret->resolved = rows_int(r, "resolved");
	return json_read(about, about != NULL ? strlen(about) : 0, &ret->about,
	    err);
}

int
alert_each(struct tx *tx, alert_fn *fn, void *ctx, struct err *err)
{
	AUTO(rows) *r = NULL;
	struct alert a;
	bool more;
	int rc;

	TRY(tx_query(tx, "alert_each", PARAMS(v_int(ALERTS_MOST +
	    WATCH__N)), &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		TRY(alert_read(r, &a, err));
		rc = fn(ctx, &a, err);
		alert_done(&a);
		TRY(rc);
	}
}

int
alert_put(struct tx *tx, const struct alert *a, struct err *err)
{
	char *about = json_line(a->about);
	int rc;

	if (about == NULL)
		return err_set(err, ENOMEMORY, "an alert");
	rc = tx_run(tx, "alert_put", PARAMS(v_text(a->id),
	    v_text(watch_name(a->watch)), v_text(a->subject),
	    v_int(a->threshold), v_int(a->ends), v_int(a->raised),
	    v_int(a->changed), v_int(a->told), v_int(a->escalated),
	    v_int(a->acked), v_int(a->resolved), v_text(about),
	    v_int(a->news)), NULL, err);
	free(about);
	return rc;
}

static int
row_of(struct tx *tx, const char *id, struct rows **ret, struct err *err)
{
	AUTO(rows) *r = NULL;
	bool there;

	TRY(tx_query(tx, "alert_get", PARAMS(v_text(id)), &r, err));
	TRY(rows_next(r, &there, err));
	if (!there)
		return err_set(err, ENOENT_, "there is no alert %.64s", id);
	*ret = TAKE(r);
	return 0;
}

int
alert_ack(struct tx *tx, const char *id, const char *person,
    const char *note, time_us now, struct err *err)
{
	AUTO(rows) *r = NULL;

	TRY(row_of(tx, id, &r, err));
	if (rows_int(r, "resolved") != 0)
		return err_set(err, ECONFLICT, "%.64s is over", id);
	if (rows_int(r, "acked") != 0)
		return err_set(err, ECONFLICT, "%s has acknowledged %.64s "
		    "already", rows_text(r, "acked_by"), id);
	return tx_run(tx, "alert_ack", PARAMS(v_text(id), v_int(now),
	    v_text(person), v_text(note)), NULL, err);
}

int
alert_forget(struct tx *tx, time_us before, struct err *err)
{
	return tx_run(tx, "alert_forget", PARAMS(v_int(before)), NULL, err);
}

/* ---- as people see it ---- */

static const char *
state_of(const struct alert *a)
{
	return a->resolved != 0 ? "over" : a->acked != 0 ? "acknowledged" :
	    "open";
}

static int
times_put(const struct alert *a, json_t *o, struct err *err)
{
	const struct { const char *name; time_us t; } times[] = {
		{ "ends", a->ends }, { "raised", a->raised },
		{ "changed", a->changed }, { "told", a->told },
		{ "escalated", a->escalated }, { "acknowledged", a->acked },
		{ "over", a->resolved } };

	for (size_t i = 0; i < NELEM(times); i++)
		if (times[i].t != 0)
			TRY(json_set_time(o, times[i].name, times[i].t, err));
	return a->threshold == NO_THRESHOLD ? 0 : json_set_int(o,
	    "threshold_seconds", a->threshold / TIME_S(1), err);
}

static int
alert_json(const struct rows *r, json_t **ret, struct err *err)
{
	struct alert a = { .about = NULL };
	AUTO_JSON *o = NULL;
	int rc;

	rc = alert_read(r, &a, err);
	if (rc == 0)
		rc = json_build(&o, err, "{s:s, s:s, s:s, s:s, s:s, s:s, "
		    "s:O, s:s, s:s*, s:s*}", "id", a.id, "watch", watch_name(a.watch),
		    "subject", a.subject, "state", state_of(&a), "name",
		    json_str(a.about, "name", ""), "what", json_str(a.about,
		    "what", ""), "about", a.about, "remedy", watch_remedy(a.watch),
		    "acknowledged_by", a.acked != 0 ? rows_text(r, "acked_by") :
		    NULL, "note", a.acked != 0 ? rows_text(r, "note") : NULL);
	if (rc == 0)
		rc = times_put(&a, o, err);
	alert_done(&a);
	if (rc == 0)
		*ret = TAKE(o);
	return rc;
}

int
alert_get(struct tx *tx, const char *id, json_t **ret, struct err *err)
{
	AUTO(rows) *r = NULL;

	TRY(row_of(tx, id, &r, err));
	return alert_json(r, ret, err);
}

/* "ENDS.ID": behind which one the next page begins. */
static int
cursor_read(const char *text, time_us *ret_ends, const char **ret_id,
    struct err *err)
{
	char *end;

	/* What has ended before 1970 is behind it, too. */
	*ret_ends = INT64_MIN;
	*ret_id = "";
	if (text == NULL)
		return 0;
	*ret_ends = strtoll(text, &end, 10);
	if (end == text || *end != '.' || !id_check(end + 1, "alr"))
		return err_set(err, EINPUT, "/cursor: not one of this list");
	*ret_id = end + 1;
	return 0;
}

static int
cursor_make(time_us ends, const char *id, char **ret, struct err *err)
{
	char text[ID_TEXT + 32];

	(void)snprintf(text, sizeof(text), "%lld.%s", (long long)ends, id);
	return (*ret = strdup(text)) != NULL ? 0 :
	    err_set(err, ENOMEMORY, "a list");
}

static bool
is_state(const char *s)
{
	return strcmp(s, "open") == 0 || strcmp(s, "acknowledged") == 0 ||
	    strcmp(s, "over") == 0;
}

static int
filter_check(const struct alert_filter *f, struct err *err)
{
	if (f->state != NULL && !is_state(f->state))
		return err_set(err, ERANGE_, "/state: expected open, "
		    "acknowledged or over");
	if (f->watch != NULL && watch_from_name(f->watch) < 0)
		return err_set(err, ERANGE_, "/watch: nothing called \"%.64s\" "
		    "is watched", f->watch);
	return 0;
}

static int
page(struct rows *r, unsigned limit, json_t *list, char **ret_next,
    struct err *err)
{
	char id[ID_TEXT] = "";
	time_us ends = 0;
	json_t *j;
	bool more;

	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		if (json_array_size(list) == limit)
			return cursor_make(ends, id, ret_next, err);
		TRY(alert_json(r, &j, err));
		if (json_array_append_new(list, j) != 0)
			return err_set(err, ENOMEMORY, "a list");
		ends = rows_int(r, "ends");
		TRY(rows_copy(r, "id", id, sizeof(id), err));
	}
}

int
alert_list(struct tx *tx, const struct alert_filter *f, const char *cursor,
    unsigned limit, json_t **ret, char **ret_next, struct err *err)
{
	AUTO(rows) *r = NULL;
	AUTO_JSON *list = json_array();
	const char *after;
	time_us ends;

	if (list == NULL)
		return err_set(err, ENOMEMORY, "a list");
	TRY(filter_check(f, err));
	TRY(cursor_read(cursor, &ends, &after, err));
	TRY(tx_query(tx, f->state != NULL && strcmp(f->state, "over") == 0 ?
	    "alert_list_over" : "alert_list", PARAMS(v_int(ends), v_text(after),
	    v_text(f->watch != NULL ? f->watch : ""),
	    v_text(f->state != NULL ? f->state : ""),
	    v_int((int64_t)limit + 1)), &r, err));
	TRY(page(r, limit, list, ret_next, err));
	*ret = TAKE(list);
	return 0;
}

static int
count_put(json_t *o, const char *watch, int64_t open, int64_t acked,
    struct err *err)
{
	json_t *one;

	TRY(json_build(&one, err, "{s:I, s:I}", "open", (json_int_t)open,
	    "acknowledged", (json_int_t)acked));
	return json_set_new(o, watch, one, err);
}

int
alert_counts(struct tx *tx, json_t **ret, struct err *err)
{
	AUTO(rows) *r = NULL;
	AUTO_JSON *o = json_object();
	bool more;

	if (o == NULL)
		return err_set(err, ENOMEMORY, "alerts");
	for (int w = 0; w < WATCH__N; w++)
		TRY(count_put(o, watch_name((enum watch)w), 0, 0, err));
	TRY(tx_query(tx, "alert_counts", NO_PARAMS, &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			break;
		TRY(count_put(o, rows_text(r, "watch"), rows_int(r, "n") -
		    rows_int(r, "acked"), rows_int(r, "acked"), err));
	}
	*ret = TAKE(o);
	return 0;
}
