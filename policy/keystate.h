/*
 * keystate - the states of a key and the moves between them, one pure table.
 *
 * SP 800-57 part 1 rev. 5, section 7.  The keeper, the service's inventory and
 * the auditor all ask this table, so that they cannot disagree.
 *
 * Floor 2.  Pure.
 */
#ifndef POLICY_KEYSTATE_H
#define POLICY_KEYSTATE_H

#include <stdbool.h>
#include "base/err.h"

/* One row per state: name, word in documents. */
#define KEY_STATES(S) \
	S(KEY_PREACTIVATION, "pre-activation") \
	S(KEY_ACTIVE,        "active") \
	S(KEY_SUSPENDED,     "suspended") \
	S(KEY_DEACTIVATED,   "deactivated") \
	S(KEY_COMPROMISED,   "compromised") \
	S(KEY_DESTROYED,     "destroyed")

enum key_state {
#define S(name, word) name,
	KEY_STATES(S)
#undef S
	KEY_STATE__N
};

/* One row per move: name, the action that asks for it, state it leads to. */
#define KEY_MOVES(M) \
	M(KEY_MOVE_ACTIVATE,   "key.activate",   KEY_ACTIVE) \
	M(KEY_MOVE_SUSPEND,    "key.suspend",    KEY_SUSPENDED) \
	M(KEY_MOVE_RESUME,     "key.resume",     KEY_ACTIVE) \
	M(KEY_MOVE_DEACTIVATE, "key.deactivate", KEY_DEACTIVATED) \
	M(KEY_MOVE_COMPROMISE, "key.compromise", KEY_COMPROMISED) \
	M(KEY_MOVE_DESTROY,    "key.destroy",    KEY_DESTROYED)

enum key_move {
#define M(name, action, to) name,
	KEY_MOVES(M)
#undef M
	KEY_MOVE__N
};

/** key_state_name, key_state_from_name - a state and its word. Errors: EINPUT. */
const char *key_state_name(enum key_state s);
NODISCARD int key_state_from_name(const char *word, enum key_state *ret, struct err *err);
/** key_move_action, key_move_from_action - a move and the action that asks for it. Errors: EINPUT. */
const char *key_move_action(enum key_move m);
NODISCARD int key_move_from_action(const char *action, enum key_move *ret, struct err *err);
/**
 * key_state_next - where a move leads from this state.
 *
 * Errors:   ESTATE - the move is not allowed from there.
 * Standard: SP 800-57 part 1 rev. 5, 7.1 to 7.6, transitions 1 to 15.
 */
NODISCARD int key_state_next(enum key_state from, enum key_move move,
    enum key_state *ret, struct err *err);
/** key_state_may_protect - may the key sign, wrap or seal (not merely verify or open)? */
bool key_state_may_protect(enum key_state s);

#endif
