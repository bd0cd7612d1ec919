/*
 * Keys made, moved between states, and destroyed.
 *
 * Making and destroying outlast a message: the intent is journaled first, and
 * what completes it is made from that entry alone, now or after a crash.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include "base/b64.h"
#include "base/hex.h"
#include "base/json.h"
#include "keeper/intent.h"
#include "keeper/use.h"

int
use_state(struct keeper *k, struct using *u, struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	enum key_state to;
	enum key_move move;
	struct ticket *t;
	struct key *key;
	json_t *result;
	bool done;
	int rc;

	if (key_move_from_action(action_name(u->request->action), &move, err) != 0
	    || move == KEY_MOVE_DESTROY)
		return use_not_for(u, err);
	TRY(use_key(k, u, &key, err));
	TRY(use_once(k, u, &done, err));
	if (done)
		return 0;
	if (key->doomed)
		return err_set(err, ESTATE, "%s is being destroyed", key->name);
	TRY(key_state_next(key->state, move, &to, err));
	if (strcmp(key_state_name(to), json_str(u->operation, "to", "")) != 0)
		return err_set(err, EPROOF, "%s leads to %s",
		    u->request->id, key_state_name(to));
	TRY(parameters_past_check(u->request->parameters, u->now, err));
	d.key = key;
	TRY(judge(k, u->held, &d, &u->judged, err));
	TRY(json_build(&result, err, "{s:s, s:s}", "from",
	    key_state_name(key->state), "to", key_state_name(to)));
	rc = use_draft(k, u, ENTRY_STATE, true, &t, err);
	if (rc == 0)
		rc = draft_json(&t->draft, DRAFT_RESULT, result, err);
	if (rc == 0)
		rc = draft_number(&t->draft, DRAFT_USE, 1, err);
	json_decref(result);
	TRY(rc);
	t->barrier = true;
	ticket_submit(k, t);
	return 0;
}

/* Is what was asked for a key that its class knows, by a name that is free? */
static int
new_key_check(struct keeper *k, const struct using *u,
    enum hsm_algorithm *ret, struct err *err)
{
	const json_t *p = u->request->parameters;
	const char *name = json_str(p, "name", "");
	const struct key_class *c = charter_class(k->house.charter,
	    json_str(p, "class", ""));
	const char *request;
	json_t *intent;
	enum hsm_algorithm a;
	enum hsm_scheme s;

	TRY(hsm_algorithm_from_name(json_str(p, "algorithm", ""), &a, err));
	TRY(hsm_scheme_from_name(json_str(p, "scheme", ""), &s, err));
	if (c == NULL)
		return err_set(err, EDENIED, "there is no such class");
	if (!charter_class_allows_algorithm(c, hsm_algorithm_name(a)))
		return err_set(err, EDENIED, "keys of class %s are not %s",
		    c->name, hsm_algorithm_name(a));
	if (!hsm_scheme_fits(a, s))
		return err_set(err, ERANGE_, "%s does not sign with %s",
		    hsm_algorithm_name(a), hsm_scheme_name(s));
	if (keys_named(&k->house.keys, name))
		return err_set(err, EEXISTS, "key %s", name);
	json_object_foreach(k->house.pending, request, intent) {
		if (strcmp(intent_name(intent), name) == 0)
			return err_set(err, EEXISTS, "key %s is being made", name);
	}
	*ret = a;
	return 0;
}

static int
intend(struct keeper *k, struct using *u, enum entry_op op, struct err *err)
{
	struct ticket *t;

	TRY(use_draft(k, u, op, true, &t, err));
	t->barrier = true;
	t->end = intent_begin;
	ticket_submit(k, t);
	return 0;
}

int
use_generate(struct keeper *k, struct using *u, struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	enum hsm_algorithm a;
	bool done;

	TRY(use_action(u, ACTION_KEY_GENERATE, err));
	TRY(use_once(k, u, &done, err));
	if (done)
		return 0;
	if (json_object_get(k->house.pending, u->request->id) != NULL)
		return err_set(err, EBUSY_, "the key is being made");
	TRY(new_key_check(k, u, &a, err));
	if (!hsm_can(k->hsm, a))
		return err_set(err, ERANGE_, "the token makes no %s",
		    hsm_algorithm_name(a));
	TRY(judge(k, u->held, &d, &u->judged, err));
	return intend(k, u, ENTRY_GENERATE_INTENT, err);
}

/*
 * One at a time, with nothing else under way: what the house has is compared
 * with what the token shows, and neither may change in between.
 */
int
use_adopt(struct keeper *k, struct using *u, struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	enum hsm_algorithm a;
	bool done;

	TRY(use_action(u, ACTION_KEY_ADOPT, err));
	TRY(use_once(k, u, &done, err));
	if (done)
		return 0;
	if (json_object_get(k->house.pending, u->request->id) != NULL)
		return intent_again(k, u->request->id, &u->from, err);
	if (json_object_size(k->house.pending) > 0)
		return err_set(err, EBUSY_, "a key is being made or destroyed");
	TRY(new_key_check(k, u, &a, err));
	if (hsm_scheme_default(a) == HSM_SCHEME_NONE)
		return err_set(err, EDENIED, "a key without a public half "
		    "proves nothing, and is not taken in");
	TRY(judge(k, u->held, &d, &u->judged, err));
	return intend(k, u, ENTRY_GENERATE_INTENT, err);
}

int
use_destroy(struct keeper *k, struct using *u, struct err *err)
{
	struct deed d = { .principal = u->principal, .now = u->now };
	enum key_state to;
	struct key *key;
	bool done;

	TRY(use_action(u, ACTION_KEY_DESTROY, err));
	TRY(use_key(k, u, &key, err));
	TRY(use_once(k, u, &done, err));
	if (done)
		return 0;
	if (json_object_get(k->house.pending, u->request->id) != NULL)
		return intent_again(k, u->request->id, &u->from, err);
	if (key->doomed)
		return err_set(err, ESTATE, "%s is being destroyed", key->name);
	TRY(key_state_next(key->state, KEY_MOVE_DESTROY, &to, err));
	d.key = key;
	TRY(judge(k, u->held, &d, &u->judged, err));
	return intend(k, u, ENTRY_DESTROY_INTENT, err);
}
