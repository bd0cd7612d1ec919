/* decide - a recorded decision, taken again on its recorded facts. */
#include <stdlib.h>
#include <string.h>
#include "audit/inside.h"
#include "base/json.h"
#include "policy/facts.h"
#include "policy/window.h"

/* How often a request may be used under the rule that decides it. */
static uint64_t
most_of(const struct request *q, const struct rule *rule)
{
	if (q->action == ACTION_WINDOW_OPEN)
		return (uint64_t)json_int(q->parameters, "uses", 0);
	return rule->approvals_n > 0 ? (uint64_t)rule->permits_uses : 1;
}

static void
again(struct audit *a, const struct req *r, const struct judge *j,
    const struct rule *rule, const struct facts *f)
{
	struct decision	 d;

	policy_decide(a->chart[j->charter].charter,
	    r->held->request->action, NULL, f, &d);
	a->decisions++;
	if (d.verdict == DENY)
		audit_find(a, FINDING_DECISION, j->e->seq, j->n,
		    "%s: policy denies it: %s", r->held->request->id,
		    reason_words(d.why));
	else if (!sha256_equal(&d.rule->hash, &rule->hash))
		audit_find(a, FINDING_DECISION, j->e->seq, j->n,
		    "%s: rule %s decides, not %s", r->held->request->id,
		    d.rule->name, rule->name);
}

/* What a use says of its artifact. */
static const struct { enum fact fact; const char *member; } SAID[] = {
	{ FACT_PRODUCT, "product" },
	{ FACT_VERSION, "version" },
	{ FACT_TRACK, "track" },
};

static int
asserted_once(struct audit *a, const char *fact, struct err *err)
{
	void	*n;

	TRY(map_put(&a->asserted, fact, sizeof(uint64_t), &n, err));
	++*(uint64_t *)n;
	return 0;
}

static int
count_asserted(struct audit *a, const struct request *q, const struct judge *j,
    const struct rule *rule, struct err *err)
{
	const char	*name;
	json_t		*f;

	json_object_foreach((json_t *)(uintptr_t)j->facts, name, f)
		if (strcmp(json_str(f, "from", ""), "asserted") == 0 &&
		    !(j->quorum && window_proves(q, rule, name)))
			TRY(asserted_once(a, name, err));
	return 0;
}

int
asserted_use(struct audit *a, const struct req *r, const json_t *operation,
    struct err *err)
{
	for (size_t i = 0; i < NELEM(SAID); i++)
		if (json_object_get(operation, SAID[i].member) != NULL &&
		    !window_proves(r->held->request, r->rule,
		    fact_name(SAID[i].fact)))
			TRY(asserted_once(a, fact_name(SAID[i].fact), err));
	return 0;
}

int
decision_check(struct audit *a, struct req *r, const struct judge *j,
    struct err *err)
{
	const struct request	*q = r->held->request;
	const struct rule	*rule = chart_rule(a, j->charter, j->rule_hash);
	AUTO(facts)		*f = NULL;
	struct err		 why = { .what = "" };

	if (rule == NULL) {
		audit_find(a, FINDING_DECISION, j->e->seq, j->n,
		    "%s: charter %.12s has no rule %.12s", q->id,
		    a->chart[j->charter].hex, j->rule_hash);
		return 0;
	}
	if (j->facts == NULL || facts_from_json(j->facts, &f, &why) != 0) {
		audit_find(a, FINDING_FACT, j->e->seq, j->n,
		    "%s: no facts are recorded: %s", q->id, why.what);
		return 0;
	}
	TRY(count_asserted(a, q, j, rule, err));
	again(a, r, j, rule, f);
	facts_check(a, r, j, f, json_object_get(j->operation_of, "operation"));
	r->rule = rule;
	r->charter = j->charter;
	r->most = most_of(q, rule);
	if (q->action == ACTION_WINDOW_OPEN &&
	    window_bounds(rule, q->parameters, &why) != 0)
		audit_find(a, FINDING_DECISION, j->e->seq, j->n, "%s: %s",
		    q->id, why.what);
	if (rule->approvals_n == 0 || !j->quorum)
		return 0;
	return proof_quorum(a, r->held, j->charter, rule, j->now, j->e->seq,
	    j->n, err);
}

/* ---- recorded facts against what the ledger says ---- */

struct compare {
	struct audit		*a;
	const struct judge	*j;
	const struct facts	*f;
	const char		*id;	/* of the request */
};

static const char *
text_of(const struct facts *f, enum fact which)
{
	const struct fact_value	*v = facts_get(f, which, NULL);

	return v == NULL ? NULL : v->s;
}

static void
same_text(const struct compare *c, enum fact which, const char *want)
{
	const char	*got = text_of(c->f, which);

	if (!facts_same_text(c->f, which, want))
		audit_find(c->a, FINDING_FACT, c->j->e->seq, c->j->n,
		    "%s: %s is recorded as \"%.64s\", and is \"%.64s\"", c->id,
		    fact_name(which), got == NULL ? "" : got,
		    want == NULL ? "" : want);
}

