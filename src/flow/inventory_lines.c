/*
 * inventory_lines - which product lines there are: those that keys serve, and
 * those that the charter names.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inventory.h"
#include "flow/line.h"
#include "policy/charter.h"
#include "product/product.h"

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * One that is asked for by name is told as far as its own view knows it, so also
 * where it has devices only, or certificates of other CAs: to list all of those
 * would be to read them all.
 */
static int
only_put(struct tx *tx, const struct lines *l, json_t *all, struct err *err)
{
	bool known;

	if (l->only == NULL || json_object_get(all, l->only) != NULL)
		return 0;
	TRY(product_is_known(tx, l->only, &known, err));
	return known ? json_set_new(all, l->only, json_true(), err) :
	    err_set(err, ENOENT_, "there is no product line \"%.64s\": "
	    "nothing is of it, and the charter does not name it", l->only);
}

/* Behind the cursor, as many as are asked for. */
static int
names_put(struct lines *l, json_t *all, struct err *err)
{
	const char *name, **sorted;
	json_t *v;
	size_t n = 0;
	int rc = 0;

	sorted = calloc(json_object_size(all) + 1, sizeof(*sorted));
	if (sorted == NULL)
		return err_set(err, ENOMEMORY, "product lines");
	json_object_foreach(all, name, v)
		if ((l->only == NULL || strcmp(name, l->only) == 0) &&
		    strcmp(name, l->cursor) > 0)
			sorted[n++] = name;
	qsort(sorted, n, sizeof(*sorted), by_name);
	l->more = n > l->limit;
	for (size_t i = 0; i < n && i < l->limit && rc == 0; i++)
		rc = json_array_append_new(l->names, json_string(sorted[i]));
	free(sorted);
	return rc == 0 ? 0 : err_set(err, ENOMEMORY, "product lines");
}

static const json_t *
of_charter(const struct charter *c)
{
	return json_object_get(charter_json(c), "products");
}

static int
charter_put(const struct lines *l, json_t *all, struct err *err)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)of_charter(l->c), name, v)
		TRY(json_set_new(all, name, json_true(), err));
	return 0;
}

/* Those that keys serve, and those that the charter names. */
int
lines_names(struct tx *tx, void *ctx, struct err *err)
{
	struct lines *l = ctx;
	AUTO_JSON *all = NULL;

	TRY(product_names(tx, &all, err));
	TRY(charter_put(l, all, err));
	TRY(only_put(tx, l, all, err));
	return names_put(l, all, err);
}

/* ---- what names each ---- */

struct listing {
	struct lines	 l;
	json_t		*all, *firm;	/* owned: of these the charter or a key says that they are lines */
	json_t		*list;		/* owned */
};

/* Nobody but whoever told of devices, certificates or others' keys has named it. */
static bool
is_firm(const struct listing *g, const char *name, const json_t *counts)
{
	return json_object_get(of_charter(g->l.c), name) != NULL ||
	    json_int(counts, "keys", 0) > 0 || json_int(counts, "tracks", 0) >
	    0;
}

static int
line_put(struct tx *tx, struct listing *g, const char *name, struct err *err)
{
	const json_t *said = json_object_get(of_charter(g->l.c), name);
	json_t *one;
	bool firm;

	TRY(product_counts(tx, name, &one, err));
	if (json_array_append_new(g->list, one) != 0)
		return err_set(err, ENOMEMORY, "product lines");
	firm = is_firm(g, name, one);
	TRY(json_set_str(one, "product", name, err));
	TRY(json_set_new(one, "charter", json_boolean(said != NULL), err));
	TRY(json_set_new(one, "at_least", json_boolean(json_int(one, "others",
	    0) == PRODUCT_COUNTED || json_int(one, "devices", 0) ==
	    PRODUCT_COUNTED), err));
	if (json_str(said, "support-until", NULL) != NULL)
		TRY(json_set_str(one, "support_until", json_str(said,
		    "support-until", ""), err));
	return firm ? 0 : line_nearest(g->firm, name, one, err);
}

static int
listing_read(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *g = ctx;
	const json_t *name;
	size_t i;

	TRY(product_names(tx, &g->firm, err));
	TRY(charter_put(&g->l, g->firm, err));
	TRY(product_all(tx, g->l.cursor, g->l.limit + 1, &g->all, err));
	TRY(charter_put(&g->l, g->all, err));
	TRY(names_put(&g->l, g->all, err));
	json_array_foreach(g->l.names, i, name)
		TRY(line_put(tx, g, json_string_value(name), err));
	return 0;
}

static int
listing_json(const struct listing *g, const struct law *law, time_us now,
    json_t **ret, struct err *err)
{
	AUTO_JSON *o = NULL;
	size_t n = json_array_size(g->l.names);

	TRY(json_build(&o, err, "{s:s, s:O, s:s*}", "charter", law->hex,
	    "products", g->list, "next", g->l.more ? json_string_value(
	    json_array_get(g->l.names, n - 1)) : NULL));
	TRY(json_set_time(o, "time", now, err));
	*ret = TAKE(o);
	return 0;
}

int
flow_inventory_products(const struct moment *m, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	AUTO(law) *law = NULL;
	struct listing g = { .l = { .cursor = json_str(query, "cursor", ""),
	    .limit = (unsigned)json_int(query, "limit", 100) } };
	int rc;

	TRY(state_law(m->state, &law, err));
	g.l.c = law->charter;
	g.l.names = json_array();
	g.list = json_array();
	rc = g.l.names == NULL || g.list == NULL ? err_set(err, ENOMEMORY,
	    "product lines") : state_read(m->state, listing_read, &g, err);
	if (rc == 0)
		rc = listing_json(&g, law, m->now, ret, err);
	json_decref(g.l.names);
	json_decref(g.list);
	json_decref(g.all);
	json_decref(g.firm);
	return rc;
}
