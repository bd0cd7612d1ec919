/*
 * decide - may they?  A pure function of charter, action and facts.
 *
 * Floor 2, pure.  No allocation, no clock, no I/O: under 10 microseconds.
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include <jansson.h>
#include "policy/action.h"
#include "policy/charter.h"
#include "policy/facts.h"
#include "policy/rule.h"

enum verdict {
	DENY,
	WAIT,		/* a rule matched, and asks for approvals */
	ALLOW,
};

/* Why a decision is what it is: symbol, stable code, words. */
#define WHYS(R) \
	R(WHY_ALLOWED,      "allowed",           "the rule allows it") \
	R(WHY_APPROVALS,    "approvals-needed",  "the rule allows it when enough people approve") \
	R(WHY_NO_PRINCIPAL, "unknown-principal", "who asks is not in the roster") \
	R(WHY_NO_CLASS,     "unknown-class",     "the charter has no such key class") \
	R(WHY_NOT_OF_KIND,  "action-not-of-kind", "keys of this kind can never be asked for this") \
	R(WHY_NO_RULE,      "no-rule",           "no rule matches, and what no rule allows is denied") \
	R(WHY_REQUIRE,      "requirement",       "the rule matches, but a requirement of it is not met") \
	R(WHY_LIMIT,        "limit",             "the rule's limit for this period is reached") \
	R(WHY_NO_COUNT,     "count-unknown",     "the rule has a limit, and the count so far is not known")

enum why {
#define R(sym, code, words) sym,
	WHYS(R)
#undef R
	WHY__N
};

struct decision {
	enum verdict	 verdict;
	enum why	 why;
	const struct charter *charter;
	const struct rule *rule;	/* that decided, or NULL; lives with the charter */
	const char	*class;		/* whose rules were asked, or NULL: access */
	enum action	 action;
	size_t		 requirement;	/* WHY_REQUIRE: which of rule->require */
};

/**
 * policy_match - the first rule whose action, by and when hold; or NULL.
 *
 * For who must count uses before deciding: count.rule depends on the rule.
 * @class  NULL: taken from the fact key.class, where the action is a key's.
 */
const struct rule *policy_match(const struct charter *c, enum action a,
    const char *class, const struct facts *f);
/** policy_decide - the verdict, and all that an explanation needs. */
void policy_decide(const struct charter *c, enum action a, const char *class,
    const struct facts *f, struct decision *ret);

/**
 * decision_explain - new JSON: {"verdict","reason","words","rule"?,"facts",
 * "checks":[...],"rules":[...],"approvals"?,"would_pass":[TEXT...]}: every fact
 * seen and where it came from, each rule and why it did not match, and what
 * would have made it pass.  NULL when memory has run out.
 * The decision's charter must still live.
 */
json_t *decision_explain(const struct decision *d, const struct facts *f);
const char *verdict_name(enum verdict v);	/* "deny" "wait" "allow" */
const char *reason_code(enum why w);
const char *reason_words(enum why w);

#endif
