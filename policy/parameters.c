#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/id.h"
#include "base/json.h"
#include "policy/permit.h"

/*
 * One table per action: exactly these members, doc/design/0001-formats.md.
 * What json_check cannot say (names, hashes, times) is checked by suffix below.
 */
#define S(name, req, max)	{ name, WANT_STRING, req, 1, max, "" }
#define KEY_ROWS		S("key", true, 64), S("key_name", true, 64)

static const struct json_row generate_rows[] = {
	S("name", true, 64), S("class", true, 64), S("algorithm", true, 16),
	S("scheme", true, 24), S("environment", true, 64),
	{ "products", WANT_STRINGS, true, 0, 64, "" },
};
static const struct json_row change_rows[] = {
	KEY_ROWS, S("reason", false, 1000),
};
static const struct json_row compromise_rows[] = {
	KEY_ROWS, S("since", true, 27), S("reason", false, 1000),
};
static const struct json_row sign_rows[] = {
	KEY_ROWS, { "digest", WANT_OBJECT, true, 0, 0, "" },
	S("product", false, 64), S("version", false, 64),
	S("track", false, 64), { "claims", WANT_OBJECT, false, 0, 0, "" },
	S("note", false, 1000), { "attempt", WANT_INTEGER, false, 1, 1000000, "" },
};
static const struct json_row window_rows[] = {
	{ "keys", WANT_ARRAY, true, 1, 64, "" },
	{ "by", WANT_STRINGS, true, 1, 64, "" },
	{ "uses", WANT_INTEGER, true, 1, 100000000, "" },
	S("from", true, 27), S("until", true, 27),
	{ "digests", WANT_STRINGS, false, 1, 1024, "" },
	{ "any_digest", WANT_BOOL, false, 0, 0, "" },
	S("product", false, 64), S("track", false, 64), S("reason", false, 1000),
};
static const struct json_row close_rows[] = {
	S("window", true, 40), S("reason", false, 1000),
};
static const struct json_row amend_rows[] = {
	S("charter", true, 64), S("previous", true, 64),
	S("reason", false, 1000),
};
static const struct json_row issue_rows[] = {
	S("principal", true, 64), S("type", true, 16), S("label", false, 200),
	S("expires", true, 27), S("hash", true, 64),
};
static const struct json_row revoke_rows[] = {
	S("credential", true, 64), S("reason", false, 1000),
};
static const struct json_row restore_rows[] = {
	{ "token", WANT_OBJECT, true, 0, 0, "" },
	{ "restored", WANT_OBJECT, true, 0, 0, "" },
	S("reason", true, 1000),
};
static const struct json_row key_rows[] = { KEY_ROWS };
static const struct json_row digest_rows[] = {
	S("algorithm", true, 16), S("value", true, 128),
};
static const struct json_row head_rows[] = {
	{ "n", WANT_INTEGER, true, 0, 0, "" }, S("hash", true, 64),
	{ "size", WANT_INTEGER, false, 0, 0, "" },
	{ "root", WANT_STRING, false, 64, 64, "" },
};

static int
rows_of(enum action a, const struct json_row **ret, size_t *ret_n,
    struct err *err)
{
	switch (a) {
#define ROWS(t)	*ret = t; *ret_n = NELEM(t); return 0
	case ACTION_KEY_GENERATE:	ROWS(generate_rows);
	case ACTION_KEY_ACTIVATE:
	case ACTION_KEY_SUSPEND:
	case ACTION_KEY_RESUME:
	case ACTION_KEY_DEACTIVATE:
	case ACTION_KEY_DESTROY:	ROWS(change_rows);
	case ACTION_KEY_COMPROMISE:	ROWS(compromise_rows);
	case ACTION_KEY_SIGN:		ROWS(sign_rows);
	case ACTION_WINDOW_OPEN:	ROWS(window_rows);
	case ACTION_WINDOW_CLOSE:	ROWS(close_rows);
	case ACTION_CHARTER_AMEND:	ROWS(amend_rows);
	case ACTION_CREDENTIAL_ISSUE:	ROWS(issue_rows);
	case ACTION_CREDENTIAL_REVOKE:	ROWS(revoke_rows);
	case ACTION_HOUSE_RESTORE:	ROWS(restore_rows);
#undef ROWS
	case ACTION_KEY_EXPORT:
	case ACTION_CERT_ISSUE:
	case ACTION_CRL_SIGN:
	case ACTION_OCSP_SIGN:
	case ACTION_OTA_SEAL:
	case ACTION_OTA_OPEN:
	case ACTION_KEY_WRAP:
	case ACTION_DEBUG_AUTHORIZE:
	case ACTION_HOUSE_READ:
	case ACTION_AUDIT_EXPORT:
	case ACTION__N:
		break;
	}
	return err_set(err, ESCHEMA, "\"%s\" is not asked for by a request",
	    action_name(a));
}

