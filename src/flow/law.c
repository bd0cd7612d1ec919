/*
 * law - questions about the charter: what it says, what another would say.
 */
#include <stdio.h>
#include <string.h>
#include "ca/profile.h"
#include "cert/cert.h"
#include "flow/draw.h"
#include "flow/inside.h"
#include "flow/law.h"
#include "policy/decide.h"
#include "policy/diff.h"
#include "policy/simulate.h"
#include "state/record.h"
#include "state/state.h"

static int
history_read(struct tx *tx, void *ctx, struct err *err)
{
	json_t **ret = ctx;

	return state_charters(tx, false, ret, err);
}

int
flow_charter_show(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	const char *version = json_str(query, "version", NULL);
	AUTO(law) *law = NULL;
	json_t *all = NULL;

	if (json_flag(query, "history", false)) {
		TRY(state_read(f->state, history_read, &all, err));
		return json_build(ret, err, "{s:o}", "charters", all);
	}
	if (version != NULL)
		TRY(state_law_of(f->state, version, &law, err));
	else
		TRY(state_law(f->state, &law, err));
	return json_build(ret, err, "{s:s, s:O}", "hash", law->hex,
	    "charter", charter_json(law->charter));
}

int
flow_charter_check(struct flow *f, const struct caller *who,
    const char *subject, const json_t *body, json_t **ret, struct err *err)
{
	AUTO(charter) *next = NULL;
	AUTO(law) *law = NULL;
	AUTO_JSON *list = NULL, *answer = NULL;
	struct findings found;
	struct sha256 h;
	struct err why = { .code = OK };
	json_t *diff;
	int rc;

	TRY(state_law(f->state, &law, err));
	findings_init(&found);
	rc = charter_check_json(json_object_get(body, "charter"), &next, &found,
	    &why);
	list = findings_json(&found);
	findings_done(&found);
	if (list == NULL)
		return err_set(err, ENOMEMORY, "findings");
	if (rc != 0 && why.code != ECHARTER) {
		*err = why;
		return rc;
	}
	TRY(json_build(&answer, err, "{s:b, s:O}", "acceptable", next != NULL,
	    "findings", list));
	if (next != NULL) {
		h = charter_hash(next);
		TRY(json_set_hash(answer, "charter", &h, err));
		TRY(charter_diff(law->charter, next, &diff, err));
		TRY(json_set_new(answer, "diff", diff, err));
	} else {
		TRY(json_set_str(answer, "detail", why.what, err));
	}
	*ret = TAKE(answer);
	return 0;
}

/* ---- explain ---- */

struct who_is {
	const char	*id;
	struct caller	 who;
};

static int
who_read(struct tx *tx, void *ctx, struct err *err)
{
	struct who_is *w = ctx;
	struct err why;
	int rc = people_caller(tx, w->id, &w->who, &why);

	if (rc == 0)
		return 0;
	if (rc == -ENOENT_)
		return err_set(err, ENOENT_, "/principal: nobody in the roster "
		    "is called %.64s", w->id);
	return err_set(err, why.code, "%s", why.what);
}

/* The question as parameters: what it leaves open stays without a fact. */
static int
question(const json_t *q, const struct key *k, json_t **ret, struct err *err)
{
	AUTO_JSON *p = NULL;
	static const char *const names[] = { "product", "version", "track",
		"claims", "class", "environment", "algorithm" };
	json_t *digest;

	TRY(json_build(&p, err, "{s:s*, s:s*}", "key", k ? k->hash : NULL,
	    "key_name", k ? k->name : NULL));
	TRY(members_copy(q, names, NELEM(names), p, err));
	TRY(json_build(&digest, err, "{s:s}", "algorithm",
	    json_str(q, "digest", "sha-256")));
	TRY(json_set_new(p, "digest", digest, err));
	*ret = TAKE(p);
	return 0;
}

static int
question_who(struct flow *f, const struct caller *asker, const json_t *q,
    struct caller *ret, struct err *err)
{
	struct who_is w = { .id = json_str(q, "principal", NULL) };

	*ret = *asker;
	if (w.id == NULL || strcmp(w.id, asker->id) == 0)
		return 0;
	TRY(state_read(f->state, who_read, &w, err));
	*ret = w.who;
	return 0;
}

/* The charter may allow what the key, as it is now, does not. */
static int
add_state(json_t *explanation, enum action a, const struct key *k,
    struct err *err)
{
	enum key_move move;
	enum key_state to;
	struct err why;

