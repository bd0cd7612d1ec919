/*
 * chain - from the fingerprint to the charter that was in force.
 *
 * Floor 3.  Pure.
 */
#include <stdlib.h>
#include <string.h>

#include "evidence/inside.h"
#include "policy/quorum.h"

const struct charter *
chain_find(const struct verify *v, const struct sha256 *hash,
    size_t *ret_earlier)
{
	for (size_t i = v->charter_n; i-- > 0;)
		if (sha256_equal(&v->hash[i], hash)) {
			*ret_earlier = i;
			return v->charter[i];
		}
	return NULL;
}

int
chain_in_force(const struct verify *v, const struct entry *e, struct err *err)
{
	size_t i;

	if (chain_find(v, &e->charter, &i) != NULL && e->n > v->from[i] &&
	    (i + 1 == v->charter_n || e->n < v->from[i + 1]))
		return 0;
	return err_set(err, EVERIFY, "entry %llu was written under a charter "
	    "that was not in force", (unsigned long long)e->n);
}

static int
judge_votes(const struct verify *v, const struct charter *c, size_t earlier,
    const struct rule *rule, const struct entry *e, const struct permit *p,
    size_t *ret_approvals, struct err *err)
{
	const struct request *r = p->request;
	struct quorum_ask ask;
	struct quorum got;

	quorum_ask_permit(c, rule, v->genesis->house, p,
	    e->time < r->expires ? e->time : r->expires, &ask);
	ask.earlier = v->hash;
	ask.earlier_n = earlier;
	TRY(quorum_check(&ask, &got, err));
	*ret_approvals = got.counted_n;
	return 0;
}

static int
judge_times(const struct request *r, const struct rule *rule, time_us at,
    struct err *err)
{
	if (r->created > at + QUORUM_SKEW)
		return err_set(err, EVERIFY, "%s was used before it was asked "
		    "for", r->id);
	if (r->expires < r->created ||
	    r->expires - r->created > rule_within(rule))
		return err_set(err, EVERIFY, "%s ran longer than rule %s lets "
		    "it", r->id, rule->name);
	if (r->action != ACTION_WINDOW_OPEN &&
	    at > r->expires + rule->permits_for)
		return err_set(err, EVERIFY, "%s was used after it had expired",
		    r->id);
	return 0;
}

int
permit_judge(const struct verify *v, const struct entry *e,
    const struct permit *p, const struct facts *facts, const char *class,
    const struct rule **ret_rule, size_t *ret_approvals, struct err *err)
{
	size_t earlier;
	const struct charter *c = chain_find(v, &e->charter, &earlier);
	struct decision d;

	if (c == NULL)
		return err_set(err, EVERIFY, "entry %llu was written under a "
		    "charter that is not in the chain",
		    (unsigned long long)e->n);
	if (!e->has_permit || !sha256_equal(&e->permit, &p->hash))
		return err_set(err, EVERIFY, "entry %llu was written under "
		    "another permit", (unsigned long long)e->n);
	if (strcmp(p->request->house, v->genesis->house) != 0)
		return err_set(err, EHOUSE, "%s is of another house",
		    p->request->id);
	policy_decide(c, p->request->action, class, facts, &d);
	if (d.verdict == DENY || d.rule == NULL)
		return err_set(err, EVERIFY, "policy, asked again, denies %s: "
		    "%s", p->request->id, reason_words(d.why));
	if (e->rule == NULL || !sha256_equal(&e->rule_hash, &d.rule->hash))
		return err_set(err, EVERIFY, "another rule decides about %s "
		    "than the keeper named", p->request->id);
	TRY(judge_times(p->request, d.rule, e->time, err));
	*ret_approvals = 0;
	if (d.verdict == WAIT)
		TRY(judge_votes(v, c, earlier, d.rule, e, p, ret_approvals,
		    err));
	*ret_rule = d.rule;
	return 0;
}

static int
add_charter(struct verify *v, const json_t *link, uint64_t from,
    struct err *err)
{
	struct charter *c;

	TRY(charter_from_json(json_object_get(link, "charter"), &c, err));
	v->hash[v->charter_n] = charter_hash(c);
	v->from[v->charter_n] = from;
	v->charter[v->charter_n++] = c;
	return 0;
}

static int
facts_match(const struct facts *f, const struct permit *p,
    const struct entry *e, struct err *err)
{
	const struct fact_value *action = facts_get(f, FACT_ACTION, NULL);
	const struct fact_value *who = facts_get(f, FACT_PRINCIPAL_ID, NULL);
	const char *asked = json_str(e->operation, "principal",
	    p->request->requester);

	if (action == NULL || who == NULL ||
	    strcmp(action->s, action_name(p->request->action)) != 0 ||
	    strcmp(who->s, asked) != 0)
		return err_set(err, EVERIFY, "the facts of entry %llu are of "
		    "another request", (unsigned long long)e->n);
	return 0;
}

