/*
 * inventory_lines - which product lines there are: those that keys serve, and
 * those that the charter names.
 */
#include <stdlib.h>
#include <string.h>
#include "flow/inventory.h"
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

/* Those that keys serve, and those that the charter names. */
int
lines_names(struct tx *tx, void *ctx, struct err *err)
{
	struct lines *l = ctx;
	AUTO_JSON *all = NULL;
	const char *name, **sorted;
	json_t *v;
	size_t n = 0;
	int rc = 0;

	TRY(product_names(tx, &all, err));
	json_object_foreach(json_object_get(charter_json(l->c), "products"),
	    name, v)
		TRY(json_set_new(all, name, json_true(), err));
	TRY(only_put(tx, l, all, err));
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