/* What is no single text is not shown. */
static void
same(const struct compare *c, const char *what, bool is_so)
{
	if (!is_so)
		audit_find(c->a, FINDING_FACT, c->j->e->seq, c->j->n,
		    "%s: %s is recorded otherwise", c->id, what);
}

static void
key_facts(const struct compare *c, const struct akey *k, const json_t *p)
{
	same_text(c, FACT_KEY_NAME, json_str(p, "name", NULL));
	same_text(c, FACT_KEY_CLASS, json_str(p, "class", NULL));
	same_text(c, FACT_KEY_ENVIRONMENT, json_str(p, "environment", NULL));
	same_text(c, FACT_KEY_ALGORITHM, json_str(p, "algorithm", NULL));
	same(c, "key.products", facts_same_set(c->f, FACT_KEY_PRODUCTS,
	    json_object_get(p, "products")));
	if (k != NULL)
		same(c, "key.exclusive", facts_same_flag(c->f,
		    FACT_KEY_EXCLUSIVE, !k->adopted));
	if (k != NULL && c->j->keeper)
		same_text(c, FACT_KEY_STATE, key_state_name(k->state));
}

static void
principal_facts(const struct compare *c, const char *id)
{
	const struct roster	*r = charter_roster(
				    c->a->chart[c->j->charter].charter);
	const struct principal	*p = roster_find(r, id);

	same_text(c, FACT_PRINCIPAL_ID, id);
	if (p == NULL) {
		audit_find(c->a, FINDING_FACT, c->j->e->seq, c->j->n,
		    "%s: %.64s is not in the roster", c->id, id);
		return;
	}
	same_text(c, FACT_PRINCIPAL_KIND, p->tool ? "tool" : "person");
	same_text(c, FACT_PRINCIPAL_PARTY, p->party);
}

static void
artifact_facts(const struct compare *c, const json_t *p)
{
	same_text(c, FACT_DIGEST, json_str(json_object_get(p, "digest"),
	    "algorithm", NULL));
	for (size_t i = 0; i < NELEM(SAID); i++)
		same_text(c, SAID[i].fact, json_str(p, SAID[i].member, NULL));
}

/* What the keeper says of time is the entry's own time. */
static void
time_facts(const struct compare *c)
{
	const char	*name;
	bool		 is_so = facts_same_time(c->f, c->j->now, &name);

	same(c, name, is_so);
}

static void
claim_facts(const struct compare *c, const json_t *claims)
{
	const char	*name;
	bool		 is_so = facts_same_claims(c->j->facts, claims, &name);

	same(c, name, is_so);
}

/* What the parameters say of a certificate, or of devices. */
static void
cert_facts(const struct compare *c, const struct request *q)
{
	const struct fact_value	*got = facts_get(c->f, FACT_CERT_REISSUE, NULL),
				*want;
	struct facts		*f = c->a->wanted;
	struct err		 err;

	facts_clear(f);
	if (facts_cert(f, q->action, q->parameters, PROVEN, &err) != 0) {
		audit_find(c->a, FINDING_FACT, c->j->e->seq, c->j->n, "%s: %s",
		    c->id, err.what);
		return;
	}
	same_text(c, FACT_CERT_CA, text_of(f, FACT_CERT_CA));
	same_text(c, FACT_CERT_PROFILE, text_of(f, FACT_CERT_PROFILE));
	same_text(c, FACT_CERT_DEVICE, text_of(f, FACT_CERT_DEVICE));
	same_text(c, FACT_DEVICE_PRODUCT, text_of(f, FACT_DEVICE_PRODUCT));
	want = facts_get(f, FACT_CERT_REISSUE, NULL);
	same(c, "cert.reissue", got == NULL ? want == NULL : want != NULL &&
	    got->i == want->i);
}

void
facts_check(struct audit *a, const struct req *r, const struct judge *j,
    const struct facts *f, const json_t *operation)
{
	const struct request	*q = r->held->request;
	struct compare		 c = { a, j, f, q->id };
	const json_t		*p = q->parameters;
	const char		*hash = json_str(operation, "key",
				    json_str(p, "key", NULL));
	const struct akey	*k;

	same_text(&c, FACT_ACTION, action_name(q->action));
	principal_facts(&c, q->requester);
	if (action_of_class(q->action) && !action_on_key(q->action))
		key_facts(&c, NULL, p);
	else if (hash != NULL && (k = map_get(&a->keys, hash)) != NULL)
		key_facts(&c, k, k->parameters);
	if (q->action == ACTION_KEY_SIGN)
		artifact_facts(&c, p);
	else if (q->action == ACTION_WINDOW_OPEN && j->keeper)
		artifact_facts(&c, operation);
	claim_facts(&c, json_object_get(p, "claims"));
	cert_facts(&c, q);
	if (j->keeper)
		time_facts(&c);
}
