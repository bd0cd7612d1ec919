#include "config.h"

#include <string.h>

#include "base/json.h"
#include "policy/proof.h"
#include "policy/quorum.h"
#include "policy/quorum_people.h"

void
quorum_ask_permit(const struct charter *c, const struct rule *r,
    const char *house, const struct permit *p, time_us now,
    struct quorum_ask *ret)
{
	*ret = (struct quorum_ask){
		.charter = c, .rule = r, .house = house,
		.request = p->request, .approval = p->approval,
		.approval_n = p->approval_n, .now = now,
	};
}

static const struct principal *
requester_of(const struct quorum_ask *ask)
{
	return roster_find(charter_roster(ask->charter),
	    ask->request->requester);
}

/*
 * The request itself: this house's, of somebody who is still in the roster (or
 * nobody would be left out as requester), and of a time that can be.
 */
static int
request_check(const struct quorum_ask *ask, time_us until, struct err *err)
{
	const struct request *r = ask->request;

	if (strcmp(r->house, ask->house) != 0)
		return err_set(err, EHOUSE, "the request is for house \"%s\"",
		    r->house);
	if (requester_of(ask) == NULL)
		return err_set(err, EDENIED, "%s, who asks, is not in the "
		    "roster", r->requester);
	if (r->expires - r->created > rule_within(ask->rule))
		return err_set(err, EDENIED, "the request may wait longer than "
		    "rule \"%s\" lets it", ask->rule->name);
	if (r->created > ask->now + QUORUM_SKEW)
		return err_set(err, EPROOF, "the request is dated in the future");
	if (ask->now > until)
		return err_set(err, EEXPIRED, "the request has expired");
	return 0;
}

static bool
charter_known(const struct quorum_ask *ask, const struct sha256 *h)
{
	struct sha256 now = charter_hash(ask->charter);
	size_t i;

	if (sha256_equal(h, &now))
		return true;
	for (i = 0; i < ask->earlier_n; i++)
		if (sha256_equal(h, &ask->earlier[i]))
			return true;
	return false;
}

static int
signature_check(const struct quorum_ask *ask, const struct approval *a,
    const struct credential *cred, struct err *err)
{
	AUTO(blob) *octets = blob_new();
	struct sha256 what, name;

	if (octets == NULL)
		return err_set(err, ENOMEMORY, "a statement");
	TRY(json_canonical(a->statement, octets, err));
	what = sha256_of2(cred->hash.o, SHA256_OCTETS, octets->data,
	    octets->len);
	name = sha256_of2(what.o, SHA256_OCTETS, a->signature, a->signature_n);
	if (ask->known != NULL && ask->known(ask->ctx, &name))
		return 0;
	TRY(proof_key_verify(cred->key, octets->data, octets->len,
	    a->signature, a->signature_n, err));
	if (ask->remember != NULL)
		ask->remember(ask->ctx, &name);
	return 0;
}

/* Does this document prove anything?  Statement, then signature. */
static int
approval_check(const struct quorum_ask *ask, const struct approval *a,
    const struct credential *c, struct err *err)
{
	if (!charter_known(ask, &a->charter))
		return err_set(err, EPROOF, "%s was shown a charter that is "
		    "not of this house", a->officer);
	TRY(statement_check(a->statement, ask->request, &a->charter,
	    ask->rule->name, &ask->rule->hash, err));
	if (c->kind != (enum proof_kind)proof_kind_from_name(a->proof_type))
		return err_set(err, EPROOF, "the proof is of another kind than "
		    "the credential");
	return signature_check(ask, a, c, err);
}

static unsigned
clauses_of(const struct quorum_ask *ask, const struct principal *p,
    const struct credential *c)
{
	const struct principal *requester = requester_of(ask);
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < ask->rule->approvals_n; i++)
		if (quorum_eligible(ask->charter, &ask->rule->approvals[i], p,
		    requester, c->kind))
			bits |= 1u << i;
	return bits;
}

struct count {
	struct quorum_voter voter[PERMIT_APPROVALS];
	size_t		 n;
	bool		 requester_signed;
	const char	*rejected_by;
};

static void
count_vote(struct count *n, const struct principal *p, enum vote v,
    unsigned bits, const struct principal *requester)
{
	size_t i;

	if (v == VOTE_REQUEST) {
		n->requester_signed |= p == requester;
		return;
	}
	if (bits == 0)
		return;
	if (v == VOTE_REJECT) {
		n->rejected_by = p->id;
		return;
	}
	for (i = 0; i < n->n; i++)
		if (n->voter[i].person == p) {	/* one person counts once */
			n->voter[i].clauses |= bits;
			return;
		}
	n->voter[n->n++] = (struct quorum_voter){ p, bits, -1 };
}

static int
count_all(const struct quorum_ask *ask, struct count *n, struct err *err)
{
	const struct principal *requester = requester_of(ask), *p;
	const struct credential *c;
	const struct approval *a;
	size_t i;

	for (i = 0; i < ask->approval_n && i < PERMIT_APPROVALS; i++) {
		a = ask->approval[i];
		p = roster_find(charter_roster(ask->charter), a->officer);
		c = p == NULL ? NULL : roster_credential(p, &a->credential);
		/* Somebody who has left since: theirs counts no more. */
		if (c == NULL)
			continue;
		TRY(approval_check(ask, a, c, err));
		count_vote(n, p, a->vote, clauses_of(ask, p, c), requester);
	}
	return 0;
}

