/*
 * inventory_spread - where a key has gone: the places where its private half was
 * found, and the devices that were given it; and what would end that, which
 * nobody can do from here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cert/found.h"
#include "flow/draw.h"
#include "flow/inventory.h"
#include "policy/simulate.h"
#include "product/device.h"

#define COPIES	1000	/* of one page */
#define DEVICES	1000

static const char COPY[] = "copy:", DEVICE[] = "device:";

/* What follows the prefix, where the cursor is one of that list. */
static const char *
cursor_of(const char *cursor, const char *prefix)
{
	size_t n = strlen(prefix);

	return cursor != NULL && strncmp(cursor, prefix, n) == 0 ? cursor + n :
	    NULL;
}

bool
spread_is(const char *cursor)
{
	return cursor_of(cursor, COPY) != NULL || cursor_of(cursor, DEVICE) !=
	    NULL;
}

/* "more_x", and "next_x" where there are more. Takes @next. */
static int
more_put(json_t *row, const char *prefix, const char *more, const char *name,
    char *next, struct err *err)
{
	AUTO(blob) *text = blob_new();
	int rc = text == NULL ? err_set(err, ENOMEMORY, "an inventory") :
	    json_set_new(row, more, json_boolean(next != NULL), err);

	if (rc == 0 && next != NULL)
		rc = blob_printf(text, err, "%s%s", prefix, next);
	if (rc == 0 && next != NULL)
		rc = json_set_str(row, name, blob_str(text), err);
	free(next);
	return rc;
}

/* Something to do that is done elsewhere: @members besides what it is. */
static int
outside_put(json_t *list, const char *what, json_t *members, struct err *err)
{
	if (members == NULL || json_array_append_new(list, members) != 0)
		return err_set(err, ENOMEMORY, "an inventory");
	return json_set_str(members, "outside", what, err);
}

/* ---- copies ---- */

static int
copy_put(json_t *one, struct err *err)
{
	json_t *way;

	TRY(json_set_new(one, "end", json_array(), err));
	TRY(json_build(&way, err, "{s:s}", "at", json_str(one, "place", "")));
	return outside_put(json_object_get(one, "end"), "remove", way, err);
}

static int
copies_read(const struct spread *s, const char *cursor, json_t *row,
    struct err *err)
{
	struct found_filter f = { .key = s->hash };
	AUTO_JSON *list = NULL;
	char *next = NULL;
	json_t *one;
	size_t i;

	TRY(found_list(s->v->tx, &f, cursor, COPIES, &list, &next, err));
	TRY(more_put(row, COPY, "more_copies", "next_copy", next, err));
	json_array_foreach(list, i, one)
		TRY(copy_put(one, err));
	return json_set_new(row, "copies", TAKE(list), err);
}

/* ---- devices ---- */

static int
devices_read(const struct spread *s, const char *cursor, json_t *row,
    struct err *err)
{
	AUTO_JSON *list = NULL;
	char *next = NULL;

	TRY(device_bearers(s->v->tx, s->hash, s->name, cursor, DEVICES, &list,
	    &next, err));
	TRY(more_put(row, DEVICE, "more_devices", "next_device", next, err));
	return json_set_new(row, "devices", TAKE(list), err);
}

/* ---- both ---- */

int
inventory_spread_page(const struct spread *s, const char *cursor, json_t *row,
    struct err *err)
{
	const char *copy = cursor_of(cursor, COPY);

	return copy != NULL ? copies_read(s, copy, row, err) :
	    devices_read(s, cursor_of(cursor, DEVICE), row, err);
}

int
inventory_spread(const struct spread *s, json_t *row, json_t **ret_counts,
    struct err *err)
{
	int64_t copies, devices;
	json_t *way;

	TRY(copies_read(s, NULL, row, err));
	TRY(devices_read(s, NULL, row, err));
	TRY(found_copies_count(s->v->tx, s->hash, &copies, err));
	TRY(device_bearers_count(s->v->tx, s->hash, s->name, &devices, err));
	if (devices > 0) {
		TRY(json_build(&way, err, "{s:I}", "devices",
		    (json_int_t)devices));
		TRY(outside_put(json_object_get(row, "end"), "replace", way,
		    err));
	}
	return json_build(ret_counts, err, "{s:I, s:I}", "copies",
	    (json_int_t)copies, "devices", (json_int_t)devices);
}

/* ---- a key that lives elsewhere, and certificates of other CAs ---- */

static int
entry_facts(const json_t *row, struct facts **ret, struct err *err)
{
	static const char *const names[][2] = { { "key.name", "name" },
		{ "key.class", "class" }, { "key.environment", "environment" },
		{ "key.algorithm", "algorithm" } };
	AUTO(facts) *f = NULL;
	const char *text;

	TRY(facts_new(&f, err));
	for (size_t i = 0; i < NELEM(names); i++)
		if ((text = json_str(row, names[i][1], NULL)) != NULL)
			TRY(facts_str(f, names[i][0], text, REPLAYED, err));
	TRY(facts_set_json(f, "key.products", json_object_get(row,
	    "products"), REPLAYED, err));
	*ret = TAKE(f);
	return 0;
}

/* The entry is ended here by these rules, and that ends nothing but the entry. */
static int
unregister_put(const struct inventory *v, const json_t *row, json_t *list,
    struct err *err)
{
	AUTO(facts) *facts = NULL;
	AUTO_JSON *rules = NULL;
	json_t *way;

	TRY(entry_facts(row, &facts, err));
	TRY(policy_leave(v->law->charter, ACTION_KEY_UNREGISTER, facts, &rules,
	    err));
	TRY(json_build(&way, err, "{s:s, s:O}", "action",
	    action_name(ACTION_KEY_UNREGISTER), "rules", rules));
	return json_array_append_new(list, way) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "an inventory");
}

int
inventory_end_entry(const struct inventory *v, json_t *row, struct err *err)
{
	static const char *const whom[] = { "at", "custodian", "owner" };
	json_t *way, *list;

	TRY(json_set_new(row, "end", json_array(), err));
	if (strcmp(json_str(row, "state", ""), "ended") == 0)
		return 0;
	list = json_object_get(row, "end");
	way = json_object();
	TRY(outside_put(list, "destroy", way, err));
	TRY(members_copy(row, whom, NELEM(whom), way, err));
	return unregister_put(v, row, list, err);
}

int
inventory_end_other(json_t *certificate, struct err *err)
{
	json_t *way;

	TRY(json_set_new(certificate, "end", json_array(), err));
	/* A hold may be lifted; what is revoked or over is nobody's to end. */
	if (strcmp(json_str(certificate, "status", ""), "revoked") == 0 ||
	    json_flag(certificate, "ended", false))
		return 0;
	TRY(json_build(&way, err, "{s:s}", "issuer", json_str(certificate,
	    "issuer", "")));
	return outside_put(json_object_get(certificate, "end"), "revoke", way,
	    err);
}
