/*
 * statement - what a person signs, made from what they were shown.
 *
 * Floor 7.  Nothing that the service hands over is signed as it stands: the
 * octets are built here from the document that was displayed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/note.h"
#include "cli/login.h"
#include "cli/statement.h"
#include "policy/genesis.h"

int
statement_of(const json_t *view, enum vote v, const json_t *checkpoint,
    json_t **ret, struct err *err)
{
	const json_t *rule = json_object_get(view, "rule");
	AUTO(request) *r = NULL;
	struct sha256 charter, rule_hash;
	const char *name;

	TRY(request_read(json_object_get(view, "document"), &r, err));
	TRY(json_need_hash(view, "charter", &charter, err));
	TRY(json_need_str(rule, "name", &name, err));
	TRY(json_need_hash(rule, "hash", &rule_hash, err));
	return statement_build(r, &charter, name, &rule_hash, v, checkpoint,
	    ret, err);
}

int
statement_sign(struct cli *cli, const json_t *view, enum vote v,
    const json_t *checkpoint, json_t **ret, struct err *err)
{
	struct blob octets = { 0 }, sig = { 0 };
	AUTO_JSON *statement = NULL;
	struct sha256 credential;
	struct officer *o;
	int rc;

	TRY(login_key(cli, &o, err));
	TRY(statement_of(view, v, checkpoint, &statement, err));
	credential = officer_credential(o);
	rc = json_canonical(statement, &octets, err);
	if (rc == 0)
		rc = officer_sign(o, octets.data, octets.len, &sig, err);
	if (rc == 0)
		rc = approval_build(statement, officer_id(o), &credential,
		    sig.data, sig.len, ret, err);
	blob_done(&octets);
	blob_done(&sig);
	return rc;
}

static const struct rule *
among(const struct rule *r, size_t n, const struct sha256 *hash)
{
	for (size_t i = 0; i < n; i++)
		if (sha256_equal(&r[i].hash, hash))
			return &r[i];
	return NULL;
}

static const struct rule *
find_rule(const struct charter *c, const struct sha256 *hash)
{
	size_t n, rules;
	const struct key_class *k = charter_classes(c, &n);
	const struct rule *r = charter_access(c, &rules);
	const struct rule *found = among(r, rules, hash);

	for (size_t i = 0; i < n && found == NULL; i++)
		found = among(k[i].rule, k[i].rule_n, hash);
	return found;
}

int
statement_rule(struct cli *cli, const json_t *view,
    struct charter **ret_charter, const struct rule **ret_rule,
    struct err *err)
{
	struct sha256 want, have, rule_hash;
	AUTO_JSON *answer = NULL;
	AUTO(charter) *c = NULL;
	char *path = NULL;
	int rc;

	TRY(json_need_hash(view, "charter", &want, err));
	TRY(json_need_hash(json_object_get(view, "rule"), "hash", &rule_hash,
	    err));
	TRY(client_path(&path, err, "/v1/charter?version=%s",
	    json_str(view, "charter", "")));
	rc = cli_get(cli, &answer, err, path);
	free(path);
	TRY(rc);
	TRY(charter_from_json(json_object_get(answer, "charter"), &c, err));
	have = charter_hash(c);
	if (!sha256_equal(&have, &want))
		return err_set(err, EVERIFY, "the service showed another "
		    "charter than the one the request names");
	*ret_rule = find_rule(c, &rule_hash);
	if (*ret_rule == NULL || strcmp((*ret_rule)->name,
	    json_str(json_object_get(view, "rule"), "name", "")) != 0)
		return err_set(err, EVERIFY, "the charter has no rule \"%s\" "
		    "of that hash", json_str(json_object_get(view, "rule"),
		    "name", ""));
	*ret_charter = TAKE(c);
	return 0;
}

static int
verified(const struct genesis *g, const char *note, json_t **ret,
    struct err *err)
{
	struct checkpoint cp;
	char hex[SHA256_HEX];

	TRY(note_verify(note, g->ledger_key, g->ledger_key_n, &cp, err));
	sha256_hex(&cp.root, hex);
	return json_build(ret, err, "{s:I, s:s}", "size",
	    (json_int_t)cp.size, "root", hex);
}

int
statement_checkpoint(struct cli *cli, const json_t *view, json_t **ret,
    struct err *err)
{
	AUTO_JSON *answer = NULL;
	AUTO(genesis) *g = NULL;
	struct blob note = { 0 };
	int rc;

	if (in_str(cli->in, "fingerprint") == NULL &&
	    getenv("CLAVIGER_FINGERPRINT") == NULL)
		return 0;
	/* The client has compared this house's genesis with the fingerprint. */
	TRY(cli_get(cli, &answer, err, "/v1/genesis"));
	TRY(genesis_read(json_object_get(answer, "genesis"), &g, err));
	if (strcmp(g->house, json_str(json_object_get(view, "document"),
	    "house", "")) != 0)
		return err_set(err, EHOUSE, "the request names another house");
	rc = client_text(cli->client, "/v1/ledger/checkpoint", &note, err);
	if (rc == 0)
		rc = verified(g, blob_str(&note), ret, err);
	blob_done(&note);
	return rc == -ENOENT_ ? 0 : rc;
}
