#include "config.h"

#include <stdlib.h>

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

/* Which clauses could this person count for with the credentials they hold? */
static unsigned
could(const struct charter *c, const struct rule *r,
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

bool
quorum_possible(const struct charter *c, const struct rule *r,
    const struct principal *requester, const struct principal *missing)
{
	const struct roster *all = charter_roster(c);
	struct quorum_voter *v;
	size_t i, n = 0;
	unsigned have, bits;

	if ((v = calloc(all->principal_n + 1, sizeof *v)) == NULL)
		return false;
	for (i = 0; i < all->principal_n; i++) {
		if (&all->principal[i] == missing)
			continue;
		bits = could(c, r, &all->principal[i], requester);
		if (bits != 0)
			v[n++] = (struct quorum_voter){ &all->principal[i],
			    bits, -1 };
	}
	have = quorum_assign(r, v, n);
	free(v);
	return have >= rule_people(r);
}
