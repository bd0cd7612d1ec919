/*
 * read - lists and single things, as the interface shows them.
 */
#include <stdlib.h>
#include <string.h>
#include "alert/notice.h"
#include "flow/again.h"
#include "flow/ballot.h"
#include "flow/elsewhere.h"
#include "flow/inside.h"
#include "flow/page.h"
#include "flow/reader.h"
#include "flow/view.h"

struct listing {
	lister		*fn;
	struct paged	*p;
};

static int
list_one(struct tx *tx, void *ctx, struct err *err)
{
	struct listing *l = ctx;

	return l->fn(tx, l->p, err);
}

static int
list_of_whom(struct flow *f, const char *name, lister *fn,
    const json_t *query, const char *subject, json_t **ret, struct err *err)
{
	struct paged p = { .query = query, .subject = subject,
	    .cursor = json_str(query, "cursor", NULL),
	    .limit = (unsigned)json_int(query, "limit", 100) };
	struct listing l = { fn, &p };
	int rc;

	rc = state_read(f->state, list_one, &l, err);
	if (rc == 0)
		rc = json_build(ret, err, "{s:O, s:s*}", name, p.list,
		    "next", p.next);
	json_decref(p.list);
	free(p.next);
	return rc;
}

int
list_with(struct flow *f, const char *name, lister *fn, const json_t *query,
    json_t **ret, struct err *err)
{
	return list_of_whom(f, name, fn, query, NULL, ret, err);
}

static int
keys(struct tx *tx, struct paged *p, struct err *err)
{
	struct key_filter f = {
		.class = json_str(p->query, "class", NULL),
		.state = json_str(p->query, "state", NULL),
		.product = json_str(p->query, "product", NULL),
		.environment = json_str(p->query, "environment", NULL),
	};

	return key_list(tx, &f, p->cursor, p->limit, &p->list, &p->next, err);
}

static int
entries(struct tx *tx, struct paged *p, struct err *err)
{
	struct elsewhere_filter f = {
		.class = json_str(p->query, "class", NULL),
		.state = json_str(p->query, "state", NULL),
		.product = json_str(p->query, "product", NULL),
		.environment = json_str(p->query, "environment", NULL),
	};

	return elsewhere_list(tx, &f, p->cursor, p->limit, &p->list, &p->next,
	    err);
}

static int
principals(struct tx *tx, struct paged *p, struct err *err)
{
	return people_list(tx, p->cursor, p->limit, &p->list, &p->next, err);
}

static int
credentials(struct tx *tx, struct paged *p, struct err *err)
{
	return people_credentials(tx, NULL, p->cursor, p->limit, &p->list,
	    &p->next, err);
}

static int
windows(struct tx *tx, struct paged *p, struct err *err)
{
	return window_list(tx, NULL, p->cursor, p->limit, &p->list, &p->next,
	    err);
}

static int
notices(struct tx *tx, struct paged *p, struct err *err)
{
	struct notice_filter f = {
		.state = json_str(p->query, "state", NULL),
		.person = json_str(p->query, "person", NULL),
	};

	return notice_list(tx, &f, p->cursor, p->limit, &p->list, &p->next,
	    err);
}

static int
requests(struct tx *tx, struct paged *p, struct err *err)
{
	struct asked_filter f = {
		.state = json_str(p->query, "state", NULL),
		.action = json_str(p->query, "action", NULL),
		.requester = p->subject != NULL ? p->subject :
		    json_str(p->query, "requester", NULL),
	};

	return approval_list(tx, &f, p->cursor, p->limit, &p->list, &p->next,
	    err);
}

int
flow_key_list(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "keys", json_flag(query, "elsewhere", false) ?
	    entries : keys, query, ret, err);
}

int
flow_principal_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "principals", principals, query, ret, err);
}

int
flow_credential_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "credentials", credentials, query, ret, err);
}

int
flow_notice_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "notices", notices, query, ret, err);
}

int
flow_window_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	return list_with(f, "windows", windows, query, ret, err);
}

#define LISTED	20	/* of one parameter that a list of requests has; more are counted */

/* How many there were, and which: the SHA-256 of them all. */
static int
left_out(json_t *parameters, const char *name, const json_t *many,
    json_t *out, struct err *err)
{
	AUTO_JSON *o = NULL;
	struct sha256 h;

	TRY(json_hash(many, &h, err));
	TRY(json_build(&o, err, "{s:I}", "count",
	    (json_int_t)json_array_size(many)));
	TRY(json_set_hash(o, "hash", &h, err));
	TRY(json_set_new(out, name, TAKE(o), err));
	return json_object_del(parameters, name) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "requests");
}

/* A page of devices has hundreds of rows: one request alone shows them. */
static int
request_shorten(json_t *one, struct err *err)
{
	json_t *parameters = json_object_get(json_object_get(one, "document"),
	    "parameters"), *v;
	AUTO_JSON *out = json_object();
	const char *name;
	void *next;

	if (out == NULL)
		return err_set(err, ENOMEMORY, "requests");
	json_object_foreach_safe(parameters, next, name, v)
		if (json_array_size(v) > LISTED)
			TRY(left_out(parameters, name, v, out, err));
	return json_object_size(out) == 0 ? 0 : json_set_new(one, "left_out",
	    TAKE(out), err);
}