	if (k == NULL)
		return 0;
	if (key_move_from_action(action_name(a), &move, &why) == 0) {
		if (key_state_next(k->state, move, &to, &why) == 0)
			return 0;
	} else if (key_state_may_protect(k->state)) {
		return 0;
	} else {
		(void)err_set(&why, ESTATE, "key %s is %s; only an active key "
		    "signs", k->name, key_state_name(k->state));
	}
	return json_set_str(explanation, "refused_by_state", why.what, err);
}

int
flow_charter_explain(struct flow *f, const struct caller *who,
    const char *subject, const json_t *q, json_t **ret, struct err *err)
{
	const char *name = json_str(q, "key", NULL), *at = json_str(q, "at", NULL);
	const char *action = json_str(q, "action", ""), *class = NULL;
	AUTO(law) *law = NULL;
	AUTO(key) *k = NULL;
	AUTO(facts) *facts = NULL;
	AUTO_JSON *p = NULL, *x = NULL;
	struct caller asker;
	struct decision d;
	enum action a;
	time_us now = clock_now();

	TRY(action_from_name(action, &a, err));
	if (at != NULL)
		TRY(clock_parse(at, &now, err));
	TRY(state_law(f->state, &law, err));
	if (name != NULL)
		TRY(state_key(f->state, name, &k, err));
	if (action_of_class(a) &&
	    (class = k ? k->class : json_str(q, "class", NULL)) == NULL)
		return err_set(err, ESCHEMA, "/key: name a key or a class; %s is "
		    "decided by a class", action);
	TRY(question_who(f, who, q, &asker, err));
	TRY(question(q, k, &p, err));
	TRY(state_facts(f->state, action, &asker, k, p, law, now, &facts, err));
	policy_decide(law->charter, a, class, facts, &d);
	if ((x = decision_explain(&d, facts)) == NULL)
		return err_set(err, ENOMEMORY, "an explanation");
	TRY(add_state(x, a, k, err));
	*ret = TAKE(x);
	return 0;
}

/* ---- simulate ---- */

struct past {
	time_us		 since;
	json_t		*list;		/* owned */
};

static int
past_add(struct past *p, const json_t *event, const char *verdict,
    const char *rule, struct err *err)
{
	const json_t *data = json_object_get(event, "data");
	json_t *facts = json_object_get(data, "facts"), *one;
	char id[24];

	if (facts == NULL)
		facts = json_object_get(json_object_get(data, "entry"), "facts");
	if (facts == NULL)
		return 0;	/* a window's later use: decided with its first */
	snprintf(id, sizeof(id), "%lld", (long long)json_int(event, "seq", 0));
	TRY(json_build(&one, err, "{s:s, s:O*, s:O, s:s, s:s*}", "id", id,
	    "time", json_object_get(event, "time"), "facts", facts,
	    "verdict", verdict, "rule", rule));
	if (json_array_append_new(p->list, one) != 0)
		return err_set(err, ENOMEMORY, "past decisions");
	return 0;
}

static const char *
rule_name(const json_t *o)
{
	return json_str(json_object_get(o, "rule"), "name", NULL);
}

static int
past_event(void *ctx, uint64_t seq, const void *octets, size_t n,
    struct err *err)
{
	AUTO_JSON *event = NULL;
	const json_t *data;
	const char *kind;

	TRY(json_read(octets, n, &event, err));
	kind = json_str(event, "kind", "");
	data = json_object_get(event, "data");
	/* What the charter let through and a key's state or the keeper refused is
	 * no decision of its. */
	if (strcmp(kind, "request.denied") == 0)
		return strcmp(json_str(json_object_get(data, "explanation"),
		    "verdict", ""), "deny") != 0 ? 0 :
		    past_add(ctx, event, "deny", rule_name(data), err);
	if (strcmp(kind, "request.opened") == 0)
		return past_add(ctx, event, "wait", rule_name(data), err);
	if (strcmp(kind, "key.signed") == 0 && json_array_size(json_object_get(
	    json_object_get(json_object_get(data, "entry"), "permit_document"),
	    "approvals")) == 0 && json_object_get(data, "facts") != NULL)
		return past_add(ctx, event, "allow", rule_name(
		    json_object_get(data, "entry")), err);
	return 0;
}

#define PAST_EVENTS	100000

static int
past_read(struct tx *tx, void *ctx, struct err *err)
{
	struct past *p = ctx;
	struct record_filter f = { .limit = PAST_EVENTS };

	TRY(record_seq_at(tx, p->since, &f.from, err));
	return record_each(tx, &f, past_event, p, err);
}

