/* warn_key - keys: their ends, and what they lack. */
#include <stdio.h>
#include <string.h>
#include "flow/inventory.h"
#include "flow/warn.h"

struct keys {
	struct look	*l;
	struct inventory v;
};

static int
about_key(const json_t *row, const char *what, json_t **ret,
    struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:s, s:O, s:s}", "name",
	    json_str(row, "name", ""), "class", json_str(row, "class", ""),
	    "state", json_str(row, "state", ""), "products",
	    json_object_get(row, "products"), "what", what);
}

/* Only what is in use, or can be, has an end that counts. */
static int
end_found(struct keys *k, const json_t *row, struct err *err)
{
	time_us ends, activated;
	char what[160];
	json_t *about;

	if (!json_flag(row, "expiring", false) &&
	    !json_flag(row, "ended", false))
		return 0;
	TRY(clock_parse(json_str(row, "ends", ""), &ends, err));
	TRY(clock_parse(json_str(row, "activated", ""), &activated, err));
	(void)snprintf(what, sizeof(what), "the cryptoperiod of the key %s ends",
	    json_str(row, "name", ""));
	TRY(about_key(row, what, &about, err));
	return look_found(k->l, WATCH_KEY, json_str(row, "hash", ""),
	    activated, ends, about, err);
}

static void
gaps_text(const json_t *row, char *ret, size_t room)
{
	const json_t *one;
	size_t i, n;

	n = (size_t)snprintf(ret, room, "the key %s lacks",
	    json_str(row, "name", ""));
	json_array_foreach(json_object_get(row, "gaps"), i, one)
		if (n < room)
			n += (size_t)snprintf(ret + n, room - n, "%s %s",
			    i > 0 ? "," : "", json_str(one, "gap", ""));
}

static int
gaps_found(struct keys *k, const json_t *row, struct err *err)
{
	char what[240];
	json_t *about;

	if (json_array_size(json_object_get(row, "gaps")) == 0)
		return 0;
	gaps_text(row, what, sizeof(what));
	TRY(about_key(row, what, &about, err));
	return look_found(k->l, WATCH_GAP, json_str(row, "hash", ""), 0, 0,
	    about, err);
}

static int
key_look(void *ctx, const struct key *key, struct err *err)
{
	struct keys *k = ctx;
	AUTO_JSON *row = NULL;

	TRY(inventory_key(&k->v, key, &row, err));
	TRY(end_found(k, row, err));
	return gaps_found(k, row, err);
}

int
look_keys(struct look *l, struct err *err)
{
	/* Until always: the row says then whether its end counts at all. */
	struct keys k = { .l = l, .v = { .tx = l->tx, .law = l->law,
	    .now = l->now, .until = INT64_MAX } };

	return key_each(l->tx, NULL, key_look, &k, err);
}
