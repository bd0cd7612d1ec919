/*
 * inventory_csv - a product line's inventory as a table: a row for each part.
 *
 * Floor 7.
 */
#include <string.h>

#include "base/json.h"
#include "base/csv.h"
#include "cli/inventory.h"

/* What each column is of a key, an authority, a certificate; NULL: empty. */
enum part { PART_KEY, PART_AUTHORITY, PART_CERTIFICATE, PART__N };
static const char *const PARTS[] = { "key", "authority", "certificate" };
_Static_assert(NELEM(PARTS) == PART__N, "a word for each part");

static const struct {
	const char *title, *member[PART__N];
} COLUMNS[] = {
	{ "name", { "name", "name", "id" } },
	{ "key", { "hash", "key", "key" } },
	{ "class", { "class", NULL, NULL } },
	{ "algorithm", { "algorithm", NULL, NULL } },
	{ "environment", { "environment", NULL, NULL } },
	{ "owner", { "owner", "owner", "owner" } },
	{ "recovery", { "recovery", "recovery", "recovery" } },
	{ "authority", { "leave", NULL, NULL } },
	{ "state", { "state", "state", "status" } },
	{ "issuer", { NULL, "issuer", "ca" } },
	{ "profile", { NULL, "profile", "profile" } },
	{ "subject", { NULL, "subject", "subject" } },
	{ "serial", { NULL, NULL, "serial" } },
	{ "begins", { "activated", "not_before", "not_before" } },
	{ "ends", { "ends", "not_after", "not_after" } },
	{ "marks", { "marks", "marks", "marks" } },
	{ "issued", { NULL, "issued_total", NULL } },
	{ "where", { "place", NULL, NULL } },
	{ "custodian", { "custodian", NULL, NULL } },
	{ "restored", { "restored", NULL, NULL } },
};

static int
heads_put(struct blob *ret, struct err *err)
{
	TRY(csv_put(ret, "part", false, err));
	for (size_t i = 0; i < NELEM(COLUMNS); i++)
		TRY(csv_put(ret, COLUMNS[i].title, i + 1 == NELEM(COLUMNS),
		    err));
	return 0;
}

static int
row_put(struct blob *ret, enum part p, const json_t *o, struct err *err)
{
	TRY(csv_put(ret, PARTS[p], false, err));
	for (size_t i = 0; i < NELEM(COLUMNS); i++)
		TRY(csv_put(ret, COLUMNS[i].member[p] == NULL ? NULL :
		    json_str(o, COLUMNS[i].member[p], NULL),
		    i + 1 == NELEM(COLUMNS), err));
	return 0;
}

/* "production-image: 2 of release-officers; ..." */
static int
leave_set(json_t *key, struct err *err)
{
	AUTO(blob) *words = blob_new();
	json_t *one;
	size_t i;

	if (words == NULL)
		return err_set(err, ENOMEMORY, "an inventory");
	json_array_foreach(json_object_get(key, "authority"), i, one) {
		TRY(quorum_set(one, err));
		TRY(blob_printf(words, err, "%s%s: %s", i > 0 ? "; " : "",
		    json_str(one, "rule", "?"), json_str(one, "quorum", "?")));
	}
	return json_set_str(key, "leave", blob_str(words), err);
}

/* In the token, or elsewhere. */
static int
place_set(json_t *key, struct err *err)
{
	return json_set_str(key, "place", json_str(key, "uri", json_str(key,
	    "at", "")), err);
}

/* Parts are their key's: whose it is, is whose they are. */
static int
part_of(const json_t *key, json_t *part, struct err *err)
{
	static const char *const names[] = { "owner", "recovery" };
	const json_t *total = table_member(part, "issued.total");
	char text[24];

	TRY(json_set_str(part, "key", json_str(key, "hash", ""), err));
	TRY(shared_copy(key, part, err));
	for (size_t i = 0; i < NELEM(names); i++)
		if (json_object_get(key, names[i]) != NULL)
			TRY(json_set_str(part, names[i], json_str(key,
			    names[i], ""), err));
	if (total == NULL)
		return 0;
	snprintf(text, sizeof(text), "%lld",
	    (long long)json_integer_value(total));
	return json_set_str(part, "issued_total", text, err);
}

static int
parts_put(struct blob *ret, const json_t *key, const char *name, enum part p,
    struct err *err)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(key, name), i, one) {
		TRY(part_of(key, one, err));
		TRY(certificate_set(one, err));
		TRY(row_put(ret, p, one, err));
	}
	return 0;
}

/* Those of the line that no key of it bears. */
static int
others_put(struct blob *ret, const json_t *view, struct err *err)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(view, "certificates"), i, one) {
		if (inventory_is_borne(view, one))
			continue;
		TRY(json_set_str(one, "key", json_str(one, "spki", ""), err));
		TRY(certificate_set(one, err));
		TRY(row_put(ret, PART_CERTIFICATE, one, err));
	}
	return 0;
}

int
inventory_csv(const json_t *view, struct blob *ret, struct err *err)
{
	json_t *key;
	size_t i;

	TRY(heads_put(ret, err));
	json_array_foreach(json_object_get(view, "keys"), i, key) {
		TRY(leave_set(key, err));
		TRY(place_set(key, err));
		TRY(marks_set(key, err));
		TRY(row_put(ret, PART_KEY, key, err));
		TRY(parts_put(ret, key, "authorities", PART_AUTHORITY, err));
		TRY(parts_put(ret, key, "certificates", PART_CERTIFICATE,
		    err));
	}
	return others_put(ret, view, err);
}
