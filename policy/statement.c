#include "config.h"

#include <string.h>

#include "base/json.h"
#include "policy/permit.h"

const char *
vote_name(enum vote v)
{
	switch (v) {
	case VOTE_REQUEST:
		return "request";
	case VOTE_APPROVE:
		return "approve";
	case VOTE_REJECT:
		return "reject";
	}
	return "";
}

static const struct json_row checkpoint_rows[] = {
	{ "size", WANT_INTEGER, false, 0, 0, "" },
	{ "root", WANT_STRING, false, 64, 64, "" },
};

static int
checkpoint_check(const json_t *c, struct err *err)
{
	struct sha256 unused;

	if (json_is_object(c) && json_object_size(c) == 0)
		return 0;
	TRY(json_check(c, "/checkpoint", checkpoint_rows,
	    NELEM(checkpoint_rows), err));
	if (json_object_size(c) != 2)
		return err_set(err, ESCHEMA, "a checkpoint has size and root");
	return json_need_hash(c, "root", &unused, err);
}

int
statement_build(const struct request *r, const struct sha256 *charter,
    const char *rule_name, const struct sha256 *rule_hash, enum vote v,
    const json_t *checkpoint, json_t **ret, struct err *err)
{
	char key[SHA256_HEX] = "", ph[SHA256_HEX], ch[SHA256_HEX],
	    rh[SHA256_HEX];
	AUTO_JSON *none = json_object();

	if (checkpoint != NULL)
		TRY(checkpoint_check(checkpoint, err));
	if (r->has_key)
		sha256_hex(&r->key, key);
	sha256_hex(&r->parameters_hash, ph);
	sha256_hex(charter, ch);
	sha256_hex(rule_hash, rh);
	return json_build(ret, err, "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, "
	    "s:{s:s, s:s}, s:s, s:O, s:O, s:O}", "format", STATEMENT_FORMAT,
	    "house", r->house, "verdict", vote_name(v), "request", r->id,
	    "action", action_name(r->action), "key", key, "parameters", ph,
	    "charter", ch, "rule", "name", rule_name, "hash", rh,
	    "requester", r->requester,
	    "created", json_object_get(r->json, "created"),
	    "expires", json_object_get(r->json, "expires"),
	    "checkpoint", checkpoint != NULL ? checkpoint : none);
}

/* What must be the request's own, in the order it is worth telling. */
static const char *const members[] = { "format", "request", "action", "key",
	"parameters", "charter", "rule", "requester", "created", "expires" };

int
statement_check(const json_t *s, const struct request *r,
    const struct sha256 *charter, const char *rule_name,
    const struct sha256 *rule_hash, struct err *err)
{
	AUTO_JSON *want = NULL;
	size_t i;

	if (strcmp(json_str(s, "house", ""), r->house) != 0)
		return err_set(err, EHOUSE, "the approval is for house \"%s\"",
		    json_str(s, "house", ""));
	TRY(statement_build(r, charter, rule_name, rule_hash, VOTE_APPROVE,
	    NULL, &want, err));
	for (i = 0; i < NELEM(members); i++)
		if (!json_equal(json_object_get(s, members[i]),
		    json_object_get(want, members[i])))
			return err_set(err, EPROOF, "what was signed has "
			    "another \"%s\" than the request", members[i]);
	/* house, verdict and checkpoint are all that is left. */
	if (json_object_size(s) != json_object_size(want))
		return err_set(err, EPROOF, "what was signed has members that "
		    "a statement does not have");
	return checkpoint_check(json_object_get(s, "checkpoint"), err);
}
