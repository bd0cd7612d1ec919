/*
 * rival - two images that ask to be signed as one version.
 *
 * Floor 5, flow; included here only.
 */
#ifndef FLOW_RIVAL_H
#define FLOW_RIVAL_H

#include "flow/making.h"

struct drawn;
struct flow;

/** rival_hold - the version that this asks to be signed, into our hands as
 * hands_wait while a request for it is opened, which is for a commit;
 * @ret_held: to be let go by that name, "" where it has none. */
NODISCARD int rival_hold(struct flow *f, const char *action, const json_t *parameters, char ret_held[MAKING_HOLD], struct err *err);
/** rival_sign_hold - the same while it is signed, as hands_on, and behind whatever opens
 * a request for it: who opens one from now on finds it approved, and need not wait. */
NODISCARD int rival_sign_hold(struct flow *f, const char *action, const json_t *parameters, char ret_held[MAKING_HOLD], struct err *err);
void rival_let_go(struct flow *f, const char *held);
/** rival_check - Errors: ECONFLICT (another image was signed as this version). */
NODISCARD int rival_check(struct flow *f, const char *action, const json_t *parameters, struct err *err);
/** rival_find - ids of requests that give way to this, which asks for the same version
 * of another image; NULL where it has none; owned.  Errors: ECONFLICT (one was signed, or
 * is approved). */
NODISCARD int rival_find(const struct drawn *d, json_t **ret, struct err *err);

#endif
