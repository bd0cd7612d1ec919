#include "config.h"

#include <string.h>

#include "policy/quorum_people.h"

bool
quorum_eligible(const struct charter *c, const struct clause *clause,
    const struct principal *person, const struct principal *requester,
    enum proof_kind kind)
{
	if (person->tool || !roster_in(person, clause->group) ||
	    (clause->proofs >> kind & 1) == 0)
		return false;
	if (!clause->not_requester || requester == NULL)
		return true;
	if (person == requester)
		return false;
	return !requester->tool ||
	    !roster_owns(charter_roster(c), person, requester);
}

static unsigned
filled(const struct quorum_voter *v, size_t n, int clause)
{
	unsigned have = 0;
	size_t i;

	for (i = 0; i < n; i++)
		have += v[i].counts_for == clause;
	return have;
}

/* Find a place for voter i, moving others to their other clauses if need be. */
static bool
place(const struct rule *r, struct quorum_voter *v, size_t n, size_t i,
    unsigned *tried)
{
	size_t c, j;

	for (c = 0; c < r->approvals_n; c++) {
		if ((v[i].clauses >> c & 1) == 0 || (*tried >> c & 1) != 0)
			continue;
		*tried |= 1u << c;
		if (filled(v, n, (int)c) < r->approvals[c].count) {
			v[i].counts_for = (int)c;
			return true;
		}
		for (j = 0; j < n; j++)
			if (v[j].counts_for == (int)c &&
			    place(r, v, n, j, tried)) {
				v[i].counts_for = (int)c;
				return true;
			}
	}
	return false;
}

unsigned
quorum_assign(const struct rule *r, struct quorum_voter *v, size_t n)
{
	unsigned have = 0, tried;
	size_t i;

	for (i = 0; i < n; i++)
		v[i].counts_for = -1;
	for (i = 0; i < n; i++) {
		tried = 0;
		have += place(r, v, n, i, &tried);
	}
	return have;
}

unsigned
quorum_could(const struct charter *c, const struct rule *r,
    const struct principal *person, const struct principal *requester)
{
	unsigned bits = 0;
	size_t i, k;

	for (i = 0; i < r->approvals_n; i++)
		for (k = 0; k < person->credential_n; k++)
			if (quorum_eligible(c, &r->approvals[i], person,
			    requester, person->credential[k].kind))
				bits |= 1u << i;
	return bits;
}

unsigned
quorum_approvers(const struct charter *c, const struct rule *r, size_t clause)
{
	const struct roster *all = charter_roster(c);
	unsigned n = 0;

	for (size_t i = 0; i < all->principal_n; i++)
		n += quorum_could(c, r, &all->principal[i], NULL) >> clause & 1;
	return n;
}

void
quorum_crowd_of(const struct charter *c, const struct rule *r,
    struct quorum_crowd *ret)
{
	const struct roster *all = charter_roster(c);
	size_t i;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < all->principal_n; i++)
		ret->n[quorum_could(c, r, &all->principal[i], NULL)]++;
}

void
quorum_crowd_for(const struct charter *c, const struct rule *r,
    const struct quorum_crowd *everybody, const struct principal *requester,
    const struct principal *missing, struct quorum_crowd *ret)
{
	const struct roster *all = charter_roster(c);
	const struct principal *p;
	size_t i, n;

	*ret = *everybody;
	if (missing != NULL)
		ret->n[quorum_could(c, r, missing, NULL)]--;
	n = requester == NULL ? 0 : requester->tool ? requester->owner_n : 1;
	for (i = 0; i < n; i++) {	/* whom this requester leaves out */
		p = requester->tool ? &all->principal[requester->owner[i]] :
		    requester;
		if (p == missing)
			continue;
		ret->n[quorum_could(c, r, p, NULL)]--;
		ret->n[quorum_could(c, r, p, requester)]++;
	}
}

/* Of each set of clauses: how many people fit none but these. */
static void
count_within(const struct quorum_crowd *k, unsigned sets,
    unsigned within[1 << RULE_CLAUSES])
{
	unsigned set, bit;

	memcpy(within, k->n, sets * sizeof(within[0]));
	for (bit = 1; bit < sets; bit <<= 1)
		for (set = 0; set < sets; set++)
			if ((set & bit) != 0)
				within[set] += within[set ^ bit];
}

/*
 * P. Hall, 1935: every place can be filled exactly when, for each set of
 * clauses, as many people fit at least one of them as they need together.
 */
bool
quorum_crowd_suffices(const struct rule *r, const struct quorum_crowd *k)
{
	unsigned within[1 << RULE_CLAUSES], set, need, have;
	unsigned sets = 1u << r->approvals_n;
	size_t i;

	count_within(k, sets, within);
	for (set = 1; set < sets; set++) {
		for (need = 0, i = 0; i < r->approvals_n; i++)
			need += (set >> i & 1) != 0 ? r->approvals[i].count : 0;
		/* All but those who fit only what is not in the set. */
		have = within[sets - 1] - within[sets - 1 - set];
		if (have < need)
			return false;
	}
	return true;
}

bool
quorum_possible(const struct charter *c, const struct rule *r,
    const struct principal *requester, const struct principal *missing)
{
	struct quorum_crowd everybody, left;

	quorum_crowd_of(c, r, &everybody);
	quorum_crowd_for(c, r, &everybody, requester, missing, &left);
	return quorum_crowd_suffices(r, &left);
}
