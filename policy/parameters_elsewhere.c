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
	S("reason", false, 1000), S("asked", false, 64),
};
/* What the list says of itself (src/cert/crl_elsewhere.h). */
static const struct json_row list_rows[] = {
	S("authority", true, 64), S("issuer_name", true, 4096),
	S("series", true, 64), S("list", true, 64), S("number", true, 40),
	S("this_update", true, 27), S("next_update", true, 27),
	{ "entries", WANT_INTEGER, true, 0, PARAMETERS_LISTED, "" },
	S("scope", false, 16), S("reason", false, 1000),
	/* the SHA-256 of what was found in one that is in no event */
	S("changes", false, 64),
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

int
asked_check(const json_t *p, struct err *err)
{
	const char *asked = json_str(p, "asked", NULL);
	struct sha256 unused;

	return asked == NULL ? 0 : sha256_parse(asked, &unused, err);
}

/* Certificates by their SHA-256. */
int
others_check(const json_t *p, struct err *err)
{
	TRY(hashes_check(p, "certificates", err));
	TRY(asked_check(p, err));
	return products_check(p, err);
}

int
list_check(const json_t *p, struct err *err)
{
	static const char *const hashes[] = { "authority", "series", "list" },
	    *const times[] = { "this_update", "next_update" };
	struct sha256 unused;
	time_us time;

	for (size_t i = 0; i < NELEM(hashes); i++)
		TRY(sha256_parse(json_str(p, hashes[i], ""), &unused, err));
	if (json_object_get(p, "changes") != NULL)
		TRY(sha256_parse(json_str(p, "changes", ""), &unused, err));
	for (size_t i = 0; i < NELEM(times); i++)
		TRY(clock_parse(json_str(p, times[i], ""), &time, err));
	return is_number(json_object_get(p, "number")) ? 0 : err_set(err,
	    EINPUT, "/number: 2 to 40 hexadecimal digits");
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
	} else if (a == ACTION_CRL_IMPORT) {
		ROWS(list_rows);
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
