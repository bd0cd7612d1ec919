/*
 * walk - along canonical JSON as the text it is, without a tree of it.
 *
 * Floor 4 (keeper).  Sees base.  Pure.
 *
 * For text that a hash will be held against, and that others parse after it:
 * only what is in the canonical spelling (base/json.h) is passed.  Not all of
 * it: an object with a name that is empty or has to be escaped is left to those
 * who read the long way.
 */
#ifndef KEEPER_WALK_H
#define KEEPER_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct walk {
	const char	*p, *end;
	int		 depth;		/* brackets that are open */
};

/** walk_expect - past @text, if it stands there. */
bool walk_expect(struct walk *w, const char *text);
/** walk_number - past an integer that is not negative. */
bool walk_number(struct walk *w, uint64_t *ret);
/** walk_object - past an object; @ret borrows its text. */
bool walk_object(struct walk *w, const char **ret, size_t *ret_n);
/** walk_member - from an object's brace to the value of a member, @member spelled
 * "NAME":, past those before it. Their order is not looked at; walk_object does. */
bool walk_member(struct walk *w, const char *member);

#endif
