/*
 * act_import - certificates of other CAs, entered in the inventory: a page of
 * them at a time, what is not well-formed left out and told.
 */
#include <string.h>
#include "base/b64.h"
#include "cert/elsewhere.h"
#include "flow/again.h"
#include "flow/deed.h"
#include "flow/elsewhere.h"
#include "flow/inside.h"
#include "flow/perform.h"
#include "flow/stage.h"

/* A page that is read: what to enter, and what came of the rest. */
struct importing {
	const json_t	*body, *products;	/* borrowed */
	const char	*owner;
	json_t		*prints, *content, *bad;	/* owned */
	int64_t		 known;
};

static void
importing_done(struct importing *m)
{
	json_decref(m->prints);
	json_decref(m->content);
	json_decref(m->bad);
}

static int
bad_put(struct importing *m, size_t n, const struct err *why,
    struct err *err)
{
	json_t *one;

	TRY(json_build(&one, err, "{s:I, s:s}", "n", (json_int_t)n, "why",
	    why->what));
	return json_array_append_new(m->bad, one) == 0 ? 0 :
	    err_set(err, ENOMEMORY, "certificates");
}

static int
one_put(struct importing *m, struct tx *tx, const struct sha256 *h,
    const json_t *text, struct err *err)
{
	char print[SHA256_HEX];
	bool known;

	sha256_hex(h, print);
	known = json_has(m->prints, print);
	if (!known)
		TRY(cert_elsewhere_known(tx, print, m->owner, m->products,
		    &known, err));
	if (known) {
		m->known++;
		return 0;
	}
	if (json_array_append_new(m->prints, json_string(print)) != 0 ||
	    json_array_append(m->content, (json_t *)(uintptr_t)text) != 0)
		return err_set(err, ENOMEMORY, "certificates");
	return 0;
}

/* Each alone: what one of them is says nothing of the others. */
static int
page_read(struct tx *tx, void *ctx, struct err *err)
{
	struct importing *m = ctx;
	const json_t *text;
	struct sha256 h;
	size_t i;

	json_array_foreach(json_object_get(m->body, "certificates"), i, text) {
		AUTO(blob) *der = blob_new();
		struct err why = { .code = OK };
		int rc;

		if (der == NULL)
			return err_set(err, ENOMEMORY, "certificates");
		rc = b64_decode(json_string_value(text), der, &why);
		if (rc == 0)
			rc = cert_elsewhere_check(span_blob(der), &h, &why);
		if (rc == -ENOMEMORY)
			return err_set(err, ENOMEMORY, "certificates");
		TRY(rc != 0 ? bad_put(m, i, &why, err) : one_put(m, tx, &h,
		    text, err));
	}
	return 0;
}

/* ---- what is asked for ---- */

static int
told(const struct importing *m, json_t **ret, struct err *err)
{
	return json_build(ret, err, "{s:I, s:I, s:O}", "entered",
	    (json_int_t)json_array_size(m->prints), "known",
	    (json_int_t)m->known, "bad", m->bad);
}

/* Nothing to do, or nothing to be done: that is the answer already. */
static int
known_put(const struct importing *m, bool dry, struct drawn *ret,
    struct err *err)
{
	if (!dry && json_array_size(m->prints) > 0)
		return told(m, &ret->extra, err);
	TRY(told(m, &ret->known, err));
	TRY(json_set_str(ret->known, "state", "done", err));
	return dry ? json_set_new(ret->known, "dry_run", json_true(), err) : 0;
}

static int
whole_check(const struct importing *m, struct err *err)
{
	const json_t *first = json_array_get(m->bad, 0);

	if (first == NULL || !json_flag(m->body, "all_or_nothing", false))
		return 0;
	return err_set(err, EINPUT, "/certificates/%lld: %s; nothing was "
	    "entered", (long long)json_int(first, "n", 0), json_str(first,
	    "why", "?"));
}

/* parameters_check wants one at least; the known answer needs none. */
static int
parameters_put(const struct importing *m, struct drawn *ret, struct err *err)
{
	AUTO_JSON *none = NULL;
	const json_t *prints = m->prints;

	if (json_array_size(m->prints) == 0) {
		TRY(json_build(&none, err, "[s]", "0000000000000000000000000000"
		    "000000000000000000000000000000000000"));
		prints = none;
	}
	TRY(json_build(&ret->parameters, err, "{s:O, s:O, s:s*, s:s*}",
	    "certificates", prints, "products", m->products, "owner",
	    m->owner, "reason", json_str(m->body, "reason", NULL)));
	TRY(asked_put(ret->begun, ret->parameters, err));
	return json_build(&ret->proposal, err, "{s:O}", "certificates",
	    m->content);
}

static int
importing_draw(const struct begun *b, struct importing *m, struct drawn *ret,
    struct err *err)
{
	if (m->prints == NULL || m->content == NULL || m->bad == NULL)
		return err_set(err, ENOMEMORY, "certificates");
	TRY(state_read(b->flow->state, page_read, m, err));
	TRY(whole_check(m, err));
	TRY(parameters_put(m, ret, err));
	/* Others may have named another owner since. */
	ret->anew = true;
	return known_put(m, json_flag(m->body, "dry_run", false), ret, err);
}

static int
import_draw(const struct begun *b, struct drawn *ret, struct err *err)
{
	AUTO_JSON *none = json_array();
	const json_t *body = b->ask->body,
	    *products = json_object_get(body, "products");
	struct importing m = { .body = body, .products = products != NULL ?
	    products : none, .owner = json_str(body, "owner", NULL),
	    .prints = json_array(), .content = json_array(),
	    .bad = json_array() };
	int rc;

	if (m.owner != NULL && !elsewhere_owner(b->law->charter, m.owner)) {
		rc = err_set(err, EINPUT, "/owner: the charter has no group "
		    "\"%.64s\"", m.owner);
	} else
		rc = importing_draw(b, &m, ret, err);
	importing_done(&m);
	return rc;
}

/* ---- doing it ---- */

static int
import_answer(const char *request, const json_t *parameters, json_t **ret,
    struct err *err)
{
	return json_build(ret, err, "{s:s, s:s, s:I}", "request", request,
	    "state", "done", "entered", (json_int_t)json_array_size(
	    json_object_get(parameters, "certificates")));
}

int
cert_import_tell(const struct granted *g, json_t **ret_data, struct event *ret,
    struct err *err)
{
	AUTO_JSON *data = NULL;

	TRY(json_build(&data, err, "{s:O}", "certificates",
	    json_object_get(g->proposal, "certificates")));
	TRY(granted_tell(g, data, err));
	*ret = (struct event){ .kind = EVENT_CERT_IMPORTED,
	    .actor = g->requester, .subject = g->request_id };
	*ret_data = TAKE(data);
	return 0;
}

static int
import_perform(const struct granted *g, json_t **ret, struct err *err)
{
	TRY(granted_commit(g, err));
	return import_answer(g->request_id, g->parameters, ret, err);
}

static int
import_result(struct flow *f, const struct asked *a, json_t **ret,
    struct err *err)
{
	return import_answer(a->id, json_object_get(a->request, "parameters"),
	    ret, err);
}

const struct deed deed_cert_import = { "cert.import", import_draw, NULL,
	import_perform, import_result, NULL };
