/* keystate - see keystate.h. */
#include <string.h>
#include "policy/keystate.h"

static const char *const STATE[] = {
#define S(name, word) word,
	KEY_STATES(S)
#undef S
};
_Static_assert(NELEM(STATE) == KEY_STATE__N, "a word for each state");

static const struct {
	const char	*action;
	enum key_state	 to;
} MOVE[] = {
#define M(name, action, to) { action, to },
	KEY_MOVES(M)
#undef M
};
_Static_assert(NELEM(MOVE) == KEY_MOVE__N, "a row for each move");

/*
 * SP 800-57 part 1 rev. 5, 7.1 to 7.6: which moves each state allows.  The
 * numbers are the standard's transitions; 1 is generation itself.
 */
#define MAY(move)	(1u << (move))
static const unsigned ALLOWED[] = {
	[KEY_PREACTIVATION] =	MAY(KEY_MOVE_DESTROY) |		/* 2 */
				MAY(KEY_MOVE_COMPROMISE) |	/* 3 */
				MAY(KEY_MOVE_ACTIVATE),		/* 4 */
	[KEY_ACTIVE] =		MAY(KEY_MOVE_DESTROY) |		/* 5 */
				MAY(KEY_MOVE_COMPROMISE) |	/* 6 */
				MAY(KEY_MOVE_SUSPEND) |		/* 7 */
				MAY(KEY_MOVE_DEACTIVATE),	/* 8 */
	[KEY_SUSPENDED] =	MAY(KEY_MOVE_DESTROY) |		/* 9 */
				MAY(KEY_MOVE_COMPROMISE) |	/* 10 */
				MAY(KEY_MOVE_RESUME) |		/* 11 */
				MAY(KEY_MOVE_DEACTIVATE),	/* 12 */
	[KEY_DEACTIVATED] =	MAY(KEY_MOVE_DESTROY) |		/* 13 */
				MAY(KEY_MOVE_COMPROMISE),	/* 14 */
	[KEY_COMPROMISED] =	MAY(KEY_MOVE_DESTROY),		/* 15 */
	[KEY_DESTROYED] =	0,				/* the end */
};
_Static_assert(NELEM(ALLOWED) == KEY_STATE__N, "a row for each state");

const char *
key_state_name(enum key_state s)
{
	return STATE[s];
}

int
key_state_from_name(const char *word, enum key_state *ret, struct err *err)
{
	for (size_t i = 0; i < NELEM(STATE); i++)
		if (strcmp(STATE[i], word) == 0) {
			*ret = (enum key_state)i;
			return 0;
		}
	return err_set(err, EINPUT, "\"%.40s\" is not a state of a key", word);
}

const char *
key_move_action(enum key_move m)
{
	return MOVE[m].action;
}

int
key_move_from_action(const char *action, enum key_move *ret, struct err *err)
{
	for (size_t i = 0; i < NELEM(MOVE); i++)
		if (strcmp(MOVE[i].action, action) == 0) {
			*ret = (enum key_move)i;
			return 0;
		}
	return err_set(err, EINPUT, "\"%.40s\" does not move a key", action);
}

int
key_state_next(enum key_state from, enum key_move move, enum key_state *ret,
    struct err *err)
{
	if ((ALLOWED[from] & MAY(move)) == 0)
		return err_set(err, ESTATE, "%s is not possible for a key "
		    "that is %s", MOVE[move].action, STATE[from]);
	*ret = MOVE[move].to;
	return 0;
}

bool
key_state_may_protect(enum key_state s)
{
	return s == KEY_ACTIVE;
}
