/*
 * lint_rule - what can be said of one rule, or of two beside each other.
 * Private to policy/.
 */
#ifndef POLICY_LINT_RULE_H
#define POLICY_LINT_RULE_H

#include "policy/charter_read.h"

/* Where the linter is: findings go to the rule's JSON pointer. */
struct lint {
	const struct charter *c;
	struct findings	*f;
	struct err	*err;
};

/** lint_at - add a finding about a rule. */
#define lint_at(l, r, what, ...) \
	lint_rule_note((l), (r), (what), __VA_ARGS__)
NODISCARD int lint_rule_note(struct lint *l, const struct rule *r,
    enum find what, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/** lint_rule - everything about one rule by itself. */
NODISCARD int lint_rule(struct lint *l, const struct rule *r);
/** lint_shadow - is a rule reached at all behind those before it? */
NODISCARD int lint_shadow(struct lint *l, const struct rule *rules, size_t i);
/** lint_contradiction - do its conditions exclude each other? */
NODISCARD int lint_contradiction(struct lint *l, const struct rule *r);
/** lint_is_for - may this principal ask under it: groups and conditions on
 * who asks. */
bool lint_is_for(const struct rule *r, const struct principal *p);
/** lint_quorum - everything about its approvals (lint_quorum.c). */
NODISCARD int lint_quorum(struct lint *l, const struct rule *r);
/** lint_alerts - thresholds that nothing lives long enough for (lint_alert.c). */
NODISCARD int lint_alerts(struct lint *l);

#endif
