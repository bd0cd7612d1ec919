/*
 * rule - one rule of a charter, compiled when the charter is read.
 *
 * Floor 2, pure.  Immutable with its charter.
 */
#ifndef POLICY_RULE_H
#define POLICY_RULE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/clock.h"
#include "base/sha256.h"
#include "policy/action.h"
#include "policy/facts.h"
#include "policy/roster.h"

#define RULE_CLAUSES	4	/* most approvals clauses of a rule */
#define RULE_COUNT	32	/* most people of a clause */

enum match_op {
	MATCH_EQUAL,		/* one value */
	MATCH_ONE_OF,		/* a list */
	MATCH_BELOW,
	MATCH_AT_LEAST,
	MATCH_BETWEEN,		/* time.of-day: from (in) to (out), may pass midnight */
	NEED_PRESENT,		/* require only */
	NEED_INCREASING,	/* require only: artifact.version */
	NEED_OF_KEY,		/* require only: artifact.product in key.products */
};

struct match_value {
	const char	*s;		/* or NULL: i */
	int64_t		 i;
};

/* One condition: a fact and what it must be. */
struct match {
	enum fact	 fact;
	const char	*claim;		/* name after "claim.", or NULL */
	const char	*name;		/* the fact as written */
	bool		 negate;
	enum match_op	 op;
	struct match_value *value;	/* owned */
	size_t		 value_n;
	const json_t	*wanted;	/* as written, for explanations; borrowed */
};

struct clause {
	unsigned	 count;
	const char	*of;		/* group's name */
	int		 group;		/* its index in the roster */
	bool		 not_requester;
	time_us		 within;
	unsigned	 proofs;	/* bit for each enum proof_kind */
};

struct rule {
	const char	*name;
	const char	*why;
	const json_t	*json;		/* canonical; borrowed from the charter */
	struct sha256	 hash;		/* of that: what statements carry */
	const char	*class;		/* or NULL: a rule of access */
	size_t		 index;		/* among the rules of its document, from 0 */
	uint64_t	 actions;	/* bit for each enum action */
	struct group_set by;
	struct match	*when;
	size_t		 when_n;
	struct match	*require;
	size_t		 require_n;
	struct clause	 approvals[RULE_CLAUSES];
	size_t		 approvals_n;
	int64_t		 limit_uses;	/* 0: no limit */
	time_us		 limit_per;
	int64_t		 permits_uses;	/* 1 unless the rule says otherwise */
	time_us		 permits_for;	/* one hour unless the rule says otherwise */
	int64_t		 rework_uses;	/* 0: no device gets a new key */
	time_us		 rework_per;
	bool		 any_digest;
	bool		 break_glass;
	time_us		 review;	/* of break-glass */
};

/** rule_people - how many distinct people its approvals need in all. */
unsigned rule_people(const struct rule *r);
/** rule_within - the shortest "within" of its clauses: how long a request
 * under it may wait; permits_for when it asks for no approval. */
time_us rule_within(const struct rule *r);
/** rule_excludes_requester - does any clause say not: [requester]? */
bool rule_excludes_requester(const struct rule *r);
/** rule_allows_action - is it one of the rule's actions? */
static inline bool
rule_allows_action(const struct rule *r, enum action a)
{
	return (r->actions >> a & 1) != 0;
}
/** rule_is_increasing - does the rule ask that versions increase? NULL: no. */
bool rule_is_increasing(const struct rule *r);
/**
 * rules_keep_versions - of a class's rules: are versions that are signed with a
 * key of this environment remembered, whichever rule lets them through?  They
 * are where any rule asks that versions of such keys increase.
 */
bool rules_keep_versions(const struct rule *r, size_t n, const char *environment);
/** match_holds - does this condition hold for these facts? */
bool match_holds(const struct match *m, const struct facts *f);
/** match_words - what the condition wants, for people: "is production"; into @ret. */
void match_words(const struct match *m, char *ret, size_t n);

#endif
