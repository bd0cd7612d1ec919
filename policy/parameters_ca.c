/*
 * parameters_ca - what rows cannot say of an authority and of who is certified.
 */
#include "policy/parameters.h"

#define S(name, req, max)	{ name, WANT_STRING, req, 1, max, "" }

static const struct json_row url_rows[] = {
	S("crl", false, 500), S("delta", false, 500), S("ocsp", false, 500),
	S("issuer", false, 500),
};
static const struct json_row constraint_rows[] = {
	{ "permitted", WANT_STRINGS, false, 1, 64, "" },
	{ "excluded", WANT_STRINGS, false, 1, 64, "" },
};

/* A name is [attribute, value] after [attribute, value]. */
int
subject_check(const json_t *p, struct err *err)
{
	const json_t *pair;
	size_t i, k;

	json_array_foreach(json_object_get(p, "subject"), i, pair) {
		if (json_array_size(pair) != 2)
			return err_set(err, ESCHEMA, "/subject/%zu: expected "
			    "[attribute, value]", i);
		for (k = 0; k < 2; k++)
			if (!json_is_string(json_array_get(pair, k)) ||
			    json_string_length(json_array_get(pair, k)) > 256)
				return err_set(err, ESCHEMA, "/subject/%zu/%zu: "
				    "expected text of at most 256 octets", i, k);
	}
	return 0;
}

static int
urls_check(const json_t *p, struct err *err)
{
	return json_check(json_object_get(p, "urls"), "/urls", url_rows,
	    NELEM(url_rows), err);
}

/*
 * An authority of this house has a key here, and publishes; one of another
 * system sent a request, and publishes itself.
 */
static int
whose_check(const json_t *p, struct err *err)
{
	static const char *const ours[] = { "subject_key_name", "urls",
		"partitions" }, *const never[] = { "responder", "renews",
		"succeeds" };
	bool other = json_object_get(p, "csr") != NULL;
	size_t i;

	for (i = 0; i < NELEM(ours); i++)
		if ((json_object_get(p, ours[i]) == NULL) != other)
			return err_set(err, ESCHEMA, "/%s: %s", ours[i], other ?
			    "not for another system's authority" : "missing");
	if (!other)
		return urls_check(p, err);
	for (i = 0; i < NELEM(never); i++)
		if (json_object_get(p, never[i]) != NULL)
			return err_set(err, ESCHEMA, "/%s: not for another "
			    "system's authority", never[i]);
	return json_object_get(p, "issuer") != NULL ? 0 : err_set(err, ESCHEMA,
	    "/issuer: a root signs itself, so it is none of another system");
}

int
ca_check(const json_t *p, struct err *err)
{
	const json_t *constraints = json_object_get(p, "name_constraints");

	TRY(whose_check(p, err));
	if (constraints != NULL)
		TRY(json_check(constraints, "/name_constraints",
		    constraint_rows, NELEM(constraint_rows), err));
	return subject_check(p, err);
}

/* The list, by its hash, tells the number; the number may come alone. */
int
import_check(const json_t *p, struct err *err)
{
	const json_t *number = json_object_get(p, "crl_number");

	TRY(want_hash(p, "crl", err));
	if (number == NULL && json_object_get(p, "crl") != NULL)
		return err_set(err, ESCHEMA, "/crl: a list without its "
		    "crl_number");
	if (number != NULL && !is_number(number))
		return err_set(err, EINPUT, "/crl_number: expected 2 to 40 "
		    "hexadecimal digits, an even number");
	return urls_check(p, err);
}
