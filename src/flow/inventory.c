/*
 * inventory - what lacks something, and how views are paged.
 *
 * Every part is counted, also those beyond the page that is shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "flow/draw.h"
#include "flow/elsewhere.h"
#include "flow/inventory_page.h"

/* ---- a page ---- */

/* By name, behind the page before. */
int
view_put(struct asked_view *a, const char *name, json_t *row,
    struct err *err)
{
	if (a->cursor != NULL && strcmp(name, a->cursor) <= 0)
		return 0;
	if (json_array_size(a->list) == a->limit) {
		a->more = true;
		return 0;
	}
	snprintf(a->last, sizeof(a->last), "%s", name);
	return json_array_append(a->list, row) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "an inventory");
}

void
view_gaps(struct asked_view *a, const json_t *row)
{
	const json_t *gaps = json_object_get(row, "gaps"), *one;
	size_t i;

	a->lacking += json_array_size(gaps) > 0;
	json_array_foreach(gaps, i, one)
		for (size_t g = 0; g < GAP__N; g++)
			a->gap[g] += strcmp(json_str(one, "gap", ""),
			    gap_name((enum gap)g)) == 0;
}

/* The name of a key that was told: none is given up, be the key long gone. */
int
view_cursor(const struct asked_view *a, struct err *err)
{
	AUTO(key) *k = NULL;
	struct err why;
	bool there = true;
	int rc;

	if (a->cursor == NULL)
		return 0;
	rc = key_get(a->v.tx, a->cursor, &k, &why);
	if (rc != 0 && rc != -ENOKEY)
		return err_set(err, why.code, "%s", why.what);
	if (rc != 0)
		TRY(elsewhere_named(a->v.tx, a->cursor, &there, err));
	return there ? 0 : err_set(err, EINPUT, "/cursor: not one of this "
	    "list");
}

int
view_run(const struct moment *m, struct asked_view *a, const json_t *query,
    int (*read)(struct tx *, void *, struct err *),
    int (*show)(struct asked_view *, json_t **, struct err *),
    json_t **ret, struct err *err)
{
	AUTO(law) *law = NULL;
	int rc;

	TRY(inventory_look(&a->v, m, query, err));
	TRY(state_law(m->state, &law, err));
	a->v.law = law;
	a->cursor = json_str(query, "cursor", NULL);
	a->limit = (unsigned)json_int(query, "limit", 100);
	a->list = json_array();
	a->others = json_array();
	a->borne = json_object();
	a->less = json_object();
	a->hashes = json_object();
	rc = a->list == NULL || a->others == NULL || a->borne == NULL ||
	    a->less == NULL || a->hashes == NULL ? err_set(err, ENOMEMORY, "an inventory") : 0;
	if (rc == 0)
		rc = state_read(m->state, read, a, err);
	if (rc == 0)
		rc = show(a, ret, err);
	inventory_done(&a->v);
	feed_done(&a->elsewhere);
	ancestry_done(&a->ancestry);
	json_decref(a->list);
	json_decref(a->others);
	json_decref(a->borne);
	json_decref(a->less);
	json_decref(a->hashes);
	free(a->next_other);
	json_decref(a->devices);
	json_decref(a->sums);
	return rc;
}

/* ---- gaps ---- */

static int
gaps_put(const struct asked_view *a, json_t *counts, struct err *err)
{
	for (size_t g = 0; g < GAP__N; g++)
		TRY(json_set_int(counts, gap_name((enum gap)g), a->gap[g],
		    err));
	return 0;
}

static int
gap_row(struct asked_view *a, const json_t *row, struct err *err)
{
	static const char *const names[] = { "hash", "name", "class",
		"environment", "state", "products", "owner", "elsewhere",
		"at", "custodian", "gaps" };
	AUTO_JSON *shown = json_object();

	view_gaps(a, row);
	if (json_array_size(json_object_get(row, "gaps")) == 0)
		return 0;
	TRY(members_copy(row, names, NELEM(names), shown, err));
	return view_put(a, json_str(row, "name", ""), shown, err);
}

static int
gap_entry(void *ctx, const json_t *entry, struct err *err)
{
	struct asked_view *a = ctx;
	AUTO_JSON *row = NULL;

	TRY(inventory_elsewhere(&a->v, entry, &row, err));
	return gap_row(a, row, err);
}

static int
gap_key(void *ctx, const struct key *k, struct err *err)
{
	struct asked_view *a = ctx;
	AUTO_JSON *row = NULL;

	TRY(feed_until(&a->elsewhere, a->v.tx, k->name, gap_entry, a, err));
	TRY(inventory_key(&a->v, k, &row, err));
	return gap_row(a, row, err);
}

#define LACKING_STEPS	5	/* for one page, which may be short then */

/* Certificates have a page of their own; they would push keys out of sight. */
static int
gaps_read(struct tx *tx, void *ctx, struct err *err)
{
	struct asked_view *a = ctx;
	struct lacking *w = &a->certificates_lacking;
	bool certificates;

	TRY(inventory_read(&a->v, tx, err));
	w->v = &a->v;
	lacking_read(a->cursor, w, &certificates);
	if (!certificates)
		TRY(view_cursor(a, err));
	w->over = a->cursor != NULL && !certificates;
	for (int i = 0; i < LACKING_STEPS && !w->over &&
	    json_array_size(a->others) < a->limit; i++)
		TRY(lacking_step(w, a->limit, a->others, err));
	if (certificates)
		return 0;
	if (a->cursor == NULL)
		TRY(lacking_sum(&a->v, &a->sums, err));
	TRY(key_each(tx, NULL, gap_key, a, err));
	return feed_until(&a->elsewhere, tx, NULL, gap_entry, a, err);
}

static int
gaps_json(struct asked_view *a, json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	char next[160];

	lacking_text(&a->certificates_lacking, next);
	TRY(json_build(&o, err, "{s:s, s:I, s:{}, s:O, s:s*, s:O, s:s*, s:O*}",
	    "charter", a->v.law->hex, "total", (json_int_t)a->lacking,
	    "counts", "gaps", a->list, "next", a->more ? a->last : NULL,
	    "certificates", a->others, "next_certificate", next[0] != '\0' ?
	    next : NULL, "certificate_counts", a->sums));
	TRY(gaps_put(a, json_object_get(o, "counts"), err));
	*ret = TAKE(o);
	return 0;
}

int
flow_inventory_gaps(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	struct asked_view a = { .product = NULL };

	return view_run(m, &a, query, gaps_read, gaps_json, ret, err);
}
