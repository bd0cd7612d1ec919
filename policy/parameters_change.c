/*
 * parameters_change - which certificates are revoked, held or released: by
 * serial number, or by what they have in common.
 */
#include "base/hex.h"
#include "base/json.h"
#include "policy/parameters.h"
#include "policy/permit.h"

#define S(name, req, max)	{ name, WANT_STRING, req, 1, max, "" }

static const struct json_row cert_change_rows[] = {
	S("key", true, 64), S("key_name", true, 64), S("ca", true, 64),
	{ "serials", WANT_STRINGS, false, 1, PARAMETERS_PART, "" },
	{ "filter", WANT_OBJECT, false, 0, 0, "" },
	{ "selection", WANT_OBJECT, false, 0, 0, "" },
	S("cause", false, 32), S("invalid_since", false, 27),
	S("reason", false, 1000),
};
static const struct json_row filter_rows[] = {
	S("profile", false, 64), S("device", false, 128),
	S("device_last", false, 128), S("spki", false, 64),
	S("by", false, 64), S("batch", false, 64), S("issued_since", false, 27),
	S("issued_before", false, 27),
	{ "expired", WANT_BOOL, false, 0, 0, "" },
};
static const struct json_row selection_rows[] = {
	{ "through", WANT_INTEGER, true, 0, 0, "" },
	{ "certificates", WANT_INTEGER, true, 1,
	    PARAMETERS_PART * PARAMETERS_PARTS, "" },
	{ "parts", WANT_STRINGS, true, 1, PARAMETERS_PARTS, "" },
	S("valid_at", false, 27),
};

int
change_rows_of(const struct json_row **ret, size_t *ret_n)
{
	*ret = cert_change_rows;
	*ret_n = NELEM(cert_change_rows);
	return 0;
}

/* As RFC 5280, 4.1.2.2 and 5.2.3 bound numbers, in one spelling. */
bool
is_number(const json_t *v)
{
	unsigned char octets[20];
	size_t n = json_string_length(v);

	return n > 0 && n <= 2 * sizeof(octets) && n % 2 == 0 &&
	    hex_decode(json_string_value(v), n / 2, octets, NULL) == 0;
}

static int
serials_check(const json_t *p, struct err *err)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(p, "serials"), i, v) {
		if (!is_number(v))
			return err_set(err, EINPUT, "/serials/%zu: expected 2 "
			    "to 40 hexadecimal digits, an even number", i);
	}
	return 0;
}

static int
filter_check(const json_t *f, struct err *err)
{
	TRY(json_check(f, "/filter", filter_rows, NELEM(filter_rows), err));
	if (json_object_get(f, "device_last") != NULL &&
	    json_object_get(f, "device") == NULL)
		return err_set(err, EINPUT, "/filter/device_last: a range "
		    "needs its first device");
	return spelling_check(f, err);
}

/* One hash for each thousand, and for what is left. */
static int
selection_check(const json_t *s, struct err *err)
{
	const json_t *parts = json_object_get(s, "parts"), *v;
	struct sha256 unused;
	size_t i;
	int64_t n;

	TRY(json_check(s, "/selection", selection_rows,
	    NELEM(selection_rows), err));
	n = json_int(s, "certificates", 0);
	if ((int64_t)json_array_size(parts) !=
	    (n + PARAMETERS_PART - 1) / PARAMETERS_PART)
		return err_set(err, EINPUT, "/selection/parts: not one for "
		    "each %d of %lld certificates", PARAMETERS_PART,
		    (long long)n);
	json_array_foreach(parts, i, v)
		TRY(sha256_parse(json_string_value(v), &unused, err));
	return spelling_check(s, err);
}

/* What is selected is fixed: expired or not at a moment, before an event. */
int
change_check(const json_t *p, struct err *err)
{
	const json_t *filter = json_object_get(p, "filter"),
	    *selection = json_object_get(p, "selection");

	if ((filter == NULL) != (selection == NULL) ||
	    (filter == NULL) == (json_object_get(p, "serials") == NULL))
		return err_set(err, ESCHEMA, "certificates are named by "
		    "serials, or by filter and selection");
	if (filter == NULL)
		return serials_check(p, err);
	TRY(filter_check(filter, err));
	TRY(selection_check(selection, err));
	if (json_flag(filter, "expired", false) ==
	    (json_object_get(selection, "valid_at") != NULL))
		return err_set(err, ESCHEMA, "expired certificates are "
		    "selected, or there is valid_at, one of the two");
	return 0;
}
