/*
 * idempotency - the name under which asking again finds the same request.
 *
 * Floor 7.  Pure.
 */
#include "base/json.h"
#include "cli/idempotency.h"
#include "cli/options.h"

static int
hash(json_t *of, char ret[SHA256_HEX], struct err *err)
{
	struct sha256 h;

	TRY(json_hash(of, &h, err));
	sha256_hex(&h, ret);
	return 0;
}

int
idempotency_of(const char *action, const json_t *body, char ret[SHA256_HEX],
    struct err *err)
{
	AUTO_JSON *of = NULL;

	TRY(body_copy(body, &of, err));
	TRY(json_set_str(of, "action", action, err));
	return hash(of, ret, err);
}

int
idempotency_sign(const char *key, const json_t *body, char ret[SHA256_HEX],
    struct err *err)
{
	static const char *const counts[] = { "digest", "product", "version",
		"track", "claims", "attempt" };
	AUTO_JSON *of = NULL;

	TRY(json_build(&of, err, "{s:s, s:s}", "action", "key.sign", "key",
	    key));
	for (size_t i = 0; i < NELEM(counts); i++) {
		json_t *v = json_object_get(body, counts[i]);

		if (v != NULL)
			TRY(json_set_new(of, counts[i], json_incref(v), err));
	}
	return hash(of, ret, err);
}
