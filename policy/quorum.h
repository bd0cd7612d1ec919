/*
 * quorum - do the approvals of a permit suffice?
 *
 * Floor 2, pure.  The same count in service, keeper and auditor: each
 * approval is verified against the roster of the charter that decides.
 */
#ifndef POLICY_QUORUM_H
#define POLICY_QUORUM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/clock.h"
#include "base/err.h"
#include "base/sha256.h"
#include "policy/charter.h"
#include "policy/permit.h"
#include "policy/rule.h"

#define QUORUM_SKEW	TIME_S(60)	/* how far ahead "created" may lie */

/* What is asked.  All borrowed. */
struct quorum_ask {
	const struct charter *charter;	/* in force now */
	const struct rule *rule;	/* that decides now (policy_decide) */
	const char	*house;
	const struct request *request;
	struct approval *const *approval;	/* of any vote, any order */
	size_t		 approval_n;
	/* Hashes of this house's earlier charters: an approval shown one of
	 * them counts while its rule's hash is still the deciding rule's. */
	const struct sha256 *earlier;
	size_t		 earlier_n;
	time_us		 now;
	/*
	 * A cache of signatures that verified, or NULL: the name is the hash of
	 * credential, octets and signature.  remember is told of good ones only.
	 */
	bool		(*known)(void *ctx, const struct sha256 *proof);
	void		(*remember)(void *ctx, const struct sha256 *proof);
	void		*ctx;
};
/** quorum_ask_permit - an ask about all of a permit, without cache. */
void quorum_ask_permit(const struct charter *c, const struct rule *r,
    const char *house, const struct permit *p, time_us now,
    struct quorum_ask *ret);

/* The answer: plain value. */
struct quorum {
	unsigned	 need, have;	/* people, over all clauses */
	size_t		 clause_n;
	struct {
		const char	*of;
		unsigned	 need, have;
	} clause[RULE_CLAUSES];
	const char	*counted[PERMIT_APPROVALS];	/* officers, borrowed from the roster */
	size_t		 counted_n;
	const char	*rejected_by;	/* or NULL */
};

/**
 * quorum_check - is the quorum met now?
 *
 * Checked for every approval: the statement is the one rebuilt from request,
 * charter and rule; the officer is in the roster, holds that credential, and
 * is in a clause's group with that kind of proof; the signature verifies.  One
 * person counts once, for one clause; a requester and the owners of a
 * requesting tool do not count where a clause says not: [requester]; there a
 * requesting person must have signed the request too.
 *
 * @ret is set for 0, EQUORUM and EREJECTED alike.
 * Errors: EQUORUM - not yet; EREJECTED; EPROOF - something in it does not
 * verify; EDENIED - an approval by who may not; EEXPIRED; EHOUSE; ENOMEMORY.
 */
NODISCARD int quorum_check(const struct quorum_ask *ask, struct quorum *ret,
    struct err *err);
/**
 * quorum_add_check - may this one approval or rejection be added now?
 *
 * For who receives it: not expired, verifies, its officer may still count.
 * @present  approvals the request has already, in @ask.
 * Errors: EPROOF, EDENIED, EEXISTS (this person has voted), EEXPIRED, EHOUSE.
 */
NODISCARD int quorum_add_check(const struct quorum_ask *ask,
    const struct approval *a, struct err *err);
/** quorum_may_still - new array of {"group","need","have","officers":[ID...]}:
 * who could still approve.  NULL when memory has run out. */
json_t *quorum_may_still(const struct quorum_ask *ask, const struct quorum *q);

/** quorum_possible - could these people's groups ever satisfy the rule for
 * this requester, with @missing (or NULL) absent? */
bool quorum_possible(const struct charter *c, const struct rule *r,
    const struct principal *requester, const struct principal *missing);

#endif
