/*
 * act_key - making keys and moving them through their states.
 */
#include <string.h>
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/elsewhere.h"
#include "flow/hands.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/stage.h"
#include "keyring/keyring.h"
#include "policy/permit.h"

/* What an algorithm signs with unless the maker says otherwise. */
static const struct { const char *algorithm, *scheme; } usual[] = {
	{ "ec-p256", "ecdsa-sha256" },	{ "ec-p384", "ecdsa-sha384" },
	{ "rsa-2048", "rsa-pss-sha256" }, { "rsa-3072", "rsa-pss-sha256" },
	{ "rsa-4096", "rsa-pss-sha256" }, { "ed25519", "ed25519" },
	{ "aes-128", "none" },		{ "aes-256", "none" },
};

static const char *
usual_scheme(const char *algorithm)
{
	size_t i;

	for (i = 0; i < NELEM(usual); i++)
		if (strcmp(usual[i].algorithm, algorithm) == 0)
			return usual[i].scheme;
	return "none";
}

static int
new_key_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	const json_t *body = b->ask->body;
	const char *class = json_str(body, "class", "");
	const struct key_class *k = charter_class(b->law->charter, class);
	const char *algorithm = json_str(body, "algorithm",
	    k != NULL && k->algorithm_n > 0 ? k->algorithm[0] : "ec-p256");
	json_t *products = json_object_get(body, "products");

	if (k == NULL)
		return err_set(err, EINPUT, "/class: the charter has no class "
		    "\"%.64s\"", class);
	return json_build(&ret->parameters, err,
	    "{s:s, s:s, s:s, s:s, s:s, s:o}",
	    "name", json_str(body, "name", ""), "class", class,
	    "algorithm", algorithm,
	    "scheme", json_str(body, "scheme", usual_scheme(algorithm)),
	    "environment", json_str(body, "environment", "production"),
	    "products", products != NULL ? json_incref(products) : json_array());
}

static int
new_key_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	const struct begun *b = d->begun;
	const json_t *p = d->parameters;
	const struct key_class *c = charter_class(b->law->charter,
	    json_str(p, "class", ""));
	AUTO(key) *k = NULL;
	int rc;

	if (!charter_class_allows_algorithm(c, json_str(p, "algorithm", "")))
		return err_set(err, EDENIED, "keys of class %s may not be %s",
		    c->name, json_str(p, "algorithm", ""));
	rc = state_key(b->flow->state, json_str(p, "name", ""), &k, err);
	if (rc == 0)
		return err_set(err, EEXISTS, "there is a key named %s already",
		    k->name);
	if (rc != -ENOKEY)
		return rc;
	return elsewhere_name_free(b->flow, json_str(p, "name", ""), err);
}

int
operation_named(const struct granted *g, json_t *operation, struct err *err)
{
	return g->idempotency[0] == '\0' ? 0 : json_set_str(operation,
	    "idempotency", g->idempotency, err);
}

int
keeper_use(const struct granted *g, json_t *operation, json_t **ret_entry,
    struct err *err)
{
	AUTO_JSON *op = operation;

	TRY(operation_named(g, op, err));
	return keyring_use(g->flow->keyring, &g->permit_hash, g->permit, op,
	    ret_entry, NULL, err);
}

int
keeper_event(const struct granted *g, enum event_kind kind, const char *subject,
    const json_t *entry, struct receipt *ret, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = kind, .actor = g->requester,
	    .subject = subject, .entry = entry };
	int rc;

	TRY(json_build(&data, err, "{s:s, s:s*, s:s*, s:s*, s:O*}",
	    "request", g->request_id,
	    "reason", json_str(g->parameters, "reason", NULL),
	    "since", json_str(g->parameters, "since", NULL),
	    "idempotency", g->idempotency[0] != '\0' ? g->idempotency : NULL,
	    "facts", g->facts));
	e.data = data;
	rc = entry_commit(g->flow, &e, ret, err);
	if (rc != 0)
		keyring_retry(g->flow->keyring);
	else
		keeper_used(g->flow);
	return rc;
}

static int
key_answer(struct flow *f, const char *request, uint64_t seq,
    const char *key, json_t **ret, struct err *err)
{
	AUTO(key) *k = NULL;
	AUTO_JSON *shown = NULL;

	TRY(state_key(f->state, key, &k, err));
	TRY(key_json(k, &shown, err));
	TRY(json_set_str(shown, "request", request, err));
	if (seq == UINT64_MAX)
		TRY(json_set_new(shown, "recovered", json_true(), err));
	else
		TRY(json_set_int(shown, "event", (int64_t)seq, err));
	*ret = TAKE(shown);
	return 0;
}

