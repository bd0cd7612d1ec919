/*
 * act_discover - what was found in no inventory: told a page at a time, and
 * dismissed.  What is in the inventory is only counted.
 */
#include <string.h>
#include "cert/found.h"
#include "flow/deed.h"
#include "flow/draw.h"
#include "flow/inside.h"
#include "flow/perform.h"
#include "flow/stage.h"

/* ---- telling ---- */

/* A page that is read: what is new, what is gone, and what came of the rest. */
struct report {
	const json_t	*body;			/* borrowed */
	json_t		*hashes, *found, *gone;	/* owned */
	json_t		*ids;			/* owned: of found */
	const char	*who;			/* borrowed: who tells */
	int64_t		 told, known;
	int64_t		 noted;			/* of found: known, or missing */
	int64_t		 others;		/* gone, as they say, and not theirs */
};

static void
report_done(struct report *r)
{
	json_decref(r->hashes);
	json_decref(r->found);
	json_decref(r->gone);
	json_decref(r->ids);
}

static int
new_put(struct report *r, json_t *one, const char *id, bool noted,
    struct err *err)
{
	struct sha256 h;
	char hex[SHA256_HEX];

	if (json_object_get(r->ids, id) != NULL)
		return 0;
	TRY(json_hash(one, &h, err));
	sha256_hex(&h, hex);
	TRY(json_set_new(r->ids, id, json_true(), err));
	r->noted += noted;
	if (json_array_append_new(r->hashes, json_string(hex)) != 0 ||
	    json_array_append(r->found, one) != 0)
		return err_set(err, ENOMEMORY, "findings");
	return 0;
}

static int
one_read(struct report *r, struct tx *tx, size_t i, json_t *one,
    struct err *err)
{
	char id[SHA256_HEX];
	enum found_as as;
	struct err why;

	if (found_check(one, id, &why) != 0)
		return err_set(err, why.code, "/found/%zu%s%s", i,
		    why.what[0] == '/' ? "" : ": ", why.what);
	TRY(found_compare(tx, one, id, r->who, &as, err));
	switch (as) {
	case FOUND_NEW:
		return new_put(r, one, id, strcmp(json_str(one, "form", ""),
		    FOUND_MISSING) == 0, err);
	case FOUND_NOTED:
		r->known++;
		return new_put(r, one, id, true, err);
	case FOUND_TOLD:
		r->told++;
		return 0;
	case FOUND_KNOWN:
		r->known++;
		return 0;
	}
	return 0;
}

/* What is gone already, or never was, is no news; and what another has seen is
 * not gone because somebody says so. */
static int
gone_read(struct report *r, struct tx *tx, const json_t *one,
    struct err *err)
{
	const char *id = json_string_value(one);
	enum found_end whose;

	TRY(found_whose(tx, id, r->who, &whose, err));
	r->others += whose == FOUND_OTHERS;
	if (whose != FOUND_OWN || json_has(r->gone, id))
		return 0;
	return json_array_append(r->gone, (json_t *)(uintptr_t)one) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "findings");
}

static int
page_read(struct tx *tx, void *ctx, struct err *err)
{
	struct report *r = ctx;
	const json_t *one;
	json_t *f;
	size_t i;

	json_array_foreach(json_object_get(r->body, "found"), i, f)
		TRY(one_read(r, tx, i, f, err));
	json_array_foreach(json_object_get(r->body, "gone"), i, one)
		TRY(gone_read(r, tx, one, err));
	return 0;
}

static int
told(const struct report *r, json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:I, s:I, s:I, s:I, s:I}", "new",
	    (json_int_t)json_array_size(r->found) - r->noted, "told",
	    (json_int_t)r->told,
	    "known", (json_int_t)r->known, "gone",
	    (json_int_t)json_array_size(r->gone), "others",
	    (json_int_t)r->others);
}

/* Where nothing is news, that is the answer already. */
static int
answer_put(const struct report *r, struct drawn *ret, struct err *err)
{
	if (json_array_size(r->found) + json_array_size(r->gone) > 0)
		return told(r, &ret->extra, err);
	TRY(told(r, &ret->known, err));
	return json_set_str(ret->known, "state", "done", err);
}

static int
page_draw(const struct begun *b, struct report *r, struct drawn *ret,
    struct err *err)
{
	if (r->hashes == NULL || r->found == NULL || r->gone == NULL ||
	    r->ids == NULL)
		return err_set(err, ENOMEMORY, "findings");
	TRY(state_read(b->flow->state, page_read, r, err));
	TRY(json_build(&ret->parameters, err, "{s:O, s:O, s:s*}", "found",
	    r->hashes, "gone", r->gone, "reason", json_str(r->body, "reason",
	    NULL)));
	TRY(json_build(&ret->proposal, err, "{s:O}", "found", r->found));
	return answer_put(r, ret, err);
}

