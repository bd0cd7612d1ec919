/*
 * use - the permit is for this very use, and the use was allowed.
 *
 * Floor 3.  Pure.
 */
#include <string.h>

#include "evidence/inside.h"
#include "policy/window.h"

static bool
same(const json_t *a, const json_t *b, const char *name)
{
	const json_t *x = json_object_get(a, name);
	const json_t *y = json_object_get(b, name);

	return (x == NULL && y == NULL) || (x != NULL && y != NULL &&
	    json_equal(x, y));
}

/* A request for one signature fixes everything about it. */
static int
fits_request(const struct verify *v, struct err *err)
{
	static const char *const fixed[] = { "key", "digest", "product",
		"version", "track" };

	for (size_t i = 0; i < NELEM(fixed); i++)
		if (!same(v->permit->request->parameters, v->entry->operation,
		    fixed[i]))
			return err_set(err, EVERIFY, "the %s that was signed "
			    "is not the one that was approved", fixed[i]);
	if (strcmp(json_str(v->entry->operation, "principal", ""),
	    v->permit->request->requester) != 0)
		return err_set(err, EVERIFY, "somebody else used the approval");
	return 0;
}

static const char *
key_made_name(const struct verify *v)
{
	return json_str(v->making->request->parameters, "name", "");
}

static int
fits_window(const struct verify *v, struct err *err)
{
	const json_t *op = v->entry->operation;
	struct window_use use = {
		.key = &v->key, .now = v->entry->time,
		.key_name = key_made_name(v),
		.principal = json_str(op, "principal", ""),
		.digest = json_str(json_object_get(op, "digest"), "value", ""),
		.product = json_str(op, "product", NULL),
		.track = json_str(op, "track", NULL),
	};
	const struct charter *law;
	size_t earlier;

	/* Who has left the house since cannot use a window that names them. */
	law = chain_find(v, &v->entry->charter, &earlier);
	if (law == NULL || roster_find(charter_roster(law), use.principal) == NULL)
		return err_set(err, EVERIFY, "%.64s was nobody under the charter "
		    "in force", use.principal);
	if (window_use_check(v->permit->request, &use, err) != 0)
		return err_set(err, EVERIFY, "the window does not allow this "
		    "signature");
	return 0;
}

/* What a use says of its artifact: the keeper takes its word for it. */
static int
artifact_facts(struct verify *v, struct err *err)
{
	static const char *const said[] = { "product", "version", "track" };
	char name[40];

	for (size_t i = 0; i < NELEM(said); i++) {
		snprintf(name, sizeof(name), "artifact.%s", said[i]);
		TRY(facts_str(v->facts, name, json_str(v->entry->operation,
		    said[i], NULL), ASSERTED, err));
	}
	return 0;
}

/* Later uses of a window carry no facts: they are made as the keeper made those
 * of the first. */
static int
window_facts(struct verify *v, struct err *err)
{
	const struct request *r = v->permit->request;
	const json_t *made = v->making->request->parameters;
	size_t earlier;
	const struct charter *c = chain_find(v, &v->entry->charter, &earlier);
	const struct principal *who = c == NULL ? NULL :
	    roster_find(charter_roster(c), r->requester);
	static const char *const key[] = { "name", "class", "environment",
		"algorithm" };
	char name[40];

	TRY(facts_new(&v->facts, err));
	TRY(facts_str(v->facts, "action", "window.open", PROVEN, err));
	TRY(facts_str(v->facts, "principal.id", r->requester, ASSERTED, err));
	TRY(facts_str(v->facts, "principal.kind", who == NULL ? NULL :
	    who->tool ? "tool" : "person", ASSERTED, err));
	TRY(facts_str(v->facts, "principal.party", who == NULL ? NULL :
	    who->party, ASSERTED, err));
	for (size_t i = 0; i < NELEM(key); i++) {
		snprintf(name, sizeof(name), "key.%s", key[i]);
		TRY(facts_str(v->facts, name, json_str(made, key[i], NULL),
		    PROVEN, err));
	}
	TRY(facts_set_json(v->facts, "key.products", json_object_get(made,
	    "products"), PROVEN, err));
	TRY(facts_str(v->facts, "key.state", "active", PROVEN, err));
	TRY(facts_flag(v->facts, "key.exportable",
	    facts_exportable(v), PROVEN, err));
	TRY(facts_flag(v->facts, "key.exclusive", !v->adopted, PROVEN, err));
	TRY(artifact_facts(v, err));
	return facts_time(v->facts, r->created, PROVEN, err);
}