/* Made or taken in: the keeper's entry says which key it is. */
static int
appear_named(const struct granted *g, const char *op_name, enum event_kind kind,
    json_t **ret, struct err *err)
{
	AUTO_JSON *entry = NULL;
	json_t *op = NULL;
	struct receipt r;
	const char *hash;

	TRY(json_build(&op, err, "{s:s, s:s}", "op", op_name,
	    "principal", g->principal));
	TRY(keeper_use(g, op, &entry, err));
	TRY(json_need_str(json_object_get(entry, "result"), "key", &hash, err));
	TRY(keeper_event(g, kind, hash, entry, &r, err));
	return key_answer(g->flow, g->request_id, r.seq, hash, ret, err);
}

/* Its name may have gone to an entry while this waited; not meanwhile. */
static int
appear(const struct granted *g, const char *op_name, enum event_kind kind,
    json_t **ret, struct err *err)
{
	const char *name = json_str(g->parameters, "name", "");
	char hold[NAME_HOLD];
	int rc;

	TRY(name_hold(g->flow, name, hold, err));
	rc = elsewhere_name_free(g->flow, name, err);
	if (rc == 0)
		rc = appear_named(g, op_name, kind, ret, err);
	hands_off(g->flow, hold);
	return rc;
}

static int
generate_perform(const struct granted *g, json_t **ret, struct err *err)
{
	return appear(g, "generate", EVENT_KEY_GENERATED, ret, err);
}

static int
new_key_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return key_answer(f, a->id, a->result_seq, json_str(json_object_get(
	    a->request, "parameters"), "name", ""), ret, err);
}

const struct deed deed_key_generate = { "key.generate", new_key_draw,
	new_key_fit, generate_perform, new_key_result, NULL };

static int
adopt_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const more[] = { "object", "reason" };

	TRY(new_key_draw(b, ret, err));
	return members_copy(b->ask->body, more, NELEM(more), ret->parameters,
	    err);
}

static int
adopt_perform(const struct granted *g, json_t **ret, struct err *err)
{
	return appear(g, "adopt", EVENT_KEY_ADOPTED, ret, err);
}

const struct deed deed_key_adopt = { "key.adopt", adopt_draw, new_key_fit,
	adopt_perform, new_key_result, NULL };

/* ---- moves ---- */

static const char *const move_members[] = { "reason" };

static int
move_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	TRY(key_named(b, ret, err));
	TRY(members_copy(b->ask->body, move_members, NELEM(move_members),
	    ret->parameters, err));
	TRY(time_copy(b->ask->body, "since", ret->parameters, err));
	return parameters_past_check(ret->parameters, clock_now(), err);
}

static int
move_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	enum key_move move;
	enum key_state to;

	TRY(key_move_from_action(d->begun->ask->action, &move, err));
	return key_state_next(d->key->state, move, &to, err);
}

static enum event_kind
move_event(enum key_move m)
{
	switch (m) {
	case KEY_MOVE_ACTIVATE:		return EVENT_KEY_ACTIVATED;
	case KEY_MOVE_SUSPEND:		return EVENT_KEY_SUSPENDED;
	case KEY_MOVE_RESUME:		return EVENT_KEY_RESUMED;
	case KEY_MOVE_DEACTIVATE:	return EVENT_KEY_DEACTIVATED;
	case KEY_MOVE_COMPROMISE:	return EVENT_KEY_COMPROMISED;
	case KEY_MOVE_DESTROY:		return EVENT_KEY_DESTROYED;
	case KEY_MOVE__N:		break;
	}
	return EVENT__N;
}

static int
move_perform(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO_JSON *entry = NULL;
	AUTO(key) *k = NULL;
	json_t *op = NULL;
	enum key_move move;
	enum key_state to;
	struct receipt r;

	TRY(key_move_from_action(g->deed->action, &move, err));
	TRY(state_key(g->flow->state, g->key, &k, err));
	TRY(key_state_next(k->state, move, &to, err));
	if (move == KEY_MOVE_DESTROY)
		TRY(json_build(&op, err, "{s:s, s:s, s:s}", "op", "destroy",
		    "key", g->key, "principal", g->principal));
	else
		TRY(json_build(&op, err, "{s:s, s:s, s:s, s:s}", "op", "state",
		    "key", g->key, "to", key_state_name(to),
		    "principal", g->principal));
	TRY(keeper_use(g, op, &entry, err));
	TRY(keeper_event(g, move_event(move), g->key, entry, &r, err));
	return key_answer(g->flow, g->request_id, r.seq, g->key, ret, err);
}

static int
move_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return key_answer(f, a->id, a->result_seq, a->key, ret, err);
}

#define MOVE(name, action) \
	const struct deed deed_##name = { action, move_draw, move_fit, \
	    move_perform, move_result, NULL };
MOVE(key_activate, "key.activate")
MOVE(key_suspend, "key.suspend")
MOVE(key_resume, "key.resume")
MOVE(key_deactivate, "key.deactivate")
MOVE(key_compromise, "key.compromise")
MOVE(key_destroy, "key.destroy")
