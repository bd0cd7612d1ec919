/*
 * diff_rule - what an amendment changes in the rules of one document, and
 * which of the changes ask for less.  Private to policy/.
 */
#ifndef POLICY_DIFF_RULE_H
#define POLICY_DIFF_RULE_H

#include <jansson.h>
#include <stdbool.h>
#include "policy/charter.h"

struct diff {
	const struct charter *from, *to;
	json_t		*changes;	/* borrowed array */
	struct err	*err;
};

struct change {
	const char	*kind;		/* "rule", "group", "credential", ... */
	const char	*subject;	/* its name */
	const json_t	*old, *new;	/* or NULL */
	bool		 weaker;	/* asks for less than before */
};

/** diff_say - add one change with its sentence. */
NODISCARD int diff_say(struct diff *d, const struct change *c,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/** diff_listed - is the value an element of the list? */
bool diff_listed(const json_t *list, const json_t *v);
/** diff_text - a value in few words, cut to @n. */
NODISCARD int diff_text(struct diff *d, const json_t *v, char *ret, size_t n);
/** diff_rules - of a class, or of access when @class is NULL. */
NODISCARD int diff_rules(struct diff *d, const char *class, const json_t *from,
    const json_t *to);

#endif
