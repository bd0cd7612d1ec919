/* warn_key - keys of the token and keys elsewhere: their ends, and what they lack. */
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
	return json_build(ret, err, "{s:s, s:s, s:s*, s:s*, s:s, s:O, s:s}",
	    "name", json_str(row, "name", ""),
	    "class", json_str(row, "class", ""),
	    "owner", json_str(row, "owner", NULL),
	    "at", json_str(row, "at", NULL),
	    "state", json_str(row, "state", ""), "products",
	    json_object_get(row, "products"), "what", what);
}

/* Of a key elsewhere the public half need not be known, but its name is its own. */
static void
subject_of(const json_t *row, char ret[ALERT_SUBJECT])
{
	bool elsewhere = json_flag(row, "elsewhere", false);

	(void)snprintf(ret, ALERT_SUBJECT, "%s%s", elsewhere ? "elsewhere " :
	    "", json_str(row, elsewhere ? "name" : "hash", ""));
}

/* Only what is in use, or can be, has an end that counts. */
static int
end_found(struct keys *k, const json_t *row, struct err *err)
{
	const char *from = json_str(row, "activated", NULL);
	time_us ends, activated = 0;
	char what[160], subject[ALERT_SUBJECT];
	json_t *about;

	if (!json_flag(row, "expiring", false) &&
	    !json_flag(row, "ended", false))
		return 0;
	TRY(clock_parse(json_str(row, "ends", ""), &ends, err));
	if (from != NULL)
		TRY(clock_parse(from, &activated, err));
	(void)snprintf(what, sizeof(what), "the %s of the key %s ends",
	    json_flag(row, "elsewhere", false) ? "time" : "cryptoperiod",
	    json_str(row, "name", ""));
	subject_of(row, subject);
	TRY(about_key(row, what, &about, err));
	return look_found(k->l, WATCH_KEY, subject, activated, ends, about,
	    err);
}

/* @return how many. */
static unsigned
gaps_text(const json_t *row, char *ret, size_t room)
{
	const json_t *one;
	unsigned told = 0;
	size_t i, n;

	n = (size_t)snprintf(ret, room, "the key %s lacks",
	    json_str(row, "name", ""));
	json_array_foreach(json_object_get(row, "gaps"), i, one) {
		const char *gap = json_str(one, "gap", "");

		if (n >= room)
			continue;
		n += (size_t)snprintf(ret + n, room - n, "%s %s", told > 0 ?
		    "," : "", gap);
		told++;
	}
	return told;
}

static int
gaps_found(struct keys *k, const json_t *row, struct err *err)
{
	char what[240], subject[ALERT_SUBJECT];
	json_t *about;

	TRY(gaps_sum(row, json_object_get(k->l->gaps, "keys"), err));
	if (gaps_text(row, what, sizeof(what)) == 0)
		return 0;
	subject_of(row, subject);
	TRY(about_key(row, what, &about, err));
	return look_found(k->l, WATCH_GAP, subject, 0, 0, about, err);
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

static int
entry_look(void *ctx, const json_t *entry, struct err *err)
{
	struct keys *k = ctx;
	AUTO_JSON *row = NULL;

	TRY(inventory_elsewhere(&k->v, entry, &row, err));
	TRY(end_found(k, row, err));
	return gaps_found(k, row, err);
}

int
look_keys(struct look *l, struct err *err)
{
	/* Until always: the row says then whether its end counts at all. */
	struct keys k = { .l = l, .v = { .law = l->law, .now = l->now,
	    .until = INT64_MAX } };
	struct feed entries = { .product = NULL };
	int rc;

	TRY(inventory_read(&k.v, l->tx, err));
	TRY(key_each(l->tx, NULL, key_look, &k, err));
	rc = feed_until(&entries, l->tx, NULL, entry_look, &k, err);
	feed_done(&entries);
	return rc;
}
