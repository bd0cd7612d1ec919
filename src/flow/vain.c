/*
 * vain - whom no rule lets do it is told so before anything is looked up for them.
 */
#include "flow/refuse.h"
#include "flow/vain.h"

bool
may_ever(const struct begun *b, const char *class)
{
	const struct principal *p = roster_find(charter_roster(
	    b->law->charter), b->ask->who->id);
	const struct rule *r;
	size_t n;

	r = charter_rules(b->law->charter, class, &n);
	for (; p != NULL && n > 0; n--, r++)
		if (rule_allows_action(r, b->action) &&
		    group_set_meets(&r->by, &p->groups))
			return true;
	return false;
}

int
refuse_vain(const struct drawn *w, struct answer *ret, struct err *err)
{
	struct seen s = { 0 };
	struct decided d;
	int rc;

	if ((rc = see(w, &s, err)) == 0) {
		decide(&s, &d);
		rc = refuse_decision(&d, ret, err);
	}
	facts_free(s.facts);
	return rc;
}

int
asks_in_vain(struct flow *f, const struct ask *ask, struct key *key,
    json_t *parameters, struct answer *ret, struct err *err)
{
	struct begun b = { .flow = NULL };
	struct drawn w = { .begun = &b, .key = key, .parameters = parameters };
	int rc = begun_init(f, ask, &b, err);

	if (rc == 0 && !may_ever(&b, drawn_class(&w)))
		rc = refuse_vain(&w, ret, err);
	drawn_done(&w);
	begun_done(&b);
	return rc;
}

int
flow_ask_admit(struct flow *f, const struct ask *ask,
    struct answer *ret_refusal, struct err *err)
{
	json_t *none = json_object();

	return none == NULL ? err_set(err, ENOMEMORY, "an ask") :
	    asks_in_vain(f, ask, NULL, none, ret_refusal, err);
}
