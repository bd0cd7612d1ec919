#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/id.h"
#include "base/json.h"
#include "policy/parameters.h"
#include "policy/permit.h"
#include "policy/quorum.h"

/*
 * One table per action: exactly these members, doc/design/0001-formats.md.
 * What json_check cannot say (names, hashes, times) is checked by suffix below.
 */
#define S(name, req, max)	{ name, WANT_STRING, req, 1, max, "" }
#define KEY_ROWS		S("key", true, 64), S("key_name", true, 64)

#define NEW_KEY_ROWS \
	S("name", true, 64), S("class", true, 64), S("algorithm", true, 16), \
	S("scheme", true, 24), S("environment", true, 64), \
	{ "products", WANT_STRINGS, true, 0, 64, "" }
static const struct json_row generate_rows[] = { NEW_KEY_ROWS };
static const struct json_row adopt_rows[] = {
	NEW_KEY_ROWS, S("object", true, 6 + 2 * 64), S("reason", false, 1000),
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
	S("expires", true, 27), S("hash", true, 64), S("device", false, 64),
};
static const struct json_row drill_rows[] = {
	S("drilled", true, 27), S("reason", false, 1000),
};
static const struct json_row revoke_rows[] = {
	S("credential", true, 64), S("reason", false, 1000),
};
/* What the certificate will say: ca/ draws and checks the rest. */
#define CERT_ROWS \
	KEY_ROWS, S("profile", true, 64), S("spki", true, 64), \
	{ "subject", WANT_ARRAY, true, 0, 32, "" }, S("not_after", false, 27)
