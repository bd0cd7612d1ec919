/*
 * facts - everything a rule can look at, each with where it comes from.
 *
 * Who asks is this service's word; keys, counts and versions follow from the
 * ledger; the artifact is what the caller says of it, but for the kind of its
 * digest, which the keeper sees.
 */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "policy/charter.h"
#include "policy/decide.h"
#include "policy/facts.h"
#include "state/inside.h"

static int
principal_facts(struct facts *f, const struct caller *who, struct err *err)
{
	TRY(facts_str(f, "principal.id", who->id, ASSERTED, err));
	TRY(facts_str(f, "principal.kind", who->tool ? "tool" : "person",
	    ASSERTED, err));
	return facts_str(f, "principal.party", who->party[0] != '\0' ?
	    who->party : NULL, ASSERTED, err);
}

static int
key_facts(struct facts *f, const struct key *k, struct err *err)
{
	TRY(facts_str(f, "key.name", k->name, REPLAYED, err));
	TRY(facts_str(f, "key.class", k->class, REPLAYED, err));
	TRY(facts_str(f, "key.environment", k->environment, REPLAYED, err));
	TRY(facts_str(f, "key.algorithm", k->algorithm, REPLAYED, err));
	TRY(facts_str(f, "key.state", key_state_name(k->state), REPLAYED, err));
	TRY(facts_flag(f, "key.exportable",
	    strcmp(k->exportable, "never") != 0, REPLAYED, err));
	TRY(facts_flag(f, "key.exclusive", k->exclusive, REPLAYED, err));
	return facts_set_json(f, "key.products", k->products, REPLAYED, err);
}

/* A key that is yet to be made: as it is asked for. */
static int
wanted_facts(struct facts *f, const json_t *p, struct err *err)
{
	json_t	*products = json_object_get(p, "products");

	TRY(facts_str(f, "key.name", json_str(p, "name", NULL), ASSERTED, err));
	TRY(facts_str(f, "key.class", json_str(p, "class", NULL), ASSERTED,
	    err));
	TRY(facts_str(f, "key.environment", json_str(p, "environment", NULL),
	    ASSERTED, err));
	TRY(facts_str(f, "key.algorithm", json_str(p, "algorithm", NULL),
	    ASSERTED, err));
	if (!json_is_array(products))
		return 0;
	return facts_set_json(f, "key.products", products, ASSERTED, err);
}

static int
artifact_facts(struct facts *f, const json_t *p, struct err *err)
{
	json_t		*claims = json_object_get(p, "claims"), *value;
	const char	*name;
	char		 full[80];

	TRY(facts_str(f, "artifact.digest", json_str(json_object_get(p,
	    "digest"), "algorithm", NULL), ASSERTED, err));
	TRY(facts_str(f, "artifact.product", json_str(p, "product", NULL),
	    ASSERTED, err));
	TRY(facts_str(f, "artifact.version", json_str(p, "version", NULL),
	    ASSERTED, err));
	TRY(facts_str(f, "artifact.track", json_str(p, "track", NULL),
	    ASSERTED, err));
	json_object_foreach(claims, name, value) {
		if ((size_t)snprintf(full, sizeof(full), "claim.%s", name) >=
		    sizeof(full))
			return err_set(err, ERANGE_, "/claims: a long name");
		TRY(facts_str(f, full, json_string_value(value), ASSERTED,
		    err));
	}
	return 0;
}

/* What only the tables know: the count under the rule, the highest version. */
struct counted {
	struct facts		*facts;
	const struct caller	*who;
	const struct key	*key;		/* or NULL */
	const json_t		*parameters;
	const struct rule	*rule;		/* that matches, or NULL */
	time_us			 now;
};

static int
count_rule(struct tx *tx, const struct counted *c, struct err *err)
{
	uint64_t	 n;
	char		 hash[SHA256_HEX];

	if (c->rule == NULL || c->rule->limit_uses == 0 || c->key == NULL)
		return 0;
	sha256_hex(&c->rule->hash, hash);
	TRY(use_count(tx, hash, c->key->hash, c->who->id,
	    c->now - c->rule->limit_per, &n, err));
	return facts_int(c->facts, "count.rule", (int64_t)n, REPLAYED, err);
}

static int
count_all(struct tx *tx, void *ctx, struct err *err)
{
	struct counted	*c = ctx;
	const char	*product = json_str(c->parameters, "product", NULL);
	char		 version[PRODUCT_VERSION], digest[130];

	TRY(count_rule(tx, c, err));
	if (product == NULL || !rule_is_increasing(c->rule))
		return 0;
	TRY(product_highest(tx, product, json_str(c->parameters, "track", ""),
	    version, digest, err));
	return facts_str(c->facts, "artifact.highest-version", version,
	    REPLAYED, err);
}

int
state_facts(struct state *s, const char *action, const struct caller *who,
    const struct key *key, const json_t *parameters, const struct law *law,
    time_us now, struct facts **ret, struct err *err)
{
	AUTO(facts)	*f = NULL;
	struct counted	 c = { .who = who, .key = key,
			    .parameters = parameters, .now = now };
	enum action	 a;

	TRY(action_from_name(action, &a, err));
	TRY(facts_new(&f, err));
	TRY(facts_str(f, "action", action, PROVEN, err));
	TRY(principal_facts(f, who, err));
	if (key != NULL)
		TRY(key_facts(f, key, err));
	else if (action_of_class(a))
		TRY(wanted_facts(f, parameters, err));
	TRY(artifact_facts(f, parameters, err));
	TRY(facts_cert(f, a, parameters, ASSERTED, err));
	TRY(facts_time(f, now, ASSERTED, err));
	c.facts = f;
	c.rule = policy_match(law->charter, a, NULL, f);
	if (c.rule != NULL && (c.rule->limit_uses != 0 ||
	    rule_is_increasing(c.rule)))
		TRY(store_read(s->store, count_all, &c, err));
	*ret = TAKE(f);
	return 0;
}
