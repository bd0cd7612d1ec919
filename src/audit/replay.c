/*
 * replay - every projection made again from the ledger, and both read side by
 * side.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/audit.h"
#include "audit/remake.h"
#include "base/json.h"
#include "ledger/ledger.h"
#include "state/state.h"
#include "store/store.h"

#define DIFFERENCES	100	/* most that are listed */

/* ---- side by side ---- */

/*
 * A table as lines of text, sorted: engines differ in how they order text, so
 * the order is made here.
 */
struct table {
	const char	*name;
	struct blob	 text;		/* lines, each ended by NUL */
	char		**line;
	size_t		 n;
};

static void
table_done(struct table *t)
{
	blob_done(&t->text);
	free(t->line);
}

static int
put_value(const struct rows *r, size_t column, struct blob *to,
    struct err *err)
{
	struct value	 v = rows_value(r, column);
	char		*hex;
	int		 rc;

	TRY(blob_printf(to, err, "%s%s=", column > 0 ? "\x1f" : "",
	    rows_name(r, column)));
	switch (v.type) {
	case VALUE_NULL:
		return blob_puts(to, "null", err);
	case VALUE_INT:
		return blob_printf(to, err, "%lld", (long long)v.i);
	case VALUE_TEXT:
		return blob_printf(to, err, "'%.*s'", (int)v.n,
		    (const char *)v.p);
	case VALUE_BLOB:
		break;
	}
	if ((hex = malloc(2 * v.n + 1)) == NULL)
		return err_set(err, ENOMEMORY, "a row");
	for (size_t i = 0; i < v.n; i++)
		snprintf(hex + 2 * i, 3, "%02x",
		    ((const unsigned char *)v.p)[i]);
	hex[2 * v.n] = '\0';
	rc = blob_puts(to, hex, err);
	free(hex);
	return rc;
}

static int
table_read(struct tx *tx, void *ctx, struct err *err)
{
	struct table	*t = ctx;
	AUTO(rows)	*r = NULL;
	bool		 more;

	TRY(tx_table(tx, t->name, &r, err));
	for (;;) {
		TRY(rows_next(r, &more, err));
		if (!more)
			return 0;
		for (size_t i = 0; i < rows_columns(r); i++)
			TRY(put_value(r, i, &t->text, err));
		TRY(blob_put(&t->text, "", 1, err));
		t->n++;
	}
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* @tx NULL: in a transaction of its own. */
static int
table_load(struct tx *tx, struct store *s, const char *name,
    struct table *ret, struct err *err)
{
	char	*at;

	ret->name = name;
	TRY(tx != NULL ? table_read(tx, ret, err) : store_read(s, table_read,
	    ret, err));
	ret->line = calloc(ret->n + 1, sizeof(*ret->line));
	if (ret->line == NULL)
		return err_set(err, ENOMEMORY, "a table");
	at = (char *)ret->text.data;
	for (size_t i = 0; i < ret->n; i++, at += strlen(at) + 1)
		ret->line[i] = at;
	qsort(ret->line, ret->n, sizeof(*ret->line), by_text);
	return 0;
}

struct compared {
	json_t		*tables, *differences;
	uint64_t	 differ;
};

static int
differ(struct compared *c, const char *table, const char *live,
    const char *again, struct err *err)
{
	json_t	*j;

	c->differ++;
	if (json_array_size(c->differences) >= DIFFERENCES)
		return 0;
	TRY(json_build(&j, err, "{s:s, s:s*, s:s*}", "table", table,
	    "live", live, "replayed", again));
	if (json_array_append_new(c->differences, j) != 0)
		return err_set(err, ENOMEMORY, "a difference");
	return 0;
}

static int
merge(struct compared *c, const struct table *live, const struct table *again,
    struct err *err)
{
	size_t	 i = 0, k = 0;

	while (i < live->n || k < again->n) {
		int	 order = i == live->n ? 1 : k == again->n ? -1 :
		    strcmp(live->line[i], again->line[k]);

		if (order < 0)
			TRY(differ(c, live->name, live->line[i], NULL, err));
		else if (order > 0)
			TRY(differ(c, live->name, NULL, again->line[k], err));
		i += order <= 0;
		k += order >= 0;
	}
	return json_set_int(c->tables, live->name, (int64_t)live->n, err);
}

static int
compare(struct tx *live, struct store *again, const char *name,
    struct compared *c, struct err *err)
{
	struct table	 a = { .n = 0 }, b = { .n = 0 };
	int		 rc = table_load(live, NULL, name, &a, err);

	if (rc == 0)
		rc = table_load(NULL, again, name, &b, err);
	if (rc == 0)
		rc = merge(c, &a, &b, err);
	table_done(&a);
	table_done(&b);
	return rc;
}

static int
compare_all(struct tx *live, struct store *again, uint64_t size,
    json_t **ret, struct err *err)
{
	AUTO_JSON	*tables = json_object(), *list = json_array();
	AUTO_JSON	*out = json_object();
	struct compared	 c = { tables, list, 0 };

	if (tables == NULL || list == NULL || out == NULL)
		return err_set(err, ENOMEMORY, "a comparison");
	for (size_t i = 0; i < state_tables_n; i++)
		TRY(compare(live, again, state_tables[i].name, &c, err));
	for (size_t i = 0; i < state_left_out_n; i++)
		TRY(json_set_str(out, state_left_out[i].name,
		    state_left_out[i].why, err));
	return json_build(ret, err, "{s:b, s:I, s:O, s:O, s:I, s:O}",
	    "ok", c.differ == 0, "events", (json_int_t)size,
	    "tables", tables, "differences", list,
	    "differences_n", (json_int_t)c.differ, "left_out", out);
}

struct replayed {
	struct store	*again;
	uint64_t	 size;		/* events that it has */
	json_t		*report;
};

static int
size_read(struct tx *tx, void *ctx, struct err *err)
{
	struct replayed		*r = ctx;
	struct ledger_head	 head;

	TRY(ledger_head(tx, &head, err));
	r->size = head.size;
	return 0;
}

/* Whoever writes meanwhile is in the tables as in the ledger, or in neither: all of
 * it is read at one moment. */
static int
at_one_moment(struct tx *tx, void *ctx, struct err *err)
{
	struct replayed	*r = ctx;
	uint64_t	 had = r->size;

	TRY(size_read(tx, r, err));
	TRY(remake_rest(tx, r->again, had, r->size, err));
	return compare_all(tx, r->again, r->size, &r->report, err);
}

int
audit_replay(struct store *live, const char *scratch, json_t **ret_report,
    struct err *err)
{
	AUTO(store)	*again = NULL;
	struct replayed	 r = { .report = NULL };
	char		 url[4200];

	snprintf(url, sizeof(url), "sqlite:%s", scratch != NULL ? scratch :
	    ":memory:");
	TRY(store_open(url, NULL, &again, err));
	r.again = again;
	TRY(store_read(live, size_read, &r, err));
	TRY(remake(live, again, r.size, NULL, NULL, err));
	TRY(store_read(live, at_one_moment, &r, err));
	*ret_report = r.report;
	return 0;
}
