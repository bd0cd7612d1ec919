/*
 * inventory_end - what it takes to end each right that a key gives: the action,
 * by which rules and with whose approvals, and what it costs.
 */
#include <string.h>
#include "flow/inventory.h"
#include "flow/law.h"
#include "flow/revoking.h"
#include "policy/simulate.h"

static int
append(json_t *list, json_t *v, struct err *err)
{
	return json_array_append_new(list, v) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "an inventory");
}

/* One way to end it, and the rules that allow it: of @ca where it is an
 * authority's, as a rule may ask whose it is. */
static int
way_put(const struct inventory *v, const struct key *k, const char *ca,
    enum action a, json_t *list, struct err *err)
{
	AUTO(facts) *facts = NULL;
	AUTO_JSON *rules = NULL;
	json_t *way;

	TRY(key_facts(k, &facts, err));
	TRY(facts_str(facts, "cert.ca", ca, REPLAYED, err));
	TRY(policy_leave(v->law->charter, a, facts, &rules, err));
	TRY(json_build(&way, err, "{s:s, s:O}", "action", action_name(a),
	    "rules", rules));
	return append(list, way, err);
}

int
inventory_end_window(const struct inventory *v, const struct key *k,
    json_t *window, struct err *err)
{
	TRY(json_set_new(window, "end", json_array(), err));
	return way_put(v, k, NULL, ACTION_WINDOW_CLOSE,
	    json_object_get(window, "end"), err);
}

/* The moves that its state allows and that make it less. */
static int
moves_put(const struct inventory *v, const struct key *k, json_t *list,
    struct err *err)
{
	static const enum action MOVES[] = { ACTION_KEY_SUSPEND,
		ACTION_KEY_DEACTIVATE, ACTION_KEY_COMPROMISE,
		ACTION_KEY_DESTROY };
	enum key_move move;
	enum key_state to;
	struct err no;

	for (size_t i = 0; i < NELEM(MOVES); i++) {
		TRY(key_move_from_action(action_name(MOVES[i]), &move, err));
		if (key_state_next(k->state, move, &to, &no) == 0)
			TRY(way_put(v, k, NULL, MOVES[i], list, err));
	}
	return 0;
}

/* What its entry adds to the list that it will be in. */
static int
cost_put(const struct inventory *v, const struct cert_ca *ca, json_t *c,
    struct err *err)
{
	AUTO_JSON *body = NULL;
	struct cost cost = { .list = NULL };
	struct cert_row row;
	int rc;

	TRY(json_build(&body, err, "{s:s}", "cause", "superseded"));
	TRY(cert_by_id(v->tx, json_str(c, "id", ""), &row, err));
	rc = cost_init(&cost, ca, CERT_REVOKED, body, err);
	if (rc == 0)
		rc = cost_add(&cost, &row, err);
	if (rc == 0)
		rc = json_set_int(c, "crl_entries", cost.all.entries, err);
	if (rc == 0)
		rc = json_set_int(c, "crl_octets", cost.all.octets, err);
	cost_done(&cost);
	return rc;
}

/* It is its issuer's to revoke, by the rules of that key. */
static int
certificate_put(const struct inventory *v, json_t *c, struct err *err)
{
	AUTO(cert_ca) *ca = NULL;
	AUTO(key) *issuer = NULL;

	TRY(json_set_new(c, "end", json_array(), err));
	if (strcmp(json_str(c, "status", ""), "revoked") == 0)
		return 0;
	TRY(cert_ca_get(v->tx, json_str(c, "ca", ""), &ca, err));
	TRY(state_key(v->state, ca->key, &issuer, err));
	TRY(cost_put(v, ca, c, err));
	return way_put(v, issuer, ca->name, ACTION_CERT_REVOKE,
	    json_object_get(c, "end"), err);
}

static int
authority_put(const struct inventory *v, const struct key *k, json_t *ca,
    struct err *err)
{
	TRY(json_set_new(ca, "end", json_array(), err));
	if (strcmp(json_str(ca, "state", ""), "active") != 0)
		return 0;
	return way_put(v, k, json_str(ca, "name", NULL), ACTION_CA_RETIRE,
	    json_object_get(ca, "end"), err);
}

int
inventory_end_key(const struct inventory *v, const struct key *k, json_t *row,
    struct err *err)
{
	json_t *one;
	size_t i;

	TRY(json_set_new(row, "end", json_array(), err));
	TRY(moves_put(v, k, json_object_get(row, "end"), err));
	json_array_foreach(json_object_get(row, "authorities"), i, one)
		TRY(authority_put(v, k, one, err));
	return inventory_end_certificates(v, row, err);
}

int
inventory_end_certificates(const struct inventory *v, json_t *row,
    struct err *err)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(row, "certificates"), i, one)
		TRY(json_flag(one, "elsewhere", false) ?
		    inventory_end_other(one, err) :
		    certificate_put(v, one, err));
	return 0;
}
