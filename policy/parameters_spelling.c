/*
 * parameters_spelling - names, hashes and times, by what their members are called.
 */
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "policy/parameters.h"

int
want_hash(const json_t *o, const char *name, struct err *err)
{
	struct sha256 unused;

	return json_object_get(o, name) == NULL ? 0 :
	    json_need_hash(o, name, &unused, err);
}

static int
want_time(const json_t *o, const char *name, struct err *err)
{
	const char *s = json_str(o, name, NULL);
	char again[TIME_TEXT];
	time_us t;

	if (s == NULL)
		return 0;
	TRY(clock_parse(s, &t, err));
	clock_text(t, again);
	if (strcmp(s, again) != 0)
		return err_set(err, EINPUT, "%s is \"%s\", not \"%s\"", name, s,
		    again);
	return 0;
}

int
want_name(const char *what, const char *s, struct err *err)
{
	if (s != NULL && !name_check(s))
		return err_set(err, EINPUT, "%s is not a name: %s", what, s);
	return 0;
}

int
want_names(const json_t *o, const char *member, struct err *err)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(o, member), i, v)
		TRY(want_name(member, json_string_value(v), err));
	return 0;
}

/* The members that are names wherever they appear. */
static const char *const name_members[] = { "name", "class", "environment",
	"key_name", "product", "track", "principal", "ca", "profile", "issuer",
	"responder", "subject_key_name", "succeeds", "by", "owner", "recovery" };
static const char *const hash_members[] = { "key", "charter", "previous",
	"hash", "spki", "csr", "certificate", "renews" };
static const char *const time_members[] = { "since", "from", "until",
	"expires", "not_after", "invalid_since",
	"issued_since", "issued_before", "valid_at", "activated", "ends",
	"restored", "drilled" };

int
spelling_check(const json_t *p, struct err *err)
{
	size_t i;

	for (i = 0; i < NELEM(name_members); i++)
		TRY(want_name(name_members[i],
		    json_str(p, name_members[i], NULL), err));
	for (i = 0; i < NELEM(hash_members); i++)
		TRY(want_hash(p, hash_members[i], err));
	for (i = 0; i < NELEM(time_members); i++)
		TRY(want_time(p, time_members[i], err));
	return 0;
}

int
products_check(const json_t *p, struct err *err)
{
	return want_names(p, "products", err);
}
