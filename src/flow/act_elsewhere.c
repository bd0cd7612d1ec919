/*
 * act_elsewhere - keys that live elsewhere: entered in the inventory,
 * corrected, ended.  All that is known of them is what somebody says.
 */
#include <stdio.h>
#include <string.h>
#include "base/b64.h"
#include "ca/key.h"
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/elsewhere.h"
#include "flow/hands.h"
#include "flow/inside.h"
#include "flow/perform.h"
#include "flow/stage.h"
#include "policy/quorum.h"

/* ---- what is there ---- */

struct looked {
	const char	*name;
	const json_t	*entry;
	bool		 anew, there;
	json_t		*doc;
};

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return elsewhere_get(tx, l->name, &l->doc, err);
}

int
elsewhere_shown(struct flow *f, const char *name_or_hash, json_t **ret,
    struct err *err)
{
	struct looked l = { .name = name_or_hash };

	TRY(state_read(f->state, look, &l, err));
	*ret = l.doc;
	return 0;
}

static int
look_named(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return elsewhere_named(tx, l->name, &l->there, err);
}

int
elsewhere_name_free(struct flow *f, const char *name, struct err *err)
{
	struct looked l = { .name = name };

	TRY(state_read(f->state, look_named, &l, err));
	return !l.there ? 0 : err_set(err, EEXISTS, "there is a key named "
	    "%.64s already: it lives elsewhere", name);
}

/* A name is given once, to a key of the token or to an entry. */
int
name_hold(struct flow *f, const char *name, char ret_hold[NAME_HOLD],
    struct err *err)
{
	snprintf(ret_hold, NAME_HOLD, "name %s", name);
	return hands_on(f, ret_hold, err);
}

/* ---- what is said ---- */

static const char *const said_members[] = { "at", "custodian", "owner",
	"recovery", "note" };
static const char *const time_members[] = { "activated", "ends", "restored" };

/* An algorithm that keys of this house cannot have is "other". */
static int
public_draw(const json_t *body, json_t *p, struct err *err)
{
	const char *text = json_str(body, "public_key", NULL), *algorithm;
	AUTO(blob) *der = blob_new();
	int rc;

	if (text == NULL)
		return 0;
	if (der == NULL)
		return err_set(err, ENOMEMORY, "a public key");
	TRY(b64_decode(text, der, err));
	rc = key_algorithm(span_blob(der), &algorithm, err);
	if (rc == -EDENIED)
		algorithm = "other";
	else if (rc != 0)
		return rc;
	TRY(json_set_str(p, "algorithm", algorithm, err));
	return json_set_b64(p, "public_key", der->data, der->len, err);
}

/* Who answers for it, and how it is brought back, are words of the charter. */
static int
words_check(const struct charter *c, const json_t *p, struct err *err)
{
	const char *owner = json_str(p, "owner", NULL),
	    *recovery = json_str(p, "recovery", NULL);

	if (owner != NULL && !elsewhere_owner(c, owner))
		return err_set(err, EINPUT, "/owner: the charter has no group "
		    "\"%.64s\"", owner);
	if (recovery != NULL && elsewhere_recovery(c, recovery) == NULL)
		return err_set(err, EINPUT, "/recovery: the charter has no "
		    "recovery procedure \"%.64s\"", recovery);
	return 0;
}

static int
times_check(const json_t *p, time_us now, struct err *err)
{
	time_us at[NELEM(time_members)];
	bool there[NELEM(time_members)];

	for (size_t i = 0; i < NELEM(time_members); i++) {
		const char *text = json_str(p, time_members[i], NULL);

		there[i] = text != NULL;
		if (text != NULL)
			TRY(clock_parse(text, &at[i], err));
	}
	if (there[0] && there[1] && at[1] <= at[0])
		return err_set(err, ERANGE_, "/ends: it ends before it is "
		    "activated");
	if (there[2] && at[2] > now + QUORUM_SKEW)
		return err_set(err, ERANGE_, "/restored: a restore that is "
		    "yet to come proves nothing");
	return 0;
}