static const struct json_row cert_rows[] = {
	CERT_ROWS, S("ca", true, 64),
	{ "san", WANT_STRINGS, true, 0, 64, "" },
	S("device", false, 128), S("csr", false, 64), S("batch", false, 40),
	{ "reissue", WANT_BOOL, false, 0, 0, "" },
	{ "replaces", WANT_STRINGS, false, 1, 16, "" }, S("note", false, 1000),
};
static const struct json_row ca_rows[] = {
	CERT_ROWS, S("name", true, 64), S("subject_key_name", false, 64),
	S("csr", false, 64), S("issuer", false, 64), S("responder", false, 64),
	S("renews", false, 64), S("succeeds", false, 64),
	{ "path_length", WANT_INTEGER, false, 0, 16, "" },
	{ "name_constraints", WANT_OBJECT, false, 0, 2, "" },
	{ "urls", WANT_OBJECT, false, 0, 4, "" },
	{ "partitions", WANT_INTEGER, false, 1, 65536, "" },
	S("reason", false, 1000),
};
static const struct json_row request_rows[] = {
	KEY_ROWS, { "subject", WANT_ARRAY, true, 1, 32, "" },
	S("reason", false, 1000),
};
static const struct json_row import_rows[] = {
	KEY_ROWS, S("name", true, 64), S("certificate", true, 64),
	S("responder", false, 64), { "urls", WANT_OBJECT, true, 0, 4, "" },
	{ "partitions", WANT_INTEGER, true, 1, 65536, "" },
	S("crl", false, 64), S("crl_number", false, 40),
	{ "only_list", WANT_BOOL, false, 0, 0, "" },
	S("reason", false, 1000),
};
static const struct json_row ca_change_rows[] = {
	KEY_ROWS, S("ca", true, 64), S("reason", false, 1000),
};
static const struct json_row list_rows[] = {
	KEY_ROWS, S("ca", true, 64), S("reason", false, 1000),
	{ "partition", WANT_INTEGER, false, 0, 65535, "" },
};
static const struct json_row url_rows[] = {
	S("crl", false, 500), S("delta", false, 500), S("ocsp", false, 500),
	S("issuer", false, 500),
};
static const struct json_row constraint_rows[] = {
	{ "permitted", WANT_STRINGS, false, 1, 64, "" },
	{ "excluded", WANT_STRINGS, false, 1, 64, "" },
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

int
parameters_rows(enum action a, const struct json_row **ret, size_t *ret_n,
    struct err *err)
{
	switch (a) {
#define ROWS(t)	*ret = t; *ret_n = NELEM(t); return 0
	case ACTION_KEY_GENERATE:	ROWS(generate_rows);
	case ACTION_KEY_ADOPT:		ROWS(adopt_rows);
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
	case ACTION_CA_CREATE:		ROWS(ca_rows);
	case ACTION_CA_REQUEST:		ROWS(request_rows);
	case ACTION_CA_IMPORT:		ROWS(import_rows);
	case ACTION_CA_RETIRE:		ROWS(ca_change_rows);
	case ACTION_CRL_SIGN:		ROWS(list_rows);
	case ACTION_OCSP_SIGN:		ROWS(change_rows);
	case ACTION_CERT_ISSUE:		ROWS(cert_rows);
	case ACTION_CERT_REVOKE:
	case ACTION_CERT_HOLD:
	case ACTION_CERT_RELEASE:	return change_rows_of(ret, ret_n);
	case ACTION_KEY_REGISTER:
	case ACTION_KEY_CORRECT:
	case ACTION_KEY_UNREGISTER:
	case ACTION_CERT_IMPORT:
	case ACTION_CRL_IMPORT:
	case ACTION_DISCOVERY_REPORT:
	case ACTION_DISCOVERY_DISMISS:
		return elsewhere_rows(a, ret, ret_n);
	case ACTION_DRILL_REPORT:	ROWS(drill_rows);
	case ACTION_DEVICE_IMPORT:
	case ACTION_INSTALL_REPORT:	return device_rows_of(a, ret, ret_n);
#undef ROWS
	case ACTION_KEY_EXPORT:
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

/* A name is [attribute, value] after [attribute, value]. */
static int
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

static int
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
static int
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

static int
sign_check(const json_t *p, struct err *err)
{
	TRY(digest_check(p, err));
	return claims_check(p, err);
}

int
products_check(const json_t *p, struct err *err)
{
	return want_names(p, "products", err);
}

/* The token's object: by its label, or by its CKA_ID. */
static int
object_check(const json_t *p, struct err *err)
{
	const char *object = json_str(p, "object", "");
	unsigned char id[64];
	size_t n = strlen(object);

	TRY(products_check(p, err));
	if (strncmp(object, "label:", 6) == 0 && n > 6)
		return n <= 6 + 64 ? 0 : err_set(err, ERANGE_, "/object: a "
		    "label has at most 64 octets");
	if (strncmp(object, "id:", 3) != 0 || n == 3 || n % 2 == 0)
		return err_set(err, EINPUT, "/object: expected label:LABEL or "
		    "id:HEX");
	if (n > 3 + 2 * sizeof(id))
		return err_set(err, ERANGE_, "/object: a CKA_ID has at most "
		    "%zu octets", sizeof(id));
	return hex_decode(object + 3, (n - 3) / 2, id, err);
}

/* What rows cannot say of an action's members. */
static const struct {
	enum action	 action;
	int		(*check)(const json_t *p, struct err *err);
} more[] = {
	{ ACTION_KEY_GENERATE, products_check },
	{ ACTION_KEY_ADOPT, object_check },
	{ ACTION_KEY_REGISTER, products_check },
	{ ACTION_KEY_CORRECT, products_check },
	{ ACTION_KEY_UNREGISTER, products_check },
	{ ACTION_CERT_IMPORT, others_check },
	{ ACTION_CRL_IMPORT, list_check },
	{ ACTION_DISCOVERY_REPORT, report_check },
	{ ACTION_DISCOVERY_DISMISS, dismiss_check },
	{ ACTION_DEVICE_IMPORT, devices_check },
	{ ACTION_INSTALL_REPORT, devices_check },
	{ ACTION_KEY_SIGN, sign_check },
	{ ACTION_WINDOW_OPEN, window_check },
	{ ACTION_HOUSE_RESTORE, restore_check },
	{ ACTION_CA_CREATE, ca_check },
	{ ACTION_CA_REQUEST, subject_check },
	{ ACTION_CA_IMPORT, import_check },
	{ ACTION_CERT_ISSUE, subject_check },
	{ ACTION_CERT_REVOKE, change_check },
	{ ACTION_CERT_HOLD, change_check },
	{ ACTION_CERT_RELEASE, change_check },
};

int
parameters_check(enum action a, const json_t *p, struct err *err)
{
	const struct json_row *rows;
	size_t n;

	TRY(parameters_rows(a, &rows, &n, err));
	TRY(json_check(p, "", rows, n, err));
	TRY(spelling_check(p, err));
	for (n = 0; n < NELEM(more); n++)
		if (more[n].action == a)
			return more[n].check(p, err);
	return 0;
}

int
parameters_past_check(const json_t *p, time_us now, struct err *err)
{
	static const char *const names[] = { "since", "invalid_since",
		"drilled" };
	const char *since;
	time_us t;

	for (size_t i = 0; i < NELEM(names); i++) {
		if ((since = json_str(p, names[i], NULL)) == NULL)
			continue;
		TRY(clock_parse(since, &t, err));
		if (t > now + QUORUM_SKEW)
			return err_set(err, ERANGE_, "/%s: %s lies in the "
			    "future", names[i], since);
	}
	return 0;
}