static void
answer(const struct quorum_ask *ask, struct count *n, struct quorum *q)
{
	const struct rule *r = ask->rule;
	size_t i, c;

	memset(q, 0, sizeof(*q));
	q->need = rule_people(r);
	q->have = quorum_assign(r, n->voter, n->n);
	q->clause_n = r->approvals_n;
	q->rejected_by = n->rejected_by;
	for (c = 0; c < r->approvals_n; c++) {
		q->clause[c].of = r->approvals[c].of;
		q->clause[c].need = r->approvals[c].count;
	}
	for (i = 0; i < n->n; i++)
		if (n->voter[i].counts_for >= 0) {
			q->clause[n->voter[i].counts_for].have++;
			q->counted[q->counted_n++] = n->voter[i].person->id;
		}
}

/* Until when an approved request may be used. */
static time_us
usable_until(const struct quorum_ask *ask)
{
	time_us until;

	if (ask->request->action != ACTION_WINDOW_OPEN)
		return ask->request->expires + ask->rule->permits_for;
	if (clock_parse(json_str(ask->request->parameters, "until", ""),
	    &until, NULL) != 0)
		return ask->request->expires;
	return until;
}

int
quorum_check(const struct quorum_ask *ask, struct quorum *ret, struct err *err)
{
	const struct principal *requester = requester_of(ask);
	struct count n = { .n = 0 };
	struct quorum q;

	TRY(request_check(ask, usable_until(ask), err));
	TRY(count_all(ask, &n, err));
	answer(ask, &n, &q);
	*ret = q;
	if (q.rejected_by != NULL)
		return err_set(err, EREJECTED, "%s rejected it", q.rejected_by);
	if (rule_excludes_requester(ask->rule) && !requester->tool &&
	    !n.requester_signed)
		return err_set(err, EPROOF, "%s, who asks, has not signed the "
		    "request", requester->id);
	if (q.have < q.need)
		return err_set(err, EQUORUM, "%u of %u approvals", q.have,
		    q.need);
	return 0;
}

int
quorum_add_check(const struct quorum_ask *ask, const struct approval *a,
    struct err *err)
{
	const struct principal *p;
	const struct credential *c;
	size_t i;

	TRY(request_check(ask, ask->request->expires, err));
	p = roster_find(charter_roster(ask->charter), a->officer);
	if (p == NULL || p->tool)
		return err_set(err, EDENIED, "%s is not a person of this house",
		    a->officer);
	c = roster_credential(p, &a->credential);
	if (c == NULL)
		return err_set(err, EPROOF, "%s has no such credential", p->id);
	TRY(approval_check(ask, a, c, err));
	if (a->vote == VOTE_REQUEST)
		return strcmp(p->id, ask->request->requester) == 0 ? 0 :
		    err_set(err, EDENIED, "%s did not ask for this", p->id);
	if (clauses_of(ask, p, c) == 0)
		return err_set(err, EDENIED, "%s may not approve this: rule "
		    "\"%s\" does not count them here", p->id, ask->rule->name);
	for (i = 0; i < ask->approval_n; i++)
		if (strcmp(ask->approval[i]->officer, p->id) == 0 &&
		    ask->approval[i]->vote != VOTE_REQUEST)
			return err_set(err, EEXISTS, "%s has voted already",
			    p->id);
	return 0;
}

static bool
is_counted(const struct quorum *q, const char *id)
{
	size_t i;

	for (i = 0; i < q->counted_n; i++)
		if (strcmp(q->counted[i], id) == 0)
			return true;
	return false;
}

static json_t *
officers_for(const struct quorum_ask *ask, const struct quorum *q, size_t c)
{
	const struct roster *all = charter_roster(ask->charter);
	const struct clause *clause = &ask->rule->approvals[c];
	const struct principal *p;
	json_t *ids = json_array();
	size_t i, k;

	for (i = 0; ids != NULL && i < all->principal_n; i++) {
		p = &all->principal[i];
		for (k = 0; k < p->credential_n; k++)
			if (!is_counted(q, p->id) && quorum_eligible(
			    ask->charter, clause, p, requester_of(ask),
			    p->credential[k].kind))
				break;
		if (k < p->credential_n && json_array_append_new(ids,
		    json_string(p->id)) != 0) {
			json_decref(ids);
			return NULL;
		}
	}
	return ids;
}

json_t *
quorum_may_still(const struct quorum_ask *ask, const struct quorum *q)
{
	json_t *all = json_array();
	size_t c;

	for (c = 0; all != NULL && c < q->clause_n; c++) {
		if (q->clause[c].have >= q->clause[c].need)
			continue;
		if (json_array_append_new(all, json_pack("{s:s, s:i, s:i, s:o}",
		    "group", q->clause[c].of, "need", (int)q->clause[c].need,
		    "have", (int)q->clause[c].have, "officers",
		    officers_for(ask, q, c))) != 0) {
			json_decref(all);
			return NULL;
		}
	}
	return all;
}