/* Each request as in its own view: the stored names are another floor's. */
static int
requests_rename(json_t *answer, struct err *err)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(answer, "requests"), i, one) {
		json_t *doc = json_incref(json_object_get(one, "request"));

		TRY(json_set_new(one, "document", doc, err));
		TRY(json_set_new(one, "request",
		    json_incref(json_object_get(one, "id")), err));
		TRY(request_shorten(one, err));
	}
	return 0;
}

int
flow_request_list(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	AUTO_JSON *answer = NULL;
	bool all;

	/* Who may not read the house's things sees their own requests. */
	TRY(flow_reads(f, who, &all, err));
	TRY(list_of_whom(f, "requests", requests, query, all ? NULL : who->id,
	    &answer, err));
	TRY(requests_rename(answer, err));
	*ret = TAKE(answer);
	return 0;
}

/* ---- one thing ---- */

struct one {
	const char	*id;
	json_t		*doc;		/* owned */
	json_t		*more;		/* owned */
	char		*next;
};

static int
principal(struct tx *tx, void *ctx, struct err *err)
{
	struct one *o = ctx;

	TRY(people_get(tx, o->id, &o->doc, err));
	return people_credentials(tx, o->id, NULL, 1000, &o->more, &o->next,
	    err);
}

int
flow_principal_show(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	struct one o = { .id = subject };
	int rc = state_read(f->state, principal, &o, err);

	free(o.next);
	if (rc == 0)
		rc = json_set_new(o.doc, "credentials", TAKE(o.more), err);
	json_decref(o.more);
	if (rc == 0)
		*ret = json_incref(o.doc);
	json_decref(o.doc);
	return rc;
}

static int
history(struct tx *tx, void *ctx, struct err *err)
{
	struct one *o = ctx;

	return key_history(tx, o->id, &o->more, err);
}

int
flow_key_show(struct flow *f, const struct caller *who, const char *subject,
    const json_t *query, json_t **ret, struct err *err)
{
	AUTO_JSON *shown = NULL;
	AUTO(key) *k = NULL;
	struct one o = { 0 };
	bool may = true;
	int rc;

	/* Another party's people see no key that they were not given. */
	if (who->party[0] != '\0')
		TRY(flow_reads(f, who, &may, err));
	if (!may)
		return err_set(err, EDENIED, "%s may not read keys", who->id);
	rc = state_key(f->state, subject, &k, err);
	if (rc == -ENOKEY)
		return elsewhere_shown(f, subject, ret, err);
	TRY(rc);
	TRY(key_json(k, &shown, err));
	o.id = k->hash;
	TRY(state_read(f->state, history, &o, err));
	TRY(json_set_new(shown, "history", o.more, err));
	*ret = TAKE(shown);
	return 0;
}

int
flow_window_show(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	AUTO(window) *w = NULL;
	const json_t *one;
	bool may = false;
	size_t i;

	TRY(state_window_get(f->state, subject, &w, err));
	json_array_foreach(w->by, i, one)
		may = may || strcmp(json_string_value(one), who->id) == 0;
	if (!may)
		TRY(flow_reads(f, who, &may, err));
	if (!may)
		return err_set(err, EDENIED, "%s may not read this window",
		    who->id);
	return window_json(w, ret, err);
}

/* An officer whose approval could count must see what it would be for. */
static int
may_approve(struct flow *f, const struct caller *who, const struct asked *a,
    bool *ret, struct err *err)
{
	struct ballot b = { 0 };
	const struct principal *p;
	bool may = false;
	size_t i;
	int rc = ballot_open(f, a, &b, err);

	if (rc == 0 && b.rule != NULL &&
	    (p = roster_find(charter_roster(b.law->charter), who->id)) != NULL)
		for (i = 0; i < b.rule->approvals_n; i++)
			may = may || roster_in(p, b.rule->approvals[i].group);
	ballot_done(&b);
	/* What cannot be decided any more is nobody's to approve. */
	if (rc != 0 && err_http((enum err_code)-rc) >= 500)
		return rc;
	*ret = may;
	return 0;
}

int
request_may_see(struct flow *f, const struct caller *who,
    const struct asked *a, struct err *err)
{
	bool may = strcmp(a->requester, who->id) == 0;

	if (!may)
		TRY(flow_reads(f, who, &may, err));
	if (!may)
		TRY(may_approve(f, who, a, &may, err));
	return may ? 0 : err_set(err, EDENIED, "%s may not read this request",
	    who->id);
}

int
flow_request_show(struct flow *f, const struct caller *who,
    const char *subject, const json_t *query, json_t **ret, struct err *err)
{
	AUTO(asked) *a = NULL;

	TRY(asked_read(f, subject, &a, err));
	TRY(request_may_see(f, who, a, err));
	return view_build(f, subject, ret, err);
}
