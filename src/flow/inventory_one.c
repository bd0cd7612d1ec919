/*
 * inventory_one - one key: who may use it, what is open on it, what it was used
 * for, and what would end each.
 */
#include <string.h>
#include "flow/elsewhere.h"
#include "flow/inventory.h"
#include "flow/law.h"
#include "policy/simulate.h"

#define OPEN	1000	/* requests that are shown, and windows looked at */
#define SUMS	1000	/* of uses */

struct key_view {
	struct inventory v;
	const struct key *k;		/* NULL: it lives elsewhere */
	const char	*entry;		/* then its name or hash */
	const char	*cursor;	/* NULL: all but its further certificates */
	json_t		*row, *windows, *requests, *by, *counts;	/* owned */
	json_t		*ids;		/* owned: of its windows that are open */
	uint64_t	 total;
	time_us		 last;
	bool		 more_requests, more_uses;
};

/* ---- uses ---- */

static int
sum_put(void *ctx, const struct use_sum *s, struct err *err)
{
	struct key_view *w = ctx;
	const struct rule *rule = charter_rule_of(w->v.law->charter, w->k->class,
	    s->rule);
	json_t *one;

	w->total += s->count;
	if (s->last > w->last)
		w->last = s->last;
	TRY(json_build(&one, err, "{s:s*, s:s, s:s, s:I}", "rule",
	    rule != NULL ? rule->name : NULL, "rule_hash", s->rule,
	    "principal", s->principal, "count", (json_int_t)s->count));
	if (json_array_append_new(w->by, one) != 0)
		return err_set(err, ENOMEMORY, "uses");
	return json_set_time(one, "last", s->last, err);
}

static int
uses_set(const struct key_view *w, json_t *o, struct err *err)
{
	json_t *uses;

	TRY(json_build(&uses, err, "{s:I, s:O, s:b}", "total",
	    (json_int_t)w->total, "by", w->by, "more", (int)w->more_uses));
	TRY(json_set_new(o, "uses", uses, err));
	return w->last == 0 ? 0 : json_set_time(uses, "last", w->last, err);
}

/* ---- windows ---- */

static int
window_put(struct key_view *v, const struct window *w, struct err *err)
{
	char from[TIME_TEXT], until[TIME_TEXT];
	json_t *o;

	clock_text(w->from, from);
	clock_text(w->until, until);
	TRY(json_build(&o, err, "{s:s, s:s, s:s, s:s, s:O, s:I, s:I, s:b,"
	    " s:s*, s:s*}", "id", w->id, "rule", w->rule, "from", from,
	    "until", until, "by", w->by, "uses", (json_int_t)w->uses,
	    "used", (json_int_t)window_used(w),
	    "any_digest", (int)w->any_digest, "product", w->product,
	    "track", w->track));
	if (json_array_append_new(v->windows, o) != 0)
		return err_set(err, ENOMEMORY, "windows");
	return inventory_end_window(&v->v, v->k, o, err);
}

/* The open ones of this key.  Their uses are counted for them alone: a window may
 * have a million. */
static int
windows_read(struct key_view *v, struct err *err)
{
	AUTO_JSON *ids = NULL;
	json_t *id;
	size_t i;

	v->ids = json_array();
	TRY(window_open_ids(v->v.tx, v->v.now, &ids, err));
	json_array_foreach(ids, i, id) {
		AUTO(window) *w = NULL;

		TRY(window_get(v->v.tx, json_string_value(id), &w, err));
		if (w->open && window_has_key(w, v->k->hash) &&
		    json_array_append(v->ids, id) != 0)
			return err_set(err, ENOMEMORY, "windows");
	}
	return 0;
}

static int
windows_put(struct key_view *v, struct err *err)
{
	const json_t *id;
	size_t i;

	json_array_foreach(v->ids, i, id) {
		AUTO(window) *w = NULL;

		TRY(state_window_get(v->v.state, json_string_value(id), &w,
		    err));
		TRY(window_put(v, w, err));
	}
	return 0;
}

/* ---- all of it ---- */

static int
spread_read(struct key_view *w, const char *hash, const char *name,
    struct err *err)
{
	struct spread s = { .v = &w->v, .hash = hash, .name = name };

	return inventory_spread(&s, w->row, &w->counts, err);
}

/* One that lives elsewhere: nobody uses it here, and it ends elsewhere. */
static int
entry_read(struct tx *tx, void *ctx, struct err *err)
{
	struct key_view *w = ctx;
	AUTO_JSON *entry = NULL;
	const char *hash;

	w->v.tx = tx;
	TRY(elsewhere_get(tx, w->entry, &entry, err));
	TRY(inventory_elsewhere(&w->v, entry, &w->row, err));
	TRY(inventory_end_entry(&w->v, w->row, err));
	hash = json_str(entry, "hash", NULL);
	if (hash != NULL)
		TRY(inventory_bearing(&w->v, hash, NULL, w->row, err));
	TRY(inventory_end_certificates(&w->v, w->row, err));
	return spread_read(w, hash != NULL ? hash : "", json_str(entry,
	    "name", ""), err);
}

