/*
 * line - a product line that nothing else names is told to whoever names it
 * first: it may be a new one, or a slip of the keyboard.
 */
#include <string.h>
#include "base/nearest.h"
#include "flow/inside.h"
#include "flow/line.h"
#include "flow/stage.h"
#include "key/key.h"
#include "policy/charter.h"
#include "product/product.h"
#include "state/state.h"

/* ---- which was meant ---- */

struct names {
	json_t		*all;		/* borrowed */
	const char	*but;
	void		*at;		/* of the walk */
};

static const char *
name_next(const void *ctx, size_t i)
{
	struct names *n = (struct names *)(uintptr_t)ctx;
	const char *name;

	n->at = i == 0 ? json_object_iter(n->all) :
	    json_object_iter_next(n->all, n->at);
	if (n->at == NULL)
		return NULL;
	name = json_object_iter_key(n->at);
	/* An empty word is near to nothing. */
	return strcmp(name, n->but) == 0 ? "" : name;
}

int
line_nearest(const json_t *all, const char *name, json_t *o, struct err *err)
{
	struct names n = { .all = (json_t *)(uintptr_t)all, .but = name };
	const char *meant = nearest(name, name_next, &n);

	return meant == NULL || meant[0] == '\0' ? 0 :
	    json_set_str(o, "nearest", meant, err);
}

/* ---- which nobody knows ---- */

struct warning {
	const struct charter *c;	/* borrowed */
	const struct key *key;		/* borrowed; NULL: none */
	const json_t	*lines[2];	/* borrowed: arrays; NULL: none */
	const char	*line;		/* and one by itself; or NULL */
	json_t		*list;		/* owned */
};

static const json_t *
of_charter(const struct charter *c)
{
	return json_object_get(charter_json(c), "products");
}

/* What needs no look into the tables: a signature has its key's line. */
static bool
is_plain(const struct warning *w, const char *line)
{
	return line[0] == '\0' || json_object_get(of_charter(w->c), line) !=
	    NULL || (w->key != NULL && json_has(w->key->products, line));
}

static int
unknown_put(struct tx *tx, struct warning *w, const char *line,
    struct err *err)
{
	AUTO_JSON *all = NULL;
	json_t *one;
	bool known;

	TRY(product_is_known(tx, line, &known, err));
	if (known)
		return 0;
	TRY(product_all(tx, "", LINES_MOST, &all, err));
	if (json_object_update_missing(all, (json_t *)(uintptr_t)of_charter(
	    w->c)) != 0 && of_charter(w->c) != NULL)
		return err_set(err, ENOMEMORY, "product lines");
	TRY(json_build(&one, err, "{s:s}", "product", line));
	if (json_array_append_new(w->list, one) != 0)
		return err_set(err, ENOMEMORY, "product lines");
	return line_nearest(all, line, one, err);
}

static int
unknown_look(struct tx *tx, void *ctx, struct err *err)
{
	struct warning *w = ctx;
	const json_t *one;
	size_t i;

	for (size_t n = 0; n < NELEM(w->lines); n++)
		json_array_foreach((json_t *)(uintptr_t)w->lines[n], i, one)
			if (!is_plain(w, json_string_value(one)))
				TRY(unknown_put(tx, w, json_string_value(one),
				    err));
	return w->line == NULL || is_plain(w, w->line) ? 0 :
	    unknown_put(tx, w, w->line, err);
}

static bool
is_any(const struct warning *w)
{
	const json_t *one;
	size_t i;

	for (size_t n = 0; n < NELEM(w->lines); n++)
		json_array_foreach((json_t *)(uintptr_t)w->lines[n], i, one)
			if (!is_plain(w, json_string_value(one)))
				return true;
	return w->line != NULL && !is_plain(w, w->line);
}

/* Beside what is answered anyway: of a look or of what is known, in that. */
static int
list_put(struct drawn *d, json_t *list, struct err *err)
{
	json_t **o = d->known != NULL ? &d->known : &d->extra;

	if (json_array_size(list) == 0)
		return 0;
	if (*o == NULL)
		TRY(json_build(o, err, "{}"));
	return json_set_new(*o, "unknown_products", json_incref(list), err);
}

int
lines_warn(const struct begun *b, struct drawn *d, struct err *err)
{
	const json_t *p = d->parameters;
	struct warning w = { .c = b->law->charter, .key = d->key,
	    .lines = { json_object_get(p, "products"), json_object_get(p,
	    "lines") }, .line = json_str(p, "product", NULL) };
	int rc;

	if (!is_any(&w))
		return 0;
	if ((w.list = json_array()) == NULL)
		return err_set(err, ENOMEMORY, "product lines");
	rc = state_read(b->flow->state, unknown_look, &w, err);
	if (rc == 0)
		rc = list_put(d, w.list, err);
	json_decref(w.list);
	return rc;
}