static int
said_draw(const struct begun *b, json_t *p, struct err *err)
{
	const json_t *body = b->ask->body;

	TRY(members_copy(body, said_members, NELEM(said_members), p, err));
	for (size_t i = 0; i < NELEM(time_members); i++)
		TRY(time_copy(body, time_members[i], p, err));
	TRY(public_draw(body, p, err));
	TRY(words_check(b->law->charter, p, err));
	return times_check(p, b->now, err);
}

static int
reason_draw(const struct begun *b, json_t *p, struct err *err)
{
	static const char *const names[] = { "reason" };

	return members_copy(b->ask->body, names, NELEM(names), p, err);
}

static int
register_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	const json_t *body = b->ask->body;
	const char *class = json_str(body, "class", "");
	json_t *products = json_object_get(body, "products");

	if (charter_class(b->law->charter, class) == NULL)
		return err_set(err, EINPUT, "/class: the charter has no class "
		    "\"%.64s\"", class);
	TRY(json_build(&ret->parameters, err, "{s:s, s:s, s:s, s:o}",
	    "name", json_str(body, "name", ""), "class", class,
	    "environment", json_str(body, "environment", "production"),
	    "products", products != NULL ? json_incref(products) :
	    json_array()));
	TRY(said_draw(b, ret->parameters, err));
	return reason_draw(b, ret->parameters, err);
}

/* ---- correcting ---- */

/* What decides who may say it stays; what was said before holds until it is
 * said otherwise, or taken back. */
static int
kept_draw(const json_t *was, const json_t *unset, json_t **ret,
    struct err *err)
{
	static const char *const which[] = { "name", "class", "environment",
		"algorithm", "public_key" };
	AUTO_JSON *p = json_object();
	const json_t *one;
	size_t i;

	TRY(members_copy(was, which, NELEM(which), p, err));
	TRY(members_copy(was, said_members, NELEM(said_members), p, err));
	TRY(members_copy(was, time_members, NELEM(time_members), p, err));
	json_array_foreach(unset, i, one) {
		const char *name = json_string_value(one);

		if (strcmp(name, "at") == 0 || !elsewhere_may_unset(name))
			return err_set(err, EINPUT, "/unset/%zu: \"%.32s\" is "
			    "not what can be taken back", i, name);
		(void)json_object_del(p, name);
	}
	*ret = TAKE(p);
	return 0;
}

bool
elsewhere_may_unset(const char *member)
{
	for (size_t i = 0; i < NELEM(said_members); i++)
		if (strcmp(said_members[i], member) == 0)
			return true;
	for (size_t i = 0; i < NELEM(time_members); i++)
		if (strcmp(time_members[i], member) == 0)
			return true;
	return false;
}

/* Those it served, and more: rules for each may look at all of them. */
static int
products_draw(const json_t *was, const json_t *more, json_t *p,
    struct err *err)
{
	AUTO_JSON *all = json_array();

	if (json_array_extend(all, json_object_get(was, "products")) != 0)
		return err_set(err, ENOMEMORY, "an entry");
	TRY(json_join(all, more, err));
	return json_set_new(p, "products", TAKE(all), err);
}

/* Which word it takes the place of: another that comes meanwhile is not lost. */
static int
replaces_draw(const json_t *was, json_t *p, struct err *err)
{
	return json_set_str(p, "replaces", json_str(was, "request", ""), err);
}

static int
correct_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	const json_t *body = b->ask->body;
	AUTO_JSON *was = NULL;

	TRY(elsewhere_shown(b->flow, b->ask->subject, &was, err));
	TRY(kept_draw(was, json_object_get(body, "unset"), &ret->parameters,
	    err));
	TRY(products_draw(was, json_object_get(body, "products"),
	    ret->parameters, err));
	TRY(said_draw(b, ret->parameters, err));
	TRY(replaces_draw(was, ret->parameters, err));
	return reason_draw(b, ret->parameters, err);
}

