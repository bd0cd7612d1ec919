/*
 * quorum_people - who may count for which clause, and the fullest way to
 * count them.  Inside policy only.
 */
#ifndef POLICY_QUORUM_PEOPLE_H
#define POLICY_QUORUM_PEOPLE_H

#include "policy/quorum.h"

/** quorum_eligible - may this person count for the clause, for this requester
 * (NULL: anybody), with a credential of this kind? */
bool quorum_eligible(const struct charter *c, const struct clause *clause,
    const struct principal *person, const struct principal *requester,
    enum proof_kind kind);

/* Somebody who voted: a person, and which clauses they may count for. */
struct quorum_voter {
	const struct principal *person;
	unsigned	 clauses;	/* bit for each */
	int		 counts_for;	/* clause, or -1; set by quorum_assign */
};

/**
 * quorum_assign - let every person count once, for one clause, so that as
 * many places as possible are filled.  Kuhn's augmenting paths.
 * Returns how many places are filled.
 */
unsigned quorum_assign(const struct rule *r, struct quorum_voter *v, size_t n);

/* How many people could count for exactly these clauses, for each set. */
struct quorum_crowd {
	unsigned	 n[1 << RULE_CLAUSES];
};

/** quorum_could - the clauses a person could count for with the credentials
 * they hold: bit for each. */
unsigned quorum_could(const struct charter *c, const struct rule *r,
    const struct principal *person, const struct principal *requester);
/** quorum_approvers - how many could approve this clause, whoever asks. */
unsigned quorum_approvers(const struct charter *c, const struct rule *r, size_t clause);
/** quorum_crowd_of - everybody, whoever asks. */
void quorum_crowd_of(const struct charter *c, const struct rule *r,
    struct quorum_crowd *ret);
/** quorum_crowd_for - what is left of it when this requester asks and
 * @missing (or NULL) is away. */
void quorum_crowd_for(const struct charter *c, const struct rule *r,
    const struct quorum_crowd *everybody, const struct principal *requester,
    const struct principal *missing, struct quorum_crowd *ret);
/** quorum_crowd_suffices - could they fill every place?  Hall's theorem. */
bool quorum_crowd_suffices(const struct rule *r, const struct quorum_crowd *k);

#endif
