/*
 * walk - along canonical JSON as the text it is, without a tree of it.
 *
 * Floor 4 (keeper).  Sees base.  Pure.
 *
 * For text that a hash will be held against: each of these says whether what
 * it stands before is spelled so, and none whether what it passed is sound.
 */
#ifndef KEEPER_WALK_H
#define KEEPER_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct walk {
	const char	*p, *end;
};

/** walk_expect - past @text, if it stands there. */
bool walk_expect(struct walk *w, const char *text);
/** walk_number - past a number of at most 16 digits that does not begin with 0. */
bool walk_number(struct walk *w, uint64_t *ret);
/** walk_object - past an object; @ret borrows its text. */
bool walk_object(struct walk *w, const char **ret, size_t *ret_n);
/** walk_member - from an object's brace to the value of a member, @name spelled "NAME": */
bool walk_member(struct walk *w, const char *name);

#endif