static int
read_facts(struct verify *v, struct err *err)
{
	if (v->entry->facts != NULL)
		return facts_from_json(v->entry->facts, &v->facts, err);
	if (v->permit->request->action != ACTION_WINDOW_OPEN)
		return err_set(err, EVERIFY, "the keeper's entry does not say "
		    "what it decided on");
	return window_facts(v, err);
}

/* All but what an approved window leaves no choice of. */
static int
asserted(const struct verify *v, const struct rule *rule,
    struct evidence_found *f, struct err *err)
{
	AUTO_JSON *all = facts_json(v->facts);
	const char *name;
	json_t *fact;

	f->asserted = json_object();
	if (all == NULL || f->asserted == NULL)
		return err_set(err, ENOMEMORY, "facts");
	json_object_foreach(all, name, fact)
		if (strcmp(json_str(fact, "from", ""), "asserted") == 0 &&
		    !window_proves(v->permit->request, rule, name))
			TRY(json_set_new(f->asserted, name,
			    json_incref(json_object_get(fact, "value")), err));
	return 0;
}

static void
name_officers(const struct verify *v, struct evidence_found *f)
{
	size_t n = 0;

	for (size_t i = 0; i < v->permit->approval_n; i++)
		if (v->permit->approval[i]->vote == VOTE_APPROVE &&
		    n < NELEM(f->officers)) {
			const json_t *proof = json_object_get(json_array_get(
			    json_object_get(json_object_get(v->doc, "permit"),
			    "approvals"), i), "proof");

			f->officers[n++] = json_str(proof, "officer", "?");
		}
}

static int
operation_fits(const struct verify *v, struct err *err)
{
	struct sha256 key;
	bool window = v->permit->request->action == ACTION_WINDOW_OPEN;

	if (!entry_key(v->entry, &key) || !sha256_equal(&key, &v->key))
		return err_set(err, EVERIFY, "the keeper used another key");
	if (v->entry->request == NULL ||
	    strcmp(v->entry->request, v->permit->request->id) != 0)
		return err_set(err, EVERIFY, "the keeper's entry names another "
		    "request");
	if (!window && v->permit->request->action != ACTION_KEY_SIGN)
		return err_set(err, EVERIFY, "the permit is for %s",
		    action_name(v->permit->request->action));
	return window ? fits_window(v, err) : fits_request(v, err);
}

/* The key's making was decided with its intent, a crash before it perhaps. */
static int
making_judge(const struct verify *v, const char *class, struct err *err)
{
	AUTO(facts) *facts = NULL;
	struct entry then = *v->made;
	const struct rule *rule;
	size_t approvals;

	if (v->made->facts == NULL)
		return err_set(err, EVERIFY, "the key's entry does not say "
		    "what was decided on");
	TRY(clock_parse(json_str(v->made->result, "decided", ""), &then.time,
	    err));
	if (then.time > v->made->time)
		return err_set(err, EVERIFY, "the key was made before that was "
		    "decided");
	TRY(facts_from_json(v->made->facts, &facts, err));
	TRY(facts_fit_making(v, facts, then.time, err));
	TRY(chain_in_force(v, v->made, err));
	return permit_judge(v, &then, v->making, facts, class, &rule,
	    &approvals, err);
}

int
use_verify(struct verify *v, struct evidence_found *f, struct err *err)
{
	const struct rule *rule;
	const char *class = json_str(v->making->request->parameters, "class",
	    "");

	TRY(making_judge(v, class, err));
	TRY(permit_read(json_object_get(v->doc, "permit"), &v->permit, err));
	TRY(operation_fits(v, err));
	TRY(read_facts(v, err));
	TRY(facts_fit_use(v, err));
	TRY(chain_in_force(v, v->entry, err));
	TRY(permit_judge(v, v->entry, v->permit, v->facts, class, &rule,
	    &f->approvals, err));
	TRY(facts_fit_rule(v, rule, err));
	name_officers(v, f);
	return asserted(v, rule, f, err);
}
