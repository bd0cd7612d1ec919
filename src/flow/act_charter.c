/*
 * act_charter - the law changed under the law.
 */
#include <stdio.h>
#include <string.h>
#include "flow/deed.h"
#include "flow/inside.h"
#include "flow/keeper.h"
#include "flow/stage.h"
#include "keyring/keyring.h"

static int
first_error(const struct findings *f, struct err *err)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (find_is_error(f->at[i].what))
			return err_set(err, ECHARTER, "%.80s: %.140s",
			    f->at[i].where, f->at[i].text);
	return err_set(err, ECHARTER, "the charter is not acceptable");
}

/* The document is checked here in full: nobody should vote on a broken one. */
static int
charter_read(const json_t *doc, struct charter **ret, struct err *err)
{
	struct findings found;
	int rc;

	findings_init(&found);
	rc = charter_check_json(doc, ret, &found, err);
	if (rc == -ECHARTER && found.errors > 0)
		rc = first_error(&found, err);
	findings_done(&found);
	return rc;
}

/* The keeper adopts no charter twice: nobody should vote on one in vain. */
static int
charter_is_new(const struct begun *b, const char *hex, struct err *err)
{
	AUTO(law) *was = NULL;
	struct err why;
	int rc = state_law_of(b->flow->state, hex, &was, &why);

	if (rc == 0)
		return err_set(err, ECHARTER, "this charter was in force "
		    "before: change something in it");
	return rc == -(int)ENOENT_ ? 0 : err_set(err, why.code, "%s", why.what);
}

struct left {
	const char	*class;
	char		 key[KEY_NAME];
};

static int
left_read(struct tx *tx, void *ctx, struct err *err)
{
	struct left *l = ctx;

	return key_living(tx, l->class, l->key, err);
}

static int
class_left(struct flow *f, const char *class, struct err *err)
{
	struct left l = { .class = class };

	TRY(state_read(f->state, left_read, &l, err));
	return l.key[0] == '\0' ? 0 : err_set(err, ECHARTER, "class %s is not in "
	    "it, but key %s is of that class and not destroyed: by no rule could "
	    "anybody suspend or end it", class, l.key);
}

/* Rules are by class: a key without one is out of everybody's reach. */
static int
classes_left(const struct begun *b, const struct charter *next,
    struct err *err)
{
	size_t n;
	const struct key_class *c = charter_classes(b->law->charter, &n);

	for (size_t i = 0; i < n; i++)
		if (charter_class(next, c[i].name) == NULL)
			TRY(class_left(b->flow, c[i].name, err));
	return 0;
}

static int
amend_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	const json_t *body = b->ask->body;
	AUTO(charter) *next = NULL;
	struct sha256 h;
	char hex[SHA256_HEX];

	TRY(charter_read(json_object_get(body, "charter"), &next, err));
	TRY(charter_amend_check(b->law->charter, next, err));
	h = charter_hash(next);
	sha256_hex(&h, hex);
	TRY(charter_is_new(b, hex, err));
	TRY(classes_left(b, next, err));
	ret->proposal = json_clone(charter_json(next));
	if (ret->proposal == NULL)
		return err_set(err, ENOMEMORY, "a charter");
	return json_build(&ret->parameters, err, "{s:s, s:s, s:s*}",
	    "charter", hex, "previous", b->law->hex,
	    "reason", json_str(body, "reason", NULL));
}

static int
amended(struct flow *f, const char *request, const char *hash, json_t **ret,
    struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:s}", "request", request,
	    "state", "done", "charter", hash);
}

static int
amend_perform(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO_JSON *entry = NULL, *data = NULL;
	const char *hash = json_str(g->parameters, "charter", "");
	struct event e = { .kind = EVENT_CHARTER_AMENDED,
	    .actor = g->requester, .subject = hash };
	struct receipt r;
	int rc;

	if (g->proposal == NULL)
		return err_set(err, EINTERNAL, "the proposed charter is lost");
	TRY(keyring_amend(g->flow->keyring, g->permit, g->proposal, &entry, NULL,
	    err));
	TRY(json_build(&data, err, "{s:s, s:O, s:s*, s:O*}", "request",
	    g->request_id, "charter", g->proposal, "idempotency",
	    g->idempotency[0] != '\0' ? g->idempotency : NULL,
	    "facts", g->facts));
	e.data = data;
	e.entry = entry;
	rc = entry_commit(g->flow, &e, &r, err);
	if (rc != 0) {
		keyring_retry(g->flow->keyring);
		return rc;
	}
	keeper_used(g->flow);
	return amended(g->flow, g->request_id, hash, ret, err);
}

static int
amend_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return amended(f, a->id, json_str(json_object_get(a->request,
	    "parameters"), "charter", ""), ret, err);
}

const struct deed deed_charter_amend = { "charter.amend", amend_draw, NULL,
	amend_perform, amend_result, NULL };