int
flow_charter_simulate(struct flow *f, const struct caller *who,
    const char *subject, const json_t *body, json_t **ret, struct err *err)
{
	int64_t days = json_int(body, "days", 30);
	struct past p = { .since = clock_now() - TIME_S(days * 86400) };
	AUTO(charter) *c = NULL;
	int rc;

	TRY(charter_from_json(json_object_get(body, "charter"), &c, err));
	if ((p.list = json_array()) == NULL)
		return err_set(err, ENOMEMORY, "past decisions");
	rc = state_read(f->state, past_read, &p, err);
	if (rc == 0)
		rc = policy_simulate(c, p.list, ret, err);
	json_decref(p.list);
	return rc;
}

/* ---- who can ---- */

struct then {
	time_us	 t;
	json_t	*charters;	/* owned */
};

static int
then_read(struct tx *tx, void *ctx, struct err *err)
{
	struct then *then = ctx;

	TRY(state_founded_by(tx, then->t, err));
	return state_charters(tx, false, &then->charters, err);
}

/* The charter that was in force then: the last one before that time. */
static int
law_then(struct flow *f, const char *as_of, struct law **ret, struct err *err)
{
	AUTO_JSON *all = NULL;
	struct then then = { 0 };
	const json_t *one;
	const char *hash = "";
	time_us t;
	size_t i;

	TRY(flow_as_of(as_of, &then.t, err));
	TRY(state_read(f->state, then_read, &then, err));
	all = then.charters;
	json_array_foreach(all, i, one) {
		TRY(clock_parse(json_str(one, "time", ""), &t, err));
		if (t <= then.t)
			hash = json_str(one, "hash", "");
	}
	return state_law_of(f->state, hash, ret, err);
}

int
key_facts(const struct key *k, struct facts **ret, struct err *err)
{
	AUTO(facts) *f = NULL;

	TRY(facts_new(&f, err));
	TRY(facts_str(f, "key.name", k->name, REPLAYED, err));
	TRY(facts_str(f, "key.class", k->class, REPLAYED, err));
	TRY(facts_str(f, "key.environment", k->environment, REPLAYED, err));
	TRY(facts_str(f, "key.algorithm", k->algorithm, REPLAYED, err));
	TRY(facts_flag(f, "key.exclusive", k->exclusive, REPLAYED, err));
	TRY(facts_set_json(f, "key.products", k->products, REPLAYED, err));
	*ret = TAKE(f);
	return 0;
}

/* A root's own is no certificate that it issues. */
static bool
issues_any(const struct law *law, const json_t *profiles)
{
	const json_t *one;
	size_t i;

	json_array_foreach(profiles, i, one) {
		const struct profile *p = law_profile(law,
		    json_string_value(one));

		if (p != NULL && p->kind != PROFILE_ROOT)
			return true;
	}
	return false;
}

int
ca_profiles(struct tx *tx, const struct law *law, const char *ca,
    const char *key, json_t **ret, struct err *err)
{
	AUTO_JSON *issued = NULL;
	AUTO(facts) *facts = NULL;
	AUTO(key) *k = NULL;
	struct err why;
	int rc;

	TRY(cert_ca_profiles(tx, ca, &issued, err));
	rc = issues_any(law, issued) ? -ENOKEY : key_get(tx, key, &k, &why);
	if (rc == -ENOKEY) {
		*ret = TAKE(issued);
		return 0;
	}
	if (rc != 0)
		return err_set(err, why.code, "%s", why.what);
	TRY(key_facts(k, &facts, err));
	TRY(facts_str(facts, "cert.ca", ca, REPLAYED, err));
	return policy_profiles(law->charter, facts, ret, err);
}

int
flow_charter_who_can(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	const char *as_of = json_str(query, "as_of", NULL);
	AUTO(facts) *facts = NULL;
	AUTO(law) *law = NULL;
	AUTO(key) *k = NULL;
	AUTO_JSON *answer = NULL;
	char now[TIME_TEXT];

	clock_text(clock_now(), now);
	TRY(state_key(f->state, json_str(query, "key", ""), &k, err));
	if (as_of != NULL)
		TRY(law_then(f, as_of, &law, err));
	else
		TRY(state_law(f->state, &law, err));
	TRY(key_facts(k, &facts, err));
	TRY(policy_who_can(law->charter, facts, &answer, err));
	TRY(json_set_str(answer, "key", k->hash, err));
	TRY(json_set_str(answer, "key_name", k->name, err));
	TRY(json_set_str(answer, "charter", law->hex, err));
	TRY(json_set_str(answer, "as_of", as_of != NULL ? as_of : now, err));
	*ret = TAKE(answer);
	return 0;
}