static int
report_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	struct report r = { .body = b->ask->body, .hashes = json_array(),
	    .found = json_array(), .gone = json_array(),
	    .ids = json_object(), .who = b->ask->who->id };
	int rc = page_draw(b, &r, ret, err);

	report_done(&r);
	return rc;
}

static int
report_answer(const char *request, const json_t *parameters, json_t **ret,
    struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:I, s:I}", "request", request,
	    "state", "done", "new", (json_int_t)json_array_size(
	    json_object_get(parameters, "found")), "gone",
	    (json_int_t)json_array_size(json_object_get(parameters, "gone")));
}

static int
report_perform(const struct granted *g, json_t **ret, struct err *err)
{
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_DISCOVERY_REPORTED,
	    .actor = g->requester, .subject = g->request_id };
	struct receipt r;

	TRY(json_build(&data, err, "{s:O}", "found",
	    json_object_get(g->proposal, "found")));
	TRY(granted_tell(g, data, err));
	e.data = data;
	TRY(state_commit(g->flow->state, &e, 1, &r, err));
	return report_answer(g->request_id, g->parameters, ret, err);
}

static int
report_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return report_answer(a->id, json_object_get(a->request, "parameters"),
	    ret, err);
}

/* ---- dismissing ---- */

struct looked {
	const char	*id;
	json_t		*doc;
};

static int
look(struct tx *tx, void *ctx, struct err *err)
{
	struct looked *l = ctx;

	return found_get(tx, l->id, &l->doc, err);
}

static int
shown(struct flow *f, const char *id, json_t **ret, struct err *err)
{
	struct looked l = { .id = id };

	TRY(state_read(f->state, look, &l, err));
	*ret = l.doc;
	return 0;
}

static int
dismiss_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	static const char *const which[] = { "kind", "place", "fingerprint" };
	AUTO_JSON *was = NULL;

	TRY(shown(b->flow, b->ask->subject, &was, err));
	TRY(json_build(&ret->parameters, err, "{s:s, s:s}", "finding",
	    b->ask->subject, "reason", json_str(b->ask->body, "reason", "")));
	return members_copy(was, which, NELEM(which), ret->parameters, err);
}

static int
dismiss_fit(const struct drawn *d, const struct rule *rule, struct err *err)
{
	const char *id = json_str(d->parameters, "finding", ""), *state;
	AUTO_JSON *was = NULL;

	TRY(shown(d->begun->flow, id, &was, err));
	state = json_str(was, "state", "");
	if (strcmp(state, "absent") == 0)
		return err_set(err, ECONFLICT, "what is gone is not dismissed: "
		    "say what became of the key %.64s (claviger key correct, "
		    "claviger key unregister)", json_str(json_object_get(was,
		    "of"), "key", ""));
	return strcmp(state, "open") == 0 ? 0 : err_set(err, ECONFLICT,
	    "the finding is %s: there is nothing to dismiss", state);
}

static int
finding_answer(struct flow *f, const char *request, const char *id,
    json_t **ret, struct err *err)
{
	json_t *doc;

	TRY(shown(f, id, &doc, err));
	*ret = doc;
	return json_set_str(doc, "request", request, err);
}

static int
dismiss_perform(const struct granted *g, json_t **ret, struct err *err)
{
	const char *id = json_str(g->parameters, "finding", "");
	AUTO_JSON *data = NULL;
	struct event e = { .kind = EVENT_DISCOVERY_DISMISSED,
	    .actor = g->requester, .subject = id };
	struct receipt r;

	TRY(json_build(&data, err, "{s:s}", "finding", id));
	TRY(granted_tell(g, data, err));
	e.data = data;
	TRY(state_commit(g->flow->state, &e, 1, &r, err));
	return finding_answer(g->flow, g->request_id, id, ret, err);
}

static int
dismiss_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return finding_answer(f, a->id, json_str(json_object_get(a->request,
	    "parameters"), "finding", ""), ret, err);
}

const struct deed deed_discovery_report = { "discovery.report", report_draw,
	NULL, report_perform, report_result, NULL };
const struct deed deed_discovery_dismiss = { "discovery.dismiss",
	dismiss_draw, dismiss_fit, dismiss_perform, dismiss_result, NULL };