static int
unregister_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const which[] = { "name", "class", "environment",
		"algorithm", "products" };
	AUTO_JSON *was = NULL;

	TRY(elsewhere_shown(b->flow, b->ask->subject, &was, err));
	TRY(json_build(&ret->parameters, err, "{}"));
	TRY(members_copy(was, which, NELEM(which), ret->parameters, err));
	TRY(replaces_draw(was, ret->parameters, err));
	return reason_draw(b, ret->parameters, err);
}

/* ---- what does not fit ---- */

static int
look_fits(struct tx *tx, void *ctx, struct err *err)
{
	const struct looked *l = ctx;

	return elsewhere_fits(tx, l->entry, l->anew, err);
}

static int
fits(const struct drawn *d, bool anew, struct err *err)
{
	struct looked l = { .entry = d->parameters, .anew = anew };

	return state_read(d->begun->flow->state, look_fits, &l, err);
}

static int
register_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	return fits(d, true, err);
}

static int
correct_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	return fits(d, false, err);
}

static int
look_living(struct tx *tx, void *ctx, struct err *err)
{
	const struct looked *l = ctx;

	return elsewhere_living(tx, l->entry, err);
}

static int
unregister_fit(const struct drawn *d, const struct rule *rule,
    struct err *err)
{
	struct looked l = { .entry = d->parameters };

	return state_read(d->begun->flow->state, look_living, &l, err);
}

/* ---- doing it ---- */

static int
entry_answer(struct flow *f, const char *request, const char *name,
    json_t **ret, struct err *err)
{
	json_t *doc;

	TRY(elsewhere_shown(f, name, &doc, err));
	*ret = doc;
	return json_set_str(doc, "request", request, err);
}

static int
said(const struct granted *g, enum event_kind kind, const char *name,
    struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = kind, .actor = g->requester,
	    .subject = name };
	struct receipt r;

	TRY(json_build(&data, err, "{s:s}", "name", name));
	TRY(granted_tell(g, data, err));
	e.data = data;
	return state_commit(g->flow->state, &e, 1, &r, err);
}

static int
perform(const struct granted *g, enum event_kind kind, json_t **ret,
    struct err *err)
{
	const char *name = json_str(g->parameters, "name", "");
	char hold[NAME_HOLD];
	int rc;

	TRY(name_hold(g->flow, name, hold, err));
	rc = said(g, kind, name, err);
	hands_off(g->flow, hold);
	TRY(rc);
	return entry_answer(g->flow, g->request_id, name, ret, err);
}

static int
register_perform(const struct granted *g, json_t **ret, struct err *err)
{
	return perform(g, EVENT_KEY_REGISTERED, ret, err);
}

static int
correct_perform(const struct granted *g, json_t **ret, struct err *err)
{
	return perform(g, EVENT_KEY_CORRECTED, ret, err);
}

static int
unregister_perform(const struct granted *g, json_t **ret, struct err *err)
{
	return perform(g, EVENT_KEY_UNREGISTERED, ret, err);
}

static int
entry_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return entry_answer(f, a->id, json_str(json_object_get(a->request,
	    "parameters"), "name", ""), ret, err);
}

/* What was registered and ended since is not what the same words ask for now. */
static int
register_lapsed(const struct drawn *d, const struct asked *a, bool *ret_room,
    struct err *err)
{
	const char *name = json_str(d->parameters, "name", "");
	AUTO_JSON *doc = NULL;

	TRY(elsewhere_shown(d->begun->flow, name, &doc, err));
	return strcmp(json_str(doc, "state", ""), "ended") != 0 ? 0 :
	    err_set(err, ECONFLICT, "the entry %.64s has ended, and names are "
	    "not used twice: register the key under another", name);
}

static const struct steps register_steps = { .lapsed = register_lapsed };
const struct deed deed_key_register = { "key.register", register_draw,
	register_fit, register_perform, entry_result, &register_steps };
const struct deed deed_key_correct = { "key.correct", correct_draw,
	correct_fit, correct_perform, entry_result, NULL };
const struct deed deed_key_unregister = { "key.unregister", unregister_draw,
	unregister_fit, unregister_perform, entry_result, NULL };
