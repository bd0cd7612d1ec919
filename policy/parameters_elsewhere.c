/*
 * parameters_elsewhere - what is said of what lives elsewhere, and of what was
 * found.
 *
 * Who approves sees the whole entry, as it will be; what a rule may look at
 * stands in each, since there is no key here to ask.
 */
#include "policy/parameters.h"
#include "policy/permit.h"

#define S(name, req, max)	{ name, WANT_STRING, req, 1, max, "" }
#define WHICH_ROWS \
	S("name", true, 64), S("class", true, 64), \
	S("environment", true, 64), S("algorithm", false, 16), \
	{ "products", WANT_STRINGS, true, 0, 64, "" }, \
	S("reason", false, 1000), S("replaces", false, 64)

static const struct json_row entry_rows[] = {
	WHICH_ROWS, S("at", true, 200), S("custodian", false, 200),
	S("public_key", false, 4096), S("owner", false, 64),
	S("recovery", false, 64), S("activated", false, 27),
	S("ends", false, 27), S("restored", false, 27), S("note", false, 1000),
};
static const struct json_row which_rows[] = { WHICH_ROWS };
static const struct json_row import_rows[] = {
	{ "certificates", WANT_STRINGS, true, 1, PARAMETERS_IMPORT, "" },
	{ "products", WANT_STRINGS, true, 0, 64, "" }, S("owner", false, 64),
	S("reason", false, 1000),
};

/* Each finding by the SHA-256 of what is said of it; what is gone by its id. */
static const struct json_row report_rows[] = {
	{ "found", WANT_STRINGS, true, 0, PARAMETERS_FOUND, "" },
	{ "gone", WANT_STRINGS, true, 0, PARAMETERS_FOUND, "" },
	S("reason", false, 1000),
};
static const struct json_row dismiss_rows[] = {
	S("finding", true, 64), S("kind", true, 32), S("place", true, 1024),
	S("fingerprint", false, 64), S("reason", true, 1000),
};

static int
hashes_check(const json_t *p, const char *name, struct err *err)
{
	struct sha256 unused;
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(p, name), i, v)
		TRY(sha256_parse(json_string_value(v), &unused, err));
	return 0;
}

/* Certificates by their SHA-256. */
int
others_check(const json_t *p, struct err *err)
{
	TRY(hashes_check(p, "certificates", err));
	return products_check(p, err);
}

int
report_check(const json_t *p, struct err *err)
{
	TRY(hashes_check(p, "found", err));
	return hashes_check(p, "gone", err);
}

int
dismiss_check(const json_t *p, struct err *err)
{
	struct sha256 unused;

	return sha256_parse(json_string_value(json_object_get(p, "finding")),
	    &unused, err);
}

int
elsewhere_rows(enum action a, const struct json_row **ret, size_t *ret_n)
{
#define ROWS(t)	*ret = t; *ret_n = NELEM(t)
	if (a == ACTION_CERT_IMPORT) {
		ROWS(import_rows);
	} else if (a == ACTION_DISCOVERY_REPORT) {
		ROWS(report_rows);
	} else if (a == ACTION_DISCOVERY_DISMISS) {
		ROWS(dismiss_rows);
	} else if (a == ACTION_KEY_UNREGISTER) {
		ROWS(which_rows);
	} else {
		ROWS(entry_rows);
	}
#undef ROWS
	return 0;
}
