/*
 * facts - what the keeper decided on must be what the documents say.
 *
 * Nobody signs the facts of an entry: each that can be known otherwise is
 * compared, and one that is missing decides nothing.
 *
 * Floor 3.  Pure.
 */
#include <string.h>

#include "evidence/inside.h"

struct want {
	enum fact	 f;
	const char	*text;		/* NULL: the fact must not be there */
};

static int
another(const char *name, struct err *err)
{
	return err_set(err, EVERIFY, "the keeper decided on another %s", name);
}

static int
texts_fit(const struct facts *facts, const struct want *want, size_t n,
    struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!facts_same_text(facts, want[i].f, want[i].text))
			return another(fact_name(want[i].f), err);
	return 0;
}

/* The key as it was asked for, and who asks as the roster knows them. */
static int
same_key_and_principal(const struct verify *v, const struct entry *e,
    const struct facts *facts, enum action action, const char *who,
    struct err *err)
{
	const json_t *made = v->making->request->parameters;
	size_t earlier;
	const struct charter *c = chain_find(v, &e->charter, &earlier);
	const struct principal *p = c == NULL ? NULL :
	    roster_find(charter_roster(c), who);
	const struct want want[] = {
		{ FACT_ACTION, action_name(action) },
		{ FACT_PRINCIPAL_ID, who },
		{ FACT_PRINCIPAL_KIND, p == NULL ? NULL :
		    p->tool ? "tool" : "person" },
		{ FACT_PRINCIPAL_PARTY, p == NULL ? NULL : p->party },
		{ FACT_KEY_NAME, json_str(made, "name", "") },
		{ FACT_KEY_CLASS, json_str(made, "class", "") },
		{ FACT_KEY_ENVIRONMENT, json_str(made, "environment", "") },
		{ FACT_KEY_ALGORITHM, json_str(made, "algorithm", "") },
	};

	return texts_fit(facts, want, NELEM(want), err);
}

static int
same_flag(const struct facts *facts, enum fact f, bool want, struct err *err)
{
	return facts_same_flag(facts, f, want) ? 0 : another(fact_name(f), err);
}

static int
same_products(const struct verify *v, const struct facts *facts,
    struct err *err)
{
	if (facts_get(facts, FACT_KEY_PRODUCTS, NULL) == NULL ||
	    !facts_same_set(facts, FACT_KEY_PRODUCTS, json_object_get(
	    v->making->request->parameters, "products")))
		return another("key.products", err);
	return 0;
}

static int
same_time(const struct facts *facts, time_us at, struct err *err)
{
	const char *name;

	return facts_same_time(facts, at, &name) ? 0 : another(name, err);
}

/* All that were asked for with, and no others. */
static int
same_claims(const json_t *recorded, const json_t *claims, struct err *err)
{
	const char *name;

	return facts_same_claims(recorded, claims, &name) ? 0 :
	    another(name, err);
}

static int
same_artifact(const struct verify *v, struct err *err)
{
	const json_t *op = v->entry->operation;
	const struct want want[] = {
		{ FACT_DIGEST, json_str(json_object_get(op, "digest"),
		    "algorithm", "") },
		{ FACT_PRODUCT, json_str(op, "product", NULL) },
		{ FACT_VERSION, json_str(op, "version", NULL) },
		{ FACT_TRACK, json_str(op, "track", NULL) },
	};

	return texts_fit(v->facts, want, NELEM(want), err);
}

bool
facts_exportable(const struct verify *v)
{
	size_t earlier;
	const struct charter *c = chain_find(v, &v->made->charter, &earlier);
	const struct key_class *k = c == NULL ? NULL : charter_class(c,
	    json_str(v->making->request->parameters, "class", ""));

	return !v->adopted && (k == NULL || k->exportable != EXPORT_NEVER);
}

int
facts_fit_use(const struct verify *v, struct err *err)
{
	static const struct want active[] = { { FACT_KEY_STATE, "active" } };
	const struct request *r = v->permit->request;
	bool window = r->action == ACTION_WINDOW_OPEN;

	TRY(same_key_and_principal(v, v->entry, v->facts, r->action, window ?
	    r->requester : json_str(v->entry->operation, "principal", ""),
	    err));
	TRY(same_products(v, v->facts, err));
	TRY(texts_fit(v->facts, active, NELEM(active), err));
	TRY(same_flag(v->facts, FACT_KEY_EXPORTABLE, facts_exportable(v),
	    err));
	TRY(same_flag(v->facts, FACT_KEY_EXCLUSIVE, !v->adopted, err));
	/* A later use of a window: its facts were made here. */
	if (v->entry->facts == NULL)
		return 0;
	TRY(same_artifact(v, err));
	TRY(same_claims(v->entry->facts, json_object_get(r->parameters,
	    "claims"), err));
	return same_time(v->facts, v->entry->time, err);
}

int
facts_fit_making(const struct verify *v, const struct facts *facts,
    time_us decided, struct err *err)
{
	static const struct want none[] = {
		{ FACT_KEY_STATE, NULL }, { FACT_PRODUCT, NULL },
		{ FACT_VERSION, NULL }, { FACT_TRACK, NULL },
		{ FACT_DIGEST, NULL },
	};
	const struct request *r = v->making->request;

	TRY(same_key_and_principal(v, v->made, facts, r->action,
	    r->requester, err));
	TRY(same_products(v, facts, err));
	TRY(texts_fit(facts, none, NELEM(none), err));
	TRY(same_claims(v->made->facts, json_object_get(r->parameters,
	    "claims"), err));
	return same_time(facts, decided, err);
}

/* What a rule counts with must have been counted. */
int
facts_fit_rule(const struct verify *v, const struct rule *rule,
    struct err *err)
{
	bool product = facts_get(v->facts, FACT_PRODUCT, NULL) != NULL;

	if ((facts_get(v->facts, FACT_HIGHEST_VERSION, NULL) != NULL) !=
	    (rule_is_increasing(rule) && product))
		return another(fact_name(FACT_HIGHEST_VERSION), err);
	if ((facts_get(v->facts, FACT_COUNT_RULE, NULL) != NULL) !=
	    (rule->limit_uses > 0))
		return another(fact_name(FACT_COUNT_RULE), err);
	return 0;
}