static int
key_read(struct tx *tx, void *ctx, struct err *err)
{
	struct key_view *w = ctx;

	TRY(inventory_read(&w->v, tx, err));
	TRY(inventory_certificates(&w->v, err));
	TRY(inventory_key(&w->v, w->k, &w->row, err));
	TRY(inventory_add(&w->v, w->k, w->row, err));
	TRY(inventory_end_key(&w->v, w->k, w->row, err));
	TRY(spread_read(w, w->k->hash, w->k->name, err));
	TRY(use_sums(tx, w->k->hash, SUMS, sum_put, w, &w->more_uses, err));
	TRY(approval_open_list(tx, w->k->hash, OPEN, &w->requests,
	    &w->more_requests, err));
	return windows_read(w, err);
}

/* Whose class has left the charter is nobody's to use. */
static int
who_can(const struct key_view *w, json_t **ret, struct err *err)
{
	AUTO(facts) *facts = NULL;

	if (w->k == NULL ||
	    charter_class(w->v.law->charter, w->k->class) == NULL)
		return json_build(ret, err, "{s:[], s:{}}", "rules",
		    "principals");
	TRY(key_facts(w->k, &facts, err));
	return policy_who_can(w->v.law->charter, facts, ret, err);
}

static int
key_view_json(const struct key_view *w, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL, *can = NULL;

	TRY(who_can(w, &can, err));
	TRY(json_build(&o, err, "{s:s, s:O, s:O, s:O, s:O, s:O, s:b}", "charter",
	    w->v.law->hex, "key", w->row, "counts", w->counts, "who_can", can,
	    "windows",
	    w->windows, "requests", w->requests, "more_requests",
	    (int)w->more_requests));
	TRY(uses_set(w, o, err));
	TRY(json_set_time(o, "time", w->v.now, err));
	TRY(json_set_time(o, "until", w->v.until, err));
	if (w->v.looked_until != 0)
		TRY(json_set_time(o, "looked_until", w->v.looked_until, err));
	*ret = TAKE(o);
	return 0;
}

/* Those of its certificates, copies or devices that its own answer has not. */
static int
rest_read(struct tx *tx, void *ctx, struct err *err)
{
	struct key_view *w = ctx;
	AUTO_JSON *entry = NULL;
	struct spread s = { .v = &w->v };

	w->v.tx = tx;
	if (w->k == NULL)
		TRY(elsewhere_get(tx, w->entry, &entry, err));
	s.hash = w->k != NULL ? w->k->hash : json_str(entry, "hash", "");
	s.name = w->k != NULL ? w->k->name : json_str(entry, "name", "");
	TRY(json_build(&w->row, err, "{s:s*}", "hash", s.hash[0] != '\0' ?
	    s.hash : NULL));
	if (spread_is(w->cursor))
		return inventory_spread_page(&s, w->cursor, w->row, err);
	if (s.hash[0] == '\0')
		return err_set(err, EINPUT, "/cursor: nothing is known to bear "
		    "this key");
	TRY(inventory_bearing(&w->v, s.hash, w->cursor, w->row, err));
	return inventory_end_certificates(&w->v, w->row, err);
}

static int
rest_view(struct key_view *w, json_t **ret, struct err *err)
{
	TRY(state_read(w->v.state, rest_read, w, err));
	return json_build(ret, err, "{s:O}", "key", w->row);
}

static int
key_view(struct key_view *w, json_t **ret, struct err *err)
{
	if (w->cursor != NULL)
		return rest_view(w, ret, err);
	if (w->by == NULL || w->windows == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	if (w->k == NULL && (w->requests = json_array()) == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	TRY(state_read(w->v.state, w->k != NULL ? key_read : entry_read, w,
	    err));
	TRY(windows_put(w, err));
	return key_view_json(w, ret, err);
}

int
flow_inventory_key(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	AUTO(law) *law = NULL;
	AUTO(key) *k = NULL;
	struct key_view w = { .entry = subject, .cursor = json_str(query,
	    "cursor", NULL) };
	int rc;

	TRY(inventory_look(&w.v, m, query, err));
	rc = state_key(m->state, subject, &k, err);
	if (rc != 0 && rc != -ENOKEY)
		return rc;
	TRY(state_law(m->state, &law, err));
	w.k = k;
	w.v.law = law;
	w.by = json_array();
	w.windows = json_array();
	rc = key_view(&w, ret, err);
	inventory_done(&w.v);
	json_decref(w.row);
	json_decref(w.windows);
	json_decref(w.requests);
	json_decref(w.by);
	json_decref(w.ids);
	json_decref(w.counts);
	return rc;
}