static int
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

static int
want_name(const char *what, const char *s, struct err *err)
{
	if (s != NULL && !name_check(s))
		return err_set(err, EINPUT, "%s is not a name: %s", what, s);
	return 0;
}

static int
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
	"key_name", "product", "track", "principal" };
static const char *const hash_members[] = { "key", "charter", "previous",
	"hash" };
static const char *const time_members[] = { "since", "from", "until",
	"expires" };

static int
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

static int
digest_check(const json_t *p, struct err *err)
{
	const json_t *d = json_object_get(p, "digest");
	const char *a, *v;
	unsigned char octets[64];
	size_t n;

	TRY(json_check(d, "/digest", digest_rows, NELEM(digest_rows), err));
	a = json_str(d, "algorithm", "");
	v = json_str(d, "value", "");
	n = strcmp(a, "sha-256") == 0 ? 32 : strcmp(a, "sha-384") == 0 ? 48 :
	    strcmp(a, "sha-512") == 0 ? 64 : 0;
	if (n == 0)
		return err_set(err, ESCHEMA, "the digest's algorithm is "
		    "\"%s\", not sha-256, sha-384 or sha-512", a);
	if (strlen(v) != 2 * n)
		return err_set(err, EINPUT, "a digest of %s has %zu "
		    "hexadecimal digits, not %zu", a, 2 * n, strlen(v));
	return hex_decode(v, n, octets, err);
}

static int
claims_check(const json_t *p, struct err *err)
{
	json_t *claims = json_object_get(p, "claims"), *v;
	const char *name;

	if (json_object_size(claims) > 32)
		return err_set(err, ERANGE_, "more than 32 claims");
	json_object_foreach(claims, name, v) {
		TRY(want_name("a claim's name", name, err));
		if (!json_is_string(v) || json_string_length(v) > 1000)
			return err_set(err, ESCHEMA, "the claim \"%s\" is not "
			    "a string of at most 1000 octets", name);
	}
	return 0;
}

static int
window_check(const json_t *p, struct err *err)
{
	const json_t *v, *digests = json_object_get(p, "digests");
	unsigned char octets[64];
	size_t i, n;

	json_array_foreach(json_object_get(p, "keys"), i, v) {
		TRY(json_check(v, "/keys", key_rows, NELEM(key_rows), err));
		TRY(spelling_check(v, err));
	}
	TRY(want_names(p, "by", err));
	if ((digests != NULL) == json_flag(p, "any_digest", false))
		return err_set(err, ESCHEMA, "a window names its digests or "
		    "says any_digest, one of the two");
	json_array_foreach(digests, i, v) {
		n = json_string_length(v) / 2;
		if (n != 32 && n != 48 && n != 64)
			return err_set(err, EINPUT, "a digest has 64, 96 or "
			    "128 hexadecimal digits");
		TRY(hex_decode(json_string_value(v), n, octets, err));
	}
	return 0;
}

static int
restore_check(const json_t *p, struct err *err)
{
	static const char *const heads[] = { "token", "restored" };
	const json_t *h;
	size_t i;

	for (i = 0; i < NELEM(heads); i++) {
		h = json_object_get(p, heads[i]);
		TRY(json_check(h, heads[i], head_rows, NELEM(head_rows), err));
		TRY(want_hash(h, "hash", err));
		TRY(want_hash(h, "root", err));
	}
	return 0;
}

int
parameters_check(enum action a, const json_t *p, struct err *err)
{
	const struct json_row *rows;
	size_t n;

	TRY(rows_of(a, &rows, &n, err));
	TRY(json_check(p, "", rows, n, err));
	TRY(spelling_check(p, err));
	if (a == ACTION_KEY_GENERATE)
		return want_names(p, "products", err);
	if (a == ACTION_WINDOW_OPEN)
		return window_check(p, err);
	if (a == ACTION_HOUSE_RESTORE)
		return restore_check(p, err);
	if (a != ACTION_KEY_SIGN)
		return 0;
	TRY(digest_check(p, err));
	return claims_check(p, err);
}