/* What the amendment turned into must be what the officers signed. */
static int
amendment_fits(const struct verify *v, const json_t *link,
    const struct permit *p, const struct sha256 *next, struct err *err)
{
	const json_t *event = json_object_get(link, "event");
	struct sha256 to, from;

	if (p->request->action != ACTION_CHARTER_AMEND)
		return err_set(err, EVERIFY, "a charter came by %s",
		    action_name(p->request->action));
	if (strcmp(json_str(event, "kind", ""), "charter.amended") != 0 ||
	    !json_equal(json_object_get(json_object_get(event, "data"),
	    "charter"), json_object_get(link, "charter")))
		return err_set(err, EVERIFY, "an amendment's event is of "
		    "another charter");
	TRY(json_need_hash(p->request->parameters, "charter", &to, err));
	TRY(json_need_hash(p->request->parameters, "previous", &from, err));
	if (!sha256_equal(&to, next) ||
	    !sha256_equal(&from, &v->hash[v->charter_n - 1]))
		return err_set(err, EVERIFY, "an amendment does not lead from "
		    "the charter before to the one after");
	return 0;
}

static int
amendment_judge(const struct verify *v, const json_t *link,
    const struct permit *p, const struct sha256 *next, uint64_t *ret_n,
    struct err *err)
{
	json_t *j = json_object_get(json_object_get(json_object_get(link,
	    "event"), "data"), "entry");
	AUTO(entry) *e = NULL;
	AUTO(facts) *facts = NULL;
	struct entry then;
	const struct rule *rule;
	size_t approvals;

	if (j == NULL)
		return err_set(err, ESCHEMA, "an amendment without its entry");
	TRY(entry_from_json(j, &e, err));
	if (e->op != ENTRY_AMEND || e->facts == NULL)
		return err_set(err, EVERIFY, "an amendment's entry is %s",
		    entry_op_name(e->op));
	if (!sha256_equal(&e->charter, next) &&
	    !sha256_equal(&e->charter, &v->hash[v->charter_n - 1]))
		return err_set(err, EVERIFY, "an amendment was made under "
		    "another charter");
	if (e->n <= v->from[v->charter_n - 1] ||
	    e->n > v->checkpoint.entries)
		return err_set(err, EVERIFY, "an amendment's entry %llu is out "
		    "of its order", (unsigned long long)e->n);
	TRY(facts_from_json(e->facts, &facts, err));
	TRY(facts_match(facts, p, e, err));
	*ret_n = e->n;
	/* The charter before decides, whichever of the two the entry names. */
	then = *e;
	then.charter = v->hash[v->charter_n - 1];
	return permit_judge(v, &then, p, facts, NULL, &rule, &approvals, err);
}

static int
amend(struct verify *v, const json_t *link, struct err *err)
{
	AUTO(permit) *p = NULL;
	AUTO(charter) *c = NULL;
	struct sha256 next;
	uint64_t n;

	TRY(charter_from_json(json_object_get(link, "charter"), &c, err));
	next = charter_hash(c);
	TRY(ledger_included(v, link, err));
	TRY(permit_read(json_object_get(link, "permit"), &p, err));
	TRY(amendment_fits(v, link, p, &next, err));
	TRY(amendment_judge(v, link, p, &next, &n, err));
	return add_charter(v, link, n, err);
}

static int
signatures(const struct verify *v, struct evidence_found *f, struct err *err)
{
	const json_t *list = json_object_get(v->doc, "signatures");
	const struct roster *r = charter_roster(v->charter[0]);
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)(uintptr_t)list, i, one) {
		TRY(genesis_signature_check(v->genesis, v->charter[0], one,
		    err));
		f->genesis_signed++;
	}
	for (i = 0; i < r->principal_n; i++)
		f->genesis_officers += r->principal[i].credential_n > 0;
	return 0;
}

static int
founding(struct verify *v, const struct sha256 *trust, const json_t *charters,
    struct evidence_found *f, struct err *err)
{
	TRY(genesis_read(json_object_get(v->doc, "genesis"), &v->genesis, err));
	if (!sha256_equal(&v->genesis->fingerprint, trust))
		return err_set(err, EHOUSE, "the genesis is not the one that "
		    "you trust");
	TRY(add_charter(v, json_array_get(charters, 0), 0, err));
	if (!sha256_equal(&v->hash[0], &v->genesis->charter))
		return err_set(err, EVERIFY, "the first charter is not that "
		    "of the genesis");
	return signatures(v, f, err);
}

int
chain_verify(struct verify *v, const struct sha256 *trust,
    struct evidence_found *f, struct err *err)
{
	const json_t *charters = json_object_get(v->doc, "charters");
	size_t n = json_array_size(charters);

	if (n == 0 || n > CHARTERS_MOST)
		return err_set(err, ESCHEMA, "evidence holds 1 to %d charters",
		    CHARTERS_MOST);
	v->charter = calloc(n, sizeof(*v->charter));
	v->hash = calloc(n, sizeof(*v->hash));
	v->from = calloc(n, sizeof(*v->from));
	if (v->charter == NULL || v->hash == NULL || v->from == NULL)
		return err_set(err, ENOMEMORY, "charters");
	TRY(founding(v, trust, charters, f, err));
	TRY(ledger_checkpoint(v, err));
	for (size_t i = 1; i < n; i++)
		TRY(amend(v, json_array_get(charters, i), err));
	f->charters = n;
	return 0;
}
