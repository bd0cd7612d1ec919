/*
 * parameters_key - what rows cannot say of a key that is taken over, of a signature
 * and of a window.
 */
#include <string.h>

#include "base/hex.h"
#include "policy/parameters.h"

#define S(name, req, max)	{ name, WANT_STRING, req, 1, max, "" }

static const struct json_row key_rows[] = {
	S("key", true, 64), S("key_name", true, 64),
};
static const struct json_row digest_rows[] = {
	S("algorithm", true, 16), S("value", true, 128),
};

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

int
sign_check(const json_t *p, struct err *err)
{
	TRY(digest_check(p, err));
	return claims_check(p, err);
}

int
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

/* The token's object: by its label, or by its CKA_ID. */
int
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
